//! Loops.

use actix_web::http::Method;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring;
use crate::support::onsite::Onsite;

both! {
    async fn a_loop_has_one_interview_per_kit_and_a_debrief(app) {
        let onsite = Onsite::new(&app, 3).await;
        let path = format!("/loops/{}", onsite.id);
        let (statements, shown) = app.statements(app.get(&onsite.recruiter, &path)).await;
        assert!(statements <= 4, "{statements}");
        let shown = shown.ok();
        assert_eq!(shown["state"], "running");
        assert_eq!(shown["application_id"], onsite.application);
        assert_eq!(shown["loop_template_version_id"], onsite.version);
        assert_eq!(shown["stage_id"], json!(onsite.job.stages[0]));
        assert_eq!(shown["started_by"], json!(onsite.recruiter.id));
        assert_eq!(onsite.interviews.len(), 3);
        for (index, id) in onsite.interviews.iter().enumerate() {
            let interview = app.get(&onsite.recruiter, &format!("/interviews/{id}")).await;
            assert_eq!(interview.ok()["state"], "draft");
            assert_eq!(interview.json["kit"]["name"], format!("Interview {}", index + 1));
            assert_eq!(interview.json["panel"], json!([]));
        }
        let debrief = onsite.debrief(&app, &onsite.recruiter).await;
        assert_eq!(debrief.ok()["state"], "planned");
        assert_eq!(debrief.json["round"], 1);
        assert_eq!(debrief.json["decider_id"], json!(onsite.decider.id));
        assert_eq!(app.event_kinds().last().unwrap(), "loop.started");
    }

    async fn who_has_no_part_in_it_finds_no_loop(app) {
        let onsite = Onsite::new(&app, 1).await;
        let path = format!("/loops/{}", onsite.id);
        let (stranger, admin) = (app.person("Max", OrgRole::Member), app.person("Al", OrgRole::Admin));
        for person in [&stranger, &admin] {
            app.get(person, &path).await.problem(404, "not_found");
            assert_eq!(app.get(person, "/loops").await.rows().len(), 0);
            onsite.start(&app, person).await.problem(404, "not_found");
        }
        app.get(&app.anonymous(), &path).await.problem(401, "unauthenticated");
        app.get(&app.anonymous(), "/loops").await.problem(401, "unauthenticated");
        onsite.start(&app, &app.anonymous()).await.problem(401, "unauthenticated");
        for person in [&onsite.recruiter, &onsite.manager, &onsite.decider, &onsite.driver] {
            app.get(person, &path).await.ok();
            assert_eq!(app.get(person, "/loops").await.rows().len(), 1);
        }
        onsite.start(&app, &onsite.decider).await.problem(403, "forbidden");
        onsite.start(&app, &onsite.manager).await.created();
    }

    async fn a_loop_is_started_with_what_there_is(app) {
        let onsite = Onsite::new(&app, 1).await;
        let path = format!("/applications/{}/loops", onsite.application);
        let start = |key: &str, value: Value| {
            let mut input = onsite.input();
            input[key] = value;
            app.request(&onsite.recruiter, Method::POST, &path).set_json(input)
        };
        let unknown = "user_01jd3z3z3z3z3z3z3z3z3z3z3z";
        app.send(start("decider_id", json!(unknown))).await.field(422, "/decider_id");
        app.send(start("driver_id", json!(unknown))).await.field(422, "/driver_id");
        app.send(start("driver_id", json!(null))).await.field(422, "/driver_id");
        app.send(start("colour", json!("red"))).await.problem(422, "unknown_field");
        let version = "looptplver_01jd3z3z3z3z3z3z3z3z3z3z3z";
        let pointer = "/loop_template_version_id";
        app.send(start("loop_template_version_id", json!(version))).await.field(422, pointer);
        let draft = json!({ "name": "Draft", "version": { "kits": [] } });
        let draft = app.post(&onsite.recruiter, "/loop-templates", draft).await;
        let draft = draft.created()["versions"][0]["id"].clone();
        let refused = app.send(start("loop_template_version_id", draft)).await;
        assert_eq!(refused.field(422, pointer)["errors"][0]["code"], "not_published");
        let strange = "/applications/app_01jd3z3z3z3z3z3z3z3z3z3z3z/loops";
        app.post(&onsite.recruiter, strange, onsite.input()).await.problem(404, "not_found");
        assert_eq!(app.get(&onsite.recruiter, "/loops").await.rows().len(), 1);
    }

    async fn an_application_that_ended_gets_no_loop(app) {
        let onsite = Onsite::new(&app, 1).await;
        let path = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &path, json!({})).await.ok();
        onsite.start(&app, &onsite.recruiter).await.problem(409, "illegal_transition");
    }

    async fn the_second_click_starts_no_second_loop(app) {
        let onsite = Onsite::new(&app, 2).await;
        let path = format!("/applications/{}/loops", onsite.application);
        let click = || {
            app.request(&onsite.recruiter, Method::POST, &path)
                .insert_header(("Idempotency-Key", "start-once"))
                .set_json(onsite.input())
        };
        let (first, second) = (app.send(click()).await, app.send(click()).await);
        assert_eq!(first.created(), second.created());
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
        let rows = app.get(&onsite.recruiter, &format!("/loops?application_id={}", onsite.application)).await;
        assert_eq!(rows.rows().len(), 2);
        assert_eq!(rows.rows()[0], first.json);
    }

    async fn loops_are_listed_by_application(app) {
        let onsite = Onsite::new(&app, 1).await;
        let other = hiring::application(&app, &onsite.recruiter, &onsite.job).await;
        let path = format!("/applications/{other}/loops");
        let second = app.post(&onsite.recruiter, &path, onsite.input()).await.id();
        let (statements, all) = app.statements(app.get(&onsite.recruiter, "/loops")).await;
        assert!(statements <= 4, "{statements}");
        assert_eq!(all.rows().len(), 2);
        let rows = app.get(&onsite.recruiter, &format!("/loops?application_id={other}")).await;
        assert_eq!(rows.rows()[0]["id"], second);
        assert_eq!(rows.rows().len(), 1);
        let page = app.get(&onsite.recruiter, "/loops?limit=1").await;
        assert_eq!(page.ok()["has_more"], true);
        let of = |filter: String| {
            let (app, onsite) = (&app, &onsite);
            async move { app.get(&onsite.recruiter, &format!("/loops?{filter}")).await.rows().len() }
        };
        assert_eq!(of(format!("loop_template_version_id={}", onsite.version)).await, 2);
        assert_eq!(of(format!("loop_template_version_id={}&state=running", onsite.version)).await, 2);
        assert_eq!(of("state=finished".to_owned()).await, 0);
        assert_eq!(of("loop_template_version_id=looptplver_01jd3z3z3z3z3z3z3z3z3z3z3z".to_owned()).await, 0);
        app.get(&onsite.recruiter, "/loops?colour=red").await.problem(422, "unknown_field");
    }

    async fn a_coordinator_of_the_job_reads_loops_and_starts_none(app) {
        let onsite = Onsite::new(&app, 1).await;
        let coordinator = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &coordinator, TeamRole::Coordinator);
        app.get(&coordinator, &format!("/loops/{}", onsite.id)).await.ok();
        onsite.start(&app, &coordinator).await.problem(403, "forbidden");
    }
}
