//! Finding in lists: filters, orders, expansions and chosen fields, for applications, candidates and jobs.

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::hiring;
use crate::support::{Person, Reply, TestApp};

async fn ask(app: &TestApp, person: &Person, path: &str) -> Reply {
    app.get(&app.again(person), path).await
}

/// The values of a field in the order of the rows.
#[track_caller]
fn each(reply: &Reply, field: &str) -> Vec<String> {
    let text = |row: &Value| row[field].as_str().unwrap_or("null").to_owned();
    reply.rows().iter().map(text).collect()
}

/// The ids of all rows, read page by page.
async fn walked(app: &TestApp, person: &Person, path: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ask(app, person, &format!("{path}&limit=2{cursor}")).await;
        ids.extend(each(&page, "id"));
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// Adds something to the configuration of the organization, by an owner.
async fn configured(app: &TestApp, path: &str, body: Value) -> String {
    let olga = app.person("Olga Owner", OrgRole::Owner);
    let made = app.post(&olga, path, body).await;
    made.created();
    made.id()
}

fn count(page: &Reply) -> usize {
    page.rows().len()
}

both! {
    async fn applications_are_found_by_every_field_that_people_look_for(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let source = configured(&app, "/sources", json!({ "name": "Careers page" })).await;
        let department = configured(&app, "/departments", json!({ "name": "Engineering" })).await;
        let job = hiring::job(&app);
        app.patch(&rita, &format!("/jobs/{}", job.id), json!({ "department_id": department })).await.ok();
        let other = hiring::job(&app);
        let candidate = hiring::candidate(&app, &rita, "Grace Hopper").await;
        let body = json!({ "candidate_id": candidate, "job_id": job.id, "source_id": source, "owner_id": rita.id });
        let found = app.post(&rita, "/applications", body).await.id();
        app.advance(TimeDelta::hours(1));
        hiring::application(&app, &app.again(&rita), &other).await;
        app.advance(TimeDelta::hours(1));
        let moved = hiring::application(&app, &app.again(&rita), &other).await;
        let tag = app.post(&app.again(&rita), "/tags", json!({ "name": "Alumni" })).await.id();
        let tags = format!("/candidates/{candidate}/tags");
        app.put(&app.again(&rita), &tags, json!({ "tag_ids": [tag] })).await.ok();
        let stage = app.post(&app.again(&rita), &format!("/applications/{moved}/moves"),
            json!({ "from_stage_id": other.stages[0], "to_stage_id": other.stages[1] })).await;
        stage.created();
        for filter in [
            format!("job_id={}", job.id), format!("candidate_id={candidate}"), format!("stage_id={}", job.stages[0]),
            format!("owner_id={}", rita.id), format!("source_id={source}"), format!("department_id={department}"),
            format!("tag_id={tag}"), "created_at[lt]=2026-11-23T08:30:00Z".to_owned(),
            "created_at%5Blt%5D=2026-11-23T08:30:00Z".to_owned(), "stage_entered_at[lt]=2026-11-23T08:30:00Z".to_owned(),
            "applied_at[lt]=2026-11-23T09:30:00%2B01:00".to_owned(), "updated_at[lt]=2026-11-23T09:00:00Z".to_owned(),
        ] {
            let page = ask(&app, &rita, &format!("/applications?{filter}")).await;
            assert_eq!((filter.as_str(), each(&page, "id")), (filter.as_str(), vec![found.clone()]));
        }
        let two = format!("/applications?job_id={},{}&status=active,hired&stage_kind=review", job.id, other.id);
        assert_eq!(count(&ask(&app, &rita, &two).await), 3);
        let since = "/applications?updated_at[gte]=2026-11-23T08:30:00Z&updated_at[lt]=2026-11-23T10:00:00Z";
        assert_eq!(count(&ask(&app, &rita, since).await), 1);
        assert_eq!(count(&ask(&app, &rita, "/applications?status=rejected").await), 0);
    }

    async fn what_is_no_filter_is_refused_by_name(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let refused = async |query: &str, pointer: &str| {
            ask(&app, &rita, &format!("/applications?{query}")).await.field(422, pointer);
        };
        refused("shoes=red", "/shoes").await;
        refused("created_at[gt]=2026-11-23T08:30:00Z", "/created_at[gt]").await;
        refused("created_at[gte]=yesterday", "/created_at[gte]").await;
        refused("created_at=2026-11-23T08:30:00Z", "/created_at").await;
        refused("job_id=cand_01jd3z3z3z3z3z3z3z3z3z3z3z", "/job_id").await;
        refused("status=active,lost", "/status").await;
        refused("status=", "/status").await;
        refused("sort=salary", "/sort").await;
        refused("sort=--created_at", "/sort").await;
        refused("expand=scorecards", "/expand").await;
        refused("fields=id,rating", "/fields").await;
        refused("limit=0", "/limit").await;
        refused("status=active&status=hired", "").await;
        let ids = vec!["job_01jd3z3z3z3z3z3z3z3z3z3z3z"; 60].join(",");
        assert_eq!(count(&ask(&app, &rita, &format!("/applications?job_id={ids}")).await), 0);
        let id = |n: usize| format!("job_01jd3z3z3z3z3z3z3z3z3z3z{}{}", n / 8, n % 8);
        let ids: Vec<String> = (0..51).map(id).collect();
        refused(&format!("job_id={}", ids.join(",")), "/job_id").await;
        assert_eq!(count(&ask(&app, &rita, &format!("/applications?job_id={}", ids[..50].join(","))).await), 0);
    }

    async fn a_list_is_sorted_and_a_cursor_goes_on_where_the_page_ended(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let mut made = Vec::new();
        for number in 0..7 {
            made.push(hiring::application(&app, &app.again(&rita), &job).await);
            // Some come in the same moment.
            app.advance(TimeDelta::minutes(number % 2));
        }
        // The first one changes last.
        app.advance(TimeDelta::minutes(1));
        let owner = json!({ "owner_id": rita.id });
        app.patch(&app.again(&rita), &format!("/applications/{}", made[0]), owner).await.ok();
        let reversed = |ids: &[String]| ids.iter().rev().cloned().collect::<Vec<_>>();
        for key in ["created_at", "applied_at", "stage_entered_at"] {
            assert_eq!(walked(&app, &rita, &format!("/applications?sort={key}")).await, made);
            assert_eq!(walked(&app, &rita, &format!("/applications?sort=-{key}")).await, reversed(&made));
        }
        let mut changed = made[1..].to_vec();
        changed.push(made[0].clone());
        assert_eq!(walked(&app, &rita, "/applications?sort=updated_at").await, changed);
        // A bounded time is the order, unless another one is asked for.
        let since = "updated_at[gte]=2026-11-23T08:00:00Z";
        assert_eq!(walked(&app, &rita, &format!("/applications?{since}")).await, reversed(&changed));
        assert_eq!(walked(&app, &rita, &format!("/applications?{since}&sort=created_at")).await, made);
        assert_eq!(walked(&app, &rita, "/applications?status=active").await, reversed(&made));
    }

    async fn a_cursor_belongs_to_its_filter_and_its_order(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        for _ in 0..3 {
            hiring::application(&app, &rita, &job).await;
        }
        let page = ask(&app, &rita, "/applications?limit=1&sort=updated_at").await;
        let cursor = page.json["next_cursor"].as_str().unwrap().to_owned();
        assert!(page.header("link").unwrap().contains("sort=updated_at"));
        let go_on = async |query: &str| ask(&app, &rita, &format!("/applications?cursor={cursor}&{query}")).await;
        go_on("sort=updated_at").await.ok();
        go_on("limit=2&sort=updated_at&fields=id&expand=job").await.ok();
        go_on("sort=-updated_at").await.problem(400, "invalid_cursor");
        go_on("sort=created_at").await.problem(400, "invalid_cursor");
        go_on("sort=updated_at&status=active").await.problem(400, "invalid_cursor");
        go_on("").await.problem(400, "invalid_cursor");
    }

    async fn what_an_application_points_at_is_expanded_by_one_statement_each(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let first = hiring::application(&app, &rita, &job).await;
        for _ in 0..3 {
            hiring::application(&app, &rita, &job).await;
        }
        app.patch(&rita, &format!("/applications/{first}"), json!({ "owner_id": rita.id })).await.ok();
        let (plain, page) = app.statements(app.get(&rita, "/applications")).await;
        assert!(plain <= 3, "{plain}");
        assert!(page.rows()[0].get("candidate").is_none());
        let (one, _) = app.statements(app.get(&rita, "/applications?expand=job")).await;
        assert_eq!(one, plain + 1);
        let all = "/applications?expand=candidate,job,stage,owner";
        let (four, page) = app.statements(app.get(&rita, all)).await;
        assert_eq!(four, plain + 4);
        let row = &page.rows()[3];
        assert_eq!((&row["id"], &row["candidate"]["name"]), (&json!(first), &json!("Ada Lovelace")));
        assert_eq!((&row["candidate"]["id"], &row["job"]["id"]), (&row["candidate_id"], &row["job_id"]));
        assert_eq!((&row["stage"]["name"], &row["stage"]["position"]), (&json!("Review"), &json!(0)));
        assert_eq!(row["owner"], json!({ "id": rita.id, "name": "Rita Recruiter" }));
        assert_eq!(page.rows()[0]["owner"], Value::Null);
        assert!(page.rows()[0].as_object().unwrap().contains_key("owner"));
        assert!(row["candidate"].get("contact_points").is_none());
    }

    async fn an_expansion_shows_nothing_that_its_reader_may_not_read(app) {
        let (rita, pia) = (app.person("Rita", OrgRole::Recruiter), app.person("Pia", OrgRole::Member));
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        hiring::seat(&app, &application, &job, &pia, "lead");
        let page = ask(&app, &pia, "/applications?expand=candidate,job").await;
        let row = &page.rows()[0];
        let readable = app.get(&pia, &format!("/jobs/{}", job.id)).await.status == 200;
        assert_eq!(row["job"].is_object(), readable);
        assert_eq!(row["candidate"]["name"], "Ada Lovelace");
    }

    async fn the_wanted_fields_are_shown_and_the_id(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        hiring::application(&app, &rita, &job).await;
        let page = ask(&app, &rita, "/applications?fields=status,candidate_name&expand=stage").await;
        let mut names: Vec<&String> = page.rows()[0].as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["candidate_name", "id", "stage", "status"]);
        let page = ask(&app, &rita, "/candidates?fields=name").await;
        assert_eq!(page.rows()[0].as_object().unwrap().len(), 2);
        let page = ask(&app, &rita, "/jobs?fields=title,state").await;
        assert_eq!(page.rows()[0], json!({ "id": job.id, "title": "Senior Engineer", "state": "open" }));
    }

    async fn a_reason_and_a_tag_find_only_what_their_reader_is_shown(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let (hana, pia) = (app.person("Hana", OrgRole::Member), app.person("Pia", OrgRole::Member));
        let job = hiring::job(&app);
        hiring::join(&app, &job, &hana, TeamRole::HiringManager);
        let application = hiring::application(&app, &rita, &job).await;
        let owing = hiring::application(&app, &rita, &job).await;
        hiring::seat(&app, &application, &job, &pia, "shadow");
        hiring::seat(&app, &owing, &job, &hana, "lead");
        let reason = configured(&app, "/rejection-reasons", json!({ "name": "Too far", "kind": "ours" })).await;
        for id in [&application, &owing] {
            app.put(&rita, &format!("/applications/{id}/rejection"), json!({ "reason_id": reason })).await.ok();
        }
        let tag = app.post(&rita, "/tags", json!({ "name": "Alumni" })).await.id();
        let candidate = app.get(&rita, &format!("/applications/{application}")).await.json["candidate_id"].clone();
        let tags = format!("/candidates/{}/tags", candidate.as_str().unwrap());
        app.put(&rita, &tags, json!({ "tag_ids": [tag] })).await.ok();
        let (by_reason, by_tag) =
            (format!("/applications?rejection_reason_id={reason}"), format!("/applications?tag_id={tag}"));
        assert_eq!(count(&ask(&app, &rita, &by_reason).await), 2);
        assert_eq!(each(&ask(&app, &rita, &by_tag).await, "id"), std::slice::from_ref(&application));
        // Who owes a card is shown no reason, and finds nothing by one.
        let found = each(&ask(&app, &hana, &by_reason).await, "id");
        for id in [&application, &owing] {
            let shown = app.get(&hana, &format!("/applications/{id}")).await;
            assert_eq!(found.contains(id), shown.ok()["rejection"]["reason_id"].is_string());
        }
        // Who sits on a panel alone is shown neither.
        assert_eq!(count(&ask(&app, &pia, "/applications").await), 1);
        assert_eq!(count(&ask(&app, &pia, &by_reason).await), 0);
        assert_eq!(count(&ask(&app, &pia, &by_tag).await), 0);
        assert_eq!(count(&ask(&app, &pia, &format!("/candidates?tag_id={tag}")).await), 0);
    }

    async fn candidates_are_found_and_sorted(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let source = configured(&app, "/sources", json!({ "name": "Careers page" })).await;
        for name in ["bob", "Carol", "alice", "Dave"] {
            let body = json!({ "name": name, "time_zone": "Europe/Berlin" });
            app.post(&rita, "/candidates", body).await.created();
        }
        let ada = hiring::candidate(&app, &rita, "Ada").await;
        let body = json!({ "candidate_id": ada, "job_id": job.id, "source_id": source });
        let application = app.post(&rita, "/applications", body).await.id();
        let names = async |query: &str| each(&ask(&app, &rita, &format!("/candidates?{query}")).await, "name");
        assert_eq!(names("sort=name").await, ["Ada", "alice", "bob", "Carol", "Dave"]);
        assert_eq!(names("sort=-name&time_zone=Europe/Berlin").await, ["Dave", "Carol", "bob", "alice"]);
        assert_eq!(names("has_active_application=true").await, ["Ada"]);
        assert_eq!(names("has_active_application=false").await.len(), 4);
        assert_eq!(names(&format!("source_id={source}")).await, ["Ada"]);
        assert_eq!(names("created_at[gte]=2026-11-24T00:00:00Z").await.len(), 0);
        app.put(&rita, &format!("/applications/{application}/withdrawal"), json!({})).await.ok();
        assert_eq!(names("has_active_application=true").await.len(), 0);
        let all = walked(&app, &rita, "/candidates?sort=name").await;
        let mut turned = walked(&app, &rita, "/candidates?sort=-name").await;
        turned.reverse();
        assert_eq!((all.len(), &all), (5, &turned));
        let (statements, _) = app.statements(app.get(&rita, "/candidates?sort=name&has_active_application=true")).await;
        assert!(statements <= 4, "{statements}");
    }

    async fn jobs_are_found_and_sorted(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let hana = app.person("Hana Manager", OrgRole::Member);
        let (job, _) = (hiring::job(&app), hiring::job(&app));
        hiring::join(&app, &job, &hana, TeamRole::HiringManager);
        app.patch(&rita, &format!("/jobs/{}", job.id), json!({ "title": "a Baker" })).await.ok();
        let titles = async |query: &str| each(&ask(&app, &rita, &format!("/jobs?{query}")).await, "title");
        assert_eq!(titles("sort=title").await, ["a Baker", "Senior Engineer"]);
        assert_eq!(titles("sort=-title&state=open,paused").await, ["Senior Engineer", "a Baker"]);
        assert_eq!(titles(&format!("hiring_team_user_id={}", hana.id)).await, ["a Baker"]);
        assert_eq!(titles("updated_at[gte]=2026-11-23T09:00:00Z").await.len(), 0);
        assert_eq!(titles("state=draft").await.len(), 0);
        assert_eq!(walked(&app, &rita, "/jobs?sort=title").await.len(), 2);
    }
}
