//! Sessions listed, and ended from elsewhere.

use chrono::TimeDelta;
use evenbar::access::OrgRole;

use super::{holding, renew, sign_in, with_password};
use crate::both;

both! {
    async fn a_person_sees_their_devices_and_which_one_they_hold(app) {
        let ada = with_password(&app, "Ada");
        let tokens = sign_in(&app, &ada).await.created().clone();
        app.advance(TimeDelta::minutes(5));
        let tokens = renew(&app, &tokens).await.created().clone();
        let listed = app.get(&holding(&ada, &tokens), "/me/sessions").await;
        let rows = listed.rows().clone();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["id"], tokens["id"]);
        assert_eq!(rows[0]["current"], true);
        assert_eq!(rows[0]["method"], "password");
        assert_eq!(rows[0]["user_agent"], "Firefox145");
        assert_eq!(rows[0]["address"], "203.0.113.7");
        assert_eq!(rows[0]["created_at"], "2026-11-23T08:00:00Z");
        assert_eq!(rows[0]["last_used_at"], "2026-11-23T08:05:00Z");
        assert_eq!(rows[1]["current"], false);
        let page = app.get(&holding(&ada, &tokens), "/me/sessions?limit=1").await;
        assert_eq!(page.ok()["has_more"], true);
        let next = format!("/me/sessions?limit=1&cursor={}", page.json["next_cursor"].as_str().unwrap());
        assert_eq!(app.get(&ada, &next).await.rows()[0]["id"], rows[1]["id"]);
    }

    async fn a_device_that_is_signed_out_is_out_at_once(app) {
        let (ada, eve) = (with_password(&app, "Ada"), app.person("Eve", OrgRole::Recruiter));
        let tokens = sign_in(&app, &ada).await.created().clone();
        let phone = holding(&ada, &tokens);
        let path = format!("/sessions/{}", tokens["id"].as_str().unwrap());
        app.delete(&eve, &path).await.problem(404, "not_found");
        app.get(&phone, "/me").await.ok();
        assert_eq!(app.delete(&ada, &path).await.status, 204);
        app.get(&phone, "/me").await.problem(401, "unauthenticated");
        renew(&app, &tokens).await.problem(401, "unauthenticated");
        app.delete(&ada, &path).await.problem(404, "not_found");
        assert_eq!(app.get(&ada, "/me/sessions").await.rows().len(), 1);
    }

    async fn a_person_ends_all_their_sessions_but_the_one_that_asks(app) {
        let ada = with_password(&app, "Ada");
        let phone = holding(&ada, sign_in(&app, &ada).await.created());
        assert_eq!(app.delete(&phone, "/me/sessions").await.status, 204);
        app.get(&ada, "/me").await.problem(401, "unauthenticated");
        assert_eq!(app.get(&phone, "/me/sessions").await.rows().len(), 1);
    }

    async fn whoever_manages_users_ends_anybodys_sessions_but_an_owners(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let owner = app.person("Olga", OrgRole::Owner);
        let of = |id| format!("/users/{id}/sessions");
        let rows = app.get(&admin, &of(max.id)).await.rows().clone();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["user_id"], max.id.to_string());
        app.get(&max, &of(max.id)).await.problem(403, "forbidden");
        app.delete(&max, &of(max.id)).await.problem(403, "forbidden");
        assert_eq!(app.delete(&admin, &of(max.id)).await.status, 204);
        app.get(&max, "/me").await.problem(401, "unauthenticated");
        let rows = app.get(&admin, &of(owner.id)).await.rows().clone();
        let of_owner = format!("/sessions/{}", rows[0]["id"].as_str().unwrap());
        app.delete(&admin, &of(owner.id)).await.problem(403, "forbidden");
        app.delete(&admin, &of_owner).await.problem(403, "forbidden");
        app.get(&owner, "/me").await.ok();
        let other = app.person("Otto", OrgRole::Owner);
        assert_eq!(app.delete(&other, &of_owner).await.status, 204);
        app.get(&owner, "/me").await.problem(401, "unauthenticated");
    }
}
