//! What every operation has in common: one shape for every error, tokens, limits, the document.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::json;

use crate::both;
use crate::support::Person;

both! {
    async fn an_unknown_path_is_a_problem(app) {
        let nobody = app.anonymous();
        app.get(&nobody, "/nothing/here").await.problem(404, "not_found");
        app.send(TestRequest::get().uri("/elsewhere")).await.problem(404, "not_found");
    }

    async fn a_known_path_with_another_method_names_the_methods_it_takes(app) {
        let reply = app.send(TestRequest::put().uri("/api/v1/departments")).await;
        reply.problem(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some("GET, HEAD, POST"));
        let one = TestRequest::post().uri("/api/v1/departments/dept_01jd3z3z3z3z3z3z3z3z3z3z3z");
        assert_eq!(app.send(one).await.header("allow"), Some("GET, HEAD, PATCH"));
        // A path that is written out is none of the pattern beside it, here `/sessions/{id}`.
        for other in [TestRequest::patch(), TestRequest::delete(), TestRequest::get()] {
            let reply = app.send(other.uri("/api/v1/sessions/renewals")).await;
            reply.problem(405, "method_not_allowed");
            assert_eq!(reply.header("allow"), Some("POST"));
        }
    }

    async fn the_head_of_an_answer_is_the_one_of_get(app) {
        let ada = app.person("Ada", OrgRole::Admin);
        for path in ["/departments", "/me", "/departments/dept_01jd3z3z3z3z3z3z3z3z3z3z3z"] {
            let whole = app.get(&ada, path).await;
            let head = app.send(app.request(&ada, Method::HEAD, path)).await;
            assert_eq!((head.status, head.header("etag")), (whole.status, whole.header("etag")), "{path}");
        }
        assert_eq!(app.send(TestRequest::with_uri("/sign-in").method(Method::HEAD)).await.status, 200);
    }

    async fn a_body_that_is_not_json_is_a_problem(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let send = |kind: &'static str, body: Vec<u8>| {
            let request = app.request(&admin, Method::POST, "/departments");
            app.send(request.insert_header(("content-type", kind)).set_payload(body))
        };
        send("application/json", b"{\"name\"".to_vec()).await.problem(400, "malformed_json");
        send("application/json", b"\xff\xfe".to_vec()).await.problem(400, "malformed_json");
        send("application/json", b"{\"name\":\"a\"} {}".to_vec()).await.problem(400, "malformed_json");
        let deep = format!("{{\"name\":{}{}}}", "[".repeat(400), "]".repeat(400));
        let deep = send("application/json", deep.into_bytes()).await;
        assert!(deep.status == 400 || deep.status == 422);
        send("text/plain", b"{\"name\":\"a\"}".to_vec()).await.problem(415, "unsupported_media_type");
        send("application/json; charset=latin1", b"{}".to_vec()).await.problem(415, "unsupported_media_type");
        let long = format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024));
        send("application/json", long.into_bytes()).await.problem(413, "payload_too_large");
        assert!(app.event_kinds().is_empty());
    }

    async fn a_forged_or_expired_token_is_refused(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.get(&admin, "/me").await.ok();
        let mut forged = admin.clone();
        forged.token.replace_range(forged.token.len() - 4.., "AAAA");
        app.get(&forged, "/me").await.problem(401, "unauthenticated");
        let mut nonsense = admin.clone();
        nonsense.token = "nonsense".to_owned();
        app.get(&nonsense, "/me").await.problem(401, "unauthenticated");
        app.advance(TimeDelta::minutes(11));
        app.get(&admin, "/me").await.problem(401, "unauthenticated");
        app.get(&app.again(&admin), "/me").await.ok();
    }

    async fn a_request_id_is_kept_when_it_is_harmless(app) {
        let send = |id: &'static str| app.send(TestRequest::get().uri("/livez").insert_header(("x-request-id", id)));
        assert_eq!(send("abc-123_XYZ").await.header("x-request-id"), Some("abc-123_XYZ"));
        assert_ne!(send("short").await.header("x-request-id"), Some("short"));
    }

    async fn a_key_is_remembered_for_three_days(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let create = |admin: &Person| {
            let request = app
                .request(admin, Method::POST, "/departments")
                .insert_header(("Idempotency-Key", "the-same"))
                .set_json(json!({ "name": "Sales" }));
            app.send(request)
        };
        let first = create(&admin).await.id();
        app.advance(TimeDelta::hours(71));
        evenbar::housekeeping::run(app.db()).unwrap();
        let replayed = create(&app.again(&admin)).await;
        assert_eq!(replayed.id(), first);
        assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
        app.advance(TimeDelta::hours(1));
        evenbar::housekeeping::run(app.db()).unwrap();
        let anew = create(&app.again(&admin)).await;
        assert_ne!(anew.id(), first);
    }

    async fn fifty_retries_at_once_make_one_row(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let retries = (0..50).map(|_| {
            let request = app
                .request(&admin, Method::POST, "/departments")
                .insert_header(("Idempotency-Key", "the-same"))
                .set_json(json!({ "name": "Sales" }));
            app.send(request)
        });
        let replies = futures_util::future::join_all(retries).await;
        assert!(replies.iter().any(|reply| reply.status == 201));
        for reply in &replies {
            if reply.status != 201 {
                reply.problem(409, "idempotency_key_in_use");
            }
        }
        assert_eq!(app.get(&admin, "/departments").await.rows().len(), 1);
        assert_eq!(app.event_kinds(), ["department.created"]);
    }

    async fn a_deactivated_or_signed_out_person_is_out_at_once(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        assert_eq!(app.delete(&admin, "/sessions/current").await.status, 204);
        app.get(&admin, "/me").await.problem(401, "unauthenticated");
    }
}

#[test]
fn the_committed_document_is_the_one_the_handlers_describe() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/evenbar-v1.json");
    let now = evenbar::http::openapi::as_json().unwrap();
    if crate::support::environment::required("EVENBAR_BLESS") {
        std::fs::write(path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == now,
        "openapi/evenbar-v1.json is not current; run `just bless` and read the diff"
    );
}

#[test]
fn every_operation_is_described_completely() {
    let document = serde_json::to_value(evenbar::http::openapi::document()).unwrap();
    let mut ids = std::collections::HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{name}: {id} is not unique");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
            assert!(
                operation["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{name}"
            );
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
            assert!(!operation["security"].is_null(), "{name}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].is_string(), "{name} {status}");
                if status.starts_with('4') || status.starts_with('5') {
                    assert!(
                        !response["content"]["application/problem+json"].is_null(),
                        "{name} {status}"
                    );
                }
            }
        }
    }
}
