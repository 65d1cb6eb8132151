//! When and from where keys were last used: noted in memory, written once a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::store;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::Db;
use crate::error::Result;
use crate::ids::ApiKeyId;

/// One use of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) at: Instant,
    pub(super) address: IpAddr,
}

/// The newest use of each key that is not written yet.
#[derive(Debug, Default)]
pub struct KeyUses(Mutex<HashMap<ApiKeyId, Use>>);

impl KeyUses {
    /// Notes that a key was used; costs no statement.
    pub fn note(&self, key: ApiKeyId, at: Instant, address: IpAddr) {
        self.noted().insert(key, Use { at, address });
    }

    fn noted(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Use>> {
        // Whoever panicked left a map that is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what was noted since the last time, one statement per key that was used.
///
/// # Errors
/// When the database is away; what was noted is then kept for the next time.
pub fn write_uses(db: &Db, uses: &KeyUses) -> Result<()> {
    let noted = std::mem::take(&mut *uses.noted());
    if noted.is_empty() {
        return Ok(());
    }
    let rows = noted.clone();
    let written = db.write_here(&db.unit(), move |tx| {
        rows.iter()
            .try_for_each(|(key, used)| store::note_use(tx, &Permit::for_system(*key), *key, used))
    });
    if written.is_err() {
        let mut newer = uses.noted();
        for (key, used) in noted {
            newer.entry(key).or_insert(used);
        }
    }
    written
}
