//! Applying by a job post, as somebody who is nobody yet.

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::db::schema::{applications, attachments, candidates, contact_points, events};
use evenbar::db::types::Document;
use evenbar::http::Quotas;
use serde_json::{Value, json};

use crate::both;
use crate::job_posts::{open_job, post_of, published, remote};
use crate::support::files::{PDF, form};
use crate::support::hiring::look;
use crate::support::{Edge, Person, Reply, TestApp, at_once};

/// What somebody sends.
fn applying(email: &str) -> Value {
    json!({
        "name": "Ada Lovelace", "email": email, "phone": "+49 30 1234567",
        "links": ["https://ada.example.com/cv"], "time_zone": "Europe/London",
        "answers": { "why": "They turn.", "years": 3 },
        "consent": { "given": true, "text_version": 1 },
    })
}

async fn apply(app: &TestApp, post: &str, body: Value) -> Reply {
    app.post(&app.anonymous(), &format!("/public/job-posts/{post}/applications"), body).await
}

/// How many candidates, applications, addresses and files there are.
fn counts(app: &TestApp) -> [i64; 4] {
    look(app, |conn| {
        Ok([
            candidates::table.count().get_result(conn)?,
            applications::table.count().get_result(conn)?,
            contact_points::table.count().get_result(conn)?,
            attachments::table.count().get_result(conn)?,
        ])
    })
}

/// What became of the forms that came in, in order.
fn outcomes(app: &TestApp) -> Vec<String> {
    let payloads: Vec<Document> = look(app, |conn| {
        events::table
            .filter(events::kind.eq("job_post.answered"))
            .order(events::id)
            .select(events::payload)
            .load(conn)
    });
    payloads.iter().map(|payload| payload.0["outcome"].as_str().unwrap().to_owned()).collect()
}

/// The one application that there is.
async fn only(app: &TestApp, by: &Person) -> Value {
    let list = app.get(by, "/applications").await;
    assert_eq!(list.rows().len(), 1);
    list.rows()[0].clone()
}

both! {
    async fn somebody_applies_and_those_who_hire_find_them_in_the_first_stage(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rita = app.person("Rita", OrgRole::Recruiter);
        app.post(&admin, "/sources", json!({ "name": "Events", "kind": "sourced" })).await.created();
        let page = app.post(&admin, "/sources", json!({ "name": "Careers page", "kind": "applied" })).await.id();
        let (job, post) = published(&app, &rita, remote("Keeper")).await;
        let received = apply(&app, &post, applying("Ada@Example.com")).await;
        assert_eq!(received.expect(202), &json!({ "job_post_id": post, "received_at": app.clock.now() }));
        let application = only(&app, &rita).await;
        let pipeline = app.get(&rita, &format!("{job}/pipeline")).await;
        assert_eq!(application["stage_id"], pipeline.ok()["stages"][0]["id"]);
        assert_eq!((&application["status"], &application["source_id"]), (&json!("active"), &json!(page)));
        let candidate = format!("/candidates/{}", application["candidate_id"].as_str().unwrap());
        let candidate = app.get(&rita, &candidate).await;
        assert_eq!((&candidate.ok()["name"], &candidate.json["locale"]), (&json!("Ada Lovelace"), &json!("en-GB")));
        assert_eq!(candidate.json["time_zone"], "Europe/London");
        let points = candidate.json["contact_points"].as_array().unwrap();
        let points: Vec<_> = points.iter().map(|point| point["value"].as_str().unwrap()).collect();
        assert_eq!(points, ["Ada@example.com", "+49 30 1234567", "https://ada.example.com/cv"]);
        let path = format!("/applications/{}", application["id"].as_str().unwrap());
        let answers = app.get(&rita, &format!("{path}/answers")).await;
        assert_eq!((&answers.ok()["job_post_id"], &answers.json["consent"]["text_version"]), (&json!(post), &json!(1)));
        assert_eq!(answers.json["answers"], json!([
            { "key": "why", "kind": "long_text", "question": "Why lights?", "answer": "They turn." },
            { "key": "years", "kind": "number", "question": "For how many years?", "answer": 3 },
        ]));
        let moved = app.get(&rita, &format!("{path}/moves")).await;
        assert_eq!((moved.rows().len(), &moved.rows()[0]["actor_id"]), (1, &Value::Null));
        let kinds = app.event_kinds();
        assert_eq!(kinds[kinds.len() - 3..], ["candidate.created", "application.created", "job_post.answered"]);
    }

    async fn answers_keep_the_question_as_it_was_asked_and_consent_its_text(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        apply(&app, &post, applying("ada@example.com")).await.expect(202);
        let change = json!({
            "consent_text": "I agree that this is kept for 180 days.",
            "questions": [{ "key": "why", "kind": "short_text", "text": "Why at all?" }],
        });
        app.patch(&rita, &format!("/job-posts/{post}"), change).await.ok();
        let application = only(&app, &rita).await["id"].as_str().unwrap().to_owned();
        let answers = app.get(&rita, &format!("/applications/{application}/answers")).await;
        assert_eq!(answers.ok()["answers"][0]["question"], "Why lights?");
        assert!(answers.json["consent"]["text"].as_str().unwrap().contains("used to decide"));
        // Whoever read the other text agrees to what it says by now.
        let mut late = applying("bob@example.com");
        late["answers"] = json!({});
        apply(&app, &post, late.clone()).await.field(422, "/consent/text_version");
        let public = app.get(&app.anonymous(), &format!("/public/job-posts/{post}")).await;
        late["consent"]["text_version"] = public.ok()["consent"]["text_version"].clone();
        apply(&app, &post, late).await.expect(202);
    }

    async fn what_does_not_fit_is_named_and_nothing_is_kept(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        for (field, value, pointer) in [
            ("name", json!(""), "/name"),
            ("email", json!("ada"), "/email"),
            ("phone", json!("call me"), "/phone"),
            ("links", json!(["https://a.example", "javascript:alert(1)"]), "/links/1"),
            ("links", json!(["https://a.example", "https://a.example"]), "/links/1"),
            ("links", json!(vec!["https://a.example"; 6]), "/links"),
            ("time_zone", json!("Mars/Base"), "/time_zone"),
            ("answers", json!({ "years": 3 }), "/answers/why"),
            ("answers", json!({ "why": "So.", "years": "three" }), "/answers/years"),
            ("answers", json!({ "why": "So.", "salary": 5 }), "/answers/salary"),
            ("consent", json!({ "given": false, "text_version": 1 }), "/consent/given"),
            ("consent", json!({ "text_version": 1 }), "/consent/given"),
            ("consent", json!({ "given": true, "text_version": 2 }), "/consent/text_version"),
        ] {
            let mut body = applying("ada@example.com");
            body[field] = value;
            apply(&app, &post, body).await.field(422, pointer);
        }
        let mut body = applying("ada@example.com");
        body["user_id"] = json!(rita.id);
        apply(&app, &post, body).await.problem(422, "unknown_field");
        assert_eq!(counts(&app), [0, 0, 0, 0]);
        assert!(outcomes(&app).is_empty());
    }

    async fn the_answer_is_the_same_whoever_applies_and_whatever_is_known_of_them(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let known = json!({ "name": "Ada", "contact_points": [{ "kind": "email", "value": "ada@example.com" }] });
        let known = app.post(&rita, "/candidates", known).await.id();
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        let first = apply(&app, &post, applying("ADA@example.com")).await;
        let again = apply(&app, &post, applying("ada@example.com")).await;
        let mut trapped = applying("bot@example.com");
        trapped["website"] = json!("https://spam.example");
        let trapped = apply(&app, &post, trapped).await;
        let unknown = apply(&app, &post, applying("new@example.com")).await;
        let told = |reply: &Reply| {
            let names: Vec<_> = reply.headers.keys().map(|name| name.as_str().to_owned()).collect();
            (reply.status, reply.bytes.clone(), names.len())
        };
        for other in [&again, &trapped, &unknown] {
            assert_eq!(told(other), told(&first));
        }
        assert_eq!(outcomes(&app), ["applied", "repeated", "trapped", "applied"]);
        // Nothing was added to whom we knew; a hint names the two.
        assert_eq!(counts(&app)[..2], [3, 2]);
        let untouched = app.get(&rita, &format!("/candidates/{known}")).await;
        assert_eq!(untouched.ok()["contact_points"].as_array().unwrap().len(), 1);
        let hints = app.get(&rita, &format!("/candidates/{known}/duplicate-hints")).await;
        assert_eq!(hints.rows().len(), 1);
    }

    async fn whoever_was_rejected_may_apply_again_and_to_another_job_at_once(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        let (_, other) = published(&app, &rita, remote("Painter")).await;
        apply(&app, &post, applying("ada@example.com")).await.expect(202);
        let application = only(&app, &rita).await["id"].as_str().unwrap().to_owned();
        let reason = json!({ "name": "Too early", "kind": "ours" });
        let reason = app.post(&admin, "/rejection-reasons", reason).await.id();
        let rejection = format!("/applications/{application}/rejection");
        app.put(&rita, &rejection, json!({ "reason_id": reason })).await.ok();
        for post in [&post, &other] {
            apply(&app, post, applying("ada@example.com")).await.expect(202);
        }
        assert_eq!(outcomes(&app), ["applied"; 3]);
    }

    async fn of_many_who_send_the_same_at_once_one_applies(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        let path = format!("/public/job-posts/{post}/applications");
        let call = |_| (app.anonymous(), Method::POST, path.clone(), None, Some(applying("ada@example.com")));
        let statuses = at_once(&app, (0..8).map(call));
        assert_eq!(statuses, [202; 8]);
        assert_eq!(counts(&app)[..2], [1, 1]);
        assert_eq!(outcomes(&app).iter().filter(|outcome| *outcome == "applied").count(), 1);
    }

    async fn a_resume_comes_with_the_form_and_is_judged_like_every_file(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        let path = format!("/public/job-posts/{post}/application-forms");
        app.post(&app.anonymous(), &path, applying("ada@example.com")).await.problem(415, "unsupported_media_type");
        let send = |words: Vec<(&'static str, String)>, file: Option<(&'static str, &'static [u8])>| {
            let request = app.request(&app.anonymous(), Method::POST, &path);
            let words: Vec<_> = words.iter().map(|(name, word)| (*name, word.as_str())).collect();
            app.send(form(request, 1, &words, file))
        };
        let body = || vec![("application", applying("ada@example.com").to_string())];
        send(body(), Some(("cv.exe", b"MZ\x90\0".as_slice()))).await.field(422, "/file");
        send(body(), Some(("cv.png", PDF))).await.field(422, "/file");
        send(Vec::new(), Some(("cv.pdf", PDF))).await.field(422, "/application");
        send(vec![("application", "{".to_owned())], None).await.problem(400, "malformed_json");
        send(vec![("other", "{}".to_owned())], None).await.expect(422);
        assert_eq!(counts(&app), [0, 0, 0, 0]);
        send(body(), Some(("Ada CV.pdf", PDF))).await.expect(202);
        let application = only(&app, &rita).await;
        let candidate = application["candidate_id"].as_str().unwrap();
        let files = app.get(&rita, &format!("/candidates/{candidate}/attachments")).await;
        let file = &files.rows()[0];
        assert_eq!((&file["kind"], &file["file_name"]), (&json!("resume"), &json!("Ada CV.pdf")));
        assert_eq!(file["uploaded_by"], candidate);
        // The same form without a file is a form as well.
        send(vec![("application", applying("bob@example.com").to_string())], None).await.expect(202);
        assert_eq!(counts(&app)[1], 2);
    }

    async fn nobody_applies_by_what_not_everybody_reads(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = open_job(&app, &rita, json!({ "title": "Keeper" })).await;
        let post = post_of(&app, &rita, &job, remote("Keeper")).await;
        apply(&app, &post, applying("ada@example.com")).await.problem(404, "not_found");
        app.put(&rita, &format!("/job-posts/{post}/publication"), Value::Null).await.ok();
        app.put(&rita, &format!("{job}/pause"), Value::Null).await.ok();
        apply(&app, &post, applying("ada@example.com")).await.problem(404, "not_found");
        apply(&app, "jobpost_01jd3z3z3z3z3z3z3z3z3z3z3z", applying("ada@example.com")).await.problem(404, "not_found");
        assert_eq!(counts(&app), [0, 0, 0, 0]);
    }

    async fn strangers_are_counted_by_their_address(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        let quotas = Quotas { expensive: "2/60".parse().unwrap(), ..Quotas::OFF };
        let app = app.behind(Edge { quotas, ..Edge::default() }).await;
        let send = |number: u8| {
            let path = format!("/public/job-posts/{post}/applications");
            let from = std::net::SocketAddr::from(([192, 0, 2, number], 4711));
            let request = app.request(&app.anonymous(), Method::POST, &path).peer_addr(from);
            app.send(request.set_json(applying("ada@example.com")))
        };
        for _ in 0..2 {
            send(1).await.expect(202);
        }
        let refused = send(1).await;
        refused.problem(429, "too_many_requests");
        assert!(refused.header("retry-after").is_some());
        send(2).await.expect(202);
    }

    async fn answers_are_read_by_those_who_read_the_resume(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let mia = app.person("Mia", OrgRole::Member);
        let (job, post) = published(&app, &rita, remote("Keeper")).await;
        apply(&app, &post, applying("ada@example.com")).await.expect(202);
        let application = only(&app, &rita).await["id"].as_str().unwrap().to_owned();
        let answers = format!("/applications/{application}/answers");
        app.get(&mia, &answers).await.problem(404, "not_found");
        let role = json!({ "user_id": mia.id, "role": TeamRole::HiringManager });
        app.post(&rita, &format!("{job}/hiring-team"), role).await.created();
        assert_eq!(app.get(&mia, &answers).await.ok()["answers"][0]["answer"], "They turn.");
        // An application that came in otherwise has none.
        let body = json!({ "candidate_id": app.post(&rita, "/candidates", json!({ "name": "Bob" })).await.id(), "job_id": job.trim_start_matches("/jobs/") });
        let other = app.post(&rita, "/applications", body).await.id();
        let none = app.get(&rita, &format!("/applications/{other}/answers")).await;
        assert_eq!((&none.ok()["answers"], &none.json["consent"]), (&json!([]), &Value::Null));
    }

    async fn no_event_repeats_what_somebody_sent(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (_, post) = published(&app, &rita, remote("Keeper")).await;
        apply(&app, &post, applying("ada@example.com")).await.expect(202);
        let payloads: Vec<Document> = look(&app, |conn| events::table.select(events::payload).load(conn));
        let told = payloads.iter().map(|payload| payload.0.to_string()).collect::<String>();
        for word in ["Ada", "example.com", "1234567", "They turn"] {
            assert!(!told.contains(word), "{word} in {told}");
        }
    }
}
