//! `/jobs/{id}/board`: the board of a job, with a menu on each card that moves it.
//!
//! It is made of what the API shows, through the same query, and moves through the same command. It works by
//! the keyboard and without script; what does not fit on a column is on a page of that column.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::form::{Fields, Form};
use super::sign_in::to_sign_in;
use super::visitor::Visitor;
use super::{answer, render, safety, see_other};
use crate::access::{Actor, OrgRole};
use crate::applications::api::moves::CreateApplicationMove;
use crate::applications::commands;
use crate::boards::api::BoardFilter;
use crate::boards::seen::{self, Board, Card, Column, Wanted};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Open, Params, PathId};
use crate::ids::{ApplicationId, JobId, StageId, kinds};
use crate::turns::Mover;

const FIELDS: Fields = &[
    ("application", "Which application"),
    ("from", "Where it stands"),
    ("to", "Move to"),
    ("column", "The column that is shown"),
];

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit);
}

/// Where the board of a job is.
pub(crate) fn path_of(id: JobId) -> String {
    format!("/jobs/{id}/board")
}

/// Whether somebody may be sent to a path because it is that of a board.
pub(super) fn is_path(path: &str) -> bool {
    let id = path.strip_prefix("/jobs/").and_then(|rest| rest.strip_suffix("/board"));
    id.is_some_and(|id| id.parse::<JobId>().is_ok())
}

#[derive(Serialize)]
struct Page {
    proof: String,
    path: String,
    job_title: String,
    /// Why something was not moved.
    trouble: Option<String>,
    /// The stage of the one column that is shown, if it is one alone.
    alone: Option<String>,
    columns: Vec<PageColumn>,
}

#[derive(Serialize)]
struct PageColumn {
    id: String,
    name: String,
    count: i64,
    overdue: i64,
    cards: Vec<PageCard>,
    /// Where the next cards are.
    more: Option<String>,
}

#[derive(Serialize)]
struct PageCard {
    id: String,
    name: String,
    /// For how long it stands in its stage.
    age: String,
    /// For whom it waits, and for how long.
    waits: String,
    owner: Option<String>,
    late: usize,
    /// The stages to which it can be moved, and whether one is the next.
    stages: Vec<(String, String, bool)>,
}

/// The board.
#[get("/jobs/{id}/board")]
async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Job>,
    Params(filter): Params<BoardFilter>,
) -> Result<HttpResponse> {
    answer(open(ctx, &req, id, &filter).await)
}

async fn open(
    ctx: Ctx,
    req: &HttpRequest,
    id: JobId,
    filter: &BoardFilter,
) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(&path_of(id)));
    };
    page(&visitor, filter.wanted(id)?, None, StatusCode::OK).await
}

/// Moves a card.
#[post("/jobs/{id}/board/moves")]
async fn submit(
    Open(ctx): Open,
    req: HttpRequest,
    PathId(id): PathId<kinds::Job>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(move_card(ctx, &req, id, &body).await)
}

async fn move_card(ctx: Ctx, req: &HttpRequest, id: JobId, body: &[u8]) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(&path_of(id)));
    };
    let form = Form::read(FIELDS, req, body)?;
    safety::check(&visitor.ctx, req, &form, visitor.claims.session_id)?;
    let alone: Option<StageId> = form.text("column").parse().ok();
    let application: ApplicationId =
        form.text("application").parse().map_err(|_| Error::not_found())?;
    let stage = |field: &str| form.text(field).parse().map_err(|_| Error::not_found());
    let input = CreateApplicationMove { from_stage_id: stage("from")?, to_stage_id: stage("to")? };
    let moved = visitor
        .ctx
        .act(move |tx, actor| commands::move_to(tx, actor, application, None, &input).map(drop));
    match moved.await {
        Ok(()) => {
            let column = alone.map(|stage| format!("?stage_id={stage}")).unwrap_or_default();
            Ok(see_other(&format!("{}{column}", path_of(id))).finish())
        }
        Err(error) => refused(&visitor, id, alone, error).await,
    }
}

/// The board as it is now, with why a card was not moved.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure is none of the form's")]
async fn refused(
    visitor: &Visitor,
    id: JobId,
    alone: Option<StageId>,
    error: Error,
) -> Result<HttpResponse> {
    let (status, why) = match error.code {
        Code::StageMoved => (
            StatusCode::CONFLICT,
            "Somebody else moved it meanwhile. Look where it stands now.".to_owned(),
        ),
        Code::IllegalTransition => (StatusCode::CONFLICT, error.detail.into()),
        Code::Forbidden => (StatusCode::FORBIDDEN, error.detail.into()),
        Code::Invalid => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Choose another stage of this job.".to_owned())
        }
        _ => return Err(error),
    };
    let wanted = Wanted { column: alone.map(|stage| (stage, None)), ..whole(id) };
    page(visitor, wanted, Some(why), status).await
}

fn whole(job_id: JobId) -> Wanted {
    Wanted { job_id, column: None, limit: crate::http::LIMIT_DEFAULT }
}

async fn page(
    visitor: &Visitor,
    wanted: Wanted,
    trouble: Option<String>,
    status: StatusCode,
) -> Result<HttpResponse> {
    // After a move: what is moved a moment later than the request began is not of the future.
    let now = visitor.ctx.state().db.clock().now();
    let proof = safety::proof_of(&visitor.ctx, visitor.claims.session_id);
    let load = move |conn: &mut Conn, actor: &Actor| {
        let names_owners = actor.role != OrgRole::External;
        Ok((seen::board(conn, actor, wanted, now)?, names_owners))
    };
    let (board, names_owners) = visitor.ctx.read(load).await?;
    let path = path_of(wanted.job_id);
    let Board { job_title, moves, stages, columns, .. } = board;
    let stages = if moves { stages } else { Vec::new() };
    let shown = |column| of_column(column, &stages, &path, (now, names_owners));
    let columns = columns.into_iter().map(shown).collect();
    let alone = wanted.column.map(|(stage, _)| stage.to_string());
    let page = Page { proof, path: path.clone(), job_title, trouble, alone, columns };
    Ok(render(status, "board.html", &page)?.finish())
}

fn of_column(
    column: Column,
    stages: &[(StageId, String)],
    path: &str,
    (now, names_owners): (Instant, bool),
) -> PageColumn {
    let stage_id = column.stage_id;
    let next = stages.iter().skip_while(|(id, _)| *id != stage_id).nth(1).map(|(id, _)| *id);
    let others = stages.iter().filter(|(id, _)| *id != stage_id);
    let others = others.map(|(id, name)| (id.to_string(), name.clone(), next == Some(*id)));
    let others: Vec<(String, String, bool)> = others.collect();
    let card = |card: Card| PageCard {
        id: card.id.to_string(),
        age: for_days(card.stage_entered_at, now),
        waits: waits(whom_of(card.turn.mover), card.turn.since, now),
        owner: card.owner_name.filter(|_| names_owners),
        late: card.late.unwrap_or(0),
        name: card.candidate_name,
        stages: others.clone(),
    };
    PageColumn {
        id: stage_id.to_string(),
        more: column
            .next
            .map(|place| format!("{path}?stage_id={stage_id}&cursor={}", place.cursor(stage_id))),
        name: column.stage_name,
        count: column.count,
        overdue: column.overdue,
        cards: column.cards.into_iter().map(card).collect(),
    }
}

/// For whom something waits, and for how long.
pub(super) fn waits(whom: &str, since: Instant, now: Instant) -> String {
    format!("Waits for {whom}, {}", for_days(since, now))
}

/// Who that is, in words.
pub(super) const fn whom_of(mover: Mover) -> &'static str {
    match mover {
        Mover::Recruiter => "the recruiter",
        Mover::Interviewer => "the panel",
        Mover::Decider => "a decision",
        Mover::Approver => "an approval",
        Mover::Candidate => "the candidate",
    }
}

/// For how many whole days.
pub(super) fn for_days(since: Instant, now: Instant) -> String {
    match (now - since).num_days() {
        ..=0 => "for less than a day".to_owned(),
        1 => "for a day".to_owned(),
        days => format!("for {days} days"),
    }
}
