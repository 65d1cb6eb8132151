//! Saved views: questions that people keep and share.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring;
use crate::support::{Person, Reply, TestApp};

fn view(name: &str, query: &str, shared_with: &str) -> Value {
    json!({ "name": name, "noun": "applications", "query": query, "shared_with": shared_with })
}

async fn names(app: &TestApp, person: &Person) -> Vec<String> {
    let page = app.get(person, "/saved-views").await;
    page.rows().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn keep(app: &TestApp, person: &Person, view: Value) -> Reply {
    app.post(person, "/saved-views", view).await
}

both! {
    async fn a_view_is_kept_changed_and_archived_by_its_owner(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let made = keep(&app, &rita, view("Waiting", "status=active&sort=stage_entered_at", "me")).await;
        assert_eq!(made.created()["query"], "status=active&sort=stage_entered_at");
        assert_eq!((&made.json["user_id"], &made.json["noun"]), (&json!(rita.id), &json!("applications")));
        let path = format!("/saved-views/{}", made.id());
        let change = json!({ "name": "Waiting long", "query": "stage_entered_at[lt]=2026-11-01T00:00:00Z" });
        let changed = app.patch_if(&rita, &path, &made.etag(), change.clone()).await;
        assert_eq!(changed.ok()["name"], "Waiting long");
        app.patch_if(&rita, &path, &made.etag(), change).await.problem(412, "stale");
        assert_eq!(names(&app, &rita).await, ["Waiting long"]);
        assert_eq!(app.get(&rita, "/saved-views?noun=jobs").await.rows().len(), 0);
        app.delete(&rita, &path).await.expect(204);
        assert!(names(&app, &rita).await.is_empty());
        assert!(app.get(&rita, &path).await.ok()["archived_at"].is_string());
        app.delete(&rita, &path).await.problem(404, "not_found");
        let kinds = ["saved_view.created", "saved_view.updated", "saved_view.archived"];
        assert_eq!(app.event_kinds(), kinds);
    }

    async fn a_question_that_the_list_would_refuse_is_not_kept(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        for query in [
            "status=lost", "shoes=red", "?status=active", "sort=name", "limit=x", "cursor=abc",
            "created_at[gt]=2026-11-01T00:00:00Z", "status=active&status=hired",
        ] {
            keep(&app, &rita, view("No", query, "me")).await.field(422, "/query");
        }
        let candidates = json!({ "name": "No", "noun": "candidates", "query": "email=ada@example.com", "shared_with": "me" });
        keep(&app, &rita, candidates).await.field(422, "/query");
        keep(&app, &rita, view("No", "status=active", "everybody")).await.field(422, "/shared_with");
        let jobs = json!({ "name": "Jobs", "noun": "jobs", "query": "sort=title", "shared_with": "me" });
        keep(&app, &rita, jobs).await.created();
    }

    async fn a_shared_view_shows_everybody_what_they_may_read_and_no_more(app) {
        let (rita, max) = (app.person("Rita", OrgRole::Recruiter), app.person("Max", OrgRole::Member));
        let job = hiring::job(&app);
        hiring::application(&app, &rita, &job).await;
        let own = keep(&app, &rita, view("Mine", "status=active", "me")).await;
        let shared = keep(&app, &rita, view("Ours", "status=active", "organization")).await;
        assert_eq!(names(&app, &max).await, ["Ours"]);
        app.get(&max, &format!("/saved-views/{}", own.id())).await.problem(404, "not_found");
        let path = format!("/saved-views/{}", shared.id());
        let query = app.get(&max, &path).await.ok()["query"].as_str().unwrap().to_owned();
        assert_eq!(app.get(&rita, &format!("/applications?{query}")).await.rows().len(), 1);
        assert_eq!(app.get(&max, &format!("/applications?{query}")).await.rows().len(), 0);
        app.patch(&max, &path, json!({ "name": "His" })).await.problem(403, "forbidden");
        app.delete(&max, &path).await.problem(403, "forbidden");
        app.patch(&rita, &path, json!({ "shared_with": "me" })).await.ok();
        assert!(names(&app, &max).await.is_empty());
        app.patch(&max, &path, json!({ "name": "His" })).await.problem(404, "not_found");
        app.get(&app.anonymous(), "/saved-views").await.problem(401, "unauthenticated");
    }

    async fn somebody_keeps_a_hundred_views_at_most(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        for number in 0..100 {
            keep(&app, &rita, view(&format!("View {number}"), "status=active", "me")).await.created();
        }
        keep(&app, &rita, view("One more", "status=active", "me")).await.problem(422, "invalid");
        let last = app.get(&rita, "/saved-views?limit=1").await.rows()[0]["id"].as_str().unwrap().to_owned();
        app.delete(&rita, &format!("/saved-views/{last}")).await.expect(204);
        keep(&app, &rita, view("One more", "status=active", "me")).await.created();
    }

    async fn the_views_of_somebody_who_leaves_are_archived(app) {
        let (rita, max) = (app.person("Rita", OrgRole::Recruiter), app.person("Max", OrgRole::Member));
        let olga = app.person("Olga", OrgRole::Owner);
        keep(&app, &rita, view("Ours", "status=active", "organization")).await.created();
        assert_eq!(names(&app, &max).await, ["Ours"]);
        app.put(&olga, &format!("/users/{}/deactivation", rita.id), json!({})).await.ok();
        assert!(names(&app, &max).await.is_empty());
    }
}
