//! The demo: what somebody finds who starts it to look around.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use actix_web::test::TestRequest;
use diesel::connection::SimpleConnection;
use evenbar::clock::Clock;
use evenbar::config::Settings;
use evenbar::db::{Conn, Db, Limits, Url};
use evenbar::demo::{is_demo, prepare, seed};
use evenbar::events;
use evenbar::http::Mode;
use evenbar::ids::IdSource;
use evenbar::organization::setup::admin::{NewOwner, create_owner};
use evenbar::sessions::NewPassword;
use serde_json::Value;

use crate::support::{Person, TestApp, scratch};

fn settings(folder: &str) -> Settings {
    let folder = scratch(folder);
    Settings {
        database_url: format!("sqlite://{}", folder.join("evenbar.sqlite3").display()),
        mail_folder: folder.join("mail"),
        ..Settings::default()
    }
}

fn open(settings: &Settings) -> Db {
    let url = settings.url().unwrap();
    Db::open(&url, Limits::default(), Clock::system(), IdSource::random()).unwrap()
}

fn path(settings: &Settings) -> PathBuf {
    let Url::Sqlite(path) = settings.url().unwrap() else { panic!("not SQLite") };
    path
}

/// A demo of its own for a test; the company is made once.
fn demo(folder: &str) -> Settings {
    static COMPANY: LazyLock<PathBuf> = LazyLock::new(|| {
        let settings = settings("demo-company");
        seed(&settings).unwrap().expect("it was empty");
        let Conn::Sqlite(mut conn) = open(&settings).connect().unwrap() else { panic!() };
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        path(&settings)
    });
    let settings = settings(folder);
    std::fs::copy(&*COMPANY, path(&settings)).unwrap();
    settings
}

/// Runs a test on an application over a demo.
fn run<F: Future<Output = ()>>(folder: &str, test: impl FnOnce(TestApp) -> F) {
    let settings = demo(folder);
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::over(open(&settings), Clock::system(), Mode::Demo).await;
        test(app).await;
    });
    std::fs::remove_dir_all(path(&settings).parent().unwrap()).unwrap();
}

async fn page(app: &TestApp, request: TestRequest) -> String {
    let reply = app.send(request.insert_header(("Host", "127.0.0.1:8080"))).await;
    reply.ok();
    String::from_utf8(reply.bytes).unwrap()
}

async fn front(app: &TestApp) -> String {
    page(app, TestRequest::with_uri("/")).await
}

/// What stands between two texts, each time.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Vec<&'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

/// Everybody on the page by name, signed in with one click.
async fn personas(app: &TestApp) -> BTreeMap<String, Person> {
    let front = front(app).await;
    let names = between(&front, "<strong>", "</strong>");
    let ids = between(&front, "name=\"user_id\" value=\"", "\"");
    assert_eq!(names.len(), ids.len());
    let mut people = BTreeMap::new();
    for (name, id) in names.into_iter().zip(ids) {
        let click = TestRequest::post().uri("/demo/sign-in").set_form([("user_id", id)]);
        let signed_in = page(app, click).await;
        let token = between(&signed_in, "<pre class=\"token\">", "</pre>")[0].to_owned();
        let id = id.parse().unwrap();
        people.insert(name.to_owned(), Person { id, token, email: String::new() });
    }
    people
}

fn texts<'v>(rows: &'v [Value], field: &str) -> Vec<&'v str> {
    rows.iter().map(|row| row[field].as_str().unwrap_or_default()).collect()
}

/// Where an application stands, in a line: status and stage; its interviews; cards in and cards owed;
/// its debrief; its offer; how often it was taken up again.
async fn stands(app: &TestApp, recruiter: &Person, row: &Value) -> String {
    let id = row["id"].as_str().unwrap();
    let of = async |list: &str| {
        app.get(recruiter, &format!("/{list}?application_id={id}&limit=100")).await.rows().clone()
    };
    let interviews: BTreeSet<String> =
        texts(&of("interviews").await, "state").into_iter().map(str::to_owned).collect();
    let mut seats = Vec::new();
    for interview in of("interviews").await {
        let path = format!("/interviews/{}", interview["id"].as_str().unwrap());
        seats.extend(app.get(recruiter, &path).await.ok()["panel"].as_array().unwrap().clone());
    }
    let submitted = seats.iter().filter(|seat| !seat["submitted_at"].is_null()).count();
    let events = of("events").await;
    let reopened = events.iter().filter(|event| event["kind"] == "application.reopened").count();
    let interviews: Vec<String> = interviews.into_iter().collect();
    format!(
        "{}, {} | {} | {submitted} of {} | {} | {} | {reopened}",
        row["status"].as_str().unwrap(),
        row["stage_name"].as_str().unwrap(),
        interviews.join(" "),
        seats.len(),
        texts(&of("debriefs").await, "state").join(" "),
        texts(&of("offers").await, "state").join(" "),
    )
}

#[test]
fn eight_people_hire_for_three_jobs_and_candidates_stand_in_every_state() {
    run("demo-states", |app| async move {
        let people = personas(&app).await;
        assert_eq!(people.len(), 8);
        let recruiter = &people["Tomasz Wilk"];
        assert_eq!(app.get(recruiter, "/jobs").await.rows().len(), 3);
        assert_eq!(app.get(recruiter, "/candidates").await.rows().len(), 15);
        let applications = app.get(recruiter, "/applications?limit=100").await.rows().clone();
        let mut found = BTreeMap::new();
        for row in &applications {
            let name = row["candidate_name"].as_str().unwrap();
            found.insert(name, stands(&app, recruiter, row).await);
        }
        let expected = [
            ("Marit Solheim", "active, Application review |  | 0 of 0 |  |  | 0"),
            ("Kwame Mensah", "active, First conversation |  | 0 of 0 |  |  | 0"),
            ("Beatriz Falcão", "active, Interviews | draft | 0 of 0 | planned |  | 0"),
            ("Piotr Zawadzki", "active, Interviews | confirmed | 0 of 3 | planned |  | 0"),
            ("Neha Kulkarni", "active, Interviews | completed | 1 of 3 | gathering |  | 0"),
            ("Esteban Rojas", "active, Interviews | completed | 2 of 3 | stalled |  | 0"),
            ("Ola Nyström", "active, Interviews | completed | 3 of 3 | deciding |  | 0"),
            ("Abena Owusu", "active, Interviews | completed | 3 of 3 | decided |  | 0"),
            ("Jakub Lis", "active, Offer | completed | 3 of 3 | decided | draft | 0"),
            ("Rita Sequeira", "active, Offer | completed | 3 of 3 | decided | pending | 0"),
            ("Sanjay Deshmukh", "active, Offer | completed | 3 of 3 | decided | extended | 0"),
            ("Carmen Villalobos", "hired, Offer | completed | 3 of 3 | decided | accepted | 0"),
            ("Ingrid Haugen", "rejected, First conversation |  | 0 of 0 |  |  | 0"),
            ("Filip Nowak", "active, First conversation |  | 0 of 0 |  |  | 1"),
            ("Efua Boateng", "withdrawn, Interviews | cancelled | 0 of 0 | cancelled |  | 0"),
        ];
        let expected = expected.map(|(name, stands)| (name, stands.to_owned()));
        assert_eq!(found, BTreeMap::from(expected));
    });
}

#[test]
fn every_persona_signs_in_with_one_click_and_sees_what_is_theirs() {
    run("demo-personas", |app| async move {
        let people = personas(&app).await;
        let mut zones = BTreeSet::new();
        let mut seen = Vec::new();
        for (name, person) in &people {
            let me = app.get(person, "/me").await;
            assert_eq!(me.ok()["name"], *name);
            zones.insert(me.json["time_zone"].as_str().unwrap().to_owned());
            let rows = app.get(person, "/applications?limit=100").await.rows().len();
            seen.push((name.as_str(), me.json["role"].as_str().unwrap().to_owned(), rows));
        }
        assert!(zones.len() >= 5, "{zones:?}");
        // Recruiting sees every application, members those of their teams and panels, and who
        // approves offers those with an offer to approve.
        let expected = [
            ("Amara Okafor", "coordinator", 15),
            ("Arjun Mehta", "member", 9),
            ("Graça Antunes", "member", 3),
            ("Hanna Kowalczyk", "member", 13),
            ("Ines Duarte", "owner", 3),
            ("Luis Herrera", "member", 11),
            ("Priya Raman", "member", 9),
            ("Tomasz Wilk", "recruiter", 15),
        ];
        assert_eq!(seen, expected.map(|(name, role, rows)| (name, role.to_owned(), rows)));
    });
}

#[test]
fn what_the_page_says_is_owed_is_owed() {
    run("demo-duties", |app| async move {
        let front = front(&app).await;
        let owed = between(&front, "<p class=\"owes\">Owes ", ".</p>").join("; ");
        let count = |duty: &str| owed.matches(duty).count();
        let counted = (
            count("a scorecard about"),
            count("the decision about"),
            count("a vote on the offer to"),
        );
        let people = personas(&app).await;
        let (mut cards, mut decisions, mut votes) = (0, 0, 0);
        for person in people.values() {
            let path = format!("/interviews?user_id={}&limit=100", person.id);
            for interview in app.get(person, &path).await.rows() {
                let path = format!("/interviews/{}", interview["id"].as_str().unwrap());
                let interview = app.get(person, &path).await;
                let application = interview.ok()["application_id"].as_str().unwrap().to_owned();
                let application = app.get(person, &format!("/applications/{application}")).await;
                let panel = interview.json["panel"].as_array().unwrap();
                let mine = panel.iter().filter(|seat| seat["user_id"] == person.id.to_string());
                if application.ok()["status"] == "active" {
                    cards += mine.filter(|seat| seat["submitted_at"].is_null()).count();
                }
            }
            let debriefs = app.get(person, "/debriefs?limit=100").await.rows().clone();
            let awaited = |row: &&Value| {
                row["state"] == "deciding" && row["decider_id"] == person.id.to_string()
            };
            decisions += debriefs.iter().filter(awaited).count();
            votes += app.get(person, "/approval-runs?waiting_for=me").await.rows().len();
        }
        assert_eq!(counted, (cards, decisions, votes), "{owed}");
        assert!(cards > 0 && decisions > 0 && votes > 0, "{owed}");
    });
}

#[test]
fn the_front_page_leads_to_the_documentation_and_the_mailbox() {
    run("demo-front", |app| async move {
        assert!(app.deliver_mail() > 0, "what happened last is live, and mails are owed for it");
        let front = front(&app).await;
        for link in ["href=\"/docs/\"", "href=\"/openapi.json\"", "href=\"#mailbox\""] {
            assert!(front.contains(link), "no {link}");
        }
        let subjects = between(&front, "<summary><span>", "</span>");
        assert!(!subjects.is_empty());
        let owner = &personas(&app).await["Ines Duarte"];
        let mails = app.get(owner, "/dev/mails").await.rows().clone();
        assert!(mails.len() >= subjects.len());
        page(&app, TestRequest::with_uri("/docs/")).await;
        let elsewhere = TestRequest::with_uri("/").insert_header(("Host", "demo.example.com"));
        app.send(elsewhere).await.problem(404, "not_found");
    });
}

#[test]
fn a_demo_keeps_its_own_and_its_chain_holds() {
    let settings = demo("demo-kept");
    let state = || {
        let db = open(&settings);
        let verified = db.read_here(events::verify).unwrap().unwrap();
        assert_eq!(verified.unsealed, 0);
        (verified.head.position, verified.head.hash, is_demo(&db).unwrap())
    };
    let before = state();
    assert!(before.0 > 100 && before.2);
    for _ in 0..2 {
        prepare(settings.clone()).unwrap();
        assert_eq!(state(), before);
    }
    assert_eq!(seed(&settings).unwrap(), None);
    std::fs::remove_dir_all(path(&settings).parent().unwrap()).unwrap();
}

#[test]
fn a_demo_whose_making_was_interrupted_is_made_anew() {
    let settings = demo("demo-interrupted");
    let marker = path(&settings).with_extension("sqlite3.unfinished");
    std::fs::write(&marker, b"").unwrap();
    let made = seed(&settings).unwrap().expect("half a company is made anew");
    assert_eq!((made.people, made.jobs, made.candidates), (8, 3, 15));
    assert!(!marker.exists());
    assert_eq!(seed(&settings).unwrap(), None);
    std::fs::remove_dir_all(path(&settings).parent().unwrap()).unwrap();
}

#[test]
fn a_database_that_is_no_demo_is_refused_and_left_alone() {
    let settings = settings("demo-refused");
    let db = open(&settings);
    evenbar::db::migrate(&mut db.connect().unwrap()).unwrap();
    let password = NewPassword::parse("correct horse battery staple".to_owned()).unwrap();
    let owner = NewOwner {
        organization_name: "Example Ltd".parse().unwrap(),
        name: "Olive".parse().unwrap(),
        email: "olive@example.com".parse().unwrap(),
        password,
        time_zone: "UTC".parse().unwrap(),
        locale: "en".parse().unwrap(),
    };
    create_owner(&db, &owner).unwrap();
    let head = || db.read_here(events::head).unwrap().hash;
    let before = head();
    for refused in [prepare(settings.clone()).map(drop), seed(&settings).map(drop)] {
        assert!(refused.unwrap_err().to_string().contains("is left alone"));
    }
    assert_eq!(head(), before);
    assert!(!is_demo(&db).unwrap());
    std::fs::remove_dir_all(path(&settings).parent().unwrap()).unwrap();
}

#[test]
fn a_demo_listens_on_the_loopback_alone_and_in_no_shared_database() {
    let settings = settings("demo-loopback");
    for address in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"] {
        let listen = address.parse().unwrap();
        let refused = prepare(Settings { listen, ..settings.clone() }).unwrap_err();
        assert!(refused.to_string().contains("loopback"), "{refused}");
    }
    assert!(!path(&settings).exists(), "nothing was made");
    let database_url = "postgres://localhost/evenbar".to_owned();
    let refused = prepare(Settings { database_url, ..settings.clone() }).unwrap_err();
    assert!(refused.to_string().contains("PostgreSQL"), "{refused}");
    std::fs::remove_dir_all(path(&settings).parent().unwrap()).unwrap();
}
