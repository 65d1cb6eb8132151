//! Links that act: what opening one does, and which work.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Conn;
use evenbar::db::schema::{capabilities, events, sessions, users};
use evenbar::mail::MailKind;
use serde_json::json;

use crate::both;
use crate::invitations::{invite, link_to};
use crate::support::mail_links::follow;
use crate::support::{Browser, TestApp};

/// Everything that opening a link could change.
fn state(app: &TestApp) -> (i64, Vec<Option<evenbar::clock::Instant>>, Vec<String>, i64) {
    let load = |conn: &mut Conn| {
        Ok((
            events::table.count().get_result(conn)?,
            capabilities::table.order(capabilities::id).select(capabilities::used_at).load(conn)?,
            users::table.order(users::id).select(users::state).load(conn)?,
            sessions::table.count().get_result(conn)?,
        ))
    };
    app.db().read_here(load).unwrap()
}

/// An invitation and a link to another password, as they were mailed.
async fn mailed(app: &TestApp) -> [String; 2] {
    let (owner, max) = (app.person("Olga", OrgRole::Owner), app.person("Max", OrgRole::Member));
    invite(app, &owner, "ines@example.com").await;
    app.post(&app.anonymous(), "/password-resets", json!({ "email": max.email })).await.expect(202);
    let invitation = link_to(app, MailKind::Invitation, "ines@example.com");
    [invitation, link_to(app, MailKind::PasswordReset, &max.email)]
}

both! {
    async fn following_the_links_of_mails_changes_nothing(app) {
        let paths = mailed(&app).await;
        follow(&app, &app.mails.mails(), MailKind::Invitation).await;
        follow(&app, &app.mails.mails(), MailKind::PasswordReset).await;
        for path in paths {
            Browser::new(&app).open(&path).await.ok();
        }
    }

    async fn whatever_is_wrong_with_a_link_the_answer_is_the_same(app) {
        let [invitation, reset] = mailed(&app).await;
        let mut answers = Vec::new();
        let mut browser = Browser::new(&app);
        browser.open("/l/unknown").await.expect(404);
        answers.push(browser.html.clone());
        browser.open(&reset).await.ok();
        browser.submit(&reset, &[("password", "the password from now on")]).await.ok();
        browser.open(&reset).await.expect(404);
        answers.push(browser.html.clone());
        app.advance(TimeDelta::days(7));
        browser.open(&invitation).await.expect(404);
        answers.push(browser.html.clone());
        for path in [invitation, reset, "/l/unknown".to_owned(), "/l/%00%ff".to_owned()] {
            browser.submit(&path, &[("password", "another one, and longer")]).await.expect(404);
            answers.push(browser.html.clone());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }

    async fn the_secret_of_a_link_is_stored_and_told_nowhere(app) {
        let paths = mailed(&app).await;
        let secrets: Vec<&str> = paths.iter().filter_map(|path| path.strip_prefix("/l/")).collect();
        let load = |conn: &mut Conn| {
            Ok((
                capabilities::table.select(capabilities::token_hash).load::<Vec<u8>>(conn)?,
                events::table.select(events::payload).load::<evenbar::db::types::Document>(conn)?,
            ))
        };
        let (hashes, payloads) = app.db().read_here(load).unwrap();
        let told = format!("{payloads:?}");
        for secret in secrets {
            assert_eq!(secret.len(), 43);
            assert!(hashes.iter().all(|hash| hash != secret.as_bytes()), "only hashes are stored");
            assert!(!told.contains(secret));
            let wrong = TestRequest::post().uri(&format!("/l/{secret}")).set_json(json!({}));
            let problem = app.send(wrong).await;
            problem.problem(415, "unsupported_media_type");
            assert!(!String::from_utf8_lossy(&problem.bytes).contains(secret));
            let below = TestRequest::get().uri(&format!("/l/{secret}/more"));
            let problem = app.send(below).await;
            assert!(!String::from_utf8_lossy(&problem.bytes).contains(secret));
            assert!(!problem.header("x-request-id").unwrap().contains(secret));
        }
    }

    async fn a_form_behind_a_link_is_taken_from_its_own_page_alone(app) {
        let [path, _] = mailed(&app).await;
        let fields = [("name", "Eve"), ("password", "a password of another"), ("time_zone", "UTC"), ("locale", "en")];
        let mut browser = Browser::new(&app);
        let before = state(&app);
        let bare = browser.request(Method::POST, &path).set_form(fields);
        browser.send(bare).await.expect(403);
        browser.open(&path).await.ok();
        let mut with_proof = fields.to_vec();
        let proof = browser.hidden("proof").unwrap();
        with_proof.push(("proof", &proof));
        let cross = browser.request(Method::POST, &path).set_form(&with_proof);
        browser.clone().send(cross.insert_header(("Sec-Fetch-Site", "cross-site"))).await.expect(403);
        let foreign = browser.request(Method::POST, &path).set_form(&with_proof);
        let foreign = foreign.insert_header(("Host", "hire.example.com"));
        browser.clone().send(foreign.insert_header(("Origin", "https://evil.example"))).await.expect(403);
        let other = Browser::new(&app);
        let stolen = other.request(Method::POST, &path).set_form(&with_proof);
        other.clone().send(stolen).await.expect(403);
        assert_eq!(state(&app), before);
        browser.submit(&path, &fields).await.expect(303);
    }
}
