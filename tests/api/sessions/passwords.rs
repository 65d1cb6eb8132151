//! Passwords: which ones, and another one.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::schema::users;
use serde_json::{Value, json};

use super::{PASSWORD, holding, sign_in, sign_in_from, with_hash, with_password};
use crate::both;
use crate::support::{Person, TestApp};

const OTHER: &str = "another horse, another battery";

fn stored(app: &TestApp, person: &Person) -> String {
    let id = person.id;
    let load = move |conn: &mut evenbar::db::Conn| {
        let hash = users::table.find(id).select(users::password_hash);
        Ok(hash.first::<Option<String>>(conn)?)
    };
    app.db().read_here(load).unwrap().unwrap()
}

fn change(current: &str, new: &str) -> Value {
    json!({ "current_password": current, "new_password": new })
}

both! {
    async fn another_password_ends_every_other_session(app) {
        let ada = with_password(&app, "Ada");
        let phone = holding(&ada, sign_in(&app, &ada).await.created());
        assert_eq!(app.put(&phone, "/me/password", change(PASSWORD, OTHER)).await.status, 204);
        app.get(&phone, "/me").await.ok();
        app.get(&ada, "/me").await.problem(401, "unauthenticated");
        sign_in(&app, &ada).await.problem(401, "unauthenticated");
        sign_in_from(&app, "203.0.113.7", &ada.email, OTHER).await.created();
        assert!(app.event_kinds().contains(&"user.password_changed".to_owned()));
    }

    async fn the_current_password_must_be_right_and_cannot_be_guessed(app) {
        let ada = with_password(&app, "Ada");
        for _ in 0..5 {
            let wrong = app.put(&ada, "/me/password", change("wrong", OTHER)).await;
            assert_eq!(wrong.problem(422, "invalid")["errors"][0]["pointer"], "/current_password");
        }
        let refused = app.put(&ada, "/me/password", change(PASSWORD, OTHER)).await;
        refused.problem(429, "too_many_requests");
        assert_eq!(refused.header("retry-after"), Some("1"));
        // Whoever has no password is told the same.
        let max = app.person("Max", OrgRole::Member);
        app.put(&max, "/me/password", change("wrong", OTHER)).await.problem(422, "invalid");
    }

    async fn a_password_that_everybody_tries_first_is_refused(app) {
        let ada = with_password(&app, "Ada Lovelace");
        for new in ["elevenchars", "qwertyqwerty", "Ada Lovelace", "evenbar-evenbar"] {
            let refused = app.put(&ada, "/me/password", change(PASSWORD, new)).await;
            assert_eq!(refused.problem(422, "invalid")["errors"][0]["pointer"], "/new_password", "{new}");
        }
        let admin = app.person("Olga", OrgRole::Admin);
        let user = json!({
            "name": "Max Planck", "email": "max@example.com", "role": "member", "locale": "en",
            "time_zone": "Europe/Berlin", "password": "max@example.com",
        });
        let refused = app.post(&admin, "/users", user).await;
        assert_eq!(refused.problem(422, "invalid")["errors"][0]["pointer"], "/password");
    }

    async fn a_hash_by_weaker_parameters_is_made_anew_by_the_next_sign_in(app) {
        let weak = Params::new(8, 1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::default(), weak);
        let weak: PasswordHash = weak.hash_password(PASSWORD.as_bytes()).unwrap();
        let ada = with_hash(&app, "Ada", weak.to_string());
        sign_in_from(&app, "203.0.113.7", &ada.email, "wrong").await.problem(401, "unauthenticated");
        assert_eq!(stored(&app, &ada), weak.to_string());
        sign_in(&app, &ada).await.created();
        let renewed = stored(&app, &ada);
        assert_ne!(renewed, weak.to_string());
        sign_in(&app, &ada).await.created();
        assert_eq!(stored(&app, &ada), renewed);
    }
}
