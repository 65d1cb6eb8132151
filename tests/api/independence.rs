//! Who had read what before they judged: the decider's look before the reveal, and the record of it.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp};

/// A loop of two interviews with a lead on each, of whom the first has handed in a card.
async fn half_in(app: &TestApp) -> (Onsite, [Person; 2], String) {
    let onsite = Onsite::new(app, 2).await;
    let leads = ["Ana", "Ben"].map(|name| app.person(name, OrgRole::Member));
    for (interview, lead) in leads.iter().enumerate() {
        onsite.seat(app, interview, lead, "lead").await;
    }
    let card = onsite.submit(app, 0, &leads[0], "strong_no").await;
    (onsite, leads, card)
}

async fn peek(app: &TestApp, onsite: &Onsite, person: &Person) -> Reply {
    let path = format!("/debriefs/{}/peek", onsite.debrief);
    app.put(person, &path, json!({ "reason": "Another offer ends tonight." })).await
}

async fn record(app: &TestApp, onsite: &Onsite, person: &Person) -> Value {
    app.get(person, &format!("/debriefs/{}/independence", onsite.debrief)).await.ok().clone()
}

both! {
    async fn a_decider_looks_before_the_reveal_for_a_reason_that_the_panel_sees(app) {
        let (onsite, [ana, ben], card) = half_in(&app).await;
        let path = format!("/scorecards/{card}");
        assert_eq!(app.get(&onsite.decider, &path).await.ok()["view"], "sealed");
        app.put(&onsite.decider, &format!("/debriefs/{}/peek", onsite.debrief), json!({})).await.field(422, "/reason");
        let looked = peek(&app, &onsite, &onsite.decider).await;
        assert_eq!(looked.ok()["state"], "gathering");
        assert_eq!(looked.json["peeks"][0]["user_id"], onsite.decider.id.to_string());
        let read = app.get(&onsite.decider, &path).await;
        assert_eq!((&read.ok()["view"], &read.json["recommendation"]), (&json!("full"), &json!("strong_no")));
        let visibility = format!("/applications/{}/visibility", onsite.application);
        let explained = app.get(&onsite.decider, &visibility).await;
        assert_eq!((&explained.ok()["cards_seen"], &explained.json["reasons"][0]["code"]), (&json!("all"), &json!("peeked")));
        // Whoever owes sees that, and nothing of why; whoever owes nothing sees why.
        let to_ben = onsite.debrief(&app, &ben).await;
        assert_eq!(to_ben.ok()["peeks"][0]["occurred_at"], "2026-11-23T08:00:00Z");
        assert_eq!(to_ben.json["peeks"][0]["reason"], Value::Null);
        assert_eq!(onsite.debrief(&app, &ana).await.ok()["peeks"][0]["reason"], "Another offer ends tonight.");
        assert_eq!(app.get(&ana, &path).await.ok()["view"], "full", "one's own");
        peek(&app, &onsite, &onsite.decider).await.problem(409, "already_exists");
        assert!(app.event_kinds().contains(&"debrief.peeked".to_owned()));
    }

    async fn nobody_else_looks_and_no_decider_who_sits_on_a_panel(app) {
        let (onsite, [ana, ben], card) = half_in(&app).await;
        for person in [&ana, &ben, &onsite.driver, &onsite.recruiter, &onsite.manager] {
            peek(&app, &onsite, person).await.problem(403, "forbidden");
        }
        onsite.seat(&app, 1, &onsite.decider, "second").await;
        peek(&app, &onsite, &onsite.decider).await.problem(403, "forbidden");
        onsite.submit(&app, 1, &onsite.decider, "yes").await;
        peek(&app, &onsite, &onsite.decider).await.problem(403, "forbidden");
        assert_eq!(app.get(&onsite.decider, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
    }

    async fn who_looked_and_is_seated_then_is_sealed_and_not_independent(app) {
        let (onsite, _, card) = half_in(&app).await;
        peek(&app, &onsite, &onsite.decider).await.ok();
        app.get(&onsite.decider, &format!("/scorecards/{card}")).await.ok();
        let body = json!({ "user_id": onsite.decider.id, "slot": "second", "reason": "Nobody else is there." });
        let seat = app.post(&onsite.recruiter, &format!("/interviews/{}/panel", onsite.interviews[1]), body).await;
        assert_eq!(seat.created()["independent"], false);
        assert_eq!(app.get(&onsite.decider, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
    }

    async fn there_is_nothing_to_look_at_early_once_the_cards_are_revealed(app) {
        let (onsite, [_, ben], _) = half_in(&app).await;
        onsite.submit(&app, 1, &ben, "yes").await;
        peek(&app, &onsite, &onsite.decider).await.problem(409, "illegal_transition");
    }

    async fn the_record_says_who_had_read_what_before_they_judged(app) {
        let (onsite, [ana, ben], first) = half_in(&app).await;
        // Ben is waived, so that the cards are revealed to him; he reads, and hands one in all the same.
        let interview = format!("/interviews/{}", onsite.interviews[1]);
        let seat = app.get(&ben, &interview).await.ok()["panel"][0]["id"].as_str().unwrap().to_owned();
        let sealed = record(&app, &onsite, &ben).await;
        assert_eq!((&sealed["view"], &sealed["cards"]), (&json!("sealed"), &Value::Null));
        let counted = record(&app, &onsite, &onsite.decider).await;
        assert_eq!((&counted["view"], &counted["cards"]), (&json!("counted"), &Value::Null));
        app.put(&onsite.recruiter, &format!("/panelists/{seat}/waiver"), json!({ "reason": "Ill." })).await.ok();
        app.advance(TimeDelta::minutes(10));
        let ben = app.again(&ben);
        app.get(&ben, &format!("/scorecards/{first}")).await.ok();
        let second = onsite.submit(&app, 1, &ben, "no").await;
        app.advance(TimeDelta::minutes(1));
        app.get(&app.again(&ana), &format!("/scorecards/{second}")).await.ok();
        let record = record(&app, &onsite, &app.again(&onsite.decider)).await;
        assert_eq!((&record["view"], &record["all_independent"]), (&json!("full"), &json!(false)));
        let [anas, bens] = &record["cards"].as_array().unwrap()[..] else { panic!("{record}") };
        assert_eq!((&anas["independent"], &anas["is_late"]), (&json!(true), &json!(false)));
        assert_eq!(anas["read_before"], json!([]), "she read afterwards");
        assert_eq!((&bens["independent"], &bens["is_late"]), (&json!(false), &json!(true)));
        let read = json!([{ "scorecard_id": first, "author_id": ana.id, "read_at": "2026-11-23T08:10:00Z" }]);
        assert_eq!(bens["read_before"], read);
        assert_eq!(record["peeks"], json!([]));
    }
}
