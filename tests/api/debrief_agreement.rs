//! Those without whose agreement a debrief is not decided: they hold it up, and never decide.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::{Onsite, answers, memo};
use crate::support::{Person, Reply, TestApp};

/// A debrief before its decider after two clear cards, with somebody who has to agree.
async fn before_its_decider(app: &TestApp) -> (Onsite, [Person; 2], Person) {
    let onsite = Onsite::new(app, 2).await;
    let leads = [app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member)];
    for (interview, lead) in leads.iter().enumerate() {
        onsite.seat(app, interview, lead, "lead").await;
        onsite.submit(app, interview, lead, "yes").await;
    }
    let bo = app.person("Bo Raiser", OrgRole::Member);
    let named = put(app, &onsite, &onsite.driver, "agree-required", json!({ "user_ids": [bo.id] }));
    assert_eq!(named.await.ok()["agree_required"], json!([bo.id]));
    (onsite, leads, bo)
}

/// Does something to the debrief with the version that the person read.
async fn put(app: &TestApp, onsite: &Onsite, person: &Person, what: &str, body: Value) -> Reply {
    let etag = onsite.debrief(app, person).await.etag();
    app.put_if(person, &format!("/debriefs/{}/{what}", onsite.debrief), &etag, body).await
}

fn hire(onsite: &Onsite) -> Value {
    json!({ "outcome": "hire", "level_id": onsite.level, "reason": "Both cards meet the bar." })
}

async fn decide(app: &TestApp, onsite: &Onsite, outcome: &str) -> Reply {
    let body = json!({ "outcome": outcome, "level_id": onsite.level, "memo": memo() });
    put(app, onsite, &onsite.decider, "decision", body).await
}

/// What a person owes, by kind.
async fn owed(app: &TestApp, person: &Person) -> Vec<Value> {
    let queue = app.get(person, "/me/queue").await;
    queue.ok()["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect()
}

fn told(app: &TestApp, kind: MailKind) -> Vec<String> {
    app.deliver_mail();
    let all = app.mails.mails().into_iter();
    all.filter(|mail| mail.kind == kind).map(|mail| mail.to.name).collect()
}

/// Refuses what is proposed because of the first card, in what it says of the must-have.
async fn refuse(app: &TestApp, onsite: &Onsite, person: &Person) -> Reply {
    let seen = onsite.debrief(app, person).await;
    let because = json!({
        "scorecard_id": seen.ok()["cards"][0]["scorecard_id"], "attribute_id": onsite.attributes[0],
    });
    let body = json!({ "agrees": false, "reason": "The log was given.", "because_of": because });
    app.put(person, &format!("/debriefs/{}/agreement", onsite.debrief), body).await
}

both! {
    async fn a_decision_waits_for_those_who_have_to_agree_to_it(app) {
        let (onsite, leads, bo) = before_its_decider(&app).await;
        let refused = decide(&app, &onsite, "hire").await;
        refused.problem(409, "not_ready");
        assert_eq!(refused.json["errors"][0]["code"], "not_proposed");
        let agreement = format!("/debriefs/{}/agreement", onsite.debrief);
        app.put(&bo, &agreement, json!({ "agrees": true })).await.problem(409, "illegal_transition");
        put(&app, &onsite, &onsite.driver, "proposal", hire(&onsite)).await.problem(403, "forbidden");
        assert_eq!(told(&app, MailKind::AgreementAsked), Vec::<String>::new());
        let proposed = put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await;
        assert_eq!(proposed.ok()["proposals"][0]["is_standing"], true);
        put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await.field(422, "/outcome");
        // Now it is with Bo, and nobody else.
        assert_eq!(told(&app, MailKind::AgreementAsked), ["Bo Raiser"]);
        follow(&app, &app.mails.mails(), MailKind::AgreementAsked).await;
        assert_eq!(owed(&app, &bo).await, ["agreement"]);
        assert_eq!(owed(&app, &onsite.decider).await, Vec::<Value>::new());
        let missing = decide(&app, &onsite, "hire").await;
        missing.problem(409, "not_ready");
        assert_eq!(missing.json["errors"][0]["code"], "agreement_missing");
        assert!(missing.json["errors"][0]["detail"].as_str().unwrap().contains(&bo.id.to_string()));
        app.put(&leads[0], &agreement, json!({ "agrees": true })).await.problem(403, "forbidden");
        app.put(&bo, &agreement, json!({ "agrees": true })).await.ok();
        app.put(&bo, &agreement, json!({ "agrees": true })).await.problem(409, "already_exists");
        assert_eq!(owed(&app, &bo).await, Vec::<Value>::new());
        assert_eq!(owed(&app, &onsite.decider).await, ["decision"]);
        // What was agreed to can be decided, and nothing else.
        assert_eq!(decide(&app, &onsite, "no_hire").await.problem(409, "not_ready")["errors"][0]["code"], "not_proposed");
        assert_eq!(decide(&app, &onsite, "hire").await.ok()["state"], "decided");
        put(&app, &onsite, &onsite.driver, "agree-required", json!({ "user_ids": [] })).await.problem(409, "illegal_transition");
    }

    async fn a_refusal_leads_back_to_the_panel_twice_and_then_stands_beside_the_decision(app) {
        let (onsite, leads, bo) = before_its_decider(&app).await;
        let admin = app.person("Abe Admin", OrgRole::Admin);
        let lead = json!({ "manager_id": onsite.manager.id });
        app.patch(&admin, &format!("/users/{}", onsite.decider.id), lead).await.ok();
        put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await.ok();
        let agreement = format!("/debriefs/{}/agreement", onsite.debrief);
        let without = app.put(&bo, &agreement, json!({ "agrees": false })).await;
        without.field(422, "/reason");
        without.field(422, "/because_of");
        for round in 1..=2 {
            if round > 1 {
                put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await.ok();
            }
            refuse(&app, &onsite, &bo).await.ok();
            let seen = onsite.debrief(&app, &leads[0]).await;
            assert_eq!((&seen.ok()["state"], &seen.json["discussions"]), (&json!("discussing"), &json!(round)));
            let proposals = seen.json["proposals"].as_array().unwrap();
            assert!(proposals.iter().all(|one| one["is_standing"] == false));
            // What was not agreed to is put to those who rated it, and nothing besides.
            assert_eq!(owed(&app, &leads[1]).await, ["question"]);
            for lead in &leads {
                let asked = answers(&onsite.debrief(&app, lead).await.json, lead, "I gave no hint.");
                assert_eq!(asked.as_array().unwrap().len(), 1);
                let body = json!({ "answers": asked });
                app.post(lead, &format!("/debriefs/{}/responses", onsite.debrief), body).await.ok();
            }
            assert_eq!(onsite.debrief(&app, &bo).await.json["state"], "deciding");
        }
        let kinds = seen_kinds(&onsite.debrief(&app, &bo).await.json);
        assert_eq!(kinds.iter().filter(|kind| *kind == "refusal").count(), 2);
        put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await.ok();
        assert_eq!(told(&app, MailKind::AgreementEscalated), Vec::<String>::new());
        refuse(&app, &onsite, &bo).await.ok();
        let escalated = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(escalated.ok()["state"], "deciding");
        assert!(escalated.json["proposals"][2]["escalated_at"].is_string());
        assert_eq!(told(&app, MailKind::AgreementEscalated), ["Hanna Manager"]);
        follow(&app, &app.mails.mails(), MailKind::AgreementEscalated).await;
        let mails = app.mails.mails();
        let mail = mails.iter().find(|mail| mail.kind == MailKind::AgreementEscalated).unwrap();
        assert!(mail.text.contains("Dana Decider") && !mail.text.contains("Ada"), "{}", mail.text);
        assert_eq!(owed(&app, &onsite.decider).await, ["decision"]);
        app.put(&bo, &agreement, json!({ "agrees": true })).await.problem(409, "illegal_transition");
        assert_eq!(decide(&app, &onsite, "hire").await.ok()["state"], "decided");
        let memo = app.get(&onsite.decider, &format!("/debriefs/{}/memo", onsite.debrief)).await;
        let memo = String::from_utf8(memo.bytes).unwrap();
        assert!(memo.contains("- **Bo Raiser**: Did not agree"), "{memo}");
    }

    async fn whoever_owes_a_card_is_asked_to_agree_once_it_is_in(app) {
        let mut onsite = Onsite::new(&app, 4).await;
        let mut leads = Vec::new();
        for (interview, name) in ["Ana", "Ben", "Cyd", "Dee"].into_iter().enumerate() {
            let lead = app.person(name, OrgRole::Member);
            onsite.seat(&app, interview, &lead, "lead").await;
            onsite.schedule(&app, interview, 1 + i64::try_from(interview).unwrap()).await.ok();
            leads.push(lead);
        }
        for (interview, lead) in leads.iter().take(3).enumerate() {
            onsite.submit(&app, interview, lead, "strong_yes").await;
        }
        put(&app, &onsite, &onsite.driver, "agree-required", json!({ "user_ids": [leads[3].id] })).await.ok();
        onsite.later(&app, TimeDelta::days(2));
        let dee = app.again(&leads[3]);
        put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await.ok();
        assert_eq!(told(&app, MailKind::AgreementAsked), Vec::<String>::new());
        assert!(!owed(&app, &dee).await.contains(&json!("agreement")));
        let sealed = onsite.debrief(&app, &dee).await;
        assert_eq!(sealed.ok()["state"], "gathering");
        for field in ["agree_required", "proposals", "discussions", "reveals"] {
            assert_eq!(sealed.json[field], Value::Null, "{field}");
        }
        let agreement = format!("/debriefs/{}/agreement", onsite.debrief);
        app.put(&dee, &agreement, json!({ "agrees": true })).await.problem(403, "forbidden");
        onsite.submit(&app, 3, &dee, "yes").await;
        assert_eq!(told(&app, MailKind::AgreementAsked), ["Dee"]);
        assert_eq!(owed(&app, &dee).await, ["agreement"]);
        app.put(&dee, &agreement, json!({ "agrees": true })).await.ok();
        assert_eq!(decide(&app, &onsite, "hire").await.ok()["state"], "decided");
    }

    async fn a_loop_begins_with_those_who_have_to_agree(app) {
        let onsite = Onsite::new(&app, 1).await;
        let bo = app.person("Bo Raiser", OrgRole::Member);
        let loops = format!("/applications/{}/loops", onsite.application);
        let mut input = onsite.input();
        input["agree_required"] = json!([bo.id, onsite.decider.id]);
        app.post(&onsite.recruiter, &loops, input.clone()).await.field(422, "/agree_required/1");
        input["agree_required"] = json!([bo.id, bo.id]);
        app.post(&onsite.recruiter, &loops, input.clone()).await.field(422, "/agree_required/1");
        // Whoever has no part in it reads it because of that, and for nothing else.
        app.get(&bo, &format!("/applications/{}", onsite.application)).await.problem(404, "not_found");
        input["agree_required"] = json!([bo.id]);
        let started = app.post(&onsite.recruiter, &loops, input).await;
        let debrief = format!("/debriefs/{}", started.created()["debrief_id"].as_str().unwrap());
        assert_eq!(app.get(&bo, &debrief).await.ok()["agree_required"], json!([bo.id]));
        app.get(&bo, &format!("/applications/{}", onsite.application)).await.ok();
    }

    async fn nobody_waits_for_the_agreement_of_somebody_who_left(app) {
        let (onsite, _, bo) = before_its_decider(&app).await;
        put(&app, &onsite, &onsite.decider, "proposal", hire(&onsite)).await.ok();
        let admin = app.person("Abe Admin", OrgRole::Admin);
        let owes = app.get(&admin, &format!("/users/{}/obligations", bo.id)).await;
        assert_eq!(owes.ok()["totals"], json!([{ "kind": "debrief_agreer", "count": 1, "needing_successor": 0 }]));
        app.put(&admin, &format!("/users/{}/deactivation", bo.id), Value::Null).await.ok();
        assert_eq!(onsite.debrief(&app, &onsite.driver).await.json["agree_required"], json!([]));
        assert_eq!(owed(&app, &onsite.decider).await, ["decision"]);
        assert_eq!(decide(&app, &onsite, "hire").await.ok()["state"], "decided");
    }
}

/// The kinds of what was found.
fn seen_kinds(debrief: &Value) -> Vec<Value> {
    debrief["findings"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect()
}
