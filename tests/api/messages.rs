//! Mail to candidates: what is written, when it goes out, and what becomes of it.

use std::sync::{Arc, Barrier};

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::mail::transport::SendError;
use evenbar::mail::{Mail, MailKind};
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, hiring};

const CANDIDATE: &str = "ada@candidate.example";

/// An onsite whose candidate lives in Berlin and has an address; gives the candidate's id.
async fn onsite(app: &TestApp, interviews: usize) -> (Onsite, String) {
    let onsite = Onsite::new(app, interviews).await;
    let path = format!("/applications/{}", onsite.application);
    let application = app.get(&onsite.recruiter, &path).await;
    let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
    let known = json!({
        "time_zone": "Europe/Berlin", "contact_points": [{ "kind": "email", "value": CANDIDATE }],
    });
    app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), known).await.ok();
    (onsite, candidate)
}

fn words(subject: &str, body: &str) -> Value {
    json!({ "subject": subject, "body": body })
}

async fn write(app: &TestApp, person: &Person, application: &str, message: Value) -> Reply {
    app.post(person, &format!("/applications/{application}/messages"), message).await
}

/// What the messages of an application say that somebody reads, newest first.
async fn read(app: &TestApp, person: &Person, application: &str) -> Vec<String> {
    let list = app.get(person, &format!("/applications/{application}/messages")).await;
    list.rows().iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect()
}

/// Where a message stands, and why it was not sent.
async fn stands(app: &TestApp, person: &Person, id: &str) -> (String, Value) {
    let message = app.get(&app.again(person), &format!("/messages/{id}")).await;
    (message.ok()["state"].as_str().unwrap().to_owned(), message.json["ended_because"].clone())
}

/// The messages that go out now.
fn sent(app: &TestApp) -> Vec<Mail> {
    app.deliver_mail();
    let mails = app.mails.mails();
    app.mails.clear();
    mails.into_iter().filter(|mail| mail.kind == MailKind::CandidateMessage).collect()
}

fn minutes_later(app: &TestApp) -> Vec<Mail> {
    app.advance(TimeDelta::minutes(2));
    sent(app)
}

async fn reason(app: &TestApp) -> String {
    let admin = app.person("Abe", OrgRole::Admin);
    let body = json!({ "name": format!("Not now, {}", admin.email), "kind": "ours" });
    app.post(&admin, "/rejection-reasons", body).await.id()
}

fn count(app: &TestApp, kind: &str) -> usize {
    app.event_kinds().iter().filter(|found| *found == kind).count()
}

both! {
    async fn a_message_goes_out_to_the_byte_as_it_was_previewed_and_stays_on_the_timeline(app) {
        let (onsite, candidate) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let body = "Dear {{candidate.first_name}},\n\n\nall is well  with {{job.title}}.\n<b>Bye</b>\n{{sender.name}}";
        let input = words("Soon: {{candidate.name}}", body);
        let path = format!("/applications/{}/message-previews", onsite.application);
        let before = app.event_kinds();
        let preview = app.post(rita, &path, input.clone()).await;
        assert_eq!(preview.ok()["subject"], "Soon: Ada Lovelace");
        assert_eq!((&preview.json["to"], &preview.json["reply_to"]), (&json!(CANDIDATE), &json!(rita.email)));
        assert_eq!((app.event_kinds(), read(&app, rita, &onsite.application).await.len()), (before, 0));
        let made = write(&app, rita, &onsite.application, input).await;
        assert_eq!(made.header("location").unwrap(), format!("/api/v1/messages/{}", made.id()));
        assert_eq!((&made.created()["state"], &made.json["purpose"]), (&json!("scheduled"), &json!("update")));
        for field in ["body", "send_at", "time_zone", "time_zone_of", "language"] {
            assert_eq!(made.json[field], preview.json[field], "{field}");
        }
        assert_eq!(made.json["send_at"], json!(app.clock.now() + TimeDelta::minutes(2)));
        app.advance(TimeDelta::seconds(119));
        assert_eq!(sent(&app), []);
        app.advance(TimeDelta::seconds(1));
        let mails = sent(&app);
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!((&json!(mail.subject), &json!(mail.text), &json!(mail.html)), (&preview.json["subject"], &preview.json["text"], &preview.json["html"]));
        assert!(mail.text.starts_with("Dear Ada,\n\nall is well with"), "{}", mail.text);
        assert!(mail.html.contains("&lt;b&gt;Bye") && !mail.html.contains("<b>Bye"));
        assert_eq!((mail.to.email.as_str(), &mail.reply_to.as_ref().unwrap().email), (CANDIDATE, &rita.email));
        assert!(mail.thread_root.as_ref().unwrap().contains(&onsite.application));
        follow(&app, &mails, MailKind::CandidateMessage).await;
        let shown = app.get(rita, &format!("/messages/{}", made.id())).await;
        assert_eq!((&shown.ok()["state"], &shown.json["recipient"]), (&json!("sent"), &json!(CANDIDATE)));
        assert_eq!(shown.json["sent_at"], json!(app.clock.now()));
        assert_eq!((count(&app, "message.scheduled"), count(&app, "message.sent")), (1, 1));
        for path in [format!("/applications/{}/messages", onsite.application), format!("/candidates/{candidate}/messages")] {
            let (one, list) = app.statements(app.get(rita, &path)).await;
            assert_eq!(list.rows().last(), Some(&shown.json));
            write(&app, rita, &onsite.application, words("Again", "And again.")).await.created();
            let (more, list) = app.statements(app.get(rita, &path)).await;
            assert!(list.rows().len() > 1 && one == more && more <= 5, "{path}: {one} and {more}");
        }
    }

    async fn a_message_is_called_off_until_it_is_on_its_way(app) {
        let (onsite, _) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let made = write(&app, rita, &onsite.application, words("Soon", "Patience.")).await;
        let path = format!("/messages/{}/cancellation", made.id());
        app.put_if(rita, &path, &made.etag().replace("\"1-", "\"9-"), Value::Null).await.problem(412, "stale");
        let off = app.put_if(rita, &path, &made.etag(), Value::Null).await;
        assert_eq!((&off.ok()["state"], &off.json["ended_because"]), (&json!("cancelled"), &json!("called_off")));
        app.put(rita, &path, Value::Null).await.problem(409, "illegal_transition");
        assert_eq!(minutes_later(&app), []);
        let made = write(&app, rita, &onsite.application, words("Soon", "Patience.")).await;
        assert_eq!(minutes_later(&app).len(), 1);
        app.put(rita, &format!("/messages/{}/cancellation", made.id()), Value::Null).await.problem(409, "illegal_transition");
        assert_eq!((count(&app, "message.cancelled"), count(&app, "message.sent")), (1, 1));
    }

    async fn of_calling_off_and_sending_at_the_same_moment_exactly_one_happens(app) {
        let (onsite, _) = onsite(&app, 1).await;
        let (mut off, mut out) = (0, 0);
        for round in 0..12 {
            let rita = app.again(&onsite.recruiter);
            let subject = format!("Soon {round}");
            let made = write(&app, &rita, &onsite.application, words(&subject, "Patience.")).await.id();
            app.advance(TimeDelta::minutes(2));
            let (state, start) = (Arc::clone(&app.state), Arc::new(Barrier::new(2)));
            let meeting = Arc::clone(&start);
            let worker = std::thread::spawn(move || {
                meeting.wait();
                evenbar::outbox::run_due(&state).unwrap()
            });
            start.wait();
            let answer = app.put(&rita, &format!("/messages/{made}/cancellation"), Value::Null).await.status;
            worker.join().unwrap();
            let mails = sent(&app).len();
            let (state, _) = stands(&app, &rita, &made).await;
            assert!(matches!((answer, mails, state.as_str()), (200, 0, "cancelled") | (409, 1, "sent")), "{answer} {mails} {state}");
            if mails == 1 { out += 1 } else { off += 1 }
        }
        assert_eq!((off + out, count(&app, "message.sent"), count(&app, "message.cancelled")), (12, out, off));
    }

    async fn a_rejection_and_its_message_come_together_or_not_at_all(app) {
        let (onsite, _) = onsite(&app, 1).await;
        let (rita, reason) = (&onsite.recruiter, reason(&app).await);
        let path = format!("/applications/{}", onsite.application);
        let rejection = format!("{path}/rejection");
        let mut input = json!({ "reason_id": reason, "message": { "subject": "Thanks", "body": "Dear {{candidate.nick}}" } });
        let refused = app.put(rita, &rejection, input.clone()).await;
        assert!(refused.field(422, "/message/body")["errors"][0]["detail"].as_str().unwrap().contains("line 1, column 6"));
        input["message"] = json!({ "send_at": "2026-11-23T07:00:00Z" });
        app.put(rita, &rejection, input.clone()).await.field(422, "/message/send_at");
        assert_eq!(app.get(rita, &path).await.ok()["status"], "active");
        input["message"] = json!({ "send_at": "candidate_morning" });
        input["reason_id"] = json!("reason_01jd3z3z3z3z3z3z3z3z3z3z3z");
        app.put(rita, &rejection, input.clone()).await.field(422, "/reason_id");
        assert_eq!(read(&app, rita, &onsite.application).await.len(), 0);
        input["reason_id"] = json!(reason);
        app.put(rita, &rejection, input).await.ok();
        let list = app.get(rita, &format!("{path}/messages")).await;
        let message = &list.rows()[0];
        assert_eq!((&message["purpose"], &message["send_at"]), (&json!("rejected"), &json!("2026-11-24T08:00:00Z")));
        assert!(message["body"].as_str().unwrap().contains("not to go on with your application"));
        app.post(rita, &format!("{path}/reopenings"), json!({ "reason": "Too early." })).await;
        assert_eq!(app.get(rita, &path).await.ok()["status"], "active");
        app.advance(TimeDelta::days(1));
        assert_eq!(sent(&app), []);
        let stands = stands(&app, rita, message["id"].as_str().unwrap()).await;
        assert_eq!(stands, ("cancelled".to_owned(), json!("application_changed")));
    }

    async fn each_of_a_batch_of_rejections_is_written_to_by_name(app) {
        let (onsite, _) = onsite(&app, 1).await;
        let (rita, reason) = (&onsite.recruiter, reason(&app).await);
        let person = json!({
            "name": "Grace Hopper", "locale": "de-AT", "contact_points": [{ "kind": "email", "value": "grace@candidate.example" }],
        });
        let grace = app.post(rita, "/candidates", person).await.id();
        let second = app.post(rita, "/applications", json!({ "candidate_id": grace, "job_id": onsite.job.id })).await.id();
        let third = hiring::application(&app, rita, &onsite.job).await;
        let mut input = json!({
            "application_ids": [onsite.application, second, third],
            "rejection": { "reason_id": reason, "message": { "send_at": "now" } },
        });
        app.post(rita, "/application-batches", input.clone()).await.field(422, "/application_ids/2");
        assert_eq!((count(&app, "message.scheduled"), count(&app, "application.rejected")), (0, 0));
        input["atomic"] = json!(false);
        let batch = app.post(rita, "/application-batches", input).await;
        batch.expect(207);
        assert_eq!(batch.json["results"][2]["code"], "illegal_transition");
        let mut texts: Vec<String> = minutes_later(&app).into_iter().map(|mail| mail.text).collect();
        texts.sort();
        assert!(texts[0].starts_with("Dear Ada,\n") && texts[1].starts_with("Guten Tag Grace Hopper,\n"), "{texts:?}");
    }

    async fn what_does_not_hold_any_more_when_its_time_comes_is_called_off_by_itself(app) {
        let (onsite, candidate) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let details = json!({ "purpose": "interview_details", "send_at": "candidate_morning" });
        write(&app, rita, &onsite.application, details.clone()).await.field(422, "/purpose");
        onsite.schedule(&app, 0, 48).await.ok();
        let told = write(&app, rita, &onsite.application, details).await;
        assert_eq!(told.created()["interview_id"], json!(onsite.interviews[0]));
        assert!(told.json["body"].as_str().unwrap().contains("When: Wednesday 25 November 2026, 09:00 (Europe/Berlin)\nHow long: 60 minutes"), "{}", told.json["body"]);
        let again = json!({ "starts_at": app.clock.now() + TimeDelta::hours(72), "ends_at": app.clock.now() + TimeDelta::hours(73), "time_zone": "Europe/Berlin", "reason": "Ill." });
        app.put(rita, &format!("/interviews/{}/schedule", onsite.interviews[0]), again).await.ok();
        let cora = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &cora, TeamRole::Coordinator);
        let mut later = words("Soon", "Patience.");
        later["send_at"] = json!("candidate_morning");
        let hers = write(&app, &cora, &onsite.application, later.clone()).await.id();
        let admin = app.person("Abe", OrgRole::Admin);
        app.put(&admin, &format!("/users/{}/deactivation", cora.id), json!({})).await.ok();
        app.advance(TimeDelta::days(1));
        assert_eq!(sent(&app), []);
        assert_eq!(stands(&app, rita, &told.id()).await.1, json!("interview_changed"));
        assert_eq!(stands(&app, rita, &hers).await.1, json!("sender_may_not"));
        let rita = app.again(rita);
        let unreachable = write(&app, &rita, &onsite.application, words("Soon", "Patience.")).await.id();
        app.patch(&rita, &format!("/candidates/{candidate}"), json!({ "contact_points": [] })).await.ok();
        assert_eq!(minutes_later(&app), []);
        assert_eq!(stands(&app, &rita, &unreachable).await.1, json!("no_address"));
        write(&app, &rita, &onsite.application, words("Soon", "Patience.")).await.problem(409, "illegal_transition");
        assert_eq!(count(&app, "message.cancelled"), 3);
    }

    async fn what_the_mail_server_does_not_take_is_seen_and_can_be_put_back(app) {
        let (onsite, candidate) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let made = write(&app, rita, &onsite.application, words("Soon", "Patience.")).await.id();
        app.mails.fail_next(1, &SendError::Temporary { detail: "451 later".to_owned() });
        assert_eq!(minutes_later(&app), []);
        assert_eq!(stands(&app, rita, &made).await.0, "scheduled");
        app.mails.fail_next(1, &SendError::Refused { detail: "550 no such user".to_owned() });
        assert_eq!(minutes_later(&app), []);
        assert_eq!(stands(&app, rita, &made).await, ("failed".to_owned(), json!("address_refused")));
        let shown = app.get(rita, &format!("/messages/{made}")).await;
        assert_eq!(shown.ok()["ended_detail"], "550 no such user");
        app.put(rita, &format!("/messages/{made}/cancellation"), Value::Null).await.problem(409, "illegal_transition");
        write(&app, rita, &onsite.application, words("Soon", "Patience.")).await.problem(409, "illegal_transition");
        let other = json!({ "contact_points": [{ "kind": "email", "value": "ada@home.example" }] });
        app.patch(rita, &format!("/candidates/{candidate}"), other).await.ok();
        let admin = app.person("Abe", OrgRole::Admin);
        let dead = app.get(&admin, "/deliveries?state=dead").await.rows()[0]["id"].as_str().unwrap().to_owned();
        app.put(&admin, &format!("/deliveries/{dead}/retry"), Value::Null).await.ok();
        let mails = sent(&app);
        assert_eq!(mails[0].to.email, "ada@home.example");
        assert_eq!(stands(&app, rita, &made).await, ("sent".to_owned(), Value::Null));
        assert_eq!((count(&app, "message.failed"), count(&app, "message.sent")), (1, 1));
    }

    async fn a_morning_goes_by_the_candidates_zone_else_by_the_offices_else_by_the_organizations(app) {
        let (onsite, candidate) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let path = format!("/applications/{}/message-previews", onsite.application);
        let mut input = words("Soon", "Patience.");
        input["send_at"] = json!("candidate_morning");
        let when = async |zone: Value| {
            app.patch(rita, &format!("/candidates/{candidate}"), json!({ "time_zone": zone })).await.ok();
            let seen = app.post(rita, &path, input.clone()).await;
            (seen.ok()["send_at"].clone(), seen.json["time_zone"].clone(), seen.json["time_zone_of"].clone())
        };
        let told = |at: &str, zone: &str, of: &str| (json!(at), json!(zone), json!(of));
        // It is nine in Berlin, to the second.
        assert_eq!(when(json!("Europe/Berlin")).await, told("2026-11-24T08:00:00Z", "Europe/Berlin", "candidate"));
        assert_eq!(when(json!("America/New_York")).await, told("2026-11-23T14:00:00Z", "America/New_York", "candidate"));
        assert_eq!(when(Value::Null).await.2, json!("organization"));
        let admin = app.person("Abe", OrgRole::Admin);
        let office = json!({ "name": format!("Tokyo of {}", admin.email), "time_zone": "Asia/Tokyo", "country": "JP", "currency": "JPY" });
        let office = app.post(&admin, "/offices", office).await.id();
        app.patch(rita, &format!("/jobs/{}", onsite.job.id), json!({ "office_ids": [office] })).await.ok();
        assert_eq!(when(Value::Null).await, told("2026-11-24T00:00:00Z", "Asia/Tokyo", "office"));
    }

    async fn who_owes_a_card_reads_no_message_but_their_own_until_it_is_in(app) {
        let (onsite, candidate) = onsite(&app, 1).await;
        let (rita, hanna) = (&onsite.recruiter, &onsite.manager);
        let made = write(&app, rita, &onsite.application, json!({ "purpose": "moved_on" })).await;
        made.created();
        assert_eq!(read(&app, hanna, &onsite.application).await.len(), 1);
        onsite.seat(&app, 0, hanna, "lead").await;
        write(&app, hanna, &onsite.application, words("Of mine", "Hello.")).await.created();
        assert_eq!(read(&app, hanna, &onsite.application).await, ["Of mine"]);
        let theirs = app.get(hanna, &format!("/candidates/{candidate}/messages")).await;
        assert_eq!(theirs.rows().len(), 1);
        app.get(hanna, &format!("/messages/{}", made.id())).await.problem(404, "not_found");
        app.put(hanna, &format!("/messages/{}/cancellation", made.id()), Value::Null).await.problem(404, "not_found");
        for person in [&onsite.decider, &onsite.driver] {
            app.get(person, &format!("/applications/{}/messages", onsite.application)).await.problem(403, "forbidden");
            app.get(person, &format!("/messages/{}", made.id())).await.problem(404, "not_found");
            write(&app, person, &onsite.application, words("Soon", "Patience.")).await.problem(403, "forbidden");
        }
        let stranger = app.person("Sam", OrgRole::Member);
        app.get(&stranger, &format!("/applications/{}/messages", onsite.application)).await.problem(404, "not_found");
        onsite.submit(&app, 0, hanna, "yes").await;
        assert_eq!(read(&app, hanna, &onsite.application).await.len(), 2);
    }

    async fn a_mail_that_went_by_another_way_is_recorded_and_never_sent(app) {
        let (onsite, _) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let mut input = words("Re: Monday", "I can come at {{ten}}.");
        input["recorded"] = json!({ "direction": "incoming", "occurred_at": "2026-11-22T10:00:00Z" });
        let made = write(&app, rita, &onsite.application, input.clone()).await;
        assert_eq!((&made.created()["state"], &made.json["sent_at"]), (&json!("recorded"), &json!("2026-11-22T10:00:00Z")));
        assert_eq!((&made.json["body"], &made.json["send_at"]), (&json!("I can come at {{ten}}."), &Value::Null));
        input["recorded"]["occurred_at"] = json!("2026-11-23T08:00:01Z");
        write(&app, rita, &onsite.application, input.clone()).await.field(422, "/recorded/occurred_at");
        input["send_at"] = json!("candidate_morning");
        write(&app, rita, &onsite.application, input).await.field(422, "/recorded");
        app.put(rita, &format!("/messages/{}/cancellation", made.id()), Value::Null).await.problem(409, "illegal_transition");
        app.advance(TimeDelta::days(1));
        assert_eq!(sent(&app), []);
        assert_eq!((count(&app, "message.recorded"), count(&app, "message.scheduled")), (1, 0));
    }

    async fn what_does_not_fit_is_refused_with_its_pointer_and_its_place(app) {
        let (onsite, _) = onsite(&app, 1).await;
        let rita = &onsite.recruiter;
        let refused = async |message: Value, pointer: &str, code: &str| {
            let reply = write(&app, rita, &onsite.application, message).await;
            assert_eq!(reply.field(422, pointer)["errors"][0]["code"], json!(code));
        };
        refused(json!({}), "/template_id", "required").await;
        refused(json!({ "subject": "Soon" }), "/body", "required").await;
        refused(words("Soon {{pay}}", "Hello"), "/subject", "unknown_placeholder").await;
        refused(words("Soon", "Hello {{candidate.name"), "/body", "unclosed_placeholder").await;
        refused(words("Soon", "At {{interview.time}}"), "/body", "unfilled_placeholder").await;
        refused(json!({ "purpose": "interview_details" }), "/purpose", "unfilled_placeholder").await;
        refused(json!({ "purpose": "update", "interview_id": onsite.interviews[0] }), "/interview_id", "unknown_reference").await;
        refused(json!({ "template_id": "msgtpl_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/template_id", "unknown_reference").await;
        let mut both = words("Soon", "Hello");
        both["template_id"] = json!("msgtpl_01jd3z3z3z3z3z3z3z3z3z3z3z");
        refused(both, "/template_id", "not_both").await;
        let mut late = words("Soon", "Hello");
        late["send_at"] = json!("2027-03-23T08:00:00Z");
        refused(late, "/send_at", "out_of_range").await;
        write(&app, rita, &onsite.application, json!({ "purpose": "rejected" })).await.problem(409, "illegal_transition");
        assert_eq!(read(&app, rita, &onsite.application).await.len(), 0);
    }
}
