//! Connections: the enum over both engines, how each is opened, and the per-worker reader.

#![expect(missing_docs, reason = "the derive's own types carry none")]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{InstrumentationEvent, TransactionManager};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// A connection to either engine. Shared code is written against this type.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// A database URL whose scheme chose the engine. diesel's own choice tries one after the other and
/// would open a SQLite file named like a PostgreSQL connection string.
#[derive(Clone)]
pub enum Url {
    /// `sqlite://PATH`
    Sqlite(PathBuf),
    /// `postgres://…`; may hold a password.
    Postgres(SecretString),
}

impl Url {
    /// Parses a database URL.
    ///
    /// # Errors
    /// A sentence that names the known schemes, and not the URL, which may hold a password.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            if path.is_empty() {
                return Err("sqlite:// needs a path behind it".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(SecretString::from(text.to_owned())));
        }
        Err("the database URL begins with sqlite:// or postgres://".to_owned())
    }

    /// `sqlite` or `postgres`.
    pub fn engine_name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// Every SQLite connection runs these. FULL makes an acknowledged write survive power loss.
const PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -8192;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 67108864;
";

/// Opens a SQLite file, made if absent, that counts its statements into `counter`.
pub(super) fn open_sqlite(path: &Path, counter: &Arc<AtomicU64>) -> Result<Conn> {
    let name = path.to_str().ok_or_else(|| Error::unavailable("the path is not UTF-8"))?;
    let mut connection = SqliteConnection::establish(name).map_err(Error::unavailable)?;
    connection.batch_execute(PRAGMAS)?;
    count_statements(&mut connection, counter);
    Ok(Conn::Sqlite(connection))
}

/// Opens a connection to PostgreSQL that counts its statements into `counter`.
pub(super) fn open_postgres(
    url: &SecretString,
    counter: &Arc<AtomicU64>,
) -> diesel::ConnectionResult<Conn> {
    let mut connection = PgConnection::establish(url.expose_secret())?;
    // A statement that hangs must not hold a connection for ever.
    connection
        .batch_execute(
            "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'; SET lock_timeout = '10s'",
        )
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    count_statements(&mut connection, counter);
    Ok(Conn::Pg(connection))
}

/// SQLite before 3.51.3 can corrupt a WAL database under two connections; refuse it at start.
pub(super) fn refuse_broken_sqlite(path: &Path) -> Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let mut connection = open_sqlite(path, &Arc::default())?;
    let row: Version =
        diesel::sql_query("SELECT sqlite_version() AS version").get_result(&mut connection)?;
    let parts: Vec<u32> = row.version.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    if parts.as_slice() < [3, 51, 3].as_slice() {
        return Err(Error::unavailable(format!("SQLite {} can corrupt WAL files", row.version)));
    }
    Ok(())
}

fn count_statements(connection: &mut impl Connection, counter: &Arc<AtomicU64>) {
    let counter = Arc::clone(counter);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let control = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET "];
            if !control.iter().any(|word| text.starts_with(word)) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
}

/// Runs `work` in one read transaction. A panic ends the transaction and becomes an error.
pub(super) fn run_read<T>(
    connection: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T> {
    type Manager = <Conn as Connection>::TransactionManager;
    Manager::begin_transaction(connection)?;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)));
    let ended = Manager::rollback_transaction(connection);
    let value = result.unwrap_or_else(|_| Err(Error::internal("a read panicked")))?;
    ended?;
    Ok(value)
}

/// The SQLite connection of one actix worker, for short, indexed, limited reads in place.
pub struct LocalReader {
    connection: RefCell<Option<Conn>>,
    path: PathBuf,
    counter: Arc<AtomicU64>,
}

impl LocalReader {
    pub(super) fn open(path: &Path, counter: &Arc<AtomicU64>) -> Result<Self> {
        let connection = RefCell::new(Some(open_sqlite(path, counter)?));
        Ok(Self { connection, path: path.to_owned(), counter: Arc::clone(counter) })
    }

    /// Runs a read in place. A connection that failed at the machine's fault is opened anew for
    /// the next one, so that the service recovers without a restart.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let taken = self.connection.borrow_mut().take();
        let mut connection = match taken {
            Some(connection) => connection,
            None => open_sqlite(&self.path, &self.counter)?,
        };
        let result = run_read(&mut connection, work);
        let broken = matches!(&result, Err(error) if error.source.is_some());
        if !broken {
            *self.connection.borrow_mut() = Some(connection);
        }
        result
    }
}
