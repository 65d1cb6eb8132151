//! What people say of themselves, and who sees it.

use actix_web::http::Method;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring::{job, join};
use crate::support::{Person, at_once};

both! {
    async fn somebody_who_says_nothing_works_from_monday_to_friday(app) {
        let max = app.person("Max", OrgRole::Member);
        let me = app.get(&max, "/me").await;
        let usual = json!([{ "from": "09:00", "to": "17:30" }]);
        assert_eq!(me.ok()["weekly_hours"]["monday"], usual);
        assert_eq!(me.json["weekly_hours"]["friday"], usual);
        assert_eq!(me.json["weekly_hours"]["saturday"], json!([]));
        assert_eq!((&me.json["holiday_calendar_id"], &me.json["manager_id"]), (&Value::Null, &Value::Null));
    }

    async fn people_change_their_own_profile(app) {
        let max = app.person("Max", OrgRole::Member);
        let before = app.get(&max, "/me").await;
        let hours = json!({ "monday": [{ "from": "07:00", "to": "11:00" }, { "from": "13:00", "to": "24:00" }] });
        let change = json!({ "name": "Max II", "time_zone": "Asia/Tokyo", "locale": "ja", "weekly_hours": hours });
        let changed = app.patch_if(&max, "/me", &before.etag(), change.clone()).await;
        assert_eq!(changed.ok()["name"], "Max II");
        assert_eq!((&changed.json["time_zone"], &changed.json["locale"]), (&json!("Asia/Tokyo"), &json!("ja")));
        assert_eq!(changed.json["weekly_hours"]["monday"], hours["monday"]);
        assert_eq!(changed.json["weekly_hours"]["tuesday"], json!([]));
        app.patch_if(&max, "/me", &before.etag(), change).await.problem(412, "stale");
        let usual = app.patch(&max, "/me", json!({ "weekly_hours": null })).await;
        assert_eq!(usual.ok()["weekly_hours"]["tuesday"][0]["to"], "17:30");
        assert_eq!(usual.json["name"], "Max II");
        assert_eq!(app.event_kinds(), ["user.updated", "user.updated"]);
        app.patch(&max, "/me", json!({ "role": "owner" })).await.problem(422, "unknown_field");
        app.patch(&max, "/me", json!({ "manager_id": null })).await.problem(422, "unknown_field");
    }

    async fn hours_that_are_none_are_refused_by_the_day(app) {
        let max = app.person("Max", OrgRole::Member);
        let interval = |from: &str, to: &str| json!({ "from": from, "to": to });
        for day in [
            json!([interval("17:00", "09:00")]),
            json!([interval("09:00", "12:00"), interval("11:00", "17:00")]),
            json!([interval("13:00", "17:00"), interval("08:00", "12:00")]),
            json!([interval("01:00", "02:00"), interval("03:00", "04:00"), interval("05:00", "06:00"), interval("07:00", "08:00")]),
            json!("always"),
        ] {
            let hours = json!({ "weekly_hours": { "friday": day } });
            app.patch(&max, "/me", hours).await.field(422, "/weekly_hours/friday");
        }
        let odd = json!({ "weekly_hours": { "friday": [interval("25:00", "26:00")] } });
        app.patch(&max, "/me", odd).await.field(422, "/weekly_hours/friday/0/from");
        app.patch(&max, "/me", json!({ "weekly_hours": { "someday": [] } })).await.problem(422, "unknown_field");
    }

    async fn hours_are_shown_to_those_who_schedule_and_to_nobody_else(app) {
        let member = app.person("Max", OrgRole::Member);
        let (manager, helper) = (app.person("Mia", OrgRole::Member), app.person("Hal", OrgRole::Member));
        let job = job(&app);
        join(&app, &job, &manager, TeamRole::HiringManager);
        join(&app, &job, &helper, TeamRole::Interviewer);
        let path = format!("/users/{}", helper.id);
        for role in [OrgRole::Recruiter, OrgRole::Coordinator, OrgRole::Admin, OrgRole::Owner] {
            let person = app.person("Rea", role);
            let seen = app.get(&person, &path).await;
            assert_eq!(seen.ok()["availability"]["weekly_hours"]["monday"][0]["from"], "09:00");
        }
        let seen = app.get(&manager, &path).await;
        assert_eq!(seen.ok()["availability"]["away"], false);
        for person in [&member, &helper] {
            let (statements, page) = app.statements(app.get(person, "/users")).await;
            assert!(statements <= 3, "{statements}");
            for row in page.rows() {
                assert_eq!(row["availability"].is_null(), row["id"] != json!(person.id), "{row}");
            }
        }
        let (statements, page) = app.statements(app.get(&manager, "/users")).await;
        assert!(statements <= 3, "{statements}");
        assert!(page.rows().iter().all(|row| row["availability"].is_object()));
    }

    async fn an_admin_changes_the_hours_and_the_manager_of_others(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let mia = app.person("Mia", OrgRole::Member);
        let path = format!("/users/{}", max.id);
        let hours = json!({ "monday": [{ "from": "10:00", "to": "14:00" }] });
        let changed = app.patch(&admin, &path, json!({ "manager_id": mia.id, "weekly_hours": hours })).await;
        assert_eq!(changed.ok()["manager_id"], json!(mia.id));
        assert_eq!(changed.json["availability"]["weekly_hours"]["monday"], hours["monday"]);
        assert_eq!(app.get(&max, "/me").await.ok()["manager_id"], json!(mia.id));
        let kept = app.patch(&admin, &path, json!({ "name": "Max II" })).await;
        assert_eq!(kept.ok()["manager_id"], json!(mia.id));
        let none = app.patch(&admin, &path, json!({ "manager_id": null })).await;
        assert_eq!(none.ok()["manager_id"], Value::Null);
        app.patch(&max, &format!("/users/{}", mia.id), json!({ "manager_id": max.id })).await.problem(403, "forbidden");
    }

    async fn nobody_stands_above_themselves(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let people: Vec<Person> = ["One", "Two", "Three"].map(|name| app.person(name, OrgRole::Member)).into();
        let manage = |who: &Person, manager: &Person| {
            let (admin, path, body) = (&admin, format!("/users/{}", who.id), json!({ "manager_id": manager.id }));
            let app = &app;
            async move { app.patch(admin, &path, body).await }
        };
        manage(&people[0], &people[0]).await.field(422, "/manager_id");
        manage(&people[0], &people[1]).await.ok();
        manage(&people[1], &people[2]).await.ok();
        manage(&people[2], &people[0]).await.field(422, "/manager_id");
        let unknown = json!({ "manager_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.patch(&admin, &format!("/users/{}", people[0].id), unknown).await.field(422, "/manager_id");
    }

    async fn two_people_who_become_each_others_managers_at_once_leave_one(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for _ in 0..3 {
            let pair = ["One", "Two"].map(|name| app.person(name, OrgRole::Member));
            let below = |who: &Person, manager: &Person| {
                let body = json!({ "manager_id": manager.id });
                (admin.clone(), Method::PATCH, format!("/users/{}", who.id), None, Some(body))
            };
            let calls = [below(&pair[0], &pair[1]), below(&pair[1], &pair[0])];
            let mut statuses = at_once(&app, calls.into_iter());
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 422]);
        }
    }
}
