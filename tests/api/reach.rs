//! What is out of reach whatever one's role: confidential jobs, one's own file, other agencies'
//! candidates, and what administrators see only by breaking glass.

use chrono::TimeDelta;
use evenbar::access::{Claims, OrgRole};
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::rubrics;
use crate::support::mail_links::follow;
use crate::support::{Person, TestApp, onsite};

/// An open job of a recruiter with one application, as (job, candidate, application).
async fn hiring(app: &TestApp, by: &Person, job: Value, email: &str) -> (String, String, String) {
    let job = app.post(by, "/jobs", job).await.id();
    app.put(by, &format!("/jobs/{job}/publication"), Value::Null).await.ok();
    let contact = json!([{ "kind": "email", "value": email }]);
    let candidate = json!({ "name": "Kim Candidate", "contact_points": contact });
    let candidate = app.post(by, "/candidates", candidate).await.id();
    let application = json!({ "candidate_id": candidate, "job_id": job });
    let application = app.post(by, "/applications", application).await.id();
    (job, candidate, application)
}

/// Whether an answer is a list that holds this id, or the thing itself.
async fn sees(app: &TestApp, who: &Person, path: &str, id: &str) -> bool {
    let reply = app.get(who, path).await;
    String::from_utf8_lossy(&reply.bytes).contains(id)
}

both! {
    async fn a_confidential_job_exists_for_its_team_alone(app) {
        let rosa = app.person("Rosa Recruiter", OrgRole::Recruiter);
        let others = [
            app.person("Rita Recruiter", OrgRole::Recruiter),
            app.person("Cora Coordinator", OrgRole::Coordinator),
            app.person("Ada Admin", OrgRole::Admin),
        ];
        let secret = json!({ "title": "Next head of finance", "confidential": true });
        let (job, candidate, application) = hiring(&app, &rosa, secret, "kim@candidate.example").await;
        for other in &others {
            for (list, one, id) in [
                ("/jobs", format!("/jobs/{job}"), &job),
                ("/candidates", format!("/candidates/{candidate}"), &candidate),
                ("/applications", format!("/applications/{application}"), &application),
            ] {
                assert!(!sees(&app, other, list, id).await, "{} lists {list}", other.email);
                let reply = app.get(other, &one).await;
                assert!([403, 404].contains(&reply.status), "{one}: {}", reply.status);
                assert!(sees(&app, &rosa, list, id).await && sees(&app, &rosa, &one, id).await);
            }
            app.get(other, &format!("/jobs/{job}/hiring-team")).await.expect(404);
            let events = app.get(other, "/events").await;
            let told = String::from_utf8_lossy(&events.bytes).into_owned();
            assert!(!told.contains(&job) && !told.contains(&candidate), "{}", other.email);
        }
        let member = json!({ "user_id": others[0].id, "role": "interviewer" });
        app.post(&rosa, &format!("/jobs/{job}/hiring-team"), member).await.created();
        app.get(&others[0], &format!("/jobs/{job}")).await.ok();
        app.get(&others[0], &format!("/applications/{application}")).await.expect(404);
    }

    async fn a_confidential_job_keeps_somebody_who_can_let_others_in(app) {
        let rosa = app.person("Rosa Recruiter", OrgRole::Recruiter);
        let job = json!({ "title": "Next head of finance", "confidential": true });
        let job = app.post(&rosa, "/jobs", job).await.id();
        let team = app.get(&rosa, &format!("/jobs/{job}/hiring-team")).await;
        let member = team.rows()[0]["id"].as_str().unwrap().to_owned();
        let request = app.request(&rosa, actix_web::http::Method::DELETE, &format!("/hiring-team-members/{member}"));
        app.send(request).await.problem(409, "not_ready");
    }

    async fn nobody_sees_their_own_file(app) {
        let rosa = app.person("Rosa Recruiter", OrgRole::Recruiter);
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let email = rita.email.to_uppercase();
        let (job, candidate, application) =
            hiring(&app, &rosa, json!({ "title": "Lead recruiter" }), &email).await;
        for (list, one, id) in [
            ("/candidates", format!("/candidates/{candidate}"), &candidate),
            ("/applications", format!("/applications/{application}"), &application),
        ] {
            assert!(!sees(&app, &rita, list, id).await, "{list} holds her own file");
            app.get(&rita, &one).await.expect(404);
            app.get(&rosa, &one).await.ok();
        }
        assert!(!sees(&app, &rita, "/events", &application).await);
        app.get(&rita, &format!("/jobs/{job}")).await.ok();
        // Nor do they judge themselves: neither as a decider nor on a panel.
        let rubric = rubrics::published(&app, &rosa).await;
        let version = onsite::template(&app, &rosa, &rubric, (1, false)).await;
        let judged = |decider: &Person| {
            json!({
                "loop_template_version_id": version, "decider_id": decider.id, "driver_id": rosa.id,
            })
        };
        let loops = format!("/applications/{application}/loops");
        app.post(&rosa, &loops, judged(&rita)).await.field(422, "/decider_id");
        let started = app.post(&rosa, &loops, judged(&rosa)).await.created().clone();
        let panel = format!("/interviews/{}/panel", started["interview_ids"][0].as_str().unwrap());
        let seat = json!({ "user_id": rita.id, "slot": "lead" });
        app.post(&rosa, &panel, seat).await.field(422, "/user_id");
        let cleared = json!({ "contact_points": [], "user_id": rita.id });
        app.patch(&rosa, &format!("/candidates/{candidate}"), cleared).await.ok();
        app.get(&rita, &format!("/candidates/{candidate}")).await.expect(404);
    }

    async fn an_agency_sees_what_it_brought_in_and_nothing_else(app) {
        let (ada, rosa) = (app.person("Ada", OrgRole::Admin), app.person("Rosa", OrgRole::Recruiter));
        let agency = app.post(&ada, "/agencies", json!({ "name": "Search & Sons" })).await.id();
        let new = json!({
            "name": "Ed External", "email": "ed@agency.example", "role": "external", "agency_id": agency,
            "time_zone": "Europe/Berlin", "locale": "en",
        });
        app.post(&ada, "/users", json!({ "role": "external", "name": "No", "email": "no@agency.example",
            "time_zone": "Europe/Berlin", "locale": "en" })).await.field(422, "/agency_id");
        let ed = app.post(&ada, "/users", new).await.created().clone();
        let user_id = ed["id"].as_str().unwrap().parse().unwrap();
        let claims = Claims { user_id, session_id: app.session_of(user_id) };
        let (token, _) = app.state.tokens.issue(claims, app.clock.now()).unwrap();
        let ed = Person { id: user_id, token, email: "ed@agency.example".to_owned() };
        let (job, known, of_ours) =
            hiring(&app, &rosa, json!({ "title": "Engineer" }), "kim@candidate.example").await;
        app.get(&ed, &format!("/jobs/{job}")).await.expect(404);
        let open = json!({ "agency_ids": [agency] });
        app.put(&rosa, &format!("/jobs/{job}/agencies"), open).await.ok();
        app.get(&ed, &format!("/jobs/{job}")).await.ok();
        let brought = app.post(&ed, "/candidates", json!({ "name": "Lou Brought" })).await.id();
        let application = json!({ "candidate_id": brought, "job_id": job });
        let application = app.post(&ed, "/applications", application).await.id();
        app.get(&ed, &format!("/applications/{application}")).await.ok();
        assert!(sees(&app, &ed, "/applications", &application).await);
        for path in [format!("/candidates/{known}"), format!("/applications/{of_ours}")] {
            app.get(&ed, &path).await.expect(404);
        }
        assert!(!sees(&app, &ed, "/candidates", &known).await && !sees(&app, &ed, "/applications", &of_ours).await);
        // What recruiting notes of them is not theirs either.
        let note = json!({ "stage_name": "Call again in spring" });
        let note = app.post(&rosa, &format!("/candidates/{brought}/prospects"), note).await.id();
        assert!(sees(&app, &rosa, "/prospects", &note).await && !sees(&app, &ed, "/prospects", &note).await);
        app.get(&ed, &format!("/prospects/{note}")).await.problem(404, "not_found");
        for path in ["/users", "/events", "/pay-bands", "/rubrics", "/agencies", "/break-glass"] {
            app.get(&ed, path).await.expect(403);
        }
        let member = json!({ "user_id": ed.id, "role": "recruiter" });
        let refused = app.post(&rosa, &format!("/jobs/{job}/hiring-team"), member).await;
        refused.field(422, "/user_id");
        app.patch(&ada, &format!("/agencies/{agency}"), json!({ "archived": true })).await.ok();
        app.get(&ed, &format!("/applications/{application}")).await.expect(404);
    }

    async fn breaking_glass_opens_one_job_for_a_while_and_tells_whom_it_concerns(app) {
        let (ada, rosa) = (app.person("Ada", OrgRole::Admin), app.person("Rosa", OrgRole::Recruiter));
        let olga = app.person("Olga", OrgRole::Owner);
        let secret = json!({ "title": "Next head of finance", "confidential": true });
        let (job, candidate, application) = hiring(&app, &rosa, secret, "kim@candidate.example").await;
        let why = json!({ "job_id": job, "reason": "Its recruiter left.", "minutes": 30 });
        app.post(&rosa, "/break-glass", why.clone()).await.problem(403, "forbidden");
        app.post(&ada, "/break-glass", json!({ "job_id": job, "reason": "" })).await.field(422, "/reason");
        let look = app.post(&ada, "/break-glass", why.clone()).await.id();
        app.get(&ada, &format!("/applications/{application}")).await.ok();
        app.get(&ada, &format!("/candidates/{candidate}")).await.ok();
        let moved = json!({ "reason_id": "reason_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.put(&ada, &format!("/applications/{application}/rejection"), moved).await.problem(403, "forbidden");
        app.deliver_mail();
        follow(&app, &app.mails.mails(), MailKind::GlassBroken).await;
        for mail in app.mails.mails() {
            let names = mail.text.contains("head of finance") || mail.subject.contains("head of finance");
            assert_eq!(names, mail.to.email == rosa.email, "{}", mail.to.email);
            assert_eq!(mail.text.contains("Its recruiter left."), mail.to.email == rosa.email);
        }
        app.db().seal().unwrap();
        let audit = app.get(&olga, "/audit?kind=break_glass.opened").await;
        assert_eq!(audit.rows()[0]["actor"]["id"], json!(ada.id), "administration knows");
        assert!(audit.rows()[0]["job_id"].is_null());
        let mut told: Vec<String> = app.mails.mails().into_iter()
            .filter(|mail| mail.kind == MailKind::GlassBroken).map(|mail| mail.to.email).collect();
        told.sort();
        let mut concerned = vec![olga.email.clone(), rosa.email.clone()];
        concerned.sort();
        assert_eq!(told, concerned, "whoever drives the job, and the owners; not the one who looks");
        app.advance(TimeDelta::minutes(31));
        let (ada, olga) = (app.again(&ada), app.again(&olga));
        app.get(&ada, &format!("/applications/{application}")).await.expect(404);
        let request = app.request(&ada, actix_web::http::Method::DELETE, &format!("/break-glass/{look}"));
        app.send(request).await.problem(409, "illegal_transition");
        let look = app.post(&ada, "/break-glass", why).await.id();
        app.get(&ada, &format!("/applications/{application}")).await.ok();
        let request = app.request(&olga, actix_web::http::Method::DELETE, &format!("/break-glass/{look}"));
        app.send(request).await.expect(204);
        app.get(&ada, &format!("/applications/{application}")).await.expect(404);
    }
}
