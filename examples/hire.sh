#!/usr/bin/env bash
# examples/hire.sh
#
# One hire from end to end, with curl and jq only: from signing in to an accepted offer. Read it as a
# tour of the API; run it against an instance without data of its own, as its owner:
#
#   EVENBAR_URL=http://127.0.0.1:8080 EVENBAR_EMAIL=… EVENBAR_PASSWORD=… examples/hire.sh
#
# EVENBAR_CANDIDATE names the id of a candidate who is there already, from an import for example.
set -euo pipefail

base=${EVENBAR_URL:-http://127.0.0.1:8080}/api/v1
owner_email=${EVENBAR_EMAIL:?the address of the owner}
owner_password=${EVENBAR_PASSWORD:?the password of the owner}
run=$(date +%s)                     # makes addresses of this run its own
password="a long password for the tour"

# --- Two small tools -------------------------------------------------------------------------------

# call TOKEN METHOD PATH STATUS [BODY]: sends a request, prints the answer's JSON, and leaves with the
# problem when the status is another one. The ETag of the answer is kept in the file $tag; what stands
# in $if_match is sent as If-Match.
answer=$(mktemp) headers=$(mktemp) tag=$(mktemp)
trap 'rm -f "$answer" "$headers" "$tag"' EXIT
if_match=
call() {
    local token=$1 method=$2 path=$3 expected=$4 body=${5:-} status
    local options=(--silent --show-error --request "$method" --dump-header "$headers" --output "$answer")
    [ -z "$token" ] || options+=(--header "Authorization: Bearer $token")
    [ -z "$if_match" ] || options+=(--header "If-Match: $if_match")
    [ -z "$body" ] || options+=(--header "Content-Type: application/json" --data "$body")
    status=$(curl "${options[@]}" --write-out '%{http_code}' "$base$path")
    if [ "$status" != "$expected" ]; then
        printf '%s %s answered %s, expected %s:\n' "$method" "$path" "$status" "$expected" >&2
        jq . "$answer" >&2 || cat "$answer" >&2
        exit 1
    fi
    tr -d '\r' <"$headers" | sed -n 's/^[Ee][Tt]ag: //p' >"$tag"
    cat "$answer"
}

# change TOKEN METHOD RESOURCE BELOW [BODY]: reads a resource and changes it, or what lies below it,
# only if nobody else changed it meanwhile. Scorecards, decisions and offers insist on that.
change() {
    call "$1" GET "$3" 200 >/dev/null
    local if_match
    if_match=$(cat "$tag")
    call "$1" "$2" "$3$4" 200 "${5:-}"
}

say() { printf '\n== %s\n' "$*"; }

# --- Signing in ------------------------------------------------------------------------------------

# sign_in EMAIL PASSWORD: prints an access token, which works for some minutes.
sign_in() {
    call "" POST /sessions 201 "$(jq -n --arg email "$1" --arg password "$2" '{$email, $password}')" |
        jq -r .access_token
}

say "The owner signs in"
owner=$(sign_in "$owner_email" "$owner_password")
call "$owner" GET /me 200 | jq -r '"signed in as \(.name), \(.role)"'

# --- The people ------------------------------------------------------------------------------------

# person NAME ROLE ZONE: the owner adds somebody, who can sign in with a password at once.
email_of() { printf '%s.%s@evenbar.example' "$1" "$run"; }
person() {
    call "$owner" POST /users 201 "$(jq -n --arg name "$1" --arg email "$(email_of "$1")" \
        --arg role "$2" --arg zone "$3" --arg password "$password" \
        '{$name, $email, $role, time_zone: $zone, locale: "en", $password}')" | jq -r .id
}

say "A recruiter, a hiring manager, two interviewers and two approvers"
recruiter_id=$(person Rosa recruiter Europe/Berlin)
manager_id=$(person Hugo member Europe/Berlin)
first_id=$(person Ines member Europe/Lisbon)
second_id=$(person Ivan member Asia/Tokyo)
finance_id=$(person Fay member America/New_York)
head_id=$(person Nina member Europe/Berlin)

recruiter=$(sign_in "$(email_of Rosa)" "$password")
manager=$(sign_in "$(email_of Hugo)" "$password")
first=$(sign_in "$(email_of Ines)" "$password")
second=$(sign_in "$(email_of Ivan)" "$password")
finance=$(sign_in "$(email_of Fay)" "$password")
head=$(sign_in "$(email_of Nina)" "$password")

# --- What the organization decides once ------------------------------------------------------------

say "A department, a level, a pay band, and who approves offers"
department=$(call "$owner" POST /departments 201 '{"name": "Engineering"}' | jq -r .id)
level=$(call "$owner" POST /levels 201 '{"name": "Senior", "track": "engineering", "rank": 4}' | jq -r .id)

# Money is an exact amount with its currency, never a floating-point number.
band=$(call "$owner" POST /pay-bands 201 "$(jq -n --arg level "$level" '{
    name: "Senior engineer, Germany", level_id: $level, location: "Berlin", period: "year",
    minimum: {amount: "70000.00", currency: "EUR"}, maximum: {amount: "95000.00", currency: "EUR"},
    effective_on: "2026-01-01"}')" | jq -r .id)

# Two steps, one after the other: finance first, then the head of engineering.
chain=$(call "$owner" POST /approval-chains 201 "$(jq -n --arg finance "$finance_id" --arg head "$head_id" '{
    name: "Offers in engineering", steps: [
        {name: "Finance", mode: "all", member_ids: [$finance]},
        {name: "Head of engineering", mode: "all", member_ids: [$head]}]}')" | jq -r .id)

# --- The job ---------------------------------------------------------------------------------------

say "A job with one opening and a pipeline of four stages"
job=$(call "$recruiter" POST /jobs 201 "$(jq -n --arg department "$department" --arg level "$level" \
    --arg band "$band" --arg chain "$chain" '{
    title: "Senior Backend Engineer", department_id: $department, level_id: $level, pay_band_id: $band,
    approval_chain_id: $chain, location: "Berlin", openings: 1, stages: [
        {name: "Review", kind: "review", decision: "none"},
        {name: "Screening", kind: "screen", decision: "none"},
        {name: "Interviews", kind: "onsite", decision: "debrief"},
        {name: "Offer", kind: "offer", decision: "none"}]}')" | jq -r .id)

# The hiring team: roles on this one job.
member() {
    call "$recruiter" POST "/jobs/$job/hiring-team" 201 "$(jq -n --arg user_id "$1" --arg role "$2" '{$user_id, $role}')"
}
member "$manager_id" hiring_manager >/dev/null
member "$first_id" interviewer >/dev/null
member "$second_id" interviewer >/dev/null

# A job takes candidates once it is published.
call "$recruiter" PUT "/jobs/$job/publication" 200 | jq -r '"\(.title) is \(.state)"'
stages=$(call "$recruiter" GET "/jobs/$job/pipeline" 200)
stage() { jq -r --arg name "$1" '.stages[] | select(.name == $name).id' <<<"$stages"; }
opening=$(call "$recruiter" GET "/jobs/$job/openings" 200 | jq -r '.data[0].id')

# --- The bar, written down before anybody is judged ------------------------------------------------

say "A rubric with anchors, and a loop template that rates it in one interview"
rubric=$(call "$recruiter" POST /rubrics 201 '{
    "name": "Senior backend engineering", "version": {"attributes": [
        {"name": "System design", "pass_level": 3, "levels": [
            {"label": "Not yet", "anchor": "Names technologies, no limits."},
            {"label": "Getting there", "anchor": "Sees a limit when told."},
            {"label": "Solid", "anchor": "Asks for the limits first and shows what each costs."},
            {"label": "Exemplary", "anchor": "Finds the limit that nobody mentioned."}]},
        {"name": "Explaining to others", "pass_level": 2, "levels": [
            {"label": "Not yet", "anchor": "One has to guess what is proposed."},
            {"label": "Solid", "anchor": "A colleague could start from what was said."},
            {"label": "Exemplary", "anchor": "Brings different aims to one written decision."}]}]}}')
rubric_version=$(jq -r '.versions[0].id' <<<"$rubric")
# A published version never changes again; the next one is a new version.
published=$(call "$recruiter" PUT "/rubric-versions/$rubric_version/publication" 200)
design=$(jq -r '.attributes[0].id' <<<"$published")
explaining=$(jq -r '.attributes[1].id' <<<"$published")

template=$(call "$recruiter" POST /loop-templates 201 "$(jq -n --arg rubric "$rubric_version" \
    --arg design "$design" --arg explaining "$explaining" '{
    name: "Backend loop", version: {kits: [
        {name: "Design conversation", kind: "live", minutes: 60, rubric_version_id: $rubric,
         attributes: [{attribute_id: $design, priority: "must"}, {attribute_id: $explaining, priority: "nice"}],
         slots: [{slot: "lead"}, {slot: "second"}]}]}}')")
template_version=$(jq -r '.versions[0].id' <<<"$template")
# The linter says what will be hard to judge; only errors stand in the way of publishing.
call "$recruiter" GET "/loop-template-versions/$template_version/lint" 200 | jq -r '.findings[] | "\(.severity): \(.detail)"'
call "$recruiter" PUT "/loop-template-versions/$template_version/publication" 200 >/dev/null

# --- A candidate applies ---------------------------------------------------------------------------

say "A candidate, an application, and a move to the interviews"
candidate=${EVENBAR_CANDIDATE:-}
[ -n "$candidate" ] || candidate=$(call "$recruiter" POST /candidates 201 "$(jq -n --arg email "ada.$run@mail.example" '{
    name: "Ada Lindgren", location: "Uppsala", time_zone: "Europe/Stockholm",
    contact_points: [{kind: "email", value: $email}]}')" | jq -r .id)
application=$(call "$recruiter" POST /applications 201 \
    "$(jq -n --arg candidate_id "$candidate" --arg job_id "$job" '{$candidate_id, $job_id}')" | jq -r .id)

# A move names the stage it starts from; if somebody else was faster it answers 409 stage_moved.
move() {
    call "$recruiter" POST "/applications/$application/moves" 201 \
        "$(jq -n --arg from "$(stage "$1")" --arg to "$(stage "$2")" '{from_stage_id: $from, to_stage_id: $to}')"
}
move Review Interviews >/dev/null

# --- The loop --------------------------------------------------------------------------------------

say "A loop with its decider and driver named before the first interview"
loop=$(call "$recruiter" POST "/applications/$application/loops" 201 "$(jq -n \
    --arg version "$template_version" --arg decider_id "$manager_id" --arg driver_id "$recruiter_id" \
    '{loop_template_version_id: $version, $decider_id, $driver_id}')")
interview=$(jq -r '.interview_ids[0]' <<<"$loop")
debrief=$(jq -r .debrief_id <<<"$loop")

# From assignment on, lead and second owe a scorecard and see nobody else's.
assign() {
    call "$recruiter" POST "/interviews/$interview/panel" 201 "$(jq -n --arg user_id "$1" --arg slot "$2" '{$user_id, $slot}')"
}
assign "$first_id" lead >/dev/null
assign "$second_id" second >/dev/null
call "$recruiter" PUT "/interviews/$interview/schedule" 200 "$(jq -n '{
    starts_at: (now + 60 | todateiso8601), ends_at: (now + 3660 | todateiso8601),
    time_zone: "Europe/Berlin", override: {reason: "Both said that they have time now."}}')" | jq -r '"from \(.starts_at) to \(.ends_at)"'
call "$recruiter" PUT "/interviews/$interview/completion" 200 | jq -r '"the interview is \(.state)"'

# --- Two judgements, independent of each other -----------------------------------------------------

# hand_in TOKEN RECOMMENDATION LEVEL: drafts a card, saves what was typed, and hands it in.
hand_in() {
    local card
    card=$(call "$1" POST "/interviews/$interview/scorecards" 201 | jq -r .id)
    change "$1" PATCH "/scorecards/$card" "" "$(jq -n --arg recommendation "$2" --argjson level "$3" \
        --arg design "$design" --arg explaining "$explaining" '{
        $recommendation, summary: "Asked for the limits before drawing anything.", ratings: [
            {attribute_id: $design, $level, evidence: "Named the limit of the link without being asked."},
            {attribute_id: $explaining, level: 2, evidence: "I could have written it down as it was said."}]}')" >/dev/null
    change "$1" PUT "/scorecards/$card" /submission | jq -r '"a card is \(.state)"'
}
# look TOKEN: what somebody sees of the cards of this interview.
look() {
    call "$1" GET "/scorecards?interview_id=$interview" 200 |
        jq -r '.data[] | "  \(.author_id): \(.view), is in: \(.is_in), recommendation: \(.recommendation // "not shown")"'
}

say "The first interviewer hands in; the second one still owes, and sees only that a card is in"
hand_in "$first" strong_yes 4
look "$second"
call "$second" GET "/scorecards?interview_id=$interview" 200 |
    jq -e 'all(.data[]; .view == "sealed" and .recommendation == null)' >/dev/null

say "The second one hands in, the debrief is revealed, and now both see everything"
hand_in "$second" yes 3
look "$second"
call "$second" GET "/scorecards?interview_id=$interview" 200 |
    jq -e '(.data | length) == 2 and all(.data[]; .recommendation != null)' >/dev/null
call "$manager" GET "/debriefs/$debrief" 200 | jq -r '"the debrief is \(.state)"'

# --- The decision, by the one person who was named for it ------------------------------------------

say "The hiring manager decides, with a memo"
change "$manager" PUT "/debriefs/$debrief" /decision "$(jq -n --arg level "$level" --arg design "$design" '{
    outcome: "hire", level_id: $level, memo: {
        for: [{text: "Asks for the limits before the design.", attribute_id: $design}],
        against: [{text: "Has not yet led a migration of this size."}],
        summary: "Both saw the same strength from two sides; the gap can be closed here.",
        set_up_for_success: "Pair on the first migration."}}')" |
    jq -r '"decided: \(.decision.outcome)"'

# --- The offer -------------------------------------------------------------------------------------

say "An offer, measured against the pay band"
move Interviews Offer >/dev/null
offer=$(call "$recruiter" POST "/applications/$application/offers" 201 "$(jq -n --arg level "$level" \
    --arg opening "$opening" --arg start_on "$(date -u -d '+60 days' +%F)" '{
    opening_id: $opening, terms: {
        base: {amount: "84000.00", currency: "EUR"}, period: "year", level_id: $level,
        title: "Senior Backend Engineer", location: "Berlin", employment_type: "permanent",
        start_on: $start_on}}')")
offer_id=$(jq -r .id <<<"$offer")
jq -c '.current_version.band' <<<"$offer"

say "It is submitted, and each step votes on exactly these terms"
submitted=$(change "$recruiter" PUT "/offers/$offer_id" /submission)
approval=$(jq -r .approval_run.id <<<"$submitted")

# vote TOKEN: reads the terms, and approves what was read. A vote is bound to the hash of the terms:
# should they change meanwhile, it answers 409 terms_changed.
vote() {
    local terms_hash
    terms_hash=$(call "$1" GET "/offers/$offer_id" 200 | jq -r .current_version.terms_hash)
    call "$1" POST "/approval-runs/$approval/votes" 201 \
        "$(jq -n --arg terms_hash "$terms_hash" '{decision: "approve", $terms_hash}')" >/dev/null
    call "$1" GET "/approval-runs/$approval" 200 | jq -r '.steps[] | "  \(.name): \(.state)"'
}
vote "$finance"
vote "$head"

say "The offer is extended, and the candidate accepts"
change "$recruiter" PUT "/offers/$offer_id" /extension "$(jq -n '{expires_at: (now + 864000 | todateiso8601)}')" |
    jq -r '"the offer is \(.state)"'
change "$recruiter" PUT "/offers/$offer_id" /acceptance '{"note": "By telephone."}' | jq -r '"the offer is \(.state)"'

# --- What came of it -------------------------------------------------------------------------------

say "Done"
call "$recruiter" GET "/applications/$application" 200 | jq -er 'select(.status == "hired") | "The application of \(.candidate_name) is \(.status)."'
call "$recruiter" GET "/openings/$opening" 200 | jq -er 'select(.state == "filled") | "Opening \(.number) is \(.state)."'
