//! Anonymizing candidates: what stands in the way, what is left, and that nothing else is.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use evenbar::access::OrgRole;
use evenbar::db::types::DbUuid;
use evenbar::db::{Conn, Url};
use evenbar::events;
use evenbar::ids::{CandidateId, MessageId};
use evenbar::messages;
use evenbar::retention::registry::{Erased, SHELL, TABLES, Way};
use evenbar::retention::scrub;
use serde_json::{Value, json};

use crate::access::scene::{CONTACT, JUDGEMENT, NAME, Scene};
use crate::both;
use crate::support::{Person, Reply, TestApp, hiring};

/// Stands in every column that erasure empties; one word, so that the index of the search holds it whole.
const CANARY: &str = "Quibblecanary7319";

fn reason() -> Value {
    json!({ "reason": "requested" })
}

async fn anonymize(app: &TestApp, person: &Person, candidate: &str) -> Reply {
    app.put(person, &format!("/candidates/{candidate}/anonymization"), reason()).await
}

/// Puts the canary wherever the registry says that erasure empties something, in all rows of the
/// candidate that are there. Returns in how many tables that was.
fn plant(app: &TestApp, candidate: &str) -> usize {
    let id: CandidateId = candidate.parse().unwrap();
    let is_document = |erased| erased == Erased::Object;
    let work = move |tx: &mut evenbar::db::Tx<'_>| {
        let mut planted = 0;
        for table in TABLES.iter().filter(|table| !table.is_deleted()) {
            let emptied = table.columns.iter().filter(|column| {
                let words = [Erased::Null, Erased::Emptied].contains(&column.erased);
                // An id, and documents that are read as such.
                let own = ["user_id", "answer", "windows", "time_zone"].contains(&column.name);
                (words && !own) || is_document(column.erased)
            });
            let changes: Vec<String> = emptied
                .map(|column| {
                    let document = format!("{} = '{{\"canary\": \"{CANARY}\"}}'", column.name);
                    let words = format!("{} = '{CANARY}'", column.name);
                    if is_document(column.erased) { document } else { words }
                })
                .collect();
            if changes.is_empty() {
                continue;
            }
            let statement = format!(
                "UPDATE {} SET {} WHERE {}",
                table.name,
                changes.join(", "),
                table.way.condition()
            );
            planted += sql_query(statement).bind::<DbUuid, _>(id.any()).execute(tx.conn)?.min(1);
        }
        Ok(planted)
    };
    app.db().write_here(&app.db().unit(), work).unwrap()
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Everything that is stored, as bytes: the files of SQLite, or every row of every table of PostgreSQL.
fn stored(app: &TestApp) -> Vec<u8> {
    if let Url::Sqlite(path) = app.db().url() {
        let beside =
            |end: &str| std::fs::read(format!("{}{end}", path.display())).unwrap_or_default();
        return [beside(""), beside("-wal"), beside("-shm")].concat();
    }
    let dump = |conn: &mut Conn| {
        let tables = "SELECT table_name::text AS text FROM information_schema.tables \
            WHERE table_schema = 'public'";
        let tables: Vec<One> = sql_query(tables).load(conn)?;
        let mut all = String::new();
        for table in tables {
            let rows = format!("SELECT t::text AS text FROM \"{}\" t", table.text);
            let rows: Vec<One> = sql_query(rows).load(conn)?;
            for row in rows {
                all.push_str(&row.text);
            }
        }
        Ok(all.into_bytes())
    };
    app.db().read_here(dump).unwrap()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    let hex = evenbar::digest::hex(words.as_bytes());
    [words.as_bytes(), hex.as_bytes()]
        .iter()
        .any(|words| bytes.windows(words.len()).any(|window| window == *words))
}

both! {
    async fn nothing_is_left_of_a_hire_but_ids_and_counts(app) {
        let scene = Scene::new(&app).await;
        let (recruiter, admin) = (scene.who("recruiter"), scene.who("admin"));
        let (candidate, application) = (scene.id("cand"), scene.id("app"));
        let note = json!({ "visibility": "public", "body": format!("{CANARY} sings.") });
        app.post(recruiter, &format!("/candidates/{candidate}/notes"), note).await.created();
        let file = (format!("{CANARY}.txt"), CANARY.as_bytes());
        let path = format!("/candidates/{candidate}");
        app.attach(recruiter, &path, "other", (&file.0, file.1)).await.created();
        let rejected = json!({ "reason_id": scene.id("reason"), "note": CANARY });
        app.put(recruiter, &format!("/applications/{application}/rejection"), rejected).await.ok();
        assert!(plant(&app, candidate) > 15);
        let before = stored(&app);
        let folded = CANARY.to_lowercase();
        assert!([CANARY, NAME, CONTACT, &folded].iter().all(|words| holds(&before, words)));

        let release = json!({ "reason": "Settled." });
        app.put(admin, &format!("/retention-holds/{}/release", scene.id("hold")), release).await.ok();
        let done = anonymize(&app, admin, candidate).await;
        assert_eq!(done.ok()["reason"], "requested");
        scrub(app.db()).unwrap();
        let after = stored(&app);
        for words in [CANARY, NAME, CONTACT, JUDGEMENT, &folded] {
            assert!(!holds(&after, words), "{words} is still there");
        }
        app.db().seal().unwrap();
        assert!(app.db().read_here(events::verify).unwrap().is_ok());

        let shell = app.get(recruiter, &format!("/candidates/{candidate}")).await;
        assert_eq!(shell.ok()["name"], SHELL);
        assert_eq!(shell.json["contact_points"], json!([]));
        let read = [("app", "applications"), ("card", "scorecards"), ("debrief", "debriefs"),
            ("offer", "offers"), ("offerver", "offer-versions"), ("int", "interviews")];
        for (prefix, path) in read {
            app.get(recruiter, &format!("/{path}/{}", scene.id(prefix))).await.ok();
        }
        for path in ["notes", "attachments", "retention-holds", "duplicate-hints"] {
            app.get(recruiter, &format!("/candidates/{candidate}/{path}")).await.ok();
        }
        anonymize(&app, admin, candidate).await.problem(409, "candidate_anonymized");
        let note = json!({ "visibility": "public", "body": "Once more." });
        let again = app.post(recruiter, &format!("/candidates/{candidate}/notes"), note).await;
        again.problem(409, "candidate_anonymized");
        let reopened = json!({ "reason": "Once more." });
        let again = app.post(recruiter, &format!("/applications/{application}/reopenings"), reopened).await;
        again.problem(409, "candidate_anonymized");
    }

    async fn what_became_of_a_mail_is_still_noted_when_its_reader_was_anonymized_meanwhile(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        let seen = app.get(&rita, &format!("/applications/{application}")).await;
        let candidate = seen.ok()["candidate_id"].as_str().unwrap().to_owned();
        let known = json!({ "contact_points": [{ "kind": "email", "value": "ada@candidate.example" }] });
        app.patch(&rita, &format!("/candidates/{candidate}"), known).await.ok();
        app.put(&rita, &format!("/applications/{application}/withdrawal"), json!({})).await.ok();
        let words = json!({ "purpose": "update", "subject": "Farewell", "body": "All the best." });
        let message = app.post(&rita, &format!("/applications/{application}/messages"), words).await;
        message.created();
        let id: MessageId = message.id().parse().unwrap();
        let write = |work: fn(&mut evenbar::db::Tx<'_>, MessageId)| {
            app.db().write_here(&app.db().unit(), move |tx| {
                work(tx, id);
                Ok(())
            })
        };
        write(|tx, id| {
            messages::take(tx, id, Some("ada@candidate.example")).unwrap();
        })
        .unwrap();
        anonymize(&app, &rita, &candidate).await.ok();
        write(|tx, id| messages::settle(tx, id, &messages::Outcome::Sent).unwrap()).unwrap();
        let seen = app.get(&rita, &format!("/messages/{id}")).await;
        assert_eq!((&seen.ok()["state"], &seen.json["recipient"]), (&json!("sent"), &Value::Null));
    }

    async fn a_live_application_or_a_hold_stands_in_the_way(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let admin = app.person("Ada", OrgRole::Admin);
        let cora = app.person("Cora", OrgRole::Coordinator);
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        let seen = app.get(&rita, &format!("/applications/{application}")).await;
        let candidate = seen.ok()["candidate_id"].as_str().unwrap().to_owned();
        anonymize(&app, &cora, &candidate).await.problem(403, "forbidden");
        anonymize(&app, &rita, &candidate).await.problem(409, "not_ready");
        app.put(&rita, &format!("/applications/{application}/withdrawal"), json!({})).await.ok();
        let end = app.clock.now() + TimeDelta::days(2);
        let hold = json!({ "reason": "A claim.", "ends_at": end });
        let path = format!("/candidates/{candidate}/retention-holds");
        let hold = app.post(&admin, &path, hold).await;
        hold.created();
        let refused = anonymize(&app, &rita, &candidate).await;
        let detail = refused.problem(409, "not_ready")["detail"].as_str().unwrap();
        assert!(detail.contains(&hold.id()), "{detail}");
        app.advance(TimeDelta::days(3));
        let rita = app.again(&rita);
        anonymize(&app, &rita, &candidate).await.ok();
        assert_eq!(app.get(&rita, &path).await.rows()[0]["reason"], Value::Null);
    }
}

#[test]
fn what_goes_with_the_last_file_is_the_one_thing_that_is_shared() {
    let shared: Vec<&str> =
        TABLES.iter().filter(|table| table.way == Way::Content).map(|table| table.name).collect();
    assert_eq!(shared, ["attachment_contents"]);
}
