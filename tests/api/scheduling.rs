//! When an interview takes place, and who said yes.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, at_once, hiring};

/// The time that is so many hours away, for an hour.
fn hour(app: &TestApp, hours: i64) -> Value {
    let starts_at = app.clock.now() + TimeDelta::hours(hours);
    let ends_at = starts_at + TimeDelta::hours(1);
    json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin" })
}

/// The same with more in it.
fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

fn schedule_path(onsite: &Onsite, interview: usize) -> String {
    format!("/interviews/{}/schedule", onsite.interviews[interview])
}

async fn interview(app: &TestApp, onsite: &Onsite, person: &Person, interview: usize) -> Reply {
    app.get(person, &format!("/interviews/{}", onsite.interviews[interview])).await
}

async fn respond(app: &TestApp, person: &Person, seat: &str, response: &str) -> Reply {
    let body = json!({ "response": response, "reason": "Another appointment." });
    app.put(person, &format!("/panelists/{seat}/response"), body).await
}

/// The readers of the mails of a kind that were sent so far, sorted.
fn told(app: &TestApp, kind: &str) -> Vec<String> {
    app.deliver_mail();
    let mails = app.mails.mails().into_iter().filter(|mail| mail.kind.slug() == kind);
    let mut readers: Vec<String> = mails.map(|mail| mail.to.email).collect();
    readers.sort();
    readers
}

both! {
    async fn another_time_has_a_reason_and_asks_the_panel_again(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 24).await.ok();
        let accepted = respond(&app, &ana, &seat, "accepted").await;
        assert_eq!(accepted.ok()["response"], "accepted");
        assert!(accepted.json["responded_at"].is_string());
        // The same time once more asks nobody.
        onsite.schedule(&app, 0, 24).await.ok();
        let path = schedule_path(&onsite, 0);
        let same = interview(&app, &onsite, &onsite.recruiter, 0).await;
        assert_eq!(same.ok()["panel"][0]["response"], "accepted");
        assert_eq!(same.json["panel"][0]["response_reason"], "Another appointment.");
        let body = with(hour(&app, 48), "reason", json!("The candidate is ill."));
        let moved = app.put(&onsite.recruiter, &path, body).await;
        assert_eq!(moved.ok()["schedule_sequence"], 3);
        assert_eq!(moved.json["schedule_reason"], "The candidate is ill.");
        assert_eq!(moved.json["panel"][0]["response"], "needs_action");
        assert_eq!(moved.json["panel"][0]["responded_at"], Value::Null);
        // Whoever owes a card reads no reasons.
        let hers = interview(&app, &onsite, &ana, 0).await;
        assert_eq!(hers.ok()["schedule_reason"], Value::Null);
        let admin = app.person("Ada", OrgRole::Admin);
        app.db().seal().unwrap();
        let events = app.get(&admin, "/events?limit=100").await;
        let scheduled = events.rows().iter().filter(|row| row["kind"] == "interview.scheduled");
        let payloads: Vec<&Value> = scheduled.map(|row| &row["payload"]).collect();
        assert_eq!(payloads[0]["notice_minutes"], Value::Null);
        assert_eq!(payloads[2]["notice_minutes"], 24 * 60);
    }

    async fn a_no_show_says_who_did_not_come_and_may_be_given_another_time(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 1).await.ok();
        let path = format!("/interviews/{}/no-show", onsite.interviews[0]);
        let strange = json!({ "absent": "dog" });
        app.put(&onsite.recruiter, &path, strange).await.field(422, "/absent");
        let absent = json!({ "absent": "candidate" });
        let marked = app.put(&onsite.recruiter, &path, absent).await;
        assert_eq!(marked.ok()["state"], "no_show");
        assert_eq!(marked.json["absent"], "candidate");
        // Nobody owes anything for it, until it is held after all.
        let visible = format!("/applications/{}/visibility?as={}", onsite.application, ana.id);
        assert_ne!(app.get(&onsite.recruiter, &visible).await.ok()["cards_seen"], "sealed");
        onsite.schedule(&app, 0, 3).await.ok();
        let again = interview(&app, &onsite, &ana, 0).await;
        assert_eq!(again.ok()["state"], "confirmed");
        assert_eq!(again.json["absent"], Value::Null);
        assert_eq!(again.json["schedule_sequence"], 2);
        assert_eq!(app.get(&onsite.recruiter, &visible).await.ok()["cards_seen"], "sealed");
    }

    async fn who_read_a_card_while_nothing_was_owed_does_not_judge_independently(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let early = json!({ "reveal": "early", "scorecard_due_working_hours": 8, "recruiter_sees": "text" });
        let settings = app.get(&admin, "/settings").await.etag();
        app.put_if(&admin, "/settings", &settings, early).await.ok();
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        onsite.hold(&app, 1).await;
        let card = onsite.submit(&app, 1, &ben, "yes").await;
        onsite.schedule(&app, 0, 1).await.ok();
        let view = async || app.get(&ana, &format!("/scorecards/{card}")).await.ok()["view"].clone();
        assert_eq!(view().await, "sealed");
        let off = format!("/interviews/{}/no-show", onsite.interviews[0]);
        app.put(&onsite.recruiter, &off, json!({ "absent": "interviewer" })).await.ok();
        assert_eq!(view().await, "full");
        onsite.schedule(&app, 0, 3).await.ok();
        assert_eq!(view().await, "sealed");
        onsite.submit(&app, 0, &ana, "yes").await;
        let shown = interview(&app, &onsite, &onsite.recruiter, 0).await;
        assert_eq!(shown.ok()["panel"][0]["independent"], false);
    }

    async fn whoever_schedules_is_told_at_once_that_somebody_does_not_come(app) {
        let onsite = Onsite::new(&app, 1).await;
        let cora = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &cora, TeamRole::Coordinator);
        let (ana, sam) = (app.person("Ana", OrgRole::Member), app.person("Sam", OrgRole::Member));
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        let shadow = onsite.seat(&app, 0, &sam, "shadow").await;
        onsite.schedule(&app, 0, 24).await.ok();
        respond(&app, &ana, &seat, "tentative").await.ok();
        respond(&app, &sam, &shadow, "declined").await.ok();
        assert_eq!(told(&app, "panelist_declined").len(), 2);
        follow(&app, &app.mails.mails(), MailKind::InterviewAssigned).await;
        let shown = interview(&app, &onsite, &cora, 0).await;
        assert_eq!(shown.ok()["needs_panel"], false, "a shadow is missed by nobody");
        respond(&app, &ana, &seat, "declined").await.ok();
        let mut readers = vec![cora.email.clone(), onsite.driver.email.clone()];
        readers.extend(readers.clone());
        readers.sort();
        assert_eq!(told(&app, "panelist_declined"), readers);
        follow(&app, &app.mails.mails(), MailKind::PanelistDeclined).await;
        let mail = app.mails.mails().pop().unwrap();
        assert!(mail.subject.starts_with("Ana cannot come: Ada Lovelace"), "{}", mail.subject);
        assert!(mail.text.contains("Tue 24 Nov 2026, 09:00 (Europe/Berlin)"), "{}", mail.text);
        assert!(!mail.text.contains("Another appointment"), "why stays behind the link");
        let shown = interview(&app, &onsite, &cora, 0).await;
        assert_eq!(shown.ok()["needs_panel"], true);
        assert_eq!(shown.json["panel"][0]["response_reason"], "Another appointment.");
        // She still owes her card.
        let visible = format!("/applications/{}/visibility?as={}", onsite.application, ana.id);
        assert_eq!(app.get(&onsite.recruiter, &visible).await.ok()["cards_seen"], "sealed");
        assert!(app.event_kinds().contains(&"panelist.responded".to_owned()));
    }

    async fn who_comes_after_all_before_the_mail_goes_out_makes_none(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        respond(&app, &ana, &seat, "declined").await.ok();
        respond(&app, &ana, &seat, "accepted").await.ok();
        assert_eq!(told(&app, "panelist_declined"), Vec::<String>::new());
    }

    async fn only_whoever_sits_there_says_whether_they_come(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 0, &ben, "second").await;
        for person in [&ben, &onsite.recruiter, &onsite.decider] {
            respond(&app, person, &seat, "accepted").await.problem(403, "forbidden");
        }
        let stranger = app.person("Max", OrgRole::Member);
        respond(&app, &stranger, &seat, "accepted").await.problem(404, "not_found");
        respond(&app, &ana, &seat, "perhaps").await.field(422, "/response");
        onsite.hold(&app, 0).await;
        respond(&app, &ana, &seat, "declined").await.problem(409, "illegal_transition");
    }

    async fn somebody_else_comes_in_one_step(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        let seat = onsite.seat(&app, 0, &ana, "bar_raiser").await;
        onsite.schedule(&app, 0, 24).await.ok();
        respond(&app, &ana, &seat, "declined").await.ok();
        let path = format!("/panelists/{seat}/replacement");
        let body = json!({ "user_id": ben.id });
        app.put(&ana, &path, body.clone()).await.problem(403, "forbidden");
        let hers = json!({ "user_id": ana.id });
        app.put(&onsite.recruiter, &path, hers).await.field(422, "/user_id");
        let gone = json!({ "user_id": onsite.application });
        app.put(&onsite.recruiter, &path, gone).await.field(422, "/user_id");
        let (statements, made) = app.statements(app.put(&onsite.recruiter, &path, body.clone())).await;
        assert!(statements <= 71, "{statements}");
        assert_eq!(made.ok()["slot"], "bar_raiser");
        assert_eq!(made.json["user_id"], json!(ben.id));
        assert_eq!(made.json["response"], "needs_action");
        assert!(made.json["due_at"].is_string());
        app.put(&onsite.recruiter, &path, body).await.problem(404, "not_found");
        let shown = interview(&app, &onsite, &onsite.recruiter, 0).await;
        assert_eq!(shown.ok()["panel"].as_array().unwrap().len(), 1);
        assert_eq!(shown.json["needs_panel"], false);
        app.deliver_mail();
        let mails = app.mails.mails();
        let mail = mails.iter().find(|mail| mail.to.email == ben.email).unwrap();
        assert!(mail.text.contains("https://hire.example.com/l/"), "the link to his card");
        let kinds = app.event_kinds();
        let newest = kinds.iter().filter(|kind| kind.starts_with("panelist."));
        let newest: Vec<&str> = newest.map(String::as_str).collect();
        assert_eq!(newest[2..], ["panelist.removed", "panelist.assigned"]);
    }

    async fn who_has_read_a_card_replaces_nobody_without_a_reason(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ben, "lead").await;
        onsite.hold(&app, 0).await;
        let card = onsite.submit(&app, 0, &ben, "yes").await;
        app.get(&onsite.recruiter, &format!("/scorecards/{card}")).await.ok();
        let seat = onsite.seat(&app, 1, &ana, "lead").await;
        let path = format!("/panelists/{seat}/replacement");
        let recruiter = &onsite.recruiter;
        let bare = json!({ "user_id": recruiter.id });
        app.put(recruiter, &path, bare.clone()).await.field(422, "/reason");
        let kept = app.get(recruiter, &format!("/panelists/{seat}")).await;
        assert_eq!(kept.ok()["user_id"], json!(ana.id), "nothing was changed");
        let body = with(bare, "reason", json!("Nobody else knows the field."));
        app.put(recruiter, &path, body).await.ok();
    }

    async fn nobody_who_judges_is_booked_twice_unseen(app) {
        let (onsite, other) = (Onsite::new(&app, 1).await, Onsite::new(&app, 2).await);
        let ana = app.person("Ana Ames", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 24).await.ok();
        other.seat(&app, 0, &ana, "second").await;
        let recruiter = &other.recruiter;
        // Half an hour of both would be at once.
        let starts_at = app.clock.now() + TimeDelta::minutes(24 * 60 + 30);
        let ends_at = starts_at + TimeDelta::hours(1);
        let body = json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "UTC" });
        let path = schedule_path(&other, 0);
        let (statements, refused) = app.statements(app.put(recruiter, &path, body.clone())).await;
        assert!(statements <= 24, "{statements}");
        refused.problem(409, "already_booked");
        let error = &refused.json["errors"][0];
        assert_eq!(error["pointer"], "/starts_at");
        assert_eq!(
            error["detail"],
            "Ana Ames is in another interview from 2026-11-24T08:00:00Z to 2026-11-24T09:00:00Z."
        );
        let whole = String::from_utf8(refused.bytes.clone()).unwrap();
        assert!(!whole.contains("Lovelace") && !whole.contains("Engineer") && !whole.contains("int_"));
        assert_eq!(interview(&app, &other, recruiter, 0).await.ok()["state"], "draft");
        // One after the other is no trouble.
        other.schedule(&app, 0, 25).await.ok();
        // With a reason it may be.
        let said = with(body.clone(), "override", json!({ "reason": "She joins the second half." }));
        let booked = app.put(recruiter, &path, said).await;
        assert_eq!(booked.ok()["override_reason"], "She joins the second half.");
        let admin = app.person("Ada", OrgRole::Admin);
        app.db().seal().unwrap();
        let events = app.get(&admin, "/events?limit=100").await;
        let newest = events.rows().iter().rfind(|row| row["kind"] == "interview.scheduled").unwrap();
        assert_eq!(newest["payload"]["override"], "already_booked");
        // A reason where nothing speaks against it is not kept.
        let fine = with(hour(&app, 72), "override", json!({ "reason": "To be sure." }));
        assert_eq!(app.put(recruiter, &path, fine).await.ok()["override_reason"], Value::Null);
        // Whoever declined is free, and comes back only where they still are.
        respond(&app, &ana, &seat, "declined").await.ok();
        app.put(recruiter, &path, body).await.ok();
        respond(&app, &ana, &seat, "accepted").await.problem(409, "already_booked");
    }

    async fn who_is_in_another_interview_is_seated_and_put_in_only_with_a_reason(app) {
        let (onsite, other) = (Onsite::new(&app, 1).await, Onsite::new(&app, 1).await);
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 24).await.ok();
        other.schedule(&app, 0, 24).await.ok();
        let panel = format!("/interviews/{}/panel", other.interviews[0]);
        let seating = json!({ "user_id": ana.id, "slot": "lead" });
        let refused = app.post(&other.recruiter, &panel, seating.clone()).await;
        refused.problem(409, "already_booked");
        assert_eq!(refused.json["errors"][0]["pointer"], "/user_id");
        let seat = other.seat(&app, 0, &ben, "lead").await;
        let replacement = format!("/panelists/{seat}/replacement");
        let instead = json!({ "user_id": ana.id });
        app.put(&other.recruiter, &replacement, instead).await.problem(409, "already_booked");
        let shadow = json!({ "user_id": ana.id, "slot": "shadow" });
        let shadow = app.post(&other.recruiter, &panel, shadow).await.id();
        app.delete(&other.recruiter, &format!("/panelists/{shadow}")).await.expect(204);
        let said = with(seating, "override", json!({ "reason": "The first one is short." }));
        app.post(&other.recruiter, &panel, said).await.created();
        let shown = interview(&app, &other, &other.recruiter, 0).await;
        assert_eq!(shown.ok()["override_reason"], "The first one is short.");
    }

    async fn a_successor_who_is_in_another_interview_takes_no_seat(app) {
        let (onsite, other) = (Onsite::new(&app, 1).await, Onsite::new(&app, 1).await);
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 24).await.ok();
        other.seat(&app, 0, &ben, "lead").await;
        other.schedule(&app, 0, 24).await.ok();
        let admin = app.person("Ada", OrgRole::Admin);
        let leave = format!("/users/{}/deactivation", ben.id);
        app.put(&admin, &leave, json!({ "successor_id": ana.id })).await.ok();
        let shown = interview(&app, &other, &other.recruiter, 0).await;
        assert_eq!(shown.ok()["panel"].as_array().unwrap().len(), 0);
        assert_eq!(told(&app, "left_behind"), std::slice::from_ref(&other.driver.email));
    }

    async fn of_two_who_book_the_same_person_at_once_one_wins(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let mut loops = vec![onsite];
        for _ in 0..5 {
            loops.push(Onsite::new(&app, 1).await);
        }
        for each in &loops {
            each.seat(&app, 0, &ana, "lead").await;
        }
        let body = hour(&app, 24);
        let calls = loops.iter().map(|each| {
            let path = schedule_path(each, 0);
            (each.recruiter.clone(), Method::PUT, path, None, Some(body.clone()))
        });
        let mut statuses = at_once(&app, calls);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    }

    async fn of_a_seating_and_a_scheduling_at_once_one_wins(app) {
        let (onsite, other) = (Onsite::new(&app, 1).await, Onsite::new(&app, 1).await);
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        other.schedule(&app, 0, 24).await.ok();
        let schedule = (
            onsite.recruiter.clone(), Method::PUT, schedule_path(&onsite, 0), None,
            Some(hour(&app, 24)),
        );
        let seat = (
            other.recruiter.clone(), Method::POST,
            format!("/interviews/{}/panel", other.interviews[0]), None,
            Some(json!({ "user_id": ana.id, "slot": "lead" })),
        );
        let statuses = at_once(&app, [schedule, seat].into_iter());
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 1, "{statuses:?}");
    }

    async fn an_interview_is_evaluated_when_no_card_is_awaited(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        let waived = onsite.seat(&app, 0, &ben, "second").await;
        onsite.hold(&app, 0).await;
        let evaluated = async |person: &Person| {
            interview(&app, &onsite, person, 0).await.ok()["evaluated"].clone()
        };
        assert_eq!(evaluated(&ana).await, false);
        onsite.submit(&app, 0, &ana, "yes").await;
        assert_eq!(evaluated(&ben).await, false);
        let waiver = format!("/panelists/{waived}/waiver");
        app.put(&onsite.recruiter, &waiver, json!({ "reason": "Ill." })).await.ok();
        assert_eq!(evaluated(&onsite.recruiter).await, true);
        // One without judges waits for some.
        onsite.hold(&app, 1).await;
        let other = interview(&app, &onsite, &ana, 1).await;
        assert_eq!(other.ok()["evaluated"], false);
    }
}
