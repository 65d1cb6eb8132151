//! Scorecards.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp};

/// A loop with a lead on each of its interviews.
async fn staffed(app: &TestApp, interviews: usize) -> (Onsite, Vec<Person>) {
    let onsite = Onsite::new(app, interviews).await;
    let mut leads = Vec::new();
    for (interview, name) in ["Ana", "Ben", "Cyd"].into_iter().take(interviews).enumerate() {
        let person = app.person(name, OrgRole::Member);
        onsite.seat(app, interview, &person, "lead").await;
        leads.push(person);
    }
    (onsite, leads)
}

fn reads(app: &TestApp) -> usize {
    app.event_kinds().iter().filter(|kind| *kind == "scorecard.read").count()
}

both! {
    async fn a_card_is_begun_kept_and_handed_in(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let ana = &leads[0];
        let draft = onsite.begin(&app, 0, ana).await;
        assert_eq!(draft.created()["state"], "draft");
        assert_eq!(draft.json["view"], "full");
        assert_eq!(draft.json["ratings"], json!([]));
        let path = format!("/scorecards/{}", draft.id());
        let saved = app.patch_if(ana, &path, &draft.etag(), json!({ "summary": "So far, so good." })).await;
        assert_eq!(saved.ok()["summary"], "So far, so good.");
        let ratings = json!({ "ratings": [{ "attribute_id": onsite.attributes[1], "level": 4.0, "evidence": "Said so." }] });
        let saved = app.patch_if(ana, &path, &saved.etag(), ratings).await;
        assert_eq!(saved.ok()["summary"], "So far, so good.");
        assert_eq!(saved.json["ratings"][0]["level"], 4);
        let judgement = onsite.judgement("yes");
        let saved = app.patch_if(ana, &path, &saved.etag(), judgement.clone()).await;
        assert_eq!(saved.ok()["ratings"], judgement["ratings"]);
        let cleared = app.patch_if(ana, &path, &saved.etag(), json!({ "summary": null })).await;
        assert_eq!(cleared.ok()["summary"], Value::Null);
        assert_eq!(cleared.json["recommendation"], "yes");
        let submitted = app.put_if(ana, &format!("{path}/submission"), &cleared.etag(), Value::Null).await;
        assert_eq!(submitted.ok()["state"], "submitted");
        assert_eq!(submitted.json["is_in"], true);
        assert_eq!(submitted.json["independent"], true);
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| kind.starts_with("scorecard.")).count(), 2, "{kinds:?}");
        assert!(kinds.contains(&"scorecard.submitted".to_owned()));
    }

    async fn a_card_that_is_in_never_changes(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let card = onsite.submit(&app, 0, &leads[0], "yes").await;
        let path = format!("/scorecards/{card}");
        let etag = app.get(&leads[0], &path).await.etag();
        let change = app.patch_if(&leads[0], &path, &etag, json!({ "recommendation": "no" })).await;
        change.problem(409, "illegal_transition");
        let again = app.put_if(&leads[0], &format!("{path}/submission"), &etag, Value::Null).await;
        again.problem(409, "illegal_transition");
        assert_eq!(app.get(&leads[0], &path).await.ok()["recommendation"], "yes");
    }

    async fn two_devices_never_overwrite_each_other_unseen(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let draft = onsite.begin(&app, 0, &leads[0]).await;
        let path = format!("/scorecards/{}", draft.id());
        let body = || json!({ "summary": "From the phone." });
        app.patch(&leads[0], &path, body()).await.problem(428, "precondition_required");
        app.put(&leads[0], &format!("{path}/submission"), Value::Null).await.problem(428, "precondition_required");
        app.patch_if(&leads[0], &path, &draft.etag(), body()).await.ok();
        let desk = || json!({ "summary": "From the desk." });
        let refused = app.patch_if(&leads[0], &path, &draft.etag(), desk()).await;
        refused.problem(412, "stale");
        assert_eq!(refused.json["current"]["summary"], "From the phone.", "both texts are there");
        let late = app.put_if(&leads[0], &format!("{path}/submission"), &draft.etag(), Value::Null).await;
        late.problem(412, "stale");
        assert_eq!(app.get(&leads[0], &path).await.ok()["summary"], "From the phone.");
        app.patch_if(&leads[0], &path, &refused.etag(), desk()).await.ok();
    }

    async fn evidence_is_kept_before_it_is_rated(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let ana = &leads[0];
        let draft = onsite.begin(&app, 0, ana).await;
        let (path, first) = (format!("/scorecards/{}", draft.id()), &onsite.attributes[0]);
        let typed = json!([{ "attribute_id": first, "evidence": "Asked what fails first." }]);
        let saved = app.patch_if(ana, &path, &draft.etag(), json!({ "ratings": typed })).await;
        assert_eq!(saved.ok()["ratings"], typed, "no level, and no signal neither");
        let mut judgement = onsite.judgement("yes");
        judgement["ratings"][0] = typed[0].clone();
        let saved = app.patch_if(ana, &path, &saved.etag(), judgement).await;
        let refused = app.put_if(ana, &format!("{path}/submission"), &saved.etag(), Value::Null).await;
        assert_eq!(refused.field(409, "/ratings")["errors"][0]["code"], "unrated_attribute");
        let nothing = json!({ "ratings": [{ "attribute_id": first }] });
        app.patch_if(ana, &path, &saved.etag(), nothing).await.field(422, "/ratings/0/level");
    }

    async fn an_incomplete_card_says_what_it_lacks(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let ana = &leads[0];
        let draft = onsite.begin(&app, 0, ana).await;
        let (path, mut etag) = (format!("/scorecards/{}", draft.id()), draft.etag());
        let submission = format!("{path}/submission");
        let refused = app.put_if(ana, &submission, &etag, Value::Null).await;
        refused.problem(409, "not_ready");
        assert_eq!(refused.json["errors"].as_array().unwrap().len(), 3);
        let mut judgement = onsite.judgement("no_decision");
        judgement["recommendation_reason"] = Value::Null;
        etag = app.patch_if(ana, &path, &etag, judgement.clone()).await.etag();
        app.put_if(ana, &submission, &etag, Value::Null).await.field(409, "/recommendation_reason");
        judgement["recommendation_reason"] = json!("The call dropped.");
        judgement["ratings"].as_array_mut().unwrap().pop();
        etag = app.patch_if(ana, &path, &etag, judgement).await.etag();
        let refused = app.put_if(ana, &submission, &etag, Value::Null).await;
        assert_eq!(refused.field(409, "/ratings")["errors"][0]["code"], "unrated_attribute");
        let all = json!({ "ratings": onsite.judgement("yes")["ratings"] });
        etag = app.patch_if(ana, &path, &etag, all).await.etag();
        app.put_if(ana, &submission, &etag, Value::Null).await.ok();
    }

    async fn a_rating_is_of_the_kit_and_of_its_scale(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let ana = &leads[0];
        let draft = onsite.begin(&app, 0, ana).await;
        let path = format!("/scorecards/{}", draft.id());
        let (first, second) = (&onsite.attributes[0], &onsite.attributes[1]);
        let refused = [
            (json!([{ "attribute_id": first, "level": 4 }]), "/ratings/0/level"),
            (json!([{ "attribute_id": first, "level": 0 }]), "/ratings/0/level"),
            (json!([{ "attribute_id": first, "level": 1.5 }]), "/ratings/0/level"),
            (json!([{ "attribute_id": first }]), "/ratings/0/level"),
            (json!([{ "attribute_id": second, "level": 4 }, { "attribute_id": second, "level": null }]), "/ratings/1/attribute_id"),
            (json!([{ "attribute_id": "attr_01jd3z3z3z3z3z3z3z3z3z3z3z", "level": 1 }]), "/ratings/0/attribute_id"),
            (json!([{ "attribute_id": first, "level": 1, "score": 5 }]), "/ratings/0/score"),
            (json!(vec![json!({ "attribute_id": first, "level": 1 }); 51]), "/ratings"),
            (json!([{ "attribute_id": first, "level": 1, "evidence": "x".repeat(10_001) }]), "/ratings/0/evidence"),
        ];
        for (ratings, pointer) in refused {
            let body = json!({ "ratings": ratings });
            app.patch_if(ana, &path, &draft.etag(), body).await.field(422, pointer);
        }
        let others = json!({ "level_signal_id": "level_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.patch_if(ana, &path, &draft.etag(), others).await.field(422, "/level_signal_id");
        let unknown = json!({ "recommendation": "maybe" });
        app.patch_if(ana, &path, &draft.etag(), unknown).await.field(422, "/recommendation");
        assert_eq!(app.get(ana, &path).await.ok(), &draft.json);
    }

    async fn there_is_one_card_per_person_and_interview(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let first = onsite.begin(&app, 0, &leads[0]).await.id();
        let again = onsite.begin(&app, 0, &leads[0]).await;
        let detail = again.problem(409, "already_exists")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&first), "{detail}");
        onsite.begin(&app, 1, &leads[0]).await.problem(403, "forbidden");
        onsite.begin(&app, 0, &onsite.recruiter).await.problem(403, "forbidden");
        onsite.begin(&app, 0, &app.person("Max", OrgRole::Owner)).await.problem(404, "not_found");
        onsite.begin(&app, 0, &app.anonymous()).await.problem(401, "unauthenticated");
        let off = format!("/interviews/{}/cancellation", onsite.interviews[1]);
        app.put(&onsite.recruiter, &off, json!({})).await.ok();
        onsite.begin(&app, 1, &leads[1]).await.problem(409, "illegal_transition");
    }

    async fn a_draft_is_its_authors_alone(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let draft = onsite.write(&app, 0, &leads[0], onsite.judgement("strong_yes")).await;
        let path = format!("/scorecards/{}", draft.id());
        for person in [&leads[1], &onsite.recruiter, &onsite.manager, &onsite.decider, &onsite.driver] {
            let seen = app.get(person, &path).await;
            assert_eq!(seen.ok()["view"], "sealed");
            assert_eq!(seen.json["state"], "draft");
            assert_eq!(seen.json["ratings"], Value::Null);
            assert_eq!(seen.json["recommendation"], Value::Null);
            let change = app.patch_if(person, &path, &draft.etag(), json!({ "summary": "Mine." })).await;
            change.problem(403, "forbidden");
            let submission = format!("{path}/submission");
            app.put_if(person, &submission, &draft.etag(), Value::Null).await.problem(403, "forbidden");
        }
        let stranger = app.person("Max", OrgRole::Admin);
        app.get(&stranger, &path).await.problem(404, "not_found");
        app.patch_if(&stranger, &path, &draft.etag(), json!({})).await.problem(404, "not_found");
        assert_eq!(app.get(&stranger, "/scorecards").await.rows().len(), 0);
        app.get(&app.anonymous(), &path).await.problem(401, "unauthenticated");
        assert_eq!(reads(&app), 0);
    }

    async fn who_was_removed_keeps_a_draft_that_nobody_sees(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let draft = onsite.write(&app, 0, &leads[0], onsite.judgement("no")).await;
        let path = format!("/scorecards/{}", draft.id());
        let seats = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        let seat = seats.json["panel"][0]["id"].as_str().unwrap().to_owned();
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        let kept = app.get(&leads[0], &path).await;
        assert_eq!(kept.ok()["recommendation"], "no");
        assert_eq!(kept.json["slot"], Value::Null);
        assert_eq!(app.get(&leads[0], "/scorecards").await.rows().len(), 1);
        app.patch_if(&leads[0], &path, &kept.etag(), json!({})).await.problem(403, "forbidden");
        let submission = format!("{path}/submission");
        app.put_if(&leads[0], &submission, &kept.etag(), Value::Null).await.problem(403, "forbidden");
        app.get(&onsite.recruiter, &path).await.problem(404, "not_found");
        assert_eq!(app.get(&onsite.recruiter, "/scorecards").await.rows().len(), 0);
        // Back on the panel, they go on where they were.
        onsite.seat(&app, 0, &leads[0], "second").await;
        app.put_if(&leads[0], &submission, &kept.etag(), Value::Null).await.ok();
    }

    async fn a_seat_whose_card_is_in_stays(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        onsite.submit(&app, 0, &leads[0], "yes").await;
        let shown = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        let seat = format!("/panelists/{}", shown.ok()["panel"][0]["id"].as_str().unwrap());
        app.delete(&onsite.recruiter, &seat).await.problem(409, "illegal_transition");
        let waiver = app.put(&onsite.recruiter, &format!("{seat}/waiver"), json!({ "reason": "Late." })).await;
        waiver.problem(409, "illegal_transition");
    }

    async fn the_first_reading_of_a_foreign_card_is_recorded(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let first = onsite.submit(&app, 0, &leads[0], "yes").await;
        let path = format!("/scorecards/{first}");
        // The recruiter sits on no panel and reads the text before the reveal.
        let read = app.get(&onsite.recruiter, &path).await;
        assert_eq!(read.ok()["view"], "full");
        assert_eq!(read.json["ratings"].as_array().unwrap().len(), 2);
        assert_eq!(reads(&app), 1);
        let (statements, again) = app.statements(app.get(&onsite.recruiter, &path)).await;
        assert_eq!(again.ok(), &read.json);
        assert_eq!(reads(&app), 1);
        assert!(statements <= 3, "{statements}");
        app.get(&onsite.driver, "/scorecards").await.ok();
        assert_eq!(reads(&app), 2);
        // Those who see only counts before the reveal read nothing.
        for person in [&onsite.manager, &onsite.decider, &leads[0], &leads[1]] {
            app.get(person, &path).await.ok();
            app.get(person, "/scorecards").await.ok();
        }
        assert_eq!(reads(&app), 2);
        onsite.submit(&app, 1, &leads[1], "no").await;
        app.get(&leads[0], &format!("/scorecards?application_id={}", onsite.application)).await.ok();
        assert_eq!(reads(&app), 3);
    }

    async fn who_has_read_a_card_is_seated_for_a_reason_and_not_independent(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let card = onsite.submit(&app, 0, &leads[0], "yes").await;
        app.get(&onsite.driver, &format!("/scorecards/{card}")).await.ok();
        let path = format!("/interviews/{}/panel", onsite.interviews[1]);
        let body = json!({ "user_id": onsite.driver.id, "slot": "second" });
        app.post(&onsite.recruiter, &path, body.clone()).await.field(422, "/reason");
        let mut body = body;
        body["reason"] = json!("Nobody else knows the protocol.");
        let seat = app.post(&onsite.recruiter, &path, body).await;
        assert_eq!(seat.created()["independent"], false);
        assert_eq!(seat.json["assigned_reason"], "Nobody else knows the protocol.");
        // To those who owe a card neither is told.
        let seen = app.get(&leads[1], &format!("/panelists/{}", seat.id())).await;
        assert_eq!(seen.ok()["independent"], Value::Null);
        assert_eq!(seen.json["assigned_reason"], Value::Null);
        let own = onsite.submit(&app, 1, &onsite.driver, "yes").await;
        assert_eq!(app.get(&onsite.driver, &format!("/scorecards/{own}")).await.ok()["independent"], false);
        // Somebody who saw only that the card exists needs none.
        onsite.seat(&app, 1, &onsite.manager, "second").await;
    }

    async fn a_card_written_after_reading_another_is_stamped(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let ben = app.person("Ben", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ben, "second").await;
        let first = onsite.submit(&app, 0, &leads[0], "yes").await;
        let waiver = format!("/panelists/{seat}/waiver");
        app.put(&onsite.driver, &waiver, json!({ "reason": "On holiday." })).await.ok();
        app.advance(chrono::TimeDelta::minutes(1));
        let ben = app.again(&ben);
        assert_eq!(app.get(&ben, &format!("/scorecards/{first}")).await.ok()["view"], "full");
        let late = onsite.submit(&app, 0, &ben, "no").await;
        let lead = app.again(&leads[0]);
        let seen = app.get(&lead, &format!("/scorecards/{late}")).await;
        assert_eq!(seen.ok()["is_late"], true);
        assert_eq!(seen.json["independent"], false);
        assert_eq!(app.get(&ben, &format!("/scorecards/{first}")).await.ok()["is_late"], false);
    }

    async fn cards_are_listed_in_three_statements(app) {
        let (onsite, leads) = staffed(&app, 3).await;
        for (interview, lead) in leads.iter().enumerate() {
            onsite.submit(&app, interview, lead, "yes").await;
        }
        app.get(&onsite.recruiter, "/scorecards").await.ok();
        let path = format!("/scorecards?application_id={}", onsite.application);
        let (statements, page) = app.statements(app.get(&onsite.recruiter, &path)).await;
        assert_eq!(page.rows().len(), 3);
        assert!(statements <= 3, "{statements}");
        let one = format!("/scorecards?interview_id={}&limit=1", onsite.interviews[1]);
        assert_eq!(app.get(&onsite.recruiter, &one).await.rows()[0]["author_id"], json!(leads[1].id));
        let page = app.get(&leads[0], "/scorecards?limit=2").await;
        let next = format!("/scorecards?limit=2&cursor={}", page.ok()["next_cursor"].as_str().unwrap());
        assert_eq!(app.get(&leads[0], &next).await.rows().len(), 1);
        app.get(&leads[0], "/scorecards?sort=recommendation").await.problem(422, "unknown_field");
    }
}
