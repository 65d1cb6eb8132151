//! My desk over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Section;
use super::seen::{self, Item};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::{Ctx, LIMIT_DEFAULT, LIMIT_MAX, Params, Shown};
use crate::ids::{ApplicationId, CandidateId, JobId, StageId, UserId};
use crate::turns::Mover;

/// For whom your applications wait.
#[derive(Debug, Serialize, ToSchema)]
pub struct Desk {
    /// Whether everything of yours was looked at. Looked at are the 1,000 applications on your teams, and as
    /// many that you look after, that stand in their stage longest.
    is_complete: bool,
    /// What came in and nobody touched.
    new: DeskSection,
    /// What waits for you to bring it on: what you look after, and what nobody does on jobs for which you
    /// recruit or coordinate. Scorecards, decisions and votes that you owe are in your queue.
    for_me: DeskSection,
    /// What waits for another recruiter.
    for_recruiters: DeskSection,
    /// What waits for panels.
    for_interviewers: DeskSection,
    /// What waits for a decision, or for a vote on an offer.
    for_deciders: DeskSection,
    /// What waits for candidates.
    for_candidates: DeskSection,
}

/// Applications that wait for the same people.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskSection {
    /// How many there are.
    #[schema(minimum = 0)]
    count: usize,
    /// Whether there are more than are listed.
    has_more: bool,
    /// Those that wait longest come first.
    items: Vec<DeskItem>,
}

/// An application that waits for somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskItem {
    application_id: ApplicationId,
    candidate_id: CandidateId,
    #[schema(example = "Ada Lovelace")]
    candidate_name: String,
    job_id: JobId,
    #[schema(example = "Senior Engineer")]
    job_title: String,
    stage_id: StageId,
    #[schema(example = "On-site")]
    stage_name: String,
    /// Who looks after it.
    owner_id: Option<UserId>,
    /// Since when it stands in its stage.
    stage_entered_at: Instant,
    /// For whom it waits, by what you may know of it.
    whose_move: Mover,
    /// Since when it waits for them.
    waiting_since: Instant,
    /// How many of its scorecards are late; `null` if you do not chase them.
    #[schema(minimum = 0)]
    overdue_cards: Option<usize>,
}

/// How much of a desk.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeskFilter {
    /// How much each section lists.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// Get my desk
///
/// For whom the active applications wait that are yours: those to jobs on whose hiring team you manage,
/// recruit or coordinate, and those that you look after. What waits longest comes first. What you owe
/// yourself is your queue.
#[utoipa::path(
    operation_id = "getDesk", tag = "users", params(DeskFilter),
    responses((status = 200, description = "What is on your desk.", body = Desk)),
)]
#[get("/me/desk")]
pub async fn get_desk(ctx: Ctx, Params(filter): Params<DeskFilter>) -> Result<HttpResponse> {
    let limit = filter.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let detail = format!("Between 1 and {LIMIT_MAX}.");
        return Err(Error::invalid_fields(vec![FieldError::query("limit", "range", detail)]));
    }
    let (limit, now) = (usize::try_from(limit).unwrap_or(0), ctx.now());
    ctx.show(move |conn, actor| show(conn, actor, limit, now)).await
}

fn show(conn: &mut Conn, actor: &Actor, limit: usize, now: Instant) -> Result<Shown<Desk>> {
    let mut desk = seen::desk(conn, actor, now)?;
    let mut section = |section: Section| {
        let items = desk.sections.remove(&section).unwrap_or_default();
        let (count, has_more) = (items.len(), items.len() > limit);
        let items = items.into_iter().take(limit).map(DeskItem::from).collect();
        DeskSection { count, has_more, items }
    };
    let value = Desk {
        new: section(Section::New),
        for_me: section(Section::ForMe),
        for_recruiters: section(Section::ForRecruiters),
        for_interviewers: section(Section::ForInterviewers),
        for_deciders: section(Section::ForDeciders),
        for_candidates: section(Section::ForCandidates),
        is_complete: desk.is_complete,
    };
    // A desk is made anew each time, and nobody changes it.
    Ok(Shown { version: 1, value })
}

impl From<Item> for DeskItem {
    fn from(item: Item) -> Self {
        let Item { seen, turn, late } = item;
        let (candidate_id, candidate_name) = seen.candidate;
        let (job_id, job_title) = seen.job;
        let (stage_id, stage_name) = seen.stage;
        Self {
            application_id: seen.id,
            candidate_id,
            candidate_name,
            job_id,
            job_title,
            stage_id,
            stage_name,
            owner_id: seen.owner_id,
            stage_entered_at: seen.stage_entered_at,
            whose_move: turn.mover,
            waiting_since: turn.since,
            overdue_cards: late,
        }
    }
}
