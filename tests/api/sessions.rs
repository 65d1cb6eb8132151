//! Signing in, staying signed in, signing out.

use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::users;
use evenbar::sessions::{NewPassword, Passwords};
use serde_json::json;

use crate::both;
use crate::support::{Person, TestApp};
use diesel::prelude::*;

const PASSWORD: &str = "correct horse battery staple";

fn with_password(app: &TestApp, name: &str) -> Person {
    let person = app.person(name, OrgRole::Member);
    let hash = Passwords::hash_here(&NewPassword::parse(PASSWORD.to_owned()).unwrap()).unwrap();
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

both! {
    async fn a_person_signs_in_and_is_who_they_are(app) {
        let ada = with_password(&app, "Ada");
        let nobody = app.anonymous();
        let email = ada.email.to_uppercase();
        let signed_in = app.post(&nobody, "/sessions", json!({ "email": email, "password": PASSWORD })).await;
        let token = signed_in.created()["access_token"].as_str().unwrap().to_owned();
        let me = app.get(&Person { token, ..ada.clone() }, "/me").await;
        assert_eq!(me.ok()["id"], ada.id.to_string());
        assert_eq!(me.json["role"], "member");
    }

    async fn an_unknown_address_and_a_wrong_password_get_the_same_answer(app) {
        let ada = with_password(&app, "Ada");
        let nobody = app.anonymous();
        let wrong = app.post(&nobody, "/sessions", json!({ "email": ada.email, "password": "wrong" })).await;
        let unknown = app.post(&nobody, "/sessions", json!({ "email": "x@example.com", "password": "wrong" })).await;
        wrong.problem(401, "unauthenticated");
        assert_eq!(wrong.json["detail"], unknown.problem(401, "unauthenticated")["detail"]);
    }

    async fn a_refresh_token_works_once_and_its_second_use_ends_the_session(app) {
        let ada = with_password(&app, "Ada");
        let nobody = app.anonymous();
        let first = app.post(&nobody, "/sessions", json!({ "email": ada.email, "password": PASSWORD })).await;
        let old = json!({ "refresh_token": first.created()["refresh_token"] });
        let second = app.post(&nobody, "/sessions/renewals", old.clone()).await;
        let token = second.created()["access_token"].as_str().unwrap().to_owned();
        let renewed = Person { token, ..ada.clone() };
        app.get(&renewed, "/me").await.ok();
        app.post(&nobody, "/sessions/renewals", old).await.problem(401, "unauthenticated");
        app.get(&renewed, "/me").await.problem(401, "unauthenticated");
        let newest = json!({ "refresh_token": second.json["refresh_token"] });
        app.post(&nobody, "/sessions/renewals", newest).await.problem(401, "unauthenticated");
    }
}
