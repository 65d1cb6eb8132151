//! How long candidates are kept: rules, holds, and what a night does.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp, hiring};

/// A candidate whose application was withdrawn today.
async fn withdrawn(app: &TestApp, rita: &Person) -> String {
    let job = hiring::job(app);
    let application = hiring::application(app, rita, &job).await;
    app.put(rita, &format!("/applications/{application}/withdrawal"), json!({})).await.ok();
    let seen = app.get(rita, &format!("/applications/{application}")).await;
    seen.ok()["candidate_id"].as_str().unwrap().to_owned()
}

/// Lets so many days pass, and the night after them.
fn nights(app: &TestApp, days: i64) {
    evenbar::retention::arm(app.db()).unwrap();
    app.advance(TimeDelta::days(days));
    app.wake_timers();
}

async fn name(app: &TestApp, person: &Person, candidate: &str) -> Value {
    app.get(person, &format!("/candidates/{candidate}")).await.ok()["name"].clone()
}

both! {
    async fn a_night_tells_who_is_due_and_anonymizes_nobody_unless_it_is_turned_on(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let admin = app.person("Ada", OrgRole::Admin);
        let policy = app.get(&rita, "/retention-policy").await;
        assert_eq!((&policy.ok()["mode"], &policy.json["days"]["rejected"]), (&json!("list"), &json!(180)));
        let (first, second) = (withdrawn(&app, &rita).await, withdrawn(&app, &rita).await);
        let closed = app.clock.now();
        nights(&app, 1);
        let admin = app.again(&admin);
        let dues = app.get(&admin, "/retention-candidates").await;
        assert_eq!(dues.rows().len(), 2);
        assert_eq!(dues.rows()[1]["candidate_id"], json!(first));
        assert_eq!(dues.rows()[1]["retain_until"], json!(closed + TimeDelta::days(180)));
        assert!(!String::from_utf8(dues.bytes).unwrap().contains("Lovelace"));
        nights(&app, 181);
        // Nobody's session lasts half a year.
        let rita = app.person("Rhea", OrgRole::Recruiter);
        let admin = app.person("Alan", OrgRole::Admin);
        assert_eq!(name(&app, &rita, &first).await, "Ada Lovelace");

        let hold = json!({ "reason": "A claim." });
        app.post(&admin, &format!("/candidates/{second}/retention-holds"), hold).await.created();
        let on = json!({ "mode": "anonymize", "days": { "rejected": 180, "withdrawn": 180 } });
        app.put(&rita, "/retention-policy", on.clone()).await.problem(403, "forbidden");
        app.put(&admin, "/retention-policy", on).await.ok();
        nights(&app, 2);
        let (rita, admin) = (app.again(&rita), app.again(&admin));
        assert_eq!(name(&app, &rita, &first).await, "Anonymized candidate");
        assert_eq!(name(&app, &rita, &second).await, "Ada Lovelace");
        let runs = app.get(&admin, "/retention-runs").await;
        assert_eq!((&runs.rows()[0]["anonymized"], &runs.rows()[0]["mode"]), (&json!(1), &json!("anonymize")));
        let held = app.get(&admin, "/retention-candidates?due_before=2030-01-01T00:00:00Z").await;
        assert_eq!(held.rows().len(), 1);
        assert_eq!(held.rows()[0]["hold_ids"].as_array().unwrap().len(), 1);
        assert!(app.event_kinds().iter().any(|kind| kind == "retention_run.finished"));
    }

    async fn rules_name_offices_that_are_there_once(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let office = json!({ "name": "Berlin", "time_zone": "Europe/Berlin", "country": "DE", "currency": "EUR" });
        let office = app.post(&admin, "/offices", office).await.id();
        let rule = json!({ "office_id": office, "days": { "rejected": 730 } });
        let rules = |offices: Value| json!({ "mode": "list", "days": {}, "offices": offices });
        let twice = app.put(&admin, "/retention-policy", rules(json!([rule, rule]))).await;
        twice.field(422, "/offices/1/office_id");
        let stated = app.put(&admin, "/retention-policy", rules(json!([rule]))).await;
        assert_eq!((&stated.ok()["number"], &stated.json["offices"][0]["days"]["rejected"]), (&json!(1), &json!(730)));
        let long = json!({ "mode": "list", "days": { "rejected": 5000 } });
        app.put(&admin, "/retention-policy", long).await.field(422, "/days/rejected");
    }
}
