//! Tags, and the tags of candidates.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp, at_once};

/// Adds a tag, and gives its id.
async fn tag(app: &TestApp, person: &Person, name: &str) -> String {
    app.post(person, "/tags", json!({ "name": name })).await.created()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Adds a candidate with tags, and gives its id.
async fn tagged(app: &TestApp, person: &Person, name: &str, tags: &[&str]) -> String {
    let made = app.post(person, "/candidates", json!({ "name": name })).await;
    let path = format!("/candidates/{}/tags", made.id());
    app.put(person, &path, json!({ "tag_ids": tags })).await.ok();
    made.id()
}

/// The names of a candidate's tags.
fn names(candidate: &Value) -> Vec<&str> {
    candidate["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

both! {
    async fn recruiters_keep_the_list_of_tags(app) {
        let (rita, cora) = (app.person("Rita", OrgRole::Recruiter), app.person("Cora", OrgRole::Coordinator));
        let made = app.post(&rita, "/tags", json!({ "name": "Silver medallist" })).await;
        assert_eq!(made.created()["name"], "Silver medallist");
        app.post(&rita, "/tags", json!({ "name": "SILVER MEDALLIST" })).await.problem(409, "already_exists");
        app.post(&cora, "/tags", json!({ "name": "Alumni" })).await.problem(403, "forbidden");
        assert_eq!(app.get(&cora, "/tags").await.rows().len(), 1);
        let member = app.person("Max", OrgRole::Member);
        app.get(&member, "/tags").await.problem(403, "forbidden");
        let path = format!("/tags/{}", made.id());
        let renamed = app.patch_if(&rita, &path, &made.etag(), json!({ "name": "Runner-up" })).await;
        assert_eq!(renamed.ok()["name"], "Runner-up");
        app.patch_if(&rita, &path, &made.etag(), json!({ "name": "Second" })).await.problem(412, "stale");
        app.patch(&rita, &path, json!({ "archived": true })).await.ok();
        assert!(app.get(&rita, "/tags?archived=false").await.rows().is_empty());
        assert_eq!(app.event_kinds(), ["tag.created", "tag.updated", "tag.updated"]);
    }

    async fn a_candidate_has_tags_and_is_found_by_them(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (alumni, runner_up) = (tag(&app, &rita, "Alumni").await, tag(&app, &rita, "Runner-up").await);
        let made = app.post(&rita, "/candidates", json!({ "name": "Ada" })).await;
        assert_eq!(made.created()["tags"], json!([]));
        tagged(&app, &rita, "Grace", &[&alumni]).await;
        let path = format!("/candidates/{}/tags", made.id());
        let both = json!({ "tag_ids": [runner_up, alumni] });
        let tagged = app.put_if(&rita, &path, &made.etag(), both.clone()).await;
        assert_eq!(names(tagged.ok()), ["Alumni", "Runner-up"]);
        app.put_if(&rita, &path, &made.etag(), both).await.problem(412, "stale");
        let (statements, found) = app.statements(app.get(&rita, &format!("/candidates?tag_id={runner_up}"))).await;
        assert_eq!(found.rows(), std::slice::from_ref(&tagged.json));
        assert!(statements <= 4, "{statements}");
        assert_eq!(app.get(&rita, &format!("/candidates?tag_id={alumni}")).await.rows().len(), 2);
        app.put(&rita, &path, json!({ "tag_ids": [alumni, alumni] })).await.field(422, "/tag_ids/1");
        let unknown = json!({ "tag_ids": [alumni, "tag_01jd3z3z3z3z3z3z3z3z3z3z3z"] });
        app.put(&rita, &path, unknown).await.field(422, "/tag_ids/1");
        assert!(names(app.put(&rita, &path, json!({ "tag_ids": [] })).await.ok()).is_empty());
    }

    async fn an_archived_tag_stays_where_it_is_and_comes_to_nobody(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let alumni = tag(&app, &rita, "Alumni").await;
        let ada = tagged(&app, &rita, "Ada", &[&alumni]).await;
        let grace = tagged(&app, &rita, "Grace", &[]).await;
        app.patch(&rita, &format!("/tags/{alumni}"), json!({ "archived": true })).await.ok();
        let same = json!({ "tag_ids": [alumni] });
        app.put(&rita, &format!("/candidates/{ada}/tags"), same.clone()).await.ok();
        app.put(&rita, &format!("/candidates/{grace}/tags"), same).await.field(422, "/tag_ids/0");
    }

    async fn merging_two_tags_leaves_everybody_with_one_of_them(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (old, new) = (tag(&app, &rita, "Ex-colleague").await, tag(&app, &rita, "Alumni").await);
        let only = tagged(&app, &rita, "Ada", &[&old]).await;
        let both = tagged(&app, &rita, "Grace", &[&old, &new]).await;
        let path = format!("/tags/{old}/merger");
        app.put(&rita, &path, json!({ "into_id": old })).await.field(422, "/into_id");
        let merged = app.put(&rita, &path, json!({ "into_id": new })).await;
        assert_eq!(merged.ok()["name"], "Alumni");
        for candidate in [only, both] {
            assert_eq!(names(app.get(&rita, &format!("/candidates/{candidate}")).await.ok()), ["Alumni"]);
        }
        assert!(app.get(&rita, &format!("/tags/{old}")).await.ok()["archived_at"].is_string());
        app.put(&rita, &format!("/tags/{new}/merger"), json!({ "into_id": old })).await.field(422, "/into_id");
        assert_eq!(app.event_kinds().last().unwrap(), "tag.merged");
    }

    async fn an_agency_does_not_learn_what_recruiting_notes_of_whom_it_brought_in(app) {
        let (admin, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let agency = app.post(&admin, "/agencies", json!({ "name": "Search & Sons" })).await.id();
        let xenia = app.person("Xenia", OrgRole::Member);
        let external = json!({ "role": "external", "agency_id": agency });
        app.patch(&admin, &format!("/users/{}", xenia.id), external).await.ok();
        let hunch = json!({
            "noun": "candidate", "key": "hunch", "name": "Hunch", "type": "text", "audience": "recruiting",
        });
        app.post(&admin, "/field-definitions", hunch).await.created();
        let custom = json!({ "hunch": "Too good" });
        let guess = json!({ "name": "Grace", "custom": custom });
        app.post(&xenia, "/candidates", guess).await.field(422, "/custom/hunch");
        let points = json!([{ "kind": "email", "value": "grace@example.com" }]);
        let brought = json!({ "name": "Grace", "contact_points": points });
        let brought = app.post(&xenia, "/candidates", brought).await;
        assert_eq!(brought.created()["contact_points"][0]["value"], "grace@example.com");
        assert_eq!(brought.json["tags"], Value::Null);
        let path = format!("/candidates/{}", brought.id());
        let alumni = tag(&app, &rita, "Alumni").await;
        app.put(&rita, &format!("{path}/tags"), json!({ "tag_ids": [alumni] })).await.ok();
        app.patch(&rita, &path, json!({ "custom": custom })).await.ok();
        let list = app.get(&xenia, "/candidates").await;
        for shown in [app.get(&xenia, &path).await.ok(), &list.rows()[0]] {
            assert_eq!(shown["contact_points"], brought.json["contact_points"]);
            assert_eq!((&shown["tags"], &shown["custom"]), (&Value::Null, &json!({})));
        }
        assert!(app.get(&xenia, &format!("/candidates?tag_id={alumni}")).await.rows().is_empty());
        app.get(&xenia, "/settings/monitoring-statement").await.ok();
    }

    async fn nobody_keeps_a_tag_that_is_merged_at_the_same_moment(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let new = tag(&app, &rita, "Alumni").await;
        for round in 0..4 {
            let old = tag(&app, &rita, &format!("Alumni {round}")).await;
            let ada = tagged(&app, &rita, "Ada", &[]).await;
            let merge = (rita.clone(), Method::PUT, format!("/tags/{old}/merger"), None, Some(json!({ "into_id": new })));
            let put = (rita.clone(), Method::PUT, format!("/candidates/{ada}/tags"), None, Some(json!({ "tag_ids": [old] })));
            let statuses = at_once(&app, [merge, put].into_iter());
            let left = app.get(&rita, &format!("/candidates/{ada}")).await;
            match statuses[..] {
                [200, 200] => assert_eq!(names(left.ok()), ["Alumni"]),
                [200, 422] => assert!(names(left.ok()).is_empty()),
                _ => panic!("{statuses:?}"),
            }
        }
    }
}
