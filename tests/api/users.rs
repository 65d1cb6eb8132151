//! The people who sign in.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::Person;

fn new_user(name: &str, role: &str) -> Value {
    let email = format!("{}@example.com", name.to_lowercase());
    json!({ "name": name, "email": email, "role": role, "time_zone": "Europe/Berlin", "locale": "en" })
}

both! {
    async fn an_admin_adds_somebody_who_signs_in(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let mut eve = new_user("Eve", "recruiter");
        eve["password"] = json!("correct horse battery staple");
        let made = app.post(&admin, "/users", eve).await;
        assert_eq!((made.created()["role"].clone(), made.json["state"].clone()), (json!("recruiter"), json!("active")));
        assert!(!String::from_utf8_lossy(&made.bytes).contains("argon2"));
        assert_eq!(made.header("location"), Some(format!("/api/v1/users/{}", made.id()).as_str()));
        let mut known = made.json.clone();
        known["availability"] = Value::Null;
        assert_eq!(app.get(&member, &format!("/users/{}", made.id())).await.ok(), &known);
        let credentials = json!({ "email": "EVE@example.com", "password": "correct horse battery staple" });
        app.post(&app.anonymous(), "/sessions", credentials).await.created();
        assert_eq!(app.event_kinds(), ["user.created", "session.started"]);
    }

    async fn only_administrators_add_and_change_users(app) {
        let max = app.person("Max", OrgRole::Member);
        let path = format!("/users/{}", max.id);
        for role in [OrgRole::Recruiter, OrgRole::Coordinator, OrgRole::Member] {
            let person = app.person("Rita", role);
            app.post(&person, "/users", new_user("Eve", "member")).await.problem(403, "forbidden");
            app.patch(&person, &path, json!({ "name": "X" })).await.problem(403, "forbidden");
            app.put(&person, &format!("{path}/deactivation"), Value::Null).await.problem(403, "forbidden");
            app.get(&person, "/users").await.ok();
        }
        let nobody = app.anonymous();
        let mut eve = new_user("Eve", "member");
        eve["password"] = json!("correct horse battery staple");
        app.post(&nobody, "/users", eve).await.problem(401, "unauthenticated");
        app.get(&nobody, "/users").await.problem(401, "unauthenticated");
        assert!(app.event_kinds().is_empty());
    }

    async fn an_address_belongs_to_one_account_whatever_its_case(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.post(&admin, "/users", new_user("Eve", "member")).await.created();
        let mut again = new_user("Eve", "member");
        again["email"] = json!("EVE@Example.COM");
        app.post(&admin, "/users", again).await.problem(409, "already_exists");
    }

    async fn bad_input_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for (field, value) in [
            ("name", json!("")),
            ("email", json!("eve")),
            ("role", json!("king")),
            ("time_zone", json!("Berlin")),
            ("locale", json!("english")),
            ("password", json!("short")),
        ] {
            let mut wrong = new_user("Eve", "member");
            wrong[field] = value;
            app.post(&admin, "/users", wrong).await.field(422, &format!("/{field}"));
        }
        app.get(&admin, "/users?role=king").await.field(422, "/role");
        app.get(&admin, "/users/user_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        let path = "/users/user_01jd3z3z3z3z3z3z3z3z3z3z3z";
        app.patch(&admin, path, json!({ "name": "X" })).await.problem(404, "not_found");
    }

    async fn the_directory_is_filtered_by_role_and_state(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let max = app.person("Max", OrgRole::Member);
        app.person("Rita", OrgRole::Recruiter);
        app.put(&admin, &format!("/users/{}/deactivation", max.id), Value::Null).await.ok();
        let (statements, all) = app.statements(app.get(&admin, "/users")).await;
        assert_eq!(all.rows().len(), 3);
        assert!(statements <= 3, "{statements}");
        assert_eq!(app.get(&admin, "/users?role=recruiter").await.rows()[0]["name"], "Rita");
        assert_eq!(app.get(&admin, "/users?state=deactivated").await.rows()[0]["name"], "Max");
        assert!(app.get(&admin, "/users?state=deactivated&role=admin").await.rows().is_empty());
    }

    async fn a_change_of_role_holds_from_the_next_request_on(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let path = format!("/users/{}", max.id);
        app.post(&max, "/departments", json!({ "name": "Sales" })).await.problem(403, "forbidden");
        let before = app.get(&admin, &path).await;
        let change = json!({ "role": "admin", "time_zone": "Asia/Tokyo" });
        let changed = app.patch_if(&admin, &path, &before.etag(), change.clone()).await;
        assert_eq!(changed.ok()["time_zone"], "Asia/Tokyo");
        app.patch_if(&admin, &path, &before.etag(), change).await.problem(412, "stale");
        app.post(&max, "/departments", json!({ "name": "Sales" })).await.created();
    }

    async fn only_owners_make_and_unmake_owners(app) {
        let (owner, admin) = (app.person("Olga", OrgRole::Owner), app.person("Ada", OrgRole::Admin));
        let second = app.person("Otto", OrgRole::Owner);
        app.post(&admin, "/users", new_user("Eve", "owner")).await.problem(403, "forbidden");
        let (olga, ada) = (format!("/users/{}", second.id), format!("/users/{}", admin.id));
        app.patch(&admin, &ada, json!({ "role": "owner" })).await.problem(403, "forbidden");
        app.patch(&admin, &olga, json!({ "role": "member" })).await.problem(403, "forbidden");
        app.put(&admin, &format!("{olga}/deactivation"), Value::Null).await.problem(403, "forbidden");
        app.patch(&admin, &olga, json!({ "name": "Otto II" })).await.ok();
        app.post(&owner, "/users", new_user("Eve", "owner")).await.created();
        app.patch(&owner, &olga, json!({ "role": "member" })).await.ok();
    }

    async fn there_is_always_an_active_owner(app) {
        let (owner, second) = (app.person("Olga", OrgRole::Owner), app.person("Otto", OrgRole::Owner));
        let (olga, otto) = (format!("/users/{}", owner.id), format!("/users/{}", second.id));
        app.put(&owner, &format!("{otto}/deactivation"), Value::Null).await.ok();
        app.patch(&owner, &olga, json!({ "role": "admin" })).await.problem(409, "not_ready");
        app.put(&owner, &format!("{olga}/deactivation"), Value::Null).await.problem(403, "forbidden");
        app.patch(&owner, &olga, json!({ "role": "owner", "name": "Olga II" })).await.ok();
        assert_eq!(app.delete(&owner, &format!("{otto}/deactivation")).await.status, 204);
        app.patch(&owner, &olga, json!({ "role": "admin" })).await.ok();
        assert_eq!(app.event_kinds(), ["user.deactivated", "user.updated", "user.reactivated", "user.updated"]);
    }

    async fn two_owners_who_demote_each_other_at_once_leave_one(app) {
        for _ in 0..3 {
            let pair: [Person; 2] = ["Olga", "Otto"].map(|name| app.person(name, OrgRole::Owner));
            let demote = |by: &Person, whom: &Person| {
                let request = app.request(by, Method::PATCH, &format!("/users/{}", whom.id));
                app.send(request.set_json(json!({ "role": "member" })))
            };
            let (one, other) = (demote(&pair[0], &pair[1]), demote(&pair[1], &pair[0]));
            let (one, other) = futures_util::future::join(one, other).await;
            let statuses = [one.status, other.status];
            assert!(statuses.contains(&200), "{statuses:?}");
            assert!(statuses.iter().any(|status| [403, 409].contains(status)), "{statuses:?}");
            let last = if one.status == 200 { &pair[0] } else { &pair[1] };
            let owners = app.get(last, "/users?role=owner").await;
            assert_eq!(owners.rows().len(), 1);
            // Leaves the database without an owner for the next round, which no command can.
            unmake(&app, last);
        }
    }

    async fn somebody_who_is_deactivated_is_out_at_once(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let path = format!("/users/{}/deactivation", max.id);
        app.get(&max, "/me").await.ok();
        let done = app.put(&admin, &path, Value::Null).await;
        assert_eq!(done.ok()["state"], "deactivated");
        app.get(&max, "/me").await.problem(401, "unauthenticated");
        assert_eq!(app.delete(&admin, &path).await.status, 204);
        app.get(&max, "/me").await.problem(401, "unauthenticated");
        app.delete(&admin, &path).await.problem(409, "illegal_transition");
        let stale = app.request(&admin, Method::PUT, &path).insert_header(("If-Match", "\"1-0123456789abcdef\""));
        app.send(stale).await.problem(412, "stale");
    }

    async fn a_second_click_adds_one_user(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let click = |name: &str| {
            let request = app.request(&admin, Method::POST, "/users").insert_header(("Idempotency-Key", "k"));
            app.send(request.set_json(new_user(name, "member")))
        };
        assert_eq!(click("Eve").await.created(), click("Eve").await.created());
        click("Mallory").await.problem(422, "idempotency_key_reused");
    }
}

fn unmake(app: &crate::support::TestApp, person: &Person) {
    use diesel::prelude::*;
    use evenbar::db::schema::users;
    let id = person.id;
    let set = move |tx: &mut evenbar::db::Tx<'_>| {
        diesel::update(users::table.find(id))
            .set(users::role.eq(OrgRole::Member))
            .execute(tx.conn)?;
        Ok(())
    };
    app.db().write_here(&app.db().unit(), set).unwrap();
}
