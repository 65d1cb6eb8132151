//! Signing in, staying signed in, signing out.

mod devices;
mod passwords;
mod throttle;

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::users;
use evenbar::mail::MailKind;
use evenbar::sessions::{NewPassword, Passwords};
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::{Person, Reply, TestApp, answers_at_once};

const PASSWORD: &str = "correct horse battery staple";

fn with_password(app: &TestApp, name: &str) -> Person {
    let hash = Passwords::hash_here(&NewPassword::parse(PASSWORD.to_owned()).unwrap()).unwrap();
    with_hash(app, name, hash)
}

fn with_hash(app: &TestApp, name: &str, hash: String) -> Person {
    let person = app.person(name, OrgRole::Member);
    let id = person.id;
    let set = move |tx: &mut Tx<'_>| {
        diesel::update(users::table.find(id))
            .set(users::password_hash.eq(&hash))
            .execute(tx.conn)?;
        Ok(())
    };
    app.db().write_here(&app.db().unit(), set).unwrap();
    person
}

/// Tries to sign in from an address.
async fn sign_in_from(app: &TestApp, address: &str, email: &str, password: &str) -> Reply {
    let peer = format!("{address}:4711").parse().unwrap();
    let request = app.request(&app.anonymous(), Method::POST, "/sessions").peer_addr(peer);
    let request = request.insert_header(("User-Agent", "Firefox\u{9}145"));
    app.send(request.set_json(json!({ "email": email, "password": password }))).await
}

async fn sign_in(app: &TestApp, person: &Person) -> Reply {
    sign_in_from(app, "203.0.113.7", &person.email, PASSWORD).await
}

async fn renew(app: &TestApp, tokens: &Value) -> Reply {
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    app.post(&app.anonymous(), "/sessions/renewals", body).await
}

/// The person with the access token of an answer.
fn holding(person: &Person, tokens: &Value) -> Person {
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    Person { token, ..person.clone() }
}

both! {
    async fn a_person_signs_in_and_is_who_they_are(app) {
        let ada = with_password(&app, "Ada");
        let email = ada.email.to_uppercase();
        let signed_in = sign_in_from(&app, "203.0.113.7", &email, PASSWORD).await;
        let me = app.get(&holding(&ada, signed_in.created()), "/me").await;
        assert_eq!(me.ok()["id"], ada.id.to_string());
        assert_eq!(me.json["role"], "member");
    }

    async fn an_unknown_address_and_a_wrong_password_get_the_same_answer_by_the_same_work(app) {
        let ada = with_password(&app, "Ada");
        let before = app.state.passwords.computed();
        let wrong = sign_in_from(&app, "203.0.113.7", &ada.email, "wrong").await;
        let between = app.state.passwords.computed();
        let unknown = sign_in_from(&app, "203.0.113.7", "x@example.com", "wrong").await;
        let after = app.state.passwords.computed();
        wrong.problem(401, "unauthenticated");
        assert_eq!(wrong.json["detail"], unknown.problem(401, "unauthenticated")["detail"]);
        assert_eq!((between - before, after - between), (1, 1), "hashes");
    }

    async fn a_used_refresh_token_gives_the_same_successor_for_thirty_seconds(app) {
        let ada = with_password(&app, "Ada");
        let first = sign_in(&app, &ada).await.created().clone();
        let second = renew(&app, &first).await.created().clone();
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        assert_eq!(second["expires_at"], first["expires_at"], "a renewal is no new session");
        app.advance(TimeDelta::seconds(30));
        let again = renew(&app, &first).await.created().clone();
        assert_eq!(again["refresh_token"], second["refresh_token"]);
        app.get(&holding(&ada, &again), "/me").await.ok();
        renew(&app, &again).await.created();
    }

    async fn a_refresh_token_that_comes_back_later_ends_the_session_and_its_owner_is_told(app) {
        let ada = with_password(&app, "Ada");
        let first = sign_in(&app, &ada).await.created().clone();
        let second = renew(&app, &first).await.created().clone();
        app.get(&holding(&ada, &second), "/me").await.ok();
        app.advance(TimeDelta::seconds(31));
        renew(&app, &first).await.problem(401, "unauthenticated");
        app.get(&holding(&ada, &second), "/me").await.problem(401, "unauthenticated");
        renew(&app, &second).await.problem(401, "unauthenticated");
        let reuses = |kinds: Vec<String>| kinds.iter().filter(|kind| *kind == "session.reuse_detected").count();
        assert_eq!(reuses(app.event_kinds()), 1);
        app.deliver_mail();
        let mails = app.mails.mails();
        follow(&app, &mails, MailKind::SessionReuse).await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to.email, ada.email);
        assert_eq!(mails[0].subject, "One of your sessions was ended");
        assert!(mails[0].text.contains("Mon 23 Nov 2026, 09:00 (Europe/Berlin)"), "{}", mails[0].text);
    }

    async fn a_refresh_token_whose_successor_was_used_ends_the_session_at_once(app) {
        let ada = with_password(&app, "Ada");
        let first = sign_in(&app, &ada).await.created().clone();
        let second = renew(&app, &first).await.created().clone();
        let third = renew(&app, &second).await.created().clone();
        renew(&app, &first).await.problem(401, "unauthenticated");
        app.get(&holding(&ada, &third), "/me").await.problem(401, "unauthenticated");
        renew(&app, &third).await.problem(401, "unauthenticated");
    }

    async fn fifty_renewals_at_once_get_the_same_successor_and_lock_nobody_out(app) {
        let ada = with_password(&app, "Ada");
        let first = sign_in(&app, &ada).await.created().clone();
        let body = json!({ "refresh_token": first["refresh_token"] });
        let call = || (app.anonymous(), Method::POST, "/sessions/renewals".to_owned(), None, Some(body.clone()));
        let answers = answers_at_once(&app, std::iter::repeat_with(call).take(50));
        let (_, second) = answers[0].clone();
        for (status, tokens) in &answers {
            assert_eq!(*status, 201, "{tokens}");
            assert_eq!(tokens["refresh_token"], second["refresh_token"]);
        }
        app.get(&holding(&ada, &second), "/me").await.ok();
        renew(&app, &second).await.created();
    }

    async fn a_renewal_that_meets_the_use_of_its_successor_never_leaves_two_tokens(app) {
        for _ in 0..10 {
            let ada = with_password(&app, "Ada");
            let first = sign_in(&app, &ada).await.created().clone();
            let second = renew(&app, &first).await.created().clone();
            let call = |tokens: &Value| {
                let body = json!({ "refresh_token": tokens["refresh_token"] });
                (app.anonymous(), Method::POST, "/sessions/renewals".to_owned(), None, Some(body))
            };
            let answers = answers_at_once(&app, [call(&first), call(&second)].into_iter());
            let (again, third) = (&answers[0], &answers[1]);
            // Whichever came first: the old token gave the same successor, or it ended the session.
            if again.0 == 201 {
                assert_eq!(again.1["refresh_token"], second["refresh_token"]);
                renew(&app, &third.1).await.created();
            } else {
                app.get(&holding(&ada, &second), "/me").await.problem(401, "unauthenticated");
            }
        }
    }
}
