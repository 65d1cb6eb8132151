//! The disk is full, the database is gone: what the service says meanwhile, and that it goes on by
//! itself afterwards.

use std::sync::mpsc::channel;

use actix_web::dev::Service as _;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use diesel::connection::SimpleConnection;
use evenbar::access::OrgRole;
use evenbar::db::Url;
use evenbar::events;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::environment::required;
use crate::support::process::{Service, evenbar, output};
use crate::support::{Engine, Person, TestApp, postgres_admin, run, scratch};

const GONE: &str = "database_unavailable";

/// The database of this test in the cluster.
fn database(app: &TestApp) -> String {
    let Url::Postgres(url) = app.db().url() else { panic!("not PostgreSQL") };
    url.expose_secret().rsplit('/').next().unwrap().to_owned()
}

/// Ends every connection that somebody has to the database.
fn put_out(name: &str) {
    postgres_admin(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
}

/// What an outage does: nobody gets in any more, and who was in is put out.
fn cut_off(name: &str) {
    postgres_admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    put_out(name);
}

fn let_in(name: &str) {
    postgres_admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
}

async fn probe(app: &TestApp, path: &str) -> crate::support::Reply {
    app.send(TestRequest::with_uri(path)).await
}

/// Asks again and again, as the machine around a service does, until it is ready.
async fn until_ready(app: &TestApp) {
    for _ in 0..20_000 {
        if probe(app, "/readyz").await.status == 200 {
            return;
        }
    }
    panic!("the service did not recover");
}

fn department(name: &str) -> Value {
    json!({ "name": name })
}

async fn names(app: &TestApp, person: &Person) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(person, &format!("/departments?limit=100{cursor}")).await;
        let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
        names.extend(page.rows().iter().map(name));
        match page.json["next_cursor"].as_str() {
            Some(next) if page.json["has_more"] == true => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    names.sort();
    names
}

/// Nothing can be read or written, and everybody is told so in the same way.
async fn expect_gone(app: &TestApp, admin: &Person) {
    for _ in 0..3 {
        app.get(admin, "/departments").await.problem(503, GONE);
        app.post(admin, "/departments", department("Lost")).await.problem(503, GONE);
        probe(app, "/readyz").await.problem(503, GONE);
        probe(app, "/livez").await.ok();
    }
}

/// Only what was acknowledged is there, writes work, and the chain holds.
async fn expect_whole(app: &TestApp, admin: &Person, mut acknowledged: Vec<String>) {
    probe(app, "/readyz").await.ok();
    app.post(admin, "/departments", department("Afterwards")).await.created();
    acknowledged.push("Afterwards".to_owned());
    acknowledged.sort();
    assert_eq!(names(app, admin).await, acknowledged);
    app.db().seal().unwrap();
    let chain = app.db().read_here(events::verify).unwrap().unwrap();
    assert_eq!(chain.head.position, i64::try_from(acknowledged.len()).unwrap());
}

#[test]
fn postgres_that_is_gone_is_a_problem_until_it_is_back() {
    run(Engine::Postgres, |app| async move {
        let admin = app.person("Ada", OrgRole::Admin);
        let name = database(&app);
        app.post(&admin, "/departments", department("Kept")).await.created();
        cut_off(&name);
        expect_gone(&app, &admin).await;
        let_in(&name);
        until_ready(&app).await;
        expect_whole(&app, &admin, vec!["Kept".to_owned()]).await;
    });
}

#[test]
fn postgres_that_restarted_between_two_requests_is_not_noticed() {
    run(Engine::Postgres, |app| async move {
        let admin = app.person("Ada", OrgRole::Admin);
        let mut kept = Vec::new();
        for round in 0..3 {
            put_out(&database(&app));
            let name = format!("Round {round}");
            app.post(&admin, "/departments", department(&name)).await.created();
            put_out(&database(&app));
            app.get(&admin, "/departments").await.ok();
            kept.push(name);
        }
        expect_whole(&app, &admin, kept).await;
    });
}

#[test]
fn postgres_that_cannot_write_is_read_and_not_ready() {
    run(Engine::Postgres, |app| async move {
        let admin = app.person("Ada", OrgRole::Admin);
        let name = database(&app);
        let read_only = |value: &str| {
            postgres_admin(&format!(
                "ALTER DATABASE {name} SET default_transaction_read_only = {value}"
            ));
            put_out(&name);
        };
        app.post(&admin, "/departments", department("Kept")).await.created();
        read_only("on");
        for _ in 0..2 {
            app.post(&admin, "/departments", department("Lost")).await.problem(503, GONE);
            probe(&app, "/readyz").await.problem(503, GONE);
            assert_eq!(names(&app, &admin).await, ["Kept"]);
        }
        read_only("off");
        expect_whole(&app, &admin, vec!["Kept".to_owned()]).await;
    });
}

#[test]
fn what_was_acknowledged_before_the_connections_broke_is_there_afterwards() {
    run(Engine::Postgres, |app| async move {
        const WRITERS: usize = 4;
        let admin = app.person("Ada", OrgRole::Admin);
        let name = database(&app);
        let (tell, told) = channel::<()>();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (state, token) = (std::sync::Arc::clone(&app.state), admin.token.clone());
                let tell = tell.clone();
                std::thread::spawn(move || {
                    let write = async move {
                        let service = init_service(evenbar::app::build(&state)).await;
                        let mut acknowledged = Vec::new();
                        for n in 0.. {
                            let name = format!("{writer} {n:04}");
                            let request = TestRequest::with_uri("/api/v1/departments")
                                .method(Method::POST)
                                .insert_header(("Authorization", format!("Bearer {token}")))
                                .set_json(department(&name));
                            let reply = service.call(request.to_request()).await;
                            match reply.map_or(500, |reply| reply.status().as_u16()) {
                                201 => acknowledged.push(name),
                                status => {
                                    assert_eq!(status, 503);
                                    break;
                                }
                            }
                            tell.send(()).unwrap();
                        }
                        acknowledged
                    };
                    actix_web::rt::System::new().block_on(write)
                })
            })
            .collect();
        told.iter().take(8 * WRITERS).for_each(drop);
        cut_off(&name);
        let acknowledged = writers.into_iter().flat_map(|writer| writer.join().unwrap());
        let acknowledged: Vec<String> = acknowledged.collect();
        let_in(&name);
        until_ready(&app).await;
        let found = names(&app, &admin).await;
        assert!(acknowledged.len() >= 8 * WRITERS);
        assert!(acknowledged.iter().all(|name| found.contains(name)), "{found:?}");
        // A COMMIT whose answer was lost may have been done; each writer had one at most.
        assert!(found.len() <= acknowledged.len() + WRITERS, "{found:?}");
        app.db().seal().unwrap();
        assert!(app.db().read_here(events::verify).unwrap().is_ok());
    });
}

/// Lets the file grow no further on the writer's connection, whose engine then says what it says on
/// a full disk.
fn fill_up(app: &TestApp) {
    let limit =
        |tx: &mut evenbar::db::Tx<'_>| Ok(tx.conn.batch_execute("PRAGMA max_page_count = 1")?);
    app.db().write_here(&app.db().unit(), limit).unwrap();
}

#[test]
fn sqlite_without_room_refuses_a_write_as_a_whole_and_is_read() {
    run(Engine::Sqlite, |app| async move {
        let admin = app.person("Ada", OrgRole::Admin);
        let mut acknowledged = Vec::new();
        for round in 0..3 {
            fill_up(&app);
            // Pages that are there already take some more.
            let refused = loop {
                let name = format!("Round {round}, {:04}", acknowledged.len());
                let reply = app.post(&admin, "/departments", department(&name)).await;
                if reply.status != 201 {
                    break reply;
                }
                acknowledged.push(name);
            };
            refused.problem(503, GONE);
            assert_eq!(names(&app, &admin).await, acknowledged);
        }
        expect_whole(&app, &admin, acknowledged).await;
    });
}

#[test]
fn a_sqlite_file_that_is_gone_is_a_problem_until_it_is_back() {
    run(Engine::Sqlite, |app| async move {
        let admin = app.person("Ada", OrgRole::Admin);
        let Url::Sqlite(path) = app.db().url().clone() else { panic!("not SQLite") };
        app.post(&admin, "/departments", department("Kept")).await.created();
        let away = path.with_extension("away");
        std::fs::rename(&path, &away).unwrap();
        expect_gone(&app, &admin).await;
        assert!(!path.exists(), "nothing was made in its place");
        std::fs::write(&path, b"").unwrap();
        expect_gone(&app, &admin).await;
        assert_eq!(std::fs::read(&path).unwrap(), b"", "what lies in its place is left alone");
        std::fs::rename(&away, &path).unwrap();
        expect_whole(&app, &admin, vec!["Kept".to_owned()]).await;
    });
}

/// Lets a process write to no file any more, or to every file again. False without the program.
fn limit_files(service: &Service, limit: &str) -> bool {
    let process = service.id().to_string();
    let limit = format!("--fsize={limit}:");
    let arguments = ["--pid", &process, &limit];
    if let Ok(status) = std::process::Command::new("prlimit").args(arguments).status() {
        return status.success();
    }
    assert!(!required("EVENBAR_REQUIRE_TOOLS"), "there is no prlimit");
    eprintln!("SKIPPED: no prlimit on this machine.");
    false
}

#[test]
fn a_service_that_may_write_no_file_goes_on_when_it_may_again() {
    let folder = scratch("full");
    output(evenbar(&folder, &["migrate"]), "");
    let owner =
        ["admin", "owner", "--email", "ada@example.com", "--name", "Ada", "--password-stdin"];
    output(evenbar(&folder, &owner), "correct horse battery staple\n");
    let token = output(evenbar(&folder, &["admin", "token", "--email", "ada@example.com"]), "");
    let token = token.trim();
    let start = || {
        // The kernel then answers a write beyond the limit with an error, not with a signal.
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_evenbar")]);
        shell.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(&folder).env_clear();
        Service::start(shell)
    };
    let service = start();
    let write = |service: &Service, name: &str| {
        service.ask("POST", "/api/v1/departments", token, &department(name).to_string())
    };
    let names = |service: &Service| {
        let (status, body) = service.ask("GET", "/api/v1/departments", token, "");
        assert_eq!(status, 200, "{body}");
        let page: Value = serde_json::from_str(&body).unwrap();
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(write(&service, "Kept").0, 201);
    if !limit_files(&service, "0") {
        return;
    }
    for _ in 0..3 {
        let (status, body) = write(&service, "Lost");
        assert_eq!(status, 503, "{body}");
        assert!(body.contains(GONE), "{body}");
        assert_eq!(service.ask("GET", "/readyz", "", "").0, 503);
        assert_eq!(service.ask("GET", "/livez", "", "").0, 200);
        assert_eq!(names(&service), ["Kept"]);
    }
    assert!(limit_files(&service, "unlimited"));
    assert_eq!(service.ask("GET", "/readyz", "", "").0, 200);
    assert_eq!(write(&service, "Later").0, 201);
    drop(service);
    assert_eq!(names(&start()), ["Later", "Kept"], "what was acknowledged outlives the process");
    let chain = output(evenbar(&folder, &["admin", "verify-audit"]), "");
    assert!(chain.starts_with("The chain holds: "), "{chain}");
    std::fs::remove_dir_all(folder).unwrap();
}
