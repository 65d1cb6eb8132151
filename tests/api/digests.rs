//! What people are told of a debrief: at once, when they work, or in one mail on a day of work.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::mail::transport::SendError;
use evenbar::mail::{Mail, MailKind};
use serde_json::json;

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp};

/// The mails of a kind to somebody.
fn mails(app: &TestApp, kind: MailKind, to: &Person) -> Vec<Mail> {
    let all = app.mails.mails().into_iter();
    all.filter(|mail| mail.kind == kind && mail.to.email == to.email).collect()
}

/// Whoever got mails of a kind, by name, in the order of the mails.
fn told(app: &TestApp, kind: MailKind) -> Vec<String> {
    let all = app.mails.mails().into_iter();
    all.filter(|mail| mail.kind == kind).map(|mail| mail.to.name).collect()
}

/// Two interviews with a lead each, both over since an hour; the clock stands at eleven on a Monday in Berlin.
async fn held(app: &TestApp) -> (Onsite, Person, Person) {
    let mut onsite = Onsite::new(app, 2).await;
    let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
    onsite.seat(app, 0, &ana, "lead").await;
    onsite.seat(app, 1, &ben, "lead").await;
    onsite.schedule(app, 0, 0).await.ok();
    onsite.schedule(app, 1, 1).await.ok();
    onsite.later(app, TimeDelta::hours(2));
    app.deliver_mail();
    (onsite, app.again(&ana), app.again(&ben))
}

both! {
    async fn what_somebody_owes_is_told_once_on_a_day_of_work(app) {
        let (onsite, ana, ben) = held(&app).await;
        assert_eq!(told(&app, MailKind::ScorecardDue), ["Ana", "Ben"]);
        onsite.submit(&app, 1, &ben, "yes").await;
        app.next_morning();
        follow(&app, &app.mails.mails(), MailKind::ScorecardDue).await;
        follow(&app, &app.mails.mails(), MailKind::Digest).await;
        let digest = mails(&app, MailKind::Digest, &ana).pop().expect("a digest");
        assert_eq!(digest.subject, "One thing is with you");
        for line in [
            "* Scorecard: Interview 1",
            "  Ada Lovelace, Senior Engineer",
            "  Due Tue 24 Nov 2026, 09:30 (Europe/Berlin), about 3 minutes",
        ] {
            assert!(digest.text.lines().any(|found| found == line), "{line}\n{}", digest.text);
        }
        assert!(digest.text.contains("/l/"), "it opens without a sign-in: {}", digest.text);
        assert_eq!(told(&app, MailKind::Digest), ["Ana"], "whoever owes nothing gets none");
        // Twice woken, once sent; and the next day once more.
        app.wake_timers();
        app.deliver_mail();
        assert_eq!(mails(&app, MailKind::Digest, &ana).len(), 1);
        app.next_morning();
        let digests = mails(&app, MailKind::Digest, &ana);
        assert_eq!(digests.len(), 2);
        assert_eq!(digests[1].subject, "One thing is with you, and overdue");
        onsite.submit(&app, 0, &app.again(&ana), "yes").await;
        app.next_morning();
        let after = mails(&app, MailKind::Digest, &ana);
        assert!(!after[2..].iter().any(|mail| mail.text.contains("Scorecard:")), "{}", after.len());
    }

    async fn a_card_is_not_spoken_of_for_ever_and_the_driver_is_told_instead(app) {
        let (onsite, ana, ben) = held(&app).await;
        onsite.submit(&app, 1, &ben, "yes").await;
        for _ in 0..8 {
            app.next_morning();
        }
        // Due on Tuesday at half past nine: told on Tuesday and on Wednesday; on Thursday it is late by more
        // than two working days.
        let days = |digests: &[Mail]| -> Vec<String> {
            digests.iter().map(|mail| mail.sent_at.format("%a").to_string()).collect()
        };
        assert_eq!(days(&mails(&app, MailKind::Digest, &ana)), ["Tue", "Wed"]);
        let late = mails(&app, MailKind::Digest, &onsite.driver);
        assert!(late[0].subject.contains("Scorecards that you wait for are late"), "{}", late[0].subject);
        assert!(late[0].text.contains("* Ana: Interview 1\n  Ada Lovelace, Senior Engineer\n  Was due Tue 24 Nov 2026, 09:30"), "{}", late[0].text);
        // On Wednesday for the first time, and never on a weekend.
        assert_eq!(late[0].sent_at.to_rfc3339(), "2026-11-25T08:00:00+00:00");
        assert_eq!(days(&late), ["Wed", "Thu", "Fri", "Mon", "Tue"]);
        // The stall is told at once, to whoever has the next move; to the decider with the digest.
        assert_eq!(told(&app, MailKind::DebriefStalled), ["Dario Driver"]);
        follow(&app, &app.mails.mails(), MailKind::DebriefStalled).await;
        let decider = mails(&app, MailKind::Digest, &onsite.decider);
        assert!(decider[0].text.contains("* Scorecards are missing: Ada Lovelace, Senior Engineer"), "{}", decider[0].text);
    }

    async fn news_come_at_once_to_whoever_chose_so(app) {
        let (onsite, ana, ben) = held(&app).await;
        let at_once = json!([{ "mail": "debrief_revealed", "way": "immediate" }]);
        let choice = json!({ "digest": true, "digest_at": null, "quiet_hours": true, "mails": at_once });
        app.put(&app.again(&onsite.driver), "/me/notification-preferences", choice).await.ok();
        onsite.submit(&app, 0, &ana, "yes").await;
        onsite.submit(&app, 1, &ben, "no").await;
        app.deliver_mail();
        assert_eq!(told(&app, MailKind::DebriefRevealed), ["Dario Driver"]);
        follow(&app, &app.mails.mails(), MailKind::DebriefRevealed).await;
    }

    async fn a_manager_is_told_of_a_late_card_by_choice_or_by_policy_only(app) {
        let (onsite, ana, ben) = held(&app).await;
        onsite.submit(&app, 1, &ben, "yes").await;
        let (admin, mia) = (app.person("Alma", OrgRole::Admin), app.person("Mia", OrgRole::Member));
        let led = json!({ "manager_id": mia.id });
        app.patch(&admin, &format!("/users/{}", ana.id), led).await.ok();
        let told = || mails(&app, MailKind::Digest, &mia);
        // Due on Tuesday at half past nine: on Wednesday morning it is late by eight hours of work.
        app.next_morning();
        app.next_morning();
        assert_eq!(told().len(), 0, "neither policy nor Ana want it");
        let choice = |late: bool| json!({ "digest": true, "digest_at": null, "quiet_hours": true, "late_to_manager": late, "mails": [] });
        let path = "/me/notification-preferences";
        assert_eq!(app.get(&app.again(&ana), path).await.ok()["late_to_manager"], false);
        assert_eq!(app.put(&app.again(&ana), path, choice(true)).await.ok()["late_to_manager"], true);
        app.next_morning();
        let digest = told().pop().expect("a digest");
        assert_eq!(digest.subject, "Scorecards of people whom you manage are late");
        for line in ["* Ana: a scorecard", "  A hire that you have no part in", "  Was due Tue 24 Nov 2026, 09:30 (Europe/Berlin)"] {
            assert!(digest.text.lines().any(|found| found == line), "{line}\n{}", digest.text);
        }
        assert!(!digest.text.contains("Ada Lovelace") && !digest.html.contains("Ada Lovelace"));
        app.put(&app.again(&ana), path, choice(false)).await.ok();
        app.next_morning();
        assert_eq!(told().len(), 1);
        let policy = json!({ "reveal": "at_reveal", "recruiter_sees": "text", "escalation": "manager" });
        assert_eq!(app.put(&app.again(&admin), "/settings", policy).await.ok()["escalation"], "manager");
        let statement = app.get(&app.again(&ana), "/settings/monitoring-statement").await;
        assert!(statement.ok()["text"].as_str().unwrap().contains("late by a working day, to your manager."));
        for _ in 0..3 {
            app.next_morning();
        }
        assert_eq!(told().len(), 2, "the weekend passed, and Monday came");
        // Whoever owes a card for the application is told of nobody else's.
        let onsite = Onsite { recruiter: app.again(&onsite.recruiter), ..onsite };
        onsite.seat(&app, 1, &mia, "second").await;
        app.next_morning();
        assert!(told()[2..].iter().all(|mail| !mail.text.contains("Ana")), "{:?}", told().len());
    }

    async fn a_question_and_a_decision_are_told_at_once_and_what_happened_the_next_day(app) {
        let (onsite, ana, ben) = held(&app).await;
        onsite.submit(&app, 0, &ana, "strong_no").await;
        onsite.submit(&app, 1, &ben, "yes").await;
        app.deliver_mail();
        assert_eq!(onsite.debrief(&app, &onsite.driver).await.ok()["state"], "discussing");
        let asked = told(&app, MailKind::DebriefQuestion);
        assert!(asked.contains(&"Ana".to_owned()) && asked.contains(&"Ben".to_owned()), "{asked:?}");
        follow(&app, &app.mails.mails(), MailKind::DebriefQuestion).await;
        let question = mails(&app, MailKind::DebriefQuestion, &ben).pop().unwrap();
        assert_eq!(question.subject, "A question for you: Ada Lovelace, Senior Engineer");
        assert!(!question.text.contains("no\n") && question.text.contains("Answer by:  Tue 24 Nov 2026, 10:30"), "{}", question.text);
        let queue = app.get(&ben, "/me/queue").await;
        assert_eq!(queue.ok()["items"][0]["kind"], "question");
        assert_eq!(queue.json["items"][0]["due_at_local"], "2026-11-24T10:30:00+01:00");
        assert_eq!(told(&app, MailKind::DebriefRevealed), Vec::<String>::new());
        onsite.take_up(&app).await;
        app.deliver_mail();
        assert_eq!(told(&app, MailKind::DecisionAwaited), ["Dana Decider"]);
        follow(&app, &app.mails.mails(), MailKind::DecisionAwaited).await;
        let queue = app.get(&ben, "/me/queue").await;
        assert_eq!(queue.ok()["items"], json!([]), "the meeting answered it");
        app.next_morning();
        let news = mails(&app, MailKind::Digest, &ana).pop().unwrap();
        assert_eq!(news.subject, "News from your hires");
        assert!(news.text.contains("* Debrief open: Ada Lovelace, Senior Engineer"), "{}", news.text);
        let decider = mails(&app, MailKind::Digest, &onsite.decider).pop().unwrap();
        assert!(decider.text.contains("* Decision\n"), "{}", decider.text);
        assert!(!decider.text.contains("Debrief open"), "that it is theirs to decide says so: {}", decider.text);
    }

    async fn whoever_owes_a_card_gets_no_line_about_what_is_sealed(app) {
        let (onsite, ana, ben) = held(&app).await;
        onsite.submit(&app, 0, &ana, "strong_no").await;
        onsite.submit(&app, 1, &ben, "yes").await;
        app.deliver_mail();
        // Seated again before the digest.
        onsite.seat(&app, 1, &ana, "second").await;
        app.next_morning();
        let digests = mails(&app, MailKind::Digest, &ana);
        assert!(digests.iter().all(|mail| !mail.text.contains("Debrief") && !mail.text.contains("Question")));
        // It does not come later either: it is settled.
        app.next_morning();
        let rows = app.get(&app.person("Adam", OrgRole::Admin), "/deliveries?state=collected").await;
        let open: Vec<_> = rows.rows().iter().filter(|row| row["recipient_id"] == json!(ana.id)).collect();
        assert!(open.is_empty(), "{open:?}");
    }

    async fn an_administrator_who_owes_a_card_sees_no_delivery_that_tells_what_became_of_it(app) {
        let (mut onsite, ana, ben) = held(&app).await;
        let (alma, adam) = (app.person("Alma", OrgRole::Admin), app.person("Adam", OrgRole::Admin));
        onsite.submit(&app, 0, &ana, "strong_no").await;
        onsite.submit(&app, 1, &ben, "yes").await;
        app.next_morning();
        onsite.later(&app, TimeDelta::zero());
        onsite.seat(&app, 1, &alma, "second").await;
        let kinds = |rows: &serde_json::Value| -> Vec<String> {
            let all = rows["data"].as_array().unwrap().iter();
            all.map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
        };
        let path = "/deliveries?limit=100";
        let all = app.get(&app.again(&adam), path).await;
        let known = app.get(&app.again(&alma), path).await;
        for sealed in ["debrief_question", "debrief_revealed", "digest"] {
            assert!(kinds(all.ok()).contains(&sealed.to_owned()), "{sealed}");
            assert!(!kinds(known.ok()).contains(&sealed.to_owned()), "{sealed}");
        }
        assert!(kinds(&known.json).contains(&"scorecard_due".to_owned()));
        let digest = all.rows().iter().find(|row| row["kind"] == "digest").unwrap();
        let one = format!("/deliveries/{}", digest["id"].as_str().unwrap());
        app.get(&app.again(&adam), &one).await.ok();
        app.get(&app.again(&alma), &one).await.problem(404, "not_found");
        let retry = app.put(&app.again(&alma), &format!("{one}/retry"), serde_json::Value::Null).await;
        retry.problem(404, "not_found");
    }

    async fn what_is_owed_stands_in_a_digest_once_whatever_was_chosen(app) {
        let (onsite, ana, ben) = held(&app).await;
        let chosen = json!({
            "digest": true, "digest_at": null, "quiet_hours": true,
            "mails": [{ "mail": "decision_awaited", "way": "digest" }],
        });
        app.put(&app.again(&onsite.decider), "/me/notification-preferences", chosen).await.ok();
        onsite.submit(&app, 0, &ana, "yes").await;
        onsite.submit(&app, 1, &ben, "yes").await;
        app.next_morning();
        assert_eq!(told(&app, MailKind::DecisionAwaited), Vec::<String>::new());
        let digest = mails(&app, MailKind::Digest, &onsite.decider).pop().expect("a digest");
        assert!(digest.text.contains("* Decision\n"), "{}", digest.text);
        assert!(!digest.text.contains("Your decision"), "{}", digest.text);
    }

    async fn mails_that_can_wait_do_so_until_their_reader_works(app) {
        let (onsite, ana, ben) = held(&app).await;
        onsite.submit(&app, 0, &ana, "yes").await;
        app.patch(&app.again(&onsite.decider), "/me", json!({ "time_zone": "Asia/Tokyo" })).await.ok();
        onsite.submit(&app, 1, &ben, "yes").await;
        assert_eq!(onsite.debrief(&app, &onsite.driver).await.ok()["state"], "deciding");
        // Eleven in Berlin is seven in the evening in Tokyo.
        app.deliver_mail();
        assert_eq!(told(&app, MailKind::DecisionAwaited), Vec::<String>::new());
        app.advance(TimeDelta::hours(13));
        app.deliver_mail();
        assert_eq!(told(&app, MailKind::DecisionAwaited), Vec::<String>::new());
        app.advance(TimeDelta::hours(1));
        app.deliver_mail();
        let mail = mails(&app, MailKind::DecisionAwaited, &onsite.decider).pop().expect("at nine in Tokyo");
        assert_eq!(mail.sent_at.to_rfc3339(), "2026-11-24T00:00:00+00:00");
        // What was waited for leaves no trace of a try.
        let rows = app.get(&app.person("Adam", OrgRole::Admin), "/deliveries?state=sent").await;
        let row = rows.rows().iter().find(|row| row["kind"] == "decision_awaited").unwrap();
        assert_eq!(row["attempts"], 1);
    }

    async fn no_digest_comes_on_a_day_off_and_one_comes_at_the_hour_that_was_chosen(app) {
        let (_, ana, ben) = held(&app).await;
        let off = json!({ "starts_on": "2026-11-24", "ends_on": "2026-11-24" });
        app.post(&ana, "/me/time-off", off).await.created();
        let chosen = json!({ "digest": true, "digest_at": "16:00", "quiet_hours": true, "mails": [] });
        app.put(&ben, "/me/notification-preferences", chosen).await.ok();
        evenbar::notifications::digests::arm(app.db()).unwrap();
        app.advance(TimeDelta::hours(5));
        app.wake_timers();
        app.deliver_mail();
        assert_eq!(told(&app, MailKind::Digest), ["Ben"], "at four in the afternoon");
        app.next_morning();
        assert_eq!(told(&app, MailKind::Digest), ["Ben"], "Ana is away on Tuesday");
        app.next_morning();
        let told = told(&app, MailKind::Digest);
        assert!(told.contains(&"Ana".to_owned()), "{told:?}");
    }

    async fn a_digest_that_a_busy_server_held_up_until_the_evening_is_said_the_next_day(app) {
        let (_, ana, _) = held(&app).await;
        evenbar::notifications::digests::arm(app.db()).unwrap();
        // Nobody wakes anything until five on the next day; Ana works until half past.
        app.advance(TimeDelta::hours(30));
        let busy = SendError::Temporary { detail: "451 Try again later".to_owned() };
        app.mails.fail_next(2, &busy);
        app.wake_timers();
        assert_eq!(app.event_kinds().iter().filter(|kind| *kind == "user.digest_made").count(), 2);
        app.deliver_mail();
        app.advance(TimeDelta::minutes(55));
        app.deliver_mail();
        assert_eq!(mails(&app, MailKind::Digest, &ana).len(), 0, "not at five to six");
        app.next_morning();
        assert_eq!(mails(&app, MailKind::Digest, &ana).len(), 1);
    }
}
