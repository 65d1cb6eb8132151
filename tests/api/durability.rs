//! What an acknowledged write is worth: planted failures in the writer, the chain of events, and
//! many writers at once.

use std::sync::{Arc, Barrier};

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;
use evenbar::access::{OrgRole, Permit};
use evenbar::db::schema::departments;
use evenbar::db::{Conn, Db, Tx};
use evenbar::error::{Code, Error, Result};
use evenbar::events::{self, Event, EventKind};
use evenbar::ids::DepartmentId;
use serde_json::json;

use crate::both;
use crate::support::{Engine, TestApp, run};

fn insert(tx: &mut Tx<'_>, name: &str) -> Result<DepartmentId> {
    let (id, now): (DepartmentId, _) = (tx.id(), tx.now());
    diesel::insert_into(departments::table)
        .values((
            departments::id.eq(id),
            departments::name.eq(name),
            departments::version.eq(1),
            departments::created_at.eq(now),
            departments::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    events::record(
        tx,
        &Permit::for_system(id),
        &Event::new(EventKind::DepartmentCreated, id.into()),
    )?;
    Ok(id)
}

fn names(db: &Db) -> Vec<String> {
    let load = |conn: &mut Conn| {
        Ok(departments::table.order(departments::name).select(departments::name).load(conn)?)
    };
    db.read_here(load).unwrap()
}

fn raw(app: &TestApp, sqlite: &str, postgres: &str) {
    match &mut app.db().connect().unwrap() {
        Conn::Sqlite(conn) => conn.batch_execute(sqlite).unwrap(),
        Conn::Pg(conn) => conn.batch_execute(postgres).unwrap(),
    }
}

/// A write to do.
type Work = Box<dyn Fn(&mut Tx<'_>) -> Result<DepartmentId> + Send>;

/// Starts all the writes at the same moment, so that they meet in one batch.
fn together(db: &Db, works: Vec<Work>) -> Vec<Result<DepartmentId>> {
    let barrier = Arc::new(Barrier::new(works.len()));
    let threads: Vec<_> = works
        .into_iter()
        .map(|work| {
            let (db, barrier) = (db.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                barrier.wait();
                db.write_here(&db.unit(), work)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

both! {
    async fn a_write_that_panics_inside_a_nested_transaction_takes_nobody_with_it(app) {
        for round in 0..20 {
            let mut works: Vec<Work> = Vec::new();
            for n in 0..8 {
                works.push(Box::new(move |tx| insert(tx, &format!("kept {round} {n}"))));
            }
            works.push(Box::new(|tx| {
                type Manager = <Conn as Connection>::TransactionManager;
                insert(tx, "lost")?;
                Manager::begin_transaction(tx.conn)?;
                insert(tx, "lost deeper")?;
                panic!("planted");
            }));
            works.push(Box::new(|tx| {
                insert(tx, "refused")?;
                Err(Error::new(Code::NotReady, "planted"))
            }));
            let results = together(app.db(), works);
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 8);
        }
        let names = names(app.db());
        assert_eq!(names.len(), 160);
        assert!(names.iter().all(|name| name.starts_with("kept")));
    }

    async fn a_chain_of_events_holds_until_somebody_touches_it(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        for n in 0..5 {
            app.post(&admin, "/departments", json!({ "name": format!("D{n}") })).await.created();
        }
        app.db().seal().unwrap();
        let verify = || app.db().read_here(events::verify).unwrap();
        assert_eq!(verify().unwrap().head.position, 5);

        let free = (
            "DROP TRIGGER events_refuse_update; DROP TRIGGER events_refuse_delete;
             DROP TRIGGER event_log_refuse_update; DROP TRIGGER event_log_refuse_delete;",
            "ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE event_log DISABLE TRIGGER ALL",
        );
        raw(&app, free.0, free.1);

        let of_third = "id = (SELECT event_id FROM event_log WHERE position = 3)";
        let change = |payload: &str| format!("UPDATE events SET payload = '{payload}' WHERE {of_third}");
        raw(&app, &change(r#"{"a":1}"#), &change(r#"{"a":1}"#));
        assert_eq!(verify().unwrap_err().position, 3);
        raw(&app, &change("{}"), &change("{}"));
        assert!(verify().is_ok());

        let swap = "UPDATE event_log SET position = -2 WHERE position = 2;
             UPDATE event_log SET position = 2 WHERE position = 3;
             UPDATE event_log SET position = 3 WHERE position = -2;";
        raw(&app, swap, swap);
        assert_eq!(verify().unwrap_err().position, 2);
        raw(&app, swap, swap);
        assert!(verify().is_ok());

        let remove = "DELETE FROM event_log WHERE position = 4";
        raw(&app, remove, remove);
        assert_eq!(verify().unwrap_err().position, 5);
    }

    async fn history_refuses_to_be_rewritten(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.post(&admin, "/departments", json!({ "name": "Sales" })).await.created();
        app.db().seal().unwrap();
        for statement in ["UPDATE events SET kind = 'x'", "DELETE FROM events", "DELETE FROM event_log"] {
            let refused = match &mut app.db().connect().unwrap() {
                Conn::Sqlite(conn) => conn.batch_execute(statement).is_err(),
                Conn::Pg(conn) => conn.batch_execute(statement).is_err(),
            };
            assert!(refused, "{statement}");
        }
    }

    async fn sixteen_writers_and_a_follower_miss_no_event(app) {
        const WRITERS: usize = 16;
        const EACH: usize = 25;
        let db = app.db().clone();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let db = db.clone();
                std::thread::spawn(move || {
                    for n in 0..EACH {
                        let name = format!("{writer} {n}");
                        db.write_here(&db.unit(), move |tx| insert(tx, &name)).unwrap();
                    }
                })
            })
            .collect();
        let follow = |conn: &mut Conn, after: i64| {
            use evenbar::db::schema::event_log;
            let query = event_log::table.filter(event_log::position.gt(after)).order(event_log::position);
            Ok(query.select(event_log::position).load::<i64>(conn)?)
        };
        let mut seen: Vec<i64> = Vec::new();
        loop {
            let finished = writers.iter().all(std::thread::JoinHandle::is_finished);
            db.seal().unwrap();
            let after = seen.last().copied().unwrap_or(0);
            let new = db.read_here(move |conn| follow(conn, after)).unwrap();
            if finished && new.is_empty() {
                break;
            }
            seen.extend(new);
        }
        let expected: Vec<i64> = (1..=i64::try_from(WRITERS * EACH).unwrap()).collect();
        assert_eq!(seen, expected);
        assert_eq!(db.read_here(events::verify).unwrap().unwrap().unsealed, 0);
    }
}

#[test]
fn an_engine_that_drops_the_transaction_acknowledges_nothing_of_the_batch() {
    run(Engine::Sqlite, |app| async move {
        raw(
            &app,
            "CREATE TRIGGER planted BEFORE INSERT ON departments WHEN NEW.name = 'poison'
             BEGIN SELECT RAISE(ROLLBACK, 'planted'); END",
            "",
        );
        let mut acknowledged = Vec::new();
        for round in 0..20 {
            let mut works: Vec<Work> = Vec::new();
            for n in 0..8 {
                works.push(Box::new(move |tx| insert(tx, &format!("{round:02} {n}"))));
            }
            works.push(Box::new(|tx| insert(tx, "poison")));
            let results = together(app.db(), works);
            assert!(results.last().unwrap().is_err());
            for (n, result) in results.iter().take(8).enumerate() {
                match result {
                    Ok(_) => acknowledged.push(format!("{round:02} {n}")),
                    Err(error) => assert_eq!(error.code, Code::DatabaseUnavailable),
                }
            }
        }
        acknowledged.sort();
        assert_eq!(names(app.db()), acknowledged);
        assert!(app.db().read_here(events::verify).unwrap().is_ok());
        app.db().write_here(&app.db().unit(), |tx| insert(tx, "after")).unwrap();
    });
}
