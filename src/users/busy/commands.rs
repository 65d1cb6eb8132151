//! Naming a calendar, taking it back, and what is known of somebody's time.

use secrecy::ExposeSecret;

use super::api::SetBusyCalendar;
use super::store::{self, BusyCalendar};
use crate::access::{Action, Actor, Permit, permit_known, somewhere};
use crate::clock::Instant;
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{BusyCalendarId, UserId};
use crate::outbound::Written;
use crate::outbound::guard::Reach;
use crate::sessions::{DerivedSecrets, SealedFor};
use crate::users;
use crate::working_time::Span;

/// The address of a calendar, checked and sealed: drawn before the transaction.
#[derive(Clone)]
pub(super) struct Sealed {
    address: Vec<u8>,
    host: String,
    ending: String,
}

impl Sealed {
    /// Checks what was written and seals it for its person.
    ///
    /// # Errors
    /// `invalid` for what is no address that is asked.
    pub(super) fn of(
        input: &SetBusyCalendar,
        user: UserId,
        reach: Reach,
        derived: &DerivedSecrets,
    ) -> Result<Self> {
        let text = input.address.expose_secret().trim();
        // Calendars like to be followed by a scheme of their own.
        let text = match text.strip_prefix("webcal://") {
            Some(rest) => format!("https://{rest}"),
            None => text.to_owned(),
        };
        let Written { url, host, ending } = Written::read(&text, reach)
            .map_err(|detail| Error::invalid("/address", "address", detail))?;
        let address = derived.seal(SealedFor::BusyCalendar, &user.to_string(), url.as_str())?;
        Ok(Self { address, host, ending })
    }
}

/// Names one's calendar, in place of another. It is asked soon.
pub(super) fn set(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    sealed: &Sealed,
) -> Result<BusyCalendarId> {
    let user_id = actor.user_id;
    dialect::lock(tx.conn, Root::User, user_id.any())?;
    let (known, now) = (store::of_user(tx.conn, user_id)?, tx.now());
    let id = known.as_ref().map_or_else(|| tx.id(), |row| row.id);
    let permit = permit_known(actor, Action::ManageOwnProfile, id)?;
    check_version(expected, known.as_ref().map_or(0, |row| row.version))?;
    let Sealed { address, host, ending } = sealed.clone();
    let (version, created_at) =
        known.as_ref().map_or((1, now), |row| (row.version, row.created_at));
    let row = BusyCalendar {
        id,
        user_id,
        address,
        host,
        ending,
        failure: None,
        failures: 0,
        fetched_at: None,
        read_at: None,
        etag: None,
        last_modified: None,
        asked_at: Some(now),
        run_at: now,
        version,
        created_at,
        updated_at: now,
    };
    if known.is_some() {
        store::save(tx, &permit, &row)?;
        store::replace_intervals(tx, &permit, user_id, &[])?;
    } else {
        store::insert(tx, &permit, &row)?;
    }
    let event = Event::new(EventKind::BusyCalendarSet, id.into()).id("user_id", user_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Takes one's calendar back. Nothing is kept of it but that it was removed.
///
/// # Errors
/// `not_found`.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
) -> Result<BusyCalendarId> {
    dialect::lock(tx.conn, Root::User, actor.user_id.any())?;
    let row = store::of_user(tx.conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let permit = permit_known(actor, Action::ManageOwnProfile, row.id)?;
    check_version(expected, row.version)?;
    store::delete(tx, &permit, actor.user_id)?;
    let event = Event::new(EventKind::BusyCalendarRemoved, row.id.into());
    record(tx, &permit, &event.id("user_id", actor.user_id))?;
    Ok(row.id)
}

/// Forgets the calendar of somebody who leaves. Says how many there were.
pub fn end(tx: &mut Tx<'_>, permit: &Permit, user: UserId) -> Result<usize> {
    store::delete(tx, permit, user)
}

/// The calendar of somebody, if there is one, and when they are busy by it.
type Known = (Option<BusyCalendar>, Vec<(Instant, Instant)>);

/// What is known of somebody's time: their calendar, and when they are busy.
///
/// # Errors
/// `forbidden` for somebody who schedules nobody; `not_found`.
pub(super) fn read(conn: &mut Conn, actor: &Actor, id: UserId, span: Span) -> Result<Known> {
    if id != actor.user_id {
        let somewhere = somewhere(actor, Action::ReadAvailability);
        let own = users::store::find_seen(conn, actor.user_id, somewhere)?;
        if !own.is_some_and(|(_, schedules)| schedules) {
            return Err(Error::new(Code::Forbidden, "Only those who schedule see this."));
        }
        users::store::find(conn, id)?.ok_or_else(Error::not_found)?;
    }
    let calendar = store::of_user(conn, id)?;
    let rows = store::intervals(conn, &[id], span)?;
    Ok((calendar, rows.into_iter().map(|(_, from, to)| (from, to)).collect()))
}
