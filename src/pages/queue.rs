//! `/queue`: what I owe. The first page of whoever opens the address.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;

use super::sign_in::to_sign_in;
use super::visitor::Visitor;
use super::{answer, render, safety};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::Open;
use crate::notifications::local;
use crate::queue::{self, Item, ItemKind, Place};
use crate::users;

/// Where the queue is.
pub(crate) const QUEUE: &str = "/queue";

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show);
}

#[derive(Serialize)]
struct Queue {
    proof: String,
    name: String,
    time_zone: String,
    /// What all of it takes, apart from being at interviews.
    minutes: i32,
    items: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// What is to be done, as a heading.
    what: &'static str,
    title: String,
    candidate_name: Option<String>,
    job_title: Option<String>,
    starts_at: Option<String>,
    due_at: Option<String>,
    is_overdue: bool,
    minutes: i32,
    /// The page where it is done, and what its link says.
    link: Option<(String, &'static str)>,
}

/// What I owe.
#[get("/queue")]
async fn show(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    let visitor = match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => visitor,
        Ok(Err(_)) => return Ok(to_sign_in(QUEUE)),
        Err(error) => return answer(Err(error)),
    };
    answer(page(&visitor).await)
}

async fn page(visitor: &Visitor) -> Result<HttpResponse> {
    let proof = safety::proof_of(&visitor.ctx, visitor.claims.session_id);
    let now = visitor.ctx.now();
    let load = move |conn: &mut Conn, actor: &Actor| {
        let user = users::store::find(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
        let items = queue::of(conn, actor, now)?;
        Ok(Queue {
            proof,
            minutes: queue::minutes(&items),
            items: items.into_iter().map(|item| row(item, &user.time_zone, now)).collect(),
            name: user.name,
            time_zone: user.time_zone,
        })
    };
    let shown = visitor.ctx.read(load).await?;
    Ok(render(StatusCode::OK, "queue.html", &shown)?.finish())
}

fn row(item: Item, time_zone: &str, now: Instant) -> Row {
    let (what, does) = match item.kind {
        ItemKind::Scorecard if item.begun => ("Scorecard, begun", "Go on with the scorecard"),
        ItemKind::Scorecard => ("Scorecard", "Fill in the scorecard"),
        ItemKind::Interview => ("Interview", "See what to ask"),
        ItemKind::Question => ("Debrief", "Answer"),
        ItemKind::MeetingNotes => ("Meeting", "Write it down"),
        ItemKind::Decision => ("Decision", "Decide"),
        ItemKind::Agreement => ("Agreement", "Answer"),
        ItemKind::Telling => ("Decided", "Tell"),
        ItemKind::Vote => ("Approval", "Vote"),
    };
    let link = match item.place {
        Place::Interview(id) => Some((super::scorecard_path(id), does)),
        Place::Debrief(id) => Some((super::debrief_path(id), does)),
        Place::ApprovalRun(_) => None,
    };
    let is_interview = item.kind == ItemKind::Interview;
    Row {
        what,
        is_overdue: item.is_overdue(now),
        starts_at: item.starts_at.filter(|_| is_interview).map(|at| local(at, time_zone)),
        due_at: item.due_at.filter(|_| !is_interview).map(|at| local(at, time_zone)),
        minutes: item.minutes,
        link,
        title: item.title,
        candidate_name: item.candidate_name,
        job_title: item.job_title,
    }
}
