//! Custom fields, and their values on what they belong to.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp};

/// Defines a field.
async fn field(
    app: &TestApp,
    admin: &Person,
    noun: &str,
    key: &str,
    kind: &str,
    audience: &str,
) -> String {
    let mut new =
        json!({ "noun": noun, "key": key, "name": key, "type": kind, "audience": audience });
    if kind.ends_with("select") {
        new["options"] = json!(["red", "blue"]);
    }
    app.post(admin, "/field-definitions", new).await.created()["id"].as_str().unwrap().to_owned()
}

both! {
    async fn an_administrator_defines_fields_and_everybody_reads_the_definitions(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let new = json!({
            "noun": "candidate", "key": "shirt", "name": "Shirt", "type": "single_select",
            "options": ["S", "M"], "audience": "everyone",
        });
        app.post(&member, "/field-definitions", new.clone()).await.problem(403, "forbidden");
        let made = app.post(&admin, "/field-definitions", new.clone()).await;
        assert_eq!(made.created()["options"], json!(["S", "M"]));
        app.post(&admin, "/field-definitions", new.clone()).await.problem(409, "already_exists");
        let path = format!("/field-definitions/{}", made.id());
        let changed = json!({ "name": "T-shirt", "options": ["S", "M", "L"], "audience": "recruiting" });
        let changed = app.patch_if(&admin, &path, &made.etag(), changed).await;
        assert_eq!(changed.ok()["options"], json!(["S", "M", "L"]));
        app.patch_if(&admin, &path, &made.etag(), json!({ "name": "X" })).await.problem(412, "stale");
        app.patch(&admin, &path, json!({ "key": "size" })).await.field(422, "/key");
        app.patch(&admin, &path, json!({ "type": "text" })).await.field(422, "/type");
        assert_eq!(app.get(&member, &path).await.ok(), &changed.json);
        assert_eq!(app.get(&member, "/field-definitions?noun=candidate").await.rows().len(), 1);
        assert!(app.get(&member, "/field-definitions?noun=job").await.rows().is_empty());
        assert_eq!(app.event_kinds(), ["field_definition.created", "field_definition.updated"]);
    }

    async fn what_is_no_field_names_what_is_wrong(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let new = json!({ "noun": "job", "key": "team", "name": "Team", "type": "text", "audience": "everyone" });
        for (changes, pointer) in [
            (json!({ "noun": "offer" }), "/noun"),
            (json!({ "key": "Team" }), "/key"),
            (json!({ "key": "2nd" }), "/key"),
            (json!({ "type": "colour" }), "/type"),
            (json!({ "audience": "nobody" }), "/audience"),
            (json!({ "options": ["a"] }), "/options"),
            (json!({ "type": "single_select" }), "/options"),
            (json!({ "type": "multi_select", "options": ["a", "a"] }), "/options/1"),
        ] {
            let mut wrong = new.clone();
            for (field, value) in changes.as_object().unwrap() {
                wrong[field] = value.clone();
            }
            app.post(&admin, "/field-definitions", wrong).await.field(422, pointer);
        }
        assert!(app.event_kinds().is_empty());
    }

    async fn values_are_a_merge_patch_checked_against_the_definitions(app) {
        let (admin, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        for (key, kind) in [("motto", "text"), ("score", "number"), ("colours", "multi_select"), ("buddy", "user")] {
            field(&app, &admin, "candidate", key, kind, "everyone").await;
        }
        let custom = json!({ "motto": " Onwards ", "colours": ["red"], "buddy": rita.id });
        let made = app.post(&rita, "/candidates", json!({ "name": "Ada", "custom": custom })).await;
        assert_eq!(made.created()["custom"], json!({ "motto": "Onwards", "colours": ["red"], "buddy": rita.id }));
        let path = format!("/candidates/{}", made.id());
        let patch = json!({ "custom": { "motto": null, "score": 1.5 } });
        let patched = app.patch_if(&rita, &path, &made.etag(), patch).await;
        assert_eq!(patched.ok()["custom"], json!({ "score": 1.5, "colours": ["red"], "buddy": rita.id }));
        let nobody = "user_01jd3z3z3z3z3z3z3z3z3z3z3z";
        for (custom, pointer) in [
            (json!({ "motto": "two\nlines" }), "/custom/motto"),
            (json!({ "score": "high" }), "/custom/score"),
            (json!({ "colours": ["green"] }), "/custom/colours"),
            (json!({ "buddy": nobody }), "/custom/buddy"),
            (json!({ "shoe/size": 5 }), "/custom/shoe~1size"),
            (json!([]), "/custom"),
        ] {
            app.patch(&rita, &path, json!({ "custom": custom })).await.field(422, pointer);
        }
        let (statements, list) = app.statements(app.get(&rita, "/candidates")).await;
        assert_eq!(list.rows()[0]["custom"], patched.json["custom"]);
        assert!(statements <= 5, "{statements}");
        let many: Value = (0..101).map(|n| (format!("key_{n}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
        app.patch(&rita, &path, json!({ "custom": many })).await.field(422, "/custom");
    }

    async fn values_of_an_archived_field_rest_until_it_comes_back(app) {
        let (admin, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let id = field(&app, &admin, "candidate", "motto", "text", "everyone").await;
        let new = json!({ "name": "Ada", "custom": { "motto": "Onwards" } });
        let path = format!("/candidates/{}", app.post(&rita, "/candidates", new).await.id());
        let definition = format!("/field-definitions/{id}");
        app.patch(&admin, &definition, json!({ "archived": true })).await.ok();
        assert_eq!(app.get(&rita, &path).await.ok()["custom"], json!({}));
        app.patch(&rita, &path, json!({ "custom": { "motto": "Back" } })).await.field(422, "/custom/motto");
        app.patch(&admin, &definition, json!({ "archived": false })).await.ok();
        assert_eq!(app.get(&rita, &path).await.ok()["custom"]["motto"], "Onwards");
    }

    async fn jobs_openings_and_applications_have_values_for_their_audience(app) {
        let (admin, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        for noun in ["job", "opening", "application"] {
            for audience in ["everyone", "recruiting", "compensation"] {
                field(&app, &admin, noun, audience, "text", audience).await;
            }
        }
        let all = json!({ "everyone": "a", "recruiting": "b", "compensation": "c" });
        let job = json!({ "title": "Engineer", "custom": all });
        let job = app.post(&rita, "/jobs", job).await;
        assert_eq!(job.created()["custom"], all);
        let path = format!("/jobs/{}", job.id());
        let opening = app.post(&rita, &format!("{path}/openings"), json!({ "count": 2, "custom": all })).await;
        assert_eq!(opening.created()["data"][1]["custom"], all);
        let opening = format!("/openings/{}", opening.json["data"][0]["id"].as_str().unwrap());
        let later = json!({ "target_start_on": "2027-01-01", "custom": { "everyone": "z" } });
        let later = app.patch(&rita, &opening, later).await;
        assert_eq!((&later.ok()["target_start_on"], &later.json["custom"]["everyone"]), (&json!("2027-01-01"), &json!("z")));
        app.put(&rita, &format!("{path}/publication"), Value::Null).await.ok();
        let ada = app.post(&rita, "/candidates", json!({ "name": "Ada" })).await.id();
        let application = json!({ "candidate_id": ada, "job_id": job.id(), "custom": all });
        let application = app.post(&rita, "/applications", application).await;
        assert_eq!(application.created()["custom"], all);

        let mate = app.person("Tia", OrgRole::Member);
        let seat = json!({ "user_id": mate.id, "role": "interviewer" });
        app.post(&rita, &format!("{path}/hiring-team"), seat).await.created();
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        let visible = |person: &Person, path: &str| {
            let (app, person, path) = (&app, person.clone(), path.to_owned());
            async move {
                let custom = app.get(&person, &path).await.ok()["custom"].clone();
                custom.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
            }
        };
        for path in [&path, &opening] {
            assert_eq!(visible(&mate, path).await, ["everyone"]);
            assert_eq!(visible(&coordinator, path).await, ["everyone", "recruiting"]);
            assert_eq!(visible(&admin, path).await.len(), 3);
        }
        let application = format!("/applications/{}", application.id());
        assert_eq!(visible(&coordinator, &application).await, ["everyone", "recruiting"]);
        let list = app.get(&mate, "/jobs").await;
        assert_eq!(list.rows()[0]["custom"], json!({ "everyone": "a" }));
    }

    async fn a_field_beyond_ones_audience_is_no_field(app) {
        let (admin, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        field(&app, &admin, "candidate", "expectation", "number", "compensation").await;
        let cora = app.person("Cora", OrgRole::Coordinator);
        let made = app.post(&rita, "/candidates", json!({ "name": "Ada", "custom": { "expectation": 70 } })).await;
        let path = format!("/candidates/{}", made.id());
        assert_eq!(app.get(&rita, &path).await.ok()["custom"], json!({ "expectation": 70 }));
        assert_eq!(app.get(&cora, &path).await.ok()["custom"], json!({}));
        assert_eq!(app.get(&cora, "/candidates").await.rows()[0]["custom"], json!({}));
        for key in ["expectation", "no_such_field"] {
            let refused = app.patch(&cora, &path, json!({ "custom": { key: 1 } })).await;
            refused.field(422, &format!("/custom/{key}"));
            assert!(String::from_utf8_lossy(&refused.bytes).contains("There is no such field"));
        }
    }
}
