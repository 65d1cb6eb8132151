//! Stages that are decided lightly: by one person, on one card, without a debrief.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::sealing::twin;
use crate::support::onsite::{Onsite, answers, memo};
use crate::support::walk::{self, everything_sent_to, known_ids};
use crate::support::{Browser, Person, Reply, TestApp, hiring};

/// A loop of one interview in a stage that is decided lightly.
async fn screen(app: &TestApp) -> Onsite {
    let mut onsite = Onsite::new(app, 1).await;
    hiring::decide_stage(app, onsite.job.stages[0], "light");
    onsite.application = hiring::application(app, &onsite.recruiter, &onsite.job).await;
    let started = onsite.start(app, &onsite.recruiter).await;
    let interview = started.created()["interview_ids"][0].as_str().unwrap().to_owned();
    onsite.interviews = vec![interview];
    onsite.debrief = started.json["debrief_id"].as_str().unwrap().to_owned();
    onsite.id = started.id();
    onsite
}

/// The same with Ana's card in; gives her and her card.
async fn judged(app: &TestApp, recommendation: &str) -> (Onsite, Person, String) {
    let onsite = screen(app).await;
    let ana = app.person("Ana", OrgRole::Member);
    onsite.seat(app, 0, &ana, "lead").await;
    let card = onsite.submit(app, 0, &ana, recommendation).await;
    (onsite, ana, card)
}

/// Decides with the version that the person read.
async fn decide(app: &TestApp, onsite: &Onsite, person: &Person, body: Value) -> Reply {
    let etag = onsite.debrief(app, person).await.etag();
    app.put_if(person, &format!("/debriefs/{}/light-decision", onsite.debrief), &etag, body).await
}

fn advance(reason: &str) -> Value {
    json!({ "outcome": "advance", "reason": reason })
}

async fn rejection_reason(app: &TestApp) -> String {
    let body = json!({ "name": "Lacks the basics", "kind": "ours" });
    app.post(&app.person("Ada", OrgRole::Admin), "/rejection-reasons", body).await.id()
}

async fn stage_of(app: &TestApp, onsite: &Onsite) -> Value {
    let path = format!("/applications/{}", onsite.application);
    app.get(&app.again(&onsite.recruiter), &path).await.ok()["stage_id"].clone()
}

/// Starts a loop in the next stage for which somebody owes a card; gives that loop.
async fn onsite_with(app: &TestApp, screen: &Onsite, person: &Person, reason: Value) -> Onsite {
    hiring::decide_stage(app, screen.job.stages[0], "debrief");
    let started = screen.start(app, &screen.recruiter).await;
    let interview = started.created()["interview_ids"][0].as_str().unwrap().to_owned();
    let seat = json!({ "user_id": person.id, "slot": "lead", "reason": reason });
    app.post(&screen.recruiter, &format!("/interviews/{interview}/panel"), seat).await.created();
    Onsite {
        id: started.id(),
        debrief: started.json["debrief_id"].as_str().unwrap().to_owned(),
        interviews: vec![interview],
        recruiter: screen.recruiter.clone(),
        manager: screen.manager.clone(),
        decider: screen.decider.clone(),
        driver: screen.driver.clone(),
        job: screen.job.clone(),
        level: screen.level.clone(),
        version: screen.version.clone(),
        attributes: screen.attributes.clone(),
        application: screen.application.clone(),
    }
}

both! {
    async fn one_person_decides_on_one_card_and_the_application_moves_on(app) {
        let onsite = screen(&app).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let waits = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!((&waits.ok()["way"], &waits.json["state"]), (&json!("light"), &json!("planned")));
        decide(&app, &onsite, &onsite.decider, advance("Knows the trade.")).await.problem(409, "illegal_transition");
        onsite.submit(&app, 0, &ana, "yes").await;
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!((&seen.ok()["state"], &seen.json["revealed_at"]), (&json!("deciding"), &Value::Null));
        assert_eq!(seen.json["decide_by"], "2026-11-23T16:00:00Z", "within a working day");
        assert_eq!(seen.json["cards"][0]["recommendation"], "yes");
        let queue = app.get(&onsite.decider, "/me/queue").await;
        assert_eq!(queue.ok()["items"][0]["title"], "Advance or decline");
        assert_eq!(queue.json["items"][0]["minutes"], 5);
        decide(&app, &onsite, &onsite.driver, advance("Fine.")).await.problem(403, "forbidden");
        decide(&app, &onsite, &ana, advance("Fine.")).await.problem(403, "forbidden");
        let body = json!({ "outcome": "advance", "reason": "Fine.", "rejection_reason_id": rejection_reason(&app).await });
        decide(&app, &onsite, &onsite.decider, body).await.field(422, "/rejection_reason_id");
        let before = seen.etag();
        let done = decide(&app, &onsite, &onsite.decider, advance("Knows the trade.")).await;
        assert_eq!((&done.ok()["state"], &done.json["light_decision"]["outcome"]), (&json!("decided"), &json!("advance")));
        assert_eq!((&done.json["light_decision"]["reason"], &done.json["decision"]), (&json!("Knows the trade."), &Value::Null));
        assert_eq!(stage_of(&app, &onsite).await, json!(onsite.job.stages[1]));
        let path = format!("/debriefs/{}/light-decision", onsite.debrief);
        app.put_if(&onsite.decider, &path, &before, advance("Twice.")).await.problem(412, "stale");
        decide(&app, &onsite, &onsite.decider, advance("Twice.")).await.problem(409, "illegal_transition");
        let run = app.get(&onsite.recruiter, &format!("/loops/{}", onsite.id)).await;
        assert_eq!(run.ok()["state"], "finished");
        let queue = app.get(&onsite.driver, "/me/queue").await;
        assert_eq!(queue.ok()["items"][0]["kind"], "telling", "the candidate is told of both outcomes");
        assert_eq!(queue.json["items"][0]["minutes"], 10, "which takes no less than of other decisions");
    }

    async fn a_card_is_before_its_decider_and_nobody_else(app) {
        let (onsite, ana, card) = judged(&app, "no").await;
        let reads = |person: Person| { let (app, card) = (&app, card.clone()); async move {
            let seen = app.get(&person, &format!("/scorecards/{card}")).await;
            seen.ok()["view"].as_str().unwrap().to_owned()
        }};
        assert_eq!(reads(onsite.decider.clone()).await, "full");
        assert_eq!(reads(onsite.recruiter.clone()).await, "full", "recruiters on no panel read the text");
        assert_eq!(reads(onsite.manager.clone()).await, "sealed");
        let counted = onsite.debrief(&app, &onsite.manager).await;
        for hidden in ["cards", "ballots", "attributes", "findings", "light_decision"] {
            assert_eq!(counted.ok()[hidden], Value::Null, "{hidden}");
        }
        let record = format!("/debriefs/{}/independence", onsite.debrief);
        assert_eq!(app.get(&onsite.manager, &record).await.ok()["cards"], Value::Null);
        let matrix = app.get(&onsite.manager, &format!("/loops/{}/coverage", onsite.id)).await;
        assert_eq!(matrix.ok()["attributes"][0]["state"], "planned");
        let why = app.get(&onsite.recruiter, &format!("/applications/{}/visibility?as={}", onsite.application, onsite.decider.id)).await;
        let codes: Vec<&Value> = why.ok()["reasons"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, [&json!("takes_part"), &json!("decides_lightly")]);
        let declined = json!({ "outcome": "decline", "reason": "Twice no.", "rejection_reason_id": rejection_reason(&app).await });
        decide(&app, &onsite, &onsite.decider, declined).await.ok();
        let seen = onsite.debrief(&app, &onsite.manager).await;
        assert_eq!((&seen.ok()["light_decision"]["outcome"], &seen.json["light_decision"]["reason"]), (&json!("decline"), &Value::Null));
        assert_eq!(onsite.debrief(&app, &ana).await.ok()["light_decision"]["reason"], "Twice no.");
        assert_eq!(reads(onsite.manager.clone()).await, "sealed");
    }

    async fn declining_rejects_for_a_reason_of_the_list(app) {
        let (onsite, _, _) = judged(&app, "no").await;
        let decline = |more: Value| {
            let mut body = json!({ "outcome": "decline", "reason": "Has not worked with it." });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let refused = decide(&app, &onsite, &onsite.decider, decline(json!({}))).await;
        refused.field(422, "/rejection_reason_id");
        let reason = rejection_reason(&app).await;
        let both = decline(json!({ "rejection_reason_id": reason, "to_stage_id": onsite.job.stages[1] }));
        decide(&app, &onsite, &onsite.decider, both).await.field(422, "/to_stage_id");
        let done = decide(&app, &onsite, &onsite.decider, decline(json!({ "rejection_reason_id": reason }))).await;
        assert_eq!(done.ok()["light_decision"]["outcome"], "decline");
        let seen = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        assert_eq!((&seen.ok()["status"], &seen.json["rejection"]["reason_name"]), (&json!("rejected"), &json!("Lacks the basics")));
        assert_eq!(seen.json["rejection"]["actor_id"], json!(onsite.decider.id));
        let queue = app.get(&onsite.driver, "/me/queue").await;
        assert_eq!(queue.ok()["items"][0]["kind"], "telling");
    }

    async fn who_moved_the_application_by_hand_is_not_overruled(app) {
        let (onsite, _, _) = judged(&app, "yes").await;
        let moved = json!({ "from_stage_id": onsite.job.stages[0], "to_stage_id": onsite.job.stages[2] });
        app.post(&onsite.recruiter, &format!("/applications/{}/moves", onsite.application), moved).await.created();
        let named = json!({ "outcome": "advance", "reason": "Fine.", "to_stage_id": onsite.job.stages[1] });
        decide(&app, &onsite, &onsite.decider, named).await.problem(409, "stage_moved");
        decide(&app, &onsite, &onsite.decider, advance("Fine.")).await.ok();
        assert_eq!(stage_of(&app, &onsite).await, json!(onsite.job.stages[2]));
    }

    async fn a_light_stage_takes_one_kit_and_one_person(app) {
        let onsite = Onsite::new(&app, 2).await;
        hiring::decide_stage(&app, onsite.job.stages[0], "light");
        onsite.start(&app, &onsite.recruiter).await.field(422, "/loop_template_version_id");
        let onsite = screen(&app).await;
        let mut input = onsite.input();
        input["agree_required"] = json!([onsite.manager.id]);
        let path = format!("/applications/{}/loops", onsite.application);
        app.post(&onsite.recruiter, &path, input).await.field(422, "/agree_required");
    }

    async fn nothing_else_of_a_debrief_is_asked_of_it(app) {
        let (onsite, ana, card) = judged(&app, "yes").await;
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        let path = |what: &str| format!("/debriefs/{}/{what}", onsite.debrief);
        let because_of = json!({ "scorecard_id": card });
        let attempts = [
            ("decision", json!({ "outcome": "no_hire", "memo": memo() })),
            ("meeting", json!({ "reason": "All are in." })),
            ("agree-required", json!({ "user_ids": [onsite.manager.id] })),
            ("proposal", json!({ "outcome": "hire", "level_id": onsite.level, "reason": "Fine." })),
            ("peek", json!({ "reason": "I cannot wait." })),
        ];
        for (what, body) in attempts {
            app.put_if(&onsite.decider, &path(what), &etag, body).await.problem(409, "illegal_transition");
        }
        let ballot = json!({ "recommendation": "no", "reason": "On second thought.", "because_of": because_of });
        app.post(&ana, &path("ballots"), ballot).await.problem(409, "illegal_transition");
        assert_eq!(onsite.debrief(&app, &onsite.decider).await.ok()["state"], "deciding");
    }

    async fn a_late_card_is_chased_and_nobody_goes_on_without_it(app) {
        let mut onsite = screen(&app).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.hold(&app, 0).await;
        onsite.later(&app, TimeDelta::days(3));
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(seen.ok()["state"], "stalled");
        let body = json!({ "reason": "It cannot wait." });
        app.put_if(&onsite.decider, &format!("/debriefs/{}/forced-reveal", onsite.debrief), &seen.etag(), body).await.problem(409, "illegal_transition");
        onsite.submit(&app, 0, &app.again(&ana), "yes").await;
        assert_eq!(onsite.debrief(&app, &onsite.decider).await.ok()["state"], "deciding");
    }

    async fn who_read_a_screen_and_judges_later_is_stamped(app) {
        let (onsite, _, card) = judged(&app, "yes").await;
        assert_eq!(app.get(&onsite.decider, &format!("/scorecards/{card}")).await.ok()["view"], "full");
        decide(&app, &onsite, &onsite.decider, advance("Knows the trade.")).await.ok();
        hiring::decide_stage(&app, onsite.job.stages[0], "debrief");
        let next = onsite_with(&app, &onsite, &onsite.decider, json!("Nobody else knows the field.")).await;
        assert_eq!(app.get(&onsite.decider, &format!("/scorecards/{card}")).await.ok()["view"], "sealed", "they owe a card again");
        let theirs = next.submit(&app, 0, &onsite.decider, "yes").await;
        assert_eq!(app.get(&onsite.decider, &format!("/scorecards/{theirs}")).await.ok()["independent"], false);
    }

    async fn who_owes_a_card_elsewhere_decides_no_screen(app) {
        let (onsite, _, card) = judged(&app, "yes").await;
        onsite_with(&app, &onsite, &onsite.decider, Value::Null).await;
        assert_eq!(app.get(&onsite.decider, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
        let queue = app.get(&onsite.decider, "/me/queue").await;
        assert!(queue.ok()["items"].as_array().unwrap().iter().all(|one| one["kind"] != "decision"));
        decide(&app, &onsite, &onsite.decider, advance("Fine.")).await.problem(409, "illegal_transition");
    }

    async fn the_card_of_a_screen_joins_the_packet_of_the_debrief_when_that_is_revealed(app) {
        let (onsite, _, card) = judged(&app, "yes").await;
        decide(&app, &onsite, &onsite.decider, advance("Knows the trade.")).await.ok();
        let ben = app.person("Ben", OrgRole::Member);
        let next = onsite_with(&app, &onsite, &ben, Value::Null).await;
        assert_eq!(app.get(&onsite.manager, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
        app.advance(TimeDelta::minutes(2));
        next.submit(&app, 0, &app.again(&ben), "yes").await;
        for person in [&onsite.manager, &ben, &onsite.decider] {
            let person = app.again(person);
            let seen = next.debrief(&app, &person).await;
            assert_eq!(seen.ok()["cards"].as_array().unwrap().len(), 1);
            assert_eq!(seen.json["earlier_cards"][0]["scorecard_id"], card.as_str());
            let joined = app.get(&person, &format!("/scorecards/{card}")).await;
            assert_eq!((&joined.ok()["view"], &joined.json["is_late"]), (&json!("full"), &Value::Null));
        }
        let manager = app.again(&onsite.manager);
        let moved = app.get(&manager, &format!("/scorecards/{card}")).await.ok()["updated_at"].clone();
        assert_eq!(moved, next.debrief(&app, &manager).await.ok()["revealed_at"], "the reveal moved their view");
        let mut browser = Browser::of(&app, &manager);
        browser.open(&format!("/debriefs/{}", next.debrief)).await.ok();
        assert!(browser.html.contains("What an earlier stage was decided on"), "{}", browser.html);
        assert_eq!(answers(next.debrief(&app, &manager).await.ok(), &ben, ""), json!([]));
        let cited = json!({ "for": [{ "text": "As in the screen.", "scorecard_id": card }], "summary": "Meets the bar." });
        let decider = app.again(&next.decider);
        let etag = next.debrief(&app, &decider).await.etag();
        next.decide(&app, &decider, &etag, cited).await.ok();
        let memo = app.get(&manager, &format!("/debriefs/{}/memo", next.debrief)).await;
        let text = String::from_utf8(memo.bytes).unwrap();
        assert!(text.contains("The card of Ana"), "{text}");
    }

    async fn later_interviewers_learn_that_a_screen_passed_and_nothing_else(app) {
        let other = twin(&app).await;
        let mild = passed(&app, "yes", "Fine.").await;
        let harsh = passed(&other, "no", "Against the card: the code that they sent speaks for itself, at length.").await;
        let ids = known_ids(&app, &mild.0).await;
        let again = known_ids(&other, &harsh.0).await;
        let ids: BTreeSet<String> = ids.union(&again).cloned().collect();
        let sent = everything_sent_to(&app, &mild.1, &ids).await;
        assert!(sent.len() > 100, "{}", sent.len());
        walk::assert_equal(&mild.1, &sent, &everything_sent_to(&other, &harsh.1, &ids).await);
        let differs = everything_sent_to(&app, &mild.0, &ids).await;
        assert_ne!(differs, everything_sent_to(&other, &harsh.0, &ids).await);
    }

    async fn the_decider_decides_on_the_page(app) {
        let (onsite, _, _) = judged(&app, "yes").await;
        let page = format!("/debriefs/{}", onsite.debrief);
        let mut browser = Browser::of(&app, &onsite.decider);
        browser.open(&page).await.ok();
        assert!(browser.html.contains("Dana Decider advances or declines, by Mon 23 Nov 2026, 17:00 "), "{}", browser.html);
        assert!(browser.html.contains("Asked before building") && !browser.html.contains("Hold it as a meeting"));
        let send = format!("{page}/light-decision");
        let reason = rejection_reason(&app).await;
        let nothing = [("light_outcome", "decline"), ("rejection_reason", ""), ("light_reason", "Not yet.")];
        assert_eq!(browser.submit(&send, &nothing).await.status, 422);
        assert!(browser.html.contains("Choose why, if they are rejected.") && browser.html.contains("Not yet."));
        let declined = [("light_outcome", "decline"), ("rejection_reason", reason.as_str()), ("light_reason", "Not yet.")];
        assert_eq!(browser.submit(&send, &declined).await.status, 303);
        browser.open(&page).await.ok();
        assert!(browser.html.contains("Decline</h2>") && browser.html.contains("Not yet."), "{}", browser.html);
        let mut managers = Browser::of(&app, &onsite.manager);
        managers.open(&page).await.ok();
        assert!(managers.html.contains("Decline</h2>") && !managers.html.contains("Not yet.") && !managers.html.contains("Asked before building"));
    }
}

/// A screen that passed while Ben owes a card in the next loop; gives the recruiter and Ben.
async fn passed(app: &TestApp, recommendation: &str, reason: &str) -> (Person, Person) {
    let onsite = screen(app).await;
    let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
    onsite.seat(app, 0, &ana, "lead").await;
    let next = onsite_with(app, &onsite, &ben, Value::Null).await;
    next.schedule(app, 0, 30).await.ok();
    onsite.submit(app, 0, &ana, recommendation).await;
    app.get(&onsite.decider, &format!("/debriefs/{}", onsite.debrief)).await.ok();
    app.advance(TimeDelta::minutes(2));
    decide(app, &onsite, &app.again(&onsite.decider), advance(reason)).await.ok();
    app.advance(TimeDelta::hours(3));
    app.deliver_mail();
    app.next_morning();
    (app.again(&onsite.recruiter), app.again(&ben))
}
