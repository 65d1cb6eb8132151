//! The audit log: who may read what of it, by which ways, and that what is exported can be checked.

use std::process::{Command, Stdio};

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::Text;
use evenbar::access::{OrgRole, Permit};
use evenbar::db::Conn;
use evenbar::events::{Event, EventKind, record};
use evenbar::ids::{ApplicationId, DebriefId, OfferId};
use serde_json::{Value, json};

use crate::both;
use crate::support::environment::leave_out;
use crate::support::process::finish;
use crate::support::{Person, Reply, TestApp, hiring, scratch};

/// Records so many events that tell how somebody is judged.
fn judge(app: &TestApp, application: &str, times: usize) {
    let application: ApplicationId = application.parse().unwrap();
    let work = move |tx: &mut evenbar::db::Tx<'_>| {
        for _ in 0..times {
            let id: DebriefId = tx.id();
            let event = Event::new(EventKind::DebriefRevealed, id.into()).application(application);
            record(tx, &Permit::for_system(id), &event)?;
        }
        Ok(())
    };
    app.db().write_here(&app.db().unit(), work).unwrap();
    app.db().seal().unwrap();
}

/// Records what tells of pay.
fn offer(app: &TestApp, application: &str) {
    let application: ApplicationId = application.parse().unwrap();
    let work = move |tx: &mut evenbar::db::Tx<'_>| {
        let id: OfferId = tx.id();
        let event = Event::new(EventKind::OfferCreated, id.into()).application(application);
        record(tx, &Permit::for_system(id), &event)
    };
    app.db().write_here(&app.db().unit(), work).unwrap();
    app.db().seal().unwrap();
}

/// The instant so many seconds from now, as a query holds it.
fn instant(app: &TestApp, seconds: i64) -> String {
    (app.clock.now() + TimeDelta::seconds(seconds)).to_string()
}

async fn read(app: &TestApp, person: &Person, query: &str) -> Reply {
    app.db().seal().unwrap();
    app.get(person, &format!("/audit?{query}")).await
}

/// The kinds of a page, without the readings themselves.
async fn kinds(app: &TestApp, person: &Person, query: &str) -> Vec<String> {
    let page = read(app, person, query).await;
    let kinds = page.rows().iter().map(|row| row["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| kind != "audit.read").collect()
}

async fn export(app: &TestApp, person: &Person, query: &str) -> Vec<Value> {
    app.db().seal().unwrap();
    let reply = app.get(person, &format!("/audit/export?{query}")).await;
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.bytes));
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    let text = String::from_utf8(reply.bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The positions of an export, and its last line.
async fn span(app: &TestApp, person: &Person, query: &str) -> (Vec<i64>, Value) {
    let mut lines = export(app, person, query).await;
    let end = lines.pop().unwrap();
    let position = |line: &Value| line["position"].as_str().unwrap().parse().unwrap();
    (lines.iter().map(position).collect(), end)
}

/// What the verifier says about an export; none without Python on this machine.
fn verified(text: &str, head: Option<&str>) -> Option<Result<String, String>> {
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !python.is_ok_and(|status| status.success()) {
        leave_out(
            "EVENBAR_REQUIRE_TOOLS",
            "there is no python3",
            "checking an export of the audit log",
        );
        return None;
    }
    let mut verify = Command::new("python3");
    verify.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/verify-audit.py")).arg("-");
    verify.current_dir(scratch("verify")).args(head.map(|head| format!("--head={head}")));
    let output = finish(verify, text);
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Some(if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) })
}

both! {
    async fn an_entry_says_who_did_what_to_what_and_where_it_stands_in_the_chain(app) {
        let ada = app.person("Ada Admin", OrgRole::Admin);
        let request = app.request(&ada, actix_web::http::Method::POST, "/departments")
            .insert_header(("X-Request-Id", "the-request"))
            .set_json(json!({ "name": "Sales" }));
        let department = app.send(request).await.id();
        app.patch(&ada, &format!("/departments/{department}"), json!({ "name": "Selling" })).await.ok();
        let page = read(&app, &ada, "").await;
        let entry = &page.rows()[0];
        assert_eq!(entry["kind"], "department.updated");
        assert_eq!(entry["payload"], json!({ "changed": ["name"] }));
        let entry = &page.rows()[1];
        assert_eq!([&entry["position"], &entry["kind"]], [&json!(1), &json!("department.created")]);
        assert_eq!(entry["actor"]["id"], json!(ada.id));
        assert_eq!([&entry["actor"]["kind"], &entry["actor"]["name"]], ["user", "Ada Admin"]);
        assert_eq!(entry["subject"], json!({ "kind": "department", "id": department }));
        assert_eq!(entry["request_id"], "the-request");
        assert!(entry["session_id"].as_str().unwrap().starts_with("sess_"));
        assert_eq!(entry["audience"], "administration");
        assert!(entry["hash"].is_null(), "hashes are made of what is sealed, too");
        app.patch(&ada, &format!("/users/{}", ada.id), json!({ "name": "Ada Newname" })).await.ok();
        let page = read(&app, &ada, "kind=department.created").await;
        assert_eq!(page.rows()[0]["actor"]["name"], "Ada Newname");
    }

    async fn the_log_is_filtered_and_paged_newest_first(app) {
        let (ada, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let job = hiring::job(&app);
        app.post(&ada, "/departments", json!({ "name": "Sales" })).await.created();
        app.advance(TimeDelta::seconds(100));
        let application = hiring::application(&app, &rita, &job).await;
        let candidate = app.get(&rita, &format!("/applications/{application}")).await.json["candidate_id"].clone();
        app.advance(TimeDelta::seconds(100));
        let request = app.request(&ada, actix_web::http::Method::POST, "/departments")
            .insert_header(("X-Request-Id", "the-request"))
            .set_json(json!({ "name": "Design" }));
        let design = app.send(request).await.id();
        let all = ["department.created", "application.created", "candidate.created", "department.created"];
        assert_eq!(kinds(&app, &ada, "").await, all);
        let session = read(&app, &ada, "request_id=the-request").await.rows()[0]["session_id"].clone();
        let middle = instant(&app, -100);
        let end = instant(&app, 0);
        for (query, expected) in [
            (format!("actor_id={}", rita.id), &all[1..3]),
            (format!("subject_id={design}"), &all[..1]),
            ("kind=department.created".to_owned(), &[all[0], all[3]][..]),
            (format!("from={middle}"), &all[..3]),
            (format!("from={middle}&to={end}"), &all[1..3]),
            (format!("to={middle}"), &all[3..]),
            (format!("job_id={}", job.id), &all[1..2]),
            (format!("candidate_id={}", candidate.as_str().unwrap()), &all[1..3]),
            (format!("application_id={application}"), &all[1..2]),
            ("request_id=the-request".to_owned(), &all[..1]),
            (format!("session_id={}", session.as_str().unwrap()), &[all[0], all[3]][..]),
            (format!("actor_id={}&kind=candidate.created", rita.id), &all[2..3]),
            (format!("actor_id={}&kind=candidate.created", ada.id), &[]),
        ] {
            assert_eq!(kinds(&app, &ada, &query).await, expected, "{query}");
        }
        let mut cursor = String::new();
        let mut paged = Vec::new();
        loop {
            let page = read(&app, &ada, &format!("limit=2&kind=department.created{cursor}")).await;
            paged.extend(page.rows().iter().map(|row| row["position"].as_i64().unwrap()));
            if page.json["has_more"] == json!(false) {
                break;
            }
            cursor = format!("&cursor={}", page.json["next_cursor"].as_str().unwrap());
        }
        assert_eq!(paged, [4, 1]);
    }

    async fn what_is_no_filter_is_refused(app) {
        let ada = app.person("Ada", OrgRole::Admin);
        for (query, pointer) in [
            ("actor_id=nonsense", "/actor_id"), ("subject_id=nonsense", "/subject_id"),
            ("kind=application.vanished", "/kind"), ("from=yesterday", "/from"),
            ("request_id=short", "/request_id"), ("session_id=nonsense", "/session_id"),
            ("limit=0", "/limit"), ("who=ada", "/who"),
        ] {
            read(&app, &ada, query).await.field(422, pointer);
        }
        for (query, pointer) in [("from_position=0", "/from_position"), ("to=soon", "/to"), ("limit=3", "/limit")] {
            app.get(&ada, &format!("/audit/export?{query}")).await.field(422, pointer);
        }
    }

    async fn how_people_are_judged_and_paid_is_no_business_of_administration(app) {
        let (olga, rita) = (app.person("Olga", OrgRole::Owner), app.person("Rita", OrgRole::Recruiter));
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        judge(&app, &application, 1);
        offer(&app, &application);
        let about = format!("application_id={application}");
        assert_eq!(kinds(&app, &olga, &about).await, ["application.created"]);
        for kind in ["debrief.revealed", "offer.created"] {
            let page = read(&app, &olga, &format!("kind={kind}")).await;
            assert_eq!((page.rows().len(), &page.json["has_more"]), (0, &json!(false)));
        }
        let lines = export(&app, &olga, "to_position=4").await;
        for line in &lines[2..4] {
            let mut names: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(names, ["hash", "position", "previous_hash", "withheld"]);
        }
        assert_eq!(lines[1]["application_id"], json!(application));
        for role in [OrgRole::Recruiter, OrgRole::Coordinator, OrgRole::Member] {
            let person = app.person("Max", role);
            read(&app, &person, "").await.problem(403, "forbidden");
            app.get(&person, "/audit/export").await.problem(403, "forbidden");
        }
    }

    async fn what_one_may_not_know_of_is_left_out_and_withheld(app) {
        let (ada, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let (open, closed) = (hiring::job(&app), hiring::job(&app));
        let known = hiring::application(&app, &rita, &open).await;
        let hidden = hiring::application(&app, &rita, &closed).await;
        let file = json!({ "name": "Ada", "contact_points": [{ "kind": "email", "value": ada.email }] });
        let own = app.post(&rita, "/candidates", file).await.id();
        let closed_id = closed.id;
        let close = move |tx: &mut evenbar::db::Tx<'_>| {
            let job = diesel::update(evenbar::db::schema::jobs::table.find(closed_id));
            Ok(job.set(evenbar::db::schema::jobs::confidential.eq(true)).execute(tx.conn)?)
        };
        app.db().write_here(&app.db().unit(), close).unwrap();
        assert_eq!(kinds(&app, &ada, "").await, ["application.created", "candidate.created"]);
        for query in [format!("application_id={hidden}"), format!("job_id={}", closed.id), format!("subject_id={own}")] {
            assert!(kinds(&app, &ada, &query).await.is_empty(), "{query}");
        }
        let lines = export(&app, &ada, "to_position=5").await;
        let withheld: Vec<bool> = lines[..5].iter().map(|line| line["withheld"] == json!(true)).collect();
        assert_eq!(withheld, [false, false, true, true, true]);
        assert_eq!(lines[1]["application_id"], json!(known));
    }

    async fn reading_is_recorded_once_an_hour_and_exporting_each_time(app) {
        let (ada, olga) = (app.person("Ada", OrgRole::Admin), app.person("Olga", OrgRole::Owner));
        for _ in 0..3 {
            read(&app, &ada, "").await.ok();
        }
        assert_eq!(app.event_kinds(), ["audit.read"]);
        read(&app, &olga, "").await.ok();
        app.advance(TimeDelta::minutes(61));
        read(&app, &app.again(&ada), "").await.ok();
        assert_eq!(app.event_kinds(), ["audit.read"; 3]);
        for _ in 0..2 {
            export(&app, &app.again(&olga), "").await;
        }
        assert_eq!(app.event_kinds()[3..], ["audit.exported"; 2]);
        let entries = read(&app, &app.again(&olga), "kind=audit.exported").await;
        assert_eq!(entries.rows()[0]["payload"], json!({ "from_position": 1, "to_position": 4 }));
        assert_eq!(entries.rows()[0]["actor"]["name"], "Olga");
        let refused = app.person("Max", OrgRole::Member);
        read(&app, &refused, "").await.problem(403, "forbidden");
        app.get(&refused, "/audit/export").await.problem(403, "forbidden");
        assert_eq!(app.event_kinds()[5..], ["audit.read"], "of the hour in which Olga read again");
    }

    async fn an_export_reaches_from_where_to_where_it_says(app) {
        let ada = app.person("Ada", OrgRole::Admin);
        for name in ["One", "Two", "Three", "Four"] {
            app.post(&ada, "/departments", json!({ "name": name })).await.created();
            app.advance(TimeDelta::seconds(10));
        }
        let (positions, end) = span(&app, &ada, "from_position=2&to_position=3").await;
        assert_eq!(positions, [2, 3]);
        assert_eq!([&end["complete"], &end["lines"]], [&json!(true), &json!(2)]);
        assert_eq!(end["head"]["position"], "4");
        // The export above is the fifth entry.
        let (from, to) = (instant(&app, -30), instant(&app, -10));
        assert_eq!(span(&app, &ada, &format!("from={from}&to={to}")).await.0, [2, 3]);
        assert_eq!(span(&app, &ada, &format!("to={from}")).await.0, [1]);
        let later = instant(&app, 10);
        let (positions, end) = span(&app, &ada, &format!("from={later}")).await;
        assert_eq!((positions, &end["lines"]), (vec![], &json!(0)));
        assert_eq!(span(&app, &ada, "from_position=1000").await.0, Vec::<i64>::new());
        assert_eq!(span(&app, &ada, "to_position=1000").await.0.len(), 9);
    }

    async fn a_third_party_can_check_an_export_and_notices_every_change(app) {
        let (ada, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let job = hiring::job(&app);
        app.post(&ada, "/departments", json!({ "name": "Zoë “& Söhne” \u{1f30a}" })).await.created();
        let application = hiring::application(&app, &rita, &job).await;
        judge(&app, &application, 300);
        app.put(&rita, &format!("/applications/{application}/withdrawal"), json!({})).await.ok();
        app.db().seal().unwrap();
        let head = app.db().read_here(evenbar::events::head).unwrap();
        let head = format!("{} {}", head.position, head.hash);
        let reply = app.get(&ada, "/audit/export").await;
        let text = String::from_utf8(reply.bytes).unwrap();
        let Some(holds) = verified(&text, Some(&head)) else { return };
        assert_eq!(holds.unwrap(), "The export holds: 304 entries, 1 to 304 of 304, 300 of them withheld.\n");
        let lines: Vec<&str> = text.lines().collect();
        let without = |left_out: usize| {
            let kept = lines.iter().enumerate().filter(|(number, _)| *number != left_out);
            let kept: Vec<&str> = kept.map(|(_, line)| *line).collect();
            kept.join("\n") + "\n"
        };
        let swapped = text.replace(lines[0], "@").replace(lines[1], lines[0]).replace('@', lines[1]);
        let mut cut = text.clone();
        cut.truncate(text.len() - lines[304].len() - 6);
        for (changed, why) in [
            (text.replace("application.withdrawn", "application.rejected"), "does not match its hash"),
            (without(2), "position 3 is missing"),
            (without(304), "the export was torn"),
            (cut, "the export was torn"),
            (swapped, "position 3 is missing"),
            (text.replacen("withheld\":true", "withheld\":false", 1), "does not match its hash"),
        ] {
            let said = verified(&changed, None).unwrap().unwrap_err();
            assert!(said.contains(why), "{said} is not about: {why}");
        }
        let other = format!("304 {}", "0".repeat(64));
        assert!(verified(&text, Some(&other)).unwrap().unwrap_err().contains("position 304"));
    }

    async fn a_page_looks_through_a_bounded_part_of_the_log(app) {
        let (ada, rita) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        judge(&app, &application, 5_000);
        let about = format!("application_id={application}");
        read(&app, &ada, &about).await.ok();
        let (statements, first) = app.statements(app.get(&ada, &format!("/audit?{about}"))).await;
        assert_eq!((first.rows().len(), &first.json["has_more"]), (0, &json!(true)));
        let cursor = first.json["next_cursor"].as_str().unwrap();
        let second = read(&app, &ada, &format!("{about}&cursor={cursor}")).await;
        assert_eq!(second.rows()[0]["kind"], "application.created");
        assert_eq!(second.json["has_more"], json!(false));
        assert_eq!(statements, 4, "who asks, how far, the rows, and whether the reading is recorded");
        let mut conn = app.db().connect().unwrap();
        for (filter, index) in FILTERS {
            assert_planned(&mut conn, filter, index);
        }
    }
}

/// What each filter of the log comes down to, and the index that leads to it.
const FILTERS: [(&str, &str); 9] = [
    ("actor_id = $", "events_by_actor"),
    ("subject_id = $", "events_by_subject"),
    ("kind = 'no.kind'", "events_by_kind"),
    ("job_id = $", "events_by_job"),
    ("candidate_id = $", "events_by_candidate"),
    ("application_id = $", "events_by_application"),
    ("session_id = $", "events_by_session"),
    ("request_id = 'no-request'", "events_by_request"),
    ("id >= $", "events_pkey|sqlite_autoindex_events_1"),
];

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text, column_name = "detail")]
    sqlite: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    postgres: String,
}

/// Holds a query to an index that leads to its rows in their order: nothing is scanned or sorted.
fn assert_planned(conn: &mut Conn, filter: &str, index: &str) {
    let select = "SELECT * FROM events WHERE FILTER AND id < @ ORDER BY id DESC LIMIT 21";
    let select = select.replace("FILTER", filter);
    let plan = match conn {
        Conn::Sqlite(conn) => {
            let select = select.replace('@', "x'ffffffffffff7000bfffffffffffffff'");
            let select = select.replace('$', "x'01900000000070008000000000000000'");
            let steps =
                diesel::sql_query(format!("EXPLAIN QUERY PLAN {select}")).load::<Step>(conn);
            steps.unwrap().into_iter().map(|step| step.sqlite).collect::<Vec<_>>().join("\n")
        }
        Conn::Pg(conn) => {
            diesel::sql_query("ANALYZE events").execute(conn).unwrap();
            let select = select.replace('@', "'ffffffff-ffff-7000-bfff-ffffffffffff'");
            let select = select.replace('$', "'01900000-0000-7000-8000-000000000000'");
            let lines = diesel::sql_query(format!("EXPLAIN {select}")).load::<Line>(conn);
            lines.unwrap().into_iter().map(|line| line.postgres).collect::<Vec<_>>().join("\n")
        }
    };
    assert!(index.split('|').any(|index| plan.contains(index)), "{filter}: {plan}");
    for word in ["SCAN", "Seq Scan", "TEMP B-TREE", "Sort"] {
        assert!(!plan.contains(word), "{filter}: {plan}");
    }
}
