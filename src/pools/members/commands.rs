//! Coming into a pool, learning, pausing, leaving.

use std::collections::HashMap;

use super::Qualification;
use super::api::{AddPoolMember, UpdatePoolMember};
use super::store::{self, PoolMember};
use crate::access::{Action, Actor, Permit, everywhere, permit_known, somewhere};
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Day;
use crate::ids::{KitId, PoolId, PoolMemberId, UserId};
use crate::interviews;
use crate::pools::store::{self as pools, Pool};
use crate::users;

/// How many people a pool has at most.
pub const MEMBERS_MAX: i64 = 500;
/// How long somebody pauses at a time, in days.
const PAUSE_MAX: i64 = 366;

/// Puts somebody into a pool; invited, if nothing else is said.
///
/// # Errors
/// `invalid` for somebody who cannot act or does not work here, and for a full pool;
/// `already_exists`, `not_ready` for an archived pool.
pub(super) fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    pool_id: PoolId,
    input: &AddPoolMember,
) -> Result<PoolMemberId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManagePools, id)?;
    let pool = pools::find(tx.conn, pool_id)?.ok_or_else(Error::not_found)?;
    if pool.archived_at.is_some() {
        return Err(Error::new(Code::NotReady, "The pool is archived."));
    }
    users::store::find_responsible(tx.conn, input.user_id)?
        .ok_or_else(|| Error::unknown_reference("/user_id"))?;
    if store::count(tx.conn, pool_id)? >= MEMBERS_MAX {
        let detail = format!("A pool has at most {MEMBERS_MAX} members.");
        return Err(Error::invalid("", "too_many", detail));
    }
    let row = PoolMember {
        id,
        pool_id,
        user_id: input.user_id,
        qualification: input.qualification.unwrap_or(Qualification::Invited),
        qualification_since: now,
        paused_until_on: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::PoolMemberAdded, &row))?;
    Ok(id)
}

/// Changes what somebody is in a pool, and until when they pause. The person themselves pauses and
/// no more.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PoolMemberId,
    expected: Option<i64>,
    input: &UpdatePoolMember,
) -> Result<PoolMemberId> {
    let (mut row, _) = find(tx, actor, id)?;
    let own = row.user_id == actor.user_id && input.qualification.is_none();
    let action = if own { Action::ManageOwnProfile } else { Action::ManagePools };
    let permit = permit_known(actor, action, id)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    if let Some(qualification) = input.qualification.filter(|new| *new != row.qualification) {
        set(tx, &mut row, qualification);
        changes.note("qualification");
    }
    if let Some(until) = input.paused_until_on {
        let until = until.map(Day::date);
        let latest = tx.now().date_naive() + chrono::Days::new(PAUSE_MAX.unsigned_abs());
        if until.is_some_and(|until| until > latest) {
            let detail = "At most 366 days from now.";
            return Err(Error::invalid("/paused_until_on", "range", detail));
        }
        changes.set("paused_until_on", &mut row.paused_until_on, Some(until));
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::PoolMemberUpdated, &row).changed(changes.names()))?;
    Ok(id)
}

/// Joins as invited: the first step of the training begins.
///
/// # Errors
/// `forbidden` for anybody else, `illegal_transition` for somebody who joined before.
pub(super) fn join(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PoolMemberId,
    expected: Option<i64>,
) -> Result<PoolMemberId> {
    let (mut row, pool) = find(tx, actor, id)?;
    if row.user_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only whoever is invited joins."));
    }
    let permit = permit_known(actor, Action::ManageOwnProfile, id)?;
    check_version(expected, row.version)?;
    if row.qualification != Qualification::Invited {
        return Err(Error::new(Code::IllegalTransition, "You joined this pool before."));
    }
    set(tx, &mut row, Qualification::Invited.next(pool.needs()));
    store::save(tx, &permit, &row)?;
    let event = event(EventKind::PoolMemberUpdated, &row).changed(&["qualification"]);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Takes somebody out of a pool: the person themselves, or whoever looks after pools.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PoolMemberId,
    expected: Option<i64>,
) -> Result<PoolMemberId> {
    let (row, _) = find(tx, actor, id)?;
    let own = row.user_id == actor.user_id;
    let action = if own { Action::ManageOwnProfile } else { Action::ManagePools };
    let permit = permit_known(actor, action, id)?;
    check_version(expected, row.version)?;
    store::delete(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::PoolMemberRemoved, &row))?;
    Ok(id)
}

/// An interview of a kit took place: promotes those on its panel who held as many as their step
/// takes, in pools that promote automatically.
pub fn count(tx: &mut Tx<'_>, permit: &Permit, kit: KitId, panel: &[UserId]) -> Result<()> {
    for id in store::learning(tx.conn, kit, panel)? {
        dialect::lock(tx.conn, Root::PoolMember, id.any())?;
        let Some((mut row, pool)) = store::find(tx.conn, id)? else { continue };
        let held = held(tx.conn, &[row.clone()])?.get(&id).copied().unwrap_or(0);
        if row.qualification.needed(pool.needs()).is_some_and(|needed| held >= needed) {
            let next = row.qualification.next(pool.needs());
            set(tx, &mut row, next);
            let permit = permit.extend_to(id);
            store::save(tx, &permit, &row)?;
            record(tx, &permit, &event(EventKind::PoolMemberPromoted, &row))?;
        }
    }
    Ok(())
}

/// How many interviews each of these members held towards their next step.
pub(super) fn held(conn: &mut Conn, members: &[PoolMember]) -> Result<HashMap<PoolMemberId, i32>> {
    let pools: Vec<PoolId> = members.iter().map(|member| member.pool_id).collect();
    let people: Vec<UserId> = members.iter().map(|member| member.user_id).collect();
    let since = members.iter().map(|member| member.qualification_since).min();
    let Some(since) = since else { return Ok(HashMap::new()) };
    let sat = interviews::store::held_for(conn, &pools, &people, since)?;
    let counts = members.iter().map(|member| {
        let counting = sat.iter().filter(|one| {
            one.pool_id == member.pool_id
                && one.user_id == member.user_id
                && one.completed_at >= member.qualification_since
                && member.qualification.counts(one.slot)
        });
        (member.id, i32::try_from(counting.count()).unwrap_or(i32::MAX))
    });
    Ok(counts.collect())
}

/// Whether the actor may see everybody who is in a pool: whoever may see when people are there.
pub(super) fn sees_all(conn: &mut Conn, actor: &Actor) -> Result<bool> {
    if everywhere(actor, Action::ManagePools) {
        return Ok(true);
    }
    let sees = somewhere(actor, Action::ReadAvailability);
    Ok(users::store::find_seen(conn, actor.user_id, sees)?.is_some_and(|(_, sees)| sees))
}

/// The member, locked. Those who may not see it are told that there is
/// none.
fn find(tx: &mut Tx<'_>, actor: &Actor, id: PoolMemberId) -> Result<(PoolMember, Pool)> {
    dialect::lock(tx.conn, Root::PoolMember, id.any())?;
    let (row, pool) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if row.user_id != actor.user_id && !sees_all(tx.conn, actor)? {
        return Err(Error::not_found());
    }
    Ok((row, pool))
}

fn set(tx: &Tx<'_>, row: &mut PoolMember, qualification: Qualification) {
    row.qualification = qualification;
    row.qualification_since = tx.now();
}

fn event(kind: EventKind, row: &PoolMember) -> Event {
    Event::new(kind, row.id.into())
        .id("pool_id", row.pool_id)
        .id("user_id", row.user_id)
        .code("qualification", row.qualification.as_str())
}
