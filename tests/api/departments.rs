//! Departments.

use evenbar::access::OrgRole;
use serde_json::json;

use crate::both;

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

    async fn a_retry_with_the_same_key_makes_one_department(app) {
        use actix_web::http::Method;
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
        use actix_web::http::Method;
        let admin = app.person("Ada", OrgRole::Admin);
        let made = app.post(&admin, "/departments", json!({ "name": "Sales" })).await;
        let path = format!("/departments/{}", made.id());
        let etag = app.get(&admin, &path).await.etag();
        let again = app.request(&admin, Method::GET, &path).insert_header(("If-None-Match", etag));
        assert_eq!(app.send(again).await.status, 304);
    }
}
