//! Taking out of the files what erasure deleted.

use chrono::Timelike;

use super::nightly::zone;
use super::store;
use crate::access::Permit;
use crate::db::Db;
use crate::error::Result;
use crate::organization::settings;

/// The hours of the organization's night in which the file may be written anew.
const NIGHT: std::ops::Range<u32> = 0..5;

/// Writes the database anew if somebody was anonymized since it last was. Returns whether it did. Writes
/// wait meanwhile.
///
/// # Errors
/// When the database is away, or somebody still reads what was there before.
pub fn scrub(db: &Db) -> Result<bool> {
    let before = db.clock().now();
    if !db.read_here(|conn| Ok(store::unscrubbed(conn)?))? {
        return Ok(false);
    }
    db.scrub(true)?;
    db.write_here(&db.unit(), move |tx| {
        let Some(organization) = settings::store::organization(tx.conn)? else { return Ok(0) };
        store::mark_scrubbed(tx, &Permit::for_system(organization.id), before)
    })?;
    Ok(true)
}

/// The same in the organization's night. By day the log alone is emptied, which takes no time.
///
/// # Errors
/// When the database is away, or somebody still reads what was there before.
pub fn scrub_at_night(db: &Db) -> Result<()> {
    let now = db.clock().now();
    let (owed, zone) = db.read_here(|conn| Ok((store::unscrubbed(conn)?, zone(conn)?)))?;
    let hour = now.utc().with_timezone(&zone).hour();
    if NIGHT.contains(&hour) {
        scrub(db)?;
    } else if owed {
        db.scrub(false)?;
    }
    Ok(())
}
