//! Offers.

pub mod scene;

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::db::schema::{applications, approval_chains, events, jobs};
use serde_json::{Value, json};

use crate::both;
use crate::support::{TestApp, at_once};
use scene::{Scene, Set};

/// Runs a statement that no operation makes in a few lines.
fn change(app: &TestApp, work: impl Fn(&mut evenbar::db::Conn) + Send + 'static) {
    app.db()
        .write_here(&app.db().unit(), move |tx| {
            work(tx.conn);
            Ok(())
        })
        .unwrap();
}

both! {
    async fn an_offer_is_drafted_submitted_approved_extended_and_accepted(app) {
        let scene = Scene::new(&app).await;
        let draft = scene.draft(&app).await;
        assert_eq!(draft.created()["state"], "draft");
        let id = draft.id();
        assert_eq!(draft.header("location"), Some(format!("/api/v1/offers/{id}").as_str()));
        assert_eq!(draft.json["current_version"]["number"], 1);
        assert_eq!(draft.json["current_version"]["terms"], scene.terms("95000.00"));
        assert_eq!(draft.json["approval_run"], Value::Null);
        let pending = scene.put(&app, &id, "submission", Value::Null).await;
        assert_eq!(pending.ok()["state"], "pending");
        assert_eq!(pending.json["opening_id"], json!(scene.openings[0]));
        assert_eq!(scene.opening_state(&app, 0), "reserved");
        let run = pending.json["approval_run"]["id"].as_str().unwrap().to_owned();
        let hash = pending.json["current_version"]["terms_hash"].as_str().unwrap().to_owned();
        for who in [&scene.finance[0], &scene.directors[0], &scene.directors[1]] {
            scene.vote(&app, who, &run, "approve", &hash).await.created();
        }
        let expires_at = app.clock.now() + TimeDelta::days(7);
        let extended = scene.put(&app, &id, "extension", json!({ "expires_at": expires_at })).await;
        assert_eq!(extended.ok()["state"], "extended");
        assert_eq!(extended.json["expires_at"], json!(expires_at));
        app.advance(TimeDelta::minutes(5));
        let accepted = scene.put(&app, &id, "acceptance", json!({ "note": "By phone." })).await;
        assert_eq!(accepted.ok()["state"], "accepted");
        assert_eq!(accepted.json["acceptance_note"], "By phone.");
        assert_eq!(accepted.json["resolved_at"], json!(app.clock.now()));
        assert_eq!(scene.opening_state(&app, 0), "filled");
        assert_eq!(scene.status(&app), "hired");
        let kinds = app.event_kinds();
        let told = [
            "offer.created", "opening.reserved", "approval_run.started", "approval_step.asked",
            "vote.cast", "approval_run.approved", "offer.extended", "offer.accepted",
            "opening.filled", "application.hired",
        ];
        for kind in told {
            assert!(kinds.contains(&kind.to_owned()), "{kind}");
        }
    }

    async fn what_approvers_need_stands_on_the_offer(app) {
        let scene = Scene::new(&app).await;
        let (id, _, _) = scene.submitted(&app).await;
        let path = format!("/offers/{id}");
        let (statements, seen) = app.statements(app.get(&scene.directors[1], &path)).await;
        assert!(statements <= 7, "{statements}");
        assert_eq!(seen.ok()["decision"]["outcome"], "hire");
        assert_eq!(seen.json["decision"]["summary"], "Strong in design.");
        let band = &seen.json["current_version"]["band"];
        assert_eq!(band["minimum"], json!({ "amount": "80000.00", "currency": "EUR" }));
        assert_eq!(band["placement"]["position"], "within");
        assert_eq!(band["placement"]["compa_ratio"]["decimal"], "0.9500");
        assert_eq!(band["placement"]["range_penetration"]["decimal"], "0.3750");
        assert_eq!(seen.json["approval_run"]["steps"].as_array().unwrap().len(), 2);
        assert_eq!(seen.json["current_version"]["changes"], json!([]));
    }

    async fn a_band_of_another_period_places_nothing(app) {
        let scene = Scene::new(&app).await;
        let mut terms = scene.terms("7900.00");
        terms["period"] = json!("month");
        let path = format!("/applications/{}/offers", scene.application);
        let made = app.post(&scene.recruiter, &path, json!({ "terms": terms })).await;
        assert_eq!(made.created()["current_version"]["band"]["placement"], Value::Null);
        assert_eq!(made.json["current_version"]["band"]["period"], "year");
    }

    async fn new_terms_are_a_new_version_and_need_approval_anew(app) {
        let scene = Scene::new(&app).await;
        let id = scene.approved(&app).await;
        let before = scene.offer(&app, &id).await;
        let (old_run, old_hash) =
            (&before.json["approval_run"]["id"], &before.json["current_version"]["terms_hash"]);
        let made = scene.revise(&app, &id, json!({ "terms": scene.terms("98000.00") })).await;
        assert_eq!(made.created()["number"], 2);
        assert_eq!(made.json["previous_version_id"], before.json["current_version"]["id"]);
        assert_eq!(
            made.json["changes"],
            json!([{ "field": "base", "before": "95000.00 EUR", "after": "98000.00 EUR" }]),
        );
        assert_ne!(&made.json["terms_hash"], old_hash);
        let location = made.header("location").unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        assert_eq!(app.get(&scene.manager, &location).await.ok(), &made.json);
        let now = scene.offer(&app, &id).await;
        assert_eq!(now.ok()["state"], "draft");
        assert_eq!(now.json["approval_run"], Value::Null);
        let run = old_run.as_str().unwrap();
        let superseded = app.get(&scene.recruiter, &format!("/approval-runs/{run}")).await;
        assert_eq!(superseded.ok()["state"], "superseded");
        let expires = json!({ "expires_at": app.clock.now() + TimeDelta::days(1) });
        scene.put(&app, &id, "extension", expires).await.problem(409, "illegal_transition");
        let pending = scene.put(&app, &id, "submission", Value::Null).await;
        assert_eq!(pending.ok()["opening_id"], before.json["opening_id"]);
        let run = pending.json["approval_run"]["id"].as_str().unwrap();
        let stale = scene.vote(&app, &scene.finance[0], run, "approve", old_hash.as_str().unwrap()).await;
        stale.problem(409, "terms_changed");
    }

    async fn new_terms_while_approvers_vote_supersede_their_run(app) {
        let scene = Scene::new(&app).await;
        let (id, run, hash) = scene.submitted(&app).await;
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        scene.revise(&app, &id, json!({ "terms": scene.terms("98000.00") })).await.created();
        let late = scene.vote(&app, &scene.directors[0], &run, "approve", &hash).await;
        late.problem(409, "illegal_transition");
        assert!(app.get(&scene.directors[0], "/approval-runs?waiting_for=me").await.rows().is_empty());
    }

    async fn a_rejected_offer_gets_new_terms_and_keeps_its_opening(app) {
        let scene = Scene::new(&app).await;
        let (id, run, hash) = scene.submitted(&app).await;
        scene.vote(&app, &scene.finance[0], &run, "reject", &hash).await.created();
        scene.vote(&app, &scene.finance[1], &run, "reject", &hash).await.created();
        scene.put(&app, &id, "submission", Value::Null).await.problem(409, "illegal_transition");
        scene.revise(&app, &id, json!({ "terms": scene.terms("90000.00") })).await.created();
        assert_eq!(scene.opening_state(&app, 0), "reserved");
        scene.put(&app, &id, "submission", Value::Null).await.ok();
        let rejected = app.get(&scene.recruiter, &format!("/approval-runs/{run}")).await;
        assert_eq!(rejected.ok()["state"], "rejected");
    }

    async fn another_opening_frees_the_one_that_was_reserved(app) {
        let scene = Scene::new(&app).await;
        let (id, _, _) = scene.submitted(&app).await;
        let other = json!({ "terms": scene.terms("95000.00"), "opening_id": scene.openings[1] });
        scene.revise(&app, &id, other).await.created();
        assert_eq!(scene.opening_state(&app, 0), "open");
        assert_eq!(scene.opening_state(&app, 1), "open");
        scene.put(&app, &id, "submission", Value::Null).await.ok();
        assert_eq!(scene.opening_state(&app, 1), "reserved");
    }

    async fn without_a_decision_to_hire_there_is_no_offer(app) {
        let scene = Scene::with(&app, Set { outcome: None, ..Set::default() }).await;
        scene.draft(&app).await.problem(409, "decision_missing");
        let scene = Scene::with(&app, Set { outcome: Some("no_hire"), ..Set::default() }).await;
        scene.draft(&app).await.problem(409, "decision_missing");
    }

    async fn an_application_has_one_live_offer(app) {
        let scene = Scene::new(&app).await;
        let id = scene.extended(&app).await;
        scene.draft(&app).await.problem(409, "already_exists");
        scene.put(&app, &id, "decline", json!({ "reason": "Too far." })).await.ok();
        scene.draft(&app).await.created();
    }

    async fn only_an_active_application_gets_an_offer(app) {
        let scene = Scene::new(&app).await;
        let id = scene.application;
        change(&app, move |conn| {
            let ended = diesel::update(applications::table.find(id));
            ended.set(applications::status.eq("withdrawn")).execute(conn).unwrap();
        });
        scene.draft(&app).await.problem(409, "illegal_transition");
    }

    async fn terms_that_do_not_fit_name_the_field(app) {
        let scene = Scene::new(&app).await;
        let path = format!("/applications/{}/offers", scene.application);
        let refused = [
            ("base", json!({ "amount": "95000", "currency": "EUR" }), "/terms/base"),
            ("base", json!({ "amount": 95000, "currency": "EUR" }), "/terms/base/amount"),
            ("sign_on", json!({ "amount": "1.00", "currency": "USD" }), "/terms/sign_on"),
            ("bonus_target_basis_points", json!(100_001), "/terms/bonus_target_basis_points"),
            ("equity_units", json!(1.5), "/terms/equity_units"),
            ("level_id", json!(scene.other_level), "/terms/level_id"),
            ("level_id", json!("level_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/terms/level_id"),
            ("level_id", json!(scene.job), "/terms/level_id"),
            ("title", json!(""), "/terms/title"),
            ("title", json!("x".repeat(201)), "/terms/title"),
            ("employment_type", json!("serfdom"), "/terms/employment_type"),
            ("start_on", json!("2027-02-30"), "/terms/start_on"),
            ("note", json!("x".repeat(2001)), "/terms/note"),
            ("salary_history", json!("90000.00"), "/terms/salary_history"),
        ];
        for (member, value, pointer) in refused {
            let mut terms = scene.terms("95000.00");
            terms[member] = value;
            app.post(&scene.recruiter, &path, json!({ "terms": terms })).await.field(422, pointer);
        }
        let elsewhere = Scene::new(&app).await.openings[0];
        let foreign = json!({ "terms": scene.terms("95000.00"), "opening_id": elsewhere });
        app.post(&scene.recruiter, &path, foreign).await.field(422, "/opening_id");
        assert!(app.get(&scene.recruiter, "/offers").await.rows().is_empty());
    }

    async fn readers_see_an_offer_and_others_do_not_know_of_it(app) {
        let scene = Scene::new(&app).await;
        let (id, _, _) = scene.submitted(&app).await;
        let version = scene.offer(&app, &id).await.json["current_version"]["id"].clone();
        let version = format!("/offer-versions/{}", version.as_str().unwrap());
        let path = format!("/offers/{id}");
        for sees in [&scene.recruiter, &scene.manager, &scene.finance[0], &scene.directors[0]] {
            app.get(sees, &path).await.ok();
            app.get(sees, &version).await.ok();
            let (statements, page) = app.statements(app.get(sees, "/offers")).await;
            assert_eq!(page.rows()[0]["id"], id);
            assert!(statements <= 3, "{statements}");
            assert!(!String::from_utf8_lossy(&page.bytes).contains("95000"));
        }
        for blind in [&scene.stranger, &scene.admin, &scene.decider] {
            app.get(blind, &path).await.problem(404, "not_found");
            app.get(blind, &version).await.problem(404, "not_found");
            assert!(app.get(blind, "/offers").await.rows().is_empty());
        }
        app.get(&app.anonymous(), &path).await.problem(401, "unauthenticated");
        let of = format!("/offers?application_id={}&state=pending", scene.application);
        assert_eq!(app.get(&scene.manager, &of).await.rows().len(), 1);
        assert!(app.get(&scene.manager, "/offers?state=draft").await.rows().is_empty());
    }

    async fn only_recruiters_make_and_move_offers(app) {
        let scene = Scene::new(&app).await;
        let create = format!("/applications/{}/offers", scene.application);
        let body = json!({ "terms": scene.terms("95000.00") });
        app.post(&scene.manager, &create, body.clone()).await.problem(403, "forbidden");
        app.post(&scene.decider, &create, body.clone()).await.problem(403, "forbidden");
        app.post(&scene.stranger, &create, body.clone()).await.problem(404, "not_found");
        app.post(&app.anonymous(), &create, body).await.problem(401, "unauthenticated");
        let id = scene.approved(&app).await;
        let etag = scene.offer(&app, &id).await.etag();
        let expires = json!({ "expires_at": app.clock.now() + TimeDelta::days(1) });
        for (what, body) in [
            ("submission", Value::Null),
            ("extension", expires),
            ("acceptance", json!({})),
            ("decline", json!({ "reason": "No." })),
        ] {
            let path = format!("/offers/{id}/{what}");
            app.put_if(&scene.manager, &path, &etag, body.clone()).await.problem(403, "forbidden");
            app.put_if(&scene.finance[0], &path, &etag, body.clone()).await.problem(403, "forbidden");
            app.put_if(&scene.stranger, &path, &etag, body).await.problem(404, "not_found");
        }
    }

    async fn whoever_submits_does_not_approve(app) {
        let scene = Scene::new(&app).await;
        let id = scene.draft(&app).await.id();
        let members = json!([scene.directors[0].id, scene.recruiter.id]);
        let steps = json!([
            { "name": "Finance", "mode": "any", "member_ids": [scene.finance[0].id] },
            { "name": "Final say", "mode": "any", "member_ids": members },
        ]);
        let chain = format!("/approval-chains/{}", scene.chain);
        app.patch(&scene.admin, &chain, json!({ "steps": steps })).await.ok();
        let refused = scene.put(&app, &id, "submission", Value::Null).await;
        let problem = refused.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], "separation_of_duties");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("Final say"));
        assert_eq!(scene.offer(&app, &id).await.ok()["state"], "draft");
        assert_eq!(scene.opening_state(&app, 0), "open");
    }

    async fn a_submission_needs_approvers_who_can_sign_in(app) {
        let scene = Scene::new(&app).await;
        let id = scene.draft(&app).await.id();
        let chain = format!("/approval-chains/{}", scene.chain);
        app.patch(&scene.admin, &chain, json!({ "archived": true })).await.ok();
        scene.put(&app, &id, "submission", Value::Null).await.problem(409, "not_ready");
        app.patch(&scene.admin, &chain, json!({ "archived": false })).await.ok();
        let gone = scene.directors[0].id;
        change(&app, move |conn| {
            use evenbar::db::schema::users;
            let user = diesel::update(users::table.find(gone));
            user.set(users::state.eq("deactivated")).execute(conn).unwrap();
        });
        let refused = scene.put(&app, &id, "submission", Value::Null).await;
        let problem = refused.problem(409, "not_ready");
        assert!(problem["detail"].as_str().unwrap().contains("Directors"));
    }

    async fn a_job_without_a_chain_submits_nothing(app) {
        let scene = Scene::new(&app).await;
        let id = scene.draft(&app).await.id();
        let (job, chain) = (scene.job, scene.chain);
        change(&app, move |conn| {
            let unset = diesel::update(jobs::table.find(job));
            unset.set(jobs::approval_chain_id.eq(None::<evenbar::ids::ApprovalChainId>)).execute(conn).unwrap();
            assert_eq!(approval_chains::table.find(chain).count().get_result::<i64>(conn), Ok(1));
        });
        scene.put(&app, &id, "submission", Value::Null).await.problem(409, "not_ready");
    }

    async fn an_offer_needs_an_opening_and_a_job_without_a_limit_makes_one(app) {
        let scene = Scene::with(&app, Set { openings: 0, ..Set::default() }).await;
        let id = scene.draft(&app).await.id();
        scene.put(&app, &id, "submission", Value::Null).await.problem(409, "not_ready");
        let boundless = Set { openings: 0, headcount: "unlimited", ..Set::default() };
        let scene = Scene::with(&app, boundless).await;
        let id = scene.extended(&app).await;
        let accepted = scene.put(&app, &id, "acceptance", json!({})).await;
        let opening = format!("/openings/{}", accepted.ok()["opening_id"].as_str().unwrap());
        assert_eq!(app.get(&scene.recruiter, &opening).await.ok()["state"], "filled");
        assert_eq!(scene.status(&app), "hired");
    }

    async fn every_change_names_the_version_that_it_saw(app) {
        let scene = Scene::new(&app).await;
        let draft = scene.draft(&app).await;
        let (id, etag) = (draft.id(), draft.etag());
        let expires = json!({ "expires_at": app.clock.now() + TimeDelta::days(1) });
        let changes = [
            ("submission", Value::Null),
            ("extension", expires),
            ("acceptance", json!({})),
            ("decline", json!({ "reason": "No." })),
        ];
        scene.revise(&app, &id, json!({ "terms": scene.terms("96000.00") })).await.created();
        for (what, body) in changes {
            let path = format!("/offers/{id}/{what}");
            app.put(&scene.recruiter, &path, body.clone()).await.problem(428, "precondition_required");
            app.put_if(&scene.recruiter, &path, &etag, body).await.problem(412, "stale");
        }
        let path = format!("/offers/{id}/versions");
        let body = json!({ "terms": scene.terms("97000.00") });
        app.post(&scene.recruiter, &path, body.clone()).await.problem(428, "precondition_required");
        let late = app.request(&scene.recruiter, Method::POST, &path).insert_header(("If-Match", etag));
        app.send(late.set_json(body)).await.problem(412, "stale");
    }

    async fn an_offer_is_extended_until_later_than_now(app) {
        let scene = Scene::new(&app).await;
        let id = scene.approved(&app).await;
        let now = json!({ "expires_at": app.clock.now() });
        scene.put(&app, &id, "extension", now).await.field(422, "/expires_at");
        let never = json!({ "expires_at": "tomorrow" });
        scene.put(&app, &id, "extension", never).await.field(422, "/expires_at");
    }

    async fn an_expired_offer_is_not_accepted_but_may_be_declined(app) {
        let scene = Scene::new(&app).await;
        let id = scene.extended(&app).await;
        app.advance(TimeDelta::days(7));
        let recruiter = app.again(&scene.recruiter);
        let scene = Scene { recruiter, ..scene };
        scene.put(&app, &id, "acceptance", json!({})).await.problem(409, "not_ready");
        assert_eq!(scene.status(&app), "active");
        let declined = scene.put(&app, &id, "decline", json!({ "reason": "Too late." })).await;
        assert_eq!(declined.ok()["state"], "declined");
        assert_eq!(declined.json["decline_reason"], "Too late.");
        assert_eq!(scene.opening_state(&app, 0), "open");
        assert_eq!(scene.status(&app), "active");
    }

    async fn what_the_candidate_holds_is_not_revised(app) {
        let scene = Scene::new(&app).await;
        let id = scene.extended(&app).await;
        let revised = scene.revise(&app, &id, json!({ "terms": scene.terms("99000.00") })).await;
        revised.problem(409, "illegal_transition");
    }

    async fn an_offer_ends_with_its_application(app) {
        for ending in ["rejection", "withdrawal"] {
            let scene = Scene::new(&app).await;
            let (id, run, hash) = scene.submitted(&app).await;
            let reason = json!({ "name": format!("For {ending}"), "kind": "ours" });
            let reason = app.post(&scene.admin, "/rejection-reasons", reason).await.id();
            let body = if ending == "rejection" { json!({ "reason_id": reason }) } else { json!({}) };
            let path = format!("/applications/{}/{ending}", scene.application);
            app.put(&scene.recruiter, &path, body).await.ok();
            let ended = scene.offer(&app, &id).await;
            assert_eq!(ended.ok()["state"], "rescinded");
            assert_eq!(ended.json["approval_run"]["state"], "superseded");
            assert!(ended.json["resolved_at"].is_string());
            assert_eq!(scene.opening_state(&app, 0), "open");
            let late = scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await;
            late.problem(409, "illegal_transition");
            let terms = json!({ "terms": scene.terms("96000.00") });
            scene.revise(&app, &id, terms).await.problem(409, "illegal_transition");
            assert!(app.event_kinds().contains(&"offer.rescinded".to_owned()));
        }
    }

    async fn an_application_without_a_live_offer_just_ends(app) {
        let scene = Scene::new(&app).await;
        let id = scene.extended(&app).await;
        scene.put(&app, &id, "decline", json!({ "reason": "Too far." })).await.ok();
        let path = format!("/applications/{}/withdrawal", scene.application);
        app.put(&scene.recruiter, &path, json!({})).await.ok();
        assert_eq!(scene.offer(&app, &id).await.ok()["state"], "declined");
    }

    async fn two_submissions_at_once_never_share_an_opening(app) {
        let scene = Scene::with(&app, Set { openings: 1, ..Set::default() }).await;
        let other = scene.another_application(&app);
        let mut puts = Vec::new();
        for application in [scene.application, other] {
            let path = format!("/applications/{application}/offers");
            let body = json!({ "terms": scene.terms("95000.00") });
            let made = app.post(&scene.recruiter, &path, body).await;
            let path = format!("/offers/{}/submission", made.id());
            puts.push((path, made.etag()));
        }
        let mut statuses = at_once(&app, puts.into_iter().map(|(path, etag)| {
            (scene.recruiter.clone(), Method::PUT, path, Some(etag), None)
        }));
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(scene.opening_state(&app, 0), "reserved");
    }

    async fn two_acceptances_at_once_hire_once(app) {
        let scene = Scene::new(&app).await;
        let id = scene.extended(&app).await;
        let etag = scene.offer(&app, &id).await.etag();
        let mut statuses = at_once(&app, (0..2).map(|_| {
            let path = format!("/offers/{id}/acceptance");
            (scene.recruiter.clone(), Method::PUT, path, Some(etag.clone()), Some(json!({})))
        }));
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "application.hired").count(), 1);
    }

    async fn whoever_owes_an_evaluation_does_not_read_the_decision(app) {
        let scene = Scene::new(&app).await;
        let (id, _, _) = scene.submitted(&app).await;
        scene.seat(&app, &scene.manager);
        let seen = app.get(&scene.manager, &format!("/offers/{id}")).await;
        assert_eq!(seen.ok()["decision"], Value::Null);
        assert!(!String::from_utf8_lossy(&seen.bytes).contains("Strong in design"));
    }

    async fn a_second_click_with_the_same_key_drafts_one_offer(app) {
        let scene = Scene::new(&app).await;
        let path = format!("/applications/{}/offers", scene.application);
        let request = || {
            app.request(&scene.recruiter, Method::POST, &path)
                .insert_header(("Idempotency-Key", "offer"))
                .set_json(json!({ "terms": scene.terms("95000.00") }))
        };
        let first = app.send(request()).await;
        assert_eq!(first.created(), app.send(request()).await.created());
        assert_eq!(app.get(&scene.recruiter, "/offers").await.rows().len(), 1);
    }

    async fn no_event_holds_pay_or_words(app) {
        let scene = Scene::new(&app).await;
        let id = scene.approved(&app).await;
        scene.revise(&app, &id, json!({ "terms": scene.terms("98000.00") })).await.created();
        let all = |conn: &mut evenbar::db::Conn| {
            Ok(events::table.select(events::payload).load::<evenbar::db::types::Document>(conn)?)
        };
        let payloads = format!("{:?}", app.db().read_here(all).unwrap());
        for secret in ["95000", "98000", "EUR", "Because", "Senior", "Berlin", "Strong"] {
            assert!(!payloads.contains(secret), "{secret} in {payloads}");
        }
    }
}
