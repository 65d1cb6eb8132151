//! Signing in at a browser: cookies, forged forms, and where one goes.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Browser, TestApp};

const PASSWORD: &str = "seven hedgehogs under a hat";

/// Somebody with a password.
async fn somebody(app: &TestApp, email: &str) -> Value {
    let admin = app.person("Ada", OrgRole::Admin);
    let user = json!({
        "name": "Ines <b>", "email": email, "role": "member", "time_zone": "Europe/Lisbon",
        "locale": "pt", "password": PASSWORD,
    });
    app.post(&admin, "/users", user).await.created().clone()
}

both! {
    async fn somebody_signs_in_sees_their_account_and_signs_out(app) {
        somebody(&app, "ines@example.com").await;
        let mut browser = Browser::new(&app);
        assert_eq!(browser.open("/").await.header("location"), Some("/queue"));
        assert_eq!(browser.open("/account").await.header("location"), Some("/sign-in?next=/account"));
        browser.open("/sign-in?next=/account").await.ok();
        assert!(browser.html.contains("Example Ltd"));
        let entered = browser.submit("/sign-in", &[("email", "Ines@example.com"), ("password", PASSWORD)]).await;
        entered.expect(303);
        assert_eq!(entered.header("location"), Some("/account"));
        browser.open("/account").await.ok();
        assert!(browser.html.contains("Ines &lt;b&gt;") && browser.html.contains("ines@example.com"));
        assert_eq!(browser.open("/sign-in").await.header("location"), Some("/account"));
        browser.open("/account").await.ok();
        let held = browser.clone();
        let out = browser.submit("/sign-out", &[]).await;
        assert_eq!((out.status, out.header("location")), (303, Some("/sign-in")));
        assert_eq!(browser.session(), None);
        held.clone().open("/account").await.expect(303);
        browser.submit("/sign-out", &[]).await.expect(303);
        assert_eq!(app.event_kinds(), ["user.created", "session.started", "session.ended"]);
    }

    async fn a_wrong_password_says_so_and_keeps_the_address(app) {
        somebody(&app, "ines@example.com").await;
        let mut said = Vec::new();
        for email in ["ines@example.com", "nobody@example.com"] {
            let mut browser = Browser::new(&app);
            browser.sign_in(email, "not the password").await.expect(422);
            assert!(browser.html.contains(&format!("value=\"{email}\"")));
            assert!(browser.html.contains("The address or the password is wrong."));
            assert!(!browser.html.contains("not the password"));
            assert_eq!(browser.session(), None);
            let proof = browser.hidden("proof").unwrap();
            said.push(browser.html.replace(email, "").replace(&proof, ""));
        }
        assert_eq!(said[0], said[1]);
        let mut browser = Browser::new(&app);
        browser.sign_in("ines", PASSWORD).await.expect(422);
        assert!(browser.html.contains("href=\"#email\"") && browser.html.contains("<title>Error: "));
    }

    async fn the_cookie_of_a_page_opens_pages_and_never_the_api(app) {
        somebody(&app, "ines@example.com").await;
        let mut browser = Browser::new(&app);
        browser.sign_in("ines@example.com", PASSWORD).await.expect(303);
        let cookie = browser.session().unwrap().clone();
        for path in ["/api/v1/me", "/api/v1/users", "/api/v1/applications"] {
            app.send(browser.request(Method::GET, path)).await.problem(401, "unauthenticated");
        }
        let write = browser.request(Method::POST, "/api/v1/departments").set_json(json!({ "name": "X" }));
        app.send(write).await.problem(401, "unauthenticated");
        let (_, secret) = cookie.split_once('.').unwrap();
        for token in [cookie.as_str(), secret] {
            let bearer = TestRequest::get().uri("/api/v1/me");
            let bearer = bearer.insert_header(("Authorization", format!("Bearer {token}")));
            app.send(bearer).await.problem(401, "unauthenticated");
            app.post(&app.anonymous(), "/sessions/renewals", json!({ "refresh_token": token })).await
                .problem(401, "unauthenticated");
        }
    }

    async fn a_cookie_that_was_changed_or_belongs_to_nobody_opens_nothing(app) {
        somebody(&app, "ines@example.com").await;
        somebody(&app, "max@example.com").await;
        let (mut ines, mut max) = (Browser::new(&app), Browser::new(&app));
        ines.sign_in("ines@example.com", PASSWORD).await.expect(303);
        max.sign_in("max@example.com", PASSWORD).await.expect(303);
        let (own, other) = (ines.session().unwrap().clone(), max.session().unwrap().clone());
        let (session, secret) = own.split_once('.').unwrap();
        let (other_session, _) = other.split_once('.').unwrap();
        let wrong = [
            String::new(), "nonsense".to_owned(), session.to_owned(), format!("{session}."),
            format!("{other_session}.{secret}"), format!("{own}x"), format!(".{secret}"),
        ];
        for value in wrong {
            let mut browser = Browser::new(&app);
            browser.cookies.insert("__Host-evenbar".to_owned(), value.clone());
            browser.open("/account").await.expect(303);
        }
        let mut plain = Browser::new(&app);
        plain.cookies.insert("evenbar".to_owned(), own);
        plain.open("/account").await.expect(303);
    }

    async fn a_session_of_a_browser_ends_with_its_person_and_when_it_is_not_used(app) {
        let user = somebody(&app, "ines@example.com").await;
        let mut browser = Browser::new(&app);
        browser.sign_in("ines@example.com", PASSWORD).await.expect(303);
        for _ in 0..4 {
            app.advance(TimeDelta::days(6));
            browser.open("/account").await.ok();
        }
        app.advance(TimeDelta::days(6));
        browser.open("/account").await.expect(303);
        browser.sign_in("ines@example.com", PASSWORD).await.expect(303);
        app.advance(TimeDelta::days(7));
        browser.open("/account").await.expect(303);
        browser.sign_in("ines@example.com", PASSWORD).await.expect(303);
        let deactivation = format!("/users/{}/deactivation", user["id"].as_str().unwrap());
        let owner = app.person("Olga", OrgRole::Owner);
        app.put(&owner, &deactivation, Value::Null).await.ok();
        browser.open("/account").await.expect(303);
        browser.sign_in("ines@example.com", PASSWORD).await.expect(422);
    }

    async fn a_form_that_another_site_sends_signs_nobody_in_or_out(app) {
        somebody(&app, "ines@example.com").await;
        let credentials = [("email", "ines@example.com"), ("password", PASSWORD)];
        let mut victim = Browser::new(&app);
        let forged = victim.request(Method::POST, "/sign-in").set_form(credentials);
        victim.send(forged).await.expect(403);
        assert!(victim.html.contains("This form was not taken"));
        let mut attacker = Browser::new(&app);
        attacker.open("/sign-in").await.ok();
        victim.open("/sign-in").await.ok();
        let proof = attacker.hidden("proof").unwrap();
        let mut fields = credentials.to_vec();
        fields.push(("proof", &proof));
        let forged = victim.request(Method::POST, "/sign-in").set_form(&fields);
        victim.send(forged).await.expect(403);
        assert_eq!(victim.session(), None);

        victim.sign_in("ines@example.com", PASSWORD).await.expect(303);
        victim.open("/account").await.ok();
        let proof = victim.hidden("proof").unwrap();
        for (header, value) in [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")] {
            let forged = victim.request(Method::POST, "/sign-out").set_form([("proof", &proof)]);
            victim.clone().send(forged.insert_header((header, value))).await.expect(403);
        }
        let forged = victim.request(Method::POST, "/sign-out").set_form([("proof", "guessed")]);
        victim.clone().send(forged).await.expect(403);
        victim.open("/account").await.ok();
        let old = victim.request(Method::POST, "/sign-out").set_form([("proof", &proof)]);
        let old = old.insert_header(("Host", "hire.example.com"));
        victim.send(old.insert_header(("Origin", "https://hire.example.com"))).await.expect(303);
    }

    async fn signing_in_leads_to_known_pages_of_ours_alone(app) {
        somebody(&app, "ines@example.com").await;
        let mut browser = Browser::new(&app);
        let elsewhere = ["https://evil.example", "//evil.example", "/\\evil.example", "/account@evil", "/api/v1/me", "javascript:x", ""];
        for next in elsewhere {
            browser.cookies.clear();
            let escaped: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            browser.open(&format!("/sign-in?next={escaped}")).await.ok();
            assert!(!browser.html.contains("evil"));
            let typed = [("next", next), ("email", "ines@example.com"), ("password", PASSWORD)];
            assert_eq!(browser.submit("/sign-in", &typed).await.header("location"), Some("/account"));
        }
        browser.cookies.clear();
        browser.open("/sign-in?next=/account/password").await.ok();
        let known = browser.submit("/sign-in", &[("email", "ines@example.com"), ("password", PASSWORD)]).await;
        assert_eq!(known.header("location"), Some("/account/password"));
    }

    async fn a_browser_gets_a_new_secret_each_time_it_signs_in(app) {
        somebody(&app, "ines@example.com").await;
        let mut browser = Browser::new(&app);
        browser.sign_in("ines@example.com", PASSWORD).await.expect(303);
        let first = browser.session().unwrap().clone();
        let mut planted = Browser::new(&app);
        planted.cookies.insert("__Host-evenbar".to_owned(), first.clone());
        planted.cookies.insert("__Host-evenbar-form".to_owned(), "x".repeat(43));
        // Whoever planted a session must not share the one that is started in it.
        planted.open("/account").await.ok();
        planted.submit("/sign-out", &[]).await.expect(303);
        planted.sign_in("ines@example.com", PASSWORD).await.expect(303);
        assert_ne!(planted.session(), Some(&first));
    }
}
