//! Attachments over the API.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::commands::{self, ToAttach};
use super::content::Refusal;
use super::model::{NewFile, VERSION};
use super::seen::{self, Seen};
use super::store::{self, Found};
use super::text::TextState;
use super::{AttachmentKind, MediaType};
use crate::access::{Actor, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{
    Ctx, FILE_LIMIT, NoBody, Page, PageOf, Params, PathId, SentFile, Shown, Upload, etag_of,
};
use crate::ids::{AttachmentId, CandidateId, ScorecardId, kinds};
use crate::scorecards;

/// A file about a candidate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attachment {
    id: AttachmentId,
    candidate_id: CandidateId,
    /// The card that it belongs to; null for one of the candidate's own.
    scorecard_id: Option<ScorecardId>,
    kind: AttachmentKind,
    /// Without a path, invisible characters and the like, whatever was sent.
    #[schema(example = "ada-lovelace.pdf", max_length = 255)]
    file_name: String,
    media_type: MediaType,
    #[schema(minimum = 1, maximum = 10_485_760)]
    size_bytes: i64,
    /// The person or the service account that uploaded it, or the candidate who sent it with an application.
    uploaded_by: String,
    /// Whether its words can be searched yet; null for pictures, and for files on a card.
    text_state: Option<TextState>,
    created_at: Instant,
}

impl From<Found> for Attachment {
    fn from(Found { row, person, text_state }: Found) -> Self {
        let noun = match person {
            Some(_) => "user",
            None if row.uploaded_by == row.candidate_id.any() => "candidate",
            None => "service_account",
        };
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            scorecard_id: row.scorecard_id,
            kind: row.kind,
            file_name: row.file_name,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            uploaded_by: row.uploaded_by.shown_as(noun),
            text_state,
            created_at: row.created_at,
        }
    }
}

/// What is in a file.
#[derive(Debug)]
pub struct FileContent;

impl PartialSchema for FileContent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .max_length(Some(FILE_LIMIT))
            .into()
    }
}

impl ToSchema for FileContent {
    fn name() -> Cow<'static, str> {
        "FileContent".into()
    }
}

/// A file to attach.
#[derive(Debug, ToSchema)]
pub struct AttachFile {
    /// A PDF, a Word document (.docx), plain text, a PNG or a JPEG of at most 10 MiB, with its name.
    pub file: FileContent,
    /// What it is.
    pub kind: AttachmentKind,
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttachmentFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(AttachmentFilter);

/// Attach a file to a candidate
///
/// A form with the file and its kind. Whatever the sender says of its type, it is taken for what is in
/// it; other types than these, and files that are two things at once, are refused. A candidate has at
/// most 50.
#[utoipa::path(
    operation_id = "attachToCandidate", tag = "candidates",
    request_body(content = AttachFile, content_type = "multipart/form-data"),
    params(("id" = CandidateId, Path, description = "To which candidate.")),
    responses((status = 201, description = "The file.", body = Attachment)),
)]
#[post("/candidates/{id}/attachments")]
pub async fn attach_to_candidate(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    upload: Upload,
) -> Result<HttpResponse> {
    let input = to_attach(&upload.file, upload.only("kind")?)?;
    let done = ctx
        .command(&upload, move |tx, actor| commands::attach_to_candidate(tx, actor, id, &input))
        .await?;
    ctx.created(done, "attachments", show).await
}

/// List the files of a candidate
///
/// The candidate's own files, newest first. Panels, deciders and drivers see résumé and work samples;
/// the other kinds are for those who recruit.
#[utoipa::path(
    operation_id = "listCandidateAttachments", tag = "candidates",
    params(("id" = CandidateId, Path, description = "Of which candidate."), AttachmentFilter),
    responses((status = 200, description = "One page of files.", body = PageOf<Attachment>)),
)]
#[get("/candidates/{id}/attachments")]
pub async fn list_candidate_attachments(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    Params(filter): Params<AttachmentFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let scope = candidate_scope(conn, actor, id)?;
        let kinds = seen::kinds(&holdings(conn, actor, &scope)?)?;
        let rows = store::of_candidate(conn, id, kinds, page)?.into_iter();
        let wire = |found: Found| (found.row.id.any(), Attachment::from(found));
        Ok(Page::new(rows.map(wire).collect()))
    })
    .await
}

/// Attach a file to a scorecard
///
/// To your own card, while it is a draft. The file is a part of the card: yours alone while you write,
/// and sealed with it. A card has at most 10; once it is in they stay as they are.
#[utoipa::path(
    operation_id = "attachToScorecard", tag = "scorecards",
    request_body(content = AttachFile, content_type = "multipart/form-data"),
    params(("id" = ScorecardId, Path, description = "To which scorecard.")),
    responses((status = 201, description = "The file.", body = Attachment)),
)]
#[post("/scorecards/{id}/attachments")]
pub async fn attach_to_scorecard(
    ctx: Ctx,
    PathId(id): PathId<kinds::Scorecard>,
    upload: Upload,
) -> Result<HttpResponse> {
    let input = to_attach(&upload.file, upload.only("kind")?)?;
    let done = ctx
        .command(&upload, move |tx, actor| commands::attach_to_scorecard(tx, actor, id, &input))
        .await?;
    ctx.created(done, "attachments", show).await
}

/// Get an attachment
///
/// What is known of a file. The first time you are shown a file on another's scorecard is recorded like
/// reading the card.
#[utoipa::path(
    operation_id = "getAttachment", tag = "candidates",
    params(("id" = AttachmentId, Path, description = "Which file.")),
    responses((status = 200, description = "The file.", body = Attachment)),
)]
#[get("/attachments/{id}")]
pub async fn get_attachment(
    ctx: Ctx,
    PathId(id): PathId<kinds::Attachment>,
) -> Result<HttpResponse> {
    let found = find(&ctx, id).await?;
    ctx.answer(Shown { version: VERSION, value: Attachment::from(found) })
}

/// Get what is in a file
///
/// Always as a download. The first time you are shown a file on another's scorecard is recorded like
/// reading the card.
#[utoipa::path(
    operation_id = "getAttachmentContent", tag = "candidates",
    params(("id" = AttachmentId, Path, description = "Which file.")),
    responses((status = 200, description = "What is in it.", content(
        (FileContent = "application/pdf"),
        (FileContent = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (FileContent = "image/jpeg"),
        (FileContent = "image/png"),
        (String = "text/plain"),
    ))),
)]
#[get("/attachments/{id}/content")]
pub async fn get_attachment_content(
    ctx: Ctx,
    PathId(id): PathId<kinds::Attachment>,
) -> Result<HttpResponse> {
    let found = find(&ctx, id).await?;
    download(&ctx, found).await
}

/// Remove an attachment
///
/// The file is gone for everybody, and what was in it unless another file holds the same. Those who may
/// attach files to a candidate remove them; a file on a scorecard is removed by its author while the card is
/// a draft.
#[utoipa::path(
    operation_id = "removeAttachment", tag = "candidates",
    params(("id" = AttachmentId, Path, description = "Which file.")),
    responses((status = 204, description = "It is gone.")),
)]
#[delete("/attachments/{id}")]
pub async fn remove_attachment(
    ctx: Ctx,
    PathId(id): PathId<kinds::Attachment>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::remove(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

/// Looks at a file that was sent, before any transaction.
///
/// # Errors
/// `invalid` at `/file`.
pub(crate) fn to_attach(sent: &Arc<SentFile>, kind: AttachmentKind) -> Result<ToAttach> {
    let refused = |why: Refusal| Error::invalid("/file", why.code(), why.sentence());
    let file = NewFile::check(Arc::clone(sent));
    Ok(ToAttach { kind, file: file.map_err(refused)? })
}

/// A file that the caller is about to be shown, which is noted first where it stands on another's card.
async fn find(ctx: &Ctx, id: AttachmentId) -> Result<Found> {
    let Seen { found, unnoted } = ctx.read(move |conn, actor| seen::find(conn, actor, id)).await?;
    scorecards::api::note(ctx, unnoted.into_iter().collect()).await?;
    Ok(found)
}

/// The uploader's own file, or one of a candidate's, which nobody needs to note.
fn show(conn: &mut Conn, actor: &Actor, id: AttachmentId) -> Result<Shown<Attachment>> {
    let Seen { found, .. } = seen::find(conn, actor, id)?;
    Ok(Shown { version: VERSION, value: found.into() })
}

/// Sends what is in a file that the caller may read, in such a way that browsers keep it and do not open it.
pub(crate) async fn download(ctx: &Ctx, Found { row, .. }: Found) -> Result<HttpResponse> {
    let etag = etag_of(VERSION, row.sha256.as_deref().ok_or_else(Error::not_found)?);
    if ctx.knows(&etag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    }
    // Among the long reads: it may be some MiB.
    let bytes = ctx.db().read(move |conn| Ok(store::content(conn, row.id)?)).await?;
    let bytes = bytes.ok_or_else(Error::not_found)?;
    let charset = if row.media_type == MediaType::Text { "; charset=utf-8" } else { "" };
    Ok(HttpResponse::Ok()
        .content_type(format!("{}{charset}", row.media_type))
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((CONTENT_DISPOSITION, disposition(&row.file_name)))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes))
}

/// A download of this name (RFC 6266), whatever is in the name (RFC 8187).
fn disposition(file_name: &str) -> String {
    let mut text = "attachment; filename*=UTF-8''".to_owned();
    for byte in file_name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_so_that_nothing_in_it_means_anything() {
        let named = disposition("R\u{e9}sum\u{e9} \"1\"; a%2F.pdf");
        assert_eq!(
            named,
            "attachment; filename*=UTF-8''R%C3%A9sum%C3%A9%20%221%22%3B%20a%252F.pdf"
        );
    }
}
