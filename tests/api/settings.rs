//! The policy in its versions, and what it says of the people who work under it.

use std::collections::BTreeSet;
use std::fs;

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;

fn policy(changes: Value) -> Value {
    let mut policy = json!({ "reveal": "at_reveal", "scorecard_due_working_hours": 8, "recruiter_sees": "text" });
    for (field, value) in changes.as_object().unwrap() {
        policy[field] = value.clone();
    }
    policy
}

/// The tables whose rows name somebody who works here, by their migrations.
fn tables_about_staff() -> BTreeSet<String> {
    let names = [
        "actor_id",
        "author_id",
        "created_by",
        "decider_id",
        "driver_id",
        "head_id",
        "manager_id",
        "owner_id",
        "principal_id",
        "reader_id",
        "recipient_id",
        "session_id",
        "started_by",
        "user_id",
    ];
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let (mut found, mut table) = (BTreeSet::from(["users".to_owned()]), String::new());
    for folder in fs::read_dir(root).unwrap() {
        let up = fs::read_to_string(folder.unwrap().path().join("up.sql")).unwrap();
        for line in up.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split(' ').next().unwrap().to_owned();
            }
            let column = line.trim().split(' ').next().unwrap();
            if line.contains("REFERENCES users")
                || names.contains(&column)
                || column.ends_with("_by")
            {
                found.insert(table.clone());
            }
        }
    }
    found
}

both! {
    async fn how_much_of_a_candidates_time_is_long_is_policy(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let onsite = crate::support::onsite::Onsite::new(&app, 2).await;
        let path = |what: &str| format!("/loop-template-versions/{}/{what}", onsite.version);
        let long = async || {
            let found = app.get(&admin, &path("lint")).await.ok()["findings"].clone();
            found.as_array().unwrap().iter().any(|finding| finding["code"] == "too_long")
        };
        assert!(!long().await);
        assert_eq!(app.get(&admin, &path("cost")).await.ok()["candidate_minutes_limit"], 480);
        let stated = app.put(&admin, "/settings", policy(json!({ "candidate_minutes_limit": 90 }))).await;
        assert_eq!(stated.ok()["candidate_minutes_limit"], 90);
        assert!(long().await, "two hours are more than one and a half");
        assert_eq!(app.get(&admin, &path("cost")).await.ok()["candidate_minutes_limit"], 90);
        // What is absent stays.
        app.put(&admin, "/settings", policy(json!({}))).await.ok();
        assert!(long().await);
        for wrong in [29, 2401] {
            let change = policy(json!({ "candidate_minutes_limit": wrong }));
            app.put(&admin, "/settings", change).await.field(422, "/candidate_minutes_limit");
        }
    }

    async fn versions_tell_who_changed_what_and_when(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.put(&admin, "/settings", policy(json!({ "scorecard_due_working_hours": 16 }))).await.ok();
        app.put(&admin, "/settings", policy(json!({ "reveal": "early", "scorecard_due_working_hours": 16 }))).await.ok();
        let member = app.person("Max", OrgRole::Member);
        let (statements, versions) = app.statements(app.get(&member, "/settings/versions")).await;
        assert!(statements <= 3, "{statements}");
        let changes: Vec<&Value> = versions.rows().iter().map(|row| &row["changes"]).collect();
        assert_eq!(changes[0], &json!([{ "field": "reveal", "before": "at_reveal", "after": "early" }]));
        assert_eq!(changes[1], &json!([{ "field": "scorecard_due_working_hours", "before": 8, "after": 16 }]));
        assert_eq!(changes[2], &json!([]));
        assert_eq!(versions.rows()[0]["created_by"], json!(admin.id));
        assert_eq!(versions.rows()[0]["number"], 3);
        let first = app.get(&member, "/settings/versions?limit=1").await;
        assert_eq!(first.rows(), &versions.rows()[..1], "also where the version before is on the next page");
    }

    async fn only_an_owner_has_more_measured_about_people_and_says_why(app) {
        let (owner, admin) = (app.person("Olga", OrgRole::Owner), app.person("Ada", OrgRole::Admin));
        assert_eq!(app.get(&admin, "/settings").await.ok()["people_metrics"], "own_only");
        let wider = policy(json!({ "people_metrics": "aggregate", "people_metrics_reason": "To plan panels." }));
        app.put(&admin, "/settings", wider.clone()).await.problem(403, "forbidden");
        app.put(&owner, "/settings", policy(json!({ "people_metrics": "aggregate" }))).await
            .field(422, "/people_metrics_reason");
        let widened = app.put(&owner, "/settings", wider).await;
        assert_eq!(widened.ok()["people_metrics_reason"], "To plan panels.");
        let same = app.put(&admin, "/settings", policy(json!({ "reveal": "early" }))).await;
        assert_eq!(same.ok()["people_metrics"], "aggregate");
        assert_eq!(same.json["people_metrics_reason"], "To plan panels.");
        let narrowed = app.put(&admin, "/settings", policy(json!({ "people_metrics": "off" }))).await;
        assert_eq!(narrowed.ok()["people_metrics"], "off");
        assert!(narrowed.json["people_metrics_reason"].is_null());
        let back = policy(json!({ "people_metrics": "own_only", "people_metrics_reason": "As it was." }));
        app.put(&admin, "/settings", back.clone()).await.problem(403, "forbidden");
        app.put(&owner, "/settings", back).await.ok();
    }

    async fn everybody_reads_what_is_recorded_about_them(app) {
        let member = app.person("Max", OrgRole::Member);
        let statement = app.get(&member, "/settings/monitoring-statement").await;
        let text = statement.ok()["text"].as_str().unwrap();
        assert!(text.starts_with("# What is recorded about you"));
        for section in statement.json["sections"].as_array().unwrap() {
            for part in ["title", "recorded", "purpose", "kept", "seen_by"] {
                let words = section[part].as_str().unwrap();
                assert!(!words.is_empty() && text.contains(words), "{part}: {words}");
            }
        }
        let owner = app.person("Olga", OrgRole::Owner);
        let wider = policy(json!({ "people_metrics": "aggregate", "people_metrics_reason": "To plan panels." }));
        app.put(&owner, "/settings", wider).await.ok();
        let wider = app.get(&member, "/settings/monitoring-statement").await;
        assert!(wider.ok()["text"].as_str().unwrap().contains("To plan panels."));
        assert_ne!(wider.json["text"], statement.json["text"]);
    }

    async fn the_monitoring_statement_forgets_no_table_that_tells_of_staff(app) {
        let member = app.person("Max", OrgRole::Member);
        let statement = app.get(&member, "/settings/monitoring-statement").await;
        let sections = statement.ok()["sections"].as_array().unwrap();
        let tables = sections.iter().flat_map(|section| section["tables"].as_array().unwrap());
        let told: Vec<String> = tables.map(|table| table.as_str().unwrap().to_owned()).collect();
        let told_once: BTreeSet<String> = told.iter().cloned().collect();
        assert_eq!(told.len(), told_once.len(), "a table stands in one section");
        let mut about_staff = tables_about_staff();
        let registry = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/personal-data.md")).unwrap();
        let rows = registry.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let about_users = rows.filter(|(_, what)| what.starts_with("user"));
        about_staff.extend(about_users.map(|(column, _)| column.split('.').next().unwrap().to_owned()));
        assert_eq!(told_once, about_staff, "src/organization/settings/monitoring.rs");
    }
}
