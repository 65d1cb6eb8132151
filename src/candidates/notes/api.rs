//! Notes over the API.

use actix_web::{HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::{self, Found, Reader};
use super::{NoteVisibility, commands};
use crate::access::{Action, Actor, Scope, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Code, Error, Result};
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{CandidateId, NoteId, UserId, kinds};

/// What somebody wrote about a candidate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    id: NoteId,
    candidate_id: CandidateId,
    /// The person or the service account that wrote it.
    author_id: String,
    visibility: NoteVisibility,
    #[schema(example = "Would rather work from Lisbon.")]
    body: String,
    /// Whom it names, in the order in which they were named.
    mention_ids: Vec<UserId>,
    created_at: Instant,
    updated_at: Instant,
}

impl Note {
    fn of(Found { row, person }: Found, mention_ids: Vec<UserId>) -> Self {
        let noun = if person.is_some() { "user" } else { "service_account" };
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            author_id: row.author_id.shown_as(noun),
            visibility: row.visibility,
            body: row.body,
            mention_ids,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A note to write.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateNote {
    /// Whom it is for.
    pub(super) visibility: NoteVisibility,
    /// What it says.
    pub(super) body: Prose<10000>,
    /// Whom it names.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub(super) mention_ids: Vec<UserId>,
}

/// What changes of a note.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateNote {
    /// Whom it is for from now on.
    pub(super) visibility: Option<NoteVisibility>,
    /// What it says instead.
    pub(super) body: Option<Prose<10000>>,
    /// Whom it names instead.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub(super) mention_ids: Option<Vec<UserId>>,
}

/// Which notes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoteFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(NoteFilter);

/// Write a note
///
/// Writes a note about a candidate. A public one is for everybody who recruits the candidate; a private one for
/// its author and for recruiters. Whoever owes a scorecard for any application of the candidate reads notes of
/// others once they owe none.
#[utoipa::path(
    operation_id = "createNote", tag = "candidates", request_body = CreateNote,
    params(("id" = CandidateId, Path, description = "About which candidate.")),
    responses((status = 201, description = "The note.", body = Note)),
)]
#[post("/candidates/{id}/notes")]
pub async fn create_note(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    body: Body<CreateNote>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input)).await?;
    ctx.created(done, "notes", show).await
}

/// List the notes about a candidate
///
/// The notes that you may read, newest first.
#[utoipa::path(
    operation_id = "listNotes", tag = "candidates",
    params(("id" = CandidateId, Path, description = "About which candidate."), NoteFilter),
    responses((status = 200, description = "One page of notes.", body = PageOf<Note>)),
)]
#[get("/candidates/{id}/notes")]
pub async fn list_notes(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    Params(filter): Params<NoteFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let scope = candidate_scope(conn, actor, id)?;
        let reader = reader(conn, actor, &scope)?;
        let rows = store::list(conn, id, reader, page)?;
        let ids: Vec<NoteId> = rows.iter().map(|found| found.row.id).collect();
        let mut named = store::mentions(conn, &ids)?;
        let wire = |found: Found| {
            let mentions = named.remove(&found.row.id).unwrap_or_default();
            (found.row.id.any(), Note::of(found, mentions))
        };
        Ok(Page::new(rows.into_iter().map(wire).collect()))
    })
    .await
}

/// Get a note
///
/// One note.
#[utoipa::path(
    operation_id = "getNote", tag = "candidates",
    params(("id" = NoteId, Path, description = "Which note.")),
    responses((status = 200, description = "The note.", body = Note)),
)]
#[get("/notes/{id}")]
pub async fn get_note(ctx: Ctx, PathId(id): PathId<kinds::Note>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Change a note
///
/// Changes what a note says, whom it is for or whom it names. Its author alone does.
#[utoipa::path(
    operation_id = "updateNote", tag = "candidates", request_body = UpdateNote,
    params(
        ("id" = NoteId, Path, description = "Which note."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, description = "The note as it is now.", body = Note)),
)]
#[patch("/notes/{id}")]
pub async fn update_note(
    ctx: Ctx,
    PathId(id): PathId<kinds::Note>,
    body: Body<UpdateNote>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Remove a note
///
/// Removes the words of a note for good. Its author alone does.
#[utoipa::path(
    operation_id = "removeNote", tag = "candidates",
    params(
        ("id" = NoteId, Path, description = "Which note."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204, description = "It is gone.")),
)]
#[delete("/notes/{id}")]
pub async fn remove_note(
    ctx: Ctx,
    PathId(id): PathId<kinds::Note>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::remove(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

/// Who reads notes of a candidate.
///
/// # Errors
/// `not_found` or `forbidden`.
pub(super) fn reader(conn: &mut Conn, actor: &Actor, scope: &Scope) -> Result<Reader> {
    let holdings = holdings(conn, actor, scope)?;
    holdings.require(Action::ReadNotes)?;
    Ok(Reader {
        author_id: actor.reader_id(),
        user_id: actor.user_id,
        reads_private: holdings.allow(Action::ReadPrivateNotes),
    })
}

/// A note, if somebody may read it.
pub(crate) fn readable_by(conn: &mut Conn, actor: &Actor, id: NoteId) -> Result<Option<Found>> {
    let Some(note) = store::find(conn, id)? else { return Ok(None) };
    let scope = candidate_scope(conn, actor, note.candidate_id)?;
    readable_in(conn, actor, &scope, id)
}

/// The same within the scope of its candidate.
pub(super) fn readable_in(
    conn: &mut Conn,
    actor: &Actor,
    scope: &Scope,
    id: NoteId,
) -> Result<Option<Found>> {
    match reader(conn, actor, scope) {
        Ok(reader) => Ok(store::find_readable(conn, id, reader)?),
        Err(refused) if matches!(refused.code, Code::NotFound | Code::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

fn show(conn: &mut Conn, actor: &Actor, id: NoteId) -> Result<Shown<Note>> {
    let found = readable_by(conn, actor, id)?.ok_or_else(Error::not_found)?;
    let mentions = store::mentions_of(conn, id)?;
    Ok(Shown { version: found.row.version, value: Note::of(found, mentions) })
}
