//! Connections: the enum over both engines, how each is opened, and the per-worker reader.

#![expect(missing_docs, reason = "the derive's own types carry none")]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel::connection::{InstrumentationEvent, TransactionManager};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
};
use secrecy::{ExposeSecret, SecretString};

use super::statements::Statements;
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

/// Every SQLite connection runs these. FULL makes an acknowledged write survive power loss; what is deleted is
/// overwritten.
const PRAGMAS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -8192;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA secure_delete = ON;
";

/// The SQLite file that the service was started on. SQLite itself goes on reading and writing a file
/// that was moved or removed under it, and makes an empty one when asked to open it again; both
/// would lose what was acknowledged.
#[derive(Clone)]
pub(super) struct SqliteFile {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
    /// Counts statements.
    counter: Arc<Statements>,
}

impl SqliteFile {
    /// Opens the file, made if absent, for the first time. SQLite before 3.51.3 can corrupt a WAL
    /// database under two connections and is refused.
    pub(super) fn first(path: &Path, counter: &Arc<Statements>) -> Result<Self> {
        let name = path.to_str().ok_or_else(|| Error::unavailable("the path is not UTF-8"))?;
        refuse_broken_sqlite(&mut connect_sqlite(name, counter)?)?;
        let (path, counter) = (path.to_owned(), Arc::clone(counter));
        Ok(Self { identity: identity(&path)?, path, counter })
    }

    /// Whether the file still lies where it lay.
    pub(super) fn check(&self) -> Result<()> {
        if identity(&self.path)? == self.identity {
            return Ok(());
        }
        Err(Error::unavailable("another file lies in the place of the database; start again"))
    }

    /// Opens it once more; a file that is gone is not made anew.
    pub(super) fn open(&self) -> Result<Conn> {
        self.check()?;
        let absolute = std::path::absolute(&self.path).map_err(Error::unavailable)?;
        let mut url = url::Url::from_file_path(absolute)
            .map_err(|()| Error::unavailable("the path cannot be a URL"))?;
        url.set_query(Some("mode=rw"));
        connect_sqlite(url.as_str(), &self.counter)
    }
}

fn identity(path: &Path) -> Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let facts = std::fs::metadata(path).map_err(Error::unavailable)?;
    Ok((facts.dev(), facts.ino()))
}

fn connect_sqlite(name: &str, counter: &Arc<Statements>) -> Result<Conn> {
    let mut connection = SqliteConnection::establish(name).map_err(Error::unavailable)?;
    connection.batch_execute(PRAGMAS)?;
    count_statements(&mut connection, counter);
    Ok(Conn::Sqlite(connection))
}

/// Opens a connection to PostgreSQL that counts its statements into `counter`.
pub(super) fn open_postgres(
    url: &SecretString,
    counter: &Arc<Statements>,
) -> diesel::ConnectionResult<Conn> {
    let mut connection = PgConnection::establish(&patient(url.expose_secret()))?;
    // A statement that hangs must not hold a connection for ever.
    connection
        .batch_execute(
            "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'; SET lock_timeout = '10s'",
        )
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    count_statements(&mut connection, counter);
    Ok(Conn::Pg(connection))
}

/// What libpq is told besides the URL, unless the URL says it: a server whose machine is gone, or
/// lies behind a broken network, is given up within seconds, not when TCP gives up.
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "30000"),
    ("keepalives_idle", "15"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
];

fn patient(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in PATIENCE {
        let query = url.split_once('?').map(|(_, query)| query);
        let said = query
            .is_some_and(|query| query.split('&').any(|one| one.split('=').next() == Some(name)));
        if !said {
            let sign = if query.is_some() { '&' } else { '?' };
            url = format!("{url}{sign}{name}={value}");
        }
    }
    url
}

fn refuse_broken_sqlite(connection: &mut Conn) -> Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let row: Version =
        diesel::sql_query("SELECT sqlite_version() AS version").get_result(connection)?;
    let parts: Vec<u32> = row.version.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    if parts.as_slice() < [3, 51, 3].as_slice() {
        return Err(Error::unavailable(format!("SQLite {} can corrupt WAL files", row.version)));
    }
    Ok(())
}

fn count_statements(connection: &mut impl Connection, counter: &Arc<Statements>) {
    let counter = Arc::clone(counter);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let control = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET "];
            if !control.iter().any(|word| text.starts_with(word)) {
                counter.note(text);
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
    read_begun(connection, work)
}

/// The same in a read transaction that has begun.
pub(super) fn read_begun<T>(
    connection: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T> {
    type Manager = <Conn as Connection>::TransactionManager;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)));
    let ended = Manager::rollback_transaction(connection);
    let value = result.unwrap_or_else(|_| Err(Error::internal("a read panicked")))?;
    ended?;
    Ok(value)
}

/// The SQLite connection of one actix worker, for short, indexed, limited reads in place.
pub struct LocalReader {
    connection: RefCell<Option<Conn>>,
    file: SqliteFile,
}

impl LocalReader {
    pub(super) fn open(file: &SqliteFile) -> Result<Self> {
        Ok(Self { connection: RefCell::new(Some(file.open()?)), file: file.clone() })
    }

    /// Runs a read in place. A connection that failed at the machine's fault is opened anew for
    /// the next one, so that the service recovers without a restart.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.file.check()?;
        let taken = self.connection.borrow_mut().take();
        let mut connection = taken.map_or_else(|| self.file.open(), Ok)?;
        let result = run_read(&mut connection, work);
        let broken = matches!(&result, Err(error) if error.source.is_some());
        if !broken {
            *self.connection.borrow_mut() = Some(connection);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libpq_is_told_to_give_up_unless_the_url_says_when() {
        let url = patient("postgres://a@b/c?sslmode=require&connect_timeout=60");
        assert!(url.starts_with("postgres://a@b/c?sslmode=require&connect_timeout=60&tcp_user"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(patient("postgres://a@b/c").starts_with("postgres://a@b/c?connect_timeout=5&"));
    }
}
