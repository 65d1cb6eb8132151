//! Changing what stands beside the life of an application.

use super::{check_people, event, open};
use crate::access::Actor;
use crate::applications::api::UpdateApplication;
use crate::applications::store;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{EventKind, record};
use crate::ids::ApplicationId;

/// Changes source and owner.
pub(in crate::applications) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
    input: &UpdateApplication,
) -> Result<ApplicationId> {
    let (mut row, permit) = open(tx, actor, id, expected)?;
    let mut changed = Vec::new();
    check_people(tx, input.source_id.flatten(), input.owner_id.flatten())?;
    if let Some(source_id) = input.source_id {
        row.source_id = source_id;
        changed.push("source_id");
    }
    if let Some(owner_id) = input.owner_id {
        row.owner_id = owner_id;
        changed.push("owner_id");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::ApplicationUpdated, &row).changed(&changed))?;
    Ok(id)
}
