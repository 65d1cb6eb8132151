//! Templates of mail to candidates: who defines them, what may stand in them, and which one is taken.

use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp, hiring};

fn template(language: &str, body: &str) -> Value {
    json!({ "purpose": "received", "name": "First word", "language": language, "subject": "Hello", "body": body })
}

/// What would be written to the candidate of an application that came in.
async fn received(app: &TestApp, person: &Person, application: &str) -> String {
    let path = format!("/applications/{application}/message-previews");
    let seen = app.post(person, &path, json!({ "purpose": "received" })).await;
    seen.ok()["body"].as_str().unwrap().to_owned()
}

both! {
    async fn a_template_is_added_changed_and_taken_out_of_use(app) {
        let (rita, cora) = (app.person("Rita", OrgRole::Recruiter), app.person("Cora", OrgRole::Coordinator));
        let made = app.post(&rita, "/message-templates", template("en", "Dear {{ candidate.first_name }},\r\nthank you.")).await;
        assert_eq!(made.created()["body"], "Dear {{ candidate.first_name }},\nthank you.");
        let path = format!("/message-templates/{}", made.id());
        app.post(&cora, "/message-templates", template("en", "Hello.")).await.problem(403, "forbidden");
        app.patch(&cora, &path, json!({ "name": "Mine" })).await.problem(403, "forbidden");
        let changed = app.patch_if(&rita, &path, &made.etag(), json!({ "name": "Thanks", "archived": true })).await;
        assert_eq!((&changed.ok()["name"], changed.json["archived_at"].is_string()), (&json!("Thanks"), true));
        app.patch_if(&rita, &path, &made.etag(), json!({ "name": "Late" })).await.problem(412, "stale");
        app.patch(&rita, &path, json!({ "purpose": "rejected" })).await.problem(422, "unknown_field");
        assert_eq!(app.get(&cora, &path).await.ok(), &changed.json);
        let (statements, list) = app.statements(app.get(&cora, "/message-templates?archived=true&language=en&purpose=received")).await;
        assert_eq!((list.rows().len(), statements), (1, 2));
        assert_eq!(app.get(&cora, "/message-templates?archived=false").await.rows().len(), 0);
        assert_eq!(app.event_kinds().iter().filter(|kind| kind.starts_with("message_template.")).count(), 2);
    }

    async fn a_placeholder_that_there_is_not_is_named_with_its_place(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let refused = app.post(&rita, "/message-templates", template("en", "Dear {{candidate.name}},\nyour pay is {{offer.pay}}.")).await;
        let field = &refused.field(422, "/body")["errors"][0];
        assert_eq!(field["code"], "unknown_placeholder");
        assert!(field["detail"].as_str().unwrap().starts_with("There is no placeholder `offer.pay` (line 2, column 13)"), "{field}");
        // What tells of an interview does not stand in a first word.
        app.post(&rita, "/message-templates", template("en", "See you {{interview.time}}")).await.field(422, "/body");
        app.post(&rita, "/message-templates", template("tlh", "nuqneH")).await.field(422, "/language");
        let made = app.post(&rita, "/message-templates", template("en", "Hello")).await;
        app.patch(&rita, &format!("/message-templates/{}", made.id()), json!({ "subject": "{{" })).await.field(422, "/subject");
        let mut nowhere = template("en", "Hello");
        nowhere["job_id"] = json!("job_01jd3z3z3z3z3z3z3z3z3z3z3z");
        app.post(&rita, "/message-templates", nowhere).await.field(422, "/job_id");
    }

    async fn the_candidates_language_comes_first_and_the_jobs_own_before_the_organizations(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        let candidate = app.get(&rita, &format!("/applications/{application}")).await.ok()["candidate_id"].as_str().unwrap().to_owned();
        app.patch(&rita, &format!("/candidates/{candidate}"), json!({ "locale": "de-AT" })).await.ok();
        // Our own words, where there are none.
        assert!(received(&app, &rita, &application).await.starts_with("Guten Tag Ada Lovelace,"));
        let of_job = |language: &str, body: &str| {
            let mut input = template(language, body);
            input["job_id"] = json!(job.id);
            input
        };
        for (input, taken) in [
            (template("en", "English"), "English"),
            (of_job("en", "English of the job"), "English of the job"),
            (template("de", "Deutsch"), "Deutsch"),
            (of_job("de", "Deutsch der Stelle"), "Deutsch der Stelle"),
            (of_job("de", "Deutsch der Stelle, jünger"), "Deutsch der Stelle"),
        ] {
            app.post(&rita, "/message-templates", input).await.created();
            assert_eq!(received(&app, &rita, &application).await, taken);
        }
        let path = format!("/applications/{application}/message-previews");
        let seen = app.post(&rita, &path, json!({ "purpose": "received", "language": "en" })).await;
        assert_eq!((&seen.ok()["body"], &seen.json["language"]), (&json!("English of the job"), &json!("en")));
        // Of another job it is not.
        let other = hiring::application(&app, &rita, &hiring::job(&app)).await;
        assert_eq!(received(&app, &rita, &other).await, "English");
        let theirs = app.get(&rita, &format!("/message-templates?job_id={}", job.id)).await;
        let id = theirs.rows()[0]["id"].clone();
        app.post(&rita, &format!("/applications/{other}/message-previews"), json!({ "template_id": id })).await.field(422, "/template_id");
    }

    async fn the_templates_of_a_confidential_job_are_its_teams_alone(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let rolf = app.person("Rolf", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let rex = app.person("Rex", OrgRole::Member);
        hiring::join(&app, &job, &rex, TeamRole::Recruiter);
        app.patch(&rita, &format!("/jobs/{}", job.id), json!({ "confidential": true })).await.ok();
        let mut input = template("en", "Between us.");
        input["job_id"] = json!(job.id);
        app.post(&rolf, "/message-templates", input.clone()).await.field(422, "/job_id");
        let made = app.post(&rex, "/message-templates", input).await;
        made.created();
        let path = format!("/message-templates/{}", made.id());
        app.get(&rolf, &path).await.problem(404, "not_found");
        app.patch(&rolf, &path, json!({ "name": "Mine" })).await.problem(404, "not_found");
        assert_eq!(app.get(&rolf, "/message-templates").await.rows().len(), 0);
        assert_eq!(app.get(&rex, "/message-templates").await.rows().len(), 1);
    }
}
