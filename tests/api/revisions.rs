//! Correcting a card that is in, and notes that stay with their author.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::{Onsite, memo};
use crate::support::{Person, Reply, TestApp};

/// A loop of so many interviews with a lead on each, of whom the first has handed in a card.
async fn one_in(app: &TestApp, interviews: usize) -> (Onsite, Vec<Person>, String) {
    let onsite = Onsite::new(app, interviews).await;
    let mut leads = Vec::new();
    for interview in 0..interviews {
        let lead = app.person(["Ana", "Ben"][interview], OrgRole::Member);
        onsite.seat(app, interview, &lead, "lead").await;
        leads.push(lead);
    }
    let card = onsite.submit(app, 0, &leads[0], "yes").await;
    (onsite, leads, format!("/scorecards/{card}"))
}

async fn revise(app: &TestApp, person: &Person, card: &str, content: Value) -> Reply {
    let etag = app.get(person, card).await.etag();
    let body = json!({ "reason": "Mixed up two candidates.", "content": content });
    app.put_if(person, &format!("{card}/revision"), &etag, body).await
}

both! {
    async fn a_correction_stands_beside_what_was_handed_in(app) {
        let (onsite, leads, card) = one_in(&app, 2).await;
        let before = app.get(&leads[0], &card).await;
        assert_eq!((&before.ok()["revision"], &before.json["revised_at"]), (&json!(1), &Value::Null));
        app.advance(TimeDelta::minutes(5));
        let ana = app.again(&leads[0]);
        let ratings = json!([
            { "attribute_id": onsite.attributes[0], "level": 1, "evidence": "It was another one." },
            { "attribute_id": onsite.attributes[1], "level": null, "evidence": null },
        ]);
        let revised = revise(&app, &ana, &card, json!({ "recommendation": "no", "ratings": ratings })).await;
        assert_eq!((&revised.ok()["recommendation"], &revised.json["revision"]), (&json!("no"), &json!(2)));
        assert_eq!(revised.json["ratings"][0]["level"], 1);
        assert_eq!(revised.json["summary"], before.json["summary"], "what is left out stays");
        assert_eq!(revised.json["submitted_at"], before.json["submitted_at"]);
        assert_eq!(revised.json["revised_at"], "2026-11-23T08:05:00Z");
        assert_eq!(revised.json["revised_after_reading"], false);
        let history = app.get(&ana, &format!("{card}/history")).await;
        let [first] = &history.ok()["revisions"].as_array().unwrap()[..] else { panic!() };
        assert_eq!((&first["number"], &first["content"]["recommendation"]), (&json!(1), &json!("yes")));
        assert_eq!(first["content"]["ratings"][0]["level"], 3);
        assert_eq!(first["handed_in_at"], before.json["submitted_at"]);
        assert!(app.event_kinds().contains(&"scorecard.revised".to_owned()));
    }

    async fn a_correction_says_whether_its_author_had_seen_others_and_leaves_the_ballot(app) {
        let (onsite, leads, card) = one_in(&app, 2).await;
        onsite.submit(&app, 1, &leads[1], "strong_no").await;
        onsite.debrief(&app, &leads[0]).await.ok();
        let revised = revise(&app, &leads[0], &card, json!({ "recommendation": "no" })).await;
        assert_eq!(revised.ok()["revised_after_reading"], true);
        assert_eq!(revised.json["independent"], true, "of what was handed in");
        let debrief = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(debrief.ok()["ballots"][0]["recommendation"], "yes");
        assert_eq!(debrief.json["cards"][0]["recommendation"], "no");
    }

    async fn whoever_owes_learns_nothing_of_a_correction(app) {
        let (_, leads, card) = one_in(&app, 2).await;
        let seen = |reply: Reply| (reply.ok().clone(), reply.etag());
        let (sealed, history) = (card.clone(), format!("{card}/history"));
        let before = seen(app.get(&leads[1], &sealed).await);
        let none = seen(app.get(&leads[1], &history).await);
        assert_eq!(none.0["revisions"], Value::Null);
        app.advance(TimeDelta::minutes(5));
        revise(&app, &app.again(&leads[0]), &card, json!({ "recommendation": "no" })).await.ok();
        let ben = app.again(&leads[1]);
        assert_eq!(seen(app.get(&ben, &sealed).await), before);
        assert_eq!(seen(app.get(&ben, &history).await), none);
    }

    async fn a_correction_is_whole_of_the_version_that_was_read_and_before_the_decision(app) {
        let (onsite, leads, card) = one_in(&app, 1).await;
        let ana = &leads[0];
        let lacking = revise(&app, ana, &card, json!({ "ratings": [] })).await;
        lacking.problem(409, "not_ready");
        assert_eq!(app.get(ana, &card).await.ok()["ratings"].as_array().unwrap().len(), 2, "nothing was changed");
        let stale = json!({ "reason": "Late.", "content": { "summary": "Other." } });
        let refused = app.put_if(ana, &format!("{card}/revision"), "\"1-0000000000000000\"", stale).await;
        assert_eq!(refused.problem(412, "stale")["current"]["recommendation"], "yes");
        let body = json!({ "content": { "summary": "Other." } });
        let etag = app.get(ana, &card).await.etag();
        app.put_if(ana, &format!("{card}/revision"), &etag, body).await.field(422, "/reason");
        revise(&app, &onsite.recruiter, &card, json!({ "summary": "Theirs." })).await.problem(403, "forbidden");
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        onsite.decide(&app, &onsite.decider, &etag, memo()).await.ok();
        revise(&app, ana, &card, json!({ "summary": "Too late." })).await.problem(409, "illegal_transition");
        let draft = Onsite::new(&app, 1).await;
        draft.seat(&app, 0, ana, "lead").await;
        let begun = format!("/scorecards/{}", draft.begin(&app, 0, ana).await.id());
        revise(&app, ana, &begun, json!({ "summary": "A draft." })).await.problem(409, "illegal_transition");
    }

    async fn a_card_is_revised_twenty_times_at_most(app) {
        let (_, leads, card) = one_in(&app, 2).await;
        for number in 0..20 {
            revise(&app, &leads[0], &card, json!({ "summary": format!("Version {number}") })).await.ok();
        }
        revise(&app, &leads[0], &card, json!({ "summary": "Once more" })).await.problem(409, "illegal_transition");
        let history = app.get(&leads[0], &format!("{card}/history")).await;
        assert_eq!(history.ok()["revisions"].as_array().unwrap().len(), 20);
    }

    async fn private_notes_are_shown_to_nobody_but_their_author(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let mut whole = onsite.judgement("yes");
        whole["private_notes"] = json!("Reminds me of my brother: mind that.");
        let draft = onsite.write(&app, 0, &ana, whole).await;
        assert_eq!(draft.json["private_notes"], "Reminds me of my brother: mind that.");
        let card = format!("/scorecards/{}", draft.id());
        app.put_if(&ana, &format!("{card}/submission"), &draft.etag(), Value::Null).await.ok();
        for person in [&onsite.recruiter, &onsite.driver, &onsite.decider, &onsite.manager] {
            let read = app.get(person, &card).await;
            assert_eq!((&read.ok()["view"], &read.json["private_notes"]), (&json!("full"), &Value::Null));
            assert!(!onsite.debrief(&app, person).await.ok().to_string().contains("brother"));
        }
        assert_eq!(app.get(&ana, &card).await.ok()["private_notes"], "Reminds me of my brother: mind that.");
        let revised = revise(&app, &ana, &card, json!({ "summary": "Shorter." })).await;
        assert_eq!(revised.ok()["private_notes"], "Reminds me of my brother: mind that.");
        let history = app.get(&onsite.decider, &format!("{card}/history")).await;
        assert!(!history.ok().to_string().contains("brother"));
    }
}
