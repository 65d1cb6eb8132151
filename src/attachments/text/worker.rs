//! Reading the files that wait.

use chrono::TimeDelta;

use super::TextState;
use super::extractor::{Extractor, Outcome};
use super::store::{self, Waiting};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::dialect::{self, Root, lock};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::AttachmentId;

/// How many files are taken at a time.
const BATCH: i32 = 4;
/// How long one who takes files has them.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a process may break at a file before it is refused.
const TRIES: i32 = 3;

/// Reads some of the files that wait. Returns how many it took.
///
/// # Errors
/// When the database is away, or no process can be started; the files then wait until their time comes again.
pub fn run_due(db: &Db, extractor: &Extractor) -> Result<usize> {
    let (claimed, lease) = db.write_here(&db.unit(), |tx| {
        let (now, lease) = (tx.now(), tx.now() + LEASE);
        Ok((dialect::claim_texts(tx.conn, now, lease, BATCH)?, lease))
    })?;
    for id in &claimed {
        read(db, extractor, id.typed(), lease)?;
    }
    Ok(claimed.len())
}

fn read(db: &Db, extractor: &Extractor, id: AttachmentId, lease: Instant) -> Result<()> {
    let found = db.read_here(move |conn| {
        let file = store::waiting(conn, id)?.filter(|file| file.run_at == lease);
        let bytes = store::content(conn, id)?;
        Ok(file.zip(bytes))
    })?;
    let Some((file, bytes)) = found else { return Ok(()) };
    let outcome = extractor.read(file.media_type, &bytes)?;
    db.write_here(&db.unit(), move |tx| settle(tx, &file, &outcome))
}

fn settle(tx: &mut Tx<'_>, taken: &Waiting, outcome: &Outcome) -> Result<()> {
    lock(tx.conn, Root::Candidate, taken.candidate_id.any())?;
    // It may be removed by now, or another's.
    let still = store::waiting(tx.conn, taken.id)?.filter(|file| file.run_at == taken.run_at);
    let Some(file) = still.filter(|file| file.candidate_id == taken.candidate_id) else {
        return Ok(());
    };
    let permit = Permit::for_system(file.id);
    let result = match outcome {
        Outcome::Read(text) if text.trim().is_empty() => (TextState::Empty, None),
        Outcome::Read(text) => (TextState::Extracted, Some(text.as_str())),
        Outcome::Refused => (TextState::Refused, None),
        Outcome::Broke if file.attempts >= TRIES => (TextState::Refused, None),
        Outcome::Broke => {
            let run_at = tx.now() + TimeDelta::minutes(10) * file.attempts;
            return store::put_off(tx, &permit, &file, run_at);
        }
    };
    store::settle(tx, &permit, &file, result)
}
