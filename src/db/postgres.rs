//! PostgreSQL: a bounded pool, and writes that are tried again when the engine asks for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use diesel::connection::TransactionManager;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, RunQueryDsl};
use secrecy::SecretString;

use super::connection::open_postgres;
use super::{Conn, Tx, Unit};
use crate::error::{Error, Result};

/// How often a write is tried when PostgreSQL reports a serialization failure or a deadlock.
const TRIES: usize = 4;

/// Opens connections for the pool.
#[derive(Clone)]
pub(super) struct PostgresManager {
    url: SecretString,
    counter: Arc<AtomicU64>,
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
        std::thread::panicking()
            || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(connection)
    }
}

/// A pool that connects when first used, so that the service starts while the database is away.
pub(super) fn pool(
    url: &SecretString,
    connections: u32,
    counter: &Arc<AtomicU64>,
) -> Pool<PostgresManager> {
    let manager = PostgresManager { url: url.clone(), counter: Arc::clone(counter) };
    Pool::builder()
        .max_size(connections)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(5))
        .build_unchecked(manager)
}

/// Runs a write in one transaction, and again when the engine says that another one was in the way.
pub(super) fn write<T>(
    pool: &Pool<PostgresManager>,
    unit: &Unit,
    work: impl Fn(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let mut connection = pool.get().map_err(Error::unavailable)?;
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(&mut connection, unit, &work) {
            Err(error) if tries < TRIES && is_contention(&error) => {}
            result => return result,
        }
    }
}

fn attempt<T>(
    connection: &mut PooledConnection<PostgresManager>,
    unit: &Unit,
    work: impl Fn(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    type Manager = <Conn as Connection>::TransactionManager;
    Manager::begin_transaction(&mut **connection)?;
    let result = catch_unwind(AssertUnwindSafe(|| work(&mut Tx::new(connection, unit))))
        .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
    match result {
        Ok(value) => {
            Manager::commit_transaction(&mut **connection)?;
            Ok(value)
        }
        Err(error) => {
            // The error that the closure returned says more than a failed rollback; a connection
            // that cannot roll back is broken and leaves the pool.
            if let Err(rollback) = Manager::rollback_transaction(&mut **connection) {
                tracing::warn!(error = %rollback, "A rollback failed; the connection is dropped.");
            }
            Err(error)
        }
    }
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
