//! What a key reaches of what its owner reaches: its jobs, its scopes, and what is revealed.

use evenbar::access::{KeyScope, OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::offers::scene::Scene;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp, hiring};

/// A key with every scope that there is.
async fn with_every_scope(app: &TestApp, owner: &Person, jobs: &[&str]) -> Person {
    let every: Vec<&str> = KeyScope::ALL.iter().map(|scope| scope.as_str()).collect();
    app.key(owner, &every, jobs).await
}

/// The ids of a list.
async fn ids(app: &TestApp, person: &Person, path: &str) -> Vec<String> {
    let page = app.get(person, path).await;
    page.rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

async fn candidate_of(app: &TestApp, person: &Person, application: &str) -> String {
    let row = app.get(person, &format!("/applications/{application}")).await;
    row.ok()["candidate_id"].as_str().unwrap().to_owned()
}

/// A key with every scope on the first of two jobs is asked for both.
async fn sees_the_first_alone(
    app: &TestApp,
    owner: &Person,
    (one, other): (&hiring::Job, &hiring::Job),
) {
    let rea = app.person("Rea", OrgRole::Recruiter);
    let (inside, outside) =
        (hiring::application(app, &rea, one).await, hiring::application(app, &rea, other).await);
    let (known, unknown) =
        (candidate_of(app, &rea, &inside).await, candidate_of(app, &rea, &outside).await);
    let program = with_every_scope(app, owner, &[&one.id.to_string()]).await;
    for (list, id, hidden) in [
        ("jobs", &one.id.to_string(), &other.id.to_string()),
        ("applications", &inside, &outside),
        ("candidates", &known, &unknown),
    ] {
        assert_eq!(
            ids(app, &program, &format!("/{list}")).await,
            std::slice::from_ref(id),
            "{list}"
        );
        assert_eq!(ids(app, owner, &format!("/{list}")).await.len(), 2, "{list}");
        app.get(&program, &format!("/{list}/{id}")).await.ok();
        app.get(&program, &format!("/{list}/{hidden}")).await.problem(404, "not_found");
        app.get(owner, &format!("/{list}/{hidden}")).await.ok();
    }
    for part in ["openings", "hiring-team", "pipeline"] {
        app.get(&program, &format!("/jobs/{}/{part}", one.id)).await.ok();
        let hidden = app.get(&program, &format!("/jobs/{}/{part}", other.id)).await;
        hidden.problem(404, "not_found");
    }
    app.get(&program, &format!("/applications/{outside}/moves")).await.problem(404, "not_found");
    let gone = app.put(&program, &format!("/applications/{outside}/withdrawal"), json!({})).await;
    gone.problem(404, "not_found");
    let title = json!({ "title": "Taken" });
    app.patch(&program, &format!("/jobs/{}", other.id), title).await.problem(404, "not_found");
    let elsewhere = json!({ "candidate_id": known, "job_id": other.id });
    app.post(&program, "/applications", elsewhere).await.field(422, "/job_id");
}

both! {
    async fn a_key_that_is_narrowed_to_a_job_sees_it_through_a_role_in_the_organization(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (one, other) = (hiring::job(&app), hiring::job(&app));
        sees_the_first_alone(&app, &rita, (&one, &other)).await;
    }

    async fn a_key_that_is_narrowed_to_a_job_sees_it_through_a_role_on_its_team(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let (one, other) = (hiring::job(&app), hiring::job(&app));
        for job in [&one, &other] {
            hiring::join(&app, job, &mia, TeamRole::Recruiter);
        }
        sees_the_first_alone(&app, &mia, (&one, &other)).await;
    }

    async fn a_narrowed_key_follows_the_events_of_its_jobs(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (one, other) = (hiring::job(&app), hiring::job(&app));
        let inside = hiring::application(&app, &rita, &one).await;
        let outside = hiring::application(&app, &rita, &other).await;
        app.db().seal().unwrap();
        let narrowed = app.key(&rita, &["events:read"], &[&one.id.to_string()]).await;
        let events = app.get(&narrowed, "/events?limit=100").await;
        let rows = events.ok()["data"].as_array().unwrap().clone();
        assert!(rows.iter().any(|row| row["application_id"] == json!(inside)));
        assert!(rows.iter().all(|row| row["job_id"] == json!(one.id)), "{rows:?}");
        let hidden = app.get(&narrowed, &format!("/events?application_id={outside}")).await;
        assert_eq!(hidden.ok()["data"], json!([]));
        // Without the scopes of what it tells of, and with the reach of its owner.
        let free = app.key(&rita, &["events:read"], &[]).await;
        for application in [&inside, &outside] {
            let events = app.get(&free, &format!("/events?application_id={application}")).await;
            assert_eq!(events.ok()["data"][0]["kind"], "application.created");
        }
    }

    async fn a_narrowed_key_sees_the_offers_of_its_jobs(app) {
        let scene = Scene::new(&app).await;
        let (offer, run, _) = scene.submitted(&app).await;
        let elsewhere = hiring::job(&app).id.to_string();
        for (job, shown) in [(scene.job.to_string(), true), (elsewhere, false)] {
            let program = with_every_scope(&app, &scene.recruiter, &[&job]).await;
            assert_eq!(ids(&app, &program, "/offers").await.len(), usize::from(shown));
            assert_eq!(ids(&app, &program, "/approval-runs").await.len(), usize::from(shown));
            let status = if shown { 200 } else { 404 };
            app.get(&program, &format!("/offers/{offer}")).await.expect(status);
            app.get(&program, &format!("/approval-runs/{run}")).await.expect(status);
        }
    }

    async fn a_narrowed_key_sees_the_interviews_of_its_jobs(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let card = onsite.submit(&app, 0, &ana, "yes").await;
        let elsewhere = hiring::job(&app).id.to_string();
        for (job, shown) in [(onsite.job.id.to_string(), true), (elsewhere, false)] {
            // Also through a seat on the panel.
            for owner in [&onsite.recruiter, &ana] {
                let seen = app.get(owner, &format!("/jobs/{job}")).await.status == 200;
                if !seen {
                    continue;
                }
                let program = with_every_scope(&app, owner, &[&job]).await;
                for (list, id) in [
                    ("loops", &onsite.id), ("interviews", &onsite.interviews[0]),
                    ("scorecards", &card), ("debriefs", &onsite.debrief),
                ] {
                    let rows = ids(&app, &program, &format!("/{list}")).await;
                    assert_eq!(rows.len(), usize::from(shown), "{list}");
                    let status = if shown { 200 } else { 404 };
                    app.get(&program, &format!("/{list}/{id}")).await.expect(status);
                }
            }
        }
    }

    async fn a_narrowed_key_does_nothing_that_is_not_of_one_job(app) {
        let (rita, ada) = (app.person("Rita", OrgRole::Recruiter), app.person("Ada", OrgRole::Admin));
        let job = app.post(&rita, "/jobs", json!({ "title": "Engineer" })).await.id();
        let program = with_every_scope(&app, &rita, &[&job]).await;
        let configuring = with_every_scope(&app, &ada, &[&job]).await;
        for refused in [
            app.post(&program, "/jobs", json!({ "title": "Another" })).await,
            app.post(&program, "/candidates", json!({ "name": "Ada Lovelace" })).await,
            app.get(&program, "/external-refs?system=greenhouse").await,
            app.get(&configuring, "/deliveries").await,
            app.get(&configuring, "/audit").await,
            app.get(&configuring, "/audit/export").await,
        ] {
            let problem = refused.problem(403, "forbidden");
            assert_eq!(problem["lacking"], "jobs: this key is narrowed to some");
        }
    }

    async fn a_program_sees_cards_once_they_are_revealed_whatever_its_owner_sees(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        let id = onsite.submit(&app, 0, &ana, "yes").await;
        let card = format!("/scorecards/{id}");
        assert_eq!(app.get(&onsite.recruiter, &card).await.ok()["view"], "full");
        let recruits = app.key(&onsite.recruiter, &["scorecards:read"], &[]).await;
        let wrote = app.key(&ana, &["scorecards:read"], &[]).await;
        for program in [&recruits, &wrote] {
            let sealed = app.get(program, &card).await;
            assert_eq!((&sealed.ok()["view"], &sealed.json["recommendation"]), (&json!("sealed"), &Value::Null));
            let listed = app.get(program, "/scorecards").await;
            assert!(listed.rows().iter().all(|row| row["view"] == "sealed"));
            let debrief = onsite.debrief(&app, program).await;
            assert_eq!(debrief.ok()["cards"], Value::Null);
        }
        let counted = onsite.debrief(&app, &recruits).await;
        assert_eq!(counted.ok()["counts"]["submitted"], 1);
        let reads = |app: &TestApp| {
            app.event_kinds().iter().filter(|kind| *kind == "scorecard.read").count()
        };
        let before = reads(&app);
        onsite.submit(&app, 1, &ben, "no").await;
        assert_eq!(app.get(&recruits, &card).await.ok()["recommendation"], "yes");
        assert_eq!(app.get(&wrote, &card).await.ok()["recommendation"], "yes");
        assert_eq!(onsite.debrief(&app, &recruits).await.ok()["cards"].as_array().unwrap().len(), 2);
        assert!(reads(&app) > before, "what a program reads is noted");
        let own = onsite.debrief(&app, &onsite.manager).await;
        assert_eq!(own.ok()["cards"].as_array().unwrap().len(), 2);
    }

    async fn a_program_of_somebody_who_owes_a_card_is_sealed_as_they_are(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        let card = format!("/scorecards/{}", onsite.submit(&app, 0, &ana, "yes").await);
        let program = app.key(&ben, &["scorecards:read"], &[]).await;
        assert_eq!(app.get(&program, &card).await.ok()["view"], "sealed");
        let debrief = onsite.debrief(&app, &program).await;
        assert_eq!((&debrief.ok()["state"], &debrief.json["counts"]), (&json!("gathering"), &Value::Null));
    }

    async fn a_key_shows_of_one_thing_no_more_than_its_scopes_say(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let candidate = json!({
            "name": "Ada Lovelace", "contact_points": [{ "kind": "email", "value": "ada@example.com" }],
        });
        let candidate = app.post(&rita, "/candidates", candidate).await.id();
        let path = format!("/candidates/{candidate}");
        let reads = app.key(&rita, &["candidates:read"], &[]).await;
        let bare = app.get(&reads, &path).await;
        bare.ok();
        assert!(!String::from_utf8_lossy(&bare.bytes).contains("ada@example.com"));
        let listed = app.get(&reads, "/candidates").await;
        listed.ok();
        assert!(!String::from_utf8_lossy(&listed.bytes).contains("ada@example.com"));
        let reaches = app.key(&rita, &["candidates:read", "contact_points:read"], &[]).await;
        let whole = app.get(&reaches, &path).await;
        assert!(String::from_utf8_lossy(&whole.bytes).contains("ada@example.com"));
        let other = app.key(&rita, &["jobs:read"], &[]).await;
        app.get(&other, &format!("/jobs/{}", job.id)).await.ok();
        for beyond in [path, "/applications".to_owned(), "/offers".to_owned(), "/users".to_owned()] {
            let refused = app.get(&other, &beyond).await;
            let problem = refused.problem(403, "forbidden");
            assert!(problem["lacking"].as_str().unwrap().starts_with("scope: "), "{beyond}");
        }
    }

    async fn no_glass_that_a_person_broke_is_open_to_their_programs(app) {
        let ada = app.person("Ada", OrgRole::Admin);
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        let look = json!({ "job_id": job.id, "reason": "Its recruiter is ill." });
        app.post(&ada, "/break-glass", look.clone()).await.created();
        app.get(&ada, &format!("/applications/{application}")).await.ok();
        let program = with_every_scope(&app, &ada, &[]).await;
        let hidden = app.get(&program, &format!("/applications/{application}")).await;
        hidden.problem(404, "not_found");
        app.post(&program, "/break-glass", look).await.problem(403, "forbidden");
    }
}
