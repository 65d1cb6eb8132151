//! Queries on `deliveries`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Channel, DeliveryState, Recipient};
use crate::access::{Permit, owing_seats};
use crate::clock::Instant;
use crate::db::schema::{deliveries, events, panelists};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::{Audience, EventKind};
use crate::http::PageRequest;
use crate::ids::{AnyId, ApplicationId, CandidateId, DeliveryId, EventId, UserId};
use crate::mail::MailKind;

/// Something that becomes owed.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// The event that makes it owed.
    pub event_id: EventId,
    /// By which way.
    pub channel: Channel,
    /// Which mail, or that beside which the notice stands: the slug of a `mail::MailKind`.
    pub kind: &'static str,
    /// Whom it is for.
    pub recipient: Recipient,
    /// The same key is owed once.
    pub dedupe_key: String,
    /// Not before this instant.
    pub run_at: Instant,
}

/// A row of `deliveries`.
#[derive(Debug, Clone, Queryable)]
pub struct Delivery {
    /// Which one; the Message-ID is made of it.
    pub id: DeliveryId,
    /// The event that made it owed.
    pub event_id: EventId,
    /// By which way.
    pub channel: Channel,
    /// Which mail.
    pub kind: String,
    /// Whom it is for, unless it is a candidate.
    pub recipient_id: Option<UserId>,
    /// The candidate that it is for.
    pub candidate_id: Option<CandidateId>,
    /// The same key is owed once.
    pub dedupe_key: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it is next tried; moved forward as the lease.
    pub run_at: Instant,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed; no address, no content.
    pub last_error: Option<String>,
    /// When it was handed over.
    pub sent_at: Option<Instant>,
    /// When it became owed.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
}

impl Delivery {
    /// Whom it is for.
    ///
    /// # Errors
    /// `internal` for a row that the table refuses.
    pub fn recipient(&self) -> Result<Recipient> {
        match (self.recipient_id, self.candidate_id) {
            (Some(id), None) => Ok(Recipient::User(id)),
            (None, Some(id)) => Ok(Recipient::Candidate(id)),
            (None, None) | (Some(_), Some(_)) => Err(Error::internal("a mail is for one person")),
        }
    }
}

/// Inserts a delivery unless its dedupe key is there already.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, new: &NewDelivery) -> Result<()> {
    let (id, now): (DeliveryId, Instant) = (tx.id(), tx.now());
    let (user, candidate) = match new.recipient {
        Recipient::User(id) => (Some(id), None),
        Recipient::Candidate(id) => (None, Some(id)),
    };
    let values = (
        deliveries::id.eq(id),
        deliveries::event_id.eq(new.event_id),
        deliveries::channel.eq(new.channel),
        deliveries::kind.eq(new.kind),
        deliveries::recipient_id.eq(user),
        deliveries::candidate_id.eq(candidate),
        deliveries::dedupe_key.eq(&new.dedupe_key),
        deliveries::state.eq(DeliveryState::Pending),
        deliveries::run_at.eq(new.run_at),
        deliveries::attempts.eq(0),
        deliveries::created_at.eq(now),
        deliveries::updated_at.eq(now),
    );
    crate::each!(tx.conn, c => diesel::insert_into(deliveries::table)
        .values(values)
        .on_conflict(deliveries::dedupe_key)
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Some deliveries by whom they are for, each person's in the order in which they became owed.
pub fn by_recipient(conn: &mut Conn, ids: &[AnyId]) -> QueryResult<Vec<Vec<DeliveryId>>> {
    type Whom = (Option<UserId>, Option<CandidateId>);
    let rows: Vec<(DeliveryId, Whom)> = deliveries::table
        .filter(deliveries::id.eq_any(ids))
        .order((deliveries::recipient_id, deliveries::candidate_id, deliveries::id))
        .select((deliveries::id, (deliveries::recipient_id, deliveries::candidate_id)))
        .load(conn)?;
    let to_one = rows.chunk_by(|(_, one), (_, other)| one == other);
    Ok(to_one.map(|rows| rows.iter().map(|(id, _)| *id).collect()).collect())
}

/// One delivery.
pub fn find(conn: &mut Conn, id: DeliveryId) -> QueryResult<Option<Delivery>> {
    deliveries::table.find(id).first(conn).optional()
}

/// Whether a reader may know of a delivery: not while they owe a card for the application that its event is
/// sealed with; and while they owe any card, not of digests, which take along what is sealed.
#[diesel::dsl::auto_type]
fn known_to(reader: UserId) -> _ {
    let seats: owing_seats = owing_seats(reader);
    let anything = panelists::table.filter(seats);
    let seats: owing_seats = owing_seats(reader);
    let owed = panelists::table
        .filter(seats)
        .filter(events::application_id.eq(panelists::application_id.nullable()));
    let audience: Audience = Audience::Sealed;
    let sealed = events::table
        .filter(events::id.eq(deliveries::event_id))
        .filter(events::audience.eq(audience))
        .filter(exists(owed));
    let digest: &'static str = MailKind::Digest.slug();
    not(exists(sealed)).and(deliveries::kind.ne(digest).or(not(exists(anything))))
}

/// One delivery that a reader may know of.
pub fn find_known(
    conn: &mut Conn,
    id: DeliveryId,
    reader: UserId,
) -> QueryResult<Option<Delivery>> {
    deliveries::table.find(id).filter(known_to(reader)).first(conn).optional()
}

/// One page of the deliveries that a reader may know of, newest first.
pub fn list(
    conn: &mut Conn,
    state: Option<DeliveryState>,
    reader: UserId,
    page: &PageRequest,
) -> QueryResult<Vec<Delivery>> {
    let mut query = deliveries::table.filter(known_to(reader)).into_boxed();
    if let Some(state) = state {
        query = query.filter(deliveries::state.eq(state));
    }
    if let Some(before) = page.before {
        query = query.filter(deliveries::id.lt(before));
    }
    query.order(deliveries::id.desc()).limit(page.fetch()).load(conn)
}

/// The event behind a delivery.
#[derive(Debug, Clone, Queryable)]
pub struct Cause {
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub subject_id: AnyId,
    /// For which application.
    pub application_id: Option<ApplicationId>,
    /// Ids, codes and numbers of it.
    pub payload: Document,
}

/// The event behind a delivery.
pub fn cause(conn: &mut Conn, id: EventId) -> QueryResult<Cause> {
    events::table
        .find(id)
        .select((events::kind, events::subject_id, events::application_id, events::payload))
        .first(conn)
}

/// Whether a mail with one of these keys may have reached its reader: it was handed over, or a try of
/// which nobody knows yet what became.
pub fn may_have_arrived(conn: &mut Conn, keys: &[String]) -> QueryResult<bool> {
    let tried = deliveries::state.eq(DeliveryState::Pending).and(deliveries::attempts.gt(0));
    let arrived = deliveries::table
        .filter(deliveries::dedupe_key.eq_any(keys))
        .filter(deliveries::state.eq(DeliveryState::Sent).or(tried));
    diesel::select(diesel::dsl::exists(arrived)).get_result(conn)
}

/// The mails that wait for somebody's digest, oldest first.
pub fn collected(conn: &mut Conn, user: UserId, limit: i64) -> QueryResult<Vec<Delivery>> {
    deliveries::table
        .filter(deliveries::state.eq(DeliveryState::Collected))
        .filter(deliveries::recipient_id.eq(user))
        .order(deliveries::id)
        .limit(limit)
        .load(conn)
}

/// Of what a mail told somebody since an instant, or is about to: the kind of mail, and what its event is
/// about.
pub fn told_of(conn: &mut Conn, user: UserId, since: Instant) -> QueryResult<Vec<(String, AnyId)>> {
    let sent = deliveries::sent_at.gt(since).assume_not_null();
    let goes_out = deliveries::state.eq(DeliveryState::Pending);
    deliveries::table
        .inner_join(events::table.on(events::id.eq(deliveries::event_id)))
        .filter(deliveries::recipient_id.eq(user))
        .filter(deliveries::channel.eq(Channel::Mail))
        .filter(goes_out.or(deliveries::state.eq(DeliveryState::Sent).and(sent)))
        .select((deliveries::kind, events::subject_id))
        .load(conn)
}

/// What became of a try.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// Where the delivery stands now.
    pub state: DeliveryState,
    /// When it is next tried.
    pub run_at: Instant,
    /// Why the try failed.
    pub error: Option<&'a str>,
}

/// Settles a delivery; with a lease only while the delivery is claimed by it.
pub fn settle(
    tx: &mut Tx<'_>,
    permit: &Permit,
    settled: &Settled<'_>,
    lease: Option<Instant>,
) -> Result<()> {
    let now = tx.now();
    let id: DeliveryId = permit.subject().id.typed();
    let sent_at = (settled.state == DeliveryState::Sent).then_some(now);
    let changes = (
        deliveries::state.eq(settled.state),
        deliveries::run_at.eq(settled.run_at),
        deliveries::last_error.eq(settled.error),
        deliveries::sent_at.eq(sent_at),
        deliveries::updated_at.eq(now),
    );
    let row = deliveries::table.find(id);
    match lease {
        Some(lease) => {
            let claimed = row.filter(deliveries::run_at.eq(lease));
            diesel::update(claimed).set(changes).execute(tx.conn)?
        }
        None => diesel::update(row).set(changes).execute(tx.conn)?,
    };
    Ok(())
}

/// Lets a delivery that is claimed by a lease wait: for its time, or for its reader's digest. Nothing was
/// tried.
pub fn wait(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (state, run_at): (DeliveryState, Instant),
    lease: Instant,
) -> Result<()> {
    let (now, id): (_, DeliveryId) = (tx.now(), permit.subject().id.typed());
    let claimed = deliveries::table.find(id).filter(deliveries::run_at.eq(lease));
    diesel::update(claimed)
        .set((
            deliveries::state.eq(state),
            deliveries::run_at.eq(run_at),
            deliveries::attempts.eq(deliveries::attempts - 1),
            deliveries::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Settles what a digest took along, with the digest of the permit.
pub fn settle_carried(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    ids: &[DeliveryId],
    state: DeliveryState,
) -> Result<()> {
    let now = tx.now();
    let sent_at = (state == DeliveryState::Sent).then_some(now);
    let collected = deliveries::table
        .filter(deliveries::id.eq_any(ids))
        .filter(deliveries::state.eq(DeliveryState::Collected));
    diesel::update(collected)
        .set((
            deliveries::state.eq(state),
            deliveries::sent_at.eq(sent_at),
            deliveries::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Puts a dead delivery back into the queue, as if it had never been tried.
pub fn revive(tx: &mut Tx<'_>, permit: &Permit) -> Result<bool> {
    let now = tx.now();
    let id: DeliveryId = permit.subject().id.typed();
    let dead = deliveries::table.find(id).filter(deliveries::state.eq(DeliveryState::Dead));
    let changed = diesel::update(dead)
        .set((
            deliveries::state.eq(DeliveryState::Pending),
            deliveries::run_at.eq(now),
            deliveries::attempts.eq(0),
            deliveries::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}
