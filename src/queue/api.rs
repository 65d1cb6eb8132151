//! My queue over the API.

use actix_web::{HttpResponse, get};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Item, ItemKind, Place};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Ctx, Shown};
use crate::ids::{ApplicationId, ApprovalRunId, DebriefId, InterviewId};
use crate::users;

/// Everything that you owe.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    /// Your IANA zone, in which the local times below are.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// What all of it takes, in minutes, apart from being at interviews.
    #[schema(minimum = 0)]
    minutes: i32,
    /// How many are overdue.
    #[schema(minimum = 0)]
    overdue: usize,
    /// What falls due first comes first; what has no date comes last, oldest first.
    items: Vec<QueueItem>,
}

/// Something that you owe.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItem {
    kind: ItemKind,
    /// What it is called; the kit's name for interviews and scorecards.
    #[schema(example = "System design")]
    title: String,
    /// Where to be, or what to judge.
    interview_id: Option<InterviewId>,
    /// What to decide.
    debrief_id: Option<DebriefId>,
    /// What to vote on.
    approval_run_id: Option<ApprovalRunId>,
    application_id: Option<ApplicationId>,
    candidate_name: Option<String>,
    job_title: Option<String>,
    /// When the interview begins.
    starts_at: Option<Instant>,
    /// The same by your clock, with its offset (RFC 3339).
    #[schema(example = "2026-11-24T09:00:00+01:00")]
    starts_at_local: Option<String>,
    /// Until when it is owed; for an interview, its scorecard.
    due_at: Option<Instant>,
    /// The same by your clock, with its offset (RFC 3339).
    #[schema(example = "2026-11-25T10:00:00+01:00")]
    due_at_local: Option<String>,
    is_overdue: bool,
    /// What it takes.
    #[schema(minimum = 1)]
    minutes: i32,
    /// Whether you began the scorecard.
    is_begun: bool,
    /// The path of its page.
    #[schema(example = "/interviews/int_01jbtqs4zpftrgk3xng0hjya2f/scorecard")]
    page: Option<String>,
}

/// Get my queue
///
/// Everything that you owe: interviews to be at, scorecards, answers, notes of meetings, decisions, agreements and votes, with when each is
/// due by your clock and what it takes. Of each kind the oldest 200 are listed. A decision comes only
/// once you owe no scorecard for its application.
#[utoipa::path(
    operation_id = "getQueue", tag = "users",
    responses((status = 200, description = "What you owe.", body = Queue)),
)]
#[get("/me/queue")]
pub async fn get_queue(ctx: Ctx) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| show(conn, actor, now)).await
}

fn show(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Shown<Queue>> {
    let user = users::store::find(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let items = super::of(conn, actor, now)?;
    let zone: Tz = user.time_zone.parse().unwrap_or(Tz::UTC);
    let value = Queue {
        minutes: super::minutes(&items),
        overdue: items.iter().filter(|item| item.is_overdue(now)).count(),
        items: items.into_iter().map(|item| wire(item, zone, now)).collect(),
        time_zone: user.time_zone,
    };
    Ok(Shown { version: user.version, value })
}

fn wire(item: Item, zone: Tz, now: Instant) -> QueueItem {
    let local = |at: Option<Instant>| at.map(|at| at.utc().with_timezone(&zone).to_rfc3339());
    let (mut interview_id, mut debrief_id, mut approval_run_id) = (None, None, None);
    match item.place {
        Place::Interview(id) => interview_id = Some(id),
        Place::Debrief(id) => debrief_id = Some(id),
        Place::ApprovalRun(id) => approval_run_id = Some(id),
    }
    QueueItem {
        kind: item.kind,
        is_overdue: item.is_overdue(now),
        interview_id,
        debrief_id,
        approval_run_id,
        application_id: item.application_id,
        starts_at: item.starts_at,
        starts_at_local: local(item.starts_at),
        due_at: item.due_at,
        due_at_local: local(item.due_at),
        minutes: item.minutes,
        is_begun: item.begun,
        page: interview_id.map(crate::pages::scorecard_path),
        title: item.title,
        candidate_name: item.candidate_name,
        job_title: item.job_title,
    }
}
