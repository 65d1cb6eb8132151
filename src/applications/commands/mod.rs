//! What can be done with an application, one file per verb.

mod close;
mod create;
pub mod crowd;
mod leave;
mod moves;
mod past;
mod update;

pub use close::{decline, hire, require_reason};
pub(super) use close::{reject, reopen, withdraw};
pub(super) use create::{create, place};
pub use leave::leave;
pub use moves::advance;
pub(crate) use moves::move_to;
pub use past::{PastApplication, PastClosing, PastMove, insert_past};
pub(super) use update::update;

use super::store::{self, Application};
use crate::access::{Action, Actor, Permit, Scope, Standing, permit, standing};
use crate::db::dialect::{Root, lock};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind};
use crate::ids::{ApplicationId, SourceId, UserId};
use crate::organization::sources;
use crate::users;

/// What the actor is to an application, in one statement, and the scope that the policy asks for.
pub fn scope(conn: &mut Conn, actor: &Actor, row: &Application) -> Result<(Scope, Standing)> {
    let standing = standing(conn, actor, row.id)?;
    Ok((Scope::on_job(row.id, row.job_id).standing(standing), standing))
}

/// Locks an application, loads it and asks whether the actor may change it.
fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
) -> Result<(Application, Permit)> {
    lock(tx.conn, Root::Application, id.any())?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = scope(tx.conn, actor, &row)?;
    let permit = permit(tx.conn, actor, Action::MoveApplication, &scope)?;
    check_version(expected, row.version)?;
    Ok((row, permit))
}

/// An event about an application.
fn event(kind: EventKind, row: &Application) -> Event {
    let event = Event::new(kind, row.id.into());
    event.job(row.job_id).candidate(row.candidate_id).application(row.id)
}

fn already_applied() -> Error {
    let detail = "The candidate already has an active application for this job.";
    Error::new(Code::AlreadyApplied, detail)
}

/// The source is in use and the owner can sign in, where they are given.
pub(crate) fn check_people(
    tx: &mut Tx<'_>,
    source_id: Option<SourceId>,
    owner_id: Option<UserId>,
) -> Result<()> {
    if let Some(id) = source_id {
        let source = sources::store::find(tx.conn, id)?;
        if source.is_none_or(|source| source.archived_at.is_some()) {
            return Err(Error::unknown_reference("/source_id"));
        }
    }
    if let Some(id) = owner_id {
        users::store::find_responsible(tx.conn, id)?
            .ok_or_else(|| Error::unknown_reference("/owner_id"))?;
    }
    Ok(())
}

/// Somebody who works here named the candidate, where it is said who.
fn check_referrer(tx: &mut Tx<'_>, referrer_id: Option<UserId>) -> Result<()> {
    if let Some(id) = referrer_id {
        users::store::find_responsible(tx.conn, id)?
            .ok_or_else(|| Error::unknown_reference("/referrer_id"))?;
    }
    Ok(())
}
