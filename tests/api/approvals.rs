//! Approval chains, runs and votes.

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::access::{OrgRole, Permit};
use evenbar::approvals::commands::{PastRun, PastStep, PastVote, insert_past};
use evenbar::approvals::{RunState, StepMode, StepState, VoteDecision};
use evenbar::db::schema::users;
use serde_json::{Value, json};

use crate::both;
use crate::offers::scene::Scene;
use crate::support::{Person, TestApp, at_once};

/// Casts every vote at the same moment, and gives the statuses.
fn vote_at_once(app: &TestApp, path: &str, votes: Vec<(Person, Value)>) -> Vec<u16> {
    let post = |(person, vote)| (person, Method::POST, path.to_owned(), None, Some(vote));
    at_once(app, votes.into_iter().map(post))
}

both! {
    async fn an_admin_defines_a_chain_and_recruiters_read_it(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let recruiter = app.person("Rea", OrgRole::Recruiter);
        let (one, two) = (app.person("Uma", OrgRole::Member), app.person("Uwe", OrgRole::Member));
        let steps = json!([
            { "name": "Finance", "mode": "any", "member_ids": [one.id, two.id] },
            { "name": "Director", "mode": "all", "member_ids": [two.id] },
        ]);
        let made = app.post(&admin, "/approval-chains", json!({ "name": "Offers", "steps": steps })).await;
        assert_eq!(made.created()["steps"], steps);
        assert_eq!(made.json["archived_at"], Value::Null);
        let path = format!("/approval-chains/{}", made.id());
        assert_eq!(app.get(&recruiter, &path).await.ok(), &made.json);
        let (statements, page) = app.statements(app.get(&recruiter, "/approval-chains")).await;
        assert_eq!(page.rows(), &vec![made.json.clone()]);
        assert!(statements <= 3, "{statements}");
        app.get(&one, &path).await.problem(403, "forbidden");
        let vain = json!({ "name": "Offers", "steps": steps });
        app.post(&recruiter, "/approval-chains", vain.clone()).await.problem(403, "forbidden");
        app.post(&app.anonymous(), "/approval-chains", vain).await.problem(401, "unauthenticated");
        let unknown = "/approval-chains/chain_01jd3z3z3z3z3z3z3z3z3z3z3z";
        app.get(&admin, unknown).await.problem(404, "not_found");
        assert_eq!(app.event_kinds(), ["approval_chain.created"]);
    }

    async fn a_chain_is_changed_unless_somebody_else_was_faster(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let member = app.person("Uma", OrgRole::Member);
        let step = |name: &str| json!([{ "name": name, "mode": "all", "member_ids": [member.id] }]);
        let chain = json!({ "name": "Offers", "steps": step("Finance") });
        let made = app.post(&admin, "/approval-chains", chain).await;
        let path = format!("/approval-chains/{}", made.id());
        let change = json!({ "name": "All offers", "steps": step("Board"), "archived": true });
        let changed = app.patch_if(&admin, &path, &made.etag(), change).await;
        assert_eq!(changed.ok()["name"], "All offers");
        assert_eq!(changed.json["steps"], step("Board"));
        assert!(changed.json["archived_at"].is_string());
        app.patch_if(&admin, &path, &made.etag(), json!({})).await.problem(412, "stale");
        let back = app.patch(&admin, &path, json!({ "archived": false })).await;
        assert_eq!(back.ok()["archived_at"], Value::Null);
        assert_eq!(back.json["steps"], step("Board"));
    }

    async fn the_members_of_a_chain_are_active_users_each_once_on_a_step(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let gone = app.person("Gil", OrgRole::Member);
        let member = app.person("Uma", OrgRole::Member);
        let (id, unit) = (gone.id, app.db().unit());
        let deactivate = move |tx: &mut evenbar::db::Tx<'_>| {
            Ok(diesel::update(users::table.find(id)).set(users::state.eq("deactivated")).execute(tx.conn)?)
        };
        app.db().write_here(&unit, deactivate).unwrap();
        let with = |steps: Value| json!({ "name": "Offers", "steps": steps });
        let step = |members: Value| json!([{ "name": "Finance", "mode": "any", "member_ids": members }]);
        let refused = [
            (step(json!([member.id, gone.id])), "/steps/0/member_ids/1"),
            (step(json!([member.id, member.id])), "/steps/0/member_ids/1"),
            (step(json!(["user_01jd3z3z3z3z3z3z3z3z3z3z3z"])), "/steps/0/member_ids/0"),
            (step(json!([])), "/steps/0/member_ids"),
            (step(json!(vec![member.id; 21])), "/steps/0/member_ids"),
            (json!([]), "/steps"),
            (json!([{ "name": "Finance", "mode": "most", "member_ids": [member.id] }]), "/steps/0/mode"),
            (json!([{ "name": "", "mode": "any", "member_ids": [member.id] }]), "/steps/0/name"),
        ];
        for (steps, pointer) in refused {
            app.post(&admin, "/approval-chains", with(steps)).await.field(422, pointer);
        }
        let eleven: Vec<Value> = (0..11).map(|_| step(json!([member.id]))[0].clone()).collect();
        app.post(&admin, "/approval-chains", with(json!(eleven))).await.field(422, "/steps");
        let unknown = json!({ "name": "Offers", "steps": step(json!([member.id])), "colour": "red" });
        app.post(&admin, "/approval-chains", unknown).await.problem(422, "unknown_field");
        assert!(app.get(&admin, "/approval-chains").await.rows().is_empty());
    }

    async fn steps_are_asked_in_order_and_the_last_vote_approves(app) {
        let scene = Scene::new(&app).await;
        let (offer, run, hash) = scene.submitted(&app).await;
        let path = format!("/approval-runs/{run}");
        let seen = app.get(&scene.finance[0], &path).await;
        assert_eq!(seen.ok()["state"], "pending");
        assert_eq!(seen.json["offer_id"], offer);
        assert_eq!(seen.json["subject"]["kind"], "offer_version");
        assert_eq!(seen.json["started_by"], json!(scene.recruiter.id));
        assert_eq!(seen.json["steps"][0]["state"], "pending");
        assert_eq!(seen.json["steps"][1]["state"], "waiting");
        assert_eq!(seen.json["steps"][1]["asked_at"], Value::Null);
        scene.vote(&app, &scene.directors[0], &run, "approve", &hash).await.problem(403, "forbidden");
        let first = scene.vote(&app, &scene.finance[1], &run, "approve", &hash).await;
        assert_eq!(first.created()["steps"][0]["state"], "approved");
        assert_eq!(first.header("location"), Some(format!("/api/v1/approval-runs/{run}").as_str()));
        let member = &first.json["steps"][0]["members"][1];
        assert_eq!(member["user_id"], json!(scene.finance[1].id));
        assert_eq!(member["vote"]["decision"], "approve");
        assert_eq!(member["vote"]["note"], "Because.");
        assert_eq!(first.json["steps"][1]["state"], "pending");
        let second = scene.vote(&app, &scene.directors[1], &run, "approve", &hash).await;
        assert_eq!(second.created()["state"], "pending");
        let third = scene.vote(&app, &scene.directors[0], &run, "approve", &hash).await;
        assert_eq!(third.created()["state"], "approved");
        assert!(third.json["ended_at"].is_string());
        assert_eq!(scene.offer(&app, &offer).await.ok()["state"], "approved");
        let kinds = app.event_kinds();
        let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
        assert_eq!(count("approval_run.started"), 1);
        assert_eq!(count("approval_step.asked"), 2);
        assert_eq!(count("vote.cast"), 3);
        assert_eq!(count("approval_run.approved"), 1);
    }

    async fn a_rejection_needs_a_note_and_ends_the_run(app) {
        let scene = Scene::new(&app).await;
        let (offer, run, hash) = scene.submitted(&app).await;
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        let path = format!("/approval-runs/{run}/votes");
        let silent = json!({ "decision": "reject", "terms_hash": hash });
        app.post(&scene.directors[0], &path, silent).await.field(422, "/note");
        let rejected = scene.vote(&app, &scene.directors[0], &run, "reject", &hash).await;
        assert_eq!(rejected.created()["state"], "rejected");
        assert_eq!(scene.offer(&app, &offer).await.ok()["state"], "rejected");
        let late = scene.vote(&app, &scene.directors[1], &run, "approve", &hash).await;
        late.problem(409, "illegal_transition");
        assert!(app.event_kinds().contains(&"approval_run.rejected".to_owned()));
    }

    async fn a_vote_counts_once_and_only_for_the_terms_it_saw(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        let other = format!("sha256:{}", "0".repeat(64));
        scene.vote(&app, &scene.finance[0], &run, "approve", &other).await.problem(409, "terms_changed");
        scene.vote(&app, &scene.finance[0], &run, "approve", "sha256:00").await.field(422, "/terms_hash");
        scene.vote(&app, &scene.finance[0], &run, "abstain", &hash).await.field(422, "/decision");
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        scene.vote(&app, &scene.directors[0], &run, "approve", &hash).await.created();
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.problem(409, "already_exists");
        scene.vote(&app, &scene.directors[0], &run, "reject", &hash).await.problem(409, "already_exists");
        let run = app.get(&scene.recruiter, &format!("/approval-runs/{run}")).await;
        assert_eq!(run.ok()["state"], "pending");
    }

    async fn only_members_vote_and_only_readers_know(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        for sees in [&scene.recruiter, &scene.manager] {
            app.get(sees, &format!("/approval-runs/{run}")).await.ok();
            scene.vote(&app, sees, &run, "approve", &hash).await.problem(403, "forbidden");
        }
        for blind in [&scene.stranger, &scene.admin, &scene.decider] {
            app.get(blind, &format!("/approval-runs/{run}")).await.problem(404, "not_found");
            scene.vote(&app, blind, &run, "approve", &hash).await.problem(404, "not_found");
        }
        scene.vote(&app, &app.anonymous(), &run, "approve", &hash).await.problem(401, "unauthenticated");
        let unknown = "/approval-runs/run_01jd3z3z3z3z3z3z3z3z3z3z3z";
        app.get(&scene.recruiter, unknown).await.problem(404, "not_found");
    }

    async fn a_second_click_with_the_same_key_votes_once(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        let vote = || {
            app.request(&scene.finance[0], Method::POST, &format!("/approval-runs/{run}/votes"))
                .insert_header(("Idempotency-Key", "my-vote"))
                .set_json(json!({ "decision": "approve", "terms_hash": hash }))
        };
        let first = app.send(vote()).await;
        let second = app.send(vote()).await;
        assert_eq!(first.created(), second.created());
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
    }

    async fn a_queue_holds_what_waits_for_ones_vote(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        let queue = "/approval-runs?waiting_for=me";
        let (statements, page) = app.statements(app.get(&scene.finance[0], queue)).await;
        assert_eq!(page.rows()[0]["id"], run);
        assert!(statements <= 3, "{statements}");
        assert!(app.get(&scene.directors[0], queue).await.rows().is_empty());
        scene.vote(&app, &scene.finance[1], &run, "approve", &hash).await.created();
        assert!(app.get(&scene.finance[0], queue).await.rows().is_empty());
        assert_eq!(app.get(&scene.directors[0], queue).await.rows().len(), 1);
        scene.vote(&app, &scene.directors[0], &run, "approve", &hash).await.created();
        assert!(app.get(&scene.directors[0], queue).await.rows().is_empty());
        assert_eq!(app.get(&scene.directors[1], queue).await.rows().len(), 1);
        assert!(app.get(&scene.recruiter, queue).await.rows().is_empty());
        app.get(&scene.recruiter, "/approval-runs?waiting_for=you").await.expect(422);
    }

    async fn a_list_shows_the_runs_that_one_may_read(app) {
        let scene = Scene::new(&app).await;
        let (_, run, _) = scene.submitted(&app).await;
        for sees in [&scene.recruiter, &scene.manager, &scene.finance[1], &scene.directors[0]] {
            assert_eq!(app.get(sees, "/approval-runs").await.rows()[0]["id"], run);
        }
        for blind in [&scene.stranger, &scene.admin, &scene.decider] {
            assert!(app.get(blind, "/approval-runs").await.rows().is_empty());
        }
        let of = format!("/approval-runs?application_id={}&state=pending", scene.application);
        assert_eq!(app.get(&scene.manager, &of).await.rows().len(), 1);
        assert!(app.get(&scene.manager, "/approval-runs?state=approved").await.rows().is_empty());
        let other = "/approval-runs?application_id=app_01jd3z3z3z3z3z3z3z3z3z3z3z";
        assert!(app.get(&scene.manager, other).await.rows().is_empty());
        app.get(&scene.manager, "/approval-runs?color=red").await.problem(422, "unknown_field");
    }

    async fn a_run_keeps_its_steps_when_the_chain_changes(app) {
        let scene = Scene::new(&app).await;
        let (_, run, _) = scene.submitted(&app).await;
        let path = format!("/approval-runs/{run}");
        let before = app.get(&scene.recruiter, &path).await.ok().clone();
        let steps = json!([{ "name": "Board", "mode": "any", "member_ids": [scene.stranger.id] }]);
        let chain = format!("/approval-chains/{}", scene.chain);
        app.patch(&scene.admin, &chain, json!({ "steps": steps })).await.ok();
        assert_eq!(app.get(&scene.recruiter, &path).await.ok(), &before);
    }

    async fn each_step_is_asked_by_mail_and_the_end_is_told(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        app.deliver_mail();
        let asked: Vec<String> = app.mails.mails().iter().map(|mail| mail.to.email.clone()).collect();
        assert_eq!(asked.len(), 2);
        assert!(scene.finance.iter().all(|person| asked.contains(&person.email)));
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        app.deliver_mail();
        for director in &scene.directors {
            scene.vote(&app, director, &run, "approve", &hash).await.created();
        }
        app.deliver_mail();
        let mails = app.mails.mails();
        let told = &mails[4..];
        let told: Vec<&str> = told.iter().map(|mail| mail.to.email.as_str()).collect();
        // The driver of the debrief is told only where they may read the offer.
        assert_eq!(told, [scene.recruiter.email.as_str()]);
        for mail in &mails {
            assert!(mail.subject.contains("Kim Candidate"), "{}", mail.subject);
            for pay in ["95000", "95,000", "95.000", "EUR"] {
                assert!(!mail.text.contains(pay) && !mail.html.contains(pay));
            }
        }
    }

    async fn nobody_is_asked_for_a_vote_that_is_no_longer_owed(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        for person in &scene.finance {
            scene.vote(&app, person, &run, "reject", &hash).await.created();
        }
        assert_eq!(app.deliver_mail(), 2);
        assert!(app.mails.mails().is_empty());
    }

    async fn two_last_votes_at_once_finish_the_run_once(app) {
        let scene = Scene::new(&app).await;
        let (offer, run, hash) = scene.submitted(&app).await;
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        let vote = json!({ "decision": "approve", "terms_hash": hash });
        let votes = scene.directors.iter().map(|person| (person.clone(), vote.clone())).collect();
        assert_eq!(vote_at_once(&app, &format!("/approval-runs/{run}/votes"), votes), [201, 201]);
        assert_eq!(scene.offer(&app, &offer).await.ok()["state"], "approved");
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "approval_run.approved").count(), 1);
    }

    async fn the_same_vote_twice_at_once_counts_once(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        let vote = json!({ "decision": "approve", "terms_hash": hash });
        let votes = vec![(scene.directors[0].clone(), vote.clone()), (scene.directors[0].clone(), vote)];
        let mut statuses = vote_at_once(&app, &format!("/approval-runs/{run}/votes"), votes);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }

    async fn an_approval_of_another_system_is_kept_and_asks_nobody(app) {
        let scene = Scene::new(&app).await;
        let (job, approver, asker) = (scene.job, scene.stranger.id, scene.manager.id);
        let at = app.clock.now();
        let vote = PastVote { decision: VoteDecision::Approve, note: None, occurred_at: at };
        let step = |name: &str, state, vote| PastStep {
            name: name.to_owned(),
            mode: StepMode::All,
            state,
            asked_at: None,
            ended_at: None,
            members: vec![(approver, vote)],
        };
        let past = PastRun {
            job_id: job,
            state: RunState::Pending,
            started_by: Some(asker),
            started_at: at,
            ended_at: None,
            steps: vec![step("1", StepState::Approved, Some(vote)), step("2", StepState::Pending, None)],
        };
        let keep = move |tx: &mut evenbar::db::Tx<'_>| insert_past(tx, &Permit::for_import(job), &past);
        let id = app.db().write_here(&app.db().unit(), keep).unwrap();
        let path = format!("/approval-runs/{id}");
        let kept = app.get(&scene.recruiter, &path).await;
        assert_eq!(kept.ok()["subject"], json!({ "kind": "job", "id": job }));
        assert_eq!(kept.json["terms_hash"], Value::Null);
        assert_eq!(kept.json["steps"][0]["members"][0]["vote"]["decision"], "approve");
        app.get(&scene.stranger, &path).await.ok();
        app.get(&scene.decider, &path).await.problem(404, "not_found");
        assert_eq!(app.get(&scene.manager, "/approval-runs").await.rows().len(), 1);
        assert_eq!(app.get(&scene.stranger, "/approval-runs").await.rows().len(), 1);
        assert!(app.get(&scene.stranger, "/approval-runs?waiting_for=me").await.rows().is_empty());
        let hash = format!("sha256:{}", "0".repeat(64));
        let vote = scene.vote(&app, &scene.stranger, &id.to_string(), "approve", &hash).await;
        vote.problem(409, "illegal_transition");
        assert_eq!(app.deliver_mail(), 0);
        assert!(app.event_kinds().contains(&"approval_run.imported".to_owned()));
    }
}
