//! Debriefs over random histories of people, clocks and crashes, against a model of the test's own: whatever
//! its people do and whenever, at night, while the service is away, after it was started anew, while the mail
//! server falters, a debrief stands where the model says, every timer comes, no mail comes twice, and what
//! somebody owes ends with its card, a waiver, or with those who can go on without it.
//!
//! `EVENBAR_HISTORY_SEED` repeats a run, `EVENBAR_HISTORY_STEPS` makes it longer: a step is one thing done. A
//! failure names the seed and what happened.

mod model;
mod world;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;
use evenbar::clock::Instant;
use evenbar::db::Url;
use evenbar::mail::MailKind;

use crate::support::dice::{self, Dice};
use crate::support::environment::number;
use crate::support::{Engine, Person, TestApp, fresh_database};
use model::{Phase, works};
use world::World;

/// How many things are done in a history.
const MOVES: u64 = 45;

/// Steps of a run that nobody asks more of.
const STEPS: [(Engine, u64); 2] = [(Engine::Sqlite, 450), (Engine::Postgres, 180)];

#[test]
fn debriefs_stand_where_the_model_says_on_sqlite() {
    live_through(STEPS[0]);
}

#[test]
fn debriefs_stand_where_the_model_says_on_postgres() {
    live_through(STEPS[1]);
}

fn live_through((engine, usual): (Engine, u64)) {
    let seed = number("EVENBAR_HISTORY_SEED").unwrap_or_else(dice::any_seed);
    let wanted = number("EVENBAR_HISTORY_STEPS").unwrap_or(usual);
    println!("EVENBAR_HISTORY_SEED={seed} on {engine:?}");
    let histories = wanted.div_ceil(MOVES);
    let mut ends = Ends::default();
    for history in 0..histories {
        let Some(url) = fresh_database(engine) else { return };
        let dice = Dice::of(seed, history);
        actix_web::rt::System::new().block_on(live(&url, dice, &mut ends));
        if let Url::Sqlite(path) = &url {
            std::fs::remove_dir_all(path.parent().unwrap()).ok();
        }
    }
    println!("{histories} histories of {MOVES} steps; {ends:?}");
    assert!(ends.opened > 0, "no debrief was ever opened");
}

/// How the histories ended.
#[derive(Debug, Default)]
struct Ends {
    opened: u64,
    closed: u64,
    cancelled: u64,
    escalated: u64,
    refused: u64,
    mails: usize,
}

async fn live(url: &Url, dice: Dice, ends: &mut Ends) {
    let mut world = World::begin(TestApp::open(url).await, dice).await;
    for _ in 0..MOVES {
        world.play().await;
        world.check().await;
    }
    world.come_to_rest().await;
    world.audit(ends);
    world.log.told = true;
}

impl World {
    /// No mail came twice or to no purpose, and what was owed came to an end.
    fn audit(&mut self, ends: &mut Ends) {
        let mails = self.app.mails.mails();
        let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
        assert_eq!(ids.len(), mails.len(), "a mail came twice");
        let got = |kind: MailKind, person: &Person| {
            mails.iter().filter(|mail| mail.kind == kind && mail.to.email == person.email).count()
        };
        let told = &self.model.told;
        for (who, lead) in self.leads.iter().enumerate() {
            let times = self.model.seats[who].times;
            assert!(got(MailKind::ScorecardDue, lead) <= times, "card {who}");
            let questions = told.questions.get(&who).copied().unwrap_or_default();
            assert!(got(MailKind::DebriefQuestion, lead) <= questions, "question {who}");
            assert!(got(MailKind::DissentAsked, lead) <= 1, "dissent {who}");
        }
        let (driver, decider) = (&self.onsite.driver, &self.onsite.decider);
        assert!(got(MailKind::DebriefStalled, driver) <= told.stalls, "stalls");
        assert!(got(MailKind::DecisionAwaited, decider) <= told.decisions_awaited, "decision");
        assert!(got(MailKind::DecisionMade, driver) <= 1, "decided");
        self.audit_digests();
        let digests = |person: &Person, words: &str| {
            let theirs = mails.iter().filter(|mail| mail.to.email == person.email);
            theirs.filter(|mail| mail.kind == MailKind::Digest && mail.text.contains(words)).count()
        };
        let escalated = match self.model.phase {
            // Those who can go on without the cards were told, at once or in their digest.
            Phase::Stalled => got(MailKind::DebriefStalled, driver) > 0,
            // The decider and the driver are reminded on each day of work.
            Phase::Deciding => {
                got(MailKind::DecisionAwaited, decider) > 0 && digests(decider, "* Decision") > 0
            }
            // Whoever withdrew need not be told.
            Phase::Decided => !self.model.active || digests(driver, "* Tell the candidate") > 0,
            // A card that waits for its time is with those who give it; one that is late stands in the driver's
            // digest.
            Phase::Planned | Phase::Gathering => {
                let days = TimeDelta::days(5);
                let is_late = |at: Instant| at + days < self.now();
                let late = self
                    .model
                    .seats
                    .iter()
                    .any(|seat| seat.owes() && seat.ends_at.is_some_and(is_late));
                self.model.phase == Phase::Planned || !late || digests(driver, "Was due") > 0
            }
            // A meeting was called, and its notes are with those who hold it.
            Phase::Discussing => self.model.waits_for_notes(),
            Phase::DissentWindow => false,
            Phase::Closed | Phase::Cancelled => true,
        };
        assert!(escalated, "it stands in {:?}, and nobody was told", self.model.phase);
        let opened = !self.model.ballots.is_empty() && self.model.told.decisions_awaited > 0;
        ends.opened += u64::from(opened);
        ends.closed += u64::from(self.model.phase == Phase::Closed);
        ends.cancelled += u64::from(self.model.phase == Phase::Cancelled);
        ends.escalated += u64::from(!self.model.phase.has_ended());
        ends.refused += self.refused;
        ends.mails += mails.len();
    }

    /// Nobody has two digests on a day, nor one when they do not work.
    fn audit_digests(&self) {
        let mut seen = BTreeSet::new();
        for mail in self.app.mails.mails() {
            if mail.kind == MailKind::Digest {
                let wall = mail.sent_at.with_timezone(&Tz::Europe__Berlin);
                assert!(works(Instant::from_utc(mail.sent_at)), "a digest at {wall}");
                assert!(seen.insert((mail.to.email, wall.date_naive())), "two digests on {wall}");
            }
        }
    }
}
