//! Candidates, how they are reached, who may be the same person, and prospects.

use actix_web::http::Method;
use evenbar::access::{OrgRole, Permit, TeamRole};
use evenbar::candidates::commands::{NewCandidate, NewProspect, PastProspectMove, insert};
use evenbar::candidates::prospects;
use evenbar::candidates::{Contact, ContactKind};
use evenbar::db::types::Document;
use evenbar::ids::{CandidateId, ProspectId};
use serde_json::{Value, json};

use crate::both;
use crate::support::{TestApp, hiring};

fn ada() -> Value {
    json!({
        "name": "Ada Lovelace", "location": "London", "time_zone": "Europe/London", "locale": "en-GB",
        "contact_points": [
            { "kind": "email", "value": "Ada@Example.COM" },
            { "kind": "phone", "value": "+44 (0)20 7946 0123" },
            { "kind": "link", "value": "https://ada.example.com/" },
        ],
    })
}

fn with_contact(name: &str, kind: &str, value: &str) -> Value {
    json!({ "name": name, "contact_points": [{ "kind": kind, "value": value }] })
}

/// The codes of the reasons of a hint.
fn codes(hint: &Value) -> Vec<&str> {
    hint["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

/// How often something happened, in the events of a test.
fn count(app: &TestApp, kind: &str) -> usize {
    app.event_kinds().iter().filter(|known| *known == kind).count()
}

both! {
    async fn a_recruiter_adds_a_person_and_finds_them_by_address(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let made = app.post(&rita, "/candidates", ada()).await;
        assert_eq!(made.created()["contact_points"][0]["value"], "Ada@example.com");
        assert_eq!(made.header("location").unwrap(), format!("/api/v1/candidates/{}", made.id()));
        app.post(&rita, "/candidates", with_contact("Grace", "email", "grace@example.com")).await.created();
        let found = app.get(&rita, "/candidates?email=ADA@example.com").await;
        assert_eq!(found.rows(), std::slice::from_ref(&made.json));
        assert_eq!(app.get(&rita, "/candidates?email=nobody@example.com").await.rows().len(), 0);
        let (statements, all) = app.statements(app.get(&rita, "/candidates")).await;
        assert_eq!((statements, all.rows().len()), (4, 2));
        let (statements, one) = app.statements(app.get(&rita, &format!("/candidates/{}", made.id()))).await;
        assert_eq!((statements, one.ok()), (5, &made.json));
        assert_eq!(app.event_kinds(), ["candidate.created", "candidate.created"]);
    }

    async fn only_those_who_recruit_add_people(app) {
        for role in [OrgRole::Owner, OrgRole::Admin, OrgRole::Member] {
            let person = app.person("Max", role);
            app.post(&person, "/candidates", ada()).await.problem(403, "forbidden");
            assert_eq!(app.get(&person, "/candidates").await.rows().len(), 0);
        }
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        app.post(&coordinator, "/candidates", ada()).await.created();
        app.post(&app.anonymous(), "/candidates", ada()).await.problem(401, "unauthenticated");
    }

    async fn what_does_not_fit_is_named(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let refused = |body: Value, pointer: &'static str| {
            let (app, rita) = (app.clone(), rita.clone());
            async move { app.post(&rita, "/candidates", body).await.field(422, pointer); }
        };
        refused(json!({}), "/name").await;
        refused(json!({ "name": "x".repeat(201) }), "/name").await;
        refused(json!({ "name": "Ada", "time_zone": "Europe/Atlantis" }), "/time_zone").await;
        refused(json!({ "name": "Ada", "locale": "english" }), "/locale").await;
        refused(json!({ "name": "Ada", "salary": 1 }), "/salary").await;
        refused(with_contact("Ada", "email", "ada"), "/contact_points/0/value").await;
        refused(with_contact("Ada", "phone", "call me"), "/contact_points/0/value").await;
        refused(with_contact("Ada", "link", "javascript:alert(1)"), "/contact_points/0/value").await;
        refused(with_contact("Ada", "fax", "1"), "/contact_points/0/kind").await;
        let twice = json!([
            { "kind": "email", "value": "ada@example.com" }, { "kind": "email", "value": "ADA@example.com" },
        ]);
        refused(json!({ "name": "Ada", "contact_points": twice }), "/contact_points/1/value").await;
        let many: Vec<Value> =
            (0..21).map(|n| json!({ "kind": "email", "value": format!("a{n}@example.com") })).collect();
        refused(json!({ "name": "Ada", "contact_points": many }), "/contact_points").await;
        app.get(&rita, "/candidates?phone=1").await.problem(422, "unknown_field");
        app.get(&rita, "/candidates/cand_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        app.get(&rita, "/candidates/job_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        assert!(app.event_kinds().is_empty());
    }

    async fn a_patch_changes_what_it_names_and_replaces_contact_points(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let made = app.post(&rita, "/candidates", ada()).await;
        let path = format!("/candidates/{}", made.id());
        let change = json!({ "location": null, "contact_points": [{ "kind": "email", "value": "ada@new.example" }] });
        let changed = app.patch_if(&rita, &path, &made.etag(), change).await;
        assert_eq!(changed.ok()["location"], Value::Null);
        assert_eq!(changed.json["name"], "Ada Lovelace");
        assert_eq!(changed.json["contact_points"].as_array().unwrap().len(), 1);
        app.patch_if(&rita, &path, &made.etag(), json!({ "name": "A. Lovelace" })).await.problem(412, "stale");
        app.patch(&rita, &path, json!({ "contact_points": [] })).await.ok();
        assert_eq!(app.get(&rita, &path).await.ok()["contact_points"], json!([]));
        assert_eq!(count(&app, "candidate.updated"), 2);
    }

    async fn a_second_click_makes_one_person(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let request = || {
            let request = app.request(&rita, Method::POST, "/candidates");
            request.insert_header(("Idempotency-Key", "click")).set_json(ada())
        };
        let (first, second) = (app.send(request()).await, app.send(request()).await);
        assert_eq!(first.created(), second.created());
        assert_eq!(app.get(&rita, "/candidates").await.rows().len(), 1);
    }

    async fn panelists_read_a_candidate_without_contact_points(app) {
        let (rita, pia) = (app.person("Rita", OrgRole::Recruiter), app.person("Pia", OrgRole::Member));
        let job = hiring::job(&app);
        let made = app.post(&rita, "/candidates", ada()).await;
        let path = format!("/candidates/{}", made.id());
        app.get(&pia, &path).await.problem(404, "not_found");
        app.patch(&pia, &path, json!({ "name": "X" })).await.problem(404, "not_found");
        let applied = json!({ "candidate_id": made.id(), "job_id": job.id });
        let application = app.post(&rita, "/applications", applied).await.id();
        hiring::seat(&app, &application, &job, &pia, "lead");
        let seen = app.get(&pia, &path).await;
        assert_eq!(seen.ok()["contact_points"], Value::Null);
        assert_eq!(seen.json["name"], "Ada Lovelace");
        let list = app.get(&pia, "/candidates").await;
        assert_eq!(list.rows(), std::slice::from_ref(&seen.json));
        // Neither the filter nor the hints tell whether an address is theirs.
        assert_eq!(app.get(&pia, "/candidates?email=ada@example.com").await.rows().len(), 0);
        app.get(&pia, &format!("{path}/duplicate-hints")).await.problem(403, "forbidden");
        app.patch(&pia, &path, json!({ "name": "X" })).await.problem(403, "forbidden");
        app.post(&pia, &format!("{path}/prospects"), json!({})).await.problem(403, "forbidden");
    }

    async fn whoever_decides_or_drives_reads_the_candidate(app) {
        let (rita, pia) = (app.person("Rita", OrgRole::Recruiter), app.person("Pia", OrgRole::Member));
        let (dora, drew) = (app.person("Dora", OrgRole::Member), app.person("Drew", OrgRole::Member));
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        let seat = hiring::seat(&app, &application, &job, &pia, "lead");
        hiring::debrief(&app, &application, seat, &dora, &drew);
        for person in [&dora, &drew] {
            let list = app.get(person, "/candidates").await;
            let id = list.rows()[0]["id"].as_str().unwrap();
            assert_eq!(app.get(person, &format!("/candidates/{id}")).await.ok(), &list.rows()[0]);
        }
    }

    async fn a_hiring_manager_reaches_the_people_of_their_job_only(app) {
        let (rita, hana) = (app.person("Rita", OrgRole::Recruiter), app.person("Hana", OrgRole::Member));
        let (mine, other) = (hiring::job(&app), hiring::job(&app));
        hiring::join(&app, &mine, &hana, TeamRole::HiringManager);
        let ada = app.post(&rita, "/candidates", ada()).await;
        let grace = app.post(&rita, "/candidates", with_contact("Grace", "email", "ada@example.com")).await;
        for (candidate, job) in [(&ada, &mine), (&grace, &other)] {
            let body = json!({ "candidate_id": candidate.id(), "job_id": job.id });
            app.post(&rita, "/applications", body).await.created();
        }
        let list = app.get(&hana, "/candidates").await;
        assert_eq!(list.rows(), std::slice::from_ref(&ada.json));
        assert_eq!(app.get(&hana, "/candidates?email=ada@example.com").await.rows().len(), 1);
        let (statements, one) = app.statements(app.get(&hana, &format!("/candidates/{}", ada.id()))).await;
        assert_eq!((statements, one.ok()), (6, &ada.json));
        app.get(&hana, &format!("/candidates/{}", grace.id())).await.problem(404, "not_found");
        // A hint at somebody whom they may not reach would tell that person's address.
        let hints = app.get(&hana, &format!("/candidates/{}/duplicate-hints", ada.id())).await;
        assert_eq!(hints.rows().len(), 0);
        app.patch(&hana, &format!("/candidates/{}", ada.id()), json!({ "name": "X" })).await.problem(403, "forbidden");
    }

    async fn an_interviewer_of_the_team_without_a_seat_reads_nobody(app) {
        let (rita, ian) = (app.person("Rita", OrgRole::Recruiter), app.person("Ian", OrgRole::Member));
        let job = hiring::job(&app);
        hiring::join(&app, &job, &ian, TeamRole::Interviewer);
        hiring::application(&app, &rita, &job).await;
        assert_eq!(app.get(&ian, "/candidates").await.rows().len(), 0);
        assert_eq!(app.get(&ian, "/applications").await.rows().len(), 0);
    }

    async fn the_coordinator_of_a_job_keeps_its_people_current(app) {
        let (rita, cora) = (app.person("Rita", OrgRole::Recruiter), app.person("Cora", OrgRole::Member));
        let job = hiring::job(&app);
        hiring::join(&app, &job, &cora, TeamRole::Coordinator);
        let application = hiring::application(&app, &rita, &job).await;
        let shown = app.get(&cora, &format!("/applications/{application}")).await;
        let path = format!("/candidates/{}", shown.ok()["candidate_id"].as_str().unwrap());
        let change = json!({ "contact_points": [{ "kind": "phone", "value": "030 123456" }] });
        assert_eq!(app.patch(&cora, &path, change).await.ok()["contact_points"][0]["value"], "030 123456");
    }

    async fn equal_addresses_and_numbers_are_hints_with_reasons(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let made = app.post(&rita, "/candidates", ada()).await;
        let by_mail = app.post(&rita, "/candidates", with_contact("A. L.", "email", "ADA@example.com")).await;
        let by_phone = app.post(&rita, "/candidates", with_contact("Lady L.", "phone", "0044 20 79460123")).await;
        app.post(&rita, "/candidates", with_contact("Bob", "link", "https://ada.example.com")).await.created();
        let path = format!("/candidates/{}/duplicate-hints", made.id());
        let (statements, hints) = app.statements(app.get(&rita, &path)).await;
        assert_eq!((statements, hints.rows().len()), (5, 2));
        assert_eq!(hints.rows()[0]["candidate_id"], by_phone.id());
        assert_eq!(codes(&hints.rows()[0]), ["same_phone"]);
        assert_eq!(hints.rows()[1]["candidate_id"], by_mail.id());
        assert_eq!(hints.rows()[1]["candidate_name"], "A. L.");
        let reason = &hints.rows()[1]["reasons"][0];
        assert_eq!(reason["code"], "same_email");
        assert_eq!(reason["detail"], "Both have the e-mail address ADA@example.com.");
        let page = app.get(&rita, &format!("{path}?limit=1")).await;
        let next = page.ok()["next_cursor"].as_str().unwrap();
        let rest = app.get(&rita, &format!("{path}?limit=1&cursor={next}")).await;
        assert_eq!(rest.rows()[0]["candidate_id"], by_mail.id());
        let alone = app.post(&rita, "/candidates", json!({ "name": "Nobody" })).await;
        assert_eq!(app.get(&rita, &format!("/candidates/{}/duplicate-hints", alone.id())).await.rows().len(), 0);
    }

    async fn a_prospect_is_noted_and_read_by_those_who_recruit(app) {
        let (rita, max) = (app.person("Rita", OrgRole::Recruiter), app.person("Max", OrgRole::Member));
        let id = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let body = json!({ "owner_id": rita.id, "stage_name": "Reached out" });
        let made = app.post(&rita, &format!("/candidates/{id}/prospects"), body).await;
        assert_eq!(made.created()["candidate_id"], id);
        assert_eq!(made.json["moves"], json!([]));
        assert_eq!(app.get(&rita, made.header("location").unwrap().trim_start_matches("/api/v1")).await.ok(), &made.json);
        assert_eq!(app.get(&rita, &format!("/prospects?candidate_id={id}&open=true")).await.rows().len(), 1);
        assert_eq!(app.get(&rita, "/prospects?open=false").await.rows().len(), 0);
        assert_eq!(app.get(&max, "/prospects").await.rows().len(), 0);
        app.get(&max, &format!("/prospects/{}", made.id())).await.problem(404, "not_found");
        app.post(&max, &format!("/candidates/{id}/prospects"), json!({})).await.problem(404, "not_found");
        let unknown = json!({ "owner_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.post(&rita, &format!("/candidates/{id}/prospects"), unknown).await.field(422, "/owner_id");
        let unknown = json!({ "source_id": "source_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.post(&rita, &format!("/candidates/{id}/prospects"), unknown).await.field(422, "/source_id");
        assert_eq!(app.event_kinds(), ["candidate.created", "prospect.created"]);
    }

    async fn what_another_system_told_is_kept_as_it_was_typed(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let unit = app.db().unit();
        let (candidate_id, prospect_id) = app.db().write_here(&unit, |tx| {
            let id: CandidateId = tx.id();
            let contacts = (0..25).map(|n| Contact::kept(ContactKind::Phone, &format!("n/a {n}"))).collect();
            let new = NewCandidate {
                user_id: None,
                agency_id: None,
                name: "Ada".to_owned(), location: None, time_zone: None, locale: None, contacts,
                custom: Document::empty(),
            };
            insert(tx, &Permit::for_import(id), new)?;
            let prospect: ProspectId = tx.id();
            let moved = |to: &str, at| PastProspectMove {
                from_name: None, to_name: to.to_owned(), actor_id: None, occurred_at: at,
            };
            let new = NewProspect {
                candidate_id: id, source_id: None, owner_id: None, stage_name: Some("Met".to_owned()),
                closed_at: Some(tx.now()), rejection_reason_id: None,
                moves: vec![moved("Lead", tx.now()), moved("Met", tx.now() + chrono::TimeDelta::hours(1))],
            };
            prospects::commands::insert(tx, &Permit::for_import(prospect), new)?;
            Ok((id, prospect))
        }).unwrap();
        let shown = app.get(&rita, &format!("/candidates/{candidate_id}")).await;
        assert_eq!(shown.ok()["contact_points"].as_array().unwrap().len(), 25);
        let shown = app.get(&rita, &format!("/prospects/{prospect_id}")).await;
        let names: Vec<&Value> = shown.ok()["moves"].as_array().unwrap().iter().map(|one| &one["to_name"]).collect();
        assert_eq!(names, ["Met", "Lead"]);
        assert_eq!(app.get(&rita, "/prospects?open=false").await.rows().len(), 1);
    }
}
