//! Finding out more before it is decided: one more interview, and what its card changes.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::{Onsite, answers};
use crate::support::{Person, Reply, TestApp};

/// A debrief before its decider, after two cards with these recommendations.
async fn before_its_decider(app: &TestApp, recommendations: [&str; 2]) -> (Onsite, [Person; 2]) {
    let onsite = Onsite::new(app, 2).await;
    let leads = [app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member)];
    for (interview, lead) in leads.iter().enumerate() {
        onsite.seat(app, interview, lead, "lead").await;
        onsite.submit(app, interview, lead, recommendations[interview]).await;
    }
    answer(app, &onsite, &leads).await;
    assert_eq!(onsite.debrief(app, &onsite.decider).await.ok()["state"], "deciding");
    (onsite, leads)
}

/// Everybody answers what is put to them.
async fn answer(app: &TestApp, onsite: &Onsite, people: &[Person]) {
    for person in people {
        let seen = onsite.debrief(app, person).await;
        let asked = answers(seen.ok(), person, "I stand by my card.");
        if seen.json["state"] == "discussing" && asked != json!([]) {
            let path = format!("/debriefs/{}/responses", onsite.debrief);
            app.post(person, &path, json!({ "answers": asked })).await.ok();
        }
    }
}

/// Asks for more signal with the version that the person read.
async fn ask(app: &TestApp, onsite: &Onsite, person: &Person, body: Value) -> Reply {
    let etag = onsite.debrief(app, person).await.etag();
    let path = format!("/debriefs/{}/signal-requests", onsite.debrief);
    let request = app.request(person, Method::POST, &path).insert_header(("If-Match", etag));
    app.send(request.set_json(body)).await
}

fn more(onsite: &Onsite) -> Value {
    json!({ "attribute_id": onsite.attributes[0], "reason": "Both saw the same log." })
}

/// Seats somebody on the interview that was added; gives the loop with it.
async fn seat(app: &TestApp, onsite: &mut Onsite, name: &str) -> Person {
    let seen = onsite.debrief(app, &onsite.decider).await;
    let interview = seen.ok()["signal_request"]["interview_id"].as_str().unwrap().to_owned();
    onsite.interviews.push(interview);
    let person = app.person(name, OrgRole::Member);
    onsite.seat(app, onsite.interviews.len() - 1, &person, "lead").await;
    person
}

fn blocking(debrief: &Value, reveal: i32) -> Vec<(Value, Value)> {
    let findings = debrief["findings"].as_array().unwrap().iter();
    let of_it = findings.filter(|one| one["reveal"] == reveal && one["severity"] == "blocking");
    of_it.map(|one| (one["kind"].clone(), one["discussion"].clone())).collect()
}

both! {
    async fn one_more_interview_is_waited_for_and_only_its_panel_is_sealed(app) {
        let (mut onsite, leads) = before_its_decider(&app, ["yes", "yes"]).await;
        let etag = |reply: &Reply| reply.header("etag").unwrap().to_owned();
        ask(&app, &onsite, &leads[0], more(&onsite)).await.problem(403, "forbidden");
        let mut strange = more(&onsite);
        strange["attribute_id"] = json!("attr_01jd3z3z3z3z3z3z3z3z3z3z3z");
        ask(&app, &onsite, &onsite.decider, strange).await.field(422, "/attribute_id");
        let mut strange = more(&onsite);
        strange["kit_id"] = json!("kit_01jd3z3z3z3z3z3z3z3z3z3z3z");
        ask(&app, &onsite, &onsite.decider, strange).await.field(422, "/kit_id");
        let asked = ask(&app, &onsite, &onsite.decider, more(&onsite)).await;
        assert_eq!((&asked.ok()["state"], &asked.json["decide_by"]), (&json!("gathering"), &Value::Null));
        app.deliver_mail();
        follow(&app, &app.mails.mails(), MailKind::SignalAsked).await;
        let told = app.mails.mails().into_iter().filter(|mail| mail.kind == MailKind::SignalAsked);
        assert_eq!(told.map(|mail| mail.to.name).collect::<Vec<_>>(), ["Dario Driver"]);
        // Those who judged go on reading.
        let reads = onsite.debrief(&app, &leads[0]).await;
        assert_eq!((&reads.ok()["view"], reads.json["cards"].as_array().unwrap().len()), (&json!("full"), 2));
        let body = json!({ "reason": "I cannot wait." });
        app.put(&onsite.decider, &format!("/debriefs/{}/peek", onsite.debrief), body).await.problem(409, "illegal_transition");
        let eve = seat(&app, &mut onsite, "Eve").await;
        let sealed = onsite.debrief(&app, &eve).await;
        assert_eq!((&sealed.ok()["view"], &sealed.json["state"]), (&json!("sealed"), &json!("gathering")));
        assert_eq!(sealed.json["signal_request"], Value::Null);
        assert_eq!(etag(&sealed).split('-').next(), Some("\"2"), "the version of a debrief that gathers");
        ask(&app, &onsite, &onsite.decider, more(&onsite)).await.problem(409, "illegal_transition");
        onsite.submit(&app, 2, &eve, "no").await;
        let again = onsite.debrief(&app, &eve).await;
        assert_eq!((&again.ok()["state"], &again.json["reveals"]), (&json!("discussing"), &json!(2)));
        assert_eq!(blocking(&again.json, 2), [(json!("split"), json!(1))]);
        let card = again.json["cards"][2]["scorecard_id"].as_str().unwrap().to_owned();
        assert_ne!(app.get(&leads[0], &format!("/scorecards/{card}")).await.ok()["is_late"], true);
        answer(&app, &onsite, &[leads[0].clone(), leads[1].clone(), eve.clone()]).await;
        assert_eq!(onsite.debrief(&app, &eve).await.ok()["state"], "deciding");
        ask(&app, &onsite, &onsite.driver, more(&onsite)).await.problem(409, "already_exists");
    }

    async fn what_was_answered_is_not_asked_again_where_the_new_card_says_nothing_to_it(app) {
        let (mut onsite, leads) = before_its_decider(&app, ["yes", "no"]).await;
        ask(&app, &onsite, &onsite.driver, more(&onsite)).await.ok();
        let eve = seat(&app, &mut onsite, "Eve").await;
        onsite.submit(&app, 2, &eve, "no_decision").await;
        let seen = onsite.debrief(&app, &leads[0]).await;
        assert_eq!(seen.ok()["state"], "deciding");
        assert_eq!(blocking(&seen.json, 1), [(json!("split"), json!(1))]);
        assert_eq!(blocking(&seen.json, 2), [(json!("split"), Value::Null)]);
        assert_eq!(seen.json["responses"].as_array().unwrap().len(), 2);
    }

    async fn an_interview_that_is_called_off_is_not_waited_for(app) {
        let (mut onsite, _) = before_its_decider(&app, ["yes", "yes"]).await;
        ask(&app, &onsite, &onsite.driver, more(&onsite)).await.ok();
        let eve = seat(&app, &mut onsite, "Eve").await;
        let path = format!("/interviews/{}/cancellation", onsite.interviews[2]);
        app.put(&onsite.recruiter, &path, json!({})).await.ok();
        assert_eq!(onsite.debrief(&app, &eve).await.ok()["state"], "deciding");
    }
}
