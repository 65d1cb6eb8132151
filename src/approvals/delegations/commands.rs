//! Giving and ending delegations, and voting by one.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::api::CreateDelegation;
use super::standing::in_place;
use super::store::{self, Delegation};
use crate::access::{Action, Actor, Permit, everywhere, permit_known};
use crate::approvals::store::WholeRun;
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{DelegationId, UserId};
use crate::organization::{departments, levels};
use crate::users;
use crate::users::store::User;
use crate::users::time_off::Absence;

/// How many days a delegation lasts at most.
const DAYS_MAX: i64 = 92;
/// How many days ahead it begins at most.
const AHEAD_MAX: i64 = 366;
/// How many delegations that are not over one person may have, given and received.
const DELEGATIONS_MAX: usize = 20;

/// Lets somebody vote in a person's place for a time: in the actor's own, or in that of somebody whom
/// they manage.
///
/// # Errors
/// `invalid` for a delegate who cannot act, works for an agency, is the person themselves or the
/// manager who gives it, and for days out of range.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    giver_id: UserId,
    input: &CreateDelegation,
) -> Result<DelegationId> {
    let (id, now) = (tx.id(), tx.now());
    let own = giver_id == actor.user_id;
    let permit = permit_known(actor, if own { Action::Delegate } else { Action::ManageUsers }, id)?;
    dialect::lock(tx.conn, Root::User, giver_id.any())?;
    let giver = users::store::find_responsible(tx.conn, giver_id)?.ok_or_else(Error::not_found)?;
    check_delegate(tx, actor, giver_id, input.delegate_id)?;
    let (starts_at, ends_at) = span(&giver, now, input)?;
    check_limits(tx, input)?;
    if store::not_over(tx.conn, giver_id, now)?.len() >= DELEGATIONS_MAX {
        let detail = "At most 20 delegations that are not over.";
        return Err(Error::invalid("", "too_many", detail));
    }
    let max_base = input.max_base.as_ref();
    let row = Delegation {
        id,
        giver_id,
        delegate_id: input.delegate_id,
        starts_at,
        ends_at,
        ended_at: None,
        max_base_minor: max_base.map(|max| max.base.minor_units),
        max_base_currency: max_base.map(|max| max.base.currency.code().to_owned()),
        max_base_period: max_base.map(|max| max.period),
        max_level_id: input.max_level_id,
        all_departments: input.department_ids.is_none(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let department_ids = input.department_ids.as_deref().unwrap_or_default();
    store::insert(tx, &permit, &row, department_ids)?;
    record_of(tx, &permit, EventKind::DelegationCreated, &row)?;
    Ok(id)
}

fn check_delegate(tx: &mut Tx<'_>, actor: &Actor, giver_id: UserId, id: UserId) -> Result<()> {
    const POINTER: &str = "/delegate_id";
    if id == giver_id {
        let detail = "Nobody votes in their own place by a delegation.";
        return Err(Error::invalid(POINTER, "own_delegation", detail));
    }
    if id == actor.user_id {
        let detail = "Nobody gives themselves another's vote.";
        return Err(Error::invalid(POINTER, "separation_of_duties", detail));
    }
    users::store::find_responsible(tx.conn, id)?
        .ok_or_else(|| Error::unknown_reference(POINTER))?;
    Ok(())
}

/// From when to when: whole days where the giver is. Nothing is delegated for the past.
fn span(giver: &User, now: Instant, input: &CreateDelegation) -> Result<(Instant, Instant)> {
    let (first, last) = (input.starts_on.date(), input.ends_on.date());
    let refused = |detail: &str| Err(Error::invalid("/ends_on", "range", detail.to_owned()));
    if last < first {
        return refused("It ends before it begins.");
    }
    if (last - first).num_days() >= DAYS_MAX {
        return refused("At most 92 days at a time.");
    }
    let (starts_at, ends_at) = Absence::Days(first, last).bounds(giver.zone());
    if ends_at <= now {
        return refused("It is over already.");
    }
    if starts_at > now + TimeDelta::days(AHEAD_MAX) {
        let detail = "It begins within a year.";
        return Err(Error::invalid("/starts_on", "range", detail));
    }
    Ok((starts_at.max(now), ends_at))
}

fn check_limits(tx: &mut Tx<'_>, input: &CreateDelegation) -> Result<()> {
    if let Some(level) = input.max_level_id
        && !levels::store::is_usable(tx.conn, level)?
    {
        return Err(Error::unknown_reference("/max_level_id"));
    }
    let Some(ids) = &input.department_ids else { return Ok(()) };
    let tree = departments::tree(tx.conn)?;
    let mut seen = HashSet::new();
    let mut wrong = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let pointer = format!("/department_ids/{index}");
        if !tree.knows(*id) {
            let detail = "There is no department of this id.";
            wrong.push(FieldError::body(pointer, "unknown_reference", detail));
        } else if !seen.insert(*id) {
            wrong.push(FieldError::body(pointer, "duplicate", "A department is named once."));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

/// Ends a delegation before its time: by whoever gave it, whoever got it, or whoever manages users.
pub(super) fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DelegationId,
    expected: Option<i64>,
) -> Result<DelegationId> {
    let giver = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.giver_id;
    dialect::lock(tx.conn, Root::User, giver.any())?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let permit = permit_known(actor, may_see(actor, &row)?, id)?;
    check_version(expected, row.version)?;
    if row.ended_at.is_some() || row.ends_at <= tx.now() {
        return Err(Error::new(Code::IllegalTransition, "This delegation is over."));
    }
    finish(tx, &permit, &row)?;
    Ok(id)
}

/// Ends what a person who leaves has delegated and was delegated. Gives how many there were.
pub fn end_all(tx: &mut Tx<'_>, permit: &Permit, user_id: UserId) -> Result<usize> {
    let rows = store::not_over(tx.conn, user_id, tx.now())?;
    for row in &rows {
        finish(tx, &permit.extend_to(row.id), row)?;
    }
    Ok(rows.len())
}

fn finish(tx: &mut Tx<'_>, permit: &Permit, row: &Delegation) -> Result<()> {
    store::end(tx, permit, row)?;
    record_of(tx, permit, EventKind::DelegationEnded, row)
}

/// Through which action somebody sees a delegation.
///
/// # Errors
/// `not_found` for everybody but the two and those who manage users.
pub(super) fn may_see(actor: &Actor, row: &Delegation) -> Result<Action> {
    if [row.giver_id, row.delegate_id].contains(&actor.user_id) {
        return Ok(Action::Delegate);
    }
    if everywhere(actor, Action::ManageUsers) {
        return Ok(Action::ManageUsers);
    }
    Err(Error::not_found())
}

/// In whose place the actor votes in a run; none when they vote for themselves. Whoever gave the
/// delegation is locked, so that ending it and voting by it wait for each other.
///
/// # Errors
/// `forbidden` when there is no delegation by the named person, `invalid` when there are several and
/// nobody is named.
pub(in crate::approvals) fn place_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    whole: &WholeRun,
    named: Option<UserId>,
) -> Result<Option<UserId>> {
    let own = named == Some(actor.user_id) || (named.is_none() && whole.has_member(actor.user_id));
    if own {
        return Ok(None);
    }
    let giver = match named {
        Some(giver) => Some(giver),
        None => only_giver(actor, whole)?,
    };
    let Some(giver_id) = giver else { return Ok(None) };
    dialect::lock(tx.conn, Root::User, giver_id.any())?;
    let places = in_place(tx.conn, actor.user_id, tx.now())?;
    if places.iter().any(|place| place.run_id == whole.run.id && place.giver_id == giver_id) {
        return Ok(Some(giver_id));
    }
    Err(Error::new(Code::Forbidden, "You do not vote in the place of this person."))
}

/// The one person in whose place the actor may vote on the step whose turn it is.
fn only_giver(actor: &Actor, whole: &WholeRun) -> Result<Option<UserId>> {
    let here = actor.in_place.iter().filter(|place| place.run_id == whole.run.id);
    let mut givers: Vec<UserId> = here.map(|place| place.giver_id).collect();
    givers.sort_unstable();
    givers.dedup();
    let asked: Vec<UserId> =
        givers.iter().copied().filter(|giver| whole.waits_for(*giver)).collect();
    match (&asked[..], &givers[..]) {
        ([giver], _) | ([], [giver, ..]) => Ok(Some(*giver)),
        ([], []) => Ok(None),
        _ => {
            let detail = "Several people are asked in whose place you may vote; name one.";
            Err(Error::invalid("/on_behalf_of", "required", detail))
        }
    }
}

fn record_of(tx: &mut Tx<'_>, permit: &Permit, kind: EventKind, row: &Delegation) -> Result<()> {
    let event = Event::new(kind, row.id.into());
    let event = event.id("giver_id", row.giver_id).id("delegate_id", row.delegate_id);
    record(tx, permit, &event)?;
    Ok(())
}
