//! What becomes of a thousand mails while the mail server falters and the service is killed.
//!
//! `EVENBAR_KILL_SEED` repeats a run: which tries the server lets wait, and where the service is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use actix_web::rt::System;
use diesel::prelude::*;
use evenbar::access::Permit;
use evenbar::clock::Clock;
use evenbar::db::schema::{deliveries, users};
use evenbar::db::{Db, Limits, Tx, Url};
use evenbar::events::{self, Event, EventKind};
use evenbar::ids::IdSource;
use evenbar::outbox::DeliveryState;
use serde_json::{Map, Value};

use crate::support::dice::{Dice, any_seed};
use crate::support::environment::number;
use crate::support::mail_server::{MailServer, Received};
use crate::support::process::{Service, evenbar, output};
use crate::support::{Engine, TestApp, fresh_database_url, scratch};

/// How many mails are owed.
const MAILS: usize = 1_000;

/// How often a process is killed.
const KILLS: usize = 3;

#[test]
fn of_a_thousand_mails_none_is_lost_while_the_server_falters_and_the_service_is_killed_on_sqlite() {
    let Some(house) = House::new(Engine::Sqlite) else { return };
    deliver_and_kill(&house, 1);
}

#[test]
fn of_a_thousand_mails_none_is_lost_while_the_server_falters_and_two_services_are_killed_on_postgres()
 {
    let Some(house) = House::new(Engine::Postgres) else { return };
    deliver_and_kill(&house, 2);
}

/// A database and a mail server, for processes that are run beside the test.
struct House {
    url: String,
    folder: PathBuf,
    server: MailServer,
}

impl House {
    fn new(engine: Engine) -> Option<Self> {
        let (server, url) = (MailServer::plain()?, fresh_database_url(engine)?);
        Some(Self { url, folder: scratch(&format!("deliveries-{engine:?}")), server })
    }

    fn evenbar(&self, arguments: &[&str]) -> std::process::Command {
        let settings = self.server.settings();
        let mut command = evenbar(Path::new(&self.folder), arguments);
        command
            .env("EVENBAR_DATABASE_URL", &self.url)
            .env("EVENBAR_PUBLIC_URL", "https://hire.example.com")
            .env("EVENBAR_SMTP_HOST", settings.host)
            .env("EVENBAR_SMTP_PORT", settings.port.to_string())
            .env("EVENBAR_SMTP_SECURITY", "none");
        command
    }

    fn serve(&self) -> Service {
        Service::start(self.evenbar(&["serve", "--listen", "127.0.0.1:0"]))
    }

    fn open(&self) -> Db {
        let url = Url::parse(&self.url).unwrap();
        Db::open(&url, Limits::default(), Clock::system(), IdSource::random()).unwrap()
    }

    /// Lets so many people be owed a mail each.
    async fn owe(&self) -> BTreeSet<String> {
        let app = TestApp::open(&Url::parse(&self.url).unwrap()).await;
        let emails: Vec<String> = (0..MAILS).map(|n| format!("ines.{n}@example.com")).collect();
        let people = app.people(&emails);
        let owe = move |tx: &mut Tx<'_>| {
            for id in &people {
                let event = Event::new(EventKind::UserPasswordChanged, (*id).into());
                events::record(tx, &Permit::for_system(*id), &event)?;
            }
            Ok(())
        };
        app.db().write_here(&app.db().unit(), owe).unwrap();
        emails.into_iter().collect()
    }

    /// Where the mail to each address stands.
    fn deliveries(&self) -> Vec<(String, DeliveryState)> {
        deliveries::table
            .inner_join(users::table.on(deliveries::recipient_id.eq(users::id.nullable())))
            .filter(deliveries::kind.eq("password_changed"))
            .select((users::email, deliveries::state))
            .load(&mut self.open().connect().unwrap())
            .unwrap()
    }

    /// How many mails are not out yet.
    fn waiting(&self) -> usize {
        let pending = |(_, state): &(_, _)| *state == DeliveryState::Pending;
        self.deliveries().iter().filter(|delivery| pending(delivery)).count()
    }

    /// What waits for another try, or was claimed by a process that died, is due: as if hours had gone by.
    fn let_hours_go_by(&self) {
        diesel::update(deliveries::table.filter(deliveries::state.eq(DeliveryState::Pending)))
            .set(deliveries::run_at.eq(Clock::system().now()))
            .execute(&mut self.open().connect().unwrap())
            .unwrap();
    }
}

fn deliver_and_kill(house: &House, processes: usize) {
    let seed = number("EVENBAR_KILL_SEED").unwrap_or_else(any_seed);
    println!("EVENBAR_KILL_SEED={seed}");
    let begun = Clock::system().now();
    let people = System::new().block_on(house.owe());
    let owed = Clock::system().now();
    house.server.falter(seed);
    house.server.listen();
    let (mut rounds, mut waiting) = (0, MAILS);
    while waiting > 0 {
        house.server.count_anew();
        house.let_hours_go_by();
        let mut services: Vec<Service> = (0..processes).map(|_| house.serve()).collect();
        if rounds == 0 {
            kill_now_and_then(house, &mut services, Dice::of(seed, 0));
        }
        house.server.await_answers_to(waiting);
        services.into_iter().for_each(Service::stop);
        waiting = house.waiting();
        rounds += 1;
    }
    let sent = Clock::system().now();
    let (at_rcpt, at_data) = house.server.faltered();
    let again = assert_arrived(house, &people);
    println!(
        "{MAILS} mails, {processes} at once: {at_rcpt} temporary answers at RCPT and {at_data} at DATA, \
         {KILLS} kills, {again} mails taken again; {rounds} rounds, {} connections; {} to owe them, {} to \
         send them",
        house.server.connections(),
        owed - begun,
        sent - owed,
    );
    assert!(at_rcpt > 100 && at_data > 100);
    let chain = output(house.evenbar(&["admin", "verify-audit"]), "");
    assert!(chain.starts_with("The chain holds: "), "{chain}");
    std::fs::remove_dir_all(&house.folder).unwrap();
}

/// Kills one of the services somewhere in each part of the mails but the last, and starts it again.
fn kill_now_and_then(house: &House, services: &mut Vec<Service>, mut dice: Dice) {
    let part = MAILS / (KILLS + 1);
    for kill in 0..KILLS {
        house.server.await_answers_to(kill * part + 1 + dice.below(part));
        drop(services.swap_remove(dice.below(services.len())));
        house.let_hours_go_by();
        services.push(house.serve());
    }
}

/// Each mail was taken, and is known to be; those that were taken again are the same mail. Gives how many.
fn assert_arrived(house: &House, people: &BTreeSet<String>) -> usize {
    let deliveries = house.deliveries();
    assert!(deliveries.iter().all(|(_, state)| *state == DeliveryState::Sent), "{deliveries:?}");
    assert_eq!(deliveries.len(), people.len());
    let mut mails: BTreeMap<String, Vec<Received>> = BTreeMap::new();
    for mail in house.server.received() {
        mails.entry(mail.recipient.clone()).or_default().push(mail);
    }
    assert_eq!(&mails.keys().cloned().collect::<BTreeSet<_>>(), people);
    let (mut ids, mut again) = (BTreeSet::new(), 0);
    for tries in mails.values() {
        let taken = tries.iter().filter(|mail| mail.answer == "250 taken").count();
        assert!(taken > 0, "{tries:?}");
        again += taken - 1;
        for other in &tries[1..] {
            assert_eq!(content(other), content(&tries[0]));
        }
        ids.insert(tries[0].header("message-id"));
    }
    assert_eq!(ids.len(), people.len(), "no two mails have the same Message-ID");
    again
}

/// What a mail says in which headers, but for when it was sent.
fn content(mail: &Received) -> (Map<String, Value>, &[(String, String)]) {
    let mut headers = mail.headers.clone();
    headers.remove("date");
    (headers, &mail.parts)
}
