//! How people want to be told, over the API and by the link in a mail.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp};

const PATH: &str = "/me/notification-preferences";

/// How a mail comes to somebody.
async fn way(app: &TestApp, person: &Person, mail: &str) -> Value {
    let seen = app.get(&app.again(person), PATH).await;
    let mails = seen.ok()["mails"].as_array().unwrap().clone();
    mails.into_iter().find(|one| one["mail"] == mail).unwrap()["way"].clone()
}

/// Somebody whose card is due, and the path of the link in the mail of that kind by which they do without.
async fn with_link(app: &TestApp, kind: MailKind) -> (Person, String) {
    let mut onsite = Onsite::new(app, 1).await;
    let ana = app.person("Ana", OrgRole::Member);
    onsite.seat(app, 0, &ana, "lead").await;
    onsite.schedule(app, 0, 0).await.ok();
    onsite.later(app, TimeDelta::hours(2));
    app.next_morning();
    let mail = app.mails.mails().into_iter().find(|mail| mail.kind == kind).unwrap();
    let link = mail.list_unsubscribe.expect("a link to do without");
    assert!(mail.text.contains(&link) && mail.html.contains("Do without mails like this"));
    (ana, link.strip_prefix("https://hire.example.com").unwrap().to_owned())
}

both! {
    async fn whoever_never_chose_is_told_as_usual(app) {
        let ana = app.person("Ana", OrgRole::Member);
        let usual = app.get(&ana, PATH).await;
        assert_eq!(usual.ok()["digest"], true);
        assert_eq!((&usual.json["digest_at"], &usual.json["quiet_hours"]), (&Value::Null, &json!(true)));
        assert_eq!(way(&app, &ana, "decision_made").await, "digest");
        assert_eq!(way(&app, &ana, "scorecard_due").await, "immediate");
        let chosen = json!({
            "digest": true, "digest_at": "08:30", "quiet_hours": false,
            "mails": [{ "mail": "decision_made", "way": "immediate" }, { "mail": "scorecard_due", "way": "off" }],
        });
        let set = app.put_if(&ana, PATH, &usual.etag(), chosen).await;
        assert_eq!((&set.ok()["digest_at"], &set.json["quiet_hours"]), (&json!("08:30"), &json!(false)));
        assert_eq!(way(&app, &ana, "decision_made").await, "immediate");
        assert_eq!(way(&app, &ana, "scorecard_due").await, "off");
        let stale = json!({ "digest": false, "digest_at": null, "quiet_hours": true, "mails": [] });
        app.put_if(&ana, PATH, &usual.etag(), stale.clone()).await.problem(412, "stale");
        app.put_if(&ana, PATH, &set.etag(), stale).await.ok();
        // Without a digest, news are not told by mail, and what asks something comes by itself.
        assert_eq!(way(&app, &ana, "decision_made").await, "off");
        assert_eq!(way(&app, &ana, "debrief_stalled").await, "immediate");
        assert_eq!(app.event_kinds(), ["user.notifications_changed", "user.notifications_changed"]);
    }

    async fn what_does_not_fit_is_named(app) {
        let ana = app.person("Ana", OrgRole::Member);
        let chosen = json!({
            "digest": true, "digest_at": "24:00", "quiet_hours": true,
            "mails": [
                { "mail": "approval_asked", "way": "off" },
                { "mail": "decision_made", "way": "off" },
                { "mail": "decision_made", "way": "digest" },
            ],
        });
        let refused = app.put(&ana, PATH, chosen).await;
        refused.problem(422, "invalid");
        let errors = refused.json["errors"].as_array().unwrap();
        let named: Vec<&str> = errors.iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!(named, ["/digest_at", "/mails/0/way", "/mails/2/mail"]);
        assert_eq!(app.event_kinds(), Vec::<String>::new());
    }

    async fn the_link_of_a_digest_does_without_it_by_its_form_alone(app) {
        let (ana, link) = with_link(&app, MailKind::Digest).await;
        let open = |method: Method| TestRequest::with_uri(&link).method(method);
        for method in [Method::GET, Method::HEAD] {
            app.send(open(method)).await.expect(200);
        }
        assert_eq!(app.get(&app.again(&ana), PATH).await.ok()["digest"], true, "opening changes nothing");
        // As mail programs post it: without a cookie, and with a word of their own.
        let click = open(Method::POST).set_form([("List-Unsubscribe", "One-Click")]);
        app.send(click).await.expect(200);
        assert_eq!(app.get(&app.again(&ana), PATH).await.ok()["digest"], false);
        app.send(open(Method::POST)).await.expect(200);
        let changes = app.event_kinds().into_iter().filter(|kind| kind == "user.notifications_changed");
        assert_eq!(changes.count(), 1, "a second time changes nothing");
        let before = app.mails.mails().len();
        app.next_morning();
        let later = app.mails.mails().split_off(before);
        assert!(later.iter().all(|mail| mail.kind != MailKind::Digest), "{later:?}");
    }

    async fn the_link_of_a_reminder_does_without_reminders_and_nothing_else(app) {
        let (ana, link) = with_link(&app, MailKind::ScorecardDue).await;
        app.send(TestRequest::post().uri(&link)).await.expect(200);
        assert_eq!(way(&app, &ana, "scorecard_due").await, "off");
        assert_eq!(app.get(&app.again(&ana), PATH).await.ok()["digest"], true);
        // Neither for somebody else nor for something else, and nothing tells which of the two it was.
        let other = app.person("Ben", OrgRole::Member);
        for wrong in [
            link.replace("reminders", "digest"),
            link.replace(&ana.id.to_string(), &other.id.to_string()),
            link.strip_suffix(|_: char| true).unwrap().to_owned(),
            link.replace("reminders", "everything"),
        ] {
            app.send(TestRequest::post().uri(&wrong)).await.expect(404);
            app.send(TestRequest::get().uri(&wrong)).await.expect(404);
        }
        assert_eq!(app.get(&other, PATH).await.ok()["digest"], true);
    }
}
