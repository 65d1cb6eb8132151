//! `/interviews/{id}/scorecard/correction`: correcting a card that is in, for whoever signed in.
//!
//! The link of a mail does not open it: what was handed in is changed by a person who is known, with a
//! reason that stays beside the card. Two corrections at the same time are brought together as drafts
//! are, and shown before either is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::sheet::Sheet;
use super::{Desk, TRIES, desk_of, fields, load, path_of, view};
use crate::access::Actor;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::http::fields::Prose;
use crate::http::{Open, PathId};
use crate::ids::{InterviewId, kinds};
use crate::pages::form::Form;
use crate::pages::sign_in::to_sign_in;
use crate::pages::visitor::Visitor;
use crate::pages::{answer, see_other};
use crate::scorecards::api::{ReviseScorecard, UpdateScorecard};
use crate::scorecards::commands;

/// Where a card is corrected.
fn correction_path(id: InterviewId) -> String {
    format!("{}/correction", path_of(id))
}

/// The card as it stands, to be corrected.
#[get("/interviews/{id}/scorecard/correction")]
pub(super) async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Interview>,
) -> Result<HttpResponse> {
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => open(&desk_of(visitor, id), id).await,
        Ok(Err(_)) => Ok(to_sign_in(&correction_path(id))),
        Err(error) => Err(error),
    })
}

/// Puts the correction in the place of what was handed in.
#[post("/interviews/{id}/scorecard/correction")]
pub(super) async fn submit(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Interview>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => keep(&desk_of(visitor, id), &req, id, &body).await,
        Ok(Err(_)) => Ok(to_sign_in(&correction_path(id))),
        Err(error) => Err(error),
    })
}

async fn open(desk: &Desk, id: InterviewId) -> Result<HttpResponse> {
    let sheet = load(desk, id).await?;
    if !sheet.can_be_corrected() {
        return Ok(see_other(&path_of(id)).finish());
    }
    let mut form = fields::form_of(&sheet);
    page(desk, &sheet, &mut form, StatusCode::OK)
}

async fn keep(
    desk: &Desk,
    req: &HttpRequest,
    id: InterviewId,
    body: &[u8],
) -> Result<HttpResponse> {
    let mut tries = 0;
    loop {
        let sheet = load(desk, id).await?;
        let mut form = Form::read(fields::list_of(&sheet), req, body)?.keeping_all();
        desk.check(req, &form)?;
        if !sheet.can_be_corrected() {
            return Ok(see_other(&path_of(id)).finish());
        }
        let others = fields::merge(&mut form, &sheet);
        let content = fields::read(&mut form, &sheet);
        let reason = form.field::<Prose<1000>>(fields::REASON.0);
        let is_complete = fields::is_complete(&mut form, &sheet);
        if !others.is_empty() {
            form.refuse_all("It was corrected on another page meanwhile. Look at what is marked.");
            fields::mark(&mut form, &others);
            return page(desk, &sheet, &mut form, StatusCode::CONFLICT);
        }
        let (Some(content), Some(reason), true) = (content, reason, is_complete) else {
            return page(desk, &sheet, &mut form, StatusCode::UNPROCESSABLE_ENTITY);
        };
        if !fields::differs(&form, &sheet) {
            form.refuse_all("Nothing on the card is changed yet.");
            return page(desk, &sheet, &mut form, StatusCode::UNPROCESSABLE_ENTITY);
        }
        match revise(desk, &sheet, reason, content).await {
            Err(error) if error.code == Code::Stale && tries < TRIES => tries += 1,
            outcome => return outcome.map(|()| see_other(&path_of(id)).finish()),
        }
    }
}

async fn revise(
    desk: &Desk,
    sheet: &Sheet,
    reason: Prose<1000>,
    content: UpdateScorecard,
) -> Result<()> {
    let card = sheet.card.as_ref().map(|card| card.id);
    let card = card.ok_or_else(|| Error::internal("a card that is in was not begun"))?;
    let (version, input) = (sheet.version(), ReviseScorecard { reason, content });
    let write =
        move |tx: &mut Tx<'_>, actor: &Actor| commands::revise(tx, actor, card, version, &input);
    desk.ctx.write(write).await.map(drop)
}

fn page(desk: &Desk, sheet: &Sheet, form: &mut Form, status: StatusCode) -> Result<HttpResponse> {
    form.set("base", fields::base_of(sheet));
    let shown = view::of(sheet, &desk.path, true).correcting();
    let page = form.render(status, "scorecard.html", &desk.proof(), &shown)?;
    Ok(page.finish())
}
