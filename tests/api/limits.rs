//! How much one may ask for, counted apart for each person, address and kind of request.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::http::{Proxies, Quotas};
use serde_json::json;

use crate::both;
use crate::support::{Edge, Person, Reply, TestApp};

/// Two of each kind in a minute, behind a proxy in 10.0.0.0/8.
async fn narrow(app: &TestApp) -> TestApp {
    let two = || "2/60".parse().unwrap();
    let quotas = Quotas { read: two(), write: two(), expensive: two(), sign_in: two() };
    let trusted = serde_json::from_value(json!(["10.0.0.0/8"])).unwrap();
    app.behind(Edge {
        proxies: Proxies { trusted, ..Proxies::default() },
        quotas,
        ..Edge::default()
    })
    .await
}

/// A read by nobody, through a peer and with what it says about who asks.
async fn read_as(app: &TestApp, peer: &str, forwarded: &str) -> Reply {
    let request = TestRequest::get().uri("/.well-known/jwks.json").peer_addr(peer.parse().unwrap());
    app.send(request.insert_header(("X-Forwarded-For", forwarded))).await
}

async fn sign_in(app: &TestApp, person: &Person, peer: &str) -> Reply {
    let body = json!({ "email": "nobody@example.com", "password": "a wrong password" });
    let request = app.request(person, Method::POST, "/sessions").set_json(body);
    app.send(request.peer_addr(peer.parse().unwrap())).await
}

both! {
    async fn every_answer_says_what_is_left_and_a_refusal_when_to_come_back(app) {
        let app = narrow(&app).await;
        let ada = app.person("Ada", OrgRole::Admin);
        let first = app.get(&ada, "/departments").await;
        first.ok();
        assert_eq!(first.header("ratelimit-policy"), Some("\"read\";q=2;w=60"));
        assert_eq!(first.header("ratelimit"), Some("\"read\";r=1;t=60"));
        app.advance(TimeDelta::milliseconds(12_500));
        let second = app.get(&ada, "/departments/dept_01jd3z3z3z3z3z3z3z3z3z3z3z").await;
        second.problem(404, "not_found");
        assert_eq!(second.header("ratelimit"), Some("\"read\";r=0;t=48"));
        let refused = app.get(&ada, "/departments").await;
        refused.problem(429, "too_many_requests");
        assert_eq!(refused.header("retry-after"), Some("48"));
        assert_eq!(refused.header("ratelimit"), Some("\"read\";r=0;t=48"));
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        app.advance(TimeDelta::seconds(47));
        app.get(&ada, "/departments").await.problem(429, "too_many_requests");
        app.advance(TimeDelta::seconds(1));
        let again = app.get(&ada, "/departments").await;
        again.ok();
        assert_eq!(again.header("ratelimit"), Some("\"read\";r=1;t=60"));
    }

    async fn a_refused_request_reaches_neither_the_database_nor_the_log_of_events(app) {
        let app = narrow(&app).await;
        let ada = app.person("Ada", OrgRole::Admin);
        for name in ["Sales", "Design"] {
            app.post(&ada, "/departments", json!({ "name": name })).await.created();
        }
        let again = app.request(&ada, Method::POST, "/departments").set_json(json!({ "name": "Ops" }));
        let (_, refused) = app.statements(app.send(again)).await;
        refused.problem(429, "too_many_requests");
        for _ in 0..2 {
            app.get(&ada, "/departments").await.ok();
        }
        let (statements, refused) = app.statements(app.get(&ada, "/departments")).await;
        refused.problem(429, "too_many_requests");
        assert_eq!(statements, 0);
        assert_eq!(app.event_kinds(), ["department.created", "department.created"]);
    }

    async fn nobody_uses_up_what_belongs_to_somebody_else(app) {
        let app = narrow(&app).await;
        let (ada, bea) = (app.person("Ada", OrgRole::Admin), app.person("Bea", OrgRole::Admin));
        for _ in 0..3 {
            app.get(&ada, "/me").await;
        }
        app.get(&ada, "/me").await.problem(429, "too_many_requests");
        app.get(&bea, "/me").await.ok();
        app.post(&ada, "/departments", json!({ "name": "Sales" })).await.created();
        let mut forged = ada.clone();
        forged.token.replace_range(forged.token.len() - 4.., "AAAA");
        let from = |peer: &'static str| app.request(&forged, Method::GET, "/me").peer_addr(peer.parse().unwrap());
        for _ in 0..2 {
            app.send(from("192.0.2.7:1")).await.problem(401, "unauthenticated");
        }
        app.send(from("192.0.2.7:2")).await.problem(429, "too_many_requests");
        app.send(from("192.0.2.8:1")).await.problem(401, "unauthenticated");
    }

    async fn a_header_that_anybody_can_send_gives_no_new_quota(app) {
        let app = narrow(&app).await;
        read_as(&app, "192.0.2.7:1", "203.0.113.1").await.ok();
        read_as(&app, "192.0.2.7:2", "203.0.113.2").await.ok();
        read_as(&app, "192.0.2.7:3", "203.0.113.3").await.problem(429, "too_many_requests");
        // Behind the proxy the address that the proxy saw counts, whatever stands to its left.
        read_as(&app, "10.0.0.1:1", "203.0.113.9").await.ok();
        read_as(&app, "10.0.0.1:1", "6.6.6.6, 203.0.113.9").await.ok();
        read_as(&app, "10.0.0.1:1", "7.7.7.7, 203.0.113.9").await.problem(429, "too_many_requests");
        read_as(&app, "10.0.0.1:1", "203.0.113.8").await.ok();
    }

    async fn a_whole_network_of_ipv6_is_one(app) {
        let app = narrow(&app).await;
        read_as(&app, "[2001:db8:0:7::1]:1", "").await.ok();
        read_as(&app, "[2001:db8:0:7:ffff::2]:1", "").await.ok();
        read_as(&app, "[2001:db8:0:7:1:2:3:4]:1", "").await.problem(429, "too_many_requests");
        read_as(&app, "[2001:db8:0:8::1]:1", "").await.ok();
    }

    async fn attempts_to_sign_in_are_counted_by_address_whoever_makes_them(app) {
        let app = narrow(&app).await;
        let (ada, nobody) = (app.person("Ada", OrgRole::Admin), app.anonymous());
        sign_in(&app, &nobody, "192.0.2.7:1").await.problem(401, "unauthenticated");
        let second = sign_in(&app, &ada, "192.0.2.7:1").await;
        assert_eq!(second.header("ratelimit"), Some("\"sign_in\";r=0;t=60"));
        sign_in(&app, &ada, "192.0.2.7:1").await.problem(429, "too_many_requests");
        sign_in(&app, &nobody, "192.0.2.8:1").await.problem(401, "unauthenticated");
        app.get(&ada, "/me").await.ok();
    }

    async fn what_the_machine_asks_is_not_counted(app) {
        let app = narrow(&app).await;
        for path in ["/livez", "/readyz"].repeat(3) {
            let request = TestRequest::get().uri(path).peer_addr("192.0.2.7:1".parse().unwrap());
            let reply = app.send(request).await;
            reply.ok();
            assert_eq!(reply.header("ratelimit"), None);
        }
    }
}
