//! Departments.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::json;

use crate::both;

use crate::support::{Person, TestApp, at_once};

/// Adds a department, and gives its id.
async fn below(app: &TestApp, admin: &Person, name: &str, parent: Option<&str>) -> String {
    let made = app.post(admin, "/departments", json!({ "name": name, "parent_id": parent })).await;
    made.created()["id"].as_str().unwrap().to_owned()
}

/// The names of the departments that a filter finds.
async fn names(app: &TestApp, person: &Person, filter: &str) -> Vec<String> {
    let found = app.get(person, &format!("/departments?{filter}")).await;
    found.rows().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

both! {
    async fn an_admin_adds_a_department_and_everybody_sees_it(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let made = app.post(&admin, "/departments", json!({ "name": " Engineering " })).await;
        assert_eq!(made.created()["name"], "Engineering");
        let location = made.header("location").unwrap().to_owned();
        assert_eq!(location, format!("/api/v1/departments/{}", made.id()));
        let seen = app.get(&member, &format!("/departments/{}", made.id())).await;
        assert_eq!(seen.ok(), &made.json);
        assert_eq!(app.get(&member, "/departments").await.rows().len(), 1);
        assert_eq!(app.event_kinds(), ["department.created"]);
    }

    async fn a_member_may_not_add_a_department(app) {
        let member = app.person("Max", OrgRole::Member);
        app.post(&member, "/departments", json!({ "name": "Sales" })).await.problem(403, "forbidden");
        let nobody = app.anonymous();
        app.post(&nobody, "/departments", json!({ "name": "Sales" })).await.problem(401, "unauthenticated");
        assert!(app.event_kinds().is_empty());
    }

    async fn bad_input_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.post(&admin, "/departments", json!({})).await.field(422, "/name");
        app.post(&admin, "/departments", json!({ "name": 5 })).await.field(422, "/name");
        app.post(&admin, "/departments", json!({ "name": "x".repeat(121) })).await.field(422, "/name");
        let unknown = app.post(&admin, "/departments", json!({ "name": "Sales", "colour": "red" })).await;
        unknown.problem(422, "unknown_field");
        unknown.field(422, "/colour");
        let parent = json!({ "name": "Sales", "parent_id": "dept_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.post(&admin, "/departments", parent).await.field(422, "/parent_id");
        let wrong_kind = json!({ "name": "Sales", "parent_id": "job_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.post(&admin, "/departments", wrong_kind).await.field(422, "/parent_id");
        app.get(&admin, "/departments/job_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        app.get(&admin, "/departments?colour=red").await.problem(422, "unknown_field");
    }

    async fn two_people_never_overwrite_each_other_unseen(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = app.post(&admin, "/departments", json!({ "name": "Sales" })).await;
        let path = format!("/departments/{}", made.id());
        app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Trade" })).await.ok();
        let late = app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Commerce" })).await;
        late.problem(412, "stale");
        assert_eq!(app.get(&admin, &path).await.ok()["name"], "Trade");
    }

    async fn a_department_never_lies_below_itself(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let above = app.post(&admin, "/departments", json!({ "name": "Product" })).await;
        let below = json!({ "name": "Design", "parent_id": above.id() });
        let below = app.post(&admin, "/departments", below).await;
        let path = format!("/departments/{}", above.id());
        app.patch(&admin, &path, json!({ "parent_id": below.id() })).await.field(422, "/parent_id");
    }

    async fn a_tree_is_opened_step_by_step(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let root = below(&app, &admin, "Product", None).await;
        let design = below(&app, &admin, "Design", Some(&root)).await;
        below(&app, &admin, "Research", Some(&design)).await;
        below(&app, &admin, "Sales", None).await;
        assert_eq!(names(&app, &admin, "roots=true").await, ["Sales", "Product"]);
        assert_eq!(names(&app, &admin, &format!("parent_id={root}")).await, ["Design"]);
        let path = format!("/departments/{design}");
        app.patch(&admin, &path, json!({ "parent_id": null })).await.ok();
        assert_eq!(names(&app, &admin, "roots=true").await, ["Sales", "Design", "Product"]);
        assert_eq!(names(&app, &admin, &format!("parent_id={design}")).await, ["Research"]);
    }

    async fn a_tree_is_at_most_twenty_levels_deep_with_all_that_is_moved(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let mut last = below(&app, &admin, "Level 1", None).await;
        for n in 2..=19 {
            last = below(&app, &admin, &format!("Level {n}"), Some(&last)).await;
        }
        let pair = below(&app, &admin, "Above", None).await;
        below(&app, &admin, "Below", Some(&pair)).await;
        let path = format!("/departments/{pair}");
        app.patch(&admin, &path, json!({ "parent_id": last })).await.field(422, "/parent_id");
        let leaf = below(&app, &admin, "Level 20", Some(&last)).await;
        let deeper = json!({ "name": "Level 21", "parent_id": leaf });
        app.post(&admin, "/departments", deeper).await.field(422, "/parent_id");
    }

    async fn two_moves_at_once_never_make_a_circle(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for round in 0..4 {
            let left = below(&app, &admin, &format!("Left {round}"), None).await;
            let right = below(&app, &admin, &format!("Right {round}"), None).await;
            let call = |id: &str, parent: &str| {
                let body = json!({ "parent_id": parent });
                (admin.clone(), Method::PATCH, format!("/departments/{id}"), None, Some(body))
            };
            let mut statuses = at_once(&app, [call(&left, &right), call(&right, &left)].into_iter());
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 422]);
        }
    }

    async fn a_department_is_archived_after_what_stands_on_it(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let root = below(&app, &admin, "Product", None).await;
        let leaf = below(&app, &admin, "Design", Some(&root)).await;
        let archive = json!({ "archived": true });
        let (root_path, leaf_path) = (format!("/departments/{root}"), format!("/departments/{leaf}"));
        app.patch(&admin, &root_path, archive.clone()).await.problem(409, "still_in_use");
        let job = app.post(&admin, "/jobs", json!({ "title": "Designer", "department_id": leaf })).await;
        app.patch(&admin, &leaf_path, archive.clone()).await.problem(409, "still_in_use");
        app.put(&admin, &format!("/jobs/{}/publication", job.id()), json!(null)).await.ok();
        app.put(&admin, &format!("/jobs/{}/closure", job.id()), json!(null)).await.ok();
        app.patch(&admin, &leaf_path, archive.clone()).await.ok();
        app.patch(&admin, &root_path, archive).await.ok();
        app.patch(&admin, &leaf_path, json!({ "archived": false })).await.problem(409, "not_ready");
        app.post(&admin, "/jobs", json!({ "title": "Designer", "department_id": leaf })).await
            .field(422, "/department_id");
        let new = json!({ "name": "Writing", "parent_id": root });
        app.post(&admin, "/departments", new).await.field(422, "/parent_id");
        assert_eq!(names(&app, &admin, "archived=true").await, ["Design", "Product"]);
        assert!(names(&app, &admin, "archived=false").await.is_empty());
        app.patch(&admin, &root_path, json!({ "archived": false })).await.ok();
        app.patch(&admin, &leaf_path, json!({ "archived": false })).await.ok();
    }

    async fn a_job_is_never_drafted_on_a_department_that_is_archived_meanwhile(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for round in 0..4 {
            let id = below(&app, &admin, &format!("Department {round}"), None).await;
            let archive = json!({ "archived": true });
            let archive = (admin.clone(), Method::PATCH, format!("/departments/{id}"), None, Some(archive));
            let job = json!({ "title": "Designer", "department_id": id });
            let job = (admin.clone(), Method::POST, "/jobs".to_owned(), None, Some(job));
            let statuses = at_once(&app, [archive, job].into_iter());
            assert!(statuses == [200, 422] || statuses == [409, 201], "{statuses:?}");
        }
    }

    async fn a_department_is_led_by_somebody_who_works_here(app) {
        let (admin, head) = (app.person("Ada", OrgRole::Admin), app.person("Hedy", OrgRole::Member));
        let new = json!({ "name": "Design", "head_id": head.id });
        let made = app.post(&admin, "/departments", new).await;
        assert_eq!(made.created()["head_id"], json!(head.id));
        let path = format!("/departments/{}", made.id());
        assert!(app.patch(&admin, &path, json!({ "head_id": null })).await.ok()["head_id"].is_null());
        let gone = app.get(&admin, &format!("/users/{}", head.id)).await.etag();
        app.put_if(&admin, &format!("/users/{}/deactivation", head.id), &gone, json!(null)).await.ok();
        app.patch(&admin, &path, json!({ "head_id": head.id })).await.field(422, "/head_id");
    }

    async fn a_retry_with_the_same_key_makes_one_department(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let request = |name: &str| {
            app.request(&admin, Method::POST, "/departments")
                .insert_header(("Idempotency-Key", "\"first-try\""))
                .set_json(json!({ "name": name }))
        };
        let first = app.send(request("Sales")).await;
        let second = app.send(request("Sales")).await;
        assert_eq!(first.created(), second.created());
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
        app.send(request("Trade")).await.problem(422, "idempotency_key_reused");
        assert_eq!(app.get(&admin, "/departments").await.rows().len(), 1);
    }

    async fn a_list_is_read_page_by_page(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for n in 0..5 {
            app.post(&admin, "/departments", json!({ "name": format!("Department {n}") })).await.created();
        }
        let (mut path, mut names) = ("/departments?limit=2".to_owned(), Vec::new());
        loop {
            let (statements, page) = app.statements(app.get(&admin, &path)).await;
            assert!(statements <= 3, "{statements}");
            names.extend(page.rows().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
            let Some(cursor) = page.json["next_cursor"].as_str() else { break };
            assert!(page.header("link").unwrap().contains("rel=\"next\""));
            path = format!("/departments?limit=2&cursor={cursor}");
        }
        let expected: Vec<String> = (0..5).rev().map(|n| format!("Department {n}")).collect();
        assert_eq!(names, expected);
        app.get(&admin, "/departments?cursor=AAAA").await.problem(400, "invalid_cursor");
    }

    async fn a_page_that_did_not_change_is_not_sent_again(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = app.post(&admin, "/departments", json!({ "name": "Sales" })).await;
        let path = format!("/departments/{}", made.id());
        let etag = app.get(&admin, &path).await.etag();
        let again = app.request(&admin, Method::GET, &path).insert_header(("If-None-Match", etag));
        assert_eq!(app.send(again).await.status, 304);
    }
}
