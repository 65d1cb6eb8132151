//! The bank of questions.

use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, hiring};

async fn add(app: &TestApp, person: &Person, text: &str) -> Reply {
    app.post(person, "/questions", json!({ "kind": "question", "text": text })).await
}

/// Publishes a template that is like the one of the onsite, but asks these questions, and has the
/// next loop start with it.
async fn ask(app: &TestApp, onsite: &mut Onsite, questions: &[&str]) {
    let path = format!("/loop-template-versions/{}", onsite.version);
    let mut kit = app.get(&onsite.recruiter, &path).await.ok()["kits"][0].clone();
    let fields = kit.as_object_mut().unwrap();
    fields.remove("id");
    fields.remove("questions");
    fields.remove("wanted");
    kit["question_ids"] = json!(questions);
    let body = json!({ "name": "With questions", "version": { "kits": [kit] } });
    let made = app.post(&onsite.recruiter, "/loop-templates", body).await;
    onsite.version = made.created()["versions"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/loop-template-versions/{}/publication", onsite.version);
    app.put(&onsite.recruiter, &path, Value::Null).await.ok();
}

async fn start(app: &TestApp, onsite: &mut Onsite) {
    let started = onsite.start(app, &onsite.recruiter).await;
    onsite.interviews = vec![started.created()["interview_ids"][0].as_str().unwrap().to_owned()];
}

async fn exposure(app: &TestApp, person: &Person, question: &str) -> Value {
    app.get(person, &format!("/questions/{question}")).await.ok()["exposure"].clone()
}

both! {
    async fn a_recruiter_keeps_questions_and_everybody_reads_them(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let member = app.person("Max", OrgRole::Member);
        let body = json!({
            "kind": "theme", "text": "A bug that took days", "follow_ups": ["What ruled it out?"],
            "difficulty": "hard", "attribute_key": "debugging", "attribution": "Somebody, CC0",
        });
        let made = app.post(&recruiter, "/questions", body.clone()).await;
        assert_eq!(made.created()["key"], "a_bug_that_took_days");
        let current = &made.json["current"];
        for field in ["kind", "text", "follow_ups", "difficulty", "attribute_key"] {
            assert_eq!(current[field], body[field]);
        }
        assert_eq!(made.json["exposure"], json!({ "candidates": 0, "last_asked_at": null }));
        let path = format!("/questions/{}", made.id());
        assert_eq!(made.header("location"), Some(format!("/api/v1{path}").as_str()));
        assert_eq!(app.get(&member, &path).await.ok(), &made.json);
        app.patch(&member, &path, json!({ "archived": true })).await.problem(403, "forbidden");
        add(&app, &member, "Mine?").await.problem(403, "forbidden");
        add(&app, &app.anonymous(), "Mine?").await.problem(401, "unauthenticated");
        assert_eq!(app.event_kinds(), ["question.created"]);
    }

    async fn another_wording_is_another_version(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = add(&app, &admin, "What broke?").await;
        let path = format!("/questions/{}", made.created()["id"].as_str().unwrap());
        let reworded = app.patch_if(&admin, &path, &made.etag(), json!({ "text": "What broke last?", "difficulty": "easy" })).await;
        assert_eq!(reworded.ok()["current"]["number"], 2);
        assert_eq!(reworded.json["key"], made.json["key"]);
        app.patch_if(&admin, &path, &made.etag(), json!({ "text": "Mine" })).await.problem(412, "stale");
        let archived = app.patch(&admin, &path, json!({ "archived": true, "text": "What broke last?" })).await;
        assert_eq!(archived.ok()["current"]["number"], 2, "the wording is the same");
        assert!(archived.json["archived_at"].is_string());
        let cleared = app.patch(&admin, &path, json!({ "difficulty": null, "archived": false })).await;
        assert_eq!(cleared.ok()["current"]["difficulty"], Value::Null);
        let history = app.get(&admin, &format!("{path}/versions")).await;
        let texts: Vec<_> = history.ok()["versions"].as_array().unwrap().iter().map(|v| v["text"].clone()).collect();
        assert_eq!(texts, ["What broke last?", "What broke last?", "What broke?"]);
        assert_eq!(app.event_kinds().len(), 4);
    }

    async fn questions_are_found_by_text_and_by_what_they_are(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rows = [
            json!({ "kind": "question", "text": "Über 100 % sure?", "difficulty": "easy" }),
            json!({ "kind": "theme", "text": "Testing", "follow_ups": ["Which bug ESCAPED?"], "attribute_key": "care" }),
            json!({ "kind": "question", "text": "100 things", "attribute_key": "care" }),
        ];
        for row in rows {
            app.post(&admin, "/questions", row).await.created();
        }
        for (filter, count) in [
            ("", 3), ("?q=escaped", 1), ("?q=%C3%9Cber", 1), ("?q=%25", 1), ("?q=_", 0), ("?q=nothing", 0),
            ("?kind=theme", 1), ("?difficulty=easy", 1), ("?attribute_key=care", 2),
            ("?attribute_key=care&kind=question&q=THINGS", 1), ("?archived=true", 0), ("?archived=false", 3),
        ] {
            assert_eq!(app.get(&admin, &format!("/questions{filter}")).await.rows().len(), count, "{filter}");
        }
        let (statements, page) = app.statements(app.get(&admin, "/questions?limit=2")).await;
        assert_eq!(page.rows().len(), 2);
        assert!(statements <= 3, "{statements}");
        app.get(&admin, "/questions?kind=riddle").await.problem(422, "invalid");
        app.get(&admin, "/questions?colour=red").await.problem(422, "unknown_field");
    }

    async fn bad_input_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let with = |key: &str, value: Value| {
            let mut body = json!({ "kind": "question", "text": "What broke?" });
            body[key] = value;
            let (app, admin) = (&app, &admin);
            async move { app.post(admin, "/questions", body).await }
        };
        with("text", json!("")).await.field(422, "/text");
        with("text", json!("x".repeat(1001))).await.field(422, "/text");
        with("kind", json!("riddle")).await.field(422, "/kind");
        with("follow_ups", json!(vec!["x"; 21])).await.field(422, "/follow_ups");
        with("attribute_key", json!("Not a key")).await.field(422, "/attribute_key");
        with("colour", json!("red")).await.problem(422, "unknown_field");
        with("key", json!("what_broke")).await.created();
        with("key", json!("what_broke")).await.problem(409, "already_exists");
        app.get(&admin, "/questions/question_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
    }

    async fn a_kit_keeps_the_wording_that_it_was_written_with(app) {
        let mut onsite = Onsite::new(&app, 1).await;
        let question = add(&app, &onsite.recruiter, "What broke?").await;
        let (id, first) = (question.id(), question.json["current"]["id"].clone());
        ask(&app, &mut onsite, &[&id]).await;
        let path = format!("/questions/{id}");
        app.patch(&onsite.recruiter, &path, json!({ "text": "What broke last?" })).await.ok();
        let version = format!("/loop-template-versions/{}", onsite.version);
        let kit = app.get(&onsite.recruiter, &version).await.ok()["kits"][0].clone();
        assert_eq!(kit["questions"], json!([{ "question_id": id, "question_version_id": first }]));

        let template = app.get(&onsite.recruiter, &version).await.ok()["loop_template_id"].clone();
        let versions = format!("/loop-templates/{}/versions", template.as_str().unwrap());
        let copy = app.post(&onsite.recruiter, &versions, json!({})).await;
        assert_eq!(copy.created()["kits"][0]["questions"], kit["questions"]);
        let mut twice = kit.clone();
        let fields = twice.as_object_mut().unwrap();
        fields.remove("id");
        fields.remove("questions");
        fields.remove("wanted");
        twice["question_ids"] = json!([id, id]);
        let path = format!("/loop-template-versions/{}", copy.id());
        let now = app.put(&onsite.recruiter, &path, json!({ "kits": [twice] })).await;
        assert_ne!(now.ok()["kits"][0]["questions"][0]["question_version_id"], first);
        let lint = app.get(&onsite.recruiter, &format!("{path}/lint")).await;
        let findings = lint.ok()["findings"].as_array().unwrap();
        assert!(findings.iter().any(|one| one["code"] == "question_twice" && one["pointer"] == "/kits/0/questions/1"));
        twice["question_ids"] = json!(["question_01jd3z3z3z3z3z3z3z3z3z3z3z"]);
        app.put(&onsite.recruiter, &path, json!({ "kits": [twice] })).await.field(422, "/kits/0/question_ids/0");
    }

    async fn it_is_known_who_was_asked_what(app) {
        let mut onsite = Onsite::new(&app, 1).await;
        let recruiter = onsite.recruiter.clone();
        let (asked, never) = (add(&app, &recruiter, "What broke?").await.id(), add(&app, &recruiter, "Why?").await.id());
        ask(&app, &mut onsite, &[&asked]).await;
        start(&app, &mut onsite).await;
        assert_eq!(exposure(&app, &recruiter, &asked).await["candidates"], 0, "nothing was held yet");
        onsite.hold(&app, 0).await;
        // The same candidate again, in another wording; then another candidate.
        app.patch(&recruiter, &format!("/questions/{asked}"), json!({ "text": "What broke last?" })).await.ok();
        start(&app, &mut onsite).await;
        onsite.hold(&app, 0).await;
        let seen = exposure(&app, &recruiter, &asked).await;
        assert_eq!(seen["candidates"], 1);
        assert!(seen["last_asked_at"].is_string());
        let first = onsite.application.clone();
        onsite.application = hiring::application(&app, &recruiter, &onsite.job).await;
        start(&app, &mut onsite).await;
        onsite.hold(&app, 0).await;
        assert_eq!(exposure(&app, &recruiter, &asked).await["candidates"], 2);
        assert_eq!(exposure(&app, &recruiter, &never).await["candidates"], 0);
        let (statements, page) = app.statements(app.get(&recruiter, "/questions")).await;
        assert_eq!(page.rows()[1]["exposure"]["candidates"], 2);
        assert!(statements <= 3, "{statements}");

        let application = app.get(&recruiter, &format!("/applications/{first}")).await;
        let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
        let path = format!("/candidates/{candidate}/asked-questions");
        let reply = app.get(&recruiter, &path).await;
        let questions = reply.ok()["questions"].as_array().unwrap();
        assert_eq!(questions.len(), 2, "in two interviews");
        assert!(questions.iter().all(|one| one["question_id"] == asked.as_str() && one["wording"]["text"] == "What broke?"));

        // Who has no part in the interviews counts none, and who may not read the candidate is told nothing.
        let stranger = app.person("Sven", OrgRole::Member);
        assert_eq!(exposure(&app, &stranger, &asked).await["candidates"], 0);
        app.get(&stranger, &path).await.problem(404, "not_found");
        let interviewer = app.person("Ines", OrgRole::Member);
        hiring::join(&app, &onsite.job, &interviewer, TeamRole::Interviewer);
        assert_eq!(exposure(&app, &interviewer, &asked).await["candidates"], 0);
        assert_eq!(exposure(&app, &onsite.manager, &asked).await["candidates"], 2);
    }
}
