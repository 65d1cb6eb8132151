//! `Idempotency-Key`: one key, one effect (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! Table: `idempotency_keys`. The row is written with the effect, for successes only. A replay
//! renders the subject as the caller may see it now, so nothing that was revoked leaks from a
//! stored answer.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::access::Subject;
use crate::db::schema::idempotency_keys;
use crate::db::{Tx, dialect};
use crate::digest::sha256;
use crate::error::{Code, Error, Result};
use crate::ids::{AnyId, IdempotencyKeyId};

/// How long a key is remembered.
pub const KEPT: TimeDelta = TimeDelta::hours(72);

/// A key as one principal used it on one route.
#[derive(Debug, Clone)]
pub struct Key {
    /// Who.
    pub principal: AnyId,
    /// The HTTP method.
    pub method: String,
    /// The route's pattern.
    pub route: String,
    /// The header's value.
    pub key: String,
    /// SHA-256 of the request.
    pub fingerprint: Vec<u8>,
}

impl Key {
    /// A digest of what makes the key unique.
    pub fn digest(&self) -> [u8; 32] {
        let text = format!("{:?}\0{}\0{}\0{}", self.principal, self.method, self.route, self.key);
        sha256(text.as_bytes())
    }

    fn lock_name(&self) -> i64 {
        let digest = self.digest();
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        i64::from_le_bytes(bytes)
    }
}

/// The key is being worked on.
pub fn in_use() -> Error {
    Error::new(Code::IdempotencyKeyInUse, "The first request with this key still runs; ask again.")
}

/// The subject of an earlier use.
///
/// # Errors
/// `idempotency_key_in_use` while another process works on it, without waiting for it;
/// `idempotency_key_reused` when the earlier use had another payload.
pub fn find(tx: &mut Tx<'_>, key: &Key) -> Result<Option<AnyId>> {
    if !dialect::try_named_lock(tx.conn, key.lock_name())? {
        return Err(in_use());
    }
    let found: Option<(Vec<u8>, AnyId)> = idempotency_keys::table
        .filter(idempotency_keys::principal_id.eq(key.principal))
        .filter(idempotency_keys::method.eq(&key.method))
        .filter(idempotency_keys::route.eq(&key.route))
        .filter(idempotency_keys::key.eq(&key.key))
        .select((idempotency_keys::fingerprint, idempotency_keys::subject_id))
        .first(tx.conn)
        .optional()?;
    match found {
        Some((fingerprint, _)) if fingerprint != key.fingerprint => {
            Err(Error::new(Code::IdempotencyKeyReused, "Use a new key for another request."))
        }
        found => Ok(found.map(|(_, subject)| subject)),
    }
}

/// Keeps the key with its effect.
pub fn keep(tx: &mut Tx<'_>, key: &Key, subject: Subject) -> Result<()> {
    let id: IdempotencyKeyId = tx.id();
    let now = tx.now();
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::id.eq(id),
            idempotency_keys::principal_id.eq(key.principal),
            idempotency_keys::method.eq(&key.method),
            idempotency_keys::route.eq(&key.route),
            idempotency_keys::key.eq(&key.key),
            idempotency_keys::fingerprint.eq(&key.fingerprint),
            idempotency_keys::status.eq(200),
            idempotency_keys::subject_kind.eq(subject.noun),
            idempotency_keys::subject_id.eq(subject.id),
            idempotency_keys::created_at.eq(now),
            idempotency_keys::expires_at.eq(now + KEPT),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Forgets keys that were kept long enough. Returns how many.
pub fn sweep(tx: &mut Tx<'_>) -> Result<usize> {
    let expired = idempotency_keys::table.filter(idempotency_keys::expires_at.le(tx.now()));
    Ok(diesel::delete(expired).execute(tx.conn)?)
}
