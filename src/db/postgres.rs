//! PostgreSQL: a bounded pool, and writes that are tried again when the engine asks for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::TransactionManager;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, RunQueryDsl};
use secrecy::SecretString;

use super::connection::{open_postgres, read_begun};
use super::statements::Statements;
use super::{Conn, Limits, Tx, Unit};
use crate::error::{Code, Error, Result};

type Manager = <Conn as Connection>::TransactionManager;

/// How often a write is tried when PostgreSQL reports a serialization failure or a deadlock.
const TRIES: usize = 4;

/// Opens connections for the pool.
#[derive(Clone)]
pub(super) struct PostgresManager {
    url: SecretString,
    counter: Arc<Statements>,
}

impl ManageConnection for PostgresManager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        open_postgres(&self.url, &self.counter).map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut Conn) -> Result<(), Self::Error> {
        diesel::sql_query("SELECT 1")
            .execute(connection)
            .map(drop)
            .map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Conn) -> bool {
        std::thread::panicking() || Manager::is_broken_transaction_manager(connection)
    }
}

/// Connections to one database.
pub(super) struct Connections {
    pool: Pool<PostgresManager>,
    /// How long a request waits for a connection.
    wait: Duration,
    /// The last connection that was wanted could not be made.
    away: AtomicBool,
}

impl Connections {
    /// Connects when first used, so that the service starts while the database is away.
    pub(super) fn new(url: &SecretString, limits: Limits, counter: &Arc<Statements>) -> Self {
        let manager = PostgresManager { url: url.clone(), counter: Arc::clone(counter) };
        let pool = Pool::builder()
            .max_size(limits.connections)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(limits.connection_wait)
            .build_unchecked(manager);
        Self { pool, wait: limits.connection_wait, away: AtomicBool::new(false) }
    }

    /// A connection on which a transaction has begun. One that broke while it rested, because the
    /// server was started again, leaves the pool, and the next one is tried: nothing was asked of it.
    pub(super) fn begin(&self) -> Result<PooledConnection<PostgresManager>> {
        let mut left = self.pool.max_size();
        loop {
            let mut connection = self.take()?;
            match Manager::begin_transaction(&mut *connection) {
                Ok(()) => return Ok(connection),
                Err(error) => {
                    left = left.saturating_sub(1);
                    if left == 0 || !Manager::is_broken_transaction_manager(&mut *connection) {
                        return Err(error.into());
                    }
                }
            }
        }
    }

    /// A connection. While the server is away nobody waits for it, so that requests do not queue up
    /// behind each other's patience; the pool goes on trying by itself.
    fn take(&self) -> Result<PooledConnection<PostgresManager>> {
        let wait = if self.away.load(Ordering::SeqCst) { Duration::ZERO } else { self.wait };
        let taken = self.pool.get_timeout(wait);
        let exhausted = self.pool.state().connections >= self.pool.max_size();
        self.away.store(taken.is_err() && !exhausted, Ordering::SeqCst);
        taken.map_err(Error::unavailable)
    }

    /// Runs a read in one transaction.
    pub(super) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        read_begun(&mut *self.begin()?, work)
    }

    /// Runs a write in one transaction, and again when the engine says that another one was in the
    /// way.
    pub(super) fn write<T>(
        &self,
        unit: &Unit,
        work: impl Fn(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 0;
        loop {
            tries += 1;
            match attempt(&mut *self.begin()?, unit, &work) {
                Err(error) if tries < TRIES && is_contention(&error) => {}
                result => return result,
            }
        }
    }
}

/// Runs the work in the transaction that has begun, and ends it.
fn attempt<T>(
    connection: &mut Conn,
    unit: &Unit,
    work: impl Fn(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let result = catch_unwind(AssertUnwindSafe(|| work(&mut Tx::new(connection, unit))))
        .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
    match result {
        Ok(value) => {
            Manager::commit_transaction(connection).map_err(in_doubt)?;
            Ok(value)
        }
        Err(error) => {
            // The error that the closure returned says more than a failed rollback; a connection
            // that cannot roll back is broken and leaves the pool.
            if let Err(rollback) = Manager::rollback_transaction(connection) {
                tracing::warn!(error = %rollback, "A rollback failed; the connection is dropped.");
            }
            Err(error)
        }
    }
}

/// A COMMIT that failed. When the connection broke nobody knows whether it was done.
fn in_doubt(error: diesel::result::Error) -> Error {
    let mut error = Error::from(error);
    if error.code == Code::DatabaseUnavailable {
        error.detail =
            "The database went away while it was told to keep this; it may have been done. \
            Read it again, or send it again with the same Idempotency-Key."
                .into();
    }
    error
}

/// SQLSTATE 40001 and 40P01. diesel names the first; the second only shows in the message.
fn is_contention(error: &Error) -> bool {
    use diesel::result::{DatabaseErrorKind, Error as Query};
    let query = error.source.as_ref().and_then(|source| source.downcast_ref::<Query>());
    match query {
        Some(Query::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        Some(Query::DatabaseError(_, info)) => info.message().contains("deadlock detected"),
        _ => false,
    }
}
