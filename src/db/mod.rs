//! One codebase, two databases.
//!
//! [`Db::read`] gives a closure one read transaction; [`Db::write`] one durable write. Closures
//! are `Send + 'static`, never call `Db` again, and do no hashing, rendering, file or network work.
//! The scheme of the URL chooses the engine; only `dialect.rs` asks which one it is.

mod connection;
pub mod dialect;
mod migrations;
mod postgres;
pub mod schema;
mod statements;
mod tx;
pub mod types;
mod writer;

pub use connection::{Conn, LocalReader, MultiBackend, MultiRawValue, Url};
pub use migrations::{is_current, migrate, revert_all};
pub use tx::{Origin, Tx, Unit};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use connection::{SqliteFile, run_read};
use postgres::Connections;
use statements::Statements;
use writer::Writer;

use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::ids::IdSource;

/// How many statements may run for long reads and for PostgreSQL at once, and how many may wait.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections to PostgreSQL, or threads for long reads on SQLite.
    pub connections: u32,
    /// Writes that may wait; one more is answered with 503.
    pub waiting_writes: usize,
    /// How long a request waits for a connection to PostgreSQL before it is answered with 503.
    pub connection_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 8, waiting_writes: 1024, connection_wait: Duration::from_secs(5) }
    }
}

/// The database.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    url: Url,
    engine: Engine,
    /// Statements run so far, transaction control not counted.
    statements: Arc<Statements>,
    /// The last write failed because the database could not take it.
    refuses_writes: AtomicBool,
    clock: Clock,
    ids: IdSource,
}

enum Engine {
    Sqlite { file: SqliteFile, writer: Writer, long_reads: tokio::sync::Semaphore },
    Postgres { connections: Connections, hops: tokio::sync::Semaphore },
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("engine", &self.0.url.engine_name()).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database behind `url`. Does not migrate.
    ///
    /// # Errors
    /// `database_unavailable` when it cannot be reached; a SQLite library with the WAL-reset bug
    /// (before 3.51.3) is refused.
    pub fn open(url: &Url, limits: Limits, clock: Clock, ids: IdSource) -> Result<Self> {
        let statements = Arc::new(Statements::default());
        let permits = usize::try_from(limits.connections).unwrap_or(1);
        let engine = match url {
            Url::Sqlite(path) => {
                let file = SqliteFile::first(path, &statements)?;
                Engine::Sqlite {
                    writer: Writer::start(file.clone(), limits.waiting_writes)?,
                    long_reads: tokio::sync::Semaphore::new(permits),
                    file,
                }
            }
            Url::Postgres(url) => Engine::Postgres {
                connections: Connections::new(url, limits, &statements),
                hops: tokio::sync::Semaphore::new(permits),
            },
        };
        let refuses_writes = AtomicBool::new(false);
        let url = url.clone();
        Ok(Self(Arc::new(Inner { url, engine, statements, refuses_writes, clock, ids })))
    }

    /// Statements run so far over all connections; BEGIN, COMMIT and savepoints are not counted.
    pub fn statements(&self) -> u64 {
        self.0.statements.count()
    }

    /// Keeps the text of statements from now on, with what is bound to them; for tests that look at how they
    /// are carried out.
    pub fn keep_statements(&self) {
        self.0.statements.keep();
    }

    /// The statements that were kept, in order, and keeps no more.
    pub fn kept_statements(&self) -> Vec<String> {
        self.0.statements.take()
    }

    /// A new unit of work: its instant and its ids, made before the closure runs.
    pub fn unit(&self) -> Unit {
        let now = self.0.clock.now();
        Unit { now, ids: self.0.ids.batch(now), ..Unit::at(now) }
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// A connection of its own, for migrations and checks.
    pub fn connect(&self) -> Result<Conn> {
        match (&self.0.engine, &self.0.url) {
            (Engine::Sqlite { file, .. }, _) => file.open(),
            (Engine::Postgres { .. }, Url::Postgres(url)) => {
                connection::open_postgres(url, &self.0.statements).map_err(Error::unavailable)
            }
            (Engine::Postgres { .. }, Url::Sqlite(_)) => {
                Err(Error::internal("engine and URL differ"))
            }
        }
    }

    /// A reader for one actix worker; `None` on PostgreSQL, where reads hop to the pool.
    pub fn local_reader(&self) -> Result<Option<LocalReader>> {
        match &self.0.engine {
            Engine::Sqlite { file, .. } => LocalReader::open(file).map(Some),
            Engine::Postgres { .. } => Ok(None),
        }
    }

    /// Whether it is migrated, and takes writes: after one that it could not take, that is tried
    /// with a write that changes nothing.
    ///
    /// # Errors
    /// `database_unavailable` when it cannot be read or cannot be written.
    pub async fn is_ready(&self) -> Result<bool> {
        let current = self.read(is_current).await?;
        if current && self.0.refuses_writes.load(Ordering::SeqCst) {
            self.write(self.unit(), |tx| dialect::touch(tx.conn)).await?;
        }
        Ok(current)
    }

    /// Keeps whether the database takes writes, and passes the result of one on.
    fn noted<T>(&self, result: Result<T>) -> Result<T> {
        match &result {
            Ok(_) => self.0.refuses_writes.store(false, Ordering::SeqCst),
            Err(error) if error.code == Code::DatabaseUnavailable => {
                self.0.refuses_writes.store(true, Ordering::SeqCst);
            }
            Err(_) => {}
        }
        result
    }

    /// Runs a read off the async threads.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let slots = match &self.0.engine {
            Engine::Sqlite { long_reads, .. } => long_reads,
            Engine::Postgres { hops, .. } => hops,
        };
        let slot = slots.acquire().await.map_err(Error::unavailable)?;
        let db = self.clone();
        let result = tokio::task::spawn_blocking(move || db.read_here(work)).await;
        drop(slot);
        result.map_err(Error::internal)?
    }

    /// Runs a read on this thread, on a connection of its own.
    pub fn read_here<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match &self.0.engine {
            Engine::Postgres { connections, .. } => connections.read(work),
            Engine::Sqlite { file, .. } => run_read(&mut file.open()?, work),
        }
    }

    /// Runs a write; answers after COMMIT. The closure may run again with the same ids and instant.
    ///
    /// # Errors
    /// What the closure returns; `database_unavailable` when the engine cannot commit or too many
    /// writes wait.
    pub async fn write<T, F>(&self, unit: Unit, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => {
                let (reply, result) = tokio::sync::oneshot::channel();
                // Nobody waits when the client hung up; the write stands all the same.
                writer.submit(unit, work, |result| drop(reply.send(result)))?;
                self.noted(result.await.map_err(Error::unavailable)?)
            }
            Engine::Postgres { hops, .. } => {
                let slot = hops.acquire().await.map_err(Error::unavailable)?;
                let db = self.clone();
                let result = tokio::task::spawn_blocking(move || db.write_here(&unit, work)).await;
                drop(slot);
                result.map_err(Error::internal)?
            }
        }
    }

    /// The same from a thread that may block (commands of the binary, the outbox, tests).
    pub fn write_here<T, F>(&self, unit: &Unit, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => {
                let (reply, result) = std::sync::mpsc::sync_channel(1);
                writer.submit(unit.clone(), work, move |result| drop(reply.send(result)))?;
                self.noted(result.recv().map_err(Error::unavailable)?)
            }
            Engine::Postgres { connections, .. } => self.noted(connections.write(unit, work)),
        }
    }

    /// Gives positions to events that have none yet; the writer thread does it by itself on SQLite.
    /// Returns how many it sealed, 0 also when another process holds the lease.
    pub fn seal(&self) -> Result<usize> {
        match &self.0.engine {
            Engine::Sqlite { .. } => Ok(0),
            Engine::Postgres { .. } => {
                let unit = self.unit();
                self.write_here(&unit, |tx| {
                    if dialect::try_sealer_lock(tx.conn)? {
                        crate::events::seal(tx.conn)
                    } else {
                        Ok(0)
                    }
                })
            }
        }
    }

    /// Takes out of the files what was deleted: see [`dialect::scrub`]. On SQLite writes wait meanwhile.
    ///
    /// # Errors
    /// `database_unavailable` while somebody still reads what was there before.
    pub fn scrub(&self, rewrite: bool) -> Result<()> {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => writer.scrub(rewrite),
            Engine::Postgres { connections, .. } => {
                connections.read(|conn| dialect::scrub(conn, rewrite))
            }
        }
    }

    /// The URL that the database was opened with.
    pub fn url(&self) -> &Url {
        &self.0.url
    }
}
