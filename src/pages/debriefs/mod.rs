//! `/debriefs/{id}`: a debrief as whoever signed in may read it, with what they can do in it.
//!
//! It is made of what the API shows them ([`packet`]), so that there is one way to seal, and a reading of
//! cards is noted as there. Each of its forms does what an operation of the API does, through the same
//! command; one that is refused comes back with all that was typed, also where it is no longer asked for.

mod agreed;
mod decided;
mod drive;
mod forms;
mod judged;
mod light;
mod memo;
mod packet;
mod round;
mod talk;
mod view;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::form::Form;
use super::sign_in::to_sign_in;
use super::visitor::Visitor;
use super::{answer, safety, see_other};
use crate::access::Actor;
use crate::db::Tx;
use crate::debriefs::api::{self, Unnoted};
use crate::debriefs::commands;
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Open, PathId};
use crate::ids::{DebriefId, kinds};
use drive::Pull;
use forms::Act;
use packet::Packet;

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show)
        .service(show_memo)
        .service(respond)
        .service(ballot)
        .service(dissent)
        .service(propose)
        .service(agree)
        .service(ask)
        .service(decide)
        .service(decide_lightly)
        .service(inform)
        .service(begin)
        .service(extend)
        .service(waive)
        .service(force)
        .service(meet)
        .service(note);
}

/// Where the page of a debrief is.
pub(crate) fn path_of(id: DebriefId) -> String {
    format!("/debriefs/{id}")
}

/// Whether somebody may be sent to a path because it is that of a debrief, or of its memo.
pub(super) fn is_path(path: &str) -> bool {
    let path = path.strip_suffix("/memo").unwrap_or(path);
    path.strip_prefix("/debriefs/").is_some_and(|id| id.parse::<DebriefId>().is_ok())
}

/// A debrief.
#[get("/debriefs/{id}")]
async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
) -> Result<HttpResponse> {
    answer(open(ctx, &req, id).await)
}

/// The memo as a document.
#[get("/debriefs/{id}/memo")]
async fn show_memo(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
) -> Result<HttpResponse> {
    answer(match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => api::document(&visitor.ctx, &req, id).await,
        Ok(Err(_)) => Ok(to_sign_in(&format!("{}/memo", path_of(id)))),
        Err(error) => Err(error),
    })
}

/// Answers what is put to somebody.
#[post("/debriefs/{id}/responses")]
async fn respond(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Respond).await)
}

/// Casts another ballot.
#[post("/debriefs/{id}/ballots")]
async fn ballot(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Ballot).await)
}

/// Says something to a decision.
#[post("/debriefs/{id}/dissent")]
async fn dissent(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Dissent).await)
}

/// Proposes a decision to those who have to agree.
#[post("/debriefs/{id}/proposal")]
async fn propose(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Propose).await)
}

/// Agrees to what is proposed, or does not.
#[post("/debriefs/{id}/agreement")]
async fn agree(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Agree).await)
}

/// Asks for more signal.
#[post("/debriefs/{id}/signal-requests")]
async fn ask(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Ask).await)
}

/// Decides.
#[post("/debriefs/{id}/decision")]
async fn decide(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Decide).await)
}

/// Advances or declines.
#[post("/debriefs/{id}/light-decision")]
async fn decide_lightly(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::DecideLightly).await)
}

/// Says that the candidate knows.
#[post("/debriefs/{id}/candidate-informed")]
async fn inform(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Inform).await)
}

/// Begins another round.
#[post("/debriefs/{id}/rounds")]
async fn begin(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Begin).await)
}

/// Waits longer for cards.
#[post("/debriefs/{id}/extension")]
async fn extend(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Drive(Pull::Extend)).await)
}

/// Does without a card.
#[post("/debriefs/{id}/waiver")]
async fn waive(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Drive(Pull::Waive)).await)
}

/// Goes on without the cards that are missing.
#[post("/debriefs/{id}/forced-reveal")]
async fn force(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Drive(Pull::Force)).await)
}

/// Holds it as a meeting.
#[post("/debriefs/{id}/meeting")]
async fn meet(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Drive(Pull::Meet)).await)
}

/// Takes the notes of a meeting.
#[post("/debriefs/{id}/meeting-notes")]
async fn note(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(submit(ctx, &req, id, &body, Act::Drive(Pull::Note)).await)
}

async fn open(ctx: Ctx, req: &HttpRequest, id: DebriefId) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(&path_of(id)));
    };
    let loaded = load(&visitor, id).await?;
    let mut form = forms::blank(&loaded.0);
    page(&visitor, loaded, &mut form, StatusCode::OK).await
}

/// What the visitor may be shown, and what of it is to be noted once they are.
async fn load(visitor: &Visitor, id: DebriefId) -> Result<(Packet, Unnoted)> {
    let now = visitor.ctx.state().db.clock().now();
    visitor.ctx.read(move |conn, actor| packet::load(conn, actor, id, now)).await
}

async fn submit(
    ctx: Ctx,
    req: &HttpRequest,
    id: DebriefId,
    body: &[u8],
    act: Act,
) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(&path_of(id)));
    };
    let loaded = load(&visitor, id).await?;
    let mut form = Form::read(forms::list_of(&loaded.0, body), req, body)?.keeping_all();
    safety::check(&visitor.ctx, req, &form, visitor.claims.session_id)?;
    if form.text("then") == "more" {
        return page(&visitor, loaded, &mut form, StatusCode::OK).await;
    }
    match act_on(&visitor, &loaded.0, &mut form, act).await {
        Ok(Some(next)) => Ok(see_other(&path_of(next)).finish()),
        Ok(None) => page(&visitor, loaded, &mut form, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(error) => refused(&visitor, id, form, act, error).await,
    }
}

/// Does what a form says, and where one reads on then; not if something in it does not fit, which is then
/// marked.
async fn act_on(
    visitor: &Visitor,
    packet: &Packet,
    form: &mut Form,
    act: Act,
) -> Result<Option<DebriefId>> {
    let (ctx, id) = (&visitor.ctx, packet.debrief.id);
    let base = form.text("base").parse().unwrap_or_default();
    match act {
        Act::Drive(pull) => return Ok(drive::act(ctx, id, form, pull).await?.then_some(id)),
        Act::Respond => {
            let Some(input) = forms::response(form, packet) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::respond(tx, actor, id, &input).map(drop)).await?;
        }
        Act::Ballot => {
            let Some(input) = forms::ballot(form) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::ballot(tx, actor, id, &input).map(drop)).await?;
        }
        Act::Dissent => {
            let Some(input) = forms::dissent(form) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::state(tx, actor, id, &input).map(drop)).await?;
        }
        Act::Propose => {
            let Some(input) = forms::proposal(form) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::propose(tx, actor, id, base, &input).map(drop))
                .await?;
        }
        Act::Agree => {
            let Some(input) = forms::agreement(form) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::agree(tx, actor, id, &input).map(drop)).await?;
        }
        Act::Ask => {
            let Some(input) = forms::signal(form) else { return Ok(None) };
            ctx.act(move |tx, actor| {
                commands::ask_for_signal(tx, actor, id, base, &input).map(drop)
            })
            .await?;
        }
        Act::Inform => {
            let Some(input) = forms::informed(form) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::inform(tx, actor, id, base, &input).map(drop))
                .await?;
        }
        Act::DecideLightly => {
            let Some(input) = light::decision(form) else { return Ok(None) };
            ctx.act(move |tx, actor| {
                commands::decide_lightly(tx, actor, id, base, &input).map(drop)
            })
            .await?;
        }
        Act::Begin => {
            let Some(input) = round::beginning(form) else { return Ok(None) };
            let work = move |tx: &mut Tx<'_>, actor: &Actor| {
                commands::begin_round(tx, actor, id, base, &input)
            };
            return ctx.act(work).await.map(Some);
        }
        Act::Decide => {
            let Some(input) = memo::decision(form, packet) else { return Ok(None) };
            ctx.act(move |tx, actor| commands::decide(tx, actor, id, base, &input).map(drop))
                .await?;
        }
    }
    Ok(Some(id))
}

/// The page with a form that the command refused, as the debrief is now.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure is none of the form's")]
async fn refused(
    visitor: &Visitor,
    id: DebriefId,
    mut form: Form,
    act: Act,
    error: Error,
) -> Result<HttpResponse> {
    let status = match error.code {
        Code::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Stale | Code::IllegalTransition | Code::AlreadyExists | Code::NotReady => {
            StatusCode::CONFLICT
        }
        Code::Forbidden => StatusCode::FORBIDDEN,
        _ => return Err(error),
    };
    match error.code {
        Code::Invalid => forms::mark(&mut form, act, error),
        Code::Stale => form.refuse_all(
            "Something changed in this debrief while you wrote. Look at it, and send the form again.",
        ),
        _ => form.refuse_all(error.detail),
    }
    let loaded = load(visitor, id).await?;
    page(visitor, loaded, &mut form, status).await
}

/// Shows the page, once it is noted what its reader learns from it.
async fn page(
    visitor: &Visitor,
    (packet, unnoted): (Packet, Unnoted),
    form: &mut Form,
    status: StatusCode,
) -> Result<HttpResponse> {
    api::note(&visitor.ctx, unnoted).await?;
    form.set("base", packet.version.to_string());
    let proof = safety::proof_of(&visitor.ctx, visitor.claims.session_id);
    let shown = view::of(&packet, form);
    Ok(form.render(status, "debrief.html", &proof, &shown)?.finish())
}
