//! Crowds: as many made-up applications as one asks for, in an empty database of either kind.

use diesel::prelude::*;
use evenbar::clock::Clock;
use evenbar::db::schema::{application_moves, applications, candidates, events, jobs};
use evenbar::db::{Conn, Db, Limits};
use evenbar::ids::IdSource;
use serde_json::Value;

use crate::support::process::{Service, evenbar, finish, output};
use crate::support::{Engine, fresh_database, fresh_database_url, scratch};

fn counts(conn: &mut Conn) -> QueryResult<[i64; 5]> {
    Ok([
        candidates::table.count().get_result(conn)?,
        applications::table.count().get_result(conn)?,
        application_moves::table.count().get_result(conn)?,
        jobs::table.count().get_result(conn)?,
        events::table.filter(events::kind.eq("organization.populated")).count().get_result(conn)?,
    ])
}

fn a_crowd_has_six_moves_each_and_one_event_for_all(engine: Engine) {
    let Some(url) = fresh_database(engine) else { return };
    let db = Db::open(&url, Limits::default(), Clock::system(), IdSource::random()).unwrap();
    let made = evenbar::crowd::make(&db, 2_300, 1_000, &|_| {}).unwrap();
    assert_eq!((made.jobs, made.applications, made.moves), (3, 2_300, 13_800));
    let counted = db.read_here(|conn| Ok(counts(conn)?)).unwrap();
    assert_eq!(counted, [2_300, 2_300, 13_800, 3, 1]);
    db.seal().unwrap();
    assert!(db.read_here(evenbar::events::verify).unwrap().is_ok());

    let heard = std::cell::Cell::new(0);
    let again = evenbar::crowd::make(&db, 10, 1_000, &|done| heard.set(done));
    assert!(again.unwrap_err().detail.contains("empty database"));
    assert_eq!(heard.get(), 0);
    assert_eq!(db.read_here(|conn| Ok(counts(conn)?)).unwrap(), counted);
}

#[test]
fn a_crowd_has_six_moves_each_and_one_event_for_all_on_sqlite() {
    a_crowd_has_six_moves_each_and_one_event_for_all(Engine::Sqlite);
}

#[test]
fn a_crowd_has_six_moves_each_and_one_event_for_all_on_postgres() {
    a_crowd_has_six_moves_each_and_one_event_for_all(Engine::Postgres);
}

#[test]
fn a_recruiter_of_a_crowd_finds_their_job_on_desk_and_board() {
    let folder = scratch("crowd");
    let url = fresh_database_url(Engine::Sqlite).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = evenbar(&folder, arguments);
        command.env("EVENBAR_DATABASE_URL", &url);
        command
    };
    let told = output(run(&["seed", "--applications", "120", "--per-job", "60"]), "");
    assert!(told.starts_with("120 applications with 720 stage changes for 2 jobs."), "{told}");
    let refused = finish(run(&["seed", "--applications", "0"]), "");
    assert_eq!(refused.status.code(), Some(1));

    let token = output(run(&["admin", "token", "--email", "recruiter-2@crowd.invalid"]), "");
    let mut serve = run(&["serve"]);
    serve.env("EVENBAR_LISTEN", "127.0.0.1:0");
    let service = Service::start(serve);
    let ask = |path: &str| -> Value {
        let (status, body) = service.ask("GET", path, token.trim(), "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    };
    let jobs = ask("/api/v1/jobs");
    let rows = jobs["data"].as_array().unwrap();
    let job = rows.iter().find(|job| job["title"] == "Engineer 2").unwrap();
    let board = ask(&format!("/api/v1/jobs/{}/board", job["id"].as_str().unwrap()));
    let columns = board["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 6);
    let active: i64 = columns.iter().filter_map(|column| column["count"].as_i64()).sum();
    assert!((10..35).contains(&active), "about a third of sixty are under way: {active}");
    let desk = ask("/api/v1/me/desk");
    assert!(desk.to_string().contains("Engineer 2") && !desk.to_string().contains("Engineer 1"));
    drop(service);
    std::fs::remove_dir_all(folder).unwrap();
}
