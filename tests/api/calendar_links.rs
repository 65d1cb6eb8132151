//! One's interviews as a calendar that programs follow, by a link.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use evenbar::access::OrgRole;
use serde_json::Value;

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp};

const LINK: &str = "/me/calendar-link";

/// Makes a link; gives the path of its calendar.
async fn link(app: &TestApp, person: &Person) -> String {
    let made = app.send(app.request(person, Method::POST, LINK)).await;
    let url = made.ok()["url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix("https://hire.example.com").unwrap();
    let secret = path.strip_prefix("/calendar/").and_then(|rest| rest.strip_suffix(".ics"));
    assert!(secret.is_some_and(|secret| !secret.is_empty()), "{url}");
    path.to_owned()
}

async fn read(app: &TestApp, path: &str) -> Reply {
    app.send(TestRequest::with_uri(path)).await
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200);
    String::from_utf8(reply.bytes.clone()).unwrap().replace("\r\n ", "")
}

both! {
    async fn a_calendar_holds_what_the_entries_in_mails_say(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        onsite.schedule(&app, 0, 24).await.ok();
        onsite.schedule(&app, 1, 24).await.ok();
        app.deliver_mail();
        let mails = app.mails.mails();
        let sent = mails.iter().rfind(|mail| mail.to.email == ana.email).unwrap();
        let sent = &sent.calendar.as_ref().unwrap().entry;
        let path = link(&app, &ana).await;
        let (statements, reply) = app.statements(read(&app, &path)).await;
        assert!(statements <= 3, "{statements}");
        let calendar = text(&reply);
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1);
        for line in [
            format!("UID:{}", sent.uid),
            format!("SEQUENCE:{}", sent.sequence),
            "DTSTART:20261124T080000Z".to_owned(),
            "SUMMARY:Interview 1: Ada Lovelace".to_owned(),
            "CLASS:PRIVATE".to_owned(),
        ] {
            assert!(calendar.lines().any(|found| found == line), "{line}\n{calendar}");
        }
        assert!(!calendar.contains("Interview 2") && !calendar.contains("Ben"), "{calendar}");
        assert!(!calendar.contains("/l/"), "no secret");
    }

    async fn a_calendar_says_when_it_changed_and_may_be_kept_by_its_reader_alone(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.schedule(&app, 0, 24).await.ok();
        let path = link(&app, &ana).await;
        let first = read(&app, &path).await;
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        assert_eq!(first.header("content-type"), Some("text/calendar; charset=utf-8"));
        app.advance(chrono::TimeDelta::minutes(5));
        let known = || TestRequest::with_uri(&path).insert_header(("If-None-Match", first.etag()));
        assert_eq!(app.send(known()).await.status, 304);
        assert_eq!(app.send(known().method(Method::HEAD)).await.status, 304);
        // A card that comes in is no change.
        onsite.submit(&app, 0, &ana, "yes").await;
        assert_eq!(app.send(known()).await.status, 304);
        onsite.schedule(&app, 0, 30).await.ok();
        assert_ne!(read(&app, &path).await.etag(), first.etag());
    }

    async fn another_link_or_none_ends_the_one_before(app) {
        let ana = app.person("Ana", OrgRole::Member);
        app.get(&ana, LINK).await.problem(404, "not_found");
        app.delete(&ana, LINK).await.problem(404, "not_found");
        let first = link(&app, &ana).await;
        let second = link(&app, &ana).await;
        assert_ne!(first, second);
        assert_eq!(app.get(&ana, LINK).await.ok()["url"], Value::Null);
        let unknown = read(&app, "/calendar/unknown.ics").await;
        let gone = read(&app, &first).await;
        assert_eq!((gone.status, &gone.json["detail"]), (404, &unknown.json["detail"]));
        read(&app, &second).await.expect(200);
        app.delete(&ana, LINK).await.expect(204);
        read(&app, &second).await.problem(404, "not_found");
    }

    async fn the_address_is_shown_once(app) {
        let ana = app.person("Ana", OrgRole::Member);
        let ask = || app.request(&ana, Method::POST, LINK).insert_header(("Idempotency-Key", "one"));
        let made = app.send(ask()).await;
        assert!(made.ok()["url"].is_string());
        let again = app.send(ask()).await;
        assert_eq!((&again.ok()["id"], &again.json["url"]), (&made.json["id"], &Value::Null));
    }

    async fn whoever_left_has_no_calendar_and_a_link_is_for_nothing_else(app) {
        let ana = app.person("Ana", OrgRole::Member);
        let owner = app.person("Olga", OrgRole::Owner);
        let path = link(&app, &ana).await;
        let page = path.replace("/calendar/", "/l/").replace(".ics", "");
        assert_eq!(read(&app, &page).await.status, 404);
        app.put(&owner, &format!("/users/{}/deactivation", ana.id), Value::Null).await.ok();
        read(&app, &path).await.problem(404, "not_found");
    }
}
