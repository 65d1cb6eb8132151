//! Boards over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::place::Place;
use super::seen::{self, Wanted};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Code, Error, FieldError, Result};
use crate::http::{Ctx, LIMIT_DEFAULT, LIMIT_MAX, Params, PathId, Shown};
use crate::ids::{ApplicationId, CandidateId, JobId, StageId, UserId, kinds};
use crate::pipelines::StageKind;
use crate::turns::Mover;

/// The active applications of a job by stage, as far as you may read them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Board {
    job_id: JobId,
    #[schema(example = "Senior Engineer")]
    job_title: String,
    /// The stages in order; the one that was asked for, if one was.
    columns: Vec<BoardColumn>,
}

/// A stage with the applications that stand in it longest.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardColumn {
    stage_id: StageId,
    #[schema(example = "On-site")]
    stage_name: String,
    kind: StageKind,
    /// How many active applications stand in it.
    #[schema(minimum = 0)]
    count: i64,
    /// How many of them have a scorecard that is late, among those whose scorecards you chase because you
    /// recruit or drive their debrief.
    #[schema(minimum = 0)]
    overdue: i64,
    /// Those that stand in it longest come first.
    cards: Vec<BoardCard>,
    /// Whether there are more behind them.
    has_more: bool,
    /// What to send as `cursor`, with `stage_id`, for the next ones.
    next_cursor: Option<String>,
}

/// An application on a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardCard {
    application_id: ApplicationId,
    candidate_id: CandidateId,
    #[schema(example = "Ada Lovelace")]
    candidate_name: String,
    /// Who looks after it.
    owner_id: Option<UserId>,
    /// Since when it stands in its stage.
    stage_entered_at: Instant,
    /// The same in whole days of 24 hours.
    #[schema(minimum = 0)]
    age_days: i64,
    /// For whom it waits, by what you may know of it.
    whose_move: Mover,
    /// Since when it waits for them.
    waiting_since: Instant,
    /// How many of its scorecards are late; `null` if you do not chase them.
    #[schema(minimum = 0)]
    overdue_cards: Option<usize>,
}

/// Which part of a board.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BoardFilter {
    /// One column alone, which can be paged on.
    pub(crate) stage_id: Option<StageId>,
    /// How many cards of each column.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the column on the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl BoardFilter {
    /// What is asked for of a job.
    ///
    /// # Errors
    /// `invalid` for a limit outside 1 to 100, `invalid_cursor`.
    pub(crate) fn wanted(&self, job_id: JobId) -> Result<Wanted> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let detail = format!("Between 1 and {LIMIT_MAX}.");
            return Err(Error::invalid_fields(vec![FieldError::query("limit", "range", detail)]));
        }
        let column = match (self.stage_id, &self.cursor) {
            (Some(stage_id), cursor) => {
                let read = |cursor: &String| Place::read(cursor, stage_id);
                Some((stage_id, cursor.as_ref().map(read).transpose()?))
            }
            (None, Some(_)) => {
                let detail = "A cursor is that of a column: name its `stage_id`.";
                return Err(Error::new(Code::InvalidCursor, detail));
            }
            (None, None) => None,
        };
        Ok(Wanted { job_id, column, limit })
    }
}

/// Get a board
///
/// The active applications of a job by stage, as far as you may read them, those that stand in their stage
/// longest first: for how long, for whom each of them waits, and since when. Each column has its own cursor,
/// which is sent together with its `stage_id`.
#[utoipa::path(
    operation_id = "getBoard", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job."), BoardFilter),
    responses((status = 200, description = "The board.", body = Board)),
)]
#[get("/jobs/{id}/board")]
pub async fn get_board(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    Params(filter): Params<BoardFilter>,
) -> Result<HttpResponse> {
    let (wanted, now) = (filter.wanted(id)?, ctx.now());
    ctx.show(move |conn, actor| show(conn, actor, wanted, now)).await
}

fn show(conn: &mut Conn, actor: &Actor, wanted: Wanted, now: Instant) -> Result<Shown<Board>> {
    let board = seen::board(conn, actor, wanted, now)?;
    let columns = board.columns.into_iter().map(|column| of_column(column, now)).collect();
    let value = Board { job_id: wanted.job_id, job_title: board.job_title, columns };
    Ok(Shown { version: board.version, value })
}

fn of_column(column: seen::Column, now: Instant) -> BoardColumn {
    let card = |card: seen::Card| BoardCard {
        application_id: card.id,
        candidate_id: card.candidate_id,
        age_days: card.days(now),
        candidate_name: card.candidate_name,
        owner_id: card.owner_id,
        stage_entered_at: card.stage_entered_at,
        whose_move: card.turn.mover,
        waiting_since: card.turn.since,
        overdue_cards: card.late,
    };
    BoardColumn {
        stage_id: column.stage_id,
        stage_name: column.stage_name,
        kind: column.kind,
        count: column.count,
        overdue: column.overdue,
        has_more: column.next.is_some(),
        next_cursor: column.next.map(|place| place.cursor(column.stage_id)),
        cards: column.cards.into_iter().map(card).collect(),
    }
}
