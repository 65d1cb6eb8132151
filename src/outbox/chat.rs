//! Notices in chats: claims what is due, asks again whether it is still owed, posts it, settles. Nothing of
//! an address is ever logged.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::DeliveryState;
use super::store::{self, Delivery, Settled};
use super::worker::{LEASE, TRIES, retry_at};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::http::State;
use crate::ids::{ChatAddressId, DeliveryId};
use crate::mail::MailKind;
use crate::notifications::chat::store::ChatAddress;
use crate::notifications::chat::{ChatFailure, ChatFormat, Notice, mark, signature};
use crate::notifications::preferences::ChosenMail;
use crate::notifications::{self, Treatment, chat};
use crate::outbound;
use crate::pages;
use crate::sessions::{Purpose, SealedFor};
use crate::users;

/// How many notices one turn posts: few, so that a process that is to stop does soon.
const BATCH: i32 = 4;

/// What is to be done with a notice that is due.
enum Due {
    /// Nothing: it is somebody else's by now.
    Nothing,
    /// It waits.
    Wait(Delivery, Instant),
    /// It is owed no more.
    Drop(Delivery),
    /// It is posted there.
    Post(Delivery, Box<(ChatAddress, Notice)>),
}

/// What became of posting.
enum Outcome {
    Taken,
    /// It may be taken later.
    Failed(String),
    /// Nothing will be taken there.
    Refused(ChatFailure, String),
}

/// Posts what is due, one claim's worth. Returns how many notices were settled.
///
/// # Errors
/// When the database is away; the claim then runs out and the notices are tried again.
pub fn run_due(state: &State) -> Result<usize> {
    let (claimed, lease) = state.db.write_here(&state.db.unit(), |tx| {
        let now = tx.now();
        let lease = now + LEASE;
        Ok((dialect::claim_notices(tx.conn, now, lease, BATCH)?, lease))
    })?;
    for id in &claimed {
        deliver(state, id.typed(), lease)?;
    }
    Ok(claimed.len())
}

fn deliver(state: &State, id: DeliveryId, lease: Instant) -> Result<()> {
    let public_url = state.public_url.clone();
    let now = state.db.clock().now();
    let due = state.db.read_here(move |conn| due(conn, (id, lease), &public_url, now))?;
    let (delivery, address, notice) = match due {
        Due::Nothing => return Ok(()),
        Due::Wait(delivery, at) => {
            return state.db.write_here(&state.db.unit(), move |tx| {
                let permit = Permit::for_system(delivery.id);
                store::wait(tx, &permit, (DeliveryState::Pending, at), lease)
            });
        }
        Due::Drop(delivery) => {
            let settled = (DeliveryState::Dropped, now, None);
            return settle(state, &delivery, settled, None);
        }
        Due::Post(delivery, posted) => {
            let (address, notice) = *posted;
            (delivery, address, notice)
        }
    };
    // Posting happens outside every transaction.
    let (settled, failure) = match post(state, &delivery, &address, &notice, now) {
        Outcome::Taken => ((DeliveryState::Sent, now, None), None),
        Outcome::Failed(detail) if delivery.attempts < TRIES => {
            let again = retry_at(now, delivery.attempts);
            ((DeliveryState::Pending, again, Some(detail)), None)
        }
        Outcome::Failed(detail) => {
            ((DeliveryState::Dead, now, Some(detail)), Some(ChatFailure::Undeliverable))
        }
        Outcome::Refused(failure, detail) => {
            ((DeliveryState::Dead, now, Some(detail)), Some(failure))
        }
    };
    settle(state, &delivery, settled, failure.map(|failure| (address.id, failure)))
}

/// What is to be done with a notice that was claimed by a lease.
fn due(
    conn: &mut Conn,
    (id, lease): (DeliveryId, Instant),
    public_url: &str,
    now: Instant,
) -> Result<Due> {
    let delivery = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    if now >= lease || delivery.run_at != lease {
        return Ok(Due::Nothing);
    }
    let mail = MailKind::from_slug(&delivery.kind).and_then(ChosenMail::of);
    let (Some(mail), Some(user)) = (mail, delivery.recipient_id) else {
        return Ok(Due::Drop(delivery));
    };
    let (reader, address) =
        (users::store::find_active(conn, user)?, chat::store::of_user(conn, user)?);
    let address = address.filter(|address| address.failed_at.is_none());
    let (Some(reader), Some(address)) = (reader, address) else {
        return Ok(Due::Drop(delivery));
    };
    match notifications::treatment_in_chat(conn, mail, &reader, now)? {
        Treatment::Now => {}
        Treatment::At(at) => return Ok(Due::Wait(delivery, at)),
        Treatment::InDigest | Treatment::Never => return Ok(Due::Drop(delivery)),
    }
    // Whether it is still owed, and may be known, is asked as for the mail.
    let cause = store::cause(conn, delivery.event_id)?;
    let dedupe_key = delivery.dedupe_key.trim_start_matches("chat:").to_owned();
    let beside = Delivery { dedupe_key, ..delivery.clone() };
    let Some(composed) = notifications::compose(conn, &beside, &cause, public_url, now)? else {
        return Ok(Due::Drop(delivery));
    };
    // What has no page of its own is found from the queue.
    let is_page =
        |link: &&str| link.strip_prefix(public_url).is_some_and(|path| !path.starts_with("/api/"));
    let page = composed.page().filter(is_page);
    let page = page.map_or_else(|| format!("{public_url}{}", pages::QUEUE), str::to_owned);
    Ok(Due::Post(delivery, Box::new((address, Notice::of(mail, page)))))
}

/// Posts a notice.
fn post(
    state: &State,
    delivery: &Delivery,
    address: &ChatAddress,
    notice: &Notice,
    now: Instant,
) -> Outcome {
    let refused = || {
        let detail = "The address leads to where nobody is asked.".to_owned();
        Outcome::Refused(ChatFailure::RefusedAddress, detail)
    };
    let Some(url) = opened(state, address) else { return refused() };
    let body = notice.body(address.format, now).to_string();
    let mut request = outbound::guarded(state.calendars)
        .post(url.expose_secret())
        .header("Content-Type", "application/json");
    if address.format == ChatFormat::Generic {
        let (id, seconds) = (delivery.id.to_string(), now.timestamp());
        let tag = state.derived.secret(Purpose::ChatSignature, address.id);
        request = request
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature(&tag, &id, seconds, &body));
    }
    match request.send(body) {
        Ok(response) => match response.status().as_u16() {
            200..300 => Outcome::Taken,
            status @ (401 | 403 | 404 | 410) => {
                Outcome::Refused(ChatFailure::Gone, format!("The server said {status}."))
            }
            status => Outcome::Failed(format!("The server said {status}.")),
        },
        Err(error) if outbound::was_refused(&error) => refused(),
        Err(ureq::Error::TooManyRedirects) => {
            Outcome::Failed("The server sends on to another address.".to_owned())
        }
        Err(_) => Outcome::Failed("There is no server that answers in time.".to_owned()),
    }
}

/// Where a notice is posted, if that may still be asked.
fn opened(state: &State, address: &ChatAddress) -> Option<SecretString> {
    let owner = address.user_id.to_string();
    let text = state.derived.open(SealedFor::ChatAddress, &owner, &address.url)?;
    let url = Url::parse(&text).ok()?;
    state.calendars.check(&url).ok()?;
    Some(SecretString::from(text))
}

fn settle(
    state: &State,
    delivery: &Delivery,
    (stands, run_at, error): (DeliveryState, Instant, Option<String>),
    failed: Option<(ChatAddressId, ChatFailure)>,
) -> Result<()> {
    if stands == DeliveryState::Dead {
        tracing::warn!(delivery.id = %delivery.id, "A delivery is dead.");
    }
    // What was taken stays taken, whoever holds the delivery by now.
    let lease = (stands != DeliveryState::Sent).then_some(delivery.run_at);
    let id = delivery.id;
    state.db.write_here(&state.db.unit(), move |tx| {
        let settled = Settled { state: stands, run_at, error: error.as_deref() };
        store::settle(tx, &Permit::for_system(id), &settled, lease)?;
        failed.map_or(Ok(()), |(address, failure)| mark(tx, address, failure))
    })
}
