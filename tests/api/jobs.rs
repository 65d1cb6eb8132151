//! Jobs, openings, hiring teams and pipelines.

use std::sync::{Arc, Barrier};

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::access::{OrgRole, Permit};
use evenbar::db::types::Document;
use evenbar::db::{Db, Tx};
use evenbar::error::Result;
use evenbar::ids::{ApplicationId, CandidateId, JobId, OpeningId, StageId};
use evenbar::jobs::openings::commands as openings;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, Reply, TestApp};

/// A published job, its path.
async fn open_job(app: &TestApp, by: &Person, body: Value) -> String {
    let made = app.post(by, "/jobs", body).await;
    made.created();
    let path = format!("/jobs/{}", made.id());
    app.put(by, &format!("{path}/publication"), Value::Null).await.ok();
    path
}

async fn join(app: &TestApp, by: &Person, job: &str, who: &Person, role: &str) -> Reply {
    let body = json!({ "user_id": who.id.to_string(), "role": role });
    app.post(by, &format!("{job}/hiring-team"), body).await
}

async fn pay_band(app: &TestApp) -> Reply {
    let admin = app.person("Ada", OrgRole::Admin);
    let body = json!({
        "name": "Senior", "period": "year", "effective_on": "2026-01-01",
        "minimum": { "amount": "80000.00", "currency": "EUR" },
        "maximum": { "amount": "120000.00", "currency": "EUR" },
    });
    app.post(&admin, "/pay-bands", body).await
}

/// An application that stands on the first stage of a job.
async fn application(app: &TestApp, by: &Person, job: &str) -> ApplicationId {
    use evenbar::db::schema::{applications, candidates};
    let pipeline = app.get(by, &format!("{job}/pipeline")).await;
    let stage: StageId = pipeline.ok()["stages"][0]["id"].as_str().unwrap().parse().unwrap();
    let job: JobId = job.trim_start_matches("/jobs/").parse().unwrap();
    let insert = move |tx: &mut Tx<'_>| {
        let (id, candidate, now): (ApplicationId, CandidateId, _) = (tx.id(), tx.id(), tx.now());
        diesel::insert_into(candidates::table)
            .values((
                candidates::id.eq(candidate),
                candidates::name.eq("Cleo"),
                candidates::custom.eq(Document::empty()),
                candidates::version.eq(1),
                candidates::created_at.eq(now),
                candidates::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        diesel::insert_into(applications::table)
            .values((
                applications::id.eq(id),
                applications::candidate_id.eq(candidate),
                applications::job_id.eq(job),
                applications::stage_id.eq(stage),
                applications::status.eq("active"),
                applications::applied_at.eq(now),
                applications::stage_entered_at.eq(now),
                applications::custom.eq(Document::empty()),
                applications::version.eq(1),
                applications::created_at.eq(now),
                applications::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        Ok(id)
    };
    app.db().write_here(&app.db().unit(), insert).unwrap()
}

fn reserve(db: &Db, job: &str, application: ApplicationId) -> Result<OpeningId> {
    let job: JobId = job.trim_start_matches("/jobs/").parse().unwrap();
    let permit = move || Permit::for_system(application);
    db.write_here(&db.unit(), move |tx| openings::reserve_for_job(tx, &permit(), job, application))
}

fn on_opening(
    db: &Db,
    id: OpeningId,
    what: fn(&mut Tx<'_>, &Permit, OpeningId) -> Result<()>,
) -> Result<()> {
    db.write_here(&db.unit(), move |tx| what(tx, &Permit::for_system(id), id))
}

fn states(openings: &Reply) -> Vec<(i64, String)> {
    let shown =
        |row: &Value| (row["number"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned());
    let mut shown: Vec<_> = openings.rows().iter().map(shown).collect();
    shown.sort();
    shown
}

both! {
    async fn a_job_is_drafted_with_its_pipeline_and_openings(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let body = json!({ "title": "Engineer", "openings": 2.0, "requisition_code": "ENG-1" });
        let made = app.post(&recruiter, "/jobs", body).await;
        assert_eq!((made.created()["state"].clone(), made.json["headcount"].clone()), (json!("draft"), json!("limited")));
        let path = format!("/jobs/{}", made.id());
        assert_eq!(made.header("location"), Some(format!("/api/v1{path}").as_str()));
        let pipeline = app.get(&recruiter, &format!("{path}/pipeline")).await;
        let kinds: Vec<_> = pipeline.ok()["stages"].as_array().unwrap().iter().map(|s| s["kind"].clone()).collect();
        assert_eq!(kinds, ["review", "screen", "onsite", "offer"]);
        let openings = app.get(&recruiter, &format!("{path}/openings")).await;
        assert_eq!(states(&openings), [(1, "open".to_owned()), (2, "open".to_owned())]);
        assert_eq!(app.event_kinds(), ["job.created", "opening.created", "opening.created"]);
    }

    async fn only_those_who_hire_draft_jobs(app) {
        for role in [OrgRole::Coordinator, OrgRole::Member] {
            let person = app.person("Max", role);
            app.post(&person, "/jobs", json!({ "title": "Engineer" })).await.problem(403, "forbidden");
        }
        app.post(&app.anonymous(), "/jobs", json!({ "title": "E" })).await.problem(401, "unauthenticated");
        assert!(app.event_kinds().is_empty());
    }

    async fn bad_input_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let stage = json!({ "name": "Review", "kind": "review", "decision": "none" });
        for (field, value, pointer) in [
            ("title", json!("x".repeat(201)), "/title"),
            ("openings", json!(101), "/openings"),
            ("openings", json!(-1), "/openings"),
            ("openings", json!("2"), "/openings"),
            ("headcount", json!("some"), "/headcount"),
            ("stages", json!([]), "/stages"),
            ("stages", Value::Array(vec![stage.clone(); 21]), "/stages"),
            ("stages", json!([{ "name": "", "kind": "review", "decision": "none" }]), "/stages/0/name"),
            ("stages", json!([{ "name": "X", "kind": "party", "decision": "none" }]), "/stages/0/kind"),
            ("department_id", json!("dept_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/department_id"),
            ("department_id", json!("job_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/department_id"),
            ("level_id", json!("level_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/level_id"),
            ("pay_band_id", json!("band_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/pay_band_id"),
            ("approval_chain_id", json!("chain_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/approval_chain_id"),
        ] {
            let mut body = json!({ "title": "Engineer" });
            body[field] = value;
            app.post(&admin, "/jobs", body).await.field(422, pointer);
        }
        app.post(&admin, "/jobs", json!({ "title": "E", "salary": 5 })).await.problem(422, "unknown_field");
        assert!(app.event_kinds().is_empty());
    }

    async fn an_archived_department_gets_no_new_jobs(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let department = app.post(&admin, "/departments", json!({ "name": "Sales" })).await.id();
        let body = json!({ "title": "Engineer", "department_id": department });
        app.patch(&admin, &format!("/departments/{department}"), json!({ "archived": true })).await.ok();
        app.post(&admin, "/jobs", body).await.field(422, "/department_id");
    }

    async fn the_life_of_a_job(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = app.post(&admin, "/jobs", json!({ "title": "Engineer", "openings": 1 })).await;
        let path = format!("/jobs/{}", made.id());
        let (publication, pause, closure) =
            (format!("{path}/publication"), format!("{path}/pause"), format!("{path}/closure"));
        app.put(&admin, &pause, Value::Null).await.problem(409, "illegal_transition");
        let stale = app.put_if(&admin, &publication, "\"7-0123456789abcdef\"", Value::Null).await;
        stale.problem(412, "stale");
        let open = app.put_if(&admin, &publication, &made.etag(), Value::Null).await;
        assert_eq!(open.ok()["state"], "open");
        assert!(open.json["opened_at"].is_string());
        app.put(&admin, &publication, Value::Null).await.problem(409, "illegal_transition");
        assert_eq!(app.put(&admin, &pause, Value::Null).await.ok()["state"], "paused");
        assert_eq!(app.delete(&admin, &pause).await.status, 204);
        app.delete(&admin, &pause).await.problem(409, "illegal_transition");
        app.put(&admin, &closure, json!({})).await.problem(422, "invalid");
        let closed = app.put(&admin, &closure, Value::Null).await;
        assert!(closed.ok()["closed_at"].is_string());
        app.put(&admin, &closure, Value::Null).await.problem(409, "illegal_transition");
        let openings = app.get(&admin, &format!("{path}/openings")).await;
        assert_eq!(states(&openings), [(1, "closed".to_owned())]);
        assert_eq!(
            app.event_kinds(),
            ["job.created", "opening.created", "job.opened", "job.paused", "job.resumed", "job.closed", "opening.closed"]
        );
    }

    async fn a_patch_keeps_what_is_absent_and_clears_what_is_null(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let body = json!({ "title": "Engineer", "location": "Remote", "requisition_code": "ENG-1" });
        let made = app.post(&admin, "/jobs", body).await;
        let path = format!("/jobs/{}", made.id());
        let change = json!({ "title": "Senior engineer", "location": null });
        let changed = app.patch_if(&admin, &path, &made.etag(), change.clone()).await;
        assert_eq!(changed.ok()["title"], "Senior engineer");
        assert!(changed.json["location"].is_null());
        assert_eq!(changed.json["requisition_code"], "ENG-1");
        app.patch_if(&admin, &path, &made.etag(), change).await.problem(412, "stale");
        let band = json!({ "pay_band_id": "band_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.patch(&admin, &path, band).await.field(422, "/pay_band_id");
        assert_eq!(app.event_kinds(), ["job.created", "job.updated"]);
    }

    async fn a_member_sees_the_jobs_of_their_teams_and_no_others(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let mine = open_job(&app, &admin, json!({ "title": "Engineer" })).await;
        let other = open_job(&app, &admin, json!({ "title": "Designer" })).await;
        for path in [&other, &format!("{other}/openings"), &format!("{other}/pipeline"), &format!("{other}/hiring-team")] {
            app.get(&max, path).await.problem(404, "not_found");
        }
        app.put(&max, &format!("{other}/closure"), Value::Null).await.problem(404, "not_found");
        app.patch(&max, &other, json!({ "title": "X" })).await.problem(404, "not_found");
        assert!(app.get(&max, "/jobs").await.rows().is_empty());

        join(&app, &admin, &mine, &max, "interviewer").await.created();
        assert_eq!(app.get(&max, "/jobs").await.rows().len(), 1);
        app.get(&max, &mine).await.ok();
        app.patch(&max, &mine, json!({ "title": "X" })).await.problem(403, "forbidden");
        app.put(&max, &format!("{mine}/pause"), Value::Null).await.problem(403, "forbidden");
        app.post(&max, &format!("{mine}/openings"), json!({ "count": 1 })).await.problem(403, "forbidden");
        join(&app, &max, &mine, &admin, "recruiter").await.problem(403, "forbidden");
        app.get(&max, &other).await.problem(404, "not_found");
        assert_eq!(app.get(&app.person("Rita", OrgRole::Recruiter), "/jobs").await.rows().len(), 2);
    }

    async fn pay_is_shown_to_those_who_decide_on_it(app) {
        let (admin, band) = (app.person("Ada", OrgRole::Admin), pay_band(&app).await);
        let job = open_job(&app, &admin, json!({ "title": "Engineer", "pay_band_id": band.id() })).await;
        open_job(&app, &admin, json!({ "title": "Designer" })).await;
        let (manager, interviewer) = (app.person("Hugo", OrgRole::Member), app.person("Ina", OrgRole::Member));
        join(&app, &admin, &job, &manager, "hiring_manager").await.created();
        join(&app, &admin, &job, &interviewer, "interviewer").await.created();
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        for person in [&admin, &manager] {
            let seen = app.get(person, &job).await;
            assert_eq!(seen.ok()["pay_band"], band.json);
            assert_eq!(seen.json["pay_band_id"], band.json["id"]);
        }
        for person in [&interviewer, &coordinator] {
            let seen = app.get(person, &job).await;
            assert!(seen.ok()["pay_band"].is_null() && seen.json["pay_band_id"].is_null());
            assert!(!String::from_utf8_lossy(&seen.bytes).contains("80000.00"));
        }
        for (person, sees) in [(&admin, true), (&manager, true), (&interviewer, false), (&coordinator, false)] {
            let (statements, list) = app.statements(app.get(person, "/jobs?state=open")).await;
            assert!(statements <= 4, "{statements}");
            let row = list.rows().iter().find(|row| row["title"] == "Engineer").unwrap();
            assert_eq!(row["pay_band"].is_object(), sees);
            assert_eq!(&app.get(person, &job).await.json, row);
        }
        let (statements, _) = app.statements(app.get(&manager, &job)).await;
        assert!(statements <= 4, "{statements}");
    }

    async fn jobs_are_found_by_state_department_and_code(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let department = app.post(&admin, "/departments", json!({ "name": "Sales" })).await.id();
        let seller = json!({ "title": "Seller", "department_id": department, "requisition_code": "S-1" });
        open_job(&app, &admin, seller).await;
        app.post(&admin, "/jobs", json!({ "title": "Engineer" })).await.created();
        for filter in ["state=open", "requisition_code=S-1", &format!("department_id={department}")] {
            let found = app.get(&admin, &format!("/jobs?{filter}")).await;
            assert_eq!(found.rows().len(), 1, "{filter}");
            assert_eq!(found.rows()[0]["title"], "Seller");
        }
        app.get(&admin, "/jobs?state=gone").await.field(422, "/state");
        app.get(&admin, "/jobs?title=Seller").await.problem(422, "unknown_field");
        let page = app.get(&admin, "/jobs?limit=1").await;
        assert_eq!(page.ok()["has_more"], true);
        let next = format!("/jobs?limit=1&cursor={}", page.json["next_cursor"].as_str().unwrap());
        assert_eq!(app.get(&admin, &next).await.rows()[0]["title"], "Seller");
    }

    async fn openings_are_numbered_within_their_job(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let job = open_job(&app, &admin, json!({ "title": "Engineer", "openings": 1 })).await;
        let path = format!("{job}/openings");
        let added = app.post(&admin, &path, json!({ "count": 2, "target_start_on": "2027-01-01" })).await;
        let rows = added.created()["data"].as_array().unwrap().clone();
        assert_eq!(rows.iter().map(|row| row["number"].clone()).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(rows[0]["target_start_on"], "2027-01-01");
        let first = rows[0]["id"].as_str().unwrap();
        assert_eq!(added.header("location"), Some(format!("/api/v1/openings/{first}").as_str()));
        let one = app.get(&admin, &format!("/openings/{first}")).await;
        assert_eq!(one.ok(), &rows[0]);

        let closure = format!("/openings/{first}/closure");
        app.put_if(&admin, &closure, "\"9-0123456789abcdef\"", Value::Null).await.problem(412, "stale");
        assert_eq!(app.put_if(&admin, &closure, &one.etag(), Value::Null).await.ok()["state"], "closed");
        app.put(&admin, &closure, Value::Null).await.problem(409, "illegal_transition");
        assert_eq!(app.get(&admin, &format!("{path}?state=open")).await.rows().len(), 2);

        for count in [json!(0), json!(101), json!(1.5)] {
            app.post(&admin, &path, json!({ "count": count })).await.field(422, "/count");
        }
        for _ in 0..9 {
            app.post(&admin, &path, json!({ "count": 100 })).await.created();
        }
        app.post(&admin, &path, json!({ "count": 98 })).await.field(422, "/count");
        app.post(&admin, &path, json!({ "count": 97 })).await.created();
        let (statements, _) = app.statements(app.get(&admin, &path)).await;
        assert!(statements <= 3, "{statements}");
        app.put(&admin, &format!("{job}/closure"), Value::Null).await.ok();
        app.post(&admin, &path, json!({ "count": 1 })).await.problem(409, "illegal_transition");
    }

    async fn a_second_click_adds_no_more_openings(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let path = format!("{}/openings", open_job(&app, &admin, json!({ "title": "Engineer" })).await);
        let click = || {
            let request = app.request(&admin, Method::POST, &path).insert_header(("Idempotency-Key", "k"));
            app.send(request.set_json(json!({ "count": 2 })))
        };
        assert_eq!(click().await.created(), click().await.created());
        assert_eq!(app.get(&admin, &path).await.rows().len(), 2);
    }

    async fn an_opening_is_reserved_released_and_filled(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let job = open_job(&app, &recruiter, json!({ "title": "Engineer", "openings": 1 })).await;
        let path = format!("{job}/openings");
        let (one, two) = (application(&app, &recruiter, &job).await, application(&app, &recruiter, &job).await);
        let opening = reserve(app.db(), &job, one).unwrap();
        assert_eq!(reserve(app.db(), &job, two).unwrap_err().code.as_str(), "not_ready");
        on_opening(app.db(), opening, openings::release).unwrap();
        assert_eq!(reserve(app.db(), &job, two).unwrap(), opening);
        app.put(&recruiter, &format!("/openings/{opening}/closure"), Value::Null).await.problem(409, "illegal_transition");
        on_opening(app.db(), opening, openings::fill).unwrap();
        let again = on_opening(app.db(), opening, openings::fill);
        assert_eq!(again.unwrap_err().code.as_str(), "illegal_transition");
        let seen = app.get(&recruiter, &path).await;
        assert_eq!((seen.rows()[0]["state"].clone(), seen.rows()[0]["application_id"].clone()), (json!("filled"), json!(two.to_string())));
        // Who was hired is for those who read offers.
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        assert!(app.get(&coordinator, &path).await.rows()[0]["application_id"].is_null());
        assert_eq!(app.event_kinds()[3..], ["opening.reserved", "opening.released", "opening.reserved", "opening.filled"]);
    }

    async fn a_job_without_a_limit_makes_openings_as_it_needs_them(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let body = json!({ "title": "Engineer", "headcount": "unlimited" });
        let draft = app.post(&recruiter, "/jobs", body).await;
        let job = format!("/jobs/{}", draft.id());
        let one = application(&app, &recruiter, &job).await;
        assert_eq!(reserve(app.db(), &job, one).unwrap_err().code.as_str(), "not_ready");
        app.put(&recruiter, &format!("{job}/publication"), Value::Null).await.ok();
        reserve(app.db(), &job, one).unwrap();
        let two = application(&app, &recruiter, &job).await;
        let second = reserve(app.db(), &job, two).unwrap();
        let path = format!("{job}/openings");
        let reserved = "reserved".to_owned();
        assert_eq!(states(&app.get(&recruiter, &path).await), [(1, reserved.clone()), (2, reserved.clone())]);
        // What is reserved when the job closes stays with its offer, and closes when it is given free.
        app.put(&recruiter, &format!("{job}/closure"), Value::Null).await.ok();
        on_opening(app.db(), second, openings::release).unwrap();
        assert_eq!(states(&app.get(&recruiter, &path).await), [(1, reserved), (2, "closed".to_owned())]);
        assert_eq!(app.event_kinds().last().unwrap(), "opening.closed");
    }

    async fn the_last_opening_goes_to_one_of_two_who_want_it_at_once(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        for _ in 0..5 {
            let job = open_job(&app, &recruiter, json!({ "title": "Engineer", "openings": 1 })).await;
            let barrier = Arc::new(Barrier::new(2));
            let mut threads = Vec::new();
            for _ in 0..2 {
                let application = application(&app, &recruiter, &job).await;
                let (db, job, barrier) = (app.db().clone(), job.clone(), Arc::clone(&barrier));
                threads.push(std::thread::spawn(move || {
                    barrier.wait();
                    reserve(&db, &job, application).map_err(|error| error.code.as_str())
                }));
            }
            let mut results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            results.sort_by_key(Result::is_err);
            assert!(results[0].is_ok(), "{results:?}");
            assert_eq!(results[1], Err("not_ready"));
        }
    }

    async fn openings_that_two_people_add_at_once_get_numbers_of_their_own(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let path = format!("{}/openings", open_job(&app, &admin, json!({ "title": "Engineer" })).await);
        let adds = (0..8).map(|_| app.post(&admin, &path, json!({ "count": 2 })));
        for reply in futures_util::future::join_all(adds).await {
            reply.created();
        }
        let numbers: Vec<i64> = states(&app.get(&admin, &path).await).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, (1..=16).collect::<Vec<i64>>());
    }

    async fn people_join_and_leave_a_hiring_team(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let job = open_job(&app, &admin, json!({ "title": "Engineer" })).await;
        let member = join(&app, &admin, &job, &max, "interviewer").await;
        assert_eq!((member.created()["user_name"].clone(), member.json["role"].clone()), (json!("Max"), json!("interviewer")));
        let path = format!("/hiring-team-members/{}", member.id());
        assert_eq!(member.header("location"), Some(format!("/api/v1{path}").as_str()));
        join(&app, &admin, &job, &max, "interviewer").await.problem(409, "already_exists");
        join(&app, &admin, &job, &max, "coordinator").await.created();
        let (statements, team) = app.statements(app.get(&max, &format!("{job}/hiring-team"))).await;
        assert_eq!(team.rows().len(), 2);
        assert!(statements <= 3, "{statements}");
        assert_eq!(app.get(&max, &path).await.ok(), &member.json);
        app.delete(&max, &path).await.problem(403, "forbidden");
        let stranger = app.person("Stig", OrgRole::Member);
        app.get(&stranger, &path).await.problem(404, "not_found");
        app.delete(&stranger, &path).await.problem(404, "not_found");
        assert_eq!(app.delete(&admin, &path).await.status, 204);
        app.delete(&admin, &path).await.problem(404, "not_found");
        assert_eq!(app.get(&max, &format!("{job}/hiring-team")).await.rows().len(), 1);
        let kinds = app.event_kinds();
        assert_eq!(kinds[2..], ["hiring_team_member.added", "hiring_team_member.added", "hiring_team_member.removed"]);
    }

    async fn only_active_users_join_a_team(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let job = open_job(&app, &admin, json!({ "title": "Engineer" })).await;
        app.put(&admin, &format!("/users/{}/deactivation", max.id), Value::Null).await.ok();
        join(&app, &admin, &job, &max, "interviewer").await.field(422, "/user_id");
        let nobody = app.anonymous();
        join(&app, &admin, &job, &nobody, "interviewer").await.field(422, "/user_id");
        join(&app, &admin, &job, &max, "boss").await.field(422, "/role");
        let gone = "/jobs/job_01jd3z3z3z3z3z3z3z3z3z3z3z";
        join(&app, &admin, gone, &admin, "interviewer").await.problem(404, "not_found");
    }

    async fn a_pipeline_changes_only_while_nobody_stands_on_it(app) {
        let (admin, max) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let job = open_job(&app, &admin, json!({ "title": "Engineer" })).await;
        let path = format!("{job}/pipeline");
        join(&app, &admin, &job, &max, "interviewer").await.created();
        let stages = json!({ "stages": [
            { "name": "Papers", "kind": "review", "decision": "none" },
            { "name": "Loop", "kind": "onsite", "decision": "debrief" },
        ]});
        let before = app.get(&max, &path).await;
        app.put(&max, &path, stages.clone()).await.problem(403, "forbidden");
        let replaced = app.put_if(&admin, &path, &before.etag(), stages.clone()).await;
        assert_eq!(replaced.ok()["stages"][1]["name"], "Loop");
        assert_eq!(replaced.json["stages"][1]["position"], 2);
        app.put_if(&admin, &path, &before.etag(), stages.clone()).await.problem(412, "stale");
        app.put(&admin, &path, json!({ "stages": [] })).await.field(422, "/stages");
        application(&app, &admin, &job).await;
        app.put(&admin, &path, stages).await.problem(409, "still_in_use");
        assert_eq!(app.get(&max, &path).await.ok(), &replaced.json);
        let (statements, _) = app.statements(app.get(&max, &path)).await;
        assert!(statements <= 3, "{statements}");
        assert_eq!(app.event_kinds().last().unwrap(), "pipeline.replaced");
    }
}
