//! Probes: asking panels to cover an attribute without saying who asks.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp};

async fn ask(app: &TestApp, onsite: &Onsite, person: &Person, body: Value) -> Reply {
    app.post(person, &format!("/loops/{}/probes", onsite.id), body).await
}

async fn asked(app: &TestApp, onsite: &Onsite, interview: usize, person: &Person) -> Value {
    let path = format!("/interviews/{}", onsite.interviews[interview]);
    app.get(person, &path).await.ok()["probes"].clone()
}

both! {
    async fn the_next_interviewers_are_asked_by_nobody_for_no_reason(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let before = app.get(&ana, &format!("/interviews/{}", onsite.interviews[0])).await;
        assert_eq!(before.ok()["probes"], json!([]));
        app.advance(TimeDelta::minutes(5));
        let [driver, decider, recruiter, ana] = [&onsite.driver, &onsite.decider, &onsite.recruiter, &ana].map(|person| app.again(person));
        let attribute = |index: usize| json!({ "attribute_id": onsite.attributes[index] });
        let second = ask(&app, &onsite, &driver, attribute(1)).await;
        assert_eq!(second.created()["asked_by"], json!(driver.id));
        app.advance(TimeDelta::minutes(5));
        ask(&app, &onsite, &decider, attribute(0)).await.created();
        let only = json!({ "attribute_id": onsite.attributes[0], "interview_id": onsite.interviews[1] });
        ask(&app, &onsite, &recruiter, only).await.created();

        // Two people asked for the first attribute; the panel sees it once, before the one asked for earlier.
        let shown = app.get(&ana, &format!("/interviews/{}", onsite.interviews[0])).await;
        let mut expected = before.json.clone();
        let mut names: Vec<Value> = shown.ok()["kit"]["attributes"].as_array().unwrap().iter()
            .map(|one| json!({ "attribute_id": one["attribute_id"], "name": one["name"] })).collect();
        names.sort_by_key(|one| one["name"].as_str().unwrap().to_owned());
        expected["probes"] = json!(names);
        assert_eq!(shown.json, expected, "nothing else changed, no time either");
        assert_eq!(asked(&app, &onsite, 1, &recruiter).await, json!(names));

        for path in [format!("/loops/{}/probes", onsite.id), format!("/loop-probes/{}", second.id())] {
            app.get(&ana, &path).await.problem(403, "forbidden");
            app.get(&recruiter, &path).await.ok();
        }
        let all = app.get(&driver, &format!("/loops/{}/probes", onsite.id)).await;
        assert_eq!(all.ok()["probes"].as_array().unwrap().len(), 3);
        app.deliver_mail();
        assert!(app.mails.mails().iter().all(|mail| !mail.text.contains("cover")), "and no mail says so");
    }

    async fn who_sits_on_a_panel_learns_of_no_other_asker_whatever_their_roles(app) {
        let onsite = Onsite::new(&app, 2).await;
        onsite.seat(&app, 0, &onsite.decider, "lead").await;
        let theirs = ask(&app, &onsite, &onsite.driver, json!({ "attribute_id": onsite.attributes[0] })).await.id();
        let own = ask(&app, &onsite, &onsite.decider, json!({ "attribute_id": onsite.attributes[1] })).await.id();
        let list = app.get(&onsite.decider, &format!("/loops/{}/probes", onsite.id)).await;
        assert_eq!(list.ok()["probes"].as_array().unwrap().len(), 1);
        assert_eq!(list.json["probes"][0]["id"], own);
        app.get(&onsite.decider, &format!("/loop-probes/{theirs}")).await.problem(404, "not_found");
        app.put(&onsite.decider, &format!("/loop-probes/{theirs}/withdrawal"), Value::Null).await.problem(404, "not_found");
        assert_eq!(asked(&app, &onsite, 0, &onsite.decider).await.as_array().unwrap().len(), 2);
    }

    async fn a_probe_is_taken_back(app) {
        let onsite = Onsite::new(&app, 1).await;
        let body = json!({ "attribute_id": onsite.attributes[0] });
        let probe = ask(&app, &onsite, &onsite.driver, body.clone()).await.id();
        ask(&app, &onsite, &onsite.recruiter, body.clone()).await.problem(409, "already_exists");
        let path = format!("/loop-probes/{probe}/withdrawal");
        assert!(app.put(&onsite.recruiter, &path, Value::Null).await.ok()["withdrawn_at"].is_string());
        app.put(&onsite.recruiter, &path, Value::Null).await.problem(409, "illegal_transition");
        assert_eq!(asked(&app, &onsite, 0, &onsite.recruiter).await, json!([]));
        ask(&app, &onsite, &onsite.recruiter, body).await.created();
        let kinds = app.event_kinds();
        let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
        assert_eq!((count("loop_probe.asked"), count("loop_probe.withdrawn")), (2, 1));
    }

    async fn what_took_place_is_asked_nothing_more(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        ask(&app, &onsite, &onsite.driver, json!({ "attribute_id": onsite.attributes[0] })).await.created();
        app.advance(TimeDelta::minutes(1));
        onsite.hold(&app, 0).await;
        app.advance(TimeDelta::minutes(1));
        let late = json!({ "attribute_id": onsite.attributes[1] });
        ask(&app, &onsite, &onsite.driver, late.clone()).await.created();
        assert_eq!(asked(&app, &onsite, 0, &ana).await.as_array().unwrap().len(), 1);
        assert_eq!(asked(&app, &onsite, 1, &onsite.recruiter).await.as_array().unwrap().len(), 2);
        let there = json!({ "attribute_id": onsite.attributes[1], "interview_id": onsite.interviews[0] });
        ask(&app, &onsite, &onsite.driver, there).await.problem(409, "illegal_transition");
        let path = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &path, json!({})).await.ok();
        ask(&app, &onsite, &onsite.driver, late).await.problem(409, "illegal_transition");
    }

    async fn only_those_who_may_ask_and_for_what_there_is(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, stranger) = (app.person("Ana", OrgRole::Member), app.person("Max", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        let body = json!({ "attribute_id": onsite.attributes[0] });
        ask(&app, &onsite, &stranger, body.clone()).await.problem(404, "not_found");
        ask(&app, &onsite, &ana, body.clone()).await.problem(403, "forbidden");
        ask(&app, &onsite, &onsite.manager, body).await.problem(403, "forbidden");
        let unknown = json!({ "attribute_id": "attr_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        ask(&app, &onsite, &onsite.driver, unknown).await.field(422, "/attribute_id");
        let strange = json!({ "attribute_id": onsite.attributes[0], "interview_id": "int_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        ask(&app, &onsite, &onsite.driver, strange).await.field(422, "/interview_id");
        let told = json!({ "attribute_id": onsite.attributes[0], "reason": "Weak." });
        ask(&app, &onsite, &onsite.driver, told).await.problem(422, "unknown_field");
    }

    async fn at_most_ten_are_open(app) {
        let onsite = Onsite::new(&app, 9).await;
        let probe = |attribute: usize, interview: Option<usize>| {
            json!({ "attribute_id": onsite.attributes[attribute], "interview_id": interview.map(|index| onsite.interviews[index].clone()) })
        };
        for interview in 0..9 {
            ask(&app, &onsite, &onsite.driver, probe(0, Some(interview))).await.created();
        }
        ask(&app, &onsite, &onsite.driver, probe(0, None)).await.created();
        let refused = ask(&app, &onsite, &onsite.driver, probe(1, None)).await;
        assert_eq!(refused.problem(422, "invalid")["errors"][0]["code"], "too_many");
    }
}
