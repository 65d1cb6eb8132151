//! The link that writes a scorecard: the same page as after signing in, for one card, in one browser.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::{Link, settle};
use crate::access::{Credential, PresentedLink, authenticate};
use crate::capabilities::CapabilityKind;
use crate::capabilities::commands::{bind, dead_link, require};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::http::{Open, Upload};
use crate::ids::{AttachmentId, InterviewId};
use crate::pages::form::{FieldList, Form};
use crate::pages::scorecards::{self, Desk, Door, files};
use crate::pages::sign_in::to_sign_in;

/// The card, or the sign-in for every browser in which the link does not work.
pub(super) async fn show(link: &Link) -> Result<HttpResponse> {
    let id = find(link).await?;
    here_or_sign_in(id, scorecards::open(&desk(link), id).await)
}

/// Binds the link to this browser, and keeps what was typed.
pub(super) async fn submit(link: &Link, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let id = find(link).await?;
    here_or_sign_in(id, keep(link, req, id, body).await)
}

async fn keep(
    link: &Link,
    req: &HttpRequest,
    id: InterviewId,
    body: &[u8],
) -> Result<HttpResponse> {
    bound(link, req, &Form::read(FieldList::of([]), req, body)?).await?;
    scorecards::keep(&desk(link), req, id, body).await
}

/// Binds the link to the browser that sends a form of ours.
async fn bound(link: &Link, req: &HttpRequest, form: &Form) -> Result<()> {
    let (presented, hash) = (presented(link), link.hash.clone());
    let take = move |tx: &mut Tx<'_>| {
        let now = tx.now();
        authenticate(tx.conn, &Credential::CardLink(presented.clone()), now)?;
        let found = require(tx.conn, &hash, CapabilityKind::Scorecard, now)?;
        bind(tx, &found, &presented.browser_hash)
    };
    desk(link).ctx.read(|_, _| Ok(())).await?;
    link.guest.check(req, form)?;
    link.ctx.db().write(link.ctx.unit(), take).await
}

/// Registers the files of the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show_file).service(submit_file).service(submit_removal);
}

#[get("/l/{secret}/files/{file}")]
async fn show_file(
    Open(ctx): Open,
    req: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (secret, file) = path.into_inner();
    let link = Link::of(ctx, &req, &secret)?;
    let sent = match (find(&link).await, file_of(&file)) {
        (Ok(id), Ok(file)) => here_or_sign_in(id, files::send(&desk(&link), id, file).await),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    settle(&link, sent)
}

#[post("/l/{secret}/files")]
async fn submit_file(
    Open(ctx): Open,
    req: HttpRequest,
    secret: web::Path<String>,
    upload: Result<Upload, Error>,
) -> Result<HttpResponse> {
    let link = Link::of(ctx, &req, &secret)?;
    let done = match find(&link).await {
        Ok(id) => here_or_sign_in(id, attach(&link, &req, id, upload).await),
        Err(error) => Err(error),
    };
    settle(&link, done)
}

async fn attach(
    link: &Link,
    req: &HttpRequest,
    id: InterviewId,
    upload: Result<Upload>,
) -> Result<HttpResponse> {
    // What is refused as it arrives attaches nothing, and binds nothing.
    if let Ok(upload) = &upload {
        bound(link, req, &files::proven(upload)).await?;
    }
    files::attach(&desk(link), req, id, upload).await
}

#[post("/l/{secret}/files/{file}/removal")]
async fn submit_removal(
    Open(ctx): Open,
    req: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    let (secret, file) = path.into_inner();
    let link = Link::of(ctx, &req, &secret)?;
    let done = match (find(&link).await, file_of(&file)) {
        (Ok(id), Ok(file)) => {
            here_or_sign_in(id, files::remove(&desk(&link), &req, id, (file, &body)).await)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    settle(&link, done)
}

fn file_of(text: &str) -> Result<AttachmentId> {
    text.parse().map_err(|_other| Error::not_found())
}

fn here_or_sign_in(id: InterviewId, outcome: Result<HttpResponse>) -> Result<HttpResponse> {
    match outcome {
        Err(error) if error.code == Code::Unauthenticated => {
            Ok(to_sign_in(&scorecards::path_of(id)))
        }
        outcome => outcome,
    }
}

fn presented(link: &Link) -> PresentedLink {
    PresentedLink { token_hash: link.hash.clone(), browser_hash: link.guest.hash() }
}

fn desk(link: &Link) -> Desk {
    let ctx = link.ctx.clone().acting_by(presented(link));
    Desk { ctx, door: Door::Link(link.guest.clone()), path: link.path.clone() }
}

/// Which interview's card it is.
async fn find(link: &Link) -> Result<InterviewId> {
    let (hash, now) = (link.hash.clone(), link.ctx.now());
    let load = move |conn: &mut crate::db::Conn| {
        let found = require(conn, &hash, CapabilityKind::Scorecard, now)?;
        Ok(found.subject_id.ok_or_else(dead_link)?.typed())
    };
    link.ctx.db().read(load).await
}
