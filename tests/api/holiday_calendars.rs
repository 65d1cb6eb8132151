//! Calendars of public holidays.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;

fn file(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn yearly(day: &str, name: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{name}\r\nDTSTART;VALUE=DATE:{day}\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n"
    )
}

both! {
    async fn the_holidays_of_a_region_are_there_without_a_file(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let regions = app.get(&max, "/holiday-regions").await;
        assert!(regions.ok()["data"].as_array().unwrap().contains(&json!({ "region": "DE-BE" })));
        let made = app.post(&admin, "/holiday-calendars", json!({ "name": "Berlin", "region": "DE-BE" })).await;
        assert_eq!(made.created()["source"], "built_in");
        let path = format!("/holiday-calendars/{}", made.id());
        assert_eq!(app.get(&max, &path).await.ok(), &made.json);
        let (statements, days) = app.statements(app.get(&max, &format!("{path}/holidays?year=2027&limit=100"))).await;
        assert!(statements <= 3, "{statements}");
        assert_eq!(days.rows().last().unwrap(), &json!({ "holiday_on": "2027-01-01", "name": "New Year's Day" }));
        assert!(days.rows().contains(&json!({ "holiday_on": "2027-03-08", "name": "Women's Day" })));
        app.post(&admin, "/holiday-calendars", json!({ "name": "Nowhere", "region": "XX" })).await.field(422, "/region");
        app.post(&admin, "/holiday-calendars", json!({ "name": "Odd", "region": "Germany" })).await.field(422, "/region");
        assert_eq!(app.event_kinds(), ["holiday_calendar.created"]);
    }

    async fn a_file_brings_the_holidays_of_any_other_place(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let ics = file(&yearly("20200509", "Our Day"));
        let body = json!({ "name": "Ours", "region": "XX", "ics": ics });
        let made = app.post(&admin, "/holiday-calendars", body).await;
        assert_eq!(made.created()["source"], "ics");
        let path = format!("/holiday-calendars/{}", made.id());
        let days = app.get(&admin, &format!("{path}/holidays?limit=100")).await;
        assert_eq!(days.rows().len(), 12);
        assert_eq!(days.rows()[0], json!({ "holiday_on": "2036-05-09", "name": "Our Day" }));
        let other = json!({ "ics": file(&yearly("20270101", "New Year")) });
        let replaced = app.put_if(&admin, &format!("{path}/holidays"), &made.etag(), other.clone()).await;
        replaced.ok();
        app.put_if(&admin, &format!("{path}/holidays"), &made.etag(), other).await.problem(412, "stale");
        assert_eq!(app.get(&admin, &format!("{path}/holidays?year=2027")).await.rows()[0]["name"], "New Year");
        // The service knows no days of XX, but those of the region that it becomes.
        app.put(&admin, &format!("{path}/holidays"), json!({})).await.field(422, "/region");
        app.patch(&admin, &path, json!({ "region": "PT" })).await.ok();
        assert_eq!(app.put(&admin, &format!("{path}/holidays"), json!({})).await.ok()["source"], "built_in");
        let kinds = ["created", "replaced", "updated", "replaced"].map(|kind| format!("holiday_calendar.{kind}"));
        assert_eq!(app.event_kinds(), kinds);
    }

    async fn a_file_that_is_not_understood_is_refused_with_the_reason(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let send = |ics: String| {
            let (app, admin) = (&app, &admin);
            async move { app.post(admin, "/holiday-calendars", json!({ "name": "Ours", "region": "DE", "ics": ics })).await }
        };
        let monthly = yearly("20270101", "Pay Day").replace("YEARLY", "MONTHLY");
        let refused = send(file(&monthly)).await;
        let detail = refused.field(422, "/ics")["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert_eq!(detail, "“Pay Day”: only rules that come again every year are taken.");
        for text in [String::new(), "hello".to_owned(), file(""), "x".repeat(524_289)] {
            send(text).await.field(422, "/ics");
        }
        assert!(app.event_kinds().is_empty());
    }

    async fn a_calendar_in_use_is_archived_and_not_removed(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let made = app.post(&admin, "/holiday-calendars", json!({ "name": "Portugal", "region": "PT" })).await;
        let (id, path) = (made.id(), format!("/holiday-calendars/{}", made.id()));
        app.patch(&max, "/me", json!({ "holiday_calendar_id": id })).await.ok();
        app.delete(&admin, &path).await.problem(409, "still_in_use");
        let archived = app.patch(&admin, &path, json!({ "archived": true })).await;
        assert!(archived.ok()["archived_at"].is_string());
        app.patch(&admin, "/me", json!({ "holiday_calendar_id": id })).await.field(422, "/holiday_calendar_id");
        app.patch(&max, "/me", json!({ "holiday_calendar_id": id, "locale": "pt" })).await.ok();
        app.patch(&max, "/me", json!({ "holiday_calendar_id": null })).await.ok();
        assert_eq!(app.delete(&admin, &path).await.status, 204);
        app.get(&admin, &path).await.problem(404, "not_found");
        app.get(&admin, &format!("{path}/holidays")).await.problem(404, "not_found");
    }

    async fn only_administrators_keep_calendars(app) {
        let (admin, rea) = (app.person("Ada", OrgRole::Admin), app.person("Rea", OrgRole::Recruiter));
        let body = json!({ "name": "Portugal", "region": "PT" });
        app.post(&rea, "/holiday-calendars", body.clone()).await.problem(403, "forbidden");
        let made = app.post(&admin, "/holiday-calendars", body).await;
        let path = format!("/holiday-calendars/{}", made.id());
        app.patch(&rea, &path, json!({})).await.problem(403, "forbidden");
        app.put(&rea, &format!("{path}/holidays"), json!({})).await.problem(403, "forbidden");
        app.delete(&rea, &path).await.problem(403, "forbidden");
        assert_eq!(app.get(&rea, "/holiday-calendars").await.rows().len(), 1);
        app.get(&app.anonymous(), "/holiday-calendars").await.problem(401, "unauthenticated");
        let unknown: Value = json!({ "holiday_calendar_id": "holcal_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.patch(&rea, "/me", unknown).await.field(422, "/holiday_calendar_id");
    }
}
