//! Being away.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::at_once;

both! {
    async fn whoever_schedules_sees_that_somebody_is_away_and_not_why(app) {
        let (max, rea) = (app.person("Max", OrgRole::Member), app.person("Rea", OrgRole::Recruiter));
        let made = app.post(&max, "/me/time-off", json!({ "starts_on": "2026-11-24", "ends_on": "2026-11-25" })).await;
        assert_eq!(made.created()["user_id"], json!(max.id));
        assert_eq!(made.header("location"), Some(format!("/api/v1/time-off/{}", made.id()).as_str()));
        let why = json!({ "starts_on": "2026-12-24", "ends_on": "2026-12-25", "reason": "Rest." });
        app.post(&max, "/me/time-off", why).await.problem(422, "unknown_field");
        let path = format!("/users/{}", max.id);
        let away = |rea| {
            let (app, path) = (&app, &path);
            async move { app.get(&app.again(rea), path).await.ok()["availability"]["away"].clone() }
        };
        assert_eq!(away(&rea).await, false);
        // Monday, nine in Berlin; their Tuesday begins fifteen hours later.
        app.advance(TimeDelta::hours(15));
        assert_eq!(away(&rea).await, true);
        app.advance(TimeDelta::hours(48) - TimeDelta::microseconds(1));
        assert_eq!(away(&rea).await, true);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(away(&rea).await, false);
        assert_eq!(app.event_kinds(), ["time_off.created"]);
    }

    async fn a_day_follows_the_person_into_another_zone(app) {
        let max = app.person("Max", OrgRole::Member);
        app.post(&max, "/me/time-off", json!({ "starts_on": "2026-11-24", "ends_on": "2026-11-24" })).await.created();
        let path = format!("/users/{}", max.id);
        assert_eq!(app.get(&max, &path).await.ok()["availability"]["away"], false);
        app.advance(TimeDelta::hours(8));
        let max = app.again(&max);
        assert_eq!(app.get(&max, &path).await.ok()["availability"]["away"], false);
        app.patch(&max, "/me", json!({ "time_zone": "Asia/Tokyo" })).await.ok();
        assert_eq!(app.get(&max, &path).await.ok()["availability"]["away"], true);
    }

    async fn time_off_is_seen_by_the_person_and_those_who_manage_users(app) {
        let (max, admin) = (app.person("Max", OrgRole::Member), app.person("Ada", OrgRole::Admin));
        let rea = app.person("Rea", OrgRole::Recruiter);
        let span = json!({ "starts_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-24T12:00:00Z" });
        let made = app.post(&max, "/me/time-off", span).await;
        assert_eq!(made.created()["starts_on"], Value::Null);
        let path = format!("/time-off/{}", made.id());
        assert_eq!(app.get(&max, &path).await.ok(), &made.json);
        assert_eq!(app.get(&admin, &path).await.ok(), &made.json);
        app.get(&rea, &path).await.problem(404, "not_found");
        app.patch(&rea, &path, json!({})).await.problem(404, "not_found");
        app.delete(&rea, &path).await.problem(404, "not_found");
        let (statements, mine) = app.statements(app.get(&max, "/me/time-off")).await;
        assert_eq!(mine.rows(), &vec![made.json.clone()]);
        assert!(statements <= 3, "{statements}");
        let theirs = format!("/users/{}/time-off", max.id);
        assert_eq!(app.get(&admin, &theirs).await.rows().len(), 1);
        app.get(&rea, &theirs).await.problem(403, "forbidden");
        assert!(app.get(&rea, "/me/time-off").await.rows().is_empty());
        app.post(&rea, &theirs, json!({ "starts_on": "2026-12-24", "ends_on": "2026-12-24" })).await.problem(403, "forbidden");
        app.post(&admin, &theirs, json!({ "starts_on": "2026-12-24", "ends_on": "2026-12-24" })).await.created();
        assert_eq!(app.get(&max, "/me/time-off").await.rows().len(), 2);
    }

    async fn time_off_is_changed_and_taken_back(app) {
        let max = app.person("Max", OrgRole::Member);
        let made = app.post(&max, "/me/time-off", json!({ "starts_on": "2026-11-24", "ends_on": "2026-11-25" })).await;
        let path = format!("/time-off/{}", made.id());
        let longer = app.patch_if(&max, &path, &made.etag(), json!({ "ends_on": "2026-11-30" })).await;
        assert_eq!((&longer.ok()["starts_on"], &longer.json["ends_on"]), (&json!("2026-11-24"), &json!("2026-11-30")));
        app.patch_if(&max, &path, &made.etag(), json!({})).await.problem(412, "stale");
        app.patch(&max, &path, json!({ "starts_on": "2026-12-01" })).await.field(422, "/ends_on");
        app.patch(&max, &path, json!({ "starts_at": "2026-11-24T09:00:00Z" })).await.field(422, "/ends_at");
        let part = json!({ "starts_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-24T11:00:00Z" });
        let part = app.patch(&max, &path, part).await;
        assert_eq!(part.ok()["starts_on"], Value::Null);
        assert_eq!(part.json["ends_at"], "2026-11-24T11:00:00Z");
        assert_eq!(app.delete(&max, &path).await.status, 204);
        app.get(&max, &path).await.problem(404, "not_found");
        assert_eq!(app.event_kinds(), ["time_off.created", "time_off.updated", "time_off.updated", "time_off.removed"]);
    }

    async fn bad_spans_name_the_field(app) {
        let max = app.person("Max", OrgRole::Member);
        let mut refused = vec![
            (json!({}), "/starts_on"),
            (json!({ "starts_on": "2026-11-24" }), "/ends_on"),
            (json!({ "ends_at": "2026-11-24T09:00:00Z" }), "/starts_at"),
            (json!({ "starts_on": "2026-11-24", "ends_on": "2026-11-23" }), "/ends_on"),
            (json!({ "starts_on": "2026-11-24", "ends_on": "2028-11-23" }), "/ends_on"),
            (json!({ "starts_on": "2026-11-31", "ends_on": "2026-12-01" }), "/starts_on"),
        ];
        let mixed = json!({ "starts_on": "2026-11-24", "ends_at": "2026-11-24T09:00:00Z" });
        refused.push((mixed, "/starts_at"));
        for (span, pointer) in refused {
            app.post(&max, "/me/time-off", span).await.field(422, pointer);
        }
    }

    async fn nobody_is_away_twice_at_once(app) {
        let max = app.person("Max", OrgRole::Member);
        let days = |from: &str, to: &str| json!({ "starts_on": from, "ends_on": to });
        app.post(&max, "/me/time-off", days("2026-12-07", "2026-12-11")).await.created();
        app.post(&max, "/me/time-off", days("2026-12-11", "2026-12-12")).await.problem(409, "already_exists");
        // Midnight in Berlin is an hour before that of the calendar in UTC.
        let evening = |hour: u8| json!({ "starts_at": format!("2026-12-11T{hour}:00:00Z"), "ends_at": "2026-12-12T12:00:00Z" });
        app.post(&max, "/me/time-off", evening(22)).await.problem(409, "already_exists");
        let next = app.post(&max, "/me/time-off", evening(23)).await;
        next.created();
        let earlier = json!({ "starts_at": "2026-12-11T22:59:59Z" });
        app.patch(&max, &format!("/time-off/{}", next.id()), earlier).await.problem(409, "already_exists");
        let twice = (0..4).map(|_| (max.clone(), Method::POST, "/me/time-off".to_owned(), None, Some(days("2027-01-04", "2027-01-08"))));
        let mut statuses = at_once(&app, twice);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409]);
    }
}
