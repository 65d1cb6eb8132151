//! The one file that asks which database it is. Each function states both forms side by side.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::Conn;
use super::types::{DbTs, DbUuid};
use crate::clock::Instant;
use crate::digest::hex;
use crate::error::{Error, Result};
use crate::ids::AnyId;

/// Runs one expression against the real connection inside a [`Conn`], for statements that the
/// shared subset lacks: inserts of many rows, `ON CONFLICT`, `UNION`.
#[macro_export]
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Pg($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}

#[derive(QueryableByName)]
struct Granted {
    #[diesel(sql_type = Bool)]
    granted: bool,
}

#[derive(QueryableByName)]
struct FoundId {
    #[diesel(sql_type = DbUuid)]
    id: AnyId,
}

/// The lock under which migrations run (the number is ours alone).
const MIGRATION_LOCK: &str = "7283746501";
/// The lock under which the first start makes what every deployment has.
const START_LOCK: &str = "7283746503";
/// The class of locks under which time of people is given, apart from those of one number.
const TIMES_LOCK: &str = "728374650";
/// The class of locks under which the content of files comes and goes.
const CONTENT_LOCK: &str = "728374651";
/// The lease of the sealer.
const SEALER_LOCK: &str = "7283746502";

/// Waits until this instance may migrate. SQLite serializes migrations by itself.
pub fn lock_migrations(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        sql_query(format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).execute(pg)?;
    }
    Ok(())
}

/// Lets the next instance migrate.
pub fn unlock_migrations(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        sql_query(format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})")).execute(pg)?;
    }
    Ok(())
}

/// Takes the sealer's lease until the end of the transaction, or says that another one has it.
/// On SQLite the one writer is the sealer.
pub fn try_sealer_lock(conn: &mut Conn) -> Result<bool> {
    match conn {
        Conn::Pg(pg) => {
            let row: Granted =
                sql_query(format!("SELECT pg_try_advisory_xact_lock({SEALER_LOCK}) AS granted"))
                    .get_result(pg)?;
            Ok(row.granted)
        }
        Conn::Sqlite(_) => Ok(true),
    }
}

/// Takes a lock named by a number until the end of the transaction, without waiting. On SQLite
/// there is one writer, so nobody else can hold it.
pub fn try_named_lock(conn: &mut Conn, name: i64) -> Result<bool> {
    match conn {
        Conn::Pg(pg) => {
            let row: Granted = sql_query("SELECT pg_try_advisory_xact_lock($1) AS granted")
                .bind::<BigInt, _>(name)
                .get_result(pg)?;
            Ok(row.granted)
        }
        Conn::Sqlite(_) => Ok(true),
    }
}

/// Writes without changing anything, to find out whether the database takes writes. SQLite writes
/// the page of a number that nobody uses; PostgreSQL notes a lock in the organization's row.
pub fn touch(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Pg(pg) => {
            sql_query("SELECT id FROM organization FOR SHARE SKIP LOCKED").execute(pg)?
        }
        Conn::Sqlite(sqlite) => sql_query("PRAGMA user_version = 0").execute(sqlite)?,
    };
    Ok(())
}

/// A table whose rows are aggregate roots. The order of the variants is the order of locking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// `organization`
    Organization,
    /// `departments`
    Department,
    /// `users`
    User,
    /// `service_accounts`
    ServiceAccount,
    /// `sessions`
    Session,
    /// `rubrics`
    Rubric,
    /// `questions`
    Question,
    /// `loop_templates`
    LoopTemplate,
    /// `jobs`
    Job,
    /// `openings`
    Opening,
    /// `candidates`
    Candidate,
    /// `applications`
    Application,
    /// `debriefs`
    Debrief,
    /// `offers`
    Offer,
    /// `pool_members`
    PoolMember,
}

impl Root {
    const fn table(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Department => "departments",
            Self::User => "users",
            Self::ServiceAccount => "service_accounts",
            Self::Session => "sessions",
            Self::Rubric => "rubrics",
            Self::Question => "questions",
            Self::LoopTemplate => "loop_templates",
            Self::Job => "jobs",
            Self::Opening => "openings",
            Self::Candidate => "candidates",
            Self::Application => "applications",
            Self::Debrief => "debriefs",
            Self::Offer => "offers",
            Self::PoolMember => "pool_members",
        }
    }
}

/// Locks an aggregate root until the end of the transaction. Nothing happens on SQLite, where
/// there is one writer. Callers lock in the order of [`Root`].
pub fn lock(conn: &mut Conn, root: Root, id: impl Into<AnyId>) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        sql_query(format!("SELECT id FROM {} WHERE id = $1 FOR UPDATE", root.table()))
            .bind::<DbUuid, _>(id.into())
            .execute(pg)?;
    }
    Ok(())
}

/// Holds rows of aggregate roots as they are until the end of the transaction: whoever locks one waits,
/// others who hold it do not. Nothing happens on SQLite, where there is one writer.
pub fn hold(conn: &mut Conn, root: Root, ids: &[AnyId]) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            sql_query(format!("SELECT id FROM {} WHERE id = $1 FOR SHARE", root.table()))
                .bind::<DbUuid, _>(id)
                .execute(pg)?;
        }
    }
    Ok(())
}

/// Waits until nobody else gives or takes time of these people, until the end of the transaction. Taken
/// after the root of whatever the time is given to; a false meeting of two people only waits. Nothing
/// happens on SQLite, where there is one writer.
pub fn lock_times(conn: &mut Conn, people: &[AnyId]) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        let mut people = people.to_vec();
        people.sort_unstable();
        people.dedup();
        for person in people {
            sql_query(format!("SELECT pg_advisory_xact_lock({TIMES_LOCK}, hashtext($1))"))
                .bind::<Text, _>(person.0.to_string())
                .execute(pg)?;
        }
    }
    Ok(())
}

/// Waits until nobody else stores or lets go of this content, until the end of the transaction. Taken last,
/// one at most; a false meeting of two contents only waits. Nothing happens on SQLite, where there is one
/// writer.
pub fn lock_content(conn: &mut Conn, sha256: &[u8]) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        sql_query(format!("SELECT pg_advisory_xact_lock({CONTENT_LOCK}, hashtext($1))"))
            .bind::<Text, _>(hex(sha256))
            .execute(pg)?;
    }
    Ok(())
}

/// Claims up to `limit` due mails by moving their `run_at` to `lease_until`. The inner select
/// reads the partial index of pending rows; instances do not wait for each other's claims.
pub fn claim_deliveries(
    conn: &mut Conn,
    now: Instant,
    lease_until: Instant,
    limit: i32,
) -> Result<Vec<AnyId>> {
    let counted = ", attempts = attempts + 1";
    let which = "state = 'pending' AND channel = 'mail' AND";
    claim(conn, ("deliveries", counted, which), (now, lease_until), limit)
}

/// Claims up to `limit` due notices in chats, in the same way.
pub fn claim_notices(
    conn: &mut Conn,
    now: Instant,
    lease_until: Instant,
    limit: i32,
) -> Result<Vec<AnyId>> {
    let counted = ", attempts = attempts + 1";
    let which = "state = 'pending' AND channel = 'chat' AND";
    claim(conn, ("deliveries", counted, which), (now, lease_until), limit)
}

/// Claims up to `limit` calendars that are to be asked, in the same way.
pub fn claim_busy_calendars(
    conn: &mut Conn,
    now: Instant,
    lease_until: Instant,
    limit: i32,
) -> Result<Vec<AnyId>> {
    claim(conn, ("busy_calendars", "", ""), (now, lease_until), limit)
}

fn claim(
    conn: &mut Conn,
    (table, counted, which): (&str, &str, &str),
    (now, lease_until): (Instant, Instant),
    limit: i32,
) -> Result<Vec<AnyId>> {
    let skip = match conn {
        Conn::Pg(_) => "FOR UPDATE SKIP LOCKED",
        Conn::Sqlite(_) => "",
    };
    let statement = format!(
        "UPDATE {table} SET run_at = $1{counted} WHERE id IN (\
           SELECT id FROM {table} WHERE {which} run_at <= $2 \
           ORDER BY run_at LIMIT $3 {skip}) RETURNING id"
    );
    let rows: Vec<FoundId> = sql_query(statement)
        .bind::<DbTs, _>(lease_until)
        .bind::<DbTs, _>(now)
        .bind::<Integer, _>(limit)
        .get_results(conn)?;
    // What is returned has no order. The older ones first: a word that something is off asks whether it
    // was ever announced.
    let mut claimed: Vec<AnyId> = rows.into_iter().map(|row| row.id).collect();
    claimed.sort_unstable();
    Ok(claimed)
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Takes out of the files what was deleted, outside of any transaction: writes the log into the file and
/// empties it, and with `rewrite` writes the file anew before, because pages that were divided keep old
/// copies beyond what is overwritten. On PostgreSQL nothing is done here: VACUUM does it by itself.
///
/// # Errors
/// `database_unavailable` while somebody still reads what was there before.
pub fn scrub(conn: &mut Conn, rewrite: bool) -> Result<()> {
    match conn {
        Conn::Pg(_) => Ok(()),
        Conn::Sqlite(sqlite) => {
            if rewrite {
                // The copy is as large as the database, so it is made on the disk.
                sqlite.batch_execute(
                    "PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY",
                )?;
            }
            let done: Checkpoint =
                sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(sqlite)?;
            if done.busy == 0 {
                return Ok(());
            }
            Err(Error::unavailable("the log could not be emptied: somebody reads what was before"))
        }
    }
}

/// Waits until this instance may do what is done once at the first start, until the end of the
/// transaction. On SQLite there is one writer.
pub fn lock_start(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        sql_query(format!("SELECT pg_advisory_xact_lock({START_LOCK})")).execute(pg)?;
    }
    Ok(())
}
