//! The files of a card's page: those of the candidate that a panel reads, and those that the author
//! attaches to the draft.
//!
//! The page is all that its reader has, by the link of a mail above all: a file is sent when it stands on
//! the page, whatever else the reader could see elsewhere.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::{Desk, desk_of, fields, load, page, path_of};
use crate::access::Actor;
use crate::attachments::api::{download, to_attach};
use crate::attachments::store::Found;
use crate::attachments::{self, AttachmentKind};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::http::{Open, Upload};
use crate::ids::{AttachmentId, InterviewId};
use crate::pages::form::{FieldList, Form};
use crate::pages::sign_in::to_sign_in;
use crate::pages::visitor::Visitor;
use crate::pages::{answer, see_other};
use crate::scorecards::{commands, store};

/// Registers what belongs to whoever signed in.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit).service(submit_removal);
}

/// A file as the page lists it.
#[derive(Serialize)]
pub(super) struct Listed<'s> {
    path: String,
    name: &'s str,
    kind: &'static str,
    size: String,
}

/// Files as the page of this path lists them.
pub(super) fn listed<'s>(path: &str, files: &'s [Found]) -> Vec<Listed<'s>> {
    let one = |found: &'s Found| Listed {
        path: format!("{path}/files/{}", found.row.id),
        name: &found.row.file_name,
        kind: words(found.row.kind),
        size: size(found.row.size_bytes),
    };
    files.iter().map(one).collect()
}

/// What a kind is called.
pub(super) const fn words(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Resume => "Résumé",
        AttachmentKind::CoverLetter => "Cover letter",
        AttachmentKind::WorkSample => "Work sample",
        AttachmentKind::Other => "Something else",
    }
}

fn size(bytes: i64) -> String {
    let kib = (bytes + 1023) / 1024;
    if kib < 1024 { format!("{kib} KiB") } else { format!("{} MiB", (kib + 1023) / 1024) }
}

#[get("/interviews/{id}/scorecard/files/{file}")]
async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, file) = ids(&path)?;
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => send(&desk_of(visitor, id), id, file).await,
        Ok(Err(_)) => Ok(to_sign_in(&path_of(id))),
        Err(error) => Err(error),
    })
}

#[post("/interviews/{id}/scorecard/files")]
async fn submit(
    Open(ctx): Open,
    req: HttpRequest,
    path: web::Path<String>,
    upload: Result<Upload, Error>,
) -> Result<HttpResponse> {
    let id = path.parse().map_err(|_other| Error::not_found())?;
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => attach(&desk_of(visitor, id), &req, id, upload).await,
        Ok(Err(_)) => Ok(to_sign_in(&path_of(id))),
        Err(error) => Err(error),
    })
}

#[post("/interviews/{id}/scorecard/files/{file}/removal")]
async fn submit_removal(
    Open(ctx): Open,
    req: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    let (id, file) = ids(&path)?;
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => remove(&desk_of(visitor, id), &req, id, (file, &body)).await,
        Ok(Err(_)) => Ok(to_sign_in(&path_of(id))),
        Err(error) => Err(error),
    })
}

fn ids((id, file): &(String, String)) -> Result<(InterviewId, AttachmentId)> {
    let both = id.parse().ok().zip(file.parse().ok());
    both.ok_or_else(Error::not_found)
}

/// Sends a file that stands on the page.
///
/// # Errors
/// `not_found` for every other one.
pub(in crate::pages) async fn send(
    desk: &Desk,
    id: InterviewId,
    file: AttachmentId,
) -> Result<HttpResponse> {
    let sheet = load(desk, id).await?;
    let mut files = sheet.files.into_iter().chain(sheet.attached);
    let found = files.find(|found| found.row.id == file).ok_or_else(Error::not_found)?;
    download(&desk.ctx, found).await
}

/// A form that holds nothing but the proof that it is ours.
pub(in crate::pages) fn proven(upload: &Upload) -> Form {
    let mut form = Form::empty(FieldList::of([]));
    form.proof = upload.words.get("proof").cloned().unwrap_or_default();
    form
}

/// Attaches a file to the draft, which is begun if nobody did; or says on the page why not.
pub(in crate::pages) async fn attach(
    desk: &Desk,
    req: &HttpRequest,
    id: InterviewId,
    upload: Result<Upload>,
) -> Result<HttpResponse> {
    let outcome = match upload {
        Ok(upload) => {
            desk.check(req, &proven(&upload))?;
            keep(desk, id, &upload).await
        }
        Err(refusal) => Err(refusal),
    };
    let refusal = match outcome {
        Ok(()) => return Ok(see_other(&desk.path).finish()),
        Err(refusal) => refusal,
    };
    let Some(told) = told(&refusal) else { return Err(refusal) };
    let sheet = load(desk, id).await?;
    let mut form = fields::form_of(&sheet);
    form.refuse_all(told);
    page(desk, &sheet, &mut form, StatusCode::UNPROCESSABLE_ENTITY)
}

async fn keep(desk: &Desk, id: InterviewId, upload: &Upload) -> Result<()> {
    let input = to_attach(&upload.file, upload.word("kind")?)?;
    let write = move |tx: &mut Tx<'_>, actor: &Actor| {
        let card = match store::find_own(tx.conn, id, actor.user_id)? {
            Some(card) => card,
            None => commands::start(tx, actor, id)?,
        };
        attachments::commands::attach_to_scorecard(tx, actor, card, &input)
    };
    desk.ctx.write(write).await.map(drop)
}

/// What of a refusal is told on the page.
fn told(refusal: &Error) -> Option<String> {
    let field = refusal.fields.first().map(|field| field.detail.clone());
    let whole = || (refusal.code == Code::IllegalTransition).then(|| refusal.detail.to_string());
    field.or_else(whole)
}

/// Removes a file from the draft.
pub(in crate::pages) async fn remove(
    desk: &Desk,
    req: &HttpRequest,
    id: InterviewId,
    (file, body): (AttachmentId, &[u8]),
) -> Result<HttpResponse> {
    desk.check(req, &Form::read(FieldList::of([]), req, body)?)?;
    let sheet = load(desk, id).await?;
    if !sheet.is_in() && sheet.attached.iter().any(|found| found.row.id == file) {
        let write = move |tx: &mut Tx<'_>, actor: &Actor| {
            attachments::commands::remove(tx, actor, file, None)
        };
        desk.ctx.write(write).await?;
    }
    Ok(see_other(&desk.path).finish())
}
