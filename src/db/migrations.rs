//! Twin migrations, one folder per engine with equal names, embedded in the binary.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, dialect};
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Applies what is missing, under a lock that other instances wait for. Returns the names applied.
///
/// # Errors
/// `database_unavailable`; nothing of a failed migration stays.
pub fn migrate(conn: &mut Conn) -> Result<Vec<String>> {
    dialect::lock_migrations(conn)?;
    let applied = match conn {
        Conn::Pg(pg) => names(pg.run_pending_migrations(POSTGRES)),
        Conn::Sqlite(sqlite) => names(sqlite.run_pending_migrations(SQLITE)),
    };
    dialect::unlock_migrations(conn)?;
    applied.map_err(Error::unavailable)
}

/// Takes everything back, newest first.
pub fn revert_all(conn: &mut Conn) -> Result<Vec<String>> {
    let reverted = match conn {
        Conn::Pg(pg) => names(pg.revert_all_migrations(POSTGRES)),
        Conn::Sqlite(sqlite) => names(sqlite.revert_all_migrations(SQLITE)),
    };
    reverted.map_err(Error::unavailable)
}

/// Whether nothing is missing.
pub fn is_current(conn: &mut Conn) -> Result<bool> {
    let pending = match conn {
        Conn::Pg(pg) => pg.has_pending_migration(POSTGRES),
        Conn::Sqlite(sqlite) => sqlite.has_pending_migration(SQLITE),
    };
    pending.map(|pending| !pending).map_err(Error::unavailable)
}

type Names<'a> = diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'a>>>;

fn names(
    result: Names<'_>,
) -> std::result::Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    result.map(|versions| versions.iter().map(ToString::to_string).collect())
}
