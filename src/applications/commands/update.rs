//! Changing what stands beside the life of an application.

use super::{check_people, check_referrer, event, open, scope};
use crate::access::{Actor, holdings};
use crate::applications::api::UpdateApplication;
use crate::applications::store;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{Changes, EventKind, record};
use crate::ids::ApplicationId;
use crate::organization::field_definitions::{FieldNoun, FieldReach, values};

/// Changes source, owner and custom fields.
pub(in crate::applications) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
    input: &UpdateApplication,
) -> Result<ApplicationId> {
    let (mut row, permit) = open(tx, actor, id, expected)?;
    let (scope, _) = scope(tx.conn, actor, &row)?;
    let holdings = holdings(tx.conn, actor, &scope)?;
    let custom = values::merge(
        tx.conn,
        FieldNoun::Application,
        &row.custom,
        &input.custom,
        FieldReach::of(actor, &holdings),
    )?;
    let mut changes = Changes::default();
    check_people(tx, input.source_id.flatten(), input.owner_id.flatten())?;
    check_referrer(tx, input.referrer_id.flatten().filter(|id| row.referrer_id != Some(*id)))?;
    changes.set("source_id", &mut row.source_id, input.source_id);
    changes.set("owner_id", &mut row.owner_id, input.owner_id);
    changes.set("referrer_id", &mut row.referrer_id, input.referrer_id);
    let custom = Some(custom).filter(|custom| *custom != row.custom);
    changes.set("custom", &mut row.custom, custom);
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::ApplicationUpdated, &row).changed(changes.names()))?;
    Ok(id)
}
