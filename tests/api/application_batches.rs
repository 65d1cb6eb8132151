//! Several applications moved or rejected at once.

use actix_web::http::Method;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring::Job;
use crate::support::{Person, Reply, TestApp, hiring};

/// So many applications to one job.
async fn applications(app: &TestApp, recruiter: &Person, count: usize) -> (Job, Vec<String>) {
    let job = hiring::job(app);
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(hiring::application(app, recruiter, &job).await);
    }
    (job, ids)
}

fn moving(ids: &[String], job: &Job) -> Value {
    json!({
        "application_ids": ids,
        "move": { "from_stage_id": job.stages[0], "to_stage_id": job.stages[1] },
    })
}

/// In which of the job's stages each of them stands.
async fn places(app: &TestApp, person: &Person, job: &Job, ids: &[String]) -> Vec<usize> {
    let mut places = Vec::new();
    for id in ids {
        let seen = app.get(person, &format!("/applications/{id}")).await;
        let stage = &seen.ok()["stage_id"];
        places.push(job.stages.iter().position(|one| json!(one) == *stage).unwrap());
    }
    places
}

/// Asks for a batch with an idempotency key.
async fn send(app: &TestApp, person: &Person, input: &Value) -> Reply {
    let request = app.request(person, Method::POST, "/application-batches");
    app.send(request.insert_header(("Idempotency-Key", "monday")).set_json(input)).await
}

both! {
    async fn all_move_or_none_and_every_one_that_cannot_is_named(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, ids) = applications(&app, &rita, 3).await;
        let one = json!({ "from_stage_id": job.stages[0], "to_stage_id": job.stages[2] });
        app.post(&rita, &format!("/applications/{}/moves", ids[1]), one).await.created();
        let mut all = ids.clone();
        all.push("app_01jd3z3z3z3z3z3z3z3z3z3z3z".to_owned());
        let refused = app.post(&rita, "/application-batches", moving(&all, &job)).await;
        refused.problem(422, "invalid");
        let errors = refused.json["errors"].as_array().unwrap();
        let errors: Vec<_> = errors.iter().map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
        assert_eq!(errors, [("/application_ids/1", "stage_moved"), ("/application_ids/3", "not_found")]);
        assert_eq!(places(&app, &rita, &job, &ids).await, [0, 2, 0]);
        let two = [ids[0].clone(), ids[2].clone()];
        let moved = app.post(&rita, "/application-batches", moving(&two, &job)).await;
        assert_eq!(moved.created()["results"].as_array().unwrap().len(), 2);
        assert_eq!(moved.header("location").unwrap(), format!("/api/v1/application-batches/{}", moved.id()));
        assert_eq!(places(&app, &rita, &job, &ids).await, [1, 2, 1]);
        assert_eq!(app.get(&rita, &format!("/application-batches/{}", moved.id())).await.ok(), &moved.json);
        let other = app.person("Rolf", OrgRole::Recruiter);
        app.get(&other, &format!("/application-batches/{}", moved.id())).await.problem(404, "not_found");
    }

    async fn each_moves_as_far_as_it_can(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, ids) = applications(&app, &rita, 3).await;
        let (elsewhere, theirs) = applications(&app, &rita, 1).await;
        let hugo = app.person("Hugo", OrgRole::Member);
        hiring::join(&app, &job, &hugo, TeamRole::HiringManager);
        let gone = json!({ "note": "Has another offer." });
        app.put(&rita, &format!("/applications/{}/withdrawal", ids[0]), gone).await.ok();
        let all = [ids.clone(), theirs.clone()].concat();
        let mut input = moving(&all, &job);
        input["atomic"] = json!(false);
        let done = app.post(&hugo, "/application-batches", input).await;
        assert_eq!(done.status, 207);
        let results = done.json["results"].as_array().unwrap();
        let codes: Vec<&Value> = results.iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, [&json!("illegal_transition"), &Value::Null, &Value::Null, &json!("not_found")]);
        let changed: Vec<&Value> = results.iter().map(|one| &one["changed"]).collect();
        assert_eq!(changed, [&json!(false), &json!(true), &json!(true), &json!(false)]);
        assert_eq!(places(&app, &rita, &job, &ids).await, [0, 1, 1]);
        assert_eq!(places(&app, &rita, &elsewhere, &theirs).await, [0]);
        let moves = app.event_kinds().iter().filter(|kind| *kind == "application.moved").count();
        assert_eq!(moves, 2, "what was refused left no event");
    }

    async fn a_request_that_is_sent_again_changes_nothing_again(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, ids) = applications(&app, &rita, 2).await;
        let reason = json!({ "name": "Too early", "kind": "ours" });
        let reason = app.post(&app.person("Ada", OrgRole::Admin), "/rejection-reasons", reason).await.id();
        let input = json!({ "application_ids": ids, "rejection": { "reason_id": reason, "note": "Next year." } });
        let first = send(&app, &rita, &input).await;
        let again = send(&app, &rita, &input).await;
        assert_eq!(first.created(), &again.json);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        for id in &ids {
            let seen = app.get(&rita, &format!("/applications/{id}")).await;
            assert_eq!((&seen.ok()["status"], &seen.json["rejection"]["note"]), (&json!("rejected"), &json!("Next year.")));
        }
        let rejected = app.event_kinds().iter().filter(|kind| *kind == "application.rejected").count();
        assert_eq!(rejected, 2);
        let nothing = json!({ "application_ids": ids });
        app.post(&rita, "/application-batches", nothing).await.field(422, "/move");
        let mut both = moving(&ids, &job);
        both["rejection"] = json!({ "reason_id": reason });
        app.post(&rita, "/application-batches", both).await.field(422, "/rejection");
        let (other, others) = applications(&app, &rita, 1).await;
        let mut strange = moving(&others, &other);
        strange["move"]["to_stage_id"] = json!(job.stages[1]);
        let refused = app.post(&rita, "/application-batches", strange).await;
        refused.field(422, "/application_ids/0");
        assert_ne!(refused.json["errors"][0]["detail"], "Some fields do not fit; see errors.");
        let twice = [ids[0].clone(), ids[0].clone()];
        app.post(&rita, "/application-batches", moving(&twice, &job)).await.field(422, "/application_ids/1");
        let many = vec![ids[0].clone(); 101];
        app.post(&rita, "/application-batches", moving(&many, &job)).await.field(422, "/application_ids");
    }
}
