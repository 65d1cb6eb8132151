//! Guessing passwords is slow, and keeps nobody out.

use chrono::TimeDelta;

use super::{PASSWORD, sign_in_from, with_password};
use crate::both;
use crate::support::{Reply, TestApp};

/// The seconds to wait, of somebody who is told to.
#[track_caller]
fn wait(reply: &Reply) -> i64 {
    reply.problem(429, "too_many_requests");
    reply.header("retry-after").unwrap().parse().unwrap()
}

async fn guess(app: &TestApp, address: &str, email: &str) -> Reply {
    sign_in_from(app, address, email, "not the password").await
}

both! {
    async fn the_wait_grows_has_a_ceiling_and_ends(app) {
        let ada = with_password(&app, "Ada");
        for email in [ada.email.as_str(), "nobody@example.com"] {
            for _ in 0..5 {
                guess(&app, "203.0.113.7", email).await.problem(401, "unauthenticated");
            }
            let mut waits = Vec::new();
            for _ in 0..8 {
                let hashes = app.state.passwords.computed();
                let seconds = wait(&guess(&app, "203.0.113.7", email).await);
                assert_eq!(app.state.passwords.computed(), hashes, "nothing was hashed");
                app.advance(TimeDelta::seconds(seconds));
                guess(&app, "203.0.113.7", email).await.problem(401, "unauthenticated");
                waits.push(seconds);
            }
            // Known and unknown accounts alike.
            assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
            app.advance(TimeDelta::hours(1));
        }
        sign_in_from(&app, "203.0.113.7", &ada.email, PASSWORD).await.created();
    }

    async fn whoever_is_right_begins_anew(app) {
        let ada = with_password(&app, "Ada");
        for _ in 0..3 {
            for _ in 0..4 {
                guess(&app, "203.0.113.7", &ada.email).await.problem(401, "unauthenticated");
            }
            sign_in_from(&app, "203.0.113.7", &ada.email, PASSWORD).await.created();
        }
    }

    async fn thousands_of_wrong_passwords_keep_the_owner_out_for_seconds(app) {
        let ada = with_password(&app, "Ada");
        sign_in_from(&app, "198.51.100.1", &ada.email, PASSWORD).await.created();
        app.advance(TimeDelta::hours(2));
        let hashes = app.state.passwords.computed();
        for n in 0..2_000 {
            let address = format!("10.{}.{}.1", n / 250 % 250, n % 250);
            let status = guess(&app, &address, &ada.email).await.status;
            assert!([401, 429].contains(&status), "{status}");
            if n % 100 == 0 {
                app.advance(TimeDelta::seconds(1));
            }
        }
        let hashed = app.state.passwords.computed() - hashes;
        assert!(hashed < 200, "{hashed} hashes");
        // From where she signed in before: at once.
        sign_in_from(&app, "198.51.100.1", &ada.email, PASSWORD).await.created();
        for n in 0..200 {
            guess(&app, &format!("10.251.{n}.1"), &ada.email).await;
        }
        // From anywhere else: after the wait that she is told.
        let seconds = wait(&sign_in_from(&app, "192.0.2.9", &ada.email, PASSWORD).await);
        assert!(seconds <= 10, "{seconds} seconds");
        app.advance(TimeDelta::seconds(seconds));
        sign_in_from(&app, "192.0.2.9", &ada.email, PASSWORD).await.created();
    }

    async fn a_subscriber_has_one_budget_for_all_their_addresses(app) {
        let ada = with_password(&app, "Ada");
        for n in 1..=5 {
            let address = format!("[2001:db8:1:2::{n}]");
            guess(&app, &address, &ada.email).await.problem(401, "unauthenticated");
        }
        assert_eq!(wait(&guess(&app, "[2001:db8:1:2:ffff::1]", &ada.email).await), 1);
        guess(&app, "[2001:db8:1:3::1]", &ada.email).await.problem(401, "unauthenticated");
    }

    async fn more_sign_ins_than_can_be_served_soon_are_told_to_come_back(app) {
        let app = &app;
        let tries = (0..200).map(|n| async move {
            let (address, email) = (format!("10.1.{n}.1"), format!("{n}@example.com"));
            sign_in_from(app, &address, &email, "not the password").await
        });
        let replies = futures_util::future::join_all(tries).await;
        let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
        assert!(!refused.is_empty());
        assert!(refused.iter().all(|reply| wait(reply) == 1));
        assert!(replies.iter().filter(|reply| reply.status == 401).count() >= 64);
    }
}
