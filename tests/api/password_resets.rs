//! Lost passwords.

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Conn;
use evenbar::db::schema::password_resets;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::invitations::{invite, link_to};
use crate::support::mail_links::follow;
use crate::support::{Browser, Person, Reply, TestApp};

const OLD: &str = "the password until now";
const NEW: &str = "the password from now on";

async fn ask(app: &TestApp, email: &str) -> Reply {
    app.post(&app.anonymous(), "/password-resets", json!({ "email": email })).await
}

/// Somebody with a password.
async fn with_password(app: &TestApp, email: &str) -> Value {
    let admin = app.person("Ada", OrgRole::Admin);
    let user = json!({
        "name": "Ines", "email": email, "role": "member", "time_zone": "Europe/Lisbon",
        "locale": "pt", "password": OLD,
    });
    app.post(&admin, "/users", user).await.created().clone()
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    let credentials = json!({ "email": email, "password": password });
    app.post(&app.anonymous(), "/sessions", credentials).await
}

/// How many mails of a kind there were.
fn mails(app: &TestApp, kind: MailKind) -> usize {
    app.deliver_mail();
    app.mails.mails().iter().filter(|mail| mail.kind == kind).count()
}

both! {
    async fn a_link_sets_another_password_and_ends_every_session(app) {
        with_password(&app, "ines@example.com").await;
        let session = sign_in(&app, "ines@example.com", OLD).await;
        let ines = Person { token: session.created()["access_token"].as_str().unwrap().to_owned(), ..app.anonymous() };
        app.get(&ines, "/me").await.ok();
        let mut held = Browser::new(&app);
        held.sign_in("ines@example.com", OLD).await.expect(303);

        ask(&app, "Ines@Example.com").await.expect(202);
        let path = link_to(&app, MailKind::PasswordReset, "ines@example.com");
        let mut browser = Browser::new(&app);
        browser.open(&path).await.ok();
        assert!(browser.html.contains("ines@example.com"));
        browser.submit(&path, &[("password", "short")]).await.expect(422);
        browser.submit(&path, &[("password", NEW)]).await.ok();
        assert!(browser.html.contains("Your password is set"));
        assert_eq!(browser.session(), None, "the link is no sign-in");

        app.get(&ines, "/me").await.problem(401, "unauthenticated");
        held.open("/account").await.expect(303);
        sign_in(&app, "ines@example.com", OLD).await.problem(401, "unauthenticated");
        sign_in(&app, "ines@example.com", NEW).await.created();
        browser.open(&path).await.expect(404);
        app.deliver_mail();
        let told = app.mails.mails();
        follow(&app, &told, MailKind::PasswordChanged).await;
        let told = told.iter().find(|mail| mail.kind == MailKind::PasswordChanged).expect("a mail");
        assert_eq!(told.to.email, "ines@example.com");
        assert!(!told.text.contains("/l/") && told.text.contains("https://hire.example.com/password-reset"));
    }

    async fn the_answer_is_the_same_whether_or_not_there_is_an_account(app) {
        with_password(&app, "ines@example.com").await;
        let admin = app.person("Olga", OrgRole::Owner);
        invite(&app, &admin, "invited@example.com").await;
        let gone = with_password(&app, "gone@example.com").await;
        let gone = format!("/users/{}/deactivation", gone["id"].as_str().unwrap());
        app.put(&admin, &gone, Value::Null).await.ok();
        let mut answers = Vec::new();
        for email in ["ines@example.com", "nobody@example.com", "invited@example.com", "gone@example.com"] {
            let (statements, reply) = app.statements(ask(&app, email)).await;
            reply.expect(202);
            answers.push((statements, reply.bytes.clone()));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(mails(&app, MailKind::PasswordReset), 1);
        let left = |conn: &mut Conn| Ok(password_resets::table.count().get_result::<i64>(conn)?);
        assert_eq!(app.db().read_here(left).unwrap(), 0, "addresses are forgotten at once");
        ask(&app, "nobody").await.field(422, "/email");
    }

    async fn an_account_gets_three_mails_an_hour_at_most(app) {
        with_password(&app, "ines@example.com").await;
        for _ in 0..5 {
            ask(&app, "ines@example.com").await.expect(202);
        }
        assert_eq!(mails(&app, MailKind::PasswordReset), 1, "only the newest link works and is sent");
        app.advance(TimeDelta::minutes(59));
        ask(&app, "ines@example.com").await.expect(202);
        assert_eq!(mails(&app, MailKind::PasswordReset), 1);
        app.advance(TimeDelta::minutes(2));
        ask(&app, "ines@example.com").await.expect(202);
        assert_eq!(mails(&app, MailKind::PasswordReset), 2);
    }

    async fn a_link_works_for_thirty_minutes_and_until_a_newer_one(app) {
        with_password(&app, "ines@example.com").await;
        ask(&app, "ines@example.com").await.expect(202);
        let first = link_to(&app, MailKind::PasswordReset, "ines@example.com");
        ask(&app, "ines@example.com").await.expect(202);
        let second = link_to(&app, MailKind::PasswordReset, "ines@example.com");
        Browser::new(&app).open(&first).await.expect(404);
        let mut late = Browser::new(&app);
        late.open(&second).await.ok();
        app.advance(TimeDelta::minutes(30));
        late.submit(&second, &[("password", NEW)]).await.expect(404);
        sign_in(&app, "ines@example.com", OLD).await.created();
    }

    async fn deactivation_ends_a_link(app) {
        let owner = app.person("Olga", OrgRole::Owner);
        let user = with_password(&app, "ines@example.com").await;
        let deactivation = format!("/users/{}/deactivation", user["id"].as_str().unwrap());
        ask(&app, "ines@example.com").await.expect(202);
        let path = link_to(&app, MailKind::PasswordReset, "ines@example.com");
        app.put(&owner, &deactivation, Value::Null).await.ok();
        app.delete(&owner, &deactivation).await.expect(204);
        Browser::new(&app).open(&path).await.expect(404);
    }

    async fn the_page_asks_for_the_link_and_tells_nothing(app) {
        with_password(&app, "ines@example.com").await;
        let mut said = Vec::new();
        for email in ["ines@example.com", "nobody@example.com"] {
            let mut browser = Browser::new(&app);
            browser.open("/password-reset").await.ok();
            browser.submit("/password-reset", &[("email", "nobody")]).await.expect(422);
            assert!(browser.html.contains("value=\"nobody\""), "what was typed stays");
            browser.submit("/password-reset", &[("email", email)]).await.ok();
            said.push(browser.html.replace(email, ""));
        }
        assert_eq!(said[0], said[1]);
        assert_eq!(mails(&app, MailKind::PasswordReset), 1);
    }

    async fn a_password_is_changed_by_whoever_knows_the_one_until_now(app) {
        with_password(&app, "ines@example.com").await;
        let (mut here, mut there) = (Browser::new(&app), Browser::new(&app));
        here.sign_in("ines@example.com", OLD).await.expect(303);
        there.sign_in("ines@example.com", OLD).await.expect(303);
        let before = here.session().cloned();
        here.open("/account/password").await.ok();
        let form = |current: &'static str, new: &'static str| {
            [("current_password", current), ("new_password", new)]
        };
        here.submit("/account/password", &form("wrong", NEW)).await.expect(422);
        assert!(here.html.contains("That is not your password.") && !here.html.contains("value=\"wrong\""));
        here.submit("/account/password", &form("", "short")).await.expect(422);
        assert!(here.html.contains("href=\"#current_password\"") && here.html.contains("href=\"#new_password\""));
        here.submit("/account/password", &form(OLD, NEW)).await.expect(303);
        assert_ne!(here.session().cloned(), before, "a new session has a new secret");
        here.open("/account").await.ok();
        there.open("/account").await.expect(303);
        sign_in(&app, "ines@example.com", OLD).await.problem(401, "unauthenticated");
        assert_eq!(mails(&app, MailKind::PasswordChanged), 1);
        let mut stranger = Browser::new(&app);
        let reply = stranger.open("/account/password").await;
        assert_eq!(reply.header("location"), Some("/sign-in?next=/account/password"));
        let forged = here.request(Method::POST, "/account/password").set_form(form(NEW, OLD));
        here.send(forged).await.expect(403);
    }
}
