//! Interviews and panels.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp, hiring};

/// The kinds and readers of the mails that were sent so far, oldest first.
fn mails(app: &TestApp) -> Vec<(&'static str, String)> {
    app.deliver_mail();
    let mails = app.mails.mails().into_iter();
    mails.map(|mail| (mail.kind.slug(), mail.to.email)).collect()
}

fn panel_path(onsite: &Onsite, interview: usize) -> String {
    format!("/interviews/{}/panel", onsite.interviews[interview])
}

fn seating(person: &Person, slot: &str) -> Value {
    json!({ "user_id": person.id, "slot": slot })
}

both! {
    async fn a_kit_is_read_with_its_attributes_and_anchors(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let path = format!("/interviews/{}", onsite.interviews[0]);
        let (statements, shown) = app.statements(app.get(&ana, &path)).await;
        assert!(statements <= 6, "{statements}");
        let kit = &shown.ok()["kit"];
        assert_eq!(kit["name"], "Interview 1");
        assert_eq!(kit["attributes"][0]["name"], "Debugging");
        assert_eq!(kit["attributes"][0]["pass_level"], 2);
        assert_eq!(kit["attributes"][0]["priority"], "must");
        assert_eq!(kit["attributes"][1]["anchors"].as_array().unwrap().len(), 4);
        assert_eq!(kit["attributes"][1]["anchors"][0], json!({ "level": 1, "label": "Label", "anchor": "Does it." }));
        assert_eq!(kit["attributes"][1]["anchors"][2]["anchor"], Value::Null);
        assert_eq!(shown.json["panel"][0]["user_id"], json!(ana.id));
        assert_eq!(shown.json["panel"][0]["slot"], "lead");
    }

    async fn a_new_panelist_is_told_by_mail_and_the_actor_never(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.schedule(&app, 0, 24).await.ok();
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 0, &onsite.recruiter, "observer").await;
        // Whoever seats themselves needs an entry in their calendar all the same.
        let mut told = mails(&app);
        told.sort_unstable();
        let entry = ("interview_scheduled", onsite.recruiter.email.clone());
        assert_eq!(told, [("interview_assigned", ana.email.clone()), entry]);
        let mail = app.mails.mails().into_iter().find(|mail| mail.to.email == ana.email).unwrap();
        assert!(mail.subject.contains("Ada Lovelace") && mail.subject.contains("Senior Engineer"));
        assert!(mail.text.contains("Tue 24 Nov 2026, 09:00 (Europe/Berlin)"), "{}", mail.text);
        assert!(mail.text.contains("Interview 1"));
        assert!(mail.text.contains("https://hire.example.com/l/"), "the link to their card");
        let root = format!("<application-{}@hire.example.com>", onsite.application);
        assert_eq!(mail.thread_root, Some(root));
        assert!(mail.message_id.starts_with("<dlv_") && mail.message_id.ends_with("@hire.example.com>"));
        assert!(app.event_kinds().contains(&"panelist.assigned".to_owned()));
    }

    async fn who_was_removed_before_the_mail_went_out_is_not_told(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        assert_eq!(mails(&app), []);
    }

    async fn a_person_sits_on_an_interview_once(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        let again = app.post(&onsite.recruiter, &panel_path(&onsite, 0), seating(&ana, "second")).await;
        again.problem(409, "already_exists");
        onsite.seat(&app, 1, &ana, "second").await;
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.problem(404, "not_found");
        app.get(&onsite.recruiter, &format!("/panelists/{seat}")).await.problem(404, "not_found");
        let back = onsite.seat(&app, 0, &ana, "bar_raiser").await;
        let shown = app.get(&ana, &format!("/panelists/{back}")).await;
        assert_eq!(shown.ok()["slot"], "bar_raiser");
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "panelist.removed").count(), 1);
    }

    async fn only_active_people_are_seated(app) {
        let onsite = Onsite::new(&app, 1).await;
        let owner = app.person("Olga", OrgRole::Owner);
        let gone = app.person("Gus", OrgRole::Member);
        app.put(&owner, &format!("/users/{}/deactivation", gone.id), Value::Null).await.ok();
        let path = panel_path(&onsite, 0);
        app.post(&onsite.recruiter, &path, seating(&gone, "lead")).await.field(422, "/user_id");
        let strange = json!({ "user_id": onsite.decider.id, "slot": "judge" });
        app.post(&onsite.recruiter, &path, strange).await.field(422, "/slot");
        app.post(&onsite.recruiter, &path, json!({ "slot": "lead" })).await.field(422, "/user_id");
    }

    async fn panels_are_managed_by_those_who_schedule(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        let coordinator = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &coordinator, TeamRole::Coordinator);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        let (panel, seat) = (panel_path(&onsite, 0), format!("/panelists/{seat}"));
        let waiver = format!("{seat}/waiver");
        let reason = || json!({ "reason": "Ill until next week." });
        for person in [&ana, &onsite.decider] {
            app.post(person, &panel, seating(&ben, "second")).await.problem(403, "forbidden");
            app.delete(person, &seat).await.problem(403, "forbidden");
            app.put(person, &waiver, reason()).await.problem(403, "forbidden");
        }
        let stranger = app.person("Max", OrgRole::Admin);
        app.post(&stranger, &panel, seating(&ben, "second")).await.problem(404, "not_found");
        app.delete(&stranger, &seat).await.problem(404, "not_found");
        app.put(&stranger, &waiver, reason()).await.problem(404, "not_found");
        app.get(&stranger, &seat).await.problem(404, "not_found");
        let nobody = app.anonymous();
        app.post(&nobody, &panel, seating(&ben, "second")).await.problem(401, "unauthenticated");
        app.delete(&nobody, &seat).await.problem(401, "unauthenticated");
        for manager in [&onsite.manager, &coordinator] {
            let made = app.post(manager, &panel, seating(&ben, "second")).await.id();
            app.delete(manager, &format!("/panelists/{made}")).await.expect(204);
        }
        app.put(&coordinator, &waiver, reason()).await.problem(403, "forbidden");
        app.put(&onsite.driver, &waiver, json!({})).await.field(422, "/reason");
        let waived = app.put(&onsite.driver, &waiver, reason()).await;
        assert!(waived.ok()["waived_at"].is_string());
        assert_eq!(waived.json["waived_reason"], "Ill until next week.");
        app.put(&onsite.driver, &waiver, reason()).await.problem(409, "illegal_transition");
    }

    async fn a_shadow_owes_nothing_that_could_be_waived(app) {
        let onsite = Onsite::new(&app, 1).await;
        let sam = app.person("Sam", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &sam, "shadow").await;
        let waiver = format!("/panelists/{seat}/waiver");
        let refused = app.put(&onsite.recruiter, &waiver, json!({ "reason": "Practice." })).await;
        refused.problem(409, "illegal_transition");
    }

    async fn an_interview_gets_a_time_and_another_one(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let first = onsite.schedule(&app, 0, 24).await;
        assert_eq!(first.ok()["state"], "confirmed");
        assert_eq!(first.json["schedule_sequence"], 1);
        assert_eq!(first.json["starts_at"], "2026-11-24T08:00:00Z");
        assert_eq!(first.json["time_zone"], "Europe/Berlin");
        assert_eq!(first.json["panel"][0]["due_at"], "2026-11-25T08:30:00Z");
        let second = onsite.schedule(&app, 0, 48).await;
        assert_eq!(second.ok()["schedule_sequence"], 2);
        assert_eq!(second.json["panel"][0]["due_at"], "2026-11-26T08:30:00Z");
        let events = app.event_kinds();
        assert_eq!(events.iter().filter(|kind| *kind == "interview.scheduled").count(), 2);
    }

    async fn a_time_makes_sense_or_is_refused_by_field(app) {
        let onsite = Onsite::new(&app, 1).await;
        let path = format!("/interviews/{}/schedule", onsite.interviews[0]);
        let time = |starts: &str, ends: &str, zone: &str| json!({ "starts_at": starts, "ends_at": ends, "time_zone": zone });
        let recruiter = &onsite.recruiter;
        let put = |body: Value| app.request(recruiter, Method::PUT, &path).set_json(body);
        let zone = "Europe/Berlin";
        let refused = [
            (time("2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z", zone), "/ends_at"),
            (time("2026-11-24T09:00:00Z", "2026-11-24T09:04:59Z", zone), "/ends_at"),
            (time("2026-11-24T09:00:00Z", "2026-11-24T17:00:01Z", zone), "/ends_at"),
            (time("2026-11-24T09:00:00Z", "2026-11-23T10:00:00Z", zone), "/ends_at"),
            (time("tomorrow", "2026-11-24T09:30:00Z", zone), "/starts_at"),
            (time("2026-11-24T09:00:00Z", "2026-11-24T09:30:00Z", "Mars/Base"), "/time_zone"),
            (json!({ "starts_at": "2026-11-24T09:00:00Z", "time_zone": zone }), "/ends_at"),
        ];
        for (body, pointer) in refused {
            app.send(put(body)).await.field(422, pointer);
        }
        let shown = app.get(recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(shown.ok()["state"], "draft");
    }

    async fn two_coordinators_never_overwrite_each_other_unseen(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let read = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await.etag();
        onsite.schedule(&app, 0, 24).await.ok();
        for (action, body) in [
            ("schedule", json!({ "starts_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-24T09:30:00Z", "time_zone": "UTC" })),
            ("completion", Value::Null),
            ("cancellation", json!({})),
            ("no-show", Value::Null),
        ] {
            let path = format!("/interviews/{}/{action}", onsite.interviews[0]);
            app.put_if(&onsite.recruiter, &path, &read, body).await.problem(412, "stale");
        }
        let seat = app
            .request(&onsite.recruiter, Method::POST, &panel_path(&onsite, 0))
            .insert_header(("If-Match", read))
            .set_json(seating(&ana, "lead"));
        app.send(seat).await.problem(412, "stale");
    }

    async fn an_interview_takes_place_or_is_called_off_once(app) {
        let onsite = Onsite::new(&app, 3).await;
        let put = |interview: usize, action: &str, body: Value| {
            let path = format!("/interviews/{}/{action}", onsite.interviews[interview]);
            let request = app.request(&onsite.recruiter, Method::PUT, &path);
            app.send(if body.is_null() { request } else { request.set_json(body) })
        };
        put(0, "completion", Value::Null).await.problem(409, "illegal_transition");
        put(0, "no-show", Value::Null).await.problem(409, "illegal_transition");
        for interview in 0..3 {
            onsite.schedule(&app, interview, 1).await.ok();
        }
        let done = put(0, "completion", Value::Null).await;
        assert_eq!(done.ok()["state"], "completed");
        assert!(done.json["completed_at"].is_string());
        let off = put(1, "cancellation", json!({ "reason": "The office is closed." })).await;
        assert_eq!(off.ok()["state"], "cancelled");
        assert_eq!(off.json["cancelled_reason"], "The office is closed.");
        assert_eq!(put(2, "no-show", Value::Null).await.ok()["state"], "no_show");
        for interview in 0..3 {
            for (action, body) in [("completion", Value::Null), ("cancellation", json!({})), ("no-show", Value::Null)] {
                put(interview, action, body).await.problem(409, "illegal_transition");
            }
        }
        for interview in 0..2 {
            onsite.schedule(&app, interview, 1).await.problem(409, "illegal_transition");
        }
        let seat = seating(&onsite.decider, "lead");
        app.post(&onsite.recruiter, &panel_path(&onsite, 1), seat).await.problem(409, "illegal_transition");
        for kind in ["interview.completed", "interview.cancelled", "interview.no_show"] {
            assert!(app.event_kinds().iter().any(|recorded| recorded == kind), "{kind}");
        }
    }

    async fn a_card_is_asked_for_when_the_interview_ends(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, sam) = (app.person("Ana", OrgRole::Member), app.person("Sam", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 0, &sam, "shadow").await;
        onsite.schedule(&app, 0, 1).await.ok();
        assert_eq!(mails(&app).len(), 4);
        app.advance(TimeDelta::minutes(119));
        assert_eq!(mails(&app).len(), 4);
        app.advance(TimeDelta::minutes(1));
        assert_eq!(mails(&app)[4..], [("scorecard_due", ana.email.clone())]);
        let mail = app.mails.mails().pop().unwrap();
        assert!(mail.text.contains("Tue 24 Nov 2026, 10:30 (Europe/Berlin)"), "{}", mail.text);
        assert!(mail.text.contains("about 3 minutes"));
    }

    async fn the_reminder_of_an_earlier_time_is_dropped(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 1).await.ok();
        onsite.schedule(&app, 0, 5).await.ok();
        app.advance(TimeDelta::hours(3));
        assert_eq!(mails(&app).len(), 2);
        app.advance(TimeDelta::hours(3));
        assert_eq!(mails(&app)[2..], [("scorecard_due", ana.email.clone())]);
    }

    async fn nobody_is_reminded_of_what_they_do_not_owe_any_more(app) {
        let onsite = Onsite::new(&app, 4).await;
        let people: Vec<Person> = ["Ana", "Ben", "Cyd", "Dee"].map(|name| app.person(name, OrgRole::Member)).into();
        let mut seats = Vec::new();
        for (interview, person) in people.iter().enumerate() {
            seats.push(onsite.seat(&app, interview, person, "lead").await);
            onsite.schedule(&app, interview, 1).await.ok();
        }
        onsite.submit(&app, 0, &people[0], "yes").await;
        let waiver = format!("/panelists/{}/waiver", seats[1]);
        app.put(&onsite.recruiter, &waiver, json!({ "reason": "Ill." })).await.ok();
        app.delete(&onsite.recruiter, &format!("/panelists/{}", seats[2])).await.expect(204);
        let cancellation = format!("/interviews/{}/cancellation", onsite.interviews[3]);
        app.put(&onsite.recruiter, &cancellation, json!({})).await.ok();
        app.advance(TimeDelta::hours(3));
        assert!(mails(&app).iter().all(|(kind, _)| *kind != "scorecard_due"), "{:?}", mails(&app));
    }

    async fn somebody_seated_after_the_time_was_set_is_reminded_as_well(app) {
        let onsite = Onsite::new(&app, 1).await;
        onsite.schedule(&app, 0, 1).await.ok();
        // Who seats and schedules themselves is told of neither, but has it in their calendar, and is
        // reminded all the same.
        onsite.seat(&app, 0, &onsite.recruiter, "lead").await;
        let seats = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(seats.ok()["panel"][0]["due_at"], "2026-11-24T09:30:00Z");
        assert_eq!(mails(&app), [("interview_scheduled", onsite.recruiter.email.clone())]);
        app.advance(TimeDelta::hours(2));
        assert_eq!(mails(&app)[1..], [("scorecard_due", onsite.recruiter.email.clone())]);
    }

    async fn interviews_are_listed_by_application_person_and_state(app) {
        let onsite = Onsite::new(&app, 3).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ana, "second").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        onsite.schedule(&app, 1, 1).await.ok();
        let (statements, all) = app.statements(app.get(&ana, "/interviews")).await;
        assert!(statements <= 3, "{statements}");
        assert_eq!(all.rows().len(), 3, "a panelist reads the whole loop");
        assert_eq!(all.rows()[1]["panel"].as_array().unwrap().len(), 2);
        let mine = app.get(&ana, &format!("/interviews?user_id={}", ana.id)).await;
        assert_eq!(mine.rows().len(), 2);
        let bens = app.get(&ana, &format!("/interviews?user_id={}&state=confirmed", ben.id)).await;
        assert_eq!(bens.rows()[0]["id"], onsite.interviews[1]);
        let by_application = format!("/interviews?application_id={}&state=draft", onsite.application);
        assert_eq!(app.get(&ana, &by_application).await.rows().len(), 2);
        let page = app.get(&ana, "/interviews?limit=2").await;
        let next = format!("/interviews?limit=2&cursor={}", page.ok()["next_cursor"].as_str().unwrap());
        assert_eq!(app.get(&ana, &next).await.rows().len(), 1);
        app.get(&ana, "/interviews?state=asleep").await.field(422, "/state");
        app.get(&ana, "/interviews?user_id=job_01jd3z3z3z3z3z3z3z3z3z3z3z").await.field(422, "/user_id");
        let stranger = app.person("Max", OrgRole::Member);
        assert_eq!(app.get(&stranger, "/interviews").await.rows().len(), 0);
    }
}
