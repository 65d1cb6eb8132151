//! Making and removing signing keys, by nobody's request.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

use super::model::{KeyState, PUBLISHED_AHEAD, SIGNS_FOR, state_of};
use super::store::{self, SigningKey};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::{Db, Origin, Tx, dialect};
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::SigningKeyId;

/// The two halves of a key that has no row yet.
#[derive(Clone)]
struct Halves {
    private: Vec<u8>,
    public: Vec<u8>,
}

/// How a new key takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// Published first; tokens of the old key are accepted until they end.
    Planned,
    /// At once, and every other key is refused from now on: whoever has stolen one can do nothing
    /// with it, and everybody renews.
    Compromised,
}

/// Every key; makes the first one.
///
/// # Errors
/// `database_unavailable`; `internal` when the machine has no randomness.
pub fn load(db: &Db) -> Result<Vec<SigningKey>> {
    let halves = generate()?;
    db.write_here(&db.unit(), move |tx| {
        // Two instances that start at once on an empty database wait for each other here.
        dialect::lock_start(tx.conn)?;
        if store::all(tx.conn)?.is_empty() {
            let id = tx.id();
            add(tx, &Permit::for_system(id), id, &halves, tx.now())?;
        }
        Ok(store::all(tx.conn)?)
    })
}

/// Makes the next key. Returns its id and when it signs; one that waits already is left to wait.
///
/// # Errors
/// `database_unavailable`; `internal` when the machine has no randomness.
pub fn rotate(db: &Db, rotation: Rotation) -> Result<(SigningKeyId, Instant)> {
    let halves = generate()?;
    db.write_here(&system_unit(db), move |tx| {
        dialect::lock_start(tx.conn)?;
        let (known, now) = (store::all(tx.conn)?, tx.now());
        if rotation == Rotation::Planned {
            return match known.last().filter(|newest| newest.signs_from > now) {
                Some(next) => Ok((next.id, next.signs_from)),
                None => make(tx, &halves, now + PUBLISHED_AHEAD),
            };
        }
        for old in &known {
            remove(tx, old.id)?;
        }
        make(tx, &halves, now)
    })
}

/// Makes the next key when the newest one has signed long enough, and removes those of which no
/// token lives. Several instances may do it at once.
///
/// # Errors
/// `database_unavailable`; `internal` when the machine has no randomness.
pub fn keep(db: &Db) -> Result<()> {
    let halves = generate()?;
    db.write_here(&system_unit(db), move |tx| {
        dialect::lock_start(tx.conn)?;
        let (known, now) = (store::all(tx.conn)?, tx.now());
        let after = known.iter().skip(1).map(|key| Some(key.signs_from)).chain([None]);
        for (key, after) in known.iter().zip(after) {
            if state_of(key.signs_from, after, now) == KeyState::Gone {
                remove(tx, key.id)?;
            }
        }
        if known.last().is_some_and(|newest| newest.signs_from + SIGNS_FOR <= now) {
            make(tx, &halves, now + PUBLISHED_AHEAD)?;
        }
        Ok(())
    })
}

fn system_unit(db: &Db) -> crate::db::Unit {
    crate::db::Unit { origin: Origin::System, ..db.unit() }
}

fn generate() -> Result<Halves> {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?;
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(Error::internal)?;
    let public = pair.public_key().as_ref().to_vec();
    Ok(Halves { private: pkcs8.as_ref().to_vec(), public })
}

fn make(tx: &mut Tx<'_>, halves: &Halves, signs_from: Instant) -> Result<(SigningKeyId, Instant)> {
    let id: SigningKeyId = tx.id();
    let permit = Permit::for_system(id);
    add(tx, &permit, id, halves, signs_from)?;
    record(tx, &permit, &Event::new(EventKind::SigningKeyCreated, id.into()))?;
    Ok((id, signs_from))
}

fn add(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: SigningKeyId,
    halves: &Halves,
    signs_from: Instant,
) -> Result<()> {
    let row = SigningKey {
        id,
        algorithm: "EdDSA".to_owned(),
        private_key: halves.private.clone(),
        public_key: halves.public.clone(),
        created_at: tx.now(),
        signs_from,
    };
    store::insert(tx, permit, &row)
}

fn remove(tx: &mut Tx<'_>, id: SigningKeyId) -> Result<()> {
    let permit = Permit::for_system(id);
    store::remove(tx, &permit)?;
    record(tx, &permit, &Event::new(EventKind::SigningKeyRemoved, id.into()))?;
    Ok(())
}
