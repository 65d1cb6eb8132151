//! What becomes known after a decision: another round, and what becomes of the one before.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::{Onsite, memo};
use crate::support::{Browser, Person, Reply, TestApp};

/// A debrief that decided to hire after two clear cards.
async fn decided(app: &TestApp) -> (Onsite, [Person; 2]) {
    let onsite = Onsite::new(app, 2).await;
    let leads = [app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member)];
    for (interview, lead) in leads.iter().enumerate() {
        onsite.seat(app, interview, lead, "lead").await;
        onsite.submit(app, interview, lead, "yes").await;
    }
    let etag = onsite.debrief(app, &onsite.decider).await.etag();
    assert_eq!(onsite.decide(app, &onsite.decider, &etag, memo()).await.ok()["state"], "decided");
    (onsite, leads)
}

/// Begins another round with the version that the person read.
async fn again(app: &TestApp, onsite: &Onsite, person: &Person) -> Reply {
    let etag = onsite.debrief(app, person).await.etag();
    let path = format!("/debriefs/{}/rounds", onsite.debrief);
    let request = app.request(person, Method::POST, &path).insert_header(("If-Match", etag));
    let body = json!({ "evidence": "reference", "reason": "A former lead called back." });
    app.send(request.set_json(body)).await
}

async fn owed(app: &TestApp, person: &Person) -> Vec<Value> {
    let queue = app.get(person, "/me/queue").await;
    queue.ok()["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect()
}

both! {
    async fn new_evidence_begins_a_round_with_what_everybody_recommended(app) {
        let (mut onsite, leads) = decided(&app).await;
        assert_eq!(owed(&app, &onsite.driver).await, ["telling"]);
        again(&app, &onsite, &leads[0]).await.problem(403, "forbidden");
        let next = again(&app, &onsite, &onsite.driver).await;
        let before = onsite.debrief.clone();
        onsite.debrief = next.id();
        assert_eq!(next.header("location"), Some(format!("/api/v1/debriefs/{}", next.id()).as_str()));
        assert_eq!((&next.created()["round"], &next.json["state"]), (&json!(2), &json!("deciding")));
        assert_eq!(next.json["origin"]["previous_id"], json!(before));
        assert_eq!(next.json["ballots"].as_array().unwrap().len(), 2);
        assert_eq!((&next.json["decision"], &next.json["informed"]), (&Value::Null, &Value::Null));
        assert_eq!(app.get(&onsite.driver, &format!("/loops/{}", onsite.id)).await.ok()["state"], "running");
        // The round before is read as it is, and nothing in it can be done.
        let old = app.get(&onsite.driver, &format!("/debriefs/{before}")).await;
        assert_eq!((&old.ok()["state"], &old.json["decision"]["outcome"]), (&json!("decided"), &json!("hire")));
        let told = json!({ "how": "spoken" });
        let path = format!("/debriefs/{before}/candidate-informed");
        app.put_if(&onsite.driver, &path, &old.etag(), told).await.problem(409, "illegal_transition");
        assert_eq!(owed(&app, &onsite.driver).await, Vec::<Value>::new());
        assert_eq!(owed(&app, &onsite.decider).await, ["decision"]);
        let request = app.request(&onsite.driver, Method::POST, &format!("/debriefs/{before}/rounds"));
        let twice = json!({ "evidence": "error", "reason": "Once more." });
        let request = request.insert_header(("If-Match", old.etag())).set_json(twice);
        app.send(request).await.problem(409, "already_exists");
        // It is decided by itself.
        let body = json!({ "outcome": "no_hire", "memo": { "against": [{ "text": "The call." }], "summary": "It was said often enough. ".repeat(10) } });
        let path = format!("/debriefs/{}/decision", onsite.debrief);
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        assert_eq!(app.put_if(&onsite.decider, &path, &etag, body).await.ok()["state"], "dissent_window");
    }

    async fn a_round_begins_on_the_page_and_the_one_before_leads_to_it(app) {
        let (onsite, leads) = decided(&app).await;
        let page = format!("/debriefs/{}", onsite.debrief);
        let mut anas = Browser::of(&app, &leads[0]);
        anas.open(&page).await.ok();
        assert!(!anas.html.contains("Decide again"), "she drives nothing");
        let mut browser = Browser::of(&app, &onsite.driver);
        browser.open(&page).await.ok();
        assert!(browser.html.contains("Decide again") && browser.html.contains("The candidate is told by you"));
        let form = format!("{page}/rounds");
        let nothing = [("evidence", ""), ("round_reason", "A former lead called back.")];
        assert_eq!(browser.submit(&form, &nothing).await.status, 422);
        assert!(browser.html.contains("A former lead called back."));
        let said = [("evidence", "reference"), ("round_reason", "A former lead called back.")];
        let begun = browser.submit(&form, &said).await;
        let next = begun.header("location").unwrap().to_owned();
        assert!(begun.status == 303 && next != page, "{next}");
        browser.open(&next).await.ok();
        assert!(browser.html.contains("round 2") && browser.html.contains("A former lead called back."));
        browser.open(&page).await.ok();
        assert!(browser.html.contains(&next.replace('/', "&#x2f;")), "{}", browser.html);
        assert!(!browser.html.contains("Decide again") && !browser.html.contains("The candidate is told by you"));
    }

    async fn a_decision_that_another_round_follows_carries_no_new_offer(app) {
        let (onsite, _) = decided(&app).await;
        let offers = format!("/applications/{}/offers", onsite.application);
        let terms = json!({
            "base": { "amount": "98765.00", "currency": "EUR" }, "period": "year",
            "level_id": onsite.level, "title": "Engineer", "location": "Berlin",
            "employment_type": "permanent", "start_on": "2027-02-01",
        });
        again(&app, &onsite, &onsite.decider).await.created();
        app.post(&onsite.recruiter, &offers, json!({ "terms": terms })).await.problem(409, "decision_missing");
    }

    async fn whoever_owes_a_card_knows_of_the_first_round_alone(app) {
        let (onsite, _) = decided(&app).await;
        let next = again(&app, &onsite, &onsite.driver).await.id();
        let other = onsite.start(&app, &onsite.recruiter).await;
        let interview = other.created()["interview_ids"][0].as_str().unwrap();
        let eve = app.person("Eve", OrgRole::Member);
        let seat = json!({ "user_id": eve.id, "slot": "lead" });
        app.post(&onsite.recruiter, &format!("/interviews/{interview}/panel"), seat).await.created();
        app.get(&eve, &format!("/debriefs/{next}")).await.problem(404, "not_found");
        let first = onsite.debrief(&app, &eve).await;
        assert_eq!(first.ok()["state"], "gathering");
        let listed = app.get(&eve, &format!("/debriefs?application_id={}", onsite.application)).await;
        assert!(listed.rows().iter().all(|row| row["round"] == 1));
        assert_eq!(app.get(&eve, &format!("/loops/{}", onsite.id)).await.ok()["debrief_id"], json!(onsite.debrief));
    }
}
