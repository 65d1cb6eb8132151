//! Looking up the addresses for which a new password was asked.

use super::{commands, store};
use crate::capabilities::NewLink;
use crate::error::Result;
use crate::http::State;

/// How many requests one turn takes.
const BATCH: i64 = 16;

/// Handles the oldest requests. Returns how many there were.
///
/// # Errors
/// When the database is away; they are then handled later.
pub fn handle_due(state: &State) -> Result<usize> {
    let due = state.db.read_here(|conn| Ok(store::oldest(conn, BATCH)?))?;
    let count = due.len();
    for (id, email_folded) in due {
        let link = NewLink::draw(&state.db, &state.derived);
        let link = Some(link).filter(|_| state.sign_in.rules.password_works(&email_folded));
        state.db.write_here(&state.db.unit(), move |tx| {
            commands::handle(tx, id, &email_folded, link.as_ref())
        })?;
    }
    Ok(count)
}
