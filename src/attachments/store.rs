//! Queries on `attachments` and `attachment_contents`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::NewFile;
use super::text::{self, TextState};
use super::{AttachmentKind, MediaType};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{attachment_contents, attachment_texts, attachments, users};
use crate::db::{Conn, Tx, dialect};
use crate::each;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{AnyId, AttachmentId, CandidateId, ScorecardId, UserId};

/// A row of `attachments`: a file of a candidate, or on a card about them.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub struct Attachment {
    /// Which.
    pub id: AttachmentId,
    /// About whom.
    pub candidate_id: CandidateId,
    /// The card that it belongs to; none for one of the candidate's own.
    pub scorecard_id: Option<ScorecardId>,
    /// What it is.
    pub kind: AttachmentKind,
    /// Its name; empty once it was removed.
    pub file_name: String,
    /// What its content says.
    pub media_type: MediaType,
    /// How long that is.
    pub size_bytes: i64,
    /// Which content; none once it was removed.
    pub sha256: Option<Vec<u8>>,
    /// The person or the service account, or the candidate themselves.
    pub uploaded_by: AnyId,
    /// When.
    pub created_at: Instant,
    /// Who removed it.
    pub removed_by: Option<AnyId>,
    /// When.
    pub removed_at: Option<Instant>,
}

/// A file that is there.
#[derive(Debug, Clone, Queryable)]
pub struct Found {
    /// The file.
    pub row: Attachment,
    /// Who uploaded it, if it was a person.
    pub person: Option<UserId>,
    /// Whether its words can be searched; none for one that has none, or on a card.
    pub text_state: Option<TextState>,
}

/// The files that are there, each with the person who uploaded it.
#[diesel::dsl::auto_type]
fn found() -> _ {
    let person = users::id.eq(attachments::uploaded_by);
    let text = attachment_texts::id.eq(attachments::id);
    attachments::table
        .left_join(users::table.on(person))
        .left_join(attachment_texts::table.on(text))
        .filter(attachments::removed_at.is_null())
}

/// One file that is there.
pub fn find(conn: &mut Conn, id: AttachmentId) -> QueryResult<Option<Found>> {
    found()
        .filter(attachments::id.eq(id))
        .select((
            attachments::all_columns,
            users::id.nullable(),
            attachment_texts::state.nullable(),
        ))
        .first(conn)
        .optional()
}

/// One page of a candidate's own files of some kinds, newest first.
pub fn of_candidate(
    conn: &mut Conn,
    id: CandidateId,
    kinds: &[AttachmentKind],
    page: &PageRequest,
) -> QueryResult<Vec<Found>> {
    let mut query = found()
        .filter(attachments::candidate_id.eq(id))
        .filter(attachments::scorecard_id.is_null())
        .filter(attachments::kind.eq_any(kinds.iter().copied()))
        .select((
            attachments::all_columns,
            users::id.nullable(),
            attachment_texts::state.nullable(),
        ))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(attachments::id.lt(before));
    }
    query.order(attachments::id.desc()).limit(page.fetch()).load(conn)
}

/// The files on some cards, oldest first; a card has [`super::model::SCORECARD_MAX`] at most.
pub fn of_cards(conn: &mut Conn, cards: &[ScorecardId]) -> QueryResult<Vec<Found>> {
    if cards.is_empty() {
        return Ok(Vec::new());
    }
    found()
        .filter(attachments::scorecard_id.eq_any(cards.iter().copied()))
        .order(attachments::id)
        .select((
            attachments::all_columns,
            users::id.nullable(),
            attachment_texts::state.nullable(),
        ))
        .load(conn)
}

/// How many files of their own a candidate has.
pub fn count_of_candidate(conn: &mut Conn, id: CandidateId) -> QueryResult<i64> {
    attachments::table
        .filter(attachments::candidate_id.eq(id))
        .filter(attachments::scorecard_id.is_null())
        .filter(attachments::removed_at.is_null())
        .count()
        .get_result(conn)
}

/// How many files stand on a card.
pub fn count_of_card(conn: &mut Conn, id: ScorecardId) -> QueryResult<i64> {
    attachments::table
        .filter(attachments::scorecard_id.eq(id))
        .filter(attachments::removed_at.is_null())
        .count()
        .get_result(conn)
}

/// What a file holds that was found before; none when it was removed meanwhile.
pub fn content(conn: &mut Conn, id: AttachmentId) -> QueryResult<Option<Vec<u8>>> {
    attachments::table
        .inner_join(
            attachment_contents::table
                .on(attachments::sha256.eq(attachment_contents::sha256.nullable())),
        )
        .filter(attachments::id.eq(id))
        .select(attachment_contents::bytes)
        .first(conn)
        .optional()
}

/// Inserts a file, and its content where no other file has it.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, row: &Attachment, file: &NewFile) -> Result<()> {
    dialect::lock_content(tx.conn, &file.sent.sha256)?;
    each!(tx.conn, c => diesel::insert_into(attachment_contents::table)
        .values((
            attachment_contents::sha256.eq(file.sent.sha256.as_slice()),
            attachment_contents::size_bytes.eq(row.size_bytes),
            attachment_contents::bytes.eq(&file.sent.bytes),
        ))
        .on_conflict(attachment_contents::sha256)
        .do_nothing()
        .execute(c))?;
    diesel::insert_into(attachments::table).values(row).execute(tx.conn)?;
    text::wait(tx, permit, row)
}

/// Empties a file that is there, and lets its content go where no other file has it.
///
/// # Errors
/// `not_found` when somebody else removed it.
pub fn remove(tx: &mut Tx<'_>, permit: &Permit, row: &Attachment, by: AnyId) -> Result<()> {
    let sha256 = row.sha256.clone().ok_or_else(Error::not_found)?;
    dialect::lock_content(tx.conn, &sha256)?;
    let now = tx.now();
    let there = attachments::table.find(row.id).filter(attachments::removed_at.is_null());
    let removed = diesel::update(there)
        .set((
            attachments::file_name.eq(""),
            attachments::sha256.eq(None::<Vec<u8>>),
            attachments::removed_by.eq(Some(by)),
            attachments::removed_at.eq(Some(now)),
        ))
        .execute(tx.conn)?;
    if removed != 1 {
        return Err(Error::not_found());
    }
    let others =
        attachments::table.filter(attachments::sha256.eq(attachment_contents::sha256.nullable()));
    let unused = attachment_contents::table
        .filter(attachment_contents::sha256.eq(sha256))
        .filter(not(exists(others)));
    diesel::delete(unused).execute(tx.conn)?;
    text::remove(tx, permit, row.id)
}
