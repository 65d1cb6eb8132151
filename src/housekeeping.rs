//! What has to be done now and then, and by nobody's request.

use crate::db::Db;
use crate::error::Result;
use crate::events;
use crate::http::idempotency;
use crate::retention;
use crate::sessions::signing_keys;

/// Forgets idempotency keys that were kept long enough, rotates the signing keys, takes out of the files what
/// erasure deleted, and logs the newest
/// link of the chain of events, so that the log is an anchor outside of the database: without one a
/// tail that was cut off is not noticed. Once an hour is enough; several instances may do it at once.
///
/// # Errors
/// When the database is away.
pub fn run(db: &Db) -> Result<()> {
    let forgotten = db.write_here(&db.unit(), idempotency::sweep)?;
    signing_keys::commands::keep(db)?;
    retention::arm(db)?;
    retention::scrub_at_night(db)?;
    let head = db.read_here(events::head)?;
    tracing::info!(
        audit.position = head.position,
        audit.hash = head.hash,
        idempotency.forgotten = forgotten,
        "The chain of events stands here."
    );
    Ok(())
}
