//! A body for every operation that takes one.

use serde_json::{Value, json};

use super::scene::Scene;
use super::unknown;
use crate::support::Person;

/// What a person sends; none where the operation takes nothing.
pub fn body(scene: &Scene, operation: &str, persona: &str, person: &Person) -> Option<Value> {
    of_the_organization(operation, persona)
        .or_else(|| of_the_catalogues(operation, persona))
        .or_else(|| of_the_job(scene, operation, persona, person))
        .or_else(|| of_the_loop(scene, operation))
        .or_else(|| of_the_offer(scene, operation, persona))
}

/// Offices, zones, tags and custom fields.
fn of_the_catalogues(operation: &str, persona: &str) -> Option<Value> {
    Some(match operation {
        "createPayZone" | "createServiceAccount" | "createTag" => {
            json!({ "name": format!("Of {persona}") })
        }
        "handOverServiceAccount" => json!({ "owner_id": unknown("user") }),
        "createApiKey" => json!({ "name": format!("Of {persona}"), "scopes": ["jobs:read"] }),
        "rotateApiKey" => json!({}),
        "createOffice" => json!({
            "name": format!("Of {persona}"), "time_zone": "Europe/Berlin", "country": "DE", "currency": "EUR",
        }),
        "createFieldDefinition" => json!({
            "noun": "candidate", "key": format!("of_{persona}"), "name": "Of", "type": "text",
            "audience": "everyone",
        }),
        "mergeTag" => json!({ "into_id": unknown("tag") }),
        "replaceCandidateTags" => json!({ "tag_ids": [] }),
        "anonymizeCandidate" => json!({ "reason": "requested" }),
        "placeRetentionHold" | "releaseRetentionHold" => json!({ "reason": "A claim." }),
        "replaceRetentionPolicy" => json!({ "mode": "off", "days": {} }),
        _ => return None,
    })
}

#[expect(clippy::too_many_lines, reason = "one table")]
fn of_the_organization(operation: &str, persona: &str) -> Option<Value> {
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    Some(match operation {
        "createAgency" | "createDepartment" | "createPool" | "createSource" => {
            json!({ "name": format!("Of {persona}") })
        }
        "addPoolMember" => json!({ "user_id": unknown("user") }),
        "createRejectionReason" => json!({ "name": format!("Of {persona}"), "kind": "ours" }),
        "createLevel" => json!({ "name": format!("Of {persona}"), "track": persona, "rank": 1 }),
        "createPayBand" => json!({
            "name": format!("Of {persona}"), "period": "year", "effective_on": "2026-01-01",
            "minimum": euros("1.00"), "maximum": euros("2.00"),
        }),
        "succeedPayBand" => json!({
            "effective_on": "2027-01-01", "minimum": euros("1.00"), "maximum": euros("2.00"),
        }),
        "createUser" => json!({
            "name": "New", "email": format!("new.{persona}@example.com"), "role": "member",
            "time_zone": "Europe/Berlin", "locale": "en",
        }),
        "createInvitation" => json!({
            "name": "New", "email": format!("invited.{persona}@example.com"), "role": "member",
            "time_zone": "Europe/Berlin", "locale": "en",
        }),
        "createPasswordReset" => json!({ "email": "nobody@example.com" }),
        "changePassword" => {
            json!({ "current_password": "not the password", "new_password": "a new long password" })
        }
        "createSession" => json!({
            "email": format!("nobody.{persona}@example.com"), "password": "not the password",
        }),
        "renewSession" => json!({ "refresh_token": "no such token" }),
        "setUp" => json!({
            "token": "no such token",
            "organization": { "name": "Other", "locale": "en", "time_zone": "Europe/Berlin" },
            "owner": {
                "name": "Olga", "email": "olga@example.com", "password": "four unrelated words",
                "time_zone": "Europe/Berlin", "locale": "en",
            },
        }),
        "replaceSettings" => {
            json!({ "reveal": "at_reveal", "scorecard_due_working_hours": 8, "recruiter_sees": "text" })
        }
        "createQuestion" => json!({ "kind": "theme", "text": format!("Of {persona}") }),
        "createRubric" => {
            json!({ "name": format!("Of {persona}"), "version": { "attributes": [] } })
        }
        "createLoopTemplate" => {
            json!({ "name": format!("Of {persona}"), "version": { "kits": [] } })
        }
        "createHolidayCalendar" => json!({ "name": format!("Of {persona}"), "region": "DE-BE" }),
        "replaceHolidays" => json!({}),
        "addMyTimeOff" | "addTimeOff" => {
            json!({ "starts_on": "2027-04-02", "ends_on": "2027-04-01" })
        }
        "createSavedView" => json!({
            "name": "Red", "noun": "jobs", "query": "shoes=red", "shared_with": "organization",
        }),
        "updateSavedView" => json!({ "name": "Red" }),
        "setMyBusyCalendar" => json!({ "address": "no address" }),
        "setMyChatAddress" => json!({ "url": "no address", "format": "slack" }),
        "setMyNotificationPreferences" => {
            json!({ "digest": true, "digest_at": "24:00", "quiet_hours": true, "mails": [] })
        }
        "replaceRubricVersion" => json!({ "attributes": [] }),
        "replaceLoopTemplateVersion" => json!({ "kits": [] }),
        name if name.starts_with("update") => json!({}),
        "createRubricVersion" | "createLoopTemplateVersion" => json!({}),
        _ => return None,
    })
}

fn of_the_job(scene: &Scene, operation: &str, persona: &str, person: &Person) -> Option<Value> {
    Some(match operation {
        "createJob" => json!({ "title": format!("Of {persona}") }),
        "breakGlass" => json!({ "job_id": unknown("job"), "reason": "Nobody answers." }),
        "replaceJobAgencies" => json!({ "agency_ids": [] }),
        "addOpenings" => json!({ "count": 1 }),
        "applyToJobPost" => json!({
            "name": "Somebody", "email": format!("by-the-form.{persona}@candidate.example"),
            "consent": { "given": true, "text_version": 1 },
        }),
        "createJobPost" => json!({
            "title": format!("Of {persona}"), "text": "Wanted.", "language": "en",
            "location": { "workplace": "remote" },
        }),
        "addHiringTeamMember" => json!({ "user_id": unknown("user"), "role": "interviewer" }),
        "replacePipeline" => {
            json!({ "stages": [{ "name": "New", "kind": "review", "decision": "none" }] })
        }
        "createCandidate" => json!({ "name": format!("Candidate of {persona}") }),
        "createMessage" | "createMessagePreview" => {
            json!({ "subject": "Soon", "body": "You will hear from us.", "send_at": "candidate_morning" })
        }
        "createMessageTemplate" => json!({
            "purpose": "update", "name": format!("Of {persona}"), "language": "en", "subject": "Soon",
            "body": "Dear {{candidate.first_name}}, you will hear from us.",
        }),
        "createNote" => json!({ "visibility": "public", "body": "Would rather work from Lisbon." }),
        "updateNote" => json!({ "body": "Would rather work from Porto." }),
        "createApplicationBatch" => json!({
            "application_ids": ["app_01jd3z3z3z3z3z3z3z3z3z3z3z"], "move": {
                "from_stage_id": "stage_01jd3z3z3z3z3z3z3z3z3z3z3z",
                "to_stage_id": "stage_01jd3z3z3z3z3z3z3z3z3z3z3z",
            },
        }),
        "createProspect" | "withdrawApplication" => json!({}),
        "createApplication" => json!({
            "candidate_id": scene.id("cand"), "job_id": scene.id("job"), "owner_id": person.id,
        }),
        "createApplicationMove" => {
            json!({ "from_stage_id": scene.stage, "to_stage_id": unknown("stage") })
        }
        "rejectApplication" => json!({ "reason_id": scene.id("reason") }),
        "reopenApplication" => json!({ "reason": "It was a mistake." }),
        _ => return None,
    })
}

fn of_the_loop(scene: &Scene, operation: &str) -> Option<Value> {
    Some(match operation {
        "startLoop" => json!({
            "loop_template_version_id": unknown("looptplver"),
            "decider_id": scene.who("manager").id, "driver_id": scene.who("recruiter").id,
        }),
        "askLoopProbe" => json!({ "attribute_id": unknown("attr") }),
        "assignPanelist" => json!({ "user_id": unknown("user"), "slot": "second" }),
        "scheduleInterview" => json!({
            "starts_at": "2027-01-11T09:00:00Z", "ends_at": "2027-01-11T10:00:00Z",
            "time_zone": "Europe/Berlin",
        }),
        "offerSlots" => json!({
            "starts": ["2027-01-11T09:00:00Z"], "expires_at": "2027-01-10T09:00:00Z",
        }),
        "askForAvailability" => json!({ "expires_at": "2027-01-10T09:00:00Z" }),
        "chooseSlot" => json!({
            "token": "no such token", "starts_at": "2027-01-11T09:00:00Z", "time_zone": "UTC",
        }),
        "respondToInterview" => json!({ "response": "declined" }),
        "replacePanelist" => json!({ "user_id": unknown("user") }),
        "cancelInterview" => json!({}),
        "waiveScorecard" => json!({ "reason": "Ill." }),
        "recordAssessmentResult" => json!({
            "provider": "Tests", "score": "1", "max_score": "2", "completed_at": "2026-01-01T00:00:00Z",
        }),
        "submitForPanelist" => json!({ "reason": "Told by phone.", "recommendation": "yes" }),
        "extendDebrief" => json!({ "until": "2027-01-01T09:00:00Z" }),
        "beginRound" => json!({ "evidence": "reference", "reason": "A call." }),
        "nameAgreers" => json!({ "user_ids": [] }),
        "proposeDecision" => json!({ "outcome": "no_hire", "reason": "Below the bar." }),
        "agreeToProposal" => json!({ "agrees": true }),
        "askForSignal" => json!({ "attribute_id": unknown("attr"), "reason": "Too little." }),
        "callMeeting" => json!({ "reason": "Everybody is in one place." }),
        "informCandidate" => json!({ "how": "spoken" }),
        "holdMeeting" => json!({ "notes": "Everybody said what their card says." }),
        "respondToDebrief" => json!({ "comment": "I stand by my card." }),
        "castBallot" => json!({
            "recommendation": "no", "reason": "Another hour answers it.",
            "because_of": { "scorecard_id": unknown("card") },
        }),
        "stateDissent" => json!({ "statement": "Testing will be a problem." }),
        "forceReveal" | "peekAtDebrief" => json!({ "reason": "Another offer ends tonight." }),
        "reviseScorecard" => json!({ "reason": "Mixed up.", "content": { "summary": "Other." } }),
        "decideLightly" => json!({ "outcome": "advance", "reason": "Knows the trade." }),
        "decideDebrief" => json!({
            "outcome": "no_hire",
            "memo": { "for": [{ "text": "Nothing." }], "summary": "Below the bar." },
        }),
        _ => return None,
    })
}

fn of_the_offer(scene: &Scene, operation: &str, persona: &str) -> Option<Value> {
    let terms = scene.terms();
    Some(match operation {
        "createApprovalChain" => json!({
            "name": format!("Of {persona}"),
            "steps": [{ "name": "One", "mode": "any", "member_ids": [scene.who("approver").id] }],
        }),
        "createOffer" | "createOfferVersion" => json!({ "terms": terms }),
        "acceptOffer" => json!({}),
        "declineOffer" => json!({ "reason": "Too far." }),
        "extendOffer" => json!({ "expires_at": "2027-01-11T09:00:00Z" }),
        "createDelegation" | "createMyDelegation" => json!({
            "delegate_id": unknown("user"), "starts_on": "2027-01-04", "ends_on": "2027-01-08",
        }),
        "castVote" => {
            let other = format!("sha256:{}", "0".repeat(64));
            json!({ "decision": "approve", "terms_hash": other })
        }
        _ => return None,
    })
}
