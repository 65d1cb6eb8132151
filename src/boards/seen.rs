//! A board as its reader may see it, in five statements: its columns with their counts, the cards, and three
//! on whose move it is.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::place::Place;
use crate::access::{
    Action, Actor, Condition, Reach, chases, jobs_in_reach, late_seats, readable_applications,
    readable_jobs, recruits_everywhere,
};
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, candidates, jobs, panelists, stages, users};
use crate::error::{Error, FieldError, Result};
use crate::ids::{ApplicationId, CandidateId, JobId, StageId, UserId};
use crate::pipelines::StageKind;
use crate::turns::{self, Turn};

/// Which part of a board.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Of this job.
    pub job_id: JobId,
    /// One column alone, from its beginning or from behind a place on.
    pub column: Option<(StageId, Option<Place>)>,
    /// How many cards of a column.
    pub limit: i64,
}

/// The active applications of a job by stage.
#[derive(Debug, Clone)]
pub struct Board {
    pub job_title: String,
    /// The version of the job.
    pub version: i64,
    /// Whether its reader moves applications of the job.
    pub moves: bool,
    /// Every stage of the job, as far as the reader may know of it, whether or not its column is shown.
    pub stages: Vec<(StageId, String)>,
    /// In order.
    pub columns: Vec<Column>,
}

/// A stage with the oldest of its active applications.
#[derive(Debug, Clone)]
pub struct Column {
    pub stage_id: StageId,
    pub stage_name: String,
    pub kind: StageKind,
    pub count: i64,
    /// Applications with a late card, of those whose cards the reader chases.
    pub overdue: i64,
    pub cards: Vec<Card>,
    /// Where it goes on, if it does.
    pub next: Option<Place>,
}

/// An active application on a board.
#[derive(Debug, Clone)]
pub struct Card {
    pub id: ApplicationId,
    pub candidate_id: CandidateId,
    pub candidate_name: String,
    pub owner_id: Option<UserId>,
    pub owner_name: Option<String>,
    pub stage_entered_at: Instant,
    /// For whom it waits.
    pub turn: Turn,
    /// How many of its cards are late; none for who does not chase them.
    pub late: Option<usize>,
}

#[derive(Queryable)]
struct ColumnRow {
    stage: (StageId, String, StageKind),
    job: (String, i64),
    /// Whether the reader may read the job, and move its applications.
    may: (bool, bool),
    count: Option<i64>,
    overdue: Option<i64>,
    /// The first application that is not on the first page.
    beyond: (Option<Instant>, Option<ApplicationId>),
}

#[derive(Queryable)]
struct CardRow {
    id: ApplicationId,
    candidate_id: CandidateId,
    stage_id: StageId,
    owner_id: Option<UserId>,
    stage_entered_at: Instant,
    candidate_name: Option<String>,
    owner_name: Option<String>,
    chased: bool,
}

/// A board, or one column of it.
///
/// # Errors
/// `not_found` for whoever may read neither the job nor an application to it, `invalid` for a stage of
/// another job.
pub fn board(conn: &mut Conn, actor: &Actor, wanted: Wanted, now: Instant) -> Result<Board> {
    let mut rows = columns(conn, actor, wanted, now)?;
    let first = rows.first().ok_or_else(Error::not_found)?;
    let (reads_job, moves) = first.may;
    let (job_title, version) = first.job.clone();
    rows.retain(|row| reads_job || row.count.unwrap_or(0) > 0);
    if rows.is_empty() {
        return Err(Error::not_found());
    }
    let stages = rows.iter().map(|row| (row.stage.0, row.stage.1.clone())).collect();
    if let Some((stage_id, _)) = wanted.column {
        rows.retain(|row| row.stage.0 == stage_id);
        if rows.is_empty() {
            let detail = "The job has no such stage.";
            let field = FieldError::query("stage_id", "unknown_reference", detail);
            return Err(Error::invalid_fields(vec![field]));
        }
    }
    let cards = cards(conn, actor, wanted, &rows)?;
    let mut cards = with_turns(conn, actor, cards, now)?;
    let limit = usize::try_from(wanted.limit).unwrap_or(0);
    let column = |row: ColumnRow| {
        let (stage_id, stage_name, kind) = row.stage;
        let mut shown = cards.remove(&stage_id).unwrap_or_default();
        let goes_on = shown.len() > limit || (wanted.column.is_none() && row.beyond.1.is_some());
        shown.truncate(limit);
        let place = |card: &Card| Place { entered_at: card.stage_entered_at, id: card.id };
        Column {
            stage_id,
            stage_name,
            kind,
            count: row.count.unwrap_or(0),
            overdue: row.overdue.unwrap_or(0),
            next: shown.last().filter(|_| goes_on).map(place),
            cards: shown,
        }
    };
    let columns = rows.into_iter().map(column).collect();
    Ok(Board { job_title, version, moves, stages, columns })
}

/// The stages of the job with their counts, in order; none where there is no such job.
fn columns(
    conn: &mut Conn,
    actor: &Actor,
    wanted: Wanted,
    now: Instant,
) -> QueryResult<Vec<ColumnRow>> {
    let in_stage = || {
        applications::table
            .filter(applications::stage_id.eq(stages::id))
            .filter(applications::status.eq(ApplicationStatus::Active))
            .filter(readable_applications(Reach::of(actor, Action::ReadApplication)))
    };
    let late = panelists::table
        .filter(panelists::application_id.eq(applications::id))
        .filter(late_seats(now));
    let overdue = in_stage()
        .filter(chases(actor.user_id, recruits_everywhere(actor), actor.via.is_none()))
        .filter(exists(late));
    let beyond = || {
        in_stage().order((applications::stage_entered_at, applications::id)).offset(wanted.limit)
    };
    let readable = readable_jobs(Reach::of(actor, Action::ReadJob));
    let moving = jobs_in_reach(Reach::of(actor, Action::MoveApplication));
    stages::table
        .inner_join(jobs::table.on(jobs::id.eq(stages::job_id)))
        .filter(stages::job_id.eq(wanted.job_id))
        .order(stages::position)
        .select((
            (stages::id, stages::name, stages::kind),
            (jobs::title, jobs::version),
            (readable, moving),
            in_stage().count().single_value(),
            overdue.count().single_value(),
            (
                beyond().select(applications::stage_entered_at).single_value(),
                beyond().select(applications::id).single_value(),
            ),
        ))
        .load(conn)
}

/// The part of a column that is shown: before a place that is no longer, or from behind one on.
fn part(wanted: Wanted, row: &ColumnRow) -> Condition<applications::table> {
    let in_stage = applications::stage_id
        .eq(row.stage.0)
        .and(applications::status.eq(ApplicationStatus::Active));
    match (wanted.column, row.beyond) {
        (Some((_, Some(Place { entered_at, id }))), _) => {
            let behind = applications::stage_entered_at.gt(entered_at).or(applications::id.gt(id));
            Box::new(in_stage.and(applications::stage_entered_at.ge(entered_at)).and(behind))
        }
        (None, (Some(entered_at), Some(id))) => {
            let before = applications::stage_entered_at.lt(entered_at).or(applications::id.lt(id));
            Box::new(in_stage.and(applications::stage_entered_at.le(entered_at)).and(before))
        }
        (Some((_, None)) | None, _) => Box::new(in_stage),
    }
}

/// The cards of columns, oldest in their stage first; of a column alone one more than it shows.
fn cards(
    conn: &mut Conn,
    actor: &Actor,
    wanted: Wanted,
    columns: &[ColumnRow],
) -> QueryResult<Vec<CardRow>> {
    let filled = columns.iter().filter(|row| row.count.unwrap_or(0) > 0);
    let parts = filled.map(|row| part(wanted, row));
    let either = |one: Condition<applications::table>, other: Condition<applications::table>| {
        let either: Condition<applications::table> = Box::new(one.or(other));
        either
    };
    let Some(shown) = parts.reduce(either) else { return Ok(Vec::new()) };
    let limit = match wanted.column {
        Some(_) => wanted.limit + 1,
        None => wanted.limit * i64::try_from(columns.len()).unwrap_or(1),
    };
    let candidate = candidates::table
        .filter(candidates::id.eq(applications::candidate_id))
        .select(candidates::name)
        .single_value();
    let owner = users::table
        .filter(users::id.nullable().eq(applications::owner_id))
        .select(users::name)
        .single_value();
    applications::table
        .filter(shown)
        .filter(readable_applications(Reach::of(actor, Action::ReadApplication)))
        .order((applications::stage_entered_at, applications::id))
        .limit(limit)
        .select((
            applications::id,
            applications::candidate_id,
            applications::stage_id,
            applications::owner_id,
            applications::stage_entered_at,
            candidate,
            owner,
            chases(actor.user_id, recruits_everywhere(actor), actor.via.is_none()),
        ))
        .load(conn)
}

/// The cards by stage, each with whose move it is.
fn with_turns(
    conn: &mut Conn,
    actor: &Actor,
    rows: Vec<CardRow>,
    now: Instant,
) -> Result<HashMap<StageId, Vec<Card>>> {
    let ids: Vec<ApplicationId> = rows.iter().map(|row| row.id).collect();
    let mut facts = turns::of(conn, actor, &ids)?;
    let mut cards: HashMap<StageId, Vec<Card>> = HashMap::new();
    for row in rows {
        let known = facts.remove(&row.id).unwrap_or_default();
        cards.entry(row.stage_id).or_default().push(Card {
            id: row.id,
            candidate_id: row.candidate_id,
            candidate_name: row.candidate_name.unwrap_or_default(),
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            stage_entered_at: row.stage_entered_at,
            turn: known.turn(row.stage_entered_at, now),
            late: row.chased.then(|| known.late(now)),
        });
    }
    Ok(cards)
}

impl Card {
    /// For how many whole days it stands in its stage.
    pub fn days(&self, now: Instant) -> i64 {
        (now - self.stage_entered_at).num_days().max(0)
    }
}
