//! What answers tell browsers and caches.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use evenbar::access::OrgRole;

use crate::both;
use crate::support::process::{Service, ask, evenbar};
use crate::support::{Reply, TestApp, scratch};

/// A page, an answer of the API, one that it has not, the documentation, and a refusal.
async fn of_each_kind(app: &TestApp) -> Vec<Reply> {
    let ada = app.person("Ada", OrgRole::Admin);
    let uris = ["/setup?token=none", "/api/v1/nothing", "/docs/", "/openapi.json", "/livez"];
    let mut replies = vec![app.get(&ada, "/me").await, app.get(&app.anonymous(), "/me").await];
    for uri in uris {
        replies.push(app.send(TestRequest::get().uri(uri)).await);
    }
    replies
}

both! {
    async fn every_answer_tells_browsers_to_do_nothing_with_it_but_show_it(app) {
        for reply in of_each_kind(&app).await {
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(reply.header("cross-origin-opener-policy"), Some("same-origin"));
            assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"));
            assert!(reply.header("permissions-policy").unwrap().contains("camera=()"));
            assert_eq!(reply.header("vary"), Some("Authorization, Cookie"));
            assert!(reply.header("cache-control").unwrap().contains("no-store"));
            let policy = reply.header("content-security-policy").unwrap();
            for part in ["default-src 'none'", "base-uri 'none'", "form-action '", "frame-ancestors 'none'"] {
                assert!(policy.contains(part), "{part} is not in {policy}");
            }
            assert!(!policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe"));
        }
    }

    async fn a_service_that_is_reached_over_tls_says_that_it_always_will_be(app) {
        for reply in of_each_kind(&app).await {
            let always = reply.header("strict-transport-security").unwrap();
            assert_eq!(always, "max-age=31536000; includeSubDomains");
        }
    }

    async fn no_other_origin_may_read_anything(app) {
        let ada = app.person("Ada", OrgRole::Admin);
        let origin = ("Origin", "https://elsewhere.example");
        let read = app.request(&ada, Method::GET, "/me").insert_header(origin);
        let asked = app.request(&ada, Method::OPTIONS, "/departments").insert_header(origin);
        let asked = asked.insert_header(("Access-Control-Request-Method", "POST"));
        for reply in [app.send(read).await, app.send(asked).await] {
            let granted = reply.headers.keys().find(|name| name.as_str().starts_with("access-control"));
            assert_eq!(granted, None);
        }
        app.send(app.request(&ada, Method::OPTIONS, "/departments")).await.problem(405, "method_not_allowed");
    }

    async fn the_metrics_are_not_served_beside_the_api(app) {
        app.send(TestRequest::get().uri("/metrics")).await.problem(404, "not_found");
    }
}

#[test]
fn the_metrics_are_served_where_the_settings_say_so_and_nowhere_else() {
    let folder = scratch("metrics");
    let mut serve = evenbar(&folder, &["serve"]);
    serve.env("EVENBAR_LISTEN", "127.0.0.1:0").env("EVENBAR_METRICS_LISTEN", "127.0.0.1:0");
    let mut service = Service::start(serve);
    assert_eq!(service.ask("GET", "/livez", "", "").0, 200);
    assert_eq!(service.ask("GET", "/metrics", "", "").0, 404);
    let inside = service.line_after("Metrics are at http://").replace("/metrics", "");
    let (status, text) = ask(&inside, "GET", "/metrics", "", "");
    assert_eq!(status, 200);
    assert!(text.contains("evenbar_http_requests_total"), "{text}");
    assert_eq!(ask(&inside, "GET", "/api/v1/me", "", "").0, 404);
    drop(service);
    std::fs::remove_dir_all(folder).unwrap();
}
