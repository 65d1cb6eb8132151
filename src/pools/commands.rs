//! Adding and changing pools.

use super::api::{CreatePool, UpdatePool};
use super::store::{self, Pool};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Line, UpTo};
use crate::ids::PoolId;

/// How many interviews of each kind the training takes if nobody says.
const PRACTICE: i32 = 2;

/// Adds a pool without members.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreatePool) -> Result<PoolId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManagePools, id)?;
    let row = Pool {
        id,
        name: input.name.to_text(),
        shadows_needed: input.shadows_needed.unwrap_or(PRACTICE),
        reverse_shadows_needed: input.reverse_shadows_needed.unwrap_or(PRACTICE),
        promotes_automatically: input.promotes_automatically,
        interviews_per_day: input.interviews_per_day.map(UpTo::number),
        interviews_per_week: input.interviews_per_week.map(UpTo::number),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::PoolCreated, id.into()))?;
    Ok(id)
}

/// Changes a pool.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PoolId,
    expected: Option<i64>,
    input: &UpdatePool,
) -> Result<PoolId> {
    let permit = permit_known(actor, Action::ManagePools, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("shadows_needed", &mut row.shadows_needed, input.shadows_needed);
    let reverse = &mut row.reverse_shadows_needed;
    changes.set("reverse_shadows_needed", reverse, input.reverse_shadows_needed);
    let automatically = &mut row.promotes_automatically;
    changes.set("promotes_automatically", automatically, input.promotes_automatically);
    let per_day = input.interviews_per_day.map(|limit| limit.map(UpTo::number));
    changes.set("interviews_per_day", &mut row.interviews_per_day, per_day);
    let per_week = input.interviews_per_week.map(|limit| limit.map(UpTo::number));
    changes.set("interviews_per_week", &mut row.interviews_per_week, per_week);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::PoolUpdated, id.into()).changed(changes.names()))?;
    Ok(id)
}
