//! Offices, the pay zones that they lie in, the ladder of levels, and sources.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;

fn office(name: &str) -> Value {
    json!({ "name": name, "time_zone": "Europe/Berlin", "country": "DE", "currency": "EUR" })
}

both! {
    async fn an_office_lies_in_a_zone_of_time_and_one_of_pay(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let zone = app.post(&admin, "/pay-zones", json!({ "name": "Germany" })).await;
        let mut new = office("Berlin");
        new["pay_zone_id"] = json!(zone.id());
        app.post(&member, "/offices", new.clone()).await.problem(403, "forbidden");
        let made = app.post(&admin, "/offices", new).await;
        assert_eq!(made.created()["country"], "DE");
        assert_eq!(made.json["pay_zone_id"], json!(zone.id()));
        let path = format!("/offices/{}", made.id());
        assert_eq!(app.get(&member, &path).await.ok(), &made.json);
        let moved = json!({ "time_zone": "Europe/Zurich", "country": "CH", "currency": "CHF", "pay_zone_id": null });
        let moved = app.patch_if(&admin, &path, &made.etag(), moved).await;
        assert_eq!((moved.ok()["country"].as_str(), moved.json["currency"].as_str()), (Some("CH"), Some("CHF")));
        assert!(moved.json["pay_zone_id"].is_null());
        app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Bern" })).await.problem(412, "stale");
        app.patch(&admin, &format!("/pay-zones/{}", zone.id()), json!({ "archived": true })).await.ok();
        app.patch(&admin, &path, json!({ "pay_zone_id": zone.id() })).await.field(422, "/pay_zone_id");
        let kinds = app.event_kinds();
        assert_eq!(kinds, ["pay_zone.created", "office.created", "office.updated", "pay_zone.updated"]);
    }

    async fn what_is_no_office_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for (field, value) in [
            ("name", json!("")),
            ("time_zone", json!("Berlin")),
            ("country", json!("XX")),
            ("country", json!("de")),
            ("country", json!("DEU")),
            ("currency", json!("XAU")),
            ("pay_zone_id", json!("payzone_01jd3z3z3z3z3z3z3z3z3z3z3z")),
        ] {
            let mut wrong = office("Berlin");
            wrong[field] = value;
            app.post(&admin, "/offices", wrong).await.field(422, &format!("/{field}"));
        }
        assert!(app.event_kinds().is_empty());
    }

    async fn a_name_stands_for_one_office_and_for_one_pay_zone(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.post(&admin, "/offices", office("Berlin")).await.created();
        app.post(&admin, "/offices", office(" BERLIN ")).await.problem(409, "already_exists");
        app.post(&admin, "/pay-zones", json!({ "name": "Germany" })).await.created();
        app.post(&admin, "/pay-zones", json!({ "name": "germany" })).await.problem(409, "already_exists");
        let other = app.post(&admin, "/pay-zones", json!({ "name": "Spain" })).await;
        let path = format!("/pay-zones/{}", other.id());
        app.patch(&admin, &path, json!({ "name": "GERMANY" })).await.problem(409, "already_exists");
    }

    async fn a_job_hires_for_offices_and_is_found_by_them(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let berlin = app.post(&admin, "/offices", office("Berlin")).await.id();
        let madrid = app.post(&admin, "/offices", office("Madrid")).await.id();
        let both = json!({ "title": "Engineer", "office_ids": [madrid, berlin] });
        let job = app.post(&admin, "/jobs", both).await;
        assert_eq!(job.created()["office_ids"], json!([madrid, berlin]));
        app.post(&admin, "/jobs", json!({ "title": "Nowhere" })).await.created();
        let (statements, found) = app.statements(app.get(&admin, &format!("/jobs?office_id={berlin}"))).await;
        assert_eq!(found.rows(), std::slice::from_ref(&job.json));
        assert!(statements <= 4, "{statements}");
        let path = format!("/jobs/{}", job.id());
        let moved = app.patch_if(&admin, &path, &job.etag(), json!({ "office_ids": [berlin] })).await;
        assert_eq!(moved.ok()["office_ids"], json!([berlin]));
        assert!(app.get(&admin, &format!("/jobs?office_id={madrid}")).await.rows().is_empty());
        app.patch(&admin, &path, json!({ "office_ids": [berlin, berlin] })).await.field(422, "/office_ids");
        app.patch(&admin, &format!("/offices/{madrid}"), json!({ "archived": true })).await.ok();
        app.patch(&admin, &path, json!({ "office_ids": [madrid] })).await.field(422, "/office_ids");
        assert_eq!(app.patch(&admin, &path, json!({ "office_ids": [] })).await.ok()["office_ids"], json!([]));
    }

    async fn levels_are_read_as_ladders(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let level = |track: &str, rank: i32| json!({ "name": format!("{track} {rank}"), "track": track, "rank": rank });
        for (track, rank) in [("engineering", 4), ("design", 2), ("engineering", 1), ("design", 1), ("engineering", 2)] {
            app.post(&admin, "/levels", level(track, rank)).await.created();
        }
        let (mut path, mut names) = ("/levels?limit=2".to_owned(), Vec::new());
        loop {
            let page = app.get(&admin, &path).await;
            names.extend(page.rows().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
            let Some(cursor) = page.json["next_cursor"].as_str() else { break };
            path = format!("/levels?limit=2&cursor={cursor}");
        }
        assert_eq!(names, ["design 1", "design 2", "engineering 1", "engineering 2", "engineering 4"]);
        assert_eq!(app.get(&admin, "/levels?track=design").await.rows().len(), 2);
        app.post(&admin, "/levels", level("design", 2)).await.problem(409, "already_exists");
    }

    async fn a_rank_is_free_again_when_its_level_is_archived(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let level = json!({ "name": "Senior", "track": "design", "rank": 2 });
        let old = format!("/levels/{}", app.post(&admin, "/levels", level.clone()).await.id());
        app.patch(&admin, &old, json!({ "archived": true })).await.ok();
        app.post(&admin, "/levels", level).await.created();
        app.patch(&admin, &old, json!({ "archived": false })).await.problem(409, "already_exists");
        app.patch(&admin, &old, json!({ "archived": false, "rank": 3 })).await.ok();
    }

    async fn a_source_says_how_candidates_come_by_it(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = app.post(&admin, "/sources", json!({ "name": "Friends", "kind": "referred" })).await;
        assert_eq!(made.created()["kind"], "referred");
        let plain = app.post(&admin, "/sources", json!({ "name": "Fair" })).await;
        assert_eq!(plain.created()["kind"], "other");
        let path = format!("/sources/{}", plain.id());
        assert_eq!(app.patch(&admin, &path, json!({ "kind": "sourced" })).await.ok()["kind"], "sourced");
        app.post(&admin, "/sources", json!({ "name": "X", "kind": "magic" })).await.field(422, "/kind");
    }
}
