//! The one file that asks which database it is. Each function states both forms side by side.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
    is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Integer, SqlType, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::Conn;
use super::types::{DbTs, DbUuid};
use crate::access::Permit;
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

/// Claims up to `limit` files that wait to be read, in the same way.
pub fn claim_texts(
    conn: &mut Conn,
    now: Instant,
    lease_until: Instant,
    limit: i32,
) -> Result<Vec<AnyId>> {
    let counted = ", attempts = attempts + 1";
    claim(conn, ("attachment_texts", counted, "state = 'waiting' AND"), (now, lease_until), limit)
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

/// A word of the search index: as it stands there, or how it begins. Letters and digits alone, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexWord {
    /// The letters.
    pub text: String,
    /// Whether longer words count.
    pub begins: bool,
}

/// A condition or a number in SQL that differs between the databases, with what is bound in it.
#[derive(Debug, Clone)]
pub struct Written<Type> {
    parts: Vec<(String, Option<String>)>,
    kind: PhantomData<Type>,
}

impl<Type> Written<Type> {
    fn new(parts: Vec<(String, Option<String>)>) -> Self {
        Self { parts, kind: PhantomData }
    }
}

impl<Type> Expression for Written<Type>
where
    Type: SqlType + TypedExpressionType,
{
    type SqlType = Type;
}

impl<Type, Source> AppearsOnTable<Source> for Written<Type> where Self: Expression {}
impl<Type, Source> SelectableExpression<Source> for Written<Type> where Self: Expression {}

impl<Type, Group> ValidGrouping<Group> for Written<Type> {
    type IsAggregate = is_aggregate::Never;
}

impl<Type> QueryId for Written<Type> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Type, Engine> QueryFragment<Engine> for Written<Type>
where
    Engine: Backend + HasSqlType<Text>,
    String: ToSql<Text, Engine>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Engine>) -> QueryResult<()> {
        for (sql, bound) in &self.parts {
            out.push_sql(sql);
            if let Some(bound) = bound {
                out.push_bind_param::<Text, String>(bound)?;
            }
        }
        Ok(())
    }
}

/// Puts the words of a row of `search_texts` into the index, parted by spaces.
pub fn index_words(conn: &mut Conn, _permit: &Permit, seq: i64, words: &str) -> Result<()> {
    match conn {
        Conn::Pg(pg) => sql_query(
            "INSERT INTO search_index (seq, words) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))",
        )
        .bind::<BigInt, _>(seq)
        .bind::<Text, _>(words)
        .execute(pg)?,
        Conn::Sqlite(sqlite) => sql_query("INSERT INTO search_index (rowid, words) VALUES ($1, $2)")
            .bind::<BigInt, _>(seq)
            .bind::<Text, _>(words)
            .execute(sqlite)?,
    };
    Ok(())
}

/// A question to the index in its own language: texts that hold one word of each of the lists.
fn index_query(conn: &Conn, all: &[Vec<IndexWord>]) -> String {
    let (quote, begins, or, and) = match conn {
        Conn::Pg(_) => ('\'', ":*", " | ", " & "),
        Conn::Sqlite(_) => ('"', " *", " OR ", " AND "),
    };
    let word = |word: &IndexWord| {
        let letters: String = word.text.chars().filter(|letter| *letter != quote).collect();
        format!("{quote}{letters}{quote}{}", if word.begins { begins } else { "" })
    };
    let any =
        |any: &Vec<IndexWord>| format!("({})", any.iter().map(word).collect::<Vec<_>>().join(or));
    all.iter().map(any).collect::<Vec<_>>().join(and)
}

/// That the index answers a question with the row of `search_texts` by this name.
fn fits(conn: &Conn, named: &str, all: &[Vec<IndexWord>]) -> [(String, Option<String>); 2] {
    let (before, behind) = match conn {
        Conn::Pg(_) => ("SELECT seq FROM search_index WHERE words @@ CAST(", " AS tsquery))"),
        Conn::Sqlite(_) => ("SELECT rowid FROM search_index WHERE search_index MATCH ", ")"),
    };
    let query = index_query(conn, all);
    [(format!("{named}.seq IN ({before}"), Some(query)), (behind.to_owned(), None)]
}

/// Whether a row of `search_texts` holds one word of one of the lists.
pub fn holds_any(conn: &Conn, terms: &[Vec<IndexWord>]) -> Written<Bool> {
    Written::new(fits(conn, "search_texts", &[terms.concat()]).to_vec())
}

/// Whether the rows of a group of `search_texts` hold one word of each of the lists between them.
pub fn hold_all(conn: &Conn, terms: &[Vec<IndexWord>]) -> Written<Bool> {
    let mut parts = Vec::new();
    for (index, term) in terms.iter().enumerate() {
        let and = if index == 0 { "" } else { " AND " };
        parts.push((format!("{and}max(CASE WHEN "), None));
        parts.extend(fits(conn, "search_texts", std::slice::from_ref(term)));
        parts.push((" THEN 1 ELSE 0 END) = 1".to_owned(), None));
    }
    Written::new(parts)
}

/// Whether any text of a row of `candidates`, whoever may read it, holds one word of the list.
pub fn candidate_holds(conn: &Conn, term: &[IndexWord]) -> Written<Bool> {
    let before = "candidates.id IN (SELECT t.candidate_id FROM search_texts t WHERE ";
    let mut parts = vec![(before.to_owned(), None)];
    parts.extend(fits(conn, "t", &[term.to_vec()]));
    parts.push((")".to_owned(), None));
    Written::new(parts)
}

/// Whether the name of a row of `candidates` holds one word of each of the lists.
pub fn name_holds(conn: &Conn, terms: &[Vec<IndexWord>]) -> Written<Bool> {
    let before =
        "candidates.id IN (SELECT t.candidate_id FROM search_texts t WHERE t.source = 'name' AND ";
    let mut parts = vec![(before.to_owned(), None)];
    parts.extend(fits(conn, "t", terms));
    parts.push((")".to_owned(), None));
    Written::new(parts)
}

/// How many of the words a row of `search_texts` holds.
pub fn held(conn: &Conn, words: &[String]) -> Written<BigInt> {
    let mut parts = vec![("(".to_owned(), None)];
    for (index, word) in words.iter().enumerate() {
        let plus = if index == 0 { "" } else { " + " };
        parts.push((format!("{plus}CASE WHEN "), None));
        let word = IndexWord { text: word.clone(), begins: false };
        parts.extend(fits(conn, "search_texts", &[vec![word]]));
        parts.push((" THEN 1 ELSE 0 END".to_owned(), None));
    }
    parts.push((")".to_owned(), None));
    Written::new(parts)
}
