//! Handing in the card of somebody who told their judgement.

use evenbar::access::{OrgRole, TeamRole};
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, Reply, TestApp, hiring};

/// Two interviews with a lead on each; the seat of the first.
async fn staffed(app: &TestApp) -> (Onsite, [Person; 2], String) {
    let onsite = Onsite::new(app, 2).await;
    let leads = ["Ana", "Ben"].map(|name| app.person(name, OrgRole::Member));
    let seat = onsite.seat(app, 0, &leads[0], "lead").await;
    onsite.seat(app, 1, &leads[1], "lead").await;
    (onsite, leads, seat)
}

fn told(onsite: &Onsite) -> Value {
    let mut body = onsite.judgement("no");
    body["reason"] = json!("Told by phone; their laptop is at the repair.");
    body
}

async fn hand_in(app: &TestApp, by: &Person, seat: &str, body: Value) -> Reply {
    let path = format!("/panelists/{seat}");
    let etag =
        app.get(by, &path).await.header("etag").unwrap_or("\"1-0123456789abcdef\"").to_owned();
    app.put_if(by, &format!("{path}/submission"), &etag, body).await
}

both! {
    async fn a_recruiter_hands_in_what_somebody_told_and_both_stand_on_the_card(app) {
        let (onsite, [ana, ben], seat) = staffed(&app).await;
        app.deliver_mail();
        let done = hand_in(&app, &onsite.recruiter, &seat, told(&onsite)).await;
        assert!(done.ok()["submitted_at"].is_string());
        let cards = app.get(&onsite.recruiter, "/scorecards").await;
        let card = &cards.rows()[0];
        assert_eq!((&card["author_id"], &card["submitted_by"]), (&json!(ana.id), &json!(onsite.recruiter.id)));
        assert_eq!(card["submitted_reason"], "Told by phone; their laptop is at the repair.");
        assert_eq!((&card["state"], &card["recommendation"]), (&json!("submitted"), &json!("no")));
        assert_eq!(card["ratings"][0]["evidence"], "Bisected the log.");
        app.db().seal().unwrap();
        let events = app.get(&onsite.recruiter, "/events?limit=100").await;
        let event = |row: &&Value| row["kind"] == "scorecard.submitted";
        let event = events.rows().iter().find(event).unwrap().clone();
        assert_eq!(event["actor"]["id"], json!(onsite.recruiter.id));
        assert_eq!(event["actor"]["on_behalf_of"], json!(ana.id));
        // Who owes learns that it is in, and no more.
        let sealed = app.get(&ben, &format!("/scorecards/{}", card["id"].as_str().unwrap())).await;
        assert_eq!((&sealed.ok()["view"], &sealed.json["is_in"]), (&json!("sealed"), &json!(true)));
        assert_eq!((&sealed.json["submitted_by"], &sealed.json["submitted_reason"]), (&Value::Null, &Value::Null));
        // It counts: nothing is owed for it, and the last card reveals.
        onsite.submit(&app, 1, &ben, "yes").await;
        let debrief = onsite.debrief(&app, &ana).await;
        assert_eq!(debrief.ok()["state"], "discussing");
        assert_eq!(debrief.json["cards"][0]["submitted_by"], json!(onsite.recruiter.id));
        assert_eq!(debrief.json["ballots"][0]["user_id"], json!(ana.id));
    }

    async fn the_author_is_told_at_once_and_may_correct_it(app) {
        let (onsite, [ana, _], seat) = staffed(&app).await;
        app.deliver_mail();
        hand_in(&app, &onsite.recruiter, &seat, told(&onsite)).await.ok();
        app.deliver_mail();
        let mails = app.mails.mails();
        follow(&app, &mails, MailKind::ScorecardHandedIn).await;
        let mail = mails.iter().rfind(|mail| mail.kind.slug() == "scorecard_handed_in").expect("a mail");
        assert_eq!(mail.to.email, ana.email);
        assert!(mail.subject.starts_with("Rita Recruiter handed in your scorecard"), "{}", mail.subject);
        for words in ["Bisected", "repair", "no signal", "strong"] {
            assert!(!mail.text.contains(words), "{words}");
        }
        let link = mail.text.lines().find_map(|line| line.strip_prefix("https://hire.example.com")).unwrap();
        let mut browser = Browser::new(&app);
        // The card was typed elsewhere, so the link asks its author to sign in.
        let sign_in = format!("/sign-in?next=/interviews/{}/scorecard", onsite.interviews[0]);
        assert_eq!(browser.open(link).await.header("location"), Some(sign_in.as_str()));
        let card = app.get(&ana, "/scorecards").await.rows()[0].clone();
        let path = format!("/scorecards/{}", card["id"].as_str().unwrap());
        let etag = app.get(&ana, &path).await.etag();
        let body = json!({ "reason": "It was a yes.", "content": { "recommendation": "yes" } });
        let revised = app.put_if(&ana, &format!("{path}/revision"), &etag, body.clone()).await;
        assert_eq!((&revised.ok()["recommendation"], &revised.json["revision"]), (&json!("yes"), &json!(2)));
        assert_eq!(revised.json["submitted_by"], json!(onsite.recruiter.id));
        // Whoever handed it in corrects nothing.
        let etag = app.get(&onsite.recruiter, &path).await.etag();
        app.put_if(&onsite.recruiter, &format!("{path}/revision"), &etag, body).await.problem(403, "forbidden");
    }

    async fn what_the_author_typed_is_neither_overwritten_nor_read(app) {
        let (onsite, [ana, _], seat) = staffed(&app).await;
        let draft = onsite.begin(&app, 0, &ana).await;
        let path = format!("/scorecards/{}", draft.id());
        let evidence = json!({ "ratings": [{ "attribute_id": onsite.attributes[0], "evidence": "Mine." }] });
        let saved = app.patch_if(&ana, &path, &draft.etag(), evidence).await;
        hand_in(&app, &onsite.recruiter, &seat, told(&onsite)).await.problem(409, "draft_not_empty");
        let kept = app.get(&ana, &path).await;
        assert_eq!(kept.ok(), saved.ok());
        // An empty draft is the card, and private notes stay their author's.
        let emptied = json!({ "ratings": [], "private_notes": "Called Rita." });
        app.patch_if(&ana, &path, &kept.etag(), emptied).await.ok();
        hand_in(&app, &onsite.recruiter, &seat, told(&onsite)).await.ok();
        let card = app.get(&ana, &path).await;
        assert_eq!((&card.ok()["state"], &card.json["private_notes"]), (&json!("submitted"), &json!("Called Rita.")));
        assert_eq!(app.get(&onsite.recruiter, &path).await.ok()["private_notes"], Value::Null);
    }

    async fn nobody_hands_in_who_owes_or_for_themselves_or_twice(app) {
        let (onsite, [ana, ben], seat) = staffed(&app).await;
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        let teammate = app.person("Tess", OrgRole::Member);
        hiring::join(&app, &onsite.job, &teammate, TeamRole::Recruiter);
        let own = onsite.seat(&app, 1, &teammate, "second").await;
        for person in [&ana, &ben, &onsite.manager, &onsite.decider, &onsite.driver, &teammate] {
            hand_in(&app, person, &seat, told(&onsite)).await.problem(403, "forbidden");
        }
        hand_in(&app, &teammate, &own, told(&onsite)).await.problem(403, "forbidden");
        hand_in(&app, &app.person("Max", OrgRole::Admin), &seat, told(&onsite)).await.problem(404, "not_found");
        let mut silent = told(&onsite);
        silent.as_object_mut().unwrap().remove("reason");
        hand_in(&app, &coordinator, &seat, silent).await.field(422, "/reason");
        let path = format!("/panelists/{seat}/submission");
        app.put(&coordinator, &path, told(&onsite)).await.problem(428, "precondition_required");
        app.put_if(&coordinator, &path, "\"7-0123456789abcdef\"", told(&onsite)).await.problem(412, "stale");
        let mut half = told(&onsite);
        half["ratings"].as_array_mut().unwrap().pop();
        hand_in(&app, &coordinator, &seat, half).await.field(409, "/ratings");
        let notes = json!({ "reason": "x", "private_notes": "Not mine." });
        hand_in(&app, &coordinator, &seat, notes).await.problem(422, "unknown_field");
        assert!(!app.event_kinds().iter().any(|kind| kind == "scorecard.submitted"));
        let shadow = app.person("Sam", OrgRole::Member);
        let shadow = onsite.seat(&app, 0, &shadow, "shadow").await;
        hand_in(&app, &coordinator, &shadow, told(&onsite)).await.problem(409, "illegal_transition");
        hand_in(&app, &coordinator, &seat, told(&onsite)).await.ok();
        hand_in(&app, &onsite.recruiter, &seat, told(&onsite)).await.problem(409, "illegal_transition");
    }

    async fn the_record_names_who_handed_in_and_what_they_had_read(app) {
        let (onsite, [ana, ben], seat) = staffed(&app).await;
        let bens = onsite.submit(&app, 1, &ben, "yes").await;
        app.get(&onsite.recruiter, &format!("/scorecards/{bens}")).await.ok();
        app.advance(chrono::TimeDelta::minutes(1));
        let recruiter = app.again(&onsite.recruiter);
        hand_in(&app, &recruiter, &seat, told(&onsite)).await.ok();
        let path = format!("/debriefs/{}/independence", onsite.debrief);
        let record = app.get(&recruiter, &path).await;
        let cards = record.ok()["cards"].as_array().unwrap();
        let of = |person: &Person| cards.iter().find(|card| card["author_id"] == json!(person.id)).unwrap();
        let (anas, bens_record) = (of(&ana), of(&ben));
        assert_eq!(anas["submitted_by"], json!(onsite.recruiter.id));
        assert_eq!(anas["submitter_read_before"].as_array().unwrap().len(), 1);
        assert_eq!(anas["submitter_read_before"][0]["scorecard_id"], json!(bens));
        assert_eq!((&anas["independent"], &anas["read_before"]), (&json!(true), &json!([])));
        assert_eq!((&bens_record["submitted_by"], &bens_record["submitter_read_before"]), (&Value::Null, &Value::Null));
        // Whoever wrote a card down for another has read it.
        let body = json!({ "user_id": onsite.recruiter.id, "slot": "second" });
        let panel = format!("/interviews/{}/panel", onsite.interviews[0]);
        app.post(&recruiter, &panel, body).await.field(422, "/reason");
    }

    async fn one_key_hands_in_once(app) {
        let (onsite, _, seat) = staffed(&app).await;
        let path = format!("/panelists/{seat}");
        let etag = app.get(&onsite.recruiter, &path).await.etag();
        let send = || {
            let request = app.request(&onsite.recruiter, actix_web::http::Method::PUT, &format!("{path}/submission"));
            let request = request.insert_header(("If-Match", etag.clone()));
            app.send(request.insert_header(("Idempotency-Key", "told-1")).set_json(told(&onsite)))
        };
        let first = send().await;
        let again = send().await;
        assert_eq!(first.ok(), again.ok());
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        let submitted = app.event_kinds().into_iter().filter(|kind| kind == "scorecard.submitted");
        assert_eq!(submitted.count(), 1);
    }
}
