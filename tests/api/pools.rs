//! Pools of interviewers and who is in them.

use actix_web::http::Method;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp};

/// Adds a pool and gives its id.
pub async fn pool(app: &TestApp, recruiter: &Person, body: Value) -> String {
    let made = app.post(recruiter, "/pools", body).await;
    made.created();
    made.id()
}

/// Puts somebody into a pool as what they are, and gives the member's id.
pub async fn member(
    app: &TestApp,
    recruiter: &Person,
    pool: &str,
    person: &Person,
    qualification: &str,
) -> String {
    let body = json!({ "user_id": person.id, "qualification": qualification });
    let made = app.post(recruiter, &format!("/pools/{pool}/members"), body).await;
    made.created();
    made.id()
}

/// The onsite with a second loop, whose only interview has these seats.
pub async fn staffed(app: &TestApp, slots: Value) -> Onsite {
    let mut onsite = Onsite::new(app, 1).await;
    let known =
        app.get(&onsite.recruiter, &format!("/loop-template-versions/{}", onsite.version)).await;
    let known = &known.ok()["kits"][0];
    let kit = json!({
        "name": "System design", "kind": "live", "minutes": 60, "slots": slots,
        "rubric_version_id": known["rubric_version_id"], "attributes": known["attributes"],
    });
    let body = json!({ "name": "Staffed", "version": { "kits": [kit] } });
    let made = app.post(&onsite.recruiter, "/loop-templates", body).await;
    onsite.version = made.created()["versions"][0]["id"].as_str().unwrap().to_owned();
    let publication = format!("/loop-template-versions/{}/publication", onsite.version);
    app.put(&onsite.recruiter, &publication, Value::Null).await.ok();
    let started = onsite.start(app, &onsite.recruiter).await;
    let ids = started.created()["interview_ids"].as_array().unwrap();
    onsite.interviews = ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    onsite
}

both! {
    async fn a_recruiter_defines_a_pool_and_everybody_reads_it(app) {
        let (recruiter, max) = (app.person("Rita", OrgRole::Recruiter), app.person("Max", OrgRole::Member));
        let made = app.post(&recruiter, "/pools", json!({ "name": "System design" })).await;
        let pool = made.created();
        assert_eq!((&pool["shadows_needed"], &pool["reverse_shadows_needed"]), (&json!(2), &json!(2)));
        assert_eq!(pool["promotes_automatically"], false);
        let path = format!("/pools/{}", made.id());
        assert_eq!(app.get(&max, &path).await.ok(), pool);
        assert_eq!(app.get(&max, "/pools").await.rows().len(), 1);
        let change = json!({ "interviews_per_day": 2, "interviews_per_week": 5, "shadows_needed": 3 });
        let changed = app.patch_if(&recruiter, &path, &made.etag(), change).await;
        assert_eq!((&changed.ok()["interviews_per_day"], &changed.json["shadows_needed"]), (&json!(2), &json!(3)));
        app.patch_if(&recruiter, &path, &made.etag(), json!({ "name": "Late" })).await.problem(412, "stale");
        let cleared = app.patch(&recruiter, &path, json!({ "interviews_per_day": null, "archived": true })).await;
        assert_eq!(cleared.ok()["interviews_per_day"], Value::Null);
        assert!(cleared.json["archived_at"].is_string());
        assert!(app.get(&max, "/pools?archived=false").await.rows().is_empty());
        assert_eq!(app.event_kinds(), ["pool.created", "pool.updated", "pool.updated"]);
    }

    async fn a_pool_has_a_name_of_its_own_and_numbers_in_bounds(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        pool(&app, &recruiter, json!({ "name": "Coding" })).await;
        app.post(&recruiter, "/pools", json!({ "name": "Coding" })).await.problem(409, "already_exists");
        for (field, value) in [
            ("shadows_needed", -1), ("reverse_shadows_needed", 21), ("interviews_per_day", 0),
            ("interviews_per_day", 21), ("interviews_per_week", 51),
        ] {
            let body = json!({ "name": "Design", field: value });
            app.post(&recruiter, "/pools", body).await.field(422, &format!("/{field}"));
        }
        app.post(&recruiter, "/pools", json!({})).await.field(422, "/name");
        let max = app.person("Max", OrgRole::Member);
        app.post(&max, "/pools", json!({ "name": "Mine" })).await.problem(403, "forbidden");
    }

    async fn whoever_is_invited_joins_pauses_and_leaves_by_themselves(app) {
        let (recruiter, ana) = (app.person("Rita", OrgRole::Recruiter), app.person("Ana", OrgRole::Member));
        let pool = pool(&app, &recruiter, json!({ "name": "Coding" })).await;
        let invited = member(&app, &recruiter, &pool, &ana, "invited").await;
        let path = format!("/pool-members/{invited}");
        let joining = format!("{path}/acceptance");
        app.put(&recruiter, &joining, Value::Null).await.problem(403, "forbidden");
        assert_eq!(app.put(&ana, &joining, Value::Null).await.ok()["qualification"], "shadowing");
        app.put(&ana, &joining, Value::Null).await.problem(409, "illegal_transition");
        let mine = app.get(&ana, "/me/pool-memberships").await;
        assert_eq!(mine.rows()[0]["practice"], json!({ "held": 0, "needed": 2 }));
        let paused = app.patch(&ana, &path, json!({ "paused_until_on": "2026-12-24" })).await;
        assert_eq!(paused.ok()["paused_until_on"], "2026-12-24");
        assert_eq!(paused.json["qualification"], "shadowing");
        app.patch(&ana, &path, json!({ "paused_until_on": "2028-01-01" })).await.field(422, "/paused_until_on");
        app.patch(&ana, &path, json!({ "qualification": "qualified" })).await.problem(403, "forbidden");
        assert_eq!(app.patch(&ana, &path, json!({ "paused_until_on": null })).await.ok()["paused_until_on"], Value::Null);
        app.delete(&ana, &path).await.expect(204);
        app.get(&ana, &path).await.problem(404, "not_found");
        assert!(app.get(&recruiter, &format!("/pools/{pool}/members")).await.rows().is_empty());
        assert!(app.event_kinds().ends_with(&["pool_member.updated".to_owned(), "pool_member.removed".to_owned()]));
    }

    async fn those_who_schedule_see_who_is_in_a_pool_and_others_themselves_alone(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        let coordinator = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &coordinator, TeamRole::Coordinator);
        let pool = pool(&app, &onsite.recruiter, json!({ "name": "Coding" })).await;
        let learner = member(&app, &onsite.recruiter, &pool, &ana, "shadowing").await;
        member(&app, &onsite.recruiter, &pool, &ben, "qualified").await;
        let members = format!("/pools/{pool}/members");
        let (statements, all) = app.statements(app.get(&coordinator, &members)).await;
        assert!(statements <= 5, "{statements}");
        assert_eq!(all.rows().len(), 2);
        assert!(all.rows().iter().all(|row| row["practice"].is_null()), "how far they are is not theirs");
        let own = app.get(&ana, &members).await;
        assert_eq!(own.rows().len(), 1);
        assert_eq!(own.rows()[0]["user_id"], json!(ana.id));
        app.get(&ben, &format!("/pool-members/{learner}")).await.problem(404, "not_found");
        app.patch(&ben, &format!("/pool-members/{learner}"), json!({})).await.problem(404, "not_found");
        app.patch(&coordinator, &format!("/pool-members/{learner}"), json!({})).await.problem(403, "forbidden");
        let qualified = app.get(&onsite.recruiter, &format!("{members}?qualification=qualified")).await;
        assert_eq!(qualified.rows().len(), 1);
        let shown = app.get(&onsite.recruiter, &format!("/pool-members/{learner}")).await;
        assert_eq!(shown.ok()["practice"]["needed"], 2);
    }

    async fn a_person_is_in_a_pool_once_and_works_here(app) {
        let (recruiter, ana) = (app.person("Rita", OrgRole::Recruiter), app.person("Ana", OrgRole::Member));
        let pool = pool(&app, &recruiter, json!({ "name": "Coding" })).await;
        let members = format!("/pools/{pool}/members");
        app.post(&recruiter, &members, json!({ "user_id": ana.id })).await.created();
        app.post(&recruiter, &members, json!({ "user_id": ana.id })).await.problem(409, "already_exists");
        let nobody = json!({ "user_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.post(&recruiter, &members, nobody).await.field(422, "/user_id");
        app.patch(&recruiter, &format!("/pools/{pool}"), json!({ "archived": true })).await.ok();
        let ben = app.person("Ben", OrgRole::Member);
        app.post(&recruiter, &members, json!({ "user_id": ben.id })).await.problem(409, "not_ready");
    }

    async fn whoever_held_enough_interviews_is_promoted_where_the_pool_says_so(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let (ana, quinn) = (app.person("Ana", OrgRole::Member), app.person("Quinn", OrgRole::Member));
        let needs = json!({
            "name": "Design", "shadows_needed": 1, "reverse_shadows_needed": 1, "promotes_automatically": true,
        });
        let pool = pool(&app, &recruiter, needs).await;
        let learner = member(&app, &recruiter, &pool, &ana, "shadowing").await;
        member(&app, &recruiter, &pool, &quinn, "qualified").await;
        let slots = ["lead", "second", "shadow"].map(|slot| json!({ "slot": slot, "pool_id": pool }));
        let mut onsite = staffed(&app, json!(slots)).await;
        onsite.seat(&app, 0, &ana, "shadow").await;
        onsite.seat(&app, 0, &quinn, "lead").await;
        onsite.hold(&app, 0).await;
        let path = format!("/pool-members/{learner}");
        let after = app.get(&ana, &path).await;
        assert_eq!(after.ok()["qualification"], "reverse_shadowing");
        assert_eq!(after.json["practice"], json!({ "held": 0, "needed": 1 }), "what was counted counts once");
        let next = onsite.start(&app, &onsite.recruiter).await.created()["interview_ids"][0].clone();
        onsite.interviews = vec![next.as_str().unwrap().to_owned()];
        onsite.seat(&app, 0, &quinn, "second").await;
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.hold(&app, 0).await;
        assert_eq!(app.get(&ana, &path).await.ok()["qualification"], "qualified");
        let promoted = app.event_kinds().iter().filter(|kind| *kind == "pool_member.promoted").count();
        assert_eq!(promoted, 2);
    }

    async fn elsewhere_somebody_says_where_a_person_stands(app) {
        let (recruiter, ana) = (app.person("Rita", OrgRole::Recruiter), app.person("Ana", OrgRole::Member));
        let pool = pool(&app, &recruiter, json!({ "name": "Design", "shadows_needed": 1 })).await;
        let learner = member(&app, &recruiter, &pool, &ana, "shadowing").await;
        let onsite = staffed(&app, json!([{ "slot": "lead" }, { "slot": "shadow", "pool_id": pool }])).await;
        onsite.seat(&app, 0, &ana, "shadow").await;
        onsite.hold(&app, 0).await;
        let path = format!("/pool-members/{learner}");
        let seen = app.get(&recruiter, &path).await;
        assert_eq!(seen.ok()["qualification"], "shadowing");
        assert_eq!(seen.json["practice"], json!({ "held": 1, "needed": 1 }));
        let change = json!({ "qualification": "qualified" });
        let promoted = app.patch_if(&recruiter, &path, &seen.etag(), change).await;
        assert_eq!(promoted.ok()["qualification"], "qualified");
        assert_eq!(promoted.json["practice"], Value::Null);
    }

    async fn a_repeated_addition_adds_once(app) {
        let (recruiter, ana) = (app.person("Rita", OrgRole::Recruiter), app.person("Ana", OrgRole::Member));
        let pool = pool(&app, &recruiter, json!({ "name": "Coding" })).await;
        let path = format!("/pools/{pool}/members");
        let add = || {
            let request = app.request(&recruiter, Method::POST, &path);
            request.insert_header(("Idempotency-Key", "once")).set_json(json!({ "user_id": ana.id }))
        };
        let first = app.send(add()).await;
        assert_eq!(app.send(add()).await.created()["id"], first.created()["id"]);
    }
}
