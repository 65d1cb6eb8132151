//! How debriefs go on: what is found between cards, what the panel answers, deadlines, meetings, dissent.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::{Onsite, answers, memo};
use crate::support::{Person, Reply, TestApp};

/// A loop with a lead on each of its interviews.
async fn staffed(app: &TestApp, interviews: usize) -> (Onsite, Vec<Person>) {
    let onsite = Onsite::new(app, interviews).await;
    let mut leads = Vec::new();
    for (interview, name) in ["Ana", "Ben", "Cyd", "Dee"].into_iter().take(interviews).enumerate() {
        let person = app.person(name, OrgRole::Member);
        onsite.seat(app, interview, &person, "lead").await;
        leads.push(person);
    }
    (onsite, leads)
}

/// Lets time pass, after which everybody signs in again, and wakes what became due.
fn later(app: &TestApp, onsite: &mut Onsite, leads: &mut [Person], span: TimeDelta) {
    onsite.later(app, span);
    for lead in leads {
        *lead = app.again(lead);
    }
}

/// Hands in a card with this recommendation and level of the must-have; gives its id.
async fn judge(
    app: &TestApp,
    onsite: &Onsite,
    (interview, person): (usize, &Person),
    recommendation: &str,
    level: Option<i32>,
) -> String {
    let mut judgement = onsite.judgement(recommendation);
    judgement["ratings"][0]["level"] = json!(level);
    let written = onsite.write(app, interview, person, judgement).await;
    let path = format!("/scorecards/{}/submission", written.id());
    app.put_if(person, &path, &written.etag(), Value::Null).await.ok();
    written.id()
}

/// Does something to the debrief with the version that the person read.
async fn put(app: &TestApp, onsite: &Onsite, person: &Person, what: &str, body: Value) -> Reply {
    let etag = onsite.debrief(app, person).await.etag();
    app.put_if(person, &format!("/debriefs/{}/{what}", onsite.debrief), &etag, body).await
}

async fn post(app: &TestApp, onsite: &Onsite, person: &Person, what: &str, body: Value) -> Reply {
    app.post(person, &format!("/debriefs/{}/{what}", onsite.debrief), body).await
}

async fn state(app: &TestApp, onsite: &Onsite, person: &Person) -> String {
    onsite.debrief(app, person).await.ok()["state"].as_str().unwrap().to_owned()
}

/// The kinds of findings of a severity.
fn found(debrief: &Value, severity: &str) -> Vec<String> {
    let findings = debrief["findings"].as_array().unwrap().iter();
    let of_it = findings.filter(|finding| finding["severity"] == severity);
    of_it.map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

both! {
    async fn a_clear_hire_comes_before_its_decider_at_once(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "yes", Some(3)).await;
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(seen.ok()["state"], "deciding");
        assert_eq!(found(&seen.json, "blocking"), Vec::<String>::new());
        assert_eq!(found(&seen.json, "note"), ["lukewarm"]);
        assert!(seen.json["decide_by"].is_string() && seen.json["responses_due_at"].is_null());
        assert_eq!(seen.json["responses"], json!([]));
    }

    async fn what_differs_is_put_to_those_concerned_and_read_once_ones_own_answer_is_in(app) {
        let (onsite, leads) = staffed(&app, 3).await;
        judge(&app, &onsite, (0, &leads[0]), "strong_yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "no", Some(1)).await;
        judge(&app, &onsite, (2, &leads[2]), "no_decision", None).await;
        let seen = onsite.debrief(&app, &leads[0]).await;
        assert_eq!(seen.ok()["state"], "discussing");
        assert_eq!(found(&seen.json, "blocking"), ["split", "below_the_line", "conflict"]);
        assert!(seen.json["responses_due_at"].is_string());
        let mine = answers(&seen.json, &leads[0], "The log was bisected in my hour.");
        let less = json!({ "answers": [mine[0]] });
        post(&app, &onsite, &leads[0], "responses", less).await.field(422, "/answers");
        let strange = json!({ "answers": mine.as_array().unwrap().iter().chain([&json!({ "finding_id": "finding_01jd3z3z3z3z3z3z3z3z3z3z3z", "answer": "?" })]).collect::<Vec<_>>() });
        post(&app, &onsite, &leads[0], "responses", strange).await.field(422, "/answers/3/finding_id");
        let first = post(&app, &onsite, &leads[0], "responses", json!({ "answers": mine })).await;
        assert_eq!(first.ok()["responses"].as_array().unwrap().len(), 1);
        post(&app, &onsite, &leads[0], "responses", json!({ "comment": "And again." })).await.field(422, "/answers");
        // Who has answered is no secret, what they answered is until one's own is in.
        for person in [&leads[1], &leads[2], &onsite.decider, &onsite.driver] {
            let sealed = onsite.debrief(&app, person).await;
            assert_eq!(sealed.ok()["responses"], json!([]));
            assert_eq!(sealed.json["responded"], json!([leads[0].id]));
        }
        // Nothing is put to Cyd, who may comment all the same; only those who judged take part.
        post(&app, &onsite, &leads[2], "responses", json!({})).await.field(422, "/comment");
        let comment = json!({ "comment": "I had no time to ask." });
        assert_eq!(post(&app, &onsite, &leads[2], "responses", comment).await.ok()["responses"].as_array().unwrap().len(), 2);
        post(&app, &onsite, &onsite.decider, "responses", json!({ "comment": "Well?" })).await.problem(403, "forbidden");
        let body = json!({ "answers": answers(&seen.json, &leads[1], "I saw guesses only.") });
        let last = post(&app, &onsite, &leads[1], "responses", body).await;
        assert_eq!(last.ok()["state"], "deciding");
        assert_eq!(last.json["responses"].as_array().unwrap().len(), 3);
        let decider = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(decider.ok()["responses"], last.json["responses"]);
        assert_eq!(decider.json["responded"], Value::Null);
        post(&app, &onsite, &leads[1], "responses", json!({ "comment": "Late." })).await.problem(409, "illegal_transition");
    }

    async fn whoever_does_not_answer_within_a_working_day_is_not_waited_for(app) {
        let (mut onsite, mut leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "no", Some(3)).await;
        let body = json!({ "comment": "-", "answers": answers(&onsite.debrief(&app, &leads[0]).await.json, &leads[0], "Yes.") });
        post(&app, &onsite, &leads[0], "responses", body).await.ok();
        let due = onsite.debrief(&app, &onsite.decider).await.json["responses_due_at"].clone();
        // A Monday from 09:00 to 17:00 in Berlin.
        assert_eq!(due, "2026-11-23T16:00:00Z");
        later(&app, &mut onsite, &mut leads, TimeDelta::hours(7));
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "discussing");
        later(&app, &mut onsite, &mut leads, TimeDelta::hours(1));
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(seen.ok()["state"], "deciding");
        assert_eq!(seen.json["responses"].as_array().unwrap().len(), 1);
        app.wake_timers();
        assert_eq!(app.event_kinds().iter().filter(|kind| *kind == "debrief.deciding").count(), 1);
    }

    async fn a_changed_mind_says_why_and_both_ballots_stay(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let yes = judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        let no = judge(&app, &onsite, (1, &leads[1]), "no", Some(3)).await;
        let cast = |because: &str| json!({ "recommendation": "yes", "reason": "Ana's hour answers what I missed.", "because_of": { "scorecard_id": because, "attribute_id": onsite.attributes[0] } });
        post(&app, &onsite, &leads[1], "ballots", cast(&no)).await.field(422, "/because_of/scorecard_id");
        let mut elsewhere = cast(&yes);
        elsewhere["because_of"]["attribute_id"] = json!("attr_01jd3z3z3z3z3z3z3z3z3z3z3z");
        post(&app, &onsite, &leads[1], "ballots", elsewhere).await.field(422, "/because_of/attribute_id");
        post(&app, &onsite, &leads[0], "ballots", cast(&no)).await.field(422, "/recommendation");
        post(&app, &onsite, &onsite.decider, "ballots", cast(&yes)).await.problem(403, "forbidden");
        let moved = post(&app, &onsite, &leads[1], "ballots", cast(&yes)).await;
        let ballots = moved.ok()["ballots"].as_array().unwrap();
        assert_eq!(ballots.len(), 3);
        assert_eq!((&ballots[1]["recommendation"], &ballots[1]["scorecard_id"]), (&json!("no"), &json!(no)));
        assert_eq!((&ballots[2]["recommendation"], &ballots[2]["because_of_id"]), (&json!("yes"), &json!(yes)));
        // Whoever has not responded yet reads the cards, and not that somebody moved.
        let seen = onsite.debrief(&app, &leads[0]).await;
        assert_eq!(seen.ok()["ballots"].as_array().unwrap().len(), 2);
        let told = json!({ "answers": answers(&seen.json, &leads[0], "I stand by it."), "comment": "I stand by it." });
        let responded = post(&app, &onsite, &leads[0], "responses", told).await;
        assert_eq!(responded.ok()["ballots"].as_array().unwrap().len(), 3);
        // Nobody dissents any more, so the decision stands at once.
        onsite.take_up(&app).await;
        let body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        let decided = put(&app, &onsite, &onsite.decider, "decision", body).await;
        assert_eq!(decided.ok()["state"], "decided");
        assert_eq!(decided.json["decision"]["dissent"], json!([]));
    }

    async fn a_quorum_is_enough_once_the_last_card_was_due(app) {
        let (mut onsite, mut leads) = staffed(&app, 4).await;
        for interview in 0..4 {
            onsite.schedule(&app, interview, 1 + i64::try_from(interview).unwrap()).await.ok();
        }
        for (interview, lead) in leads.iter().take(3).enumerate() {
            judge(&app, &onsite, (interview, lead), "strong_yes", Some(3)).await;
        }
        later(&app, &mut onsite, &mut leads, TimeDelta::days(1));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "gathering");
        later(&app, &mut onsite, &mut leads, TimeDelta::days(1));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "deciding");
        // Whoever still owes a card sees none of it, and their card comes late.
        assert_eq!(state(&app, &onsite, &leads[3]).await, "gathering");
        judge(&app, &onsite, (3, &leads[3]), "no", Some(1)).await;
        assert_eq!(state(&app, &onsite, &leads[3]).await, "deciding");
    }

    async fn a_debrief_that_misses_cards_stands_still_until_its_people_choose(app) {
        let (mut onsite, mut leads) = staffed(&app, 2).await;
        onsite.schedule(&app, 0, 1).await.ok();
        onsite.schedule(&app, 1, 2).await.ok();
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        let reason = || json!({ "reason": "The candidate has another offer." });
        put(&app, &onsite, &onsite.decider, "forced-reveal", reason()).await.problem(409, "illegal_transition");
        later(&app, &mut onsite, &mut leads, TimeDelta::days(2));
        let stalled = onsite.debrief(&app, &onsite.driver).await;
        assert_eq!((&stalled.ok()["state"], stalled.json["stalled_at"].is_string()), (&json!("stalled"), true));
        assert_eq!(state(&app, &onsite, &leads[1]).await, "gathering");
        let until = |hours: i64| json!({ "until": app.clock.now() + TimeDelta::hours(hours) });
        put(&app, &onsite, &onsite.driver, "extension", until(-1)).await.field(422, "/until");
        put(&app, &onsite, &onsite.driver, "extension", until(31 * 24)).await.field(422, "/until");
        put(&app, &onsite, &leads[0], "extension", until(5)).await.problem(403, "forbidden");
        let waiting = put(&app, &onsite, &onsite.driver, "extension", until(5)).await;
        assert_eq!((&waiting.ok()["state"], &waiting.json["stalled_at"]), (&json!("gathering"), &Value::Null));
        later(&app, &mut onsite, &mut leads, TimeDelta::hours(5));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "stalled");
        put(&app, &onsite, &onsite.driver, "forced-reveal", reason()).await.problem(403, "forbidden");
        let forced = put(&app, &onsite, &onsite.decider, "forced-reveal", reason()).await;
        assert_eq!(forced.ok()["state"], "deciding");
        assert_eq!(forced.json["forced_reason"], "The candidate has another offer.");
        assert_eq!(state(&app, &onsite, &leads[1]).await, "gathering");
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "debrief.stalled").count(), 2);
    }

    async fn the_time_of_the_last_interview_is_what_a_debrief_waits_for(app) {
        let (mut onsite, mut leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        // Nothing happens to the loop after that.
        onsite.schedule(&app, 1, 1).await.ok();
        later(&app, &mut onsite, &mut leads, TimeDelta::days(2));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "stalled");
        // The interview is held later: cards are awaited again, and are late again.
        onsite.schedule(&app, 1, 24).await.ok();
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "gathering");
        later(&app, &mut onsite, &mut leads, TimeDelta::days(3));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "stalled");
    }

    async fn a_debrief_waits_for_whoever_sits_down_last(app) {
        let mut onsite = Onsite::new(&app, 2).await;
        let mut leads = vec![app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member)];
        onsite.seat(&app, 0, &leads[0], "lead").await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        onsite.schedule(&app, 1, 1).await.ok();
        onsite.seat(&app, 1, &leads[1], "lead").await;
        later(&app, &mut onsite, &mut leads, TimeDelta::days(2));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "stalled");
    }

    async fn a_debrief_that_stands_still_waits_again_once_a_time_was_given_up(app) {
        let (mut onsite, mut leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        onsite.schedule(&app, 1, 1).await.ok();
        later(&app, &mut onsite, &mut leads, TimeDelta::days(2));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "stalled");
        let ask = json!({ "expires_at": app.clock.now() + TimeDelta::days(5) });
        let path = format!("/interviews/{}/availability-request", onsite.interviews[1]);
        app.put(&onsite.recruiter, &path, ask).await.ok();
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "gathering");
    }

    async fn the_last_card_of_a_debrief_that_stands_still_reveals_it(app) {
        let (mut onsite, mut leads) = staffed(&app, 2).await;
        onsite.schedule(&app, 0, 1).await.ok();
        onsite.schedule(&app, 1, 2).await.ok();
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        later(&app, &mut onsite, &mut leads, TimeDelta::days(2));
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "stalled");
        judge(&app, &onsite, (1, &leads[1]), "yes", Some(3)).await;
        assert_eq!(state(&app, &onsite, &onsite.driver).await, "deciding");
    }

    async fn any_phase_becomes_a_meeting_in_one_request(app) {
        let (mut onsite, mut leads) = staffed(&app, 2).await;
        let reason = || json!({ "reason": "All of us are in one place." });
        put(&app, &onsite, &leads[0], "meeting", reason()).await.problem(403, "forbidden");
        let called = put(&app, &onsite, &onsite.driver, "meeting", reason()).await;
        assert_eq!(called.ok()["state"], "planned");
        put(&app, &onsite, &onsite.driver, "meeting", reason()).await.problem(409, "illegal_transition");
        let notes = || json!({ "notes": "Both cards were read out; the gap in testing is accepted." });
        put(&app, &onsite, &onsite.driver, "meeting-notes", notes()).await.problem(409, "illegal_transition");
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "yes", Some(3)).await;
        let waits = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!((&waits.ok()["state"], &waits.json["responses_due_at"]), (&json!("discussing"), &Value::Null));
        later(&app, &mut onsite, &mut leads, TimeDelta::days(20));
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "discussing");
        let held = put(&app, &onsite, &onsite.decider, "meeting-notes", notes()).await;
        assert_eq!(held.ok()["state"], "deciding");
        assert_eq!(held.json["meeting_notes"], notes()["notes"]);
    }

    async fn those_who_see_a_decision_otherwise_have_a_working_day_to_say_so(app) {
        let (mut onsite, mut leads) = staffed(&app, 4).await;
        for (lead, recommendation) in ["yes", "strong_yes", "no", "no"].into_iter().enumerate() {
            judge(&app, &onsite, (lead, &leads[lead]), recommendation, Some(3)).await;
        }
        onsite.take_up(&app).await;
        let said = json!({ "statement": "Testing will be a problem in the first months." });
        put(&app, &onsite, &leads[2], "dissent", said.clone()).await.problem(409, "illegal_transition");
        let body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        let window = put(&app, &onsite, &onsite.decider, "decision", body).await;
        assert_eq!(window.ok()["state"], "dissent_window");
        assert_eq!(window.json["dissent_until"], "2026-11-23T16:00:00Z");
        assert_eq!(window.json["decided_at"], Value::Null);
        put(&app, &onsite, &leads[0], "dissent", said.clone()).await.problem(403, "forbidden");
        let stated = put(&app, &onsite, &leads[2], "dissent", said.clone()).await;
        assert_eq!(stated.ok()["decision"]["dissent"][0]["statement"], said["statement"]);
        assert_eq!(stated.json["state"], "dissent_window");
        put(&app, &onsite, &leads[2], "dissent", said.clone()).await.problem(409, "already_exists");
        later(&app, &mut onsite, &mut leads, TimeDelta::hours(8));
        let decided = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(decided.ok()["state"], "decided");
        assert_eq!(decided.json["decided_at"], "2026-11-23T16:00:00Z");
        put(&app, &onsite, &leads[3], "dissent", said).await.problem(409, "illegal_transition");
    }

    async fn a_decision_stands_once_everybody_who_sees_it_otherwise_has_said_so(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "strong_yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "no", Some(3)).await;
        onsite.take_up(&app).await;
        let body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        assert_eq!(put(&app, &onsite, &onsite.decider, "decision", body).await.ok()["state"], "dissent_window");
        let said = json!({ "statement": "Testing will be a problem in the first months." });
        let stated = put(&app, &onsite, &leads[1], "dissent", said).await;
        assert_eq!(stated.ok()["state"], "decided");
        assert_eq!(stated.json["decision"]["dissent"].as_array().unwrap().len(), 1);
        assert_eq!(app.event_kinds().iter().filter(|kind| *kind == "debrief.decided").count(), 1);
    }

    async fn a_debrief_is_closed_once_the_candidate_knows(app) {
        let (mut onsite, mut leads) = staffed(&app, 1).await;
        judge(&app, &onsite, (0, &leads[0]), "strong_yes", Some(3)).await;
        let told = |how: &str| json!({ "how": how });
        put(&app, &onsite, &onsite.driver, "candidate-informed", told("spoken")).await.problem(409, "illegal_transition");
        let seen = onsite.debrief(&app, &onsite.decider).await;
        let decided = onsite.decide(&app, &onsite.decider, &seen.etag(), memo()).await;
        // Two times eight hours of the driver's, who works from 09:00 to 17:30 in Berlin.
        assert_eq!(decided.ok()["inform_by"], "2026-11-24T15:30:00Z");
        assert_eq!(decided.json["informed"], Value::Null);
        let owed = |queue: &Value| queue["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect::<Vec<_>>();
        assert_eq!(owed(&app.get(&onsite.driver, "/me/queue").await.json), ["telling"]);
        assert_eq!(owed(&app.get(&onsite.decider, "/me/queue").await.json), Vec::<Value>::new());
        put(&app, &onsite, &leads[0], "candidate-informed", told("spoken")).await.problem(403, "forbidden");
        for (at, code) in [("2026-11-23T09:00:00Z", "future"), ("2026-11-23T07:59:59Z", "too_early")] {
            let wrong = json!({ "how": "written", "informed_at": at });
            let refused = put(&app, &onsite, &onsite.driver, "candidate-informed", wrong).await;
            assert_eq!(refused.json["errors"][0]["code"], code);
            refused.field(422, "/informed_at");
        }
        later(&app, &mut onsite, &mut leads, TimeDelta::hours(3));
        let written = json!({ "how": "written", "informed_at": "2026-11-23T10:30:00Z" });
        let closed = put(&app, &onsite, &onsite.driver, "candidate-informed", written.clone()).await;
        assert_eq!(closed.ok()["state"], "closed");
        assert_eq!(
            closed.json["informed"],
            json!({ "how": "written", "user_id": onsite.driver.id, "occurred_at": "2026-11-23T10:30:00Z" })
        );
        assert_eq!(closed.json["decision"]["outcome"], "hire");
        assert_eq!(owed(&app.get(&onsite.driver, "/me/queue").await.json), Vec::<Value>::new());
        put(&app, &onsite, &onsite.driver, "candidate-informed", written).await.problem(409, "illegal_transition");
    }

    async fn a_candidate_who_was_turned_down_is_still_to_be_told(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        judge(&app, &onsite, (0, &leads[0]), "no", Some(3)).await;
        onsite.take_up(&app).await;
        let body = json!({ "outcome": "no_hire", "memo": memo() });
        assert_eq!(put(&app, &onsite, &onsite.decider, "decision", body).await.ok()["state"], "decided");
        let application = format!("/applications/{}", onsite.application);
        let reason = json!({ "name": "Below the bar", "kind": "ours" });
        let reason = app.post(&app.person("Ada", OrgRole::Admin), "/rejection-reasons", reason).await.id();
        let rejection = json!({ "reason_id": reason });
        app.put(&onsite.recruiter, &format!("{application}/rejection"), rejection).await.ok();
        let queue = app.get(&onsite.driver, "/me/queue").await;
        assert_eq!((&queue.ok()["items"][0]["kind"], &queue.json["minutes"]), (&json!("telling"), &json!(10)));
        let closed = put(&app, &onsite, &onsite.driver, "candidate-informed", json!({ "how": "spoken" })).await;
        assert_eq!(closed.ok()["state"], "closed");
    }

    async fn a_missed_must_have_is_answered_in_the_memo(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", None).await;
        onsite.take_up(&app).await;
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(found(seen.ok(), "blocking"), ["gap"]);
        let mut body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        let refused = put(&app, &onsite, &onsite.decider, "decision", body.clone()).await;
        refused.field(422, "/memo/findings_answered");
        body["memo"]["findings_answered"] = json!([{ "finding_id": seen.json["findings"][0]["id"], "answer": "The reference speaks of it at length." }]);
        put(&app, &onsite, &onsite.decider, "decision", body).await.ok();
    }

    async fn whoever_owes_a_card_drives_nothing_and_sees_it_gather(app) {
        let (mut onsite, mut leads) = staffed(&app, 1).await;
        onsite.seat(&app, 0, &onsite.driver, "second").await;
        onsite.hold(&app, 0).await;
        for what in [("extension", json!({ "until": app.clock.now() + TimeDelta::hours(9) })), ("meeting", json!({ "reason": "Quicker." }))] {
            put(&app, &onsite, &onsite.driver, what.0, what.1).await.problem(403, "forbidden");
        }
        judge(&app, &onsite, (0, &leads[0]), "strong_no", Some(1)).await;
        later(&app, &mut onsite, &mut leads, TimeDelta::days(4));
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "stalled");
        let seen = onsite.debrief(&app, &onsite.driver).await;
        assert_eq!((&seen.ok()["state"], &seen.json["stalled_at"]), (&json!("gathering"), &Value::Null));
    }

    async fn a_debrief_is_called_off_with_its_application_also_when_every_card_is_in(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "no", Some(3)).await;
        for interview in 0..2 {
            onsite.hold(&app, interview).await;
        }
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "discussing");
        let path = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &path, json!({ "note": "Took another offer." })).await.ok();
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "cancelled");
    }

    async fn a_decision_stands_though_the_application_ends_before_all_have_spoken(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        judge(&app, &onsite, (1, &leads[1]), "no", Some(3)).await;
        onsite.take_up(&app).await;
        let body = json!({ "outcome": "no_hire", "memo": memo() });
        assert_eq!(put(&app, &onsite, &onsite.decider, "decision", body).await.ok()["state"], "dissent_window");
        let path = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &path, json!({ "note": "Took another offer." })).await.ok();
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "decided");
    }

    async fn a_debrief_of_an_application_that_ended_is_called_off(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        judge(&app, &onsite, (0, &leads[0]), "yes", Some(3)).await;
        let path = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &path, json!({ "note": "Took another offer." })).await.ok();
        assert_eq!(state(&app, &onsite, &onsite.decider).await, "cancelled");
    }
}
