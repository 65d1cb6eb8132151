//! Shutting somebody out, and what becomes of what stood on them.

use actix_web::http::Method;
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::db::schema::stages;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::delegations::external;
use crate::offers::scene::Scene;
use crate::support::mail_links::follow;
use crate::support::onsite::{Onsite, memo};
use crate::support::{Browser, Person, Reply, TestApp, answers_at_once, hiring};

async fn shut_out(app: &TestApp, by: &Person, who: &Person, body: Value) -> Reply {
    app.put(by, &format!("/users/{}/deactivation", who.id), body).await
}

/// Everything goes to one successor.
fn all_to(successor: &Person) -> Value {
    json!({ "successor_id": successor.id })
}

/// What stands on somebody: each kind with how many there are.
async fn totals(app: &TestApp, by: &Person, who: &Person) -> Vec<(String, u64)> {
    let reply = app.get(by, &format!("/users/{}/obligations", who.id)).await;
    let totals = reply.ok()["totals"].as_array().unwrap().clone();
    let total =
        |row: &Value| (row["kind"].as_str().unwrap().to_owned(), row["count"].as_u64().unwrap());
    totals.iter().map(total).collect()
}

/// The addresses of those who got a mail of a kind, sorted.
fn mailed(app: &TestApp, kind: &str) -> Vec<String> {
    app.deliver_mail();
    let mails = app.mails.mails().into_iter().filter(|mail| mail.kind.slug() == kind);
    let mut people: Vec<String> = mails.map(|mail| mail.to.email).collect();
    people.sort();
    people
}

/// What a refusal names: the details of its errors.
fn named(reply: &Reply) -> Vec<String> {
    let errors = reply.problem(409, "successor_required")["errors"].as_array().unwrap().clone();
    assert!(errors.iter().all(|error| error["code"] == "successor_required"));
    errors.iter().map(|error| error["detail"].as_str().unwrap().to_owned()).collect()
}

async fn panel(app: &TestApp, onsite: &Onsite, interview: usize) -> Vec<Value> {
    let path = format!("/interviews/{}", onsite.interviews[interview]);
    app.get(&onsite.recruiter, &path).await.ok()["panel"].as_array().unwrap().clone()
}

both! {
    async fn what_stands_on_somebody_is_listed_for_themselves_and_for_administrators(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Recruiter));
        let onsite = Onsite::new(&app, 2).await;
        onsite.seat(&app, 0, &lea, "lead").await;
        onsite.seat(&app, 1, &lea, "shadow").await;
        onsite.hold(&app, 0).await;
        hiring::join(&app, &onsite.job, &lea, TeamRole::Recruiter);
        let application = format!("/applications/{}", onsite.application);
        app.patch(&onsite.recruiter, &application, json!({ "owner_id": lea.id })).await.ok();
        let candidate = hiring::candidate(&app, &onsite.recruiter, "Kim").await;
        let prospects = format!("/candidates/{candidate}/prospects");
        app.post(&onsite.recruiter, &prospects, json!({ "owner_id": lea.id })).await.created();
        app.post(&admin, "/departments", json!({ "name": "Sales", "head_id": lea.id })).await.created();
        app.post(&lea, "/service-accounts", json!({ "name": "Script" })).await.created();
        let mia = app.person("Mia", OrgRole::Member);
        app.patch(&admin, &format!("/users/{}", mia.id), json!({ "manager_id": lea.id })).await.ok();
        let steps = json!([{ "name": "One", "mode": "all", "member_ids": [lea.id] }]);
        app.post(&admin, "/approval-chains", json!({ "name": "Offers", "steps": steps })).await.created();
        let path = format!("/users/{}/obligations", lea.id);
        let seen = app.get(&admin, &path).await;
        let found: Vec<&str> =
            seen.ok()["data"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(found, [
            "panel_seat", "owed_scorecard", "approval_chain", "hiring_team_role", "application_owner",
            "prospect_owner", "department_head", "manager", "service_account",
        ]);
        assert_eq!(app.get(&lea, &path).await.json["data"], seen.json["data"]);
        assert!(seen.json["data"].as_array().unwrap().iter().all(|row| row["id"].is_string()));
        let needing = |row: &&Value| row["needs_successor"] == true;
        let data = seen.json["data"].as_array().unwrap();
        assert_eq!(data.iter().filter(needing).map(|row| &row["kind"]).collect::<Vec<_>>(), ["approval_chain"]);
        app.get(&onsite.recruiter, &path).await.problem(403, "forbidden");
        let (statements, _) = app.statements(app.get(&admin, &path)).await;
        assert!(statements <= 24, "{statements}");
    }

    async fn an_administrator_learns_nothing_of_confidential_jobs_from_it(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Recruiter));
        let job = json!({ "title": "Chief of Staff", "confidential": true });
        let job = app.post(&lea, "/jobs", job).await.id();
        let path = format!("/users/{}/obligations", lea.id);
        let seen = app.get(&admin, &path).await;
        assert_eq!(seen.ok()["data"], json!([{
            "kind": "hiring_team_role", "id": null, "job_id": null, "application_id": null,
            "needs_successor": true,
        }]));
        assert_eq!(app.get(&lea, &path).await.ok()["data"][0]["job_id"], json!(job));
        let refused = shut_out(&app, &admin, &lea, Value::Null).await;
        assert_eq!(named(&refused), ["hiring_team_role: nobody would recruit for a confidential job"]);
        let max = app.person("Max", OrgRole::Member);
        shut_out(&app, &admin, &lea, all_to(&max)).await.ok();
        app.get(&max, &format!("/jobs/{job}")).await.ok();
    }

    async fn a_card_that_is_owed_is_waived_and_a_seat_to_come_is_free_and_the_driver_is_told(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Member));
        let onsite = Onsite::new(&app, 2).await;
        onsite.seat(&app, 0, &lea, "lead").await;
        onsite.seat(&app, 1, &lea, "lead").await;
        onsite.hold(&app, 0).await;
        let coordinator = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &coordinator, TeamRole::Coordinator);
        shut_out(&app, &admin, &lea, Value::Null).await.ok();
        let seat = &panel(&app, &onsite, 0).await[0];
        assert!(seat["waived_at"].is_string(), "{seat}");
        assert!(panel(&app, &onsite, 1).await.is_empty());
        assert!(totals(&app, &admin, &lea).await.is_empty());
        let mut told = vec![coordinator.email.clone(), onsite.driver.email.clone()];
        told.sort();
        assert_eq!(mailed(&app, "left_behind"), told);
        follow(&app, &app.mails.mails(), MailKind::LeftBehind).await;
        let mail = app.mails.mails().into_iter().find(|mail| mail.kind.slug() == "left_behind").unwrap();
        assert!(mail.text.contains("Their seats on panels to come are free: 1. The scorecards that they owed were waived: 1."), "{}", mail.text);
        let events = app.event_kinds();
        for kind in ["panelist.waived", "panelist.removed", "application.left_behind", "user.deactivated"] {
            assert_eq!(events.iter().filter(|other| *other == kind).count(), 1, "{kind}");
        }
    }

    async fn a_seat_to_come_goes_to_the_successor_who_is_told(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Member));
        let max = app.person("Max", OrgRole::Member);
        let onsite = Onsite::new(&app, 2).await;
        onsite.seat(&app, 0, &lea, "lead").await;
        onsite.seat(&app, 1, &lea, "second").await;
        onsite.seat(&app, 1, &max, "lead").await;
        app.deliver_mail();
        shut_out(&app, &admin, &lea, all_to(&max)).await.ok();
        let seats = panel(&app, &onsite, 0).await;
        assert_eq!((&seats[0]["user_id"], &seats[0]["slot"]), (&json!(max.id), &json!("lead")));
        // Where they sat already they stay as they were.
        let seats = panel(&app, &onsite, 1).await;
        assert_eq!((seats.len(), &seats[0]["slot"]), (1, &json!("lead")));
        assert_eq!(mailed(&app, "handed_over"), [max.email.as_str()]);
        assert_eq!(mailed(&app, "interview_assigned").len(), 4);
        // The mail leads to the card by a link of their own, like everybody's who is seated.
        let mails = app.mails.mails();
        follow(&app, &mails, MailKind::HandedOver).await;
        let told = mails.iter().rfind(|mail| mail.kind.slug() == "interview_assigned").unwrap();
        assert_eq!(told.to.email, max.email);
        let link = told.text.lines().find_map(|line| line.strip_prefix("https://hire.example.com"));
        let link = link.expect("a link");
        assert!(link.starts_with("/l/"), "{link}");
        let mut browser = Browser::new(&app);
        browser.open(link).await.ok();
        browser.submit(link, &[("summary", "Taken over."), ("then", "save")]).await.expect(303);
        assert_eq!(app.get(&max, "/scorecards").await.rows()[0]["summary"], "Taken over.");
        assert_eq!(mailed(&app, "left_behind"), [onsite.driver.email.as_str()]);
    }

    async fn what_stands_on_somebody_tells_whoever_owes_a_card_nothing_of_what_was_decided(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, alma) = (app.person("Ana", OrgRole::Member), app.person("Alma", OrgRole::Admin));
        onsite.seat(&app, 0, &ana, "lead").await;
        let second = onsite.start(&app, &onsite.recruiter).await;
        let panel = format!("/interviews/{}/panel", second.created()["interview_ids"][0].as_str().unwrap());
        for person in [&onsite.driver, &alma] {
            let seat = json!({ "user_id": person.id, "slot": "second" });
            app.post(&onsite.recruiter, &panel, seat).await.created();
        }
        let path = format!("/users/{}/obligations", onsite.driver.id);
        let before = [app.get(&onsite.driver, &path).await, app.get(&alma, &path).await];
        onsite.submit(&app, 0, &ana, "no").await;
        onsite.take_up(&app).await;
        let seen = onsite.debrief(&app, &onsite.decider).await;
        let body = json!({ "outcome": "no_hire", "memo": memo() });
        app.put_if(&onsite.decider, &format!("/debriefs/{}/decision", onsite.debrief), &seen.etag(), body).await.ok();
        for (reader, before) in [&onsite.driver, &alma].into_iter().zip(before) {
            assert_eq!(app.get(reader, &path).await.ok(), before.ok());
        }
        let scene = Scene::new(&app).await;
        scene.submitted(&app).await;
        let fia = &scene.finance[0];
        assert!(totals(&app, &alma, fia).await.contains(&("approval_step".to_owned(), 1)));
        let of_job = stages::table.filter(stages::job_id.eq(scene.job)).select(stages::id);
        let job = hiring::Job { id: scene.job, stages: hiring::look(&app, |conn| of_job.load(conn)) };
        hiring::seat(&app, &scene.application.to_string(), &job, &alma, "lead");
        assert!(!totals(&app, &alma, fia).await.iter().any(|(kind, _)| kind == "approval_step"));
    }

    async fn a_debrief_does_not_lose_its_decider(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let (ana, max) = (app.person("Ana", OrgRole::Member), app.person("Max", OrgRole::Member));
        let onsite = Onsite::new(&app, 1).await;
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.hold(&app, 0).await;
        onsite.submit(&app, 0, &ana, "yes").await;
        let refused = shut_out(&app, &admin, &onsite.decider, Value::Null).await;
        assert_eq!(named(&refused), [format!("{}: nobody would decide it", onsite.debrief)]);
        assert_eq!(app.get(&admin, &format!("/users/{}", onsite.decider.id)).await.ok()["state"], "active");
        app.get(&onsite.decider, "/me").await.ok();
        assert!(!app.event_kinds().iter().any(|kind| kind == "debrief.left_behind"));
        shut_out(&app, &admin, &onsite.decider, all_to(&max)).await.ok();
        let debrief = onsite.debrief(&app, &max).await;
        assert_eq!(debrief.ok()["decider_id"], json!(max.id));
        onsite.decide(&app, &max, &debrief.etag(), memo()).await.ok();
        app.get(&onsite.decider, "/me").await.problem(401, "unauthenticated");
    }

    async fn a_debrief_without_a_driver_goes_on_with_its_decider(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let onsite = Onsite::new(&app, 1).await;
        shut_out(&app, &admin, &onsite.driver, Value::Null).await.ok();
        let debrief = onsite.debrief(&app, &onsite.recruiter).await;
        assert_eq!(debrief.ok()["driver_id"], json!(onsite.decider.id));
        assert_eq!(debrief.json["decider_id"], json!(onsite.decider.id));
        assert!(app.event_kinds().iter().any(|kind| kind == "debrief.handed_over"));
    }

    async fn the_candidate_succeeds_nobody_in_their_own_hire(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Member));
        let kim = app.person("Kim", OrgRole::Member);
        let onsite = Onsite::new(&app, 1).await;
        onsite.seat(&app, 0, &lea, "lead").await;
        let application = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
        let points = json!({ "contact_points": [{ "kind": "email", "value": kim.email }] });
        app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), points).await.ok();
        shut_out(&app, &admin, &lea, all_to(&kim)).await.ok();
        assert!(panel(&app, &onsite, 0).await.is_empty());
        assert_eq!(mailed(&app, "left_behind"), [onsite.driver.email.as_str()]);
        let refused = shut_out(&app, &admin, &onsite.decider, all_to(&kim)).await;
        assert_eq!(named(&refused).len(), 1);
    }

    async fn a_vote_that_is_awaited_goes_to_the_successor(app) {
        let scene = Scene::new(&app).await;
        let [dora, dirk] = &scene.directors;
        let max = app.person("Max", OrgRole::Member);
        let (_, run, hash) = scene.submitted(&app).await;
        let refused = shut_out(&app, &scene.admin, dora, Value::Null).await;
        // The chain does without her; the run does not.
        assert_eq!(named(&refused).len(), 1);
        let vain = [dirk, &scene.recruiter, &scene.admin];
        for successor in vain {
            named(&shut_out(&app, &scene.admin, dora, all_to(successor)).await);
        }
        shut_out(&app, &scene.admin, dora, all_to(&max)).await.ok();
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        assert!(mailed(&app, "approval_asked").contains(&max.email));
        scene.vote(&app, &max, &run, "approve", &hash).await.created();
        scene.vote(&app, dirk, &run, "approve", &hash).await.created();
        let run = app.get(&scene.recruiter, &format!("/approval-runs/{run}")).await;
        assert_eq!(run.ok()["state"], "approved");
        let chain = app.get(&scene.admin, &format!("/approval-chains/{}", scene.chain)).await;
        assert_eq!(chain.ok()["steps"][1]["member_ids"], json!([max.id, dirk.id]));
    }

    async fn whoever_takes_a_vote_over_while_it_is_asked_is_asked_by_mail(app) {
        let scene = Scene::new(&app).await;
        let max = app.person("Max", OrgRole::Member);
        scene.submitted(&app).await;
        app.deliver_mail();
        shut_out(&app, &scene.admin, &scene.finance[0], all_to(&max)).await.ok();
        let asked = mailed(&app, "approval_asked");
        assert_eq!(asked.iter().filter(|email| **email == max.email).count(), 1);
        assert_eq!(asked.iter().filter(|email| **email == scene.finance[1].email).count(), 1);
    }

    async fn a_step_that_anybody_may_pass_does_without_one_of_several(app) {
        let scene = Scene::new(&app).await;
        let [fia, finn] = &scene.finance;
        let (_, run, hash) = scene.submitted(&app).await;
        shut_out(&app, &scene.admin, fia, Value::Null).await.ok();
        let seen = app.get(finn, &format!("/approval-runs/{run}")).await;
        let members = seen.ok()["steps"][0]["members"].as_array().unwrap();
        assert_eq!(members.iter().map(|member| &member["user_id"]).collect::<Vec<_>>(), [&json!(finn.id)]);
        scene.vote(&app, finn, &run, "approve", &hash).await.created();
        // Now the chain would have a step without anybody.
        let refused = shut_out(&app, &scene.admin, finn, Value::Null).await;
        assert_eq!(named(&refused), [format!("{}: nobody would stand on one of its steps", scene.chain)]);
    }

    async fn a_vote_goes_to_the_delegate_where_nobody_succeeds(app) {
        let scene = Scene::new(&app).await;
        let (dora, max) = (&scene.directors[0], app.person("Max", OrgRole::Member));
        let (_, run, hash) = scene.submitted(&app).await;
        let now: chrono::DateTime<Utc> = app.clock.now().utc();
        let day = |days| (now + TimeDelta::days(days)).date_naive().to_string();
        let body = json!({ "delegate_id": max.id, "starts_on": day(0), "ends_on": day(6) });
        app.post(dora, "/me/delegations", body).await.created();
        let seen = app.get(dora, &format!("/users/{}/obligations", dora.id)).await;
        assert_eq!(seen.ok()["data"][0]["kind"], "approval_step");
        assert_eq!(seen.json["data"][0]["needs_successor"], false);
        shut_out(&app, &scene.admin, dora, Value::Null).await.ok();
        let mine = app.get(&max, "/me/delegations").await;
        assert!(mine.rows()[0]["ended_at"].is_string());
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        scene.vote(&app, &max, &run, "approve", &hash).await.created();
        assert_eq!(mailed(&app, "delegation_ended"), [max.email.as_str()]);
    }

    async fn somebody_who_owes_a_card_takes_over_no_vote_on_its_offer(app) {
        let scene = Scene::new(&app).await;
        let max = app.person("Max", OrgRole::Member);
        scene.seat(&app, &max);
        scene.submitted(&app).await;
        assert_eq!(named(&shut_out(&app, &scene.admin, &scene.directors[0], all_to(&max)).await).len(), 1);
    }

    async fn in_an_emergency_it_is_left_behind_and_those_who_run_the_hire_are_told(app) {
        let scene = Scene::new(&app).await;
        let (dora, max) = (&scene.directors[0], app.person("Max", OrgRole::Member));
        let (_, run, hash) = scene.submitted(&app).await;
        shut_out(&app, &scene.admin, dora, json!({ "urgent": true })).await.ok();
        app.get(dora, "/me").await.problem(401, "unauthenticated");
        assert_eq!(mailed(&app, "left_behind"), [scene.recruiter.email.as_str()]);
        assert!(!app.mails.mails().iter().any(|mail| mail.text.contains("95000")));
        // Doing it again changes nothing; naming a successor hands over the rest.
        let events = app.event_kinds().len();
        let again = (
            scene.admin.clone(), Method::PUT, format!("/users/{}/deactivation", dora.id), None,
            Some(json!({ "urgent": true })),
        );
        assert_eq!(answers_at_once(&app, std::iter::once(again))[0].0, 200);
        assert_eq!(app.event_kinds().len(), events);
        shut_out(&app, &scene.admin, dora, all_to(&max)).await.ok();
        assert!(totals(&app, &scene.admin, dora).await.is_empty());
        for who in [&scene.finance[0], &max, &scene.directors[1]] {
            scene.vote(&app, who, &run, "approve", &hash).await.created();
        }
    }

    async fn kinds_go_to_different_successors_or_are_released(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Recruiter));
        let (max, tom) = (app.person("Max", OrgRole::Recruiter), app.person("Tom", OrgRole::Member));
        let onsite = Onsite::new(&app, 1).await;
        let application = format!("/applications/{}", onsite.application);
        app.patch(&onsite.recruiter, &application, json!({ "owner_id": lea.id })).await.ok();
        let candidate = hiring::candidate(&app, &onsite.recruiter, "Kim").await;
        let prospects = format!("/candidates/{candidate}/prospects");
        let prospect = app.post(&onsite.recruiter, &prospects, json!({ "owner_id": lea.id })).await;
        hiring::join(&app, &onsite.job, &lea, TeamRole::Interviewer);
        let department = json!({ "name": "Sales", "head_id": lea.id });
        let department = app.post(&admin, "/departments", department).await.id();
        let account = app.post(&lea, "/service-accounts", json!({ "name": "Script" })).await.id();
        let mia = app.person("Mia", OrgRole::Member);
        let lead = |manager: &Person| json!({ "manager_id": manager.id });
        app.patch(&admin, &format!("/users/{}", mia.id), lead(&lea)).await.ok();
        app.patch(&admin, &format!("/users/{}", lea.id), lead(&onsite.manager)).await.ok();
        let body = json!({ "successor_id": max.id, "hand_over": [
            { "kind": "department_head", "successor_id": tom.id },
            { "kind": "prospect_owner", "successor_id": null },
            { "kind": "manager", "successor_id": null },
            { "kind": "service_account", "successor_id": null },
        ] });
        shut_out(&app, &admin, &lea, body).await.ok();
        assert_eq!(app.get(&max, &application).await.ok()["owner_id"], json!(max.id));
        let prospect = format!("/prospects/{}", prospect.id());
        assert_eq!(app.get(&max, &prospect).await.ok()["owner_id"], Value::Null);
        assert_eq!(app.get(&admin, &format!("/departments/{department}")).await.ok()["head_id"], json!(tom.id));
        assert_eq!(app.get(&admin, &format!("/users/{}", mia.id)).await.ok()["manager_id"], json!(onsite.manager.id));
        let account = app.get(&admin, &format!("/service-accounts/{account}")).await;
        assert!(account.ok()["deactivated_at"].is_string());
        let team = app.get(&admin, &format!("/jobs/{}/hiring-team", onsite.job.id)).await;
        let on = |who: &Person| team.rows().iter().any(|row| row["user_id"] == json!(who.id));
        assert!(on(&max) && !on(&lea));
        assert!(totals(&app, &admin, &lea).await.is_empty());
        let mut told = [max.email.clone(), tom.email.clone()];
        told.sort();
        assert_eq!(mailed(&app, "handed_over"), told);
    }

    async fn a_program_goes_to_the_successor_with_its_keys_paused(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Recruiter));
        let max = app.person("Max", OrgRole::Recruiter);
        let program = app.key(&lea, &["jobs:read"], &[]).await;
        app.get(&program, "/jobs").await.ok();
        shut_out(&app, &admin, &lea, all_to(&max)).await.ok();
        app.get(&program, "/jobs").await.problem(401, "unauthenticated");
        assert_eq!(app.get(&max, "/service-accounts").await.rows()[0]["owner_id"], json!(max.id));
    }

    async fn a_successor_is_somebody_else_who_can_act_and_works_here(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Member));
        let (ext, gone) = (external(&app, &admin).await, app.person("Gil", OrgRole::Member));
        shut_out(&app, &admin, &gone, Value::Null).await.ok();
        for refused in [&lea, &ext, &gone] {
            shut_out(&app, &admin, &lea, all_to(refused)).await.field(422, "/successor_id");
            let by_kind = json!({ "hand_over": [{ "kind": "manager", "successor_id": refused.id }] });
            shut_out(&app, &admin, &lea, by_kind).await.field(422, "/hand_over/0/successor_id");
        }
        let unknown = json!({ "successor_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        shut_out(&app, &admin, &lea, unknown).await.field(422, "/successor_id");
        let twice = json!({ "hand_over": [
            { "kind": "manager", "successor_id": null }, { "kind": "manager", "successor_id": null },
        ] });
        shut_out(&app, &admin, &lea, twice).await.field(422, "/hand_over/1/kind");
        let wrong = json!({ "hand_over": [{ "kind": "desk", "successor_id": null }] });
        shut_out(&app, &admin, &lea, wrong).await.field(422, "/hand_over/0/kind");
        shut_out(&app, &admin, &lea, json!({ "force": true })).await.problem(422, "unknown_field");
        assert_eq!(app.get(&admin, &format!("/users/{}", lea.id)).await.ok()["state"], "active");
    }

    async fn a_second_click_changes_nothing_and_an_old_tag_is_stale(app) {
        let (admin, lea) = (app.person("Ada", OrgRole::Admin), app.person("Lea", OrgRole::Member));
        let path = format!("/users/{}", lea.id);
        let etag = app.get(&admin, &path).await.etag();
        let click = || (admin.clone(), Method::PUT, format!("{path}/deactivation"), None, None);
        let statuses: Vec<u16> = answers_at_once(&app, [click(), click(), click()].into_iter())
            .into_iter()
            .map(|(status, _)| status)
            .collect();
        assert_eq!(statuses, [200, 200, 200]);
        let done = |kind: &&String| *kind == "user.deactivated";
        assert_eq!(app.event_kinds().iter().filter(done).count(), 1);
        app.put_if(&admin, &format!("{path}/deactivation"), &etag, Value::Null).await.problem(412, "stale");
    }

    async fn what_somebody_is_given_while_they_are_shut_out_is_refused_or_handed_over(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Recruiter));
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        for _ in 0..5 {
            let lea = app.person("Lea", OrgRole::Recruiter);
            let mut calls = vec![(
                admin.clone(), Method::PUT, format!("/users/{}/deactivation", lea.id), None,
                Some(all_to(&max)),
            )];
            for by in [&lea, &rita, &rita] {
                let candidate = hiring::candidate(&app, &rita, "Kim").await;
                let body = json!({ "candidate_id": candidate, "job_id": job.id, "owner_id": lea.id });
                calls.push((by.clone(), Method::POST, "/applications".to_owned(), None, Some(body)));
            }
            let answers = answers_at_once(&app, calls.into_iter());
            assert_eq!(answers[0].0, 200, "{answers:?}");
            for (status, body) in &answers[1..] {
                assert!([201, 401, 404, 422].contains(status), "{status} {body}");
            }
            assert!(totals(&app, &admin, &lea).await.is_empty(), "{answers:?}");
        }
    }

    async fn the_last_card_before_the_door_closes_comes_in_or_is_waived(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for _ in 0..3 {
            let lea = app.person("Lea", OrgRole::Member);
            let onsite = Onsite::new(&app, 1).await;
            onsite.seat(&app, 0, &lea, "lead").await;
            onsite.hold(&app, 0).await;
            let draft = onsite.write(&app, 0, &lea, onsite.judgement("yes")).await;
            let submit = format!("/scorecards/{}/submission", draft.id());
            let calls = [
                (admin.clone(), Method::PUT, format!("/users/{}/deactivation", lea.id), None, None),
                (lea.clone(), Method::PUT, submit, Some(draft.etag()), None),
            ];
            let answers = answers_at_once(&app, calls.into_iter());
            assert_eq!(answers[0].0, 200, "{answers:?}");
            let seat = &panel(&app, &onsite, 0).await[0];
            let (submitted, waived) = (seat["submitted_at"].is_string(), seat["waived_at"].is_string());
            assert!(submitted || waived, "{seat}");
            assert!(totals(&app, &admin, &lea).await.is_empty());
        }
    }
}
