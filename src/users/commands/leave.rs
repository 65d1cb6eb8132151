//! What becomes of the people whom somebody who leaves leads.

use std::collections::HashSet;

use super::profile::lock_managers;
use crate::access::Permit;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::UserId;
use crate::users::leaving::{HandOver, ObligationKind};
use crate::users::store;

/// How many people are taken at a time.
const BATCH: i64 = 500;

/// Gives the people whom a person leads to a successor. Without one, and where the successor stands
/// below them, they are led by whoever led the person.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let (leaver, successor) = (hand.leaver, hand.to(ObligationKind::Manager));
    lock_managers(tx)?;
    let above = store::manager_of(tx.conn, leaver)?;
    let not_below = match successor {
        Some(successor) => line_of(tx.conn, successor)?,
        None => HashSet::new(),
    };
    loop {
        let rows = store::led_by(tx.conn, leaver, BATCH)?;
        if rows.is_empty() {
            return Ok(());
        }
        for mut row in rows {
            let able = successor.filter(|_| !not_below.contains(&row.id));
            row.manager_id = able.or(above);
            if let Some(successor) = able {
                hand.took(successor, 1);
            }
            let permit = permit.extend_to(row.id);
            store::save(tx, &permit, &row)?;
            let event = Event::new(EventKind::UserUpdated, row.id.into()).changed(&["manager_id"]);
            record(tx, &permit, &event)?;
        }
    }
}

/// A person with everybody who stands above them.
fn line_of(conn: &mut Conn, person: UserId) -> Result<HashSet<UserId>> {
    let mut line = HashSet::new();
    let mut next = Some(person);
    while let Some(one) = next.filter(|one| line.insert(*one)) {
        next = store::manager_of(conn, one)?;
    }
    Ok(line)
}
