//! When somebody is busy by a calendar of theirs elsewhere.

use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::schema::{busy_calendars, busy_intervals};
use serde_json::{Value, json};

use crate::both;
use crate::support::calendar_server::CalendarServer;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, hiring};

const PATH: &str = "/me/busy-calendar";

/// A calendar of these events.
fn calendar(events: &[&str]) -> String {
    let event =
        |lines: &&str| format!("BEGIN:VEVENT\r\nSUMMARY:Dentist\r\n{lines}\r\nEND:VEVENT\r\n");
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// Tuesday from nine to ten in Berlin.
const NINE: &str = "UID:a\r\nDTSTART:20261124T080000Z\r\nDTEND:20261124T090000Z";

async fn name(app: &TestApp, person: &Person, address: &str) -> Reply {
    app.put(person, PATH, json!({ "address": address })).await
}

/// Reads every calendar that is due; gives how many there were.
fn read(app: &TestApp) -> usize {
    let mut all = 0;
    loop {
        match evenbar::users::busy::run_due(&app.state).unwrap() {
            0 => return all,
            some => all += some,
        }
    }
}

async fn busy(app: &TestApp, by: &Person, of: &Person) -> Reply {
    let path = format!("/users/{}/busy?from=2026-11-23T08:00:00Z&to=2026-12-20T08:00:00Z", of.id);
    app.get(by, &path).await
}

async fn state(app: &TestApp, person: &Person) -> (Value, Value) {
    let shown = app.get(person, PATH).await.ok().clone();
    (shown["state"].clone(), shown["failure"].clone())
}

both! {
    async fn a_calendar_says_when_its_owner_is_busy_and_with_nothing_else(app) {
        let server = CalendarServer::start();
        server.say(200, &[], calendar(&[NINE]));
        let (ana, rita) = (app.person("Ana", OrgRole::Member), app.person("Rita", OrgRole::Recruiter));
        let unknown = busy(&app, &rita, &ana).await;
        assert_eq!((&unknown.ok()["state"], &unknown.json["intervals"]), (&Value::Null, &json!([])));
        let named = name(&app, &ana, &server.url()).await;
        assert_eq!((&named.ok()["state"], &named.json["ending"]), (&json!("waiting"), &json!(".ics")));
        assert_eq!(named.json["host"], "127.0.0.1");
        assert!(server.asked().is_empty(), "never in a request");
        assert_eq!(read(&app), 1);
        let shown = busy(&app, &rita, &ana).await;
        assert_eq!(shown.ok()["state"], "ok");
        assert_eq!(shown.json["fetched_at"], json!(app.clock.now()));
        let nine = json!([{ "starts_at": "2026-11-24T08:00:00Z", "ends_at": "2026-11-24T09:00:00Z" }]);
        assert_eq!(shown.json["intervals"], nine);
        assert_eq!(busy(&app, &ana, &ana).await.ok(), &shown.json);
        let cut = format!("/users/{}/busy?from=2026-11-24T08:30:00Z&to=2026-11-24T08:40:00Z", ana.id);
        assert_eq!(app.get(&rita, &cut).await.ok()["intervals"][0]["starts_at"], "2026-11-24T08:30:00Z");
        // It is nobody's business who schedules nobody.
        let max = app.person("Max", OrgRole::Member);
        busy(&app, &max, &ana).await.problem(403, "forbidden");
        app.get(&max, PATH).await.problem(404, "not_found");
        let long = format!("/users/{}/busy?from=2026-11-24T08:00:00Z&to=2026-12-26T08:00:00Z", ana.id);
        app.get(&rita, &long).await.problem(422, "invalid");
    }

    async fn the_address_is_stored_and_told_nowhere(app) {
        let server = CalendarServer::start();
        server.say(200, &[], calendar(&[NINE]));
        let (ana, admin) = (app.person("Ana", OrgRole::Member), app.person("Ada", OrgRole::Admin));
        let named = name(&app, &ana, &server.url()).await;
        named.ok();
        read(&app);
        let secret = "secret-of-ana";
        let shown = app.get(&ana, PATH).await;
        for answer in [&named, &shown] {
            assert!(!String::from_utf8(answer.bytes.clone()).unwrap().contains(secret));
        }
        let stored: Vec<u8> = hiring::look(&app, |conn| {
            busy_calendars::table.select(busy_calendars::address).first(conn)
        });
        assert!(!String::from_utf8_lossy(&stored).contains("secret"));
        app.db().seal().unwrap();
        let events = app.get(&admin, "/events?limit=100").await;
        let whole = events.ok().to_string();
        assert!(whole.contains("busy_calendar.set") && !whole.contains(secret) && !whole.contains("127.0.0.1"));
        // Removed, it is gone with what was known by it.
        app.delete(&ana, PATH).await.expect(204);
        app.delete(&ana, PATH).await.problem(404, "not_found");
        let left: i64 = hiring::look(&app, |conn| busy_intervals::table.count().get_result(conn));
        assert_eq!(left, 0);
        assert!(app.event_kinds().contains(&"busy_calendar.removed".to_owned()));
    }

    async fn what_leads_nowhere_public_is_refused_by_field(app) {
        let ana = app.person("Ana", OrgRole::Member);
        for wrong in [
            "", "calendar", "ftp://calendar.example.com/x", "http://calendar.example.com/x",
            "https://calendar.example.com:22/x", "https://ana:secret@calendar.example.com/x",
        ] {
            let refused = name(&app, &ana, wrong).await;
            refused.field(422, "/address");
        }
        let long = format!("https://calendar.example.com/{}", "x".repeat(2000));
        name(&app, &ana, &long).await.field(422, "/address");
        app.get(&ana, PATH).await.problem(404, "not_found");
        let taken = name(&app, &ana, "webcal://calendar.example.com/private.ics").await;
        assert_eq!(taken.ok()["host"], "calendar.example.com");
    }

    async fn what_a_server_does_wrong_is_named_and_nothing_is_followed(app) {
        let (server, elsewhere) = (CalendarServer::start(), CalendarServer::start());
        elsewhere.say(200, &[], calendar(&[NINE]));
        let ana = app.person("Ana", OrgRole::Member);
        server.say(200, &[], calendar(&[NINE]));
        name(&app, &ana, &server.url()).await.ok();
        read(&app);
        let packed = [("Content-Encoding", "gzip")];
        let moved = elsewhere.url();
        let away = [("Location", moved.as_str())];
        let many = calendar(&vec![NINE; 5_001]);
        let none: &[(&'static str, &str)] = &[];
        for (status, headers, body, failure) in [
            (302, &away[..], String::new(), "redirected"),
            (404, none, String::new(), "not_found"),
            (401, none, String::new(), "not_found"),
            (503, none, String::new(), "server_error"),
            (200, none, "<html></html>".to_owned(), "not_a_calendar"),
            (200, &packed[..], calendar(&[NINE]), "not_a_calendar"),
            (200, none, "x".repeat(1024 * 1024 + 1), "too_large"),
            (200, none, many, "too_many_events"),
        ] {
            server.say(status, headers, body);
            app.advance(TimeDelta::days(1));
            assert_eq!(read(&app), 1, "{failure}");
            assert_eq!(state(&app, &app.again(&ana)).await, (json!("failing"), json!(failure)));
        }
        assert!(elsewhere.asked().is_empty(), "no redirect is followed");
        // What was read before counts, and it recovers.
        let ana = app.again(&ana);
        assert_eq!(busy(&app, &ana, &ana).await.ok()["intervals"].as_array().unwrap().len(), 1);
        server.say(200, &[], calendar(&[]));
        app.advance(TimeDelta::days(1));
        read(&app);
        let ana = app.again(&ana);
        assert_eq!(state(&app, &ana).await, (json!("ok"), Value::Null));
        drop(server);
        app.advance(TimeDelta::days(1));
        read(&app);
        assert_eq!(state(&app, &app.again(&ana)).await, (json!("failing"), json!("unreachable")));
    }

    async fn a_calendar_is_asked_as_often_as_somebody_plans_with_it(app) {
        let server = CalendarServer::start();
        server.say(200, &[("ETag", "\"one\""), ("Last-Modified", "Mon, 23 Nov 2026 08:00:00 GMT")], calendar(&[NINE]));
        let (ana, rita) = (app.person("Ana", OrgRole::Member), app.person("Rita", OrgRole::Recruiter));
        name(&app, &ana, &server.url()).await.ok();
        assert_eq!((read(&app), read(&app)), (1, 0));
        server.asked();
        app.advance(TimeDelta::minutes(15));
        server.say(304, &[], "");
        assert_eq!(read(&app), 1);
        let asked = server.asked().join("").to_ascii_lowercase();
        assert!(asked.contains("if-none-match: \"one\"") && asked.contains("if-modified-since: mon,"), "{asked}");
        // Nobody asks for a day: it is asked daily, and then for the whole.
        server.say(200, &[], calendar(&[NINE]));
        app.advance(TimeDelta::days(1));
        assert_eq!(read(&app), 1);
        assert!(!server.asked().join("").to_ascii_lowercase().contains("if-none-match"));
        app.advance(TimeDelta::hours(2));
        assert_eq!(read(&app), 0);
        // Somebody asks: soon again. Their time is old by then if it cannot be read.
        let rita = app.again(&rita);
        busy(&app, &rita, &ana).await.ok();
        assert_eq!(read(&app), 0);
        app.advance(TimeDelta::minutes(15));
        assert_eq!(read(&app), 1);
        app.advance(TimeDelta::hours(27));
        assert_eq!(busy(&app, &app.again(&rita), &ana).await.ok()["state"], "stale");
    }

    async fn who_sits_on_an_interview_to_come_is_asked_often(app) {
        let server = CalendarServer::start();
        server.say(200, &[], calendar(&[NINE]));
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        name(&app, &ana, &server.url()).await.ok();
        read(&app);
        app.advance(TimeDelta::days(2));
        assert_eq!(read(&app), 1);
        app.advance(TimeDelta::minutes(15));
        assert_eq!(read(&app), 1);
    }

    async fn who_is_busy_is_booked_only_with_a_reason(app) {
        let server = CalendarServer::start();
        server.say(200, &[], calendar(&[NINE]));
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana Ames", OrgRole::Member);
        name(&app, &ana, &server.url()).await.ok();
        read(&app);
        onsite.schedule(&app, 0, 24).await.ok();
        let panel = format!("/interviews/{}/panel", onsite.interviews[0]);
        let seat = json!({ "user_id": ana.id, "slot": "lead" });
        let refused = app.post(&onsite.recruiter, &panel, seat.clone()).await;
        assert_eq!(refused.problem(422, "invalid")["errors"][0]["code"], "busy");
        let mut said = seat;
        said["reason"] = json!("She moves the dentist.");
        let seated = app.post(&onsite.recruiter, &panel, said).await;
        assert_eq!(seated.created()["bent_rules"], json!(["busy"]));
        // Another time suits her, and back it does not.
        onsite.schedule(&app, 0, 25).await.ok();
        let back = onsite.schedule(&app, 0, 24).await;
        let error = &back.problem(422, "invalid")["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/starts_at"), &json!("busy")));
        assert!(!error["detail"].as_str().unwrap().contains("Dentist"));
    }

    async fn starts_are_offered_and_taken_around_what_is_busy(app) {
        let server = CalendarServer::start();
        server.say(200, &[], calendar(&[]));
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        name(&app, &ana, &server.url()).await.ok();
        read(&app);
        let at = |hours: i64| app.clock.now() + TimeDelta::hours(hours);
        let (eight, two, three) = (at(24), at(30), at(31));
        let offer = json!({ "starts": [eight, two, three], "expires_at": at(20) });
        let path = format!("/interviews/{}/offered-slots", onsite.interviews[0]);
        let made = app.put(&onsite.recruiter, &path, offer.clone()).await;
        let token = made.ok()["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        server.say(200, &[], calendar(&[NINE]));
        app.advance(TimeDelta::minutes(15));
        assert_eq!(read(&app), 1);
        let choice = |start| json!({ "token": token, "starts_at": start, "time_zone": "Europe/Berlin" });
        let gone = app.post(&app.anonymous(), "/slot-choices", choice(eight)).await;
        assert_eq!(gone.problem(409, "slot_taken")["free_slots"], json!([two, three]));
        let recruiter = app.again(&onsite.recruiter);
        let again = app.put(&recruiter, &path, offer).await;
        let error = &again.problem(422, "invalid")["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/starts/0"), &json!("busy")));
        app.post(&app.anonymous(), "/slot-choices", choice(two)).await.ok();
    }

    async fn somebody_who_leaves_takes_their_calendar_along(app) {
        let server = CalendarServer::start();
        server.say(200, &[], calendar(&[NINE]));
        let (ana, admin) = (app.person("Ana", OrgRole::Member), app.person("Ada", OrgRole::Admin));
        name(&app, &ana, &server.url()).await.ok();
        read(&app);
        app.put(&admin, &format!("/users/{}/deactivation", ana.id), json!({})).await.ok();
        let left: i64 = hiring::look(&app, |conn| busy_intervals::table.count().get_result(conn));
        let calendars: i64 = hiring::look(&app, |conn| busy_calendars::table.count().get_result(conn));
        assert_eq!((left, calendars), (0, 0));
    }

    async fn another_calendar_takes_the_place_of_the_one_before(app) {
        let (first, second) = (CalendarServer::start(), CalendarServer::start());
        first.say(200, &[], calendar(&[NINE]));
        second.say(200, &[], calendar(&[]));
        let ana = app.person("Ana", OrgRole::Member);
        let named = name(&app, &ana, &first.url()).await;
        read(&app);
        let body = json!({ "address": second.url() });
        app.put_if(&ana, PATH, "\"9-0123456789abcdef\"", body.clone()).await.problem(412, "stale");
        let changed = app.put_if(&ana, PATH, &named.etag(), body).await;
        assert_eq!((&changed.ok()["id"], &changed.json["state"]), (&named.json["id"], &json!("waiting")));
        assert_eq!(busy(&app, &ana, &ana).await.ok()["intervals"], json!([]));
        first.asked();
        read(&app);
        assert!(first.asked().is_empty());
        assert_eq!(second.asked().len(), 1);
    }
}
