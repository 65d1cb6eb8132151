//! Results of external assessments.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp};

/// An interview with a lead, and an external assessment.
async fn staffed(app: &TestApp) -> (Onsite, Person) {
    let onsite = Onsite::with_assessment(app, 1).await;
    let lead = app.person("Lea", OrgRole::Member);
    onsite.seat(app, 0, &lead, "lead").await;
    (onsite, lead)
}

both! {
    async fn a_result_completes_its_interview_and_the_debrief_waits_for_it_alone(app) {
        let (onsite, lead) = staffed(&app).await;
        onsite.submit(&app, 0, &lead, "yes").await;
        assert_eq!(onsite.debrief(&app, &lead).await.ok()["state"], "gathering");
        let path = onsite.result_path();
        app.get(&onsite.recruiter, &path).await.problem(404, "not_found");
        let recorded = app.put(&onsite.recruiter, &path, onsite.result("87.50", Some(2), "Solid.")).await;
        let content = &recorded.ok()["content"];
        assert_eq!((&content["score"], &content["max_score"], &content["percentile"]), (&json!("87.50"), &json!("100"), &json!("62.5")));
        assert_eq!((&content["provider"], &content["ratings"][0]["level"]), (&json!("Coderbyte"), &json!(2)));
        assert_eq!((&recorded.json["view"], &recorded.json["recorded_by"]), (&json!("full"), &json!(onsite.recruiter.id)));
        let interview = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[1])).await;
        assert_eq!(interview.ok()["state"], "completed");
        let debrief = onsite.debrief(&app, &lead).await;
        assert_eq!(debrief.ok()["state"], "deciding");
        assert_eq!(debrief.json["assessments"][0]["content"]["score"], "87.50");
        // Level 2 here and level 3 there contradict each other, or do not, as two cards would.
        let coverage = app.get(&lead, &format!("/loops/{}/coverage", onsite.id)).await;
        let cells = coverage.ok()["attributes"][0]["cells"].as_array().unwrap().clone();
        assert!(cells.iter().all(|cell| cell["state"] != "planned"), "{cells:?}");
    }

    async fn a_result_is_sealed_like_a_card(app) {
        let (onsite, lead) = staffed(&app).await;
        let path = onsite.result_path();
        app.put(&onsite.recruiter, &path, onsite.result("12", Some(1), "Weak.")).await.ok();
        for person in [&lead, &onsite.manager, &onsite.decider] {
            let sealed = app.get(person, &path).await;
            assert_eq!(sealed.ok()["view"], "sealed");
            for field in ["content", "recorded_by", "revision", "revised_at", "revised_reason", "revisions"] {
                assert_eq!(sealed.json[field], Value::Null, "{field}");
            }
        }
        let before = app.get(&lead, &path).await;
        let mut corrected = onsite.result("92", Some(3), "Strong.");
        corrected["reason"] = json!("The wrong candidate.");
        let etag = app.get(&onsite.recruiter, &path).await.etag();
        app.put_if(&onsite.recruiter, &path, &etag, corrected).await.ok();
        let after = app.get(&lead, &path).await;
        assert_eq!((before.ok(), before.header("etag")), (after.ok(), after.header("etag")));
        assert_eq!(app.get(&onsite.driver, &path).await.ok()["content"]["score"], "92");
        assert_eq!(onsite.debrief(&app, &lead).await.ok()["assessments"], Value::Null);
        app.get(&app.person("Max", OrgRole::Admin), &path).await.problem(404, "not_found");
        onsite.submit(&app, 0, &lead, "yes").await;
        let open = app.get(&lead, &path).await;
        assert_eq!((&open.ok()["view"], &open.json["content"]["score"]), (&json!("full"), &json!("92")));
        let kinds = app.event_kinds();
        let reads = kinds.iter().filter(|kind| *kind == "assessment_result.read");
        assert_eq!(reads.count(), 3, "the recruiter, the driver and the lead");
    }

    async fn a_correction_keeps_what_stood_there_and_wants_a_reason(app) {
        let (onsite, _) = staffed(&app).await;
        let path = onsite.result_path();
        let first = app.put(&onsite.recruiter, &path, onsite.result("12", Some(1), "Weak.")).await;
        app.put(&onsite.recruiter, &path, onsite.result("13", None, "x")).await.problem(428, "precondition_required");
        app.put_if(&onsite.recruiter, &path, &first.etag(), onsite.result("13", None, "x")).await.field(422, "/reason");
        let mut corrected = onsite.result("92", None, "Strong.");
        corrected["reason"] = json!("The wrong candidate.");
        let second = app.put_if(&onsite.recruiter, &path, &first.etag(), corrected.clone()).await;
        assert_eq!((&second.ok()["revision"], &second.json["revised_reason"]), (&json!(2), &json!("The wrong candidate.")));
        assert_eq!(second.json["revisions"][0]["content"]["score"], "12");
        app.put_if(&onsite.recruiter, &path, &first.etag(), corrected).await.problem(412, "stale");
    }

    async fn what_does_not_fit_is_refused(app) {
        let (onsite, lead) = staffed(&app).await;
        let path = onsite.result_path();
        let with = |field: &str, value: Value| {
            let mut body = onsite.result("12", Some(1), "Weak.");
            body[field] = value;
            body
        };
        for (field, value, pointer) in [
            ("score", json!("101"), "/score"),
            ("score", json!(12), "/score"),
            ("score", json!("1e3"), "/score"),
            ("max_score", json!("0"), "/max_score"),
            ("percentile", json!("100.1"), "/percentile"),
            ("completed_at", json!("2027-01-01T00:00:00Z"), "/completed_at"),
            ("url", json!("http://assess.example.com"), "/url"),
            ("summary", json!("x".repeat(4_001)), "/summary"),
            ("ratings", json!([{ "attribute_id": onsite.attributes[0], "level": 9 }]), "/ratings/0/level"),
            ("ratings", json!([{ "attribute_id": onsite.attributes[0], "evidence": "x" }]), "/ratings/0/level"),
        ] {
            app.put(&onsite.recruiter, &path, with(field, value)).await.field(422, pointer);
        }
        let live = format!("/interviews/{}/assessment-result", onsite.interviews[0]);
        app.put(&onsite.recruiter, &live, with("score", json!("1"))).await.problem(409, "illegal_transition");
        for person in [&lead, &onsite.manager, &onsite.decider, &onsite.driver] {
            app.put(person, &path, with("score", json!("1"))).await.problem(403, "forbidden");
        }
        // A recruiter who owes would know the result before judging.
        onsite.seat(&app, 0, &onsite.recruiter, "second").await;
        app.put(&onsite.recruiter, &path, with("score", json!("1"))).await.problem(403, "forbidden");
        assert!(!app.event_kinds().iter().any(|kind| kind.starts_with("assessment_result")));
    }

    async fn who_has_read_a_result_is_seated_for_a_reason(app) {
        let (onsite, _) = staffed(&app).await;
        app.put(&onsite.recruiter, &onsite.result_path(), onsite.result("12", Some(1), "Weak.")).await.ok();
        let panel = format!("/interviews/{}/panel", onsite.interviews[0]);
        let seat = json!({ "user_id": onsite.recruiter.id, "slot": "second" });
        app.post(&onsite.recruiter, &panel, seat).await.field(422, "/reason");
    }
}
