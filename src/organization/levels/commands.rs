//! Adding and changing levels.

use super::api::{CreateLevel, UpdateLevel};
use super::store::{self, Level};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::LevelId;

/// A level to add.
#[derive(Debug, Clone)]
pub struct NewLevel {
    /// Its name.
    pub name: String,
    /// The ladder that it is a rung of.
    pub track: String,
    /// Its place on the track.
    pub rank: i32,
}

/// Adds a level as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateLevel) -> Result<LevelId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    add(
        tx,
        &permit,
        id,
        NewLevel { name: input.name.to_text(), track: input.track.to_text(), rank: input.rank },
    )?;
    Ok(id)
}

/// Adds a level.
pub fn add(tx: &mut Tx<'_>, permit: &Permit, id: LevelId, new: NewLevel) -> Result<()> {
    let now = tx.now();
    let row = Level {
        id,
        name: new.name,
        track: new.track,
        rank: new.rank,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::LevelCreated, id.into()))?;
    Ok(())
}

/// Changes a level.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: LevelId,
    expected: Option<i64>,
    input: &UpdateLevel,
) -> Result<LevelId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("track", &mut row.track, input.track.as_ref().map(Line::to_text));
    changes.set("rank", &mut row.rank, input.rank);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::LevelUpdated, id.into()).changed(changes.names()))?;
    Ok(id)
}
