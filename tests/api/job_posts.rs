//! Job posts: writing and publishing them, reading them as everybody, and the time zones that they ask for.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, Reply, TestApp};

/// A post that says everything a post needs.
pub fn remote(title: &str) -> Value {
    json!({
        "title": title, "text": "You keep the *light*.", "language": "en-GB",
        "location": { "workplace": "remote", "countries": ["DE", "PT"] },
        "pay_range": {
            "minimum": { "amount": "70000.00", "currency": "EUR" },
            "maximum": { "amount": "90000.00", "currency": "EUR" }, "period": "year",
        },
        "questions": [
            { "key": "why", "kind": "long_text", "text": "Why lights?", "required": true },
            { "key": "years", "kind": "number", "text": "For how many years?" },
        ],
    })
}

/// An open job, its path.
pub async fn open_job(app: &TestApp, by: &Person, body: Value) -> String {
    let job = format!("/jobs/{}", app.post(by, "/jobs", body).await.id());
    app.put(by, &format!("{job}/publication"), Value::Null).await.ok();
    job
}

/// A post of a job, its id.
pub async fn post_of(app: &TestApp, by: &Person, job: &str, body: Value) -> String {
    app.post(by, &format!("{job}/job-posts"), body).await.id()
}

/// A published post of an open job: the job's path and the post's id.
pub async fn published(app: &TestApp, by: &Person, body: Value) -> (String, String) {
    let job = open_job(app, by, json!({ "title": "Keeper" })).await;
    let post = post_of(app, by, &job, body).await;
    app.put(by, &format!("/job-posts/{post}/publication"), Value::Null).await.ok();
    (job, post)
}

/// The titles that everybody reads.
async fn shown(app: &TestApp, query: &str) -> Vec<String> {
    let list = app.get(&app.anonymous(), &format!("/public/job-posts{query}")).await;
    list.rows().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

async fn refuse(app: &TestApp, by: &Person, job: &str, field: &str, value: Value) -> Reply {
    let mut body = remote("Keeper");
    body[field] = value;
    app.post(by, &format!("{job}/job-posts"), body).await
}

both! {
    async fn a_post_is_drafted_changed_published_and_taken_back(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = open_job(&app, &rita, json!({ "title": "Keeper" })).await;
        let made = app.post(&rita, &format!("{job}/job-posts"), remote("Keeper of lights")).await;
        let drafted = made.created().clone();
        assert_eq!((&drafted["state"], &drafted["is_public"]), (&json!("draft"), &json!(false)));
        assert_eq!(drafted["location"]["countries"], json!(["DE", "PT"]));
        assert_eq!(drafted["pay_range"]["maximum"]["amount"], "90000.00");
        assert_eq!((&drafted["questions"][0]["required"], &drafted["warnings"]), (&json!(true), &json!([])));
        let post = format!("/job-posts/{}", made.id());
        assert_eq!(made.header("location"), Some(format!("/api/v1{post}").as_str()));
        let change = json!({ "title": "Keeper", "pay_range": null });
        let changed = app.patch_if(&rita, &post, &made.etag(), change.clone()).await;
        assert_eq!((&changed.ok()["title"], &changed.json["pay_range"]), (&json!("Keeper"), &Value::Null));
        assert_eq!(changed.json["warnings"][0]["code"], "pay_range_missing");
        assert_eq!(changed.json["text"], drafted["text"]);
        app.patch_if(&rita, &post, &made.etag(), change).await.problem(412, "stale");
        let publication = format!("{post}/publication");
        app.delete(&rita, &publication).await.problem(409, "illegal_transition");
        let shown = app.put(&rita, &publication, Value::Null).await;
        assert_eq!((&shown.ok()["state"], &shown.json["is_public"]), (&json!("published"), &json!(true)));
        assert!(shown.json["published_at"].is_string());
        app.put(&rita, &publication, Value::Null).await.problem(409, "illegal_transition");
        assert_eq!(app.delete(&rita, &publication).await.status, 204);
        assert_eq!(app.get(&rita, &post).await.ok()["state"], "unpublished");
        assert_eq!(app.put(&rita, &publication, Value::Null).await.ok()["state"], "published");
        let kinds = app.event_kinds();
        assert_eq!(kinds[2..], [
            "job_post.created", "job_post.updated", "job_post.published", "job_post.unpublished", "job_post.published",
        ]);
    }

    async fn those_who_read_a_job_read_its_posts_and_those_who_manage_it_write_them(app) {
        let (rita, mia) = (app.person("Rita", OrgRole::Recruiter), app.person("Mia", OrgRole::Member));
        let job = open_job(&app, &rita, json!({ "title": "Keeper" })).await;
        let post = post_of(&app, &rita, &job, remote("Keeper")).await;
        let (path, list) = (format!("/job-posts/{post}"), format!("{job}/job-posts"));
        for hidden in [&path, &list] {
            app.get(&mia, hidden).await.problem(404, "not_found");
        }
        let role = json!({ "user_id": mia.id, "role": "interviewer" });
        app.post(&rita, &format!("{job}/hiring-team"), role).await.created();
        assert_eq!(app.get(&mia, &path).await.ok()["title"], "Keeper");
        assert_eq!(app.get(&mia, &list).await.rows().len(), 1);
        assert_eq!(app.get(&mia, &format!("{list}?state=published")).await.rows().len(), 0);
        app.patch(&mia, &path, json!({ "title": "Mine" })).await.problem(403, "forbidden");
        app.put(&mia, &format!("{path}/publication"), Value::Null).await.problem(403, "forbidden");
        app.post(&mia, &list, remote("Mine")).await.problem(403, "forbidden");
        app.get(&rita, "/jobs/job_01jd3z3z3z3z3z3z3z3z3z3z3z/job-posts").await.problem(404, "not_found");
    }

    async fn what_does_not_fit_is_named(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let job = open_job(&app, &admin, json!({ "title": "Keeper" })).await;
        let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        let ask = |more: Value| {
            let mut question = json!({ "key": "why", "kind": "short_text", "text": "Why?" });
            question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            question
        };
        let band = json!({ "from_minutes": 60, "to_minutes": 0 });
        for (field, value, pointer) in [
            ("title", json!("x".repeat(201)), "/title"),
            ("text", json!(" "), "/text"),
            ("language", json!("english"), "/language"),
            ("location", json!({ "workplace": "onsite" }), "/location/office_id"),
            ("location", json!({ "workplace": "space" }), "/location/workplace"),
            ("location", json!({ "workplace": "remote", "countries": ["XX"] }), "/location/countries/0"),
            ("location", json!({ "workplace": "remote", "countries": ["DE", "DE"] }), "/location/countries"),
            ("location", json!({ "workplace": "remote", "office_id": "office_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/location/office_id"),
            ("location", json!({ "workplace": "onsite", "office_id": "office_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/location/office_id"),
            ("location", json!({ "workplace": "remote", "time_zones": {} }), "/location/time_zones"),
            ("location", json!({ "workplace": "remote", "time_zones": { "utc_band": band } }), "/location/time_zones/utc_band/to_minutes"),
            ("location", json!({ "workplace": "remote", "time_zones": { "around": { "time_zone": "Mars/Base", "minutes": 1 } } }), "/location/time_zones/around/time_zone"),
            ("pay_range", json!({ "minimum": euros("2.00"), "maximum": euros("1.00"), "period": "year" }), "/pay_range/maximum"),
            ("pay_range", json!({ "minimum": euros("2.00"), "maximum": { "amount": "3.00", "currency": "USD" }, "period": "year" }), "/pay_range/maximum"),
            ("questions", json!([ask(json!({})), ask(json!({}))]), "/questions/1/key"),
            ("questions", json!([ask(json!({ "kind": "single_choice", "options": ["One"] }))]), "/questions/0/options"),
            ("questions", json!([ask(json!({ "options": ["One", "Two"] }))]), "/questions/0/options"),
            ("questions", json!([ask(json!({ "kind": "number", "max_length": 5 }))]), "/questions/0/max_length"),
            ("questions", json!([ask(json!({ "max_length": 1001 }))]), "/questions/0/max_length"),
            ("questions", json!([ask(json!({ "kind": "file" }))]), "/questions/0/kind"),
            ("questions", Value::Array(vec![ask(json!({})); 31]), "/questions"),
        ] {
            refuse(&app, &admin, &job, field, value).await.field(422, pointer);
        }
        refuse(&app, &admin, &job, "salary", json!(5)).await.problem(422, "unknown_field");
        assert!(app.get(&admin, &format!("{job}/job-posts")).await.rows().is_empty());
    }

    async fn a_job_has_at_most_twenty_posts(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = open_job(&app, &rita, json!({ "title": "Keeper" })).await;
        for number in 0..20 {
            post_of(&app, &rita, &job, remote(&format!("Keeper {number}"))).await;
        }
        app.post(&rita, &format!("{job}/job-posts"), remote("More")).await.problem(409, "illegal_transition");
    }

    async fn everybody_reads_the_published_posts_of_open_jobs_and_nothing_else(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (job, post) = published(&app, &rita, remote("Keeper")).await;
        post_of(&app, &rita, &job, remote("A draft")).await;
        assert_eq!(shown(&app, "").await, ["Keeper"]);
        let (path, pause) = (format!("/public/job-posts/{post}"), format!("{job}/pause"));
        let nobody = app.anonymous();
        let one = app.get(&nobody, &path).await;
        let fields: Vec<_> = one.ok().as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, [
            "id", "title", "language", "department", "location", "pay_range", "published_at", "text", "questions", "consent",
        ]);
        assert_eq!(one.json["consent"]["text_version"], 1);
        app.put(&rita, &pause, Value::Null).await.ok();
        assert!(shown(&app, "").await.is_empty());
        app.get(&nobody, &path).await.problem(404, "not_found");
        assert_eq!(app.get(&rita, &format!("/job-posts/{post}")).await.ok()["is_public"], false);
        app.delete(&rita, &pause).await;
        assert_eq!(shown(&app, "").await, ["Keeper"]);
        app.patch(&rita, &job, json!({ "confidential": true })).await.ok();
        assert!(shown(&app, "").await.is_empty());
        app.patch(&rita, &job, json!({ "confidential": false })).await.ok();
        app.put(&rita, &format!("{job}/closure"), Value::Null).await.ok();
        app.get(&nobody, &path).await.problem(404, "not_found");
        app.post(&rita, &format!("{job}/job-posts"), remote("Late")).await.problem(409, "illegal_transition");
    }

    async fn a_post_of_a_confidential_job_is_not_published(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = open_job(&app, &rita, json!({ "title": "Keeper", "confidential": true })).await;
        let post = post_of(&app, &rita, &job, remote("Keeper")).await;
        let publication = format!("/job-posts/{post}/publication");
        app.put(&rita, &publication, Value::Null).await.problem(409, "not_ready");
        assert!(shown(&app, "").await.is_empty());
    }

    async fn public_posts_are_filtered_paged_and_kept_by_their_tags(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let department = app.post(&admin, "/departments", json!({ "name": "Lights" })).await.id();
        let office = json!({ "name": "Berlin", "time_zone": "Europe/Berlin", "country": "DE", "currency": "EUR" });
        let office = app.post(&admin, "/offices", office).await.id();
        let job = open_job(&app, &admin, json!({ "title": "Keeper", "department_id": department })).await;
        let mut here = remote("Hier");
        here["language"] = json!("de");
        here["location"] = json!({ "workplace": "onsite", "office_id": office });
        for body in [here, remote("Anywhere")] {
            let post = post_of(&app, &admin, &job, body).await;
            app.put(&admin, &format!("/job-posts/{post}/publication"), Value::Null).await.ok();
        }
        published(&app, &admin, remote("Elsewhere")).await;
        assert_eq!(shown(&app, "").await, ["Elsewhere", "Anywhere", "Hier"]);
        assert_eq!(shown(&app, &format!("?department_id={department}")).await, ["Anywhere", "Hier"]);
        assert_eq!(shown(&app, &format!("?office_id={office}")).await, ["Hier"]);
        assert_eq!(shown(&app, "?language=de").await, ["Hier"]);
        let nobody = app.anonymous();
        app.get(&nobody, "/public/job-posts?state=draft").await.problem(422, "unknown_field");
        let (statements, first) = app.statements(app.get(&nobody, "/public/job-posts?limit=2")).await;
        assert!(statements <= 3, "{statements} statements");
        assert_eq!(first.json["has_more"], true);
        assert!(first.header("link").unwrap().contains("/api/v1/public/job-posts?limit=2&cursor="));
        let cursor = first.json["next_cursor"].as_str().unwrap();
        assert_eq!(shown(&app, &format!("?limit=2&cursor={cursor}")).await, ["Hier"]);
        let hier = app.get(&nobody, "/public/job-posts?language=de").await;
        assert_eq!(hier.rows()[0]["location"]["office"]["name"], "Berlin");
        assert_eq!(hier.rows()[0]["department"]["name"], "Lights");
        let again = |path: String, etag: String| {
            let request = app.request(&nobody, Method::GET, &path);
            app.send(request.insert_header(("If-None-Match", etag)))
        };
        for path in ["/public/job-posts".to_owned(), format!("/public/job-posts/{}", hier.rows()[0]["id"].as_str().unwrap())] {
            let read = app.get(&nobody, &path).await;
            assert_eq!(read.header("cache-control"), Some("public, no-cache"));
            assert_eq!(again(path.clone(), read.etag()).await.status, 304);
            let other = json!({ "title": format!("Anders {path}") });
            let post = format!("/job-posts/{}", hier.rows()[0]["id"].as_str().unwrap());
            app.patch(&admin, &post, other).await.ok();
            assert_eq!(again(path, read.etag()).await.status, 200);
        }
    }

    async fn a_rule_about_time_zones_is_explained_for_a_zone(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let mut body = remote("Keeper");
        body["location"] = json!({
            "workplace": "remote", "time_zones": { "utc_band": { "from_minutes": -480, "to_minutes": 60 } },
        });
        let (job, post) = published(&app, &rita, body).await;
        post_of(&app, &rita, &job, remote("From everywhere")).await;
        let ask = |query: &str| format!("{job}/eligibility?{query}");
        let told = app.get(&rita, &ask("time_zone=Europe/Berlin")).await;
        assert_eq!((&told.ok()["year"], &told.json["time_zone"]), (&json!(2026), &json!("Europe/Berlin")));
        assert_eq!(told.json["posts"][0]["evaluation"], Value::Null);
        let evaluation = &told.json["posts"][1]["evaluation"];
        assert_eq!((&evaluation["outcome"], &evaluation["eligible"]), (&json!("passes_in_winter_only"), &json!(false)));
        assert_eq!(evaluation["seasons"][0]["detail"], "At the June solstice Berlin is UTC+2, outside UTC-8..UTC+1.");
        let public = format!("/public/job-posts/{post}/eligibility?time_zone=Europe/Berlin");
        let public = app.get(&app.anonymous(), &public).await;
        assert_eq!(&public.ok()["evaluation"], evaluation);
        let lisbon = app.get(&rita, &ask("time_zone=Europe/Lisbon&year=2030")).await;
        assert_eq!(lisbon.ok()["posts"][1]["evaluation"]["outcome"], "passes");
        for (query, pointer) in [("", "/time_zone"), ("time_zone=Mars", "/time_zone"), ("time_zone=UTC&year=1999", "/year")] {
            app.get(&rita, &ask(query)).await.field(422, pointer);
        }
        app.get(&app.person("Max", OrgRole::Member), &ask("time_zone=UTC")).await.problem(404, "not_found");
    }
}
