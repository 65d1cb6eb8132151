//! Queries on `attachment_texts`.

use diesel::prelude::*;

use super::TextState;
use crate::access::Permit;
use crate::attachments::store::Attachment;
use crate::attachments::{AttachmentKind, MediaType};
use crate::candidates::search;
use crate::clock::Instant;
use crate::db::schema::{attachment_contents, attachment_texts, attachments};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{AttachmentId, CandidateId};

/// A file that waits to be read.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Waiting {
    pub(super) id: AttachmentId,
    pub(super) candidate_id: CandidateId,
    pub(super) kind: AttachmentKind,
    pub(super) media_type: MediaType,
    pub(super) attempts: i32,
    /// Until when whoever took it has it.
    pub(super) run_at: Instant,
}

/// Lets a file be read, if it is one of the candidate's own that may hold words.
pub(crate) fn wait(tx: &mut Tx<'_>, _permit: &Permit, file: &Attachment) -> Result<()> {
    let has_words = match file.media_type {
        MediaType::Docx | MediaType::Pdf | MediaType::Text => true,
        MediaType::Jpeg | MediaType::Png => false,
    };
    if !has_words || file.scorecard_id.is_some() {
        return Ok(());
    }
    let now = tx.now();
    diesel::insert_into(attachment_texts::table)
        .values((
            attachment_texts::id.eq(file.id),
            attachment_texts::candidate_id.eq(file.candidate_id),
            attachment_texts::state.eq(TextState::Waiting),
            attachment_texts::attempts.eq(0),
            attachment_texts::run_at.eq(now),
            attachment_texts::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// A file that is there and waits, with the candidate whose it is now.
pub(super) fn waiting(conn: &mut Conn, id: AttachmentId) -> QueryResult<Option<Waiting>> {
    attachment_texts::table
        .inner_join(attachments::table.on(attachments::id.eq(attachment_texts::id)))
        .filter(attachment_texts::id.eq(id))
        .filter(attachment_texts::state.eq(TextState::Waiting))
        .filter(attachments::removed_at.is_null())
        .select((
            attachments::id,
            attachments::candidate_id,
            attachments::kind,
            attachments::media_type,
            attachment_texts::attempts,
            attachment_texts::run_at,
        ))
        .first(conn)
        .optional()
}

/// What is in a file that is there.
pub(super) fn content(conn: &mut Conn, id: AttachmentId) -> QueryResult<Option<Vec<u8>>> {
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

/// Keeps what became of reading a file, and lets it be found by its words.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    permit: &Permit,
    file: &Waiting,
    (state, body): (TextState, Option<&str>),
) -> Result<()> {
    diesel::update(attachment_texts::table.find(file.id))
        .set((
            attachment_texts::state.eq(state),
            attachment_texts::body.eq(body),
            attachment_texts::updated_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    let place = (file.candidate_id, file.id, file.kind);
    search::index_file(tx, permit, place, body.unwrap_or_default())
}

/// Lets a file wait longer.
pub(super) fn put_off(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    file: &Waiting,
    run_at: Instant,
) -> Result<()> {
    diesel::update(attachment_texts::table.find(file.id))
        .set(attachment_texts::run_at.eq(run_at))
        .execute(tx.conn)?;
    Ok(())
}

/// The files of a candidate that were read, each with what it says.
pub(crate) fn read_of(
    conn: &mut Conn,
    id: CandidateId,
) -> QueryResult<Vec<(AttachmentId, AttachmentKind, String)>> {
    attachment_texts::table
        .inner_join(attachments::table.on(attachments::id.eq(attachment_texts::id)))
        .filter(attachments::candidate_id.eq(id))
        .filter(attachments::removed_at.is_null())
        .filter(attachment_texts::body.is_not_null())
        .order(attachments::id)
        .select((attachments::id, attachments::kind, attachment_texts::body.assume_not_null()))
        .load(conn)
}

/// Lets go of what a file says, which is removed.
pub(crate) fn remove(tx: &mut Tx<'_>, permit: &Permit, id: AttachmentId) -> Result<()> {
    diesel::delete(attachment_texts::table.find(id)).execute(tx.conn)?;
    search::drop_file(tx, permit, id)
}

/// Lets go of what the files of a candidate say. The texts of files that are another's by now go with them.
pub(crate) fn forget(tx: &mut Tx<'_>, _permit: &Permit, id: CandidateId) -> Result<()> {
    let moved: Vec<(AttachmentId, CandidateId)> = attachment_texts::table
        .inner_join(attachments::table.on(attachments::id.eq(attachment_texts::id)))
        .filter(attachment_texts::candidate_id.eq(id))
        .filter(attachments::candidate_id.ne(id))
        .select((attachments::id, attachments::candidate_id))
        .load(tx.conn)?;
    for (file, owner) in moved {
        diesel::update(attachment_texts::table.find(file))
            .set(attachment_texts::candidate_id.eq(owner))
            .execute(tx.conn)?;
    }
    let theirs = attachment_texts::table.filter(attachment_texts::candidate_id.eq(id));
    diesel::delete(theirs).execute(tx.conn)?;
    Ok(())
}
