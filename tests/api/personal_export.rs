//! What is held about a person, for whoever asks in their name.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;

both! {
    async fn a_person_is_given_what_is_held_with_others_as_numbers(app) {
        let onsite = Onsite::new(&app, 1).await;
        let lead = app.person("Lea Lead", OrgRole::Member);
        onsite.seat(&app, 0, &lead, "lead").await;
        let seen = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate = seen.ok()["candidate_id"].as_str().unwrap().to_owned();
        let note = json!({ "visibility": "public", "body": "Lea Lead liked the call." });
        app.post(&onsite.recruiter, &format!("/candidates/{candidate}/notes"), note).await.created();
        onsite.submit(&app, 0, &lead, "yes").await;
        let path = format!("/candidates/{candidate}/personal-data");
        app.get(&lead, &path).await.problem(403, "forbidden");
        app.put(&onsite.recruiter, &format!("/applications/{}/withdrawal", onsite.application), json!({})).await.ok();
        let given = app.get(&onsite.recruiter, &path).await;
        given.ok();
        assert!(given.header("content-disposition").unwrap().starts_with("attachment"));
        let section = |name: &str| -> Vec<Value> {
            let sections = given.json["sections"].as_array().unwrap().iter();
            let mut found = sections.filter(|section| section["name"] == name);
            found.next().map(|found| found["records"].as_array().unwrap().clone()).unwrap_or_default()
        };
        assert_eq!(section("candidates")[0]["name"], "Ada Lovelace");
        assert_eq!(section("notes")[0]["body"], "Interviewer 1 liked the call.");
        assert_eq!(section("scorecards")[0]["by"], "Interviewer 1");
        assert_eq!(section("scorecards")[0]["summary"], "Asked before building, and built what was asked.");
        let text = String::from_utf8(given.bytes.clone()).unwrap();
        assert!(!text.contains("Lea Lead") && !text.contains(&lead.email));
        assert!(app.event_kinds().iter().any(|kind| kind == "candidate.personal_data_exported"));
    }

    async fn what_is_not_revealed_is_left_out_and_who_owes_a_card_waits(app) {
        let onsite = Onsite::new(&app, 2).await;
        let lead = app.person("Lea Lead", OrgRole::Member);
        let rolf = app.person("Rolf Recruiter", OrgRole::Recruiter);
        onsite.seat(&app, 0, &lead, "lead").await;
        onsite.seat(&app, 1, &rolf, "lead").await;
        onsite.submit(&app, 0, &lead, "strong_no").await;
        let seen = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate = seen.ok()["candidate_id"].as_str().unwrap().to_owned();
        let path = format!("/candidates/{candidate}/personal-data");
        app.get(&rolf, &path).await.problem(409, "not_ready");
        let given = app.get(&onsite.recruiter, &path).await;
        let text = String::from_utf8(given.bytes.clone()).unwrap();
        assert!(!text.contains("strong_no") && !text.contains("Bisected"));
        assert_eq!(given.ok()["withheld"][2]["application_ids"], json!([onsite.application]));
        let admin = app.person("Ada", OrgRole::Admin);
        app.get(&admin, &path).await.problem(404, "not_found");
        let glass = json!({ "job_id": onsite.job.id, "reason": "They asked for their data." });
        app.post(&admin, "/break-glass", glass).await.created();
        app.get(&admin, &path).await.ok();
    }
}
