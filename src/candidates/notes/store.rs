//! Queries on `notes` and `note_mentions`.

use std::collections::HashMap;

use diesel::dsl::AsExprOf;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::NoteVisibility;
use crate::access::{Permit, owed_candidates};
use crate::candidates::search;
use crate::clock::Instant;
use crate::db::schema::{note_mentions, notes, users};
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{AnyId, CandidateId, NoteId, RowId, UserId};

/// A row of `notes`: what somebody wrote about a candidate.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notes, treat_none_as_default_value = false)]
pub struct Note {
    /// Which.
    pub id: NoteId,
    /// About whom.
    pub candidate_id: CandidateId,
    /// The person or the service account.
    pub author_id: AnyId,
    /// Whom it is for.
    pub visibility: NoteVisibility,
    /// The words; empty once it was removed.
    pub body: String,
    /// When it was removed.
    pub removed_at: Option<Instant>,
    /// Guards updates.
    pub version: i64,
    /// When it was written.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// A row of `note_mentions`: somebody whom a note names.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = note_mentions)]
struct Mention {
    id: RowId,
    note_id: NoteId,
    user_id: UserId,
}

/// A note that is there.
#[derive(Debug, Clone, Queryable)]
pub struct Found {
    /// The note.
    pub row: Note,
    /// Who wrote it, if it was a person.
    pub person: Option<UserId>,
}

/// Who reads notes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// Who is noted as author: the person, or the service account.
    pub(super) author_id: AnyId,
    /// The person.
    pub(super) user_id: UserId,
    /// Whether they read private notes of others.
    pub(super) reads_private: bool,
}

/// The notes that are there and that a reader may read, of a candidate whose notes they may read.
#[diesel::dsl::auto_type]
fn readable(reader: Reader) -> _ {
    let author: AnyId = reader.author_id;
    let public: NoteVisibility = NoteVisibility::Public;
    let private: AsExprOf<bool, Bool> = reader.reads_private.into_sql::<Bool>();
    let owed: owed_candidates = owed_candidates(reader.user_id);
    let others = notes::visibility.eq(public).or(private).and(notes::candidate_id.ne_all(owed));
    notes::removed_at.is_null().and(notes::author_id.eq(author).or(others))
}

/// One note, if it is there; whom it is for is another question.
pub(super) fn find(conn: &mut Conn, id: NoteId) -> QueryResult<Option<Note>> {
    notes::table.filter(notes::id.eq(id)).filter(notes::removed_at.is_null()).first(conn).optional()
}

/// One note, if the reader may read it.
pub(super) fn find_readable(
    conn: &mut Conn,
    id: NoteId,
    reader: Reader,
) -> QueryResult<Option<Found>> {
    notes::table
        .left_join(users::table.on(users::id.eq(notes::author_id)))
        .filter(notes::id.eq(id))
        .filter(readable(reader))
        .select((notes::all_columns, users::id.nullable()))
        .first(conn)
        .optional()
}

/// One page of the notes about a candidate that the reader may read, newest first.
pub(super) fn list(
    conn: &mut Conn,
    id: CandidateId,
    reader: Reader,
    page: &PageRequest,
) -> QueryResult<Vec<Found>> {
    let mut query = notes::table
        .left_join(users::table.on(users::id.eq(notes::author_id)))
        .filter(notes::candidate_id.eq(id))
        .filter(readable(reader))
        .select((notes::all_columns, users::id.nullable()))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(notes::id.lt(before));
    }
    query.order(notes::id.desc()).limit(page.fetch()).load(conn)
}

/// All notes about a candidate that are there.
pub(in crate::candidates) fn all_of(conn: &mut Conn, id: CandidateId) -> QueryResult<Vec<Note>> {
    let there = notes::table.filter(notes::candidate_id.eq(id));
    there.filter(notes::removed_at.is_null()).order(notes::id).load(conn)
}

/// How many notes a candidate has.
pub(super) fn count(conn: &mut Conn, id: CandidateId) -> QueryResult<i64> {
    let there = notes::table.filter(notes::candidate_id.eq(id));
    there.filter(notes::removed_at.is_null()).count().get_result(conn)
}

/// Whom some notes name, in the order in which they were named.
pub(super) fn mentions(
    conn: &mut Conn,
    ids: &[NoteId],
) -> QueryResult<HashMap<NoteId, Vec<UserId>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(NoteId, UserId)> = note_mentions::table
        .filter(note_mentions::note_id.eq_any(ids))
        .order(note_mentions::id)
        .select((note_mentions::note_id, note_mentions::user_id))
        .load(conn)?;
    let mut named: HashMap<NoteId, Vec<UserId>> = HashMap::new();
    for (note, user) in rows {
        named.entry(note).or_default().push(user);
    }
    Ok(named)
}

/// Whom a note names.
pub fn mentions_of(conn: &mut Conn, id: NoteId) -> QueryResult<Vec<UserId>> {
    Ok(mentions(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// Inserts a note with those whom it names.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Note,
    mentions: &[UserId],
) -> Result<()> {
    diesel::insert_into(notes::table).values(row).execute(tx.conn)?;
    search::index_note(tx, permit, row)?;
    name(tx, permit, row.id, mentions)
}

/// Names people in a note, in place of those before.
pub(super) fn name(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: NoteId,
    mentions: &[UserId],
) -> Result<()> {
    let before = note_mentions::table.filter(note_mentions::note_id.eq(id));
    diesel::delete(before).execute(tx.conn)?;
    let rows: Vec<Mention> =
        mentions.iter().map(|&user_id| Mention { id: tx.id(), note_id: id, user_id }).collect();
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(note_mentions::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Saves a note whose version is still the one that was read, and raises that.
pub(super) fn save(tx: &mut Tx<'_>, permit: &Permit, row: &Note) -> Result<()> {
    let unchanged = notes::table.find(row.id).filter(notes::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            notes::visibility.eq(row.visibility),
            notes::body.eq(&row.body),
            notes::removed_at.eq(row.removed_at),
            notes::version.eq(row.version + 1),
            notes::updated_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    if saved == 1 { search::index_note(tx, permit, row) } else { Err(Error::stale()) }
}
