//! The sealer and the chain.
//!
//! The sealer gives events gapless positions in commit order and chains them:
//! `hash = SHA-256(previous_hash ‖ canonical JSON of the event and its position)`, canonical by
//! RFC 8785, with ids and instants in wire form. A changed byte, a removed row and two swapped rows
//! are found by [`verify`]. A cut tail is not: only a [`head`] that was kept outside shows it.

use serde_json::{Value, json};

use super::store::{self, EventRow, LogRow};
use crate::db::Conn;
use crate::digest::{hex, sha256};
use crate::error::{Error, Result};

/// How many events the sealer moves at once, and verification reads at once.
const CHUNK: i64 = 512;

/// What the first event chains to.
const GENESIS: [u8; 32] = [0; 32];

/// The newest link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The newest position; 0 while the log is empty.
    pub position: i64,
    /// Its hash in lower-case hexadecimal.
    pub hash: String,
}

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its newest link.
    pub head: Head,
    /// Events that have no position yet.
    pub unsealed: i64,
}

/// Where a chain breaks first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The position at which it shows.
    pub position: i64,
    /// What is wrong there.
    pub reason: &'static str,
}

/// Moves the tail to the log. Runs inside a write; the caller holds the sealer's lease. Returns
/// how many events it sealed.
pub fn seal(conn: &mut Conn) -> Result<usize> {
    let mut sealed = 0;
    loop {
        let rows = store::tail(conn, CHUNK)?;
        if rows.is_empty() {
            return Ok(sealed);
        }
        let newest = store::newest(conn)?;
        let (mut position, mut previous) =
            newest.map_or((0, GENESIS.to_vec()), |row| (row.position, row.hash));
        for row in rows {
            position += 1;
            let hash = link(&previous, position, &row)?;
            let log =
                LogRow { position, event_id: row.id, previous_hash: previous, hash: hash.clone() };
            store::append(conn, &log)?;
            previous = hash;
            sealed += 1;
        }
    }
}

/// The newest link.
pub fn head(conn: &mut Conn) -> Result<Head> {
    let newest = store::newest(conn)?;
    let (position, hash) = newest.map_or((0, GENESIS.to_vec()), |row| (row.position, row.hash));
    Ok(Head { position, hash: hex(&hash) })
}

/// Walks the whole chain.
///
/// # Errors
/// Only when the database cannot be read; a chain that does not hold is `Ok(Err(_))`.
pub fn verify(conn: &mut Conn) -> Result<std::result::Result<Verified, Broken>> {
    let (mut position, mut previous) = (0, GENESIS.to_vec());
    loop {
        let rows = store::log_after(conn, position, CHUNK)?;
        if rows.is_empty() {
            break;
        }
        for (log, event) in rows {
            let broken = |reason| Ok(Err(Broken { position: log.position, reason }));
            let Some(event) = event else {
                return broken("the event of this position is gone");
            };
            if log.position != position + 1 {
                return broken("a position before this one is missing");
            }
            if log.previous_hash != previous {
                return broken("it does not follow the one before");
            }
            if log.hash != link(&previous, log.position, &event)? {
                return broken("its content does not match its hash");
            }
            (position, previous) = (log.position, log.hash);
        }
    }
    let unsealed = store::tail_length(conn)?;
    Ok(Ok(Verified { head: Head { position, hash: hex(&previous) }, unsealed }))
}

fn link(previous: &[u8], position: i64, row: &EventRow) -> Result<Vec<u8>> {
    let mut bytes = previous.to_vec();
    let document = document(position, row);
    bytes.extend(serde_json_canonicalizer::to_vec(&document).map_err(Error::internal)?);
    Ok(sha256(&bytes).to_vec())
}

/// What the hash of a position covers, beside the hash before it.
pub(super) fn document(position: i64, row: &EventRow) -> Value {
    let shown = |id: Option<crate::ids::AnyId>, noun: &str| id.map(|id| id.shown_as(noun));
    json!({
        "position": position.to_string(),
        "id": row.id,
        "kind": row.kind,
        "schema_version": row.schema_version,
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
        "origin": row.origin,
        "actor_kind": row.actor_kind,
        "actor_id": shown(row.actor_id, &row.actor_kind),
        "on_behalf_of": shown(row.on_behalf_of, "user"),
        "session_id": row.session_id,
        "request_id": row.request_id,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id.shown_as(&row.subject_kind),
        "job_id": row.job_id,
        "candidate_id": row.candidate_id,
        "application_id": row.application_id,
        "audience": row.audience,
        "payload": row.payload.0,
    })
}
