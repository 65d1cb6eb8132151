//! Being away: saying so, changing it, taking it back.

use super::Absence;
use super::api::TimeOffSpan;
use super::model::Flaw;
use super::store::{self, TimeOff};
use crate::access::{Action, Actor, Permit, everywhere, permit_known};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{TimeOffId, UserId};
use crate::users;

/// How many entries that are not over somebody may have.
const ENTRIES_MAX: i64 = 100;

/// Says when somebody is away: oneself, or somebody whom the actor manages.
pub(super) fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user_id: UserId,
    input: &TimeOffSpan,
) -> Result<TimeOffId> {
    let (id, now) = (tx.id(), tx.now());
    let own = user_id == actor.user_id;
    let action = if own { Action::ManageOwnProfile } else { Action::ManageUsers };
    let permit = permit_known(actor, action, id)?;
    dialect::lock(tx.conn, Root::User, user_id.any())?;
    let absence = input.absence(None)?;
    refuse_flaw(absence)?;
    refuse_overlap(tx, user_id, id, absence)?;
    if store::count_after(tx.conn, user_id, now)? >= ENTRIES_MAX {
        let detail = "At most 100 entries that are not over.";
        return Err(Error::invalid("", "too_many", detail));
    }
    let mut row = TimeOff {
        id,
        user_id,
        starts_on: None,
        ends_on: None,
        starts_at: None,
        ends_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row.set(absence);
    store::insert(tx, &permit, &row)?;
    record_of(tx, &permit, EventKind::TimeOffCreated, &row)?;
    Ok(id)
}

/// Changes when somebody is away.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TimeOffId,
    expected: Option<i64>,
    input: &TimeOffSpan,
) -> Result<TimeOffId> {
    let (permit, mut row) = find(tx, actor, id, expected)?;
    if !input.is_empty() {
        let absence = input.absence(row.absence())?;
        refuse_flaw(absence)?;
        refuse_overlap(tx, row.user_id, id, absence)?;
        row.set(absence);
    }
    store::save(tx, &permit, &row)?;
    record_of(tx, &permit, EventKind::TimeOffUpdated, &row)?;
    Ok(id)
}

/// Says that somebody is not away after all.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TimeOffId,
    expected: Option<i64>,
) -> Result<TimeOffId> {
    let (permit, row) = find(tx, actor, id, expected)?;
    store::delete(tx, &permit, &row)?;
    record_of(tx, &permit, EventKind::TimeOffRemoved, &row)?;
    Ok(id)
}

/// The entry, of the version that the actor read. Others are told that there is none.
fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TimeOffId,
    expected: Option<i64>,
) -> Result<(Permit, TimeOff)> {
    let owner = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.user_id;
    let action = may_see(actor, owner)?;
    dialect::lock(tx.conn, Root::User, owner.any())?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok((permit_known(actor, action, id)?, row))
}

/// Through which action somebody sees the entries of a person.
///
/// # Errors
/// `not_found` for everybody but the person and those who manage users.
pub(super) fn may_see(actor: &Actor, owner: UserId) -> Result<Action> {
    if owner == actor.user_id {
        return Ok(Action::ManageOwnProfile);
    }
    if everywhere(actor, Action::ManageUsers) {
        return Ok(Action::ManageUsers);
    }
    Err(Error::not_found())
}

fn refuse_flaw(absence: Absence) -> Result<()> {
    let end = match absence {
        Absence::Days(..) => "/ends_on",
        Absence::Instants(..) => "/ends_at",
    };
    absence.check().map_err(|flaw| match flaw {
        Flaw::Backwards => Error::invalid(end, "range", "It ends before it begins."),
        Flaw::TooLong => Error::invalid(end, "range", "At most 366 days at a time."),
    })
}

/// Nobody is away twice at once.
fn refuse_overlap(
    tx: &mut Tx<'_>,
    user_id: UserId,
    but: TimeOffId,
    absence: Absence,
) -> Result<()> {
    let user = users::store::find(tx.conn, user_id)?.ok_or_else(Error::not_found)?;
    let zone = user.zone();
    let (from, to) = absence.bounds(zone);
    let known = store::others_around(tx.conn, user_id, but, from, to)?;
    if known.into_iter().any(|other| other.overlaps(absence, zone)) {
        let detail = "There is time off within this span already.";
        return Err(Error::new(Code::AlreadyExists, detail));
    }
    Ok(())
}

fn record_of(tx: &mut Tx<'_>, permit: &Permit, kind: EventKind, row: &TimeOff) -> Result<()> {
    let event = Event::new(kind, row.id.into()).id("user_id", row.user_id);
    record(tx, permit, &event)?;
    Ok(())
}

impl TimeOffSpan {
    fn is_empty(&self) -> bool {
        self.starts_on.is_none()
            && self.ends_on.is_none()
            && self.starts_at.is_none()
            && self.ends_at.is_none()
    }

    /// The absence that this makes, beside one that stands there.
    ///
    /// # Errors
    /// `invalid` for days and instants at once, and for one end without the other.
    fn absence(&self, known: Option<Absence>) -> Result<Absence> {
        let days = self.starts_on.is_some() || self.ends_on.is_some();
        let instants = self.starts_at.is_some() || self.ends_at.is_some();
        if days && instants {
            let detail = "Either two days or two instants.";
            return Err(Error::invalid("/starts_at", "conflict", detail));
        }
        if instants {
            let (start, end) = match known {
                Some(Absence::Instants(start, end)) => (Some(start), Some(end)),
                Some(Absence::Days(..)) | None => (None, None),
            };
            let start = self.starts_at.or(start).ok_or_else(|| required("starts_at"))?;
            let end = self.ends_at.or(end).ok_or_else(|| required("ends_at"))?;
            return Ok(Absence::Instants(start, end));
        }
        let (first, last) = match known {
            Some(Absence::Days(first, last)) => (Some(first), Some(last)),
            Some(Absence::Instants(..)) | None => (None, None),
        };
        let first = self.starts_on.map(crate::http::fields::Day::date).or(first);
        let last = self.ends_on.map(crate::http::fields::Day::date).or(last);
        let first = first.ok_or_else(|| required("starts_on"))?;
        Ok(Absence::Days(first, last.ok_or_else(|| required("ends_on"))?))
    }
}

fn required(field: &str) -> Error {
    let detail = "Send two days, starts_on and ends_on, or two instants, starts_at and ends_at.";
    Error::invalid_fields(vec![FieldError::body(format!("/{field}"), "required", detail)])
}
