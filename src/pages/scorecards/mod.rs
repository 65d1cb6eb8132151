//! `/interviews/{id}/scorecard`: the card of whoever sits on that panel, and the same page behind the
//! link of a mail.
//!
//! One form, one address: it shows the kit and the draft, keeps what is typed, and hands the card in.
//! What another page has saved meanwhile is merged ([`crate::scorecards::merge`]), never overwritten.
//! A script keeps what is typed at every pause, through the same form. Once the card is in, whoever signed
//! in corrects it at [`correction`], a page beside it.

mod correction;
mod fields;
pub(super) mod files;
mod sheet;
mod view;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_SECURITY_POLICY};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::form::Form;
use super::safety::{self, Guest};
use super::sign_in::to_sign_in;
use super::visitor::Visitor;
use super::{Rendered, SCRIPTED_POLICY, answer, see_other};
use crate::access::Actor;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Open, PathId};
use crate::ids::{InterviewId, ScorecardId, kinds};
use crate::scorecards::api::UpdateScorecard;
use crate::scorecards::{ScorecardState, commands};
use sheet::Sheet;
pub(super) use sheet::signals;

/// How often a save begins again because another page saved in between.
const TRIES: usize = 5;

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit).service(correction::show).service(correction::submit);
    files::routes(cfg);
}

/// Where the page of an interview's card is.
pub(crate) fn path_of(id: InterviewId) -> String {
    format!("/interviews/{id}/scorecard")
}

/// Whether somebody may be sent to a path because it is that of a card, or of its correction.
pub(super) fn is_path(path: &str) -> bool {
    let path = path.strip_suffix("/correction").unwrap_or(path);
    let id = path.strip_prefix("/interviews/").and_then(|rest| rest.strip_suffix("/scorecard"));
    id.is_some_and(|id| id.parse::<InterviewId>().is_ok())
}

/// Whoever fills a card in.
pub(super) struct Desk {
    /// Acting as them.
    pub(super) ctx: Ctx,
    /// How their forms are known.
    pub(super) door: Door,
    /// Where the page is for them.
    pub(super) path: String,
}

/// How somebody came to the page.
pub(super) enum Door {
    /// Signed in.
    Session(crate::ids::SessionId),
    /// By the link of a mail.
    Link(Guest),
}

impl Desk {
    fn proof(&self) -> String {
        match &self.door {
            Door::Session(id) => safety::proof_of(&self.ctx, *id),
            Door::Link(guest) => guest.proof(),
        }
    }

    fn check(&self, req: &HttpRequest, form: &Form) -> Result<()> {
        match &self.door {
            Door::Session(id) => safety::check(&self.ctx, req, form, *id),
            Door::Link(guest) => guest.check(req, form),
        }
    }

    fn finish(&self, mut page: Rendered) -> HttpResponse {
        if let Door::Link(guest) = &self.door {
            guest.keep(&mut page);
        }
        page.0.insert_header((CONTENT_SECURITY_POLICY, SCRIPTED_POLICY.as_str()));
        page.finish()
    }
}

/// The card of whoever signed in.
#[get("/interviews/{id}/scorecard")]
async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Interview>,
) -> Result<HttpResponse> {
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => open(&desk_of(visitor, id), id).await,
        Ok(Err(_)) => Ok(to_sign_in(&path_of(id))),
        Err(error) => Err(error),
    })
}

/// Keeps what was typed, and hands it in.
#[post("/interviews/{id}/scorecard")]
async fn submit(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Interview>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => keep(&desk_of(visitor, id), &req, id, &body).await,
        Ok(Err(_)) => Ok(signed_out(&req, id)),
        Err(error) => Err(error),
    })
}

/// What a form gets whose session has ended: the script keeps what was typed and says so.
fn signed_out(req: &HttpRequest, id: InterviewId) -> HttpResponse {
    if wants_json(req) {
        return HttpResponse::Unauthorized()
            .json(Kept { trouble: "signed_out", ..Kept::default() });
    }
    to_sign_in(&path_of(id))
}

fn desk_of(visitor: Visitor, id: InterviewId) -> Desk {
    let door = Door::Session(visitor.claims.session_id);
    Desk { door, ctx: visitor.ctx, path: path_of(id) }
}

/// The page as it stands.
pub(super) async fn open(desk: &Desk, id: InterviewId) -> Result<HttpResponse> {
    let sheet = load(desk, id).await?;
    let mut form = fields::form_of(&sheet);
    page(desk, &sheet, &mut form, StatusCode::OK)
}

async fn load(desk: &Desk, id: InterviewId) -> Result<Sheet> {
    desk.ctx.read(move |conn, actor| sheet::load(conn, actor, id)).await
}

/// Keeps what was typed; hands the card in when that was the button.
pub(super) async fn keep(
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
        if sheet.is_in() {
            return Ok(settled(req, &sheet));
        }
        let others = fields::merge(&mut form, &sheet);
        let Some(input) = fields::read(&mut form, &sheet) else {
            return refused(desk, req, &sheet, &mut form, &others);
        };
        match save(desk, &sheet, input).await {
            Err(error) if error.code == Code::Stale && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok(()) => return kept(desk, req, id, form, others).await,
        }
    }
}

/// Saves; begins the card if nobody did. Nothing is begun by a form without a word.
async fn save(desk: &Desk, sheet: &Sheet, input: UpdateScorecard) -> Result<()> {
    let (interview, known) = (sheet.interview.id, sheet.card.as_ref().map(|card| card.id));
    let version = sheet.version();
    if known.is_none() && fields::is_empty(&input) {
        return Ok(());
    }
    let write = move |tx: &mut Tx<'_>, actor: &Actor| {
        let (id, version): (ScorecardId, i64) = match known {
            Some(id) => (id, version),
            // Another page may have begun it a moment ago.
            None => match commands::start(tx, actor, interview) {
                Err(error) if error.code == Code::AlreadyExists => return Err(Error::stale()),
                begun => (begun?, 1),
            },
        };
        commands::save(tx, actor, id, version, &input)
    };
    desk.ctx.write(write).await.map(drop)
}

/// After a save: on to handing it in, back to the page, or a word to the script.
async fn kept(
    desk: &Desk,
    req: &HttpRequest,
    id: InterviewId,
    mut form: Form,
    others: BTreeMap<String, String>,
) -> Result<HttpResponse> {
    let sheet = load(desk, id).await?;
    let is_last = form.text("then") == "submit";
    if !others.is_empty() {
        form.refuse_all(
            "You wrote this card in two places. Nothing is lost: look at what is marked.",
        );
        fields::mark(&mut form, &others);
        return refused(desk, req, &sheet, &mut form, &others);
    }
    if !is_last {
        return Ok(settled(req, &sheet));
    }
    if !fields::is_complete(&mut form, &sheet) {
        return refused(desk, req, &sheet, &mut form, &others);
    }
    let (card, version) = (sheet.card.as_ref().map(|card| card.id), sheet.version());
    let card = card.ok_or_else(|| Error::internal("a complete card was not begun"))?;
    let hand_in = move |tx: &mut Tx<'_>, actor: &Actor| commands::submit(tx, actor, card, version);
    match desk.ctx.write(hand_in).await {
        Err(error) if error.code == Code::Stale => {
            let sheet = load(desk, id).await?;
            let mut form = fields::form_of(&sheet);
            form.refuse_all(
                "Another page saved this card at this moment. Look at it, and submit again.",
            );
            page(desk, &sheet, &mut form, StatusCode::CONFLICT)
        }
        outcome => outcome.map(|_| see_other(req.path()).finish()),
    }
}

/// What the script is told.
#[derive(Debug, Default, Serialize)]
struct Kept {
    /// What the next form says that it was shown.
    base: String,
    /// What fields hold now that another page wrote to as well.
    merged: BTreeMap<String, String>,
    /// What does not fit, by field.
    errors: BTreeMap<String, String>,
    /// The state of the card, or why nothing was kept.
    trouble: &'static str,
}

fn wants_json(req: &HttpRequest) -> bool {
    let accepted = req.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted == Some("application/json")
}

fn settled(req: &HttpRequest, sheet: &Sheet) -> HttpResponse {
    if !wants_json(req) {
        return see_other(req.path()).finish();
    }
    let trouble = if sheet.is_in() { ScorecardState::Submitted.as_str() } else { "" };
    HttpResponse::Ok().json(Kept { base: fields::base_of(sheet), trouble, ..Kept::default() })
}

fn refused(
    desk: &Desk,
    req: &HttpRequest,
    sheet: &Sheet,
    form: &mut Form,
    others: &BTreeMap<String, String>,
) -> Result<HttpResponse> {
    let status =
        if others.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    if !wants_json(req) {
        return page(desk, sheet, form, status);
    }
    let merged = others.keys().map(|id| (id.clone(), form.text(id).to_owned())).collect();
    let (base, errors) = (fields::base_of(sheet), form.errors());
    Ok(HttpResponse::build(status).json(Kept { base, merged, errors, trouble: "" }))
}

fn page(desk: &Desk, sheet: &Sheet, form: &mut Form, status: StatusCode) -> Result<HttpResponse> {
    form.set("base", fields::base_of(sheet));
    let shown = view::of(sheet, &desk.path, matches!(desk.door, Door::Session(_)));
    let page = form.render(status, "scorecard.html", &desk.proof(), &shown)?;
    Ok(desk.finish(page))
}
