//! Rubrics.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, Reply, TestApp};

/// An attribute with one level per letter; `a` is anchored.
pub fn attribute(name: &str, levels: &str) -> Value {
    let level = |letter| match letter {
        'a' => json!({ "label": "Label", "anchor": "Does it." }),
        _ => json!({ "label": "Label" }),
    };
    let levels: Vec<Value> = levels.chars().map(level).collect();
    json!({ "name": name, "pass_level": 2, "levels": levels })
}

async fn create(app: &TestApp, person: &Person, attributes: Value) -> Reply {
    let body = json!({ "name": "Backend", "version": { "attributes": attributes } });
    app.post(person, "/rubrics", body).await
}

/// The path of the newest version.
fn newest(rubric: &Value) -> String {
    format!("/rubric-versions/{}", rubric["versions"][0]["id"].as_str().expect("a version"))
}

/// A published version with two attributes, for other nouns.
pub async fn published(app: &TestApp, person: &Person) -> Value {
    let attributes = json!([attribute("Debugging", "aaa"), attribute("Clarity", "aa.a")]);
    let rubric = create(app, person, attributes).await.created().clone();
    let path = newest(&rubric);
    app.put(person, &format!("{path}/publication"), Value::Null).await.ok().clone()
}

fn hunting_twice() -> Value {
    let mut one = attribute("Hunting", "aa");
    one["key"] = json!("hunting");
    one
}

both! {
    async fn a_recruiter_defines_a_rubric_and_everybody_reads_it(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let member = app.person("Max", OrgRole::Member);
        let made = create(&app, &recruiter, json!([attribute("Debugging", "a.a")])).await;
        assert_eq!(made.created()["versions"][0]["state"], "draft");
        assert_eq!(made.json["versions"][0]["number"], 1);
        let location = format!("/api/v1/rubrics/{}", made.id());
        assert_eq!(made.header("location"), Some(location.as_str()));
        assert_eq!(app.get(&member, &format!("/rubrics/{}", made.id())).await.ok(), &made.json);
        let version = app.get(&member, &newest(&made.json)).await;
        let attribute = &version.ok()["attributes"][0];
        assert_eq!(attribute["name"], "Debugging");
        assert_eq!(attribute["pass_level"], 2);
        assert_eq!(attribute["levels"][2], json!({
            "level": 3, "value": 3, "label": "Label", "meaning": null, "anchor": "Does it.",
        }));
        assert_eq!(attribute["levels"][1]["anchor"], Value::Null);
        assert_eq!(version.json["rubric_id"], made.json["id"]);
        assert_eq!(app.event_kinds(), ["rubric.created", "rubric_version.drafted"]);
    }

    async fn a_member_defines_nothing(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let (member, nobody) = (app.person("Max", OrgRole::Member), app.anonymous());
        let made = create(&app, &admin, json!([])).await.created().clone();
        let (rubric, version) = (format!("/rubrics/{}", made["id"].as_str().unwrap()), newest(&made));
        let publication = format!("{version}/publication");
        create(&app, &member, json!([])).await.problem(403, "forbidden");
        app.patch(&member, &rubric, json!({ "name": "Mine" })).await.problem(403, "forbidden");
        app.post(&member, &format!("{rubric}/versions"), json!({})).await.problem(403, "forbidden");
        app.put(&member, &version, json!({ "attributes": [] })).await.problem(403, "forbidden");
        app.put(&member, &publication, Value::Null).await.problem(403, "forbidden");
        create(&app, &nobody, json!([])).await.problem(401, "unauthenticated");
        app.get(&nobody, "/rubrics").await.problem(401, "unauthenticated");
        app.get(&nobody, &version).await.problem(401, "unauthenticated");
        assert_eq!(app.event_kinds().len(), 2);
    }

    async fn a_draft_changes_until_it_is_published(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = create(&app, &admin, json!([attribute("Debugging", "."), attribute("Care", "aa")])).await;
        let path = newest(made.created());
        let draft = app.get(&admin, &path).await;
        let input = json!({ "attributes": [attribute("Care", "aaa"), attribute("Clarity", "aa")] });
        let changed = app.put_if(&admin, &path, &draft.etag(), input.clone()).await;
        let attributes = changed.ok()["attributes"].as_array().unwrap();
        assert_eq!(attributes.len(), 2);
        assert_eq!(attributes[0]["id"], draft.json["attributes"][1]["id"], "it kept its name");
        assert_ne!(attributes[1]["id"], draft.json["attributes"][0]["id"]);
        assert_eq!(attributes[0]["levels"].as_array().unwrap().len(), 3);
        app.put_if(&admin, &path, &draft.etag(), input.clone()).await.problem(412, "stale");

        let publication = format!("{path}/publication");
        let published = app.put(&admin, &publication, Value::Null).await;
        assert_eq!(published.ok()["state"], "published");
        assert!(published.json["published_at"].is_string());
        assert_eq!(published.json["attributes"], changed.json["attributes"]);
        app.put(&admin, &path, input).await.problem(409, "published");
        app.put(&admin, &publication, Value::Null).await.problem(409, "published");
        assert_eq!(app.get(&admin, &path).await.ok(), &published.json);
        let kinds = app.event_kinds();
        assert_eq!(kinds[2..], ["rubric_version.updated", "rubric_version.published"]);
    }

    async fn publishing_names_everything_that_is_missing(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = create(&app, &admin, json!([])).await;
        let path = newest(made.created());
        let publication = format!("{path}/publication");
        app.put(&admin, &publication, Value::Null).await.field(422, "/attributes");
        let bare = json!([attribute("Debugging", "a.a"), attribute("debugging", "."), attribute("Care", "aaaaaaaa")]);
        app.put(&admin, &path, json!({ "attributes": bare })).await.ok();
        let refused = app.put(&admin, &publication, Value::Null).await;
        refused.problem(422, "invalid");
        for pointer in [
            "/attributes/0/levels/1/anchor",
            "/attributes/1/name",
            "/attributes/1/levels",
            "/attributes/1/pass_level",
            "/attributes/1/levels/0/anchor",
            "/attributes/2/levels",
        ] {
            refused.field(422, pointer);
        }
        assert_eq!(refused.json["errors"].as_array().unwrap().len(), 6);
        assert_eq!(app.get(&admin, &path).await.ok()["state"], "draft");
    }

    async fn the_lint_tells_errors_from_doubts(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let marks = json!({
            "name": "Debugging", "direction": "descending", "pass_level": 1,
            "levels": [{ "label": "Poor", "anchor": "Guesses." }, { "label": "Fair" }, { "label": "Good", "anchor": "Finds it." }],
        });
        let made = create(&app, &admin, json!([marks, attribute("Care", "a")])).await;
        let path = newest(made.created());
        let values = app.get(&admin, &path).await;
        let values: Vec<_> = values.ok()["attributes"][0]["levels"].as_array().unwrap().iter().map(|l| l["value"].clone()).collect();
        assert_eq!(values, [3, 2, 1], "the worst level has the highest value");
        let lint = app.get(&admin, &format!("{path}/lint")).await;
        let found: Vec<_> = lint.ok()["findings"].as_array().unwrap().iter().map(|one| {
            let word = |key: &str| one[key].as_str().unwrap();
            assert!(word("detail").ends_with('.'));
            (word("severity"), word("code"), word("pointer"))
        }).collect();
        assert_eq!(found, [
            ("warning", "everybody_passes", "/attributes/0/pass_level"),
            ("error", "missing_anchor", "/attributes/0/levels/1/anchor"),
            ("error", "one_level", "/attributes/1/levels"),
            ("error", "pass_level_outside", "/attributes/1/pass_level"),
        ]);
        let refused = app.put(&admin, &format!("{path}/publication"), Value::Null).await;
        let errors: Vec<_> = refused.problem(422, "invalid")["errors"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert_eq!(errors, ["missing_anchor", "one_level", "pass_level_outside"]);
    }

    async fn an_attribute_stays_itself_over_versions_by_its_key(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let first = published(&app, &admin).await;
        assert_eq!(first["attributes"][0]["key"], "debugging");
        let versions = format!("/rubrics/{}/versions", first["rubric_id"].as_str().unwrap());
        let mut hunting = attribute("Bug hunting", "aa.a");
        hunting["key"] = json!("debugging");
        hunting["levels"][0]["anchor"] = json!("Guesses.");
        let next = json!({ "attributes": [attribute("Care", "aa"), hunting] });
        let second = app.post(&admin, &versions, next).await.created().clone();
        assert_eq!(second["attributes"][1]["key"], "debugging");
        let path = format!("/rubric-versions/{}/diff", second["id"].as_str().unwrap());
        let diff = app.get(&admin, &path).await;
        assert_eq!(diff.ok(), &json!({
            "from_version_id": first["id"], "to_version_id": second["id"],
            "added": [{ "key": "care", "name": "Care" }],
            "removed": [{ "key": "clarity", "name": "Clarity" }],
            "renamed": [{ "key": "debugging", "from": "Debugging", "to": "Bug hunting" }],
            "changed": [{
                "key": "debugging", "name": "Bug hunting", "description_changed": false,
                "scale_changed": true, "pass_level": null,
                "anchors": [
                    { "value": 1, "from": "Does it.", "to": "Guesses." },
                    { "value": 3, "from": "Does it.", "to": null },
                    { "value": 4, "from": null, "to": "Does it." },
                ],
            }],
            "reordered": false,
        }));
        let from = |id: &Value| format!("{path}?from={}", id.as_str().unwrap());
        assert_eq!(app.get(&admin, &from(&first["id"])).await.ok(), &diff.json);
        let same = app.get(&admin, &from(&second["id"])).await;
        assert_eq!(same.ok()["changed"], json!([]));
        let oldest = format!("/rubric-versions/{}/diff", first["id"].as_str().unwrap());
        let oldest = app.get(&admin, &oldest).await;
        assert_eq!((&oldest.ok()["from_version_id"], oldest.json["added"].as_array().unwrap().len()), (&Value::Null, 2));
        let other = published(&app, &admin).await;
        app.get(&admin, &from(&other["id"])).await.field(422, "/from");
        app.get(&admin, &from(&first["rubric_id"])).await.problem(422, "invalid");
        let twice = json!([hunting_twice(), hunting_twice()]);
        app.post(&admin, &versions, json!({ "attributes": twice })).await.field(422, "/attributes/1/key");
        create(&app, &admin, twice).await.field(422, "/version/attributes/1/key");
    }

    async fn a_key_names_one_rubric_for_good(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let named = |key: Value| json!({
            "key": key, "name": "Back-end: onsite", "attribution": "Somebody, CC0", "version": { "attributes": [] },
        });
        let first = app.post(&admin, "/rubrics", named(Value::Null)).await;
        assert_eq!(first.created()["key"], "back_end_onsite");
        assert_eq!(first.json["attribution"], "Somebody, CC0");
        let second = app.post(&admin, "/rubrics", named(Value::Null)).await;
        assert_eq!(second.created()["key"], "back_end_onsite_2");
        app.post(&admin, "/rubrics", named(json!("back_end_onsite"))).await.problem(409, "already_exists");
        app.post(&admin, "/rubrics", named(json!("Back end"))).await.field(422, "/key");
        let path = format!("/rubrics/{}", first.id());
        let renamed = app.patch(&admin, &path, json!({ "name": "Other", "attribution": null })).await;
        assert_eq!(renamed.ok()["key"], "back_end_onsite");
        assert_eq!(renamed.json["attribution"], Value::Null);
        app.patch(&admin, &path, json!({ "key": "other" })).await.problem(422, "unknown_field");
    }

    async fn the_next_draft_copies_the_newest_version_or_takes_what_it_is_given(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let first = published(&app, &admin).await;
        let versions = format!("/rubrics/{}/versions", first["rubric_id"].as_str().unwrap());
        let copy = app.post(&admin, &versions, json!({})).await;
        assert_eq!(copy.created()["number"], 2);
        assert_eq!(copy.json["state"], "draft");
        let location = format!("/api/v1/rubric-versions/{}", copy.id());
        assert_eq!(copy.header("location"), Some(location.as_str()));
        for (old, new) in [0, 1].map(|n| (&first["attributes"][n], &copy.json["attributes"][n])) {
            assert_ne!(old["id"], new["id"]);
            assert_eq!((&old["name"], &old["levels"]), (&new["name"], &new["levels"]));
        }
        let given = json!({ "attributes": [attribute("Care", "aa")] });
        let third = app.post(&admin, &versions, given).await;
        assert_eq!(third.created()["attributes"][0]["name"], "Care");
        let rubric = app.get(&admin, versions.trim_end_matches("/versions")).await;
        let numbers: Vec<_> = rubric.ok()["versions"].as_array().unwrap().iter().map(|v| &v["number"]).collect();
        assert_eq!(numbers, [3, 2, 1]);
    }

    async fn a_rubric_is_renamed_and_archived(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = create(&app, &admin, json!([])).await;
        let path = format!("/rubrics/{}", made.id());
        let archived = app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Old", "archived": true })).await;
        assert_eq!(archived.ok()["name"], "Old");
        assert!(archived.json["archived_at"].is_string());
        app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Mine" })).await.problem(412, "stale");
        assert!(app.get(&admin, "/rubrics?archived=false").await.rows().is_empty());
        assert_eq!(app.get(&admin, "/rubrics?archived=true").await.rows().len(), 1);
        assert_eq!(app.get(&admin, "/rubrics").await.rows().len(), 1);
        let back = app.patch(&admin, &path, json!({ "archived": false })).await;
        assert_eq!(back.ok()["archived_at"], Value::Null);
        assert_eq!(app.event_kinds()[2..], ["rubric.updated", "rubric.updated"]);
    }

    async fn bad_input_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let bad = |attribute: Value| create(&app, &admin, json!([attribute]));
        let with = |key: &str, value: Value| {
            let mut one = attribute("Care", "aa");
            one[key] = value;
            one
        };
        let at = "/version/attributes/0";
        bad(with("name", json!("x".repeat(121)))).await.field(422, &format!("{at}/name"));
        bad(with("pass_level", json!(0))).await.field(422, &format!("{at}/pass_level"));
        bad(with("pass_level", json!(11))).await.field(422, &format!("{at}/pass_level"));
        bad(with("pass_level", json!(1.5))).await.field(422, &format!("{at}/pass_level"));
        bad(with("levels", json!([]))).await.field(422, &format!("{at}/levels"));
        bad(attribute("Care", "aaaaaaaaaaa")).await.field(422, &format!("{at}/levels"));
        bad(with("weight", json!(2))).await.problem(422, "unknown_field");
        let long = json!([{ "label": "Label", "anchor": "x".repeat(2001) }]);
        bad(with("levels", long)).await.field(422, &format!("{at}/levels/0/anchor"));
        let many: Vec<Value> = (0..21).map(|n| attribute(&format!("A{n}"), "aa")).collect();
        create(&app, &admin, json!(many)).await.field(422, "/version/attributes");
        app.post(&admin, "/rubrics", json!({ "name": "Backend" })).await.field(422, "/version");
        app.get(&admin, "/rubrics?colour=red").await.problem(422, "unknown_field");
        app.get(&admin, "/rubrics/rubric_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        app.get(&admin, "/rubric-versions/rubric_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        let nowhere = "/rubrics/rubric_01jd3z3z3z3z3z3z3z3z3z3z3z/versions";
        app.post(&admin, nowhere, json!({})).await.problem(404, "not_found");
        let nowhere = "/rubric-versions/rubricver_01jd3z3z3z3z3z3z3z3z3z3z3z";
        app.put(&admin, nowhere, json!({ "attributes": [] })).await.problem(404, "not_found");
        app.put(&admin, &format!("{nowhere}/publication"), Value::Null).await.problem(404, "not_found");
        assert!(app.event_kinds().is_empty());
    }

    async fn the_largest_rubric_fits(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let many: Vec<Value> = (0..20).map(|n| attribute(&format!("A{n}"), "aaaaaaaaaa")).collect();
        let made = create(&app, &admin, json!(many)).await;
        let version = app.get(&admin, &newest(made.created())).await;
        let names: Vec<_> = version.ok()["attributes"].as_array().unwrap().iter().map(|a| a["name"].clone()).collect();
        assert_eq!(names, (0..20).map(|n| format!("A{n}")).collect::<Vec<_>>());
    }

    async fn a_second_click_makes_one_version(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = create(&app, &admin, json!([])).await.id();
        let path = format!("/rubrics/{rubric}/versions");
        let click = || {
            let request = app.request(&admin, Method::POST, &path).insert_header(("Idempotency-Key", "click"));
            app.send(request.set_json(json!({})))
        };
        let (first, second) = (click().await, click().await);
        assert_eq!(first.created(), second.created());
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
        let rubric = app.get(&admin, &format!("/rubrics/{rubric}")).await;
        assert_eq!(rubric.ok()["versions"].as_array().unwrap().len(), 2);
    }

    async fn versions_that_are_drafted_at_the_same_time_are_numbered_without_gaps(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let path = format!("/rubrics/{}", create(&app, &admin, json!([])).await.id());
        let versions = format!("{path}/versions");
        let drafts = (0..8).map(|_| app.post(&admin, &versions, json!({})));
        for draft in futures_util::future::join_all(drafts).await {
            draft.created();
        }
        let rubric = app.get(&admin, &path).await;
        let versions = rubric.ok()["versions"].as_array().unwrap().iter();
        let numbers: Vec<_> = versions.map(|version| version["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=9).rev().collect::<Vec<_>>());
    }

    async fn rubrics_are_read_in_few_statements(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for _ in 0..3 {
            published(&app, &admin).await;
        }
        let (statements, page) = app.statements(app.get(&admin, "/rubrics")).await;
        assert_eq!(page.rows().len(), 3);
        assert!(statements <= 3, "{statements}");
        let path = newest(&page.rows()[0]);
        let (statements, version) = app.statements(app.get(&admin, &path)).await;
        assert_eq!(version.ok()["attributes"].as_array().unwrap().len(), 2);
        assert!(statements <= 4, "{statements}");
    }
}
