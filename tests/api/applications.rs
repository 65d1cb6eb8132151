//! Applications: applying, moving, ending, coming back, and who sees what of it.

use std::collections::BTreeSet;

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::{OrgRole, Permit, TeamRole};
use evenbar::applications::commands::{PastApplication, PastClosing, PastMove, hire, insert_past};
use evenbar::db::schema::{hires, rejections, withdrawals};
use evenbar::db::types::Document;
use evenbar::ids::{ApplicationId, CandidateId, OfferId, OfferVersionId, RejectionReasonId};
use futures_util::future::join;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring::{self, Job};
use crate::support::{Person, TestApp};

const NOBODY: &str = "user_01jd3z3z3z3z3z3z3z3z3z3z3z";

async fn reason(app: &TestApp) -> String {
    let admin = app.person("Ada", OrgRole::Admin);
    let body = json!({ "name": "Chose somebody else", "kind": "ours" });
    app.post(&admin, "/rejection-reasons", body).await.id()
}

fn step(job: &Job, from: usize, to: usize) -> Value {
    json!({ "from_stage_id": job.stages[from], "to_stage_id": job.stages[to] })
}

/// Hires as an accepted offer does.
fn hire_now(app: &TestApp, id: &str) -> Result<(), evenbar::error::Code> {
    let id: ApplicationId = id.parse().unwrap();
    let done = app.db().write_here(&app.db().unit(), move |tx| {
        let version: OfferVersionId = tx.id();
        let offer: OfferId = tx.id();
        hire(tx, &Permit::for_system(version), id, offer, None)
    });
    done.map(|_| ()).map_err(|error| error.code)
}

/// Which kinds of closing rows of an application are open.
fn open_facts(app: &TestApp, id: &str) -> Vec<&'static str> {
    let id: ApplicationId = id.parse().unwrap();
    hiring::look(app, |conn| {
        let rejected = rejections::table
            .filter(rejections::application_id.eq(id).and(rejections::ended_at.is_null()))
            .count()
            .get_result::<i64>(conn)?;
        let withdrawn = withdrawals::table
            .filter(withdrawals::application_id.eq(id).and(withdrawals::ended_at.is_null()))
            .count()
            .get_result::<i64>(conn)?;
        let hired = hires::table
            .filter(hires::application_id.eq(id).and(hires::ended_at.is_null()))
            .count()
            .get_result::<i64>(conn)?;
        let words = [("rejected", rejected), ("withdrawn", withdrawn), ("hired", hired)];
        Ok(words.into_iter().flat_map(|(word, n)| (0..n).map(move |_| word)).collect())
    })
}

async fn listed(app: &TestApp, person: &Person, query: &str) -> usize {
    app.get(person, &format!("/applications?{query}")).await.rows().len()
}

both! {
    async fn a_candidate_applies_and_stands_in_the_first_stage(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let candidate_id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let body = json!({ "candidate_id": candidate_id, "job_id": job.id, "owner_id": rita.id });
        let made = app.post(&rita, "/applications", body).await;
        let shown = made.created();
        assert_eq!(shown["status"], "active");
        assert_eq!(shown["stage_id"], job.stages[0].to_string());
        assert_eq!(shown["candidate_name"], "Ada Lovelace");
        assert_eq!(shown["job_title"], "Senior Engineer");
        assert_eq!(shown["stage_name"], "Review");
        assert_eq!([&shown["rejection"], &shown["withdrawal"], &shown["hire"]], [&Value::Null; 3]);
        let (statements, one) = app.statements(app.get(&rita, &format!("/applications/{}", made.id()))).await;
        assert_eq!((statements, one.ok()), (4, shown));
        let (statements, page) = app.statements(app.get(&rita, "/applications")).await;
        assert_eq!(statements, 2);
        assert_eq!(page.rows()[0]["candidate_name"], "Ada Lovelace");
        let moves = app.get(&rita, &format!("/applications/{}/moves", made.id())).await;
        assert_eq!(moves.rows().len(), 1);
        assert_eq!(moves.rows()[0]["from_stage_id"], Value::Null);
        assert_eq!(moves.rows()[0]["previous_stage_minutes"], Value::Null);
        assert_eq!(moves.rows()[0]["actor_id"], rita.id.to_string());
        assert_eq!(app.event_kinds(), ["candidate.created", "application.created"]);
    }

    async fn what_an_application_names_must_be_there(app) {
        let (rita, max) = (app.person("Rita", OrgRole::Recruiter), app.person("Max", OrgRole::Member));
        let (job, other) = (hiring::job(&app), hiring::job(&app));
        let id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let refused = |changes: Value, pointer: &'static str| {
            let (app, rita) = (app.clone(), rita.clone());
            let mut body = json!({ "candidate_id": id, "job_id": job.id });
            for (key, value) in changes.as_object().unwrap() {
                body[key] = value.clone();
            }
            async move { app.post(&rita, "/applications", body).await.field(422, pointer); }
        };
        refused(json!({ "candidate_id": "cand_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/candidate_id").await;
        refused(json!({ "job_id": "job_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/job_id").await;
        refused(json!({ "stage_id": other.stages[0] }), "/stage_id").await;
        refused(json!({ "source_id": "source_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/source_id").await;
        refused(json!({ "owner_id": NOBODY }), "/owner_id").await;
        refused(json!({ "salary": 1 }), "/salary").await;
        let body = json!({ "candidate_id": id, "job_id": job.id });
        app.post(&app.anonymous(), "/applications", body.clone()).await.problem(401, "unauthenticated");
        // Somebody who may not read the job learns nothing of it.
        app.post(&max, "/applications", body.clone()).await.field(422, "/job_id");
        hiring::join(&app, &job, &max, TeamRole::Interviewer);
        app.post(&max, "/applications", body).await.problem(403, "forbidden");
        assert_eq!(app.event_kinds(), ["candidate.created"]);
    }

    async fn only_an_open_job_with_stages_takes_applications(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        for state in ["draft", "paused", "closed"] {
            let job = hiring::job_in(&app, state, &["Review"]);
            let body = json!({ "candidate_id": id, "job_id": job.id });
            app.post(&rita, "/applications", body).await.problem(409, "illegal_transition");
        }
        let empty = hiring::job_in(&app, "open", &[]);
        let body = json!({ "candidate_id": id, "job_id": empty.id });
        app.post(&rita, "/applications", body).await.problem(409, "not_ready");
    }

    async fn a_candidate_has_one_active_application_per_job(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, other, reason) = (hiring::job(&app), hiring::job(&app), reason(&app).await);
        let id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let body = json!({ "candidate_id": id, "job_id": job.id });
        let first = app.post(&rita, "/applications", body.clone()).await.id();
        app.post(&rita, "/applications", body.clone()).await.problem(409, "already_applied");
        let elsewhere = json!({ "candidate_id": id, "job_id": other.id });
        app.post(&rita, "/applications", elsewhere).await.created();
        let reject = json!({ "reason_id": reason });
        app.put(&rita, &format!("/applications/{first}/rejection"), reject).await.ok();
        app.post(&rita, "/applications", body).await.created();
        // The second one is active now, so the first does not come back beside it.
        let reopen = json!({ "reason": "A mistake." });
        let path = format!("/applications/{first}/reopenings");
        app.post(&rita, &path, reopen).await.problem(409, "already_applied");
    }

    async fn two_who_apply_for_the_same_person_at_once_make_one_application(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let body = json!({ "candidate_id": id, "job_id": job.id });
        let (a, b) = join(
            app.post(&rita, "/applications", body.clone()),
            app.post(&rita, "/applications", body),
        ).await;
        assert_eq!(BTreeSet::from([a.status, b.status]), BTreeSet::from([201, 409]));
    }

    async fn a_second_click_makes_one_application_and_one_move(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let candidate_id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let click = |path: String, body: Value| {
            let request = app.request(&rita, Method::POST, &path);
            app.send(request.insert_header(("Idempotency-Key", "click")).set_json(body))
        };
        let apply = json!({ "candidate_id": candidate_id, "job_id": job.id });
        let first = click("/applications".to_owned(), apply.clone()).await;
        let second = click("/applications".to_owned(), apply).await;
        assert_eq!(first.created(), second.created());
        let path = format!("/applications/{}/moves", first.id());
        let one = click(path.clone(), step(&job, 0, 1)).await;
        let two = click(path.clone(), step(&job, 0, 1)).await;
        assert_eq!(one.created(), two.created());
        assert_eq!(app.get(&rita, &path).await.rows().len(), 2);
    }

    async fn every_move_is_kept_with_who_when_and_how_long(app) {
        let (rita, hana) = (app.person("Rita", OrgRole::Recruiter), app.person("Hana", OrgRole::Member));
        let job = hiring::job(&app);
        hiring::join(&app, &job, &hana, TeamRole::HiringManager);
        let id = hiring::application(&app, &rita, &job).await;
        let path = format!("/applications/{id}/moves");
        app.advance(TimeDelta::minutes(90));
        let (rita, hana) = (app.again(&rita), app.again(&hana));
        let moved = app.post(&hana, &path, step(&job, 0, 1)).await;
        assert_eq!(moved.created()["previous_stage_minutes"], 90);
        assert_eq!(moved.json["actor_id"], hana.id.to_string());
        let location = moved.header("location").unwrap().trim_start_matches("/api/v1").to_owned();
        assert_eq!(app.get(&rita, &location).await.ok(), &moved.json);
        app.advance(TimeDelta::minutes(10));
        let rita = app.again(&rita);
        app.post(&rita, &path, step(&job, 1, 2)).await.created();
        let all = app.get(&rita, &path).await;
        let minutes: Vec<Value> = all.rows().iter().map(|one| one["previous_stage_minutes"].clone()).collect();
        assert_eq!(minutes, [json!(10), json!(90), Value::Null]);
        let first = app.get(&rita, &format!("{path}?limit=1")).await;
        assert_eq!(first.rows(), &all.rows()[..1]);
        let cursor = first.json["next_cursor"].as_str().unwrap();
        let (statements, second) =
            app.statements(app.get(&rita, &format!("{path}?limit=1&cursor={cursor}"))).await;
        assert_eq!((statements, second.rows().as_slice()), (5, &all.rows()[1..2]));
        let shown = app.get(&rita, &format!("/applications/{id}")).await;
        assert_eq!(shown.ok()["stage_id"], job.stages[2].to_string());
        assert_eq!(shown.json["stage_entered_at"], all.rows()[0]["occurred_at"]);
        assert_eq!(
            app.event_kinds()[1..],
            ["application.created", "application.moved", "application.moved"]
        );
    }

    async fn a_move_from_where_it_no_longer_stands_is_refused(app) {
        let (rita, max) = (app.person("Rita", OrgRole::Recruiter), app.person("Max", OrgRole::Member));
        let (job, other) = (hiring::job(&app), hiring::job(&app));
        let id = hiring::application(&app, &rita, &job).await;
        let path = format!("/applications/{id}/moves");
        let (a, b) =
            join(app.post(&rita, &path, step(&job, 0, 1)), app.post(&rita, &path, step(&job, 0, 1))).await;
        let late = if a.status == 201 { b } else { a };
        late.problem(409, "stage_moved");
        app.post(&rita, &path, step(&job, 0, 2)).await.problem(409, "stage_moved");
        app.post(&rita, &path, step(&job, 1, 1)).await.field(422, "/to_stage_id");
        let foreign = json!({ "from_stage_id": job.stages[1], "to_stage_id": other.stages[0] });
        app.post(&rita, &path, foreign).await.field(422, "/to_stage_id");
        app.post(&max, &path, step(&job, 1, 2)).await.problem(404, "not_found");
        app.get(&max, &path).await.problem(404, "not_found");
        app.put(&rita, &format!("/applications/{id}/withdrawal"), json!({})).await.ok();
        app.post(&rita, &path, step(&job, 1, 2)).await.problem(409, "illegal_transition");
    }

    async fn a_rejection_has_a_reason_and_can_be_taken_back(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, reason_id) = (hiring::job(&app), reason(&app).await);
        let id = hiring::application(&app, &rita, &job).await;
        let path = format!("/applications/{id}/rejection");
        app.put(&rita, &path, json!({})).await.field(422, "/reason_id");
        let unknown = json!({ "reason_id": "reason_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.put(&rita, &path, unknown).await.field(422, "/reason_id");
        let body = json!({ "reason_id": reason_id, "note": "Ask again in a year." });
        let rejected = app.put(&rita, &path, body.clone()).await;
        assert_eq!(rejected.ok()["status"], "rejected");
        let fact = &rejected.json["rejection"];
        assert_eq!([&fact["reason_id"], &fact["note"]], [&json!(reason_id), &json!("Ask again in a year.")]);
        assert_eq!([&fact["reason_name"], &fact["actor_id"]], [&json!("Chose somebody else"), &json!(rita.id)]);
        app.put(&rita, &path, body).await.problem(409, "illegal_transition");
        assert_eq!(open_facts(&app, &id), ["rejected"]);
        let back = format!("/applications/{id}/reopenings");
        app.post(&rita, &back, json!({})).await.field(422, "/reason");
        let reopened = app.post(&rita, &back, json!({ "reason": "The other one declined." })).await;
        assert_eq!(reopened.created()["status"], "active");
        assert_eq!(reopened.json["rejection"], Value::Null);
        assert_eq!(open_facts(&app, &id), Vec::<&str>::new());
        let kinds = app.event_kinds();
        assert_eq!(kinds[kinds.len() - 2..], ["application.rejected", "application.reopened"]);
    }

    async fn a_withdrawn_or_hired_application_does_not_come_back(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let withdrawn = hiring::application(&app, &rita, &job).await;
        let reply = app.put(&rita, &format!("/applications/{withdrawn}/withdrawal"), json!({ "note": "Moved." })).await;
        assert_eq!(reply.ok()["withdrawal"]["note"], "Moved.");
        let hired = hiring::application(&app, &rita, &job).await;
        hire_now(&app, &hired).unwrap();
        let shown = app.get(&rita, &format!("/applications/{hired}")).await;
        assert_eq!(shown.ok()["status"], "hired");
        assert!(shown.json["hire"]["offer_id"].as_str().unwrap().starts_with("offer_"));
        for id in [&withdrawn, &hired] {
            let path = format!("/applications/{id}/reopenings");
            app.post(&rita, &path, json!({ "reason": "Please." })).await.problem(409, "illegal_transition");
            assert_eq!(hire_now(&app, id), Err(evenbar::error::Code::IllegalTransition));
        }
        assert!(app.event_kinds().contains(&"application.hired".to_owned()));
    }

    async fn source_and_owner_change_without_touching_the_life(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let admin = app.person("Ada", OrgRole::Admin);
        let job = hiring::job(&app);
        let id = hiring::application(&app, &rita, &job).await;
        let source = app.post(&admin, "/sources", json!({ "name": "Referral" })).await.id();
        let path = format!("/applications/{id}");
        let etag = app.get(&rita, &path).await.etag();
        let change = json!({ "source_id": source, "owner_id": rita.id });
        let changed = app.patch_if(&rita, &path, &etag, change).await;
        assert_eq!([&changed.ok()["source_id"], &changed.json["owner_id"]], [&json!(source), &json!(rita.id)]);
        app.patch_if(&rita, &path, &etag, json!({ "owner_id": null })).await.problem(412, "stale");
        app.patch(&rita, &path, json!({ "status": "hired" })).await.problem(422, "unknown_field");
        app.patch(&rita, &path, json!({ "owner_id": NOBODY })).await.field(422, "/owner_id");
        assert_eq!(app.patch(&rita, &path, json!({ "owner_id": null })).await.ok()["owner_id"], Value::Null);
        let rejection = json!({ "reason_id": reason(&app).await });
        let path = format!("{path}/rejection");
        app.put_if(&rita, &path, &etag, rejection).await.problem(412, "stale");
    }

    async fn a_list_is_filtered_and_holds_what_one_may_read(app) {
        let (rita, hana) = (app.person("Rita", OrgRole::Recruiter), app.person("Hana", OrgRole::Member));
        let (pia, admin) = (app.person("Pia", OrgRole::Member), app.person("Ada", OrgRole::Admin));
        let (mine, other) = (hiring::job(&app), hiring::job(&app));
        hiring::join(&app, &mine, &hana, TeamRole::HiringManager);
        let first = hiring::application(&app, &rita, &mine).await;
        let second = hiring::application(&app, &rita, &other).await;
        hiring::seat(&app, &second, &other, &pia, "shadow");
        app.put(&rita, &format!("/applications/{first}/withdrawal"), json!({})).await.ok();
        assert_eq!(listed(&app, &rita, "").await, 2);
        assert_eq!(listed(&app, &rita, &format!("job_id={}", mine.id)).await, 1);
        assert_eq!(listed(&app, &rita, &format!("stage_id={}", other.stages[0])).await, 1);
        assert_eq!(listed(&app, &rita, "status=withdrawn").await, 1);
        assert_eq!(listed(&app, &rita, "status=hired").await, 0);
        let of = app.get(&rita, &format!("/applications/{second}")).await.json["candidate_id"].clone();
        assert_eq!(listed(&app, &rita, &format!("candidate_id={}", of.as_str().unwrap())).await, 1);
        app.get(&rita, "/applications?status=lost").await.problem(422, "invalid");
        app.get(&rita, "/applications?owner=me").await.problem(422, "unknown_field");
        let hers = app.get(&hana, "/applications").await;
        assert_eq!(hers.rows()[0]["id"], first);
        assert_eq!(hers.rows().len(), 1);
        let (statements, theirs) = app.statements(app.get(&pia, "/applications")).await;
        assert_eq!((statements, &theirs.rows()[0]["id"], theirs.rows().len()), (2, &json!(second), 1));
        assert_eq!(listed(&app, &admin, "").await, 0);
        app.get(&hana, &format!("/applications/{second}")).await.problem(404, "not_found");
        app.get(&admin, &format!("/applications/{first}")).await.problem(404, "not_found");
        app.get(&app.anonymous(), "/applications").await.problem(401, "unauthenticated");
    }

    async fn reasons_and_notes_are_for_those_who_drive_and_owe_nothing(app) {
        let (rita, pia) = (app.person("Rita", OrgRole::Recruiter), app.person("Pia", OrgRole::Member));
        let hana = app.person("Hana", OrgRole::Member);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &hana, TeamRole::HiringManager);
        let id = hiring::application(&app, &rita, &job).await;
        hiring::seat(&app, &id, &job, &pia, "lead");
        let owed = hiring::seat(&app, &id, &job, &hana, "second");
        // What did not take place would be called off, and owed by nobody.
        for row in app.get(&rita, &format!("/interviews?application_id={id}")).await.rows() {
            let held = format!("/interviews/{}/completion", row["id"].as_str().unwrap());
            app.put(&rita, &held, Value::Null).await.ok();
        }
        let body = json!({ "reason_id": reason(&app).await, "note": "The panel said no." });
        app.put(&rita, &format!("/applications/{id}/rejection"), body).await.ok();
        let path = format!("/applications/{id}");
        for person in [&pia, &hana] {
            let (statements, shown) = app.statements(app.get(person, &path)).await;
            assert!(statements <= 5, "{statements}");
            assert_eq!(shown.ok()["status"], "rejected");
            let fact = &shown.json["rejection"];
            assert_eq!([&fact["reason_id"], &fact["reason_name"], &fact["note"]], [&Value::Null; 3]);
        }
        assert_eq!(app.get(&rita, &path).await.ok()["rejection"]["note"], "The panel said no.");
        hiring::hand_in(&app, owed);
        assert_eq!(app.get(&hana, &path).await.ok()["rejection"]["note"], "The panel said no.");
        // A panelist sees the fact and may do nothing about it.
        app.post(&pia, &format!("{path}/reopenings"), json!({ "reason": "No." })).await.problem(403, "forbidden");
    }

    async fn what_a_person_sees_is_explained(app) {
        let (rita, pia) = (app.person("Rita", OrgRole::Recruiter), app.person("Pia", OrgRole::Member));
        let (hana, dora) = (app.person("Hana", OrgRole::Member), app.person("Dora", OrgRole::Member));
        let (max, cora) = (app.person("Max", OrgRole::Member), app.person("Cora", OrgRole::Coordinator));
        let job = hiring::job(&app);
        hiring::join(&app, &job, &hana, TeamRole::HiringManager);
        let id = hiring::application(&app, &rita, &job).await;
        let seat = hiring::seat(&app, &id, &job, &pia, "lead");
        hiring::debrief(&app, &id, seat, &hana, &dora);
        let path = format!("/applications/{id}/visibility");
        let explained = |by: Person, person: Person| {
            let (app, path) = (app.clone(), path.clone());
            async move {
                let shown = app.get(&by, &format!("{path}?as={}", person.id)).await;
                let reason = &shown.ok()["reasons"][0];
                let words = [&shown.json["cards_seen"], &reason["code"], &reason["interview_id"]];
                words.map(|word| word.as_str().unwrap_or("").to_owned())
            }
        };
        let interview = seat.interview_id.to_string();
        assert_eq!(explained(rita.clone(), pia.clone()).await, ["sealed", "owes_evaluation", &interview]);
        assert_eq!(explained(hana.clone(), rita.clone()).await, ["all", "drives_hire", ""]);
        assert_eq!(explained(rita.clone(), dora.clone()).await, ["all", "drives_hire", ""]);
        assert_eq!(explained(rita.clone(), hana.clone()).await, ["counts_until_reveal", "takes_part", ""]);
        assert_eq!(explained(rita.clone(), max.clone()).await, ["nothing", "no_part", ""]);
        assert_eq!(explained(rita.clone(), cora.clone()).await, ["nothing", "no_part", ""]);
        let own = app.get(&pia, &path).await;
        assert_eq!(own.ok()["user_id"], pia.id.to_string());
        assert_eq!(own.json["reasons"][0]["detail"], "Still owes an evaluation for the interview \"System design\".");
        hiring::hand_in(&app, seat);
        assert_eq!(explained(rita.clone(), pia.clone()).await, ["counts_until_reveal", "panelist", ""]);
        app.get(&pia, &format!("{path}?as={}", rita.id)).await.problem(403, "forbidden");
        app.get(&max, &path).await.problem(404, "not_found");
        app.get(&rita, &format!("{path}?as={NOBODY}")).await.field(422, "/as");
        app.get(&rita, &format!("{path}?as=me")).await.field(422, "/as");
    }

    async fn the_past_is_kept_as_it_was_told(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, reason_id) = (hiring::job_in(&app, "closed", &["Lead", "Screen"]), reason(&app).await);
        let candidate_id: CandidateId = hiring::candidate(&app, &rita, "Ada Lovelace").await.parse().unwrap();
        let reason_id: RejectionReasonId = reason_id.parse().unwrap();
        let then = app.clock.now() + TimeDelta::days(-400);
        let (stages, actor) = (job.stages.clone(), rita.id.any());
        let ids = app.db().write_here(&app.db().unit(), move |tx| {
            let told = |closing| PastApplication {
                candidate_id, job_id: job.id, stage_id: stages[1], source_id: None, owner_id: None,
                applied_at: then, closing, custom: Document::empty(),
                moves: vec![
                    PastMove { from_stage_id: None, to_stage_id: stages[0], actor_id: None, occurred_at: then },
                    PastMove {
                        from_stage_id: Some(stages[0]), to_stage_id: stages[1], actor_id: Some(actor),
                        occurred_at: then + TimeDelta::hours(2),
                    },
                ],
            };
            let occurred_at = then + TimeDelta::days(9);
            let rejected = PastClosing::Rejected { reason_id, note: None, actor_id: None, occurred_at };
            let hired = PastClosing::Hired { actor_id: None, occurred_at };
            let mut ids = Vec::new();
            for closing in [None, None, Some(rejected), Some(hired)] {
                let id: ApplicationId = tx.id();
                ids.push(insert_past(tx, &Permit::for_import(id), told(closing))?);
            }
            Ok(ids)
        }).unwrap();
        assert_eq!(listed(&app, &rita, "status=active").await, 2);
        let shown = app.get(&rita, &format!("/applications/{}", ids[2])).await;
        assert_eq!(shown.ok()["rejection"]["actor_id"], Value::Null);
        assert_eq!(shown.json["applied_at"], json!(then));
        let shown = app.get(&rita, &format!("/applications/{}", ids[3])).await;
        assert_eq!(shown.ok()["hire"]["offer_id"], Value::Null);
        let moves = app.get(&rita, &format!("/applications/{}/moves", ids[0])).await;
        assert_eq!(moves.rows()[0]["previous_stage_minutes"], 120);
        assert_eq!(moves.rows()[0]["actor_id"], rita.id.to_string());
        assert_eq!(moves.rows()[1]["actor_id"], Value::Null);
        app.db().seal().unwrap();
        let feed = app.get(&rita, &format!("/events?application_id={}", ids[2])).await;
        let told: Vec<[&str; 2]> = feed.ok()["data"].as_array().unwrap().iter()
            .map(|event| [event["kind"].as_str().unwrap(), event["actor"]["kind"].as_str().unwrap()])
            .collect();
        assert_eq!(told, [
            ["application.created", "import"], ["application.moved", "import"], ["application.rejected", "import"],
        ]);
        assert_eq!(feed.json["data"][0]["occurred_at"], json!(then));
    }

    async fn any_sequence_of_commands_leaves_at_most_one_open_closing_fact(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, reason_id) = (hiring::job(&app), reason(&app).await);
        let words = prop::sample::select(vec!["move", "reject", "withdraw", "reopen", "hire"]);
        let sequences = prop::collection::vec(words, 1..8);
        let mut runner = TestRunner::deterministic();
        for _ in 0..12 {
            let id = hiring::application(&app, &rita, &job).await;
            let path = format!("/applications/{id}");
            for command in sequences.new_tree(&mut runner).unwrap().current() {
                let stands = app.get(&rita, &path).await;
                let from = stands.ok()["stage_id"].clone();
                let to = job.stages.iter().find(|stage| from != stage.to_string()).unwrap();
                let status = match command {
                    "move" => {
                        let body = json!({ "from_stage_id": from, "to_stage_id": to });
                        app.post(&rita, &format!("{path}/moves"), body).await.status
                    }
                    "reject" => {
                        let body = json!({ "reason_id": reason_id });
                        app.put(&rita, &format!("{path}/rejection"), body).await.status
                    }
                    "withdraw" => app.put(&rita, &format!("{path}/withdrawal"), json!({})).await.status,
                    "reopen" => {
                        let body = json!({ "reason": "Again." });
                        app.post(&rita, &format!("{path}/reopenings"), body).await.status
                    }
                    _ => hire_now(&app, &id).map_or(409, |()| 200),
                };
                let after = app.get(&rita, &path).await;
                let now = after.ok()["status"].as_str().unwrap();
                let expected = if now == "active" { vec![] } else { vec![now] };
                assert_eq!(open_facts(&app, &id), expected, "after {command}, answered {status}");
                if status == 409 {
                    assert_eq!(after.json, stands.json);
                }
            }
        }
    }
}
