//! Candidates choose when an interview takes place.

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::clock::Instant;
use evenbar::db::schema::interviews;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, Reply, TestApp, answers_at_once, hiring};

/// Instants that are so many hours away.
fn starts(app: &TestApp, hours: &[i64]) -> Vec<Instant> {
    hours.iter().map(|hours| app.clock.now() + TimeDelta::hours(*hours)).collect()
}

fn offer(app: &TestApp, hours: &[i64]) -> Value {
    json!({ "starts": starts(app, hours), "expires_at": app.clock.now() + TimeDelta::hours(20) })
}

async fn offered(app: &TestApp, person: &Person, interview: &str, hours: &[i64]) -> Reply {
    let path = format!("/interviews/{interview}/offered-slots");
    app.put(person, &path, offer(app, hours)).await
}

/// The path of the link in an answer.
fn link(reply: &Reply) -> String {
    let link = reply.ok()["link"].as_str().expect("a link").to_owned();
    link.strip_prefix("https://hire.example.com").unwrap().to_owned()
}

/// What stands behind `/l/`.
fn token(reply: &Reply) -> String {
    link(reply).strip_prefix("/l/").unwrap().to_owned()
}

fn choice(token: &str, start: Instant) -> Value {
    json!({ "token": token, "starts_at": start, "time_zone": "America/New_York" })
}

/// An interview with a lead, whose candidate has an address.
async fn staffed(app: &TestApp) -> (Onsite, Person) {
    let onsite = Onsite::new(app, 1).await;
    let ana = app.person("Ana Ames", OrgRole::Member);
    onsite.seat(app, 0, &ana, "lead").await;
    let application =
        app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
    let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
    let known = json!({
        "time_zone": "America/New_York",
        "contact_points": [
            { "kind": "phone", "value": "+1 555 0100" },
            { "kind": "email", "value": "ada@candidate.example" },
        ],
    });
    app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), known).await.ok();
    (onsite, ana)
}

both! {
    async fn of_fifty_candidates_who_take_the_same_slot_at_once_one_gets_it(app) {
        let onsite = Onsite::new(&app, 1).await;
        let recruiter = &onsite.recruiter;
        let ana = app.person("Ana", OrgRole::Member);
        let hours = [24, 25, 26, 27, 28];
        let all = starts(&app, &hours);
        let mut tokens = Vec::new();
        for _ in 0..50 {
            let application = hiring::application(&app, recruiter, &onsite.job).await;
            let loops = format!("/applications/{application}/loops");
            let started = app.post(recruiter, &loops, onsite.input()).await;
            let interview = started.created()["interview_ids"][0].as_str().unwrap().to_owned();
            let seat = json!({ "user_id": ana.id, "slot": "lead" });
            app.post(recruiter, &format!("/interviews/{interview}/panel"), seat).await.created();
            tokens.push(token(&offered(&app, recruiter, &interview, &hours).await));
        }
        let nobody = app.anonymous();
        let calls = tokens.iter().map(|token| {
            let body = Some(choice(token, all[1]));
            (nobody.clone(), Method::POST, "/slot-choices".to_owned(), None, body)
        });
        let answers = answers_at_once(&app, calls);
        let won: Vec<&Value> =
            answers.iter().filter(|(status, _)| *status == 200).map(|(_, body)| body).collect();
        assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|(status, _)| *status).collect::<Vec<_>>());
        assert_eq!(won[0]["starts_at"], json!(all[1]));
        assert_eq!(won[0]["time_zone"], "America/New_York");
        let free = json!([all[0], all[2], all[3], all[4]]);
        let lost: Vec<&Value> =
            answers.iter().filter(|(status, _)| *status == 409).map(|(_, body)| body).collect();
        assert_eq!(lost.len(), 49);
        for problem in lost {
            assert_eq!(problem["code"], "slot_taken");
            assert_eq!(problem["free_slots"], free);
        }
        let confirmed: i64 = hiring::look(&app, |conn| {
            interviews::table.filter(interviews::state.eq("confirmed")).count().get_result(conn)
        });
        assert_eq!(confirmed, 1);
    }

    async fn a_candidate_takes_a_time_by_the_link_of_the_mail(app) {
        let (onsite, ana) = staffed(&app).await;
        let made = offered(&app, &onsite.recruiter, &onsite.interviews[0], &[24, 30]).await;
        assert_eq!(made.ok()["interview_state"], "proposed");
        assert_eq!(made.json["slots"][0]["free"], true);
        assert_eq!(made.json["slots"][0]["ends_at"], "2026-11-24T09:00:00Z");
        app.deliver_mail();
        let mails = app.mails.mails();
        follow(&app, &mails, MailKind::TimeAsked).await;
        let mail = mails.iter().find(|mail| mail.kind.slug() == "time_asked").expect("a mail");
        assert_eq!(mail.to.email, "ada@candidate.example");
        assert_eq!(mail.subject, "Choose a time for your interview: Senior Engineer");
        assert!(mail.text.contains("Mon 23 Nov 2026, 23:00 (America/New_York)"), "{}", mail.text);
        let secret = link(&made);
        assert!(mail.text.contains(&secret), "the same link");
        for hidden in ["Interview 1", "Ana Ames", "Ratings", "Onsite", "Debugging"] {
            assert!(!mail.text.contains(hidden) && !mail.html.contains(hidden), "{hidden}");
        }
        // Opening it changes nothing.
        let events = app.event_kinds().len();
        let mut browser = Browser::new(&app);
        browser.open(&secret).await.ok();
        assert!(browser.html.contains("Tue 24 Nov 2026, 03:00–04:00 EST"), "{}", browser.html);
        browser.open(&format!("{secret}?zone=Asia/Kolkata")).await.ok();
        assert!(browser.html.contains("Tue 24 Nov 2026, 13:30–14:30 "), "{}", browser.html);
        assert!(browser.html.contains("Times in Asia&#x2f;Kolkata"));
        for hidden in ["Interview 1", "Ana Ames", "Debugging", "On-site", "Review"] {
            assert!(!browser.html.contains(hidden), "{hidden}");
        }
        assert_eq!(app.event_kinds().len(), events);
        // What does not fit is said by field.
        let nothing = browser.submit(&secret, &[("zone", "Asia/Kolkata")]).await;
        nothing.expect(422);
        assert!(browser.html.contains("Choose one of the times."));
        let fields = [("zone", "Asia/Kolkata"), ("slot", "2026-11-24T14:00:00Z")];
        let taken = browser.submit(&secret, &fields).await;
        assert_eq!((taken.status, taken.header("location")), (303, Some(secret.as_str())));
        browser.open(&secret).await.ok();
        assert!(browser.html.contains("Your interview is on Tue 24 Nov 2026, 19:30–20:30 "), "{}", browser.html);
        let shown = app.get(&ana, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(shown.ok()["state"], "confirmed");
        assert_eq!(shown.json["starts_at"], "2026-11-24T14:00:00Z");
        assert_eq!(shown.json["time_zone"], "Asia/Kolkata");
        assert_eq!(shown.json["panel"][0]["due_at"], "2026-11-25T14:30:00Z");
        let path = format!("/interviews/{}/time-request", onsite.interviews[0]);
        let asked = app.get(&onsite.recruiter, &path).await;
        assert!(asked.ok()["answered_at"].is_string() && asked.json["closed_at"].is_string());
        assert_eq!(asked.json["link"], Value::Null);
        let admin = app.person("Ada", OrgRole::Admin);
        app.db().seal().unwrap();
        let events = app.get(&admin, "/events?limit=100").await;
        let event = events.rows().iter().rfind(|row| row["kind"] == "interview.scheduled").unwrap();
        assert_eq!(event["actor"]["kind"], "candidate");
        assert!(event["actor"]["id"].as_str().unwrap().starts_with("cand_"));
        let deliveries = app.get(&admin, "/deliveries?limit=100").await;
        let theirs = deliveries.rows().iter().find(|row| row["kind"] == "time_asked").unwrap();
        assert_eq!(theirs["recipient_kind"], "candidate");
        assert_eq!(theirs["recipient_id"], Value::Null, "whoever looks after deliveries knows no candidates");
    }

    async fn a_time_that_is_gone_is_not_shown_and_not_taken(app) {
        let (onsite, ana) = staffed(&app).await;
        let other = Onsite::new(&app, 1).await;
        other.seat(&app, 0, &ana, "lead").await;
        let made = offered(&app, &onsite.recruiter, &onsite.interviews[0], &[24, 30]).await;
        let secret = link(&made);
        let mut browser = Browser::new(&app);
        browser.open(&secret).await.ok();
        other.schedule(&app, 0, 24).await.ok();
        let fields = [("zone", "Europe/Berlin"), ("slot", "2026-11-24T08:00:00Z")];
        browser.submit(&secret, &fields).await.expect(409);
        assert!(browser.html.contains("Somebody else took this time."), "{}", browser.html);
        assert!(browser.html.contains("2026-11-24T14:00:00Z"));
        assert!(!browser.html.contains("value=\"2026-11-24T08:00:00Z\""), "{}", browser.html);
        let path = format!("/interviews/{}/time-request", onsite.interviews[0]);
        let (statements, asked) = app.statements(app.get(&onsite.recruiter, &path)).await;
        assert!(statements <= 18, "{statements}");
        assert_eq!(asked.ok()["slots"][0]["free"], false);
        assert_eq!(asked.json["slots"][1]["free"], true);
        let (statements, taken) = {
            let body = choice(&token(&made), starts(&app, &[30])[0]);
            app.statements(app.post(&app.anonymous(), "/slot-choices", body)).await
        };
        taken.ok();
        assert!(statements <= 74, "{statements}");
    }

    async fn a_program_takes_a_time_and_may_say_so_twice(app) {
        let (onsite, _) = staffed(&app).await;
        let made = offered(&app, &onsite.recruiter, &onsite.interviews[0], &[24, 30]).await;
        let (secret, nobody) = (token(&made), app.anonymous());
        let all = starts(&app, &[24, 30, 31]);
        let post = |body: Value| app.post(&nobody, "/slot-choices", body);
        post(choice("no such token", all[0])).await.problem(404, "not_found");
        post(choice(&secret, all[2])).await.field(422, "/starts_at");
        let chosen = post(choice(&secret, all[0])).await;
        assert_eq!(chosen.ok()["ends_at"], "2026-11-24T09:00:00Z");
        let again = post(choice(&secret, all[0])).await;
        assert_eq!(again.ok(), &chosen.json);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        post(choice(&secret, all[1])).await.problem(409, "not_ready");
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "interview.scheduled").count(), 1);
    }

    async fn one_candidate_is_not_in_two_interviews_at_once(app) {
        let onsite = Onsite::new(&app, 2).await;
        let recruiter = &onsite.recruiter;
        let first = token(&offered(&app, recruiter, &onsite.interviews[0], &[24, 30]).await);
        let second = token(&offered(&app, recruiter, &onsite.interviews[1], &[24, 30]).await);
        let all = starts(&app, &[24, 30]);
        let nobody = app.anonymous();
        let calls = [&first, &second].map(|token| {
            let body = Some(choice(token, all[0]));
            (nobody.clone(), Method::POST, "/slot-choices".to_owned(), None, body)
        });
        let mut answers = answers_at_once(&app, calls.into_iter());
        answers.sort_by_key(|(status, _)| *status);
        assert_eq!(answers[0].0, 200);
        assert_eq!((answers[1].0, &answers[1].1["free_slots"]), (409, &json!([all[1]])));
    }

    async fn what_is_offered_makes_sense_or_is_refused_by_field(app) {
        let (onsite, ana) = staffed(&app).await;
        let path = format!("/interviews/{}/offered-slots", onsite.interviews[0]);
        let (recruiter, later) = (&onsite.recruiter, app.clock.now() + TimeDelta::hours(20));
        let times = |starts: &[Instant], expires_at: Instant| json!({ "starts": starts, "expires_at": expires_at });
        let fine = starts(&app, &[24]);
        let (past, far) = (starts(&app, &[0]), starts(&app, &[24 * 91]));
        for (body, pointer) in [
            (times(&[], later), "/starts"),
            (times(&[fine[0]; 51], later), "/starts"),
            (times(&[fine[0], fine[0]], later), "/starts/1"),
            (times(&[fine[0], past[0]], later), "/starts/1"),
            (times(&far, later), "/starts/0"),
            (times(&fine, past[0]), "/expires_at"),
            (json!({ "starts": fine }), "/expires_at"),
        ] {
            app.put(recruiter, &path, body).await.field(422, pointer);
        }
        app.put(&ana, &path, times(&fine, later)).await.problem(403, "forbidden");
        let read = format!("/interviews/{}/time-request", onsite.interviews[0]);
        app.get(recruiter, &read).await.problem(404, "not_found");
        app.put(recruiter, &path, times(&fine, later)).await.ok();
        app.get(&ana, &read).await.problem(403, "forbidden");
    }

    async fn what_nobody_can_hold_is_offered_only_with_a_reason(app) {
        let (onsite, ana) = staffed(&app).await;
        let path = format!("/interviews/{}/offered-slots", onsite.interviews[0]);
        let refused = app.put(&onsite.recruiter, &path, offer(&app, &[24, 36])).await;
        let error = &refused.problem(422, "invalid")["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/starts/1"), &json!("outside_hours")));
        let shown = app.get(&ana, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(shown.ok()["state"], "draft", "nothing was changed");
        let mut body = offer(&app, &[24, 36, 30]);
        body["override"] = json!({ "reason": "The candidate works by day." });
        let made = app.put(&onsite.recruiter, &path, body).await;
        let secret = token(&made);
        assert!(made.ok()["slots"].as_array().unwrap().iter().all(|slot| slot["free"] == true));
        // What has become impossible since is not free; what was known then is.
        let away = json!({ "starts_at": starts(&app, &[23])[0], "ends_at": starts(&app, &[25])[0] });
        app.post(&ana, "/me/time-off", away).await.created();
        let all = starts(&app, &[24, 30, 36]);
        let nobody = app.anonymous();
        let gone = app.post(&nobody, "/slot-choices", choice(&secret, all[0])).await;
        assert_eq!(gone.problem(409, "slot_taken")["free_slots"], json!([all[1], all[2]]));
        app.post(&nobody, "/slot-choices", choice(&secret, all[2])).await.ok();
        let taken = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(taken.ok()["override_reason"], "The candidate works by day.");
        assert_eq!(taken.json["panel"][0]["bent_rules"], json!(["outside_hours"]));
    }

    async fn a_start_at_which_somebody_is_elsewhere_is_not_offered(app) {
        let (onsite, ana) = staffed(&app).await;
        let other = Onsite::new(&app, 1).await;
        other.seat(&app, 0, &ana, "lead").await;
        other.schedule(&app, 0, 24).await.ok();
        let refused = offered(&app, &onsite.recruiter, &onsite.interviews[0], &[30, 24]).await;
        let problem = refused.problem(409, "already_booked");
        assert_eq!(problem["errors"][0]["pointer"], "/starts/1");
        offered(&app, &onsite.recruiter, &onsite.interviews[0], &[30]).await.ok();
    }

    async fn a_link_works_until_another_one_is_made_or_the_interview_is_off(app) {
        let (onsite, _) = staffed(&app).await;
        let recruiter = &onsite.recruiter;
        let interview = format!("/interviews/{}", onsite.interviews[0]);
        let first = link(&offered(&app, recruiter, &onsite.interviews[0], &[24]).await);
        let key = app
            .request(recruiter, Method::PUT, &format!("{interview}/offered-slots"))
            .insert_header(("Idempotency-Key", "once"));
        let made = app.send(key.set_json(offer(&app, &[25]))).await;
        let second = link(&made);
        let key = app
            .request(recruiter, Method::PUT, &format!("{interview}/offered-slots"))
            .insert_header(("Idempotency-Key", "once"));
        let replayed = app.send(key.set_json(offer(&app, &[25]))).await;
        assert_eq!(replayed.ok()["link"], Value::Null, "shown once");
        let mut browser = Browser::new(&app);
        browser.open(&first).await.expect(404);
        browser.open(&second).await.ok();
        app.put(recruiter, &format!("{interview}/cancellation"), json!({})).await.ok();
        browser.open(&second).await.expect(404);
    }

    async fn what_is_offered_runs_out(app) {
        let (onsite, _) = staffed(&app).await;
        let made = offered(&app, &onsite.recruiter, &onsite.interviews[0], &[24]).await;
        let (secret, start) = (token(&made), starts(&app, &[24])[0]);
        app.advance(TimeDelta::hours(21));
        let late = app.post(&app.anonymous(), "/slot-choices", choice(&secret, start)).await;
        late.problem(409, "not_ready");
        let mut browser = Browser::new(&app);
        browser.open(&link(&made)).await.ok();
        assert!(browser.html.contains("Nothing is asked of you at the moment."));
        app.deliver_mail();
        assert!(app.mails.mails().iter().all(|mail| mail.kind.slug() != "time_asked"));
    }

    async fn a_time_that_is_offered_anew_is_given_up(app) {
        let (onsite, ana) = staffed(&app).await;
        let seat = app.get(&ana, &format!("/interviews/{}", onsite.interviews[0])).await;
        let seat = seat.ok()["panel"][0]["id"].as_str().unwrap().to_owned();
        onsite.schedule(&app, 0, 1).await.ok();
        let yes = json!({ "response": "accepted" });
        app.put(&ana, &format!("/panelists/{seat}/response"), yes).await.ok();
        offered(&app, &onsite.recruiter, &onsite.interviews[0], &[24]).await.ok();
        let shown = app.get(&ana, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(shown.ok()["state"], "proposed");
        assert_eq!(shown.json["starts_at"], Value::Null);
        assert_eq!(shown.json["schedule_sequence"], 2);
        assert_eq!(shown.json["panel"][0]["due_at"], Value::Null);
        assert_eq!(shown.json["panel"][0]["response"], "needs_action");
        app.advance(TimeDelta::hours(3));
        app.deliver_mail();
        assert!(app.mails.mails().iter().all(|mail| mail.kind.slug() != "scorecard_due"));
    }

    async fn a_candidate_says_when_they_could_come(app) {
        let (onsite, ana) = staffed(&app).await;
        let interview = format!("/interviews/{}", onsite.interviews[0]);
        let ask = json!({ "expires_at": app.clock.now() + TimeDelta::days(5) });
        let path = format!("{interview}/availability-request");
        let made = app.put(&onsite.recruiter, &path, ask).await;
        assert_eq!(made.ok()["interview_state"], "awaiting_availability");
        let secret = link(&made);
        app.deliver_mail();
        let mails = app.mails.mails();
        let mail = mails.iter().find(|mail| mail.kind.slug() == "time_asked").expect("a mail");
        assert_eq!(mail.subject, "When could you come to an interview?: Senior Engineer");
        let mut browser = Browser::new(&app);
        browser.open(&secret).await.ok();
        assert!(browser.html.contains("<option selected>America&#x2f;New_York</option>"), "{}", browser.html);
        assert_eq!(browser.html.matches("type=\"date\"").count(), 3);
        let zone = ("zone", "Europe/Berlin");
        browser.submit(&secret, &[zone]).await.expect(422);
        assert!(browser.html.contains("Give at least one day and time."));
        let backwards = [zone, ("day-1", "2026-11-25"), ("from-1", "17:00"), ("to-1", "09:00")];
        browser.submit(&secret, &backwards).await.expect(422);
        assert!(browser.html.contains("value=\"17:00\""), "what was typed stays");
        let half = [zone, ("day-2", "2026-11-25"), ("from-2", "nine"), ("to-2", "09:00")];
        browser.submit(&secret, &half).await.expect(422);
        assert!(browser.html.contains("Fill in a time such as 14:30."));
        let whole = [
            zone, ("day-1", "2026-11-25"), ("from-1", "09:00"), ("to-1", "12:30"),
            ("day-2", "2026-11-26"), ("from-2", "14:00"), ("to-2", "18:00"),
        ];
        browser.submit(&secret, &whole).await.expect(303);
        browser.open(&secret).await.ok();
        assert!(browser.html.contains("Thank you, your times are kept"));
        assert!(browser.html.contains("value=\"12:30\""));
        assert_eq!(browser.html.matches("type=\"date\"").count(), 5);
        let asked = app.get(&onsite.recruiter, &format!("{interview}/time-request")).await;
        assert_eq!(asked.ok()["time_zone"], "Europe/Berlin");
        let windows = json!([
            { "starts_at": "2026-11-25T08:00:00Z", "ends_at": "2026-11-25T11:30:00Z" },
            { "starts_at": "2026-11-26T13:00:00Z", "ends_at": "2026-11-26T17:00:00Z" },
        ]);
        assert_eq!(asked.json["windows"], windows);
        assert!(app.event_kinds().contains(&"interview.availability_given".to_owned()));
        // Whoever schedules ends it.
        onsite.schedule(&app, 0, 50).await.ok();
        browser.submit(&secret, &whole).await.expect(409);
        assert!(browser.html.contains("Your interview is on"));
        app.get(&ana, &interview).await.ok();
    }

    async fn a_day_on_which_the_clock_changes_is_told_right(app) {
        let (onsite, _) = staffed(&app).await;
        // Berlin has its last Sunday of March on the 28th.
        app.advance(TimeDelta::days(100));
        let recruiter = app.person("Rolf", OrgRole::Recruiter);
        let interview = format!("/interviews/{}", onsite.interviews[0]);
        let ask = json!({ "expires_at": app.clock.now() + TimeDelta::days(20) });
        let made = app.put(&recruiter, &format!("{interview}/availability-request"), ask).await;
        let secret = link(&made);
        let mut browser = Browser::new(&app);
        browser.open(&secret).await.ok();
        let skipped = [
            ("zone", "Europe/Berlin"), ("day-1", "2027-03-28"), ("from-1", "02:30"), ("to-1", "05:00"),
        ];
        browser.submit(&secret, &skipped).await.expect(422);
        assert!(browser.html.contains("The clock skips this time on that day."), "{}", browser.html);
        let fine = [
            ("zone", "Europe/Berlin"), ("day-1", "2027-03-28"), ("from-1", "01:00"), ("to-1", "04:00"),
        ];
        browser.submit(&secret, &fine).await.expect(303);
        let asked = app.get(&recruiter, &format!("{interview}/time-request")).await;
        let window = json!([{ "starts_at": "2027-03-28T00:00:00Z", "ends_at": "2027-03-28T02:00:00Z" }]);
        assert_eq!(asked.ok()["windows"], window);
    }
}
