//! What is left of a draft when the service is killed between two saves, or within one.

use actix_web::rt::System;
use evenbar::access::OrgRole;
use evenbar::db::Url;
use serde_json::{Value, json};

use crate::support::onsite::Onsite;
use crate::support::process::{Service, answer, evenbar, output, send};
use crate::support::{Engine, TestApp, fresh_database_url, scratch};

/// How often the service is killed.
const KILLS: usize = 8;

#[test]
fn a_killed_service_loses_no_save_that_it_acknowledged_on_sqlite() {
    kill_between_saves(Engine::Sqlite);
}

#[test]
fn a_killed_service_loses_no_save_that_it_acknowledged_on_postgres() {
    kill_between_saves(Engine::Postgres);
}

/// A draft, by its path, and the address of its author.
async fn draft(url: &str) -> (String, String) {
    let app = TestApp::open(&Url::parse(url).unwrap()).await;
    let onsite = Onsite::new(&app, 1).await;
    let lead = app.person("Lea Lead", OrgRole::Member);
    onsite.seat(&app, 0, &lead, "lead").await;
    let card = onsite.begin(&app, 0, &lead).await.id();
    (format!("/api/v1/scorecards/{card}"), lead.email)
}

fn kill_between_saves(engine: Engine) {
    let Some(url) = fresh_database_url(engine) else { return };
    let folder = scratch(&format!("killed-{engine:?}"));
    let (card, email) = System::new().block_on(draft(&url));
    let with_database = |arguments: &[&str]| {
        let mut command = evenbar(&folder, arguments);
        command.env("EVENBAR_DATABASE_URL", &url);
        command
    };
    let token = output(with_database(&["admin", "token", "--email", &email]), "");
    let token = token.trim();
    let serve = || Service::start(with_database(&["serve", "--listen", "127.0.0.1:0"]));
    let mut written = 0..;
    let (mut acknowledged, mut in_flight) = (None, None);
    let mut kept_in_flight = 0;
    for kill in 0..KILLS {
        let service = serve();
        let address = service.address();
        let read = answer(send(address, ("GET", &card, token), "", "")).unwrap();
        let (mut etag, found) = (etag(&read.0), summary(&read.1));
        assert!(found == acknowledged || found == in_flight, "{found:?}, not {acknowledged:?}");
        kept_in_flight += usize::from(found != acknowledged);
        acknowledged = found;
        for _ in 0..kill % 3 {
            let text = text(written.next().unwrap());
            let saved = answer(save(address, &card, token, &etag, &text)).unwrap();
            assert!(saved.0.starts_with("HTTP/1.1 200"), "{saved:?}");
            etag = self::etag(&saved.0);
            acknowledged = Some(text);
        }
        let text = text(written.next().unwrap());
        let unanswered = save(address, &card, token, &etag, &text);
        in_flight = Some(text);
        // Each time a little later: the other request takes the service as long as it takes.
        for _ in 0..kill {
            service.ask("GET", "/livez", "", "");
        }
        drop(service);
        // What was answered before the end is acknowledged, whether or not anybody was listening.
        if answer(unanswered).is_some_and(|(head, _)| head.starts_with("HTTP/1.1 200")) {
            acknowledged.clone_from(&in_flight);
        }
    }
    println!("{KILLS} kills on {engine:?}; {kept_in_flight} saves were kept unacknowledged");
    let chain = output(with_database(&["admin", "verify-audit"]), "");
    assert!(chain.starts_with("The chain holds: "), "{chain}");
    std::fs::remove_dir_all(folder).unwrap();
}

fn text(number: usize) -> String {
    format!("Pause {number}: asked before building, and built what was asked.")
}

fn save(address: &str, card: &str, token: &str, etag: &str, text: &str) -> std::net::TcpStream {
    let body = json!({ "summary": text }).to_string();
    send(address, ("PATCH", card, token), &format!("If-Match: {etag}\r\n"), &body)
}

fn etag(head: &str) -> String {
    let line = head.lines().find_map(|line| line.strip_prefix("etag: "));
    line.unwrap_or_else(|| panic!("no tag in {head}")).to_owned()
}

fn summary(body: &str) -> Option<String> {
    let card: Value = serde_json::from_str(body).unwrap();
    card["summary"].as_str().map(str::to_owned)
}
