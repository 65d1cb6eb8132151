//! A unit of work and its transaction.

use diesel::Connection;

use super::Conn;
use crate::clock::Instant;
use crate::error::{Code, Result};
use crate::ids::{Id, IdBatch, SessionId, UserId};
use crate::text_enum;

text_enum! {
    /// Where a change came from. Only `live` makes deliveries.
    pub enum Origin {
        /// A person or program at this moment.
        Live => "live",
        /// An import from another system.
        Import => "import",
        /// Sample data.
        Seed => "seed",
        /// A timer or the service itself.
        System => "system",
    }
}

/// What a write knows before it begins: its instant, its ids, and who asked. A closure that is run
/// again gets the same.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The instant of everything in it.
    pub now: Instant,
    /// When it happened, if an import tells of the past; otherwise `now`.
    pub occurred_at: Instant,
    /// Its ids.
    pub ids: IdBatch,
    /// Where it came from.
    pub origin: Origin,
    /// The request that asked, for logs and events.
    pub request_id: Option<String>,
    /// Whose session it was.
    pub session_id: Option<SessionId>,
    /// Who acts; `None` for the service itself.
    pub user_id: Option<UserId>,
}

impl Unit {
    /// A unit at `now` without ids of its own; `Db::unit` gives it some.
    pub(super) fn at(now: Instant) -> Self {
        Self {
            now,
            occurred_at: now,
            ids: crate::ids::IdSource::counted().batch(now),
            origin: Origin::Live,
            request_id: None,
            session_id: None,
            user_id: None,
        }
    }
}

/// One open write transaction.
pub struct Tx<'c> {
    /// The connection, for store functions.
    pub conn: &'c mut Conn,
    /// The unit of work; ids advance.
    pub unit: Unit,
}

impl<'c> Tx<'c> {
    /// A transaction of `unit` that is open on `conn`.
    pub(super) fn new(conn: &'c mut Conn, unit: &Unit) -> Self {
        Self { conn, unit: unit.clone() }
    }

    /// The instant of the unit.
    pub fn now(&self) -> Instant {
        self.unit.now
    }

    /// When what is recorded happened; differs from [`Tx::now`] only in imports.
    pub fn occurred_at(&self) -> Instant {
        self.unit.occurred_at
    }

    /// Does a part of the work that may be refused: what it wrote is undone then, and the rest goes on. What
    /// fails inside is no refusal.
    ///
    /// # Errors
    /// `internal`, `database_unavailable`.
    #[expect(clippy::disallowed_methods, reason = "a savepoint in the transaction that is open")]
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<Result<T>> {
        let mut unit = self.unit.clone();
        let done = self.conn.transaction(|conn| {
            let mut part = Tx { conn, unit: unit.clone() };
            let done = work(&mut part);
            unit = part.unit;
            done
        });
        // Ids are given once, whatever became of what they were given to.
        self.unit = unit;
        match done {
            Err(error) if matches!(error.code, Code::Internal | Code::DatabaseUnavailable) => {
                Err(error)
            }
            done => Ok(done),
        }
    }

    /// A new id.
    pub fn id<K>(&mut self) -> Id<K> {
        self.unit.ids.next_id()
    }
}
