//! The worker: claims what is due, asks again whether it is still owed, sends, settles.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::TimeDelta;

use super::DeliveryState;
use super::store::{self, Delivery, Settled};
use crate::access::Permit;
use crate::api_keys;
use crate::attachments::text::{self, Extractor};
use crate::candidates;
use crate::clock::Instant;
use crate::db::{Db, Tx, dialect};
use crate::error::Result;
use crate::housekeeping;
use crate::http::State;
use crate::ids::{AnyId, DeliveryId, EventId};
use crate::mail::MailKind;
use crate::mail::transport::SendError;
use crate::messages::{self, MessageEnd, Taken};
use crate::notifications::{self, Composed, Treatment, digests};
use crate::timers;
use crate::users::{busy, password_resets};

/// How many deliveries one claim takes.
const BATCH: i32 = 16;
/// How long a claim holds; a worker that died frees its deliveries after this.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a delivery is tried before it is dead: a little over two days.
pub(super) const TRIES: i32 = 18;
/// How long the worker rests when nothing is due.
const REST: Duration = Duration::from_millis(500);
/// How long the sealer rests.
const SEAL_REST: Duration = Duration::from_millis(20);

/// How long a process goes without looking for new signing keys.
const KEYS_REST: Duration = Duration::from_secs(30);

/// How long housekeeping rests.
const HOUSEKEEPING_REST: Duration = Duration::from_hours(1);

/// How long somebody who joined waits until the hour of their digest is set.
const DIGESTS_REST: Duration = Duration::from_mins(1);

/// How long the use of API keys is kept in memory before it is written down.
const KEY_USES_REST: Duration = Duration::from_mins(1);

/// Background threads of a serving process: the outbox, notices in chats, timers, the hours of digests, the texts of files, requests for another
/// password, people's calendars, housekeeping, the signing keys, the use of API keys and, on PostgreSQL, the sealer.
pub struct Worker {
    state: Arc<State>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts the threads.
    pub fn start(state: &Arc<State>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (due, db): (_, Db) = (Arc::clone(state), state.db.clone());
        let keyed = Arc::clone(state);
        let keys = Arc::clone(state);
        let resets = Arc::clone(state);
        let calendars = Arc::clone(state);
        let chats = Arc::clone(state);
        let timed: Db = state.db.clone();
        let digested: Db = state.db.clone();
        let read: Db = state.db.clone();
        let extractor = Extractor::of_this_program().map_err(std::io::Error::other)?;
        let mut threads = vec![
            thread("outbox", REST, &stop, move || run_due(&due))?,
            thread("chat", REST, &stop, move || super::chat::run_due(&chats))?,
            thread("timers", REST, &stop, move || timers::run_due(&timed))?,
            thread("digests", DIGESTS_REST, &stop, move || digests::arm(&digested))?,
            thread("texts", REST, &stop, move || text::run_due(&read, &extractor))?,
            thread("password resets", REST, &stop, move || password_resets::handle_due(&resets))?,
            thread("busy calendars", REST, &stop, move || busy::run_due(&calendars))?,
            thread("housekeeping", HOUSEKEEPING_REST, &stop, move || {
                housekeeping::run(&db).map(|()| 0)
            })?,
            thread("api-keys", KEY_USES_REST, &stop, move || {
                api_keys::write_uses(&keyed.db, &keyed.key_uses).map(|()| 0)
            })?,
            thread("signing keys", KEYS_REST, &stop, move || keys.tokens.reload().map(|()| 0))?,
        ];
        if matches!(state.db.url(), crate::db::Url::Postgres(_)) {
            let db: Db = state.db.clone();
            threads.push(thread("sealer", SEAL_REST, &stop, move || db.seal())?);
        }
        Ok(Self { state: Arc::clone(state), stop, threads })
    }

    /// Lets every thread finish what it does at the moment.
    pub fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("A background thread panicked.");
            }
        }
        if let Err(error) = api_keys::write_uses(&self.state.db, &self.state.key_uses) {
            tracing::warn!(error = %error, source = ?error.source, "The use of API keys was not written.");
        }
    }
}

/// A thread that repeats `work`, resting whenever it had nothing to do or failed.
fn thread(
    name: &str,
    rest: Duration,
    stop: &Arc<AtomicBool>,
    work: impl Fn() -> Result<usize> + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let stop = Arc::clone(stop);
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            match work() {
                Ok(0) => std::thread::park_timeout(rest),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, source = ?error.source, "Background work failed.");
                    std::thread::park_timeout(rest);
                }
            }
        }
    })
}

/// Delivers what is due, one claim's worth. Returns how many deliveries were settled.
///
/// # Errors
/// When the database is away; the claim then runs out and the deliveries are tried again.
pub fn run_due(state: &State) -> Result<usize> {
    let (claimed, lease) = state.db.write_here(&state.db.unit(), |tx| {
        let now = tx.now();
        let lease = now + LEASE;
        Ok((dialect::claim_deliveries(tx.conn, now, lease, BATCH)?, lease))
    })?;
    if state.mailer.at_once() > 1 {
        deliver_side_by_side(state, &claimed, lease)?;
    } else {
        for id in &claimed {
            deliver(state, id.typed(), lease)?;
        }
    }
    Ok(claimed.len())
}

/// Delivers as many at the same time as the mailer may hand over, so that one whose server is slow keeps
/// nobody else waiting; the mails to one reader go one after the other.
fn deliver_side_by_side(state: &State, claimed: &[AnyId], lease: Instant) -> Result<()> {
    let queues = state.db.read_here(|conn| Ok(store::by_recipient(conn, claimed)?))?;
    let hands = state.mailer.at_once().min(queues.len());
    let queues = Mutex::new(queues.into_iter());
    let next = || queues.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(queue) = next() {
            for id in queue {
                deliver(state, id, lease)?;
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..hands).map(|_| scope.spawn(work)).collect();
        hands
            .into_iter()
            .try_for_each(|hand| hand.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// What is to be done with a delivery that is due.
enum Due {
    /// Nothing: it is somebody else's by now.
    Nothing,
    /// It waits.
    Wait(Delivery, DeliveryState, Instant),
    /// It goes out, or is owed no more.
    Send(Delivery, Option<Box<Composed>>),
}

fn deliver(state: &State, id: DeliveryId, lease: Instant) -> Result<()> {
    let public_url = state.public_url.clone();
    let now = state.db.clock().now();
    let found = state.db.read_here(move |conn| {
        let delivery = store::find(conn, id)?.ok_or_else(crate::error::Error::not_found)?;
        // Those before it in the claim took long: it is, or soon will be, somebody else's.
        if now >= lease || delivery.run_at != lease {
            return Ok(Due::Nothing);
        }
        let cause = store::cause(conn, delivery.event_id)?;
        Ok(match notifications::treatment(conn, &delivery, &cause, now)? {
            Treatment::Now => {
                let mail = notifications::compose(conn, &delivery, &cause, &public_url, now)?;
                Due::Send(delivery, mail.map(Box::new))
            }
            Treatment::At(at) => Due::Wait(delivery, DeliveryState::Pending, at),
            Treatment::InDigest => Due::Wait(delivery, DeliveryState::Collected, now),
            Treatment::Never => Due::Send(delivery, None),
        })
    })?;
    let (delivery, mail) = match found {
        Due::Nothing => return Ok(()),
        Due::Wait(delivery, stands, at) => {
            return state.db.write_here(&state.db.unit(), move |tx| {
                store::wait(tx, &Permit::for_system(delivery.id), (stands, at), lease)
            });
        }
        Due::Send(delivery, mail) => (delivery, mail),
    };
    let mail = match take(state, &delivery, mail.as_deref())? {
        Some(Taken::GoesOut) => mail,
        Some(Taken::Not) => None,
        None => return Ok(()),
    };
    let carried = mail.as_ref().map(|mail| mail.carries().to_vec()).unwrap_or_default();
    // Rendering and sending happen outside every transaction.
    let outcome = match mail.filter(|mail| !mail.says_nothing()) {
        None => Outcome::Dropped,
        Some(composed) => hand_over(state, &composed),
    };
    settle(state, &delivery, outcome, carried)
}

/// Takes what somebody wrote to a candidate from the hands of those who could still call it off, before it goes
/// out; every other mail goes out as it is. None when the delivery is somebody else's by now.
fn take(state: &State, delivery: &Delivery, mail: Option<&Composed>) -> Result<Option<Taken>> {
    if delivery.kind != MailKind::CandidateMessage.slug() {
        return Ok(Some(Taken::GoesOut));
    }
    let address = mail.map(|mail| mail.address().to_owned());
    let (id, event_id, lease) = (delivery.id, delivery.event_id, delivery.run_at);
    state.db.write_here(&state.db.unit(), move |tx| {
        if store::find(tx.conn, id)?.is_none_or(|row| row.run_at != lease) {
            return Ok(None);
        }
        let message = store::cause(tx.conn, event_id)?.subject_id.typed();
        messages::take(tx, message, address.as_deref()).map(Some)
    })
}

/// What a message is told of what became of its delivery; nothing where it was not taken.
fn told(state: DeliveryState, refused: bool, error: Option<&str>) -> Option<messages::Outcome> {
    let said = || error.unwrap_or_default().to_owned();
    match state {
        DeliveryState::Sent => Some(messages::Outcome::Sent),
        DeliveryState::Pending => Some(messages::Outcome::Again),
        DeliveryState::Dead if refused => {
            Some(messages::Outcome::Failed(MessageEnd::AddressRefused, said()))
        }
        DeliveryState::Dead => Some(messages::Outcome::Failed(MessageEnd::NotTaken, said())),
        DeliveryState::Collected | DeliveryState::Dropped => None,
    }
}

enum Outcome {
    Sent,
    Dropped,
    Failed(String, bool),
    /// No mail to this address will be taken: why, and which.
    Refused(String, String),
}

fn hand_over(state: &State, composed: &Composed) -> Outcome {
    if let Some(reason) = composed.refused() {
        return Outcome::Failed(reason.to_owned(), true);
    }
    match composed.render(&state.derived).map(|mail| state.mailer.send(&mail)) {
        Ok(Ok(())) => Outcome::Sent,
        Ok(Err(SendError::Temporary { detail })) => Outcome::Failed(detail, false),
        Ok(Err(SendError::Permanent { detail })) => Outcome::Failed(detail, true),
        Ok(Err(SendError::Refused { detail })) => {
            Outcome::Refused(detail, composed.address().to_owned())
        }
        Err(error) => Outcome::Failed(format!("the mail cannot be rendered: {error}"), true),
    }
}

fn settle(
    state: &State,
    delivery: &Delivery,
    outcome: Outcome,
    carried: Vec<DeliveryId>,
) -> Result<()> {
    let now = state.db.clock().now();
    let mut refused = None;
    let (new_state, run_at, error) = match outcome {
        Outcome::Refused(detail, address) => {
            tracing::warn!(delivery.id = %delivery.id, "A delivery is dead.");
            refused = delivery.candidate_id.zip(Some(address));
            (DeliveryState::Dead, now, Some(detail))
        }
        Outcome::Sent => (DeliveryState::Sent, now, None),
        Outcome::Dropped => (DeliveryState::Dropped, now, None),
        Outcome::Failed(detail, permanent) if permanent || delivery.attempts >= TRIES => {
            tracing::warn!(delivery.id = %delivery.id, "A delivery is dead.");
            (DeliveryState::Dead, now, Some(detail))
        }
        Outcome::Failed(detail, _) => {
            (DeliveryState::Pending, retry_at(now, delivery.attempts), Some(detail))
        }
    };
    // What was handed over stays handed over, whoever holds the delivery by now.
    let lease = (new_state != DeliveryState::Sent).then_some(delivery.run_at);
    let (id, event_id, claimed) = (delivery.id, delivery.event_id, delivery.run_at);
    let is_message = delivery.kind == MailKind::CandidateMessage.slug();
    let outcome =
        is_message.then(|| told(new_state, refused.is_some(), error.as_deref())).flatten();
    state.db.write_here(&state.db.unit(), move |tx| {
        let settled = Settled { state: new_state, run_at, error: error.as_deref() };
        let permit = Permit::for_system(id);
        if let (Some((candidate, address)), Some(reason)) = (&refused, &error) {
            let permit = Permit::for_system(*candidate);
            candidates::commands::note_refusal(tx, &permit, address, reason)?;
        }
        if let Some(outcome) = &outcome {
            tell(tx, (id, event_id, claimed), outcome)?;
        }
        store::settle(tx, &permit, &settled, lease)?;
        // What a digest that failed would have said waits for the next one.
        if matches!(new_state, DeliveryState::Sent | DeliveryState::Dropped) {
            store::settle_carried(tx, &permit, &carried, new_state)?;
        }
        Ok(())
    })
}

/// Tells a message what became of its delivery; but whoever holds the delivery by now keeps what becomes of their
/// own try.
fn tell(
    tx: &mut Tx<'_>,
    (id, event_id, claimed): (DeliveryId, EventId, Instant),
    outcome: &messages::Outcome,
) -> Result<()> {
    let held = store::find(tx.conn, id)?.is_some_and(|row| row.run_at == claimed);
    if !held && *outcome != messages::Outcome::Sent {
        return Ok(());
    }
    let message = store::cause(tx.conn, event_id)?.subject_id.typed();
    messages::settle(tx, message, outcome)
}

/// Back-off: 30 s after the first try, doubling up to six hours.
pub(super) fn retry_at(now: Instant, attempts: i32) -> Instant {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let seconds = 30_i64.saturating_mul(1 << doublings).min(6 * 60 * 60);
    now + TimeDelta::seconds(seconds)
}
