//! Queries on `scorecards`, `ratings` and `scorecard_reads`. What others may see of a card is in
//! `seen.rs`; nothing here is shown to anybody but the author.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Recommendation, ScorecardState};
use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::assessments;
use crate::clock::Instant;
use crate::db::schema::{
    anchors, applications, interviews, kit_attributes, ratings, scorecard_reads,
    scorecard_revisions, scorecards,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::ids::{
    AnyId, ApplicationId, AttributeId, CandidateId, InterviewId, JobId, KitId, LevelId, LoopId,
    RatingId, RowId, ScorecardId, ScorecardRevisionId, StageId, UserId,
};

/// A row of `scorecards`: one person's judgement of one interview.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scorecards, treat_none_as_default_value = false)]
pub struct Scorecard {
    pub id: ScorecardId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub author_id: UserId,
    pub state: ScorecardState,
    pub recommendation: Option<Recommendation>,
    pub recommendation_reason: Option<String>,
    pub level_signal_id: Option<LevelId>,
    pub summary: Option<String>,
    pub private_notes: Option<String>,
    pub submitted_at: Option<Instant>,
    /// Who handed it in for the author, if it was not they.
    pub submitted_by: Option<UserId>,
    pub submitted_reason: Option<String>,
    pub revision: i32,
    pub revised_at: Option<Instant>,
    pub revised_reason: Option<String>,
    pub revised_after_reading: Option<bool>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Scorecard {
    /// A card on which nothing stands yet.
    pub fn blank(
        id: ScorecardId,
        (interview_id, application_id): (InterviewId, ApplicationId),
        author_id: UserId,
        now: Instant,
    ) -> Self {
        Self {
            id,
            interview_id,
            application_id,
            author_id,
            state: ScorecardState::Draft,
            recommendation: None,
            recommendation_reason: None,
            level_signal_id: None,
            summary: None,
            private_notes: None,
            submitted_at: None,
            submitted_by: None,
            submitted_reason: None,
            revision: 1,
            revised_at: None,
            revised_reason: None,
            revised_after_reading: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether its author has said nothing on it that others will read.
    pub fn is_blank(&self, ratings: &[Rating]) -> bool {
        ratings.is_empty()
            && self.recommendation.is_none()
            && self.recommendation_reason.is_none()
            && self.level_signal_id.is_none()
            && self.summary.is_none()
    }
}

/// A row of `ratings`: the level given to an attribute, or that there was no signal, which is apart
/// from every level; neither in a draft that has evidence alone.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ratings, treat_none_as_default_value = false)]
pub struct Rating {
    pub id: RatingId,
    pub scorecard_id: ScorecardId,
    pub attribute_id: AttributeId,
    pub level: Option<i32>,
    pub no_signal: bool,
    pub evidence: Option<String>,
}

/// A row of `scorecard_revisions`: what a submitted card said before its author corrected it. Rows are
/// never changed.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scorecard_revisions, treat_none_as_default_value = false)]
pub struct ScorecardRevision {
    pub id: ScorecardRevisionId,
    pub scorecard_id: ScorecardId,
    /// What was handed in first is number 1.
    pub number: i32,
    pub content: Document,
    /// Why it was made; none of what was handed in first.
    pub reason: Option<String>,
    /// Whether its author had read another card by then; none of what was handed in first, for which
    /// the seat says it.
    pub after_reading: Option<bool>,
    pub handed_in_at: Instant,
}

/// A row of `scorecard_reads`: the first time somebody read another's card, and whether they still
/// owed their own. A service account reads for itself: its owner has not seen what it read.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scorecard_reads, treat_none_as_default_value = false)]
pub struct ScorecardRead {
    pub id: RowId,
    pub scorecard_id: ScorecardId,
    pub reader_id: AnyId,
    pub reader_owed: bool,
    pub occurred_at: Instant,
}

/// A card with what its commands need to know around it.
#[derive(Debug, Clone, Queryable)]
pub struct Placed {
    pub card: Scorecard,
    pub loop_id: LoopId,
    pub kit_id: KitId,
    pub job_id: JobId,
    pub candidate_id: CandidateId,
    pub stage_id: StageId,
    pub status: ApplicationStatus,
}

/// A card for its commands.
pub fn find_placed(conn: &mut Conn, id: ScorecardId) -> QueryResult<Option<Placed>> {
    scorecards::table
        .inner_join(interviews::table.on(interviews::id.eq(scorecards::interview_id)))
        .inner_join(applications::table.on(applications::id.eq(scorecards::application_id)))
        .filter(scorecards::id.eq(id))
        .select((
            scorecards::all_columns,
            interviews::loop_id,
            interviews::kit_id,
            applications::job_id,
            applications::candidate_id,
            applications::stage_id,
            applications::status,
        ))
        .first(conn)
        .optional()
}

/// The card of a person for an interview.
pub fn find_own(
    conn: &mut Conn,
    interview: InterviewId,
    author: UserId,
) -> QueryResult<Option<ScorecardId>> {
    scorecards::table
        .filter(scorecards::interview_id.eq(interview))
        .filter(scorecards::author_id.eq(author))
        .select(scorecards::id)
        .first(conn)
        .optional()
}

/// Inserts a card.
///
/// # Errors
/// `already_exists` when the author has one for the interview.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Scorecard) -> Result<()> {
    diesel::insert_into(scorecards::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "You have a card for this interview.")
}

/// Saves a card whose version and state are still the ones that were read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, was: ScorecardState, row: &Scorecard) -> Result<()> {
    let now = tx.now();
    let unchanged = scorecards::table
        .find(row.id)
        .filter(scorecards::version.eq(row.version))
        .filter(scorecards::state.eq(was));
    let saved = diesel::update(unchanged)
        .set((
            scorecards::state.eq(row.state),
            scorecards::recommendation.eq(row.recommendation),
            scorecards::recommendation_reason.eq(&row.recommendation_reason),
            scorecards::level_signal_id.eq(row.level_signal_id),
            scorecards::summary.eq(&row.summary),
            scorecards::private_notes.eq(&row.private_notes),
            scorecards::submitted_at.eq(row.submitted_at),
            scorecards::submitted_by.eq(row.submitted_by),
            scorecards::submitted_reason.eq(&row.submitted_reason),
            scorecards::revision.eq(row.revision),
            scorecards::revised_at.eq(row.revised_at),
            scorecards::revised_reason.eq(&row.revised_reason),
            scorecards::revised_after_reading.eq(row.revised_after_reading),
            scorecards::version.eq(row.version + 1),
            scorecards::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Keeps what a card said until now.
pub fn insert_revision(tx: &mut Tx<'_>, _permit: &Permit, row: &ScorecardRevision) -> Result<()> {
    diesel::insert_into(scorecard_revisions::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// What a card said before, oldest first; a card is revised [`super::model::REVISIONS_MAX`] times at
/// most.
pub fn revisions(conn: &mut Conn, id: ScorecardId) -> QueryResult<Vec<ScorecardRevision>> {
    scorecard_revisions::table
        .filter(scorecard_revisions::scorecard_id.eq(id))
        .order(scorecard_revisions::number)
        .load(conn)
}

/// The ratings of a card, in the order in which they were given.
pub fn ratings_of(conn: &mut Conn, id: ScorecardId) -> QueryResult<Vec<Rating>> {
    ratings::table.filter(ratings::scorecard_id.eq(id)).order(ratings::id).load(conn)
}

/// Puts other ratings in the place of a card's.
pub fn replace_ratings(tx: &mut Tx<'_>, permit: &Permit, rows: &[Rating]) -> Result<()> {
    let id: ScorecardId = permit.subject().id.typed();
    diesel::delete(ratings::table.filter(ratings::scorecard_id.eq(id))).execute(tx.conn)?;
    if !rows.is_empty() {
        crate::each!(tx.conn, c => diesel::insert_into(ratings::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The attributes of a kit that a card neither rates nor marks as "no signal", in order.
pub fn unrated(conn: &mut Conn, kit: KitId, card: ScorecardId) -> QueryResult<Vec<AttributeId>> {
    let rated = ratings::attribute_id
        .eq(kit_attributes::attribute_id)
        .and(ratings::scorecard_id.eq(card))
        .and(ratings::level.is_not_null().or(ratings::no_signal));
    kit_attributes::table
        .left_join(ratings::table.on(rated))
        .filter(kit_attributes::kit_id.eq(kit))
        .filter(ratings::id.is_null())
        .order(kit_attributes::position)
        .select(kit_attributes::attribute_id)
        .load(conn)
}

/// The levels of each attribute of a kit; an attribute without levels comes once, without one.
pub fn scales(conn: &mut Conn, kit: KitId) -> QueryResult<Vec<(AttributeId, Option<i32>)>> {
    kit_attributes::table
        .left_join(anchors::table.on(anchors::attribute_id.eq(kit_attributes::attribute_id)))
        .filter(kit_attributes::kit_id.eq(kit))
        .select((kit_attributes::attribute_id, anchors::level.nullable()))
        .load(conn)
}

/// Whether a person has read another's card of an application, or the result of an assessment.
pub fn has_read(conn: &mut Conn, reader: UserId, application: ApplicationId) -> QueryResult<bool> {
    let reads = scorecard_reads::table
        .inner_join(scorecards::table.on(scorecards::id.eq(scorecard_reads::scorecard_id)))
        .filter(scorecard_reads::reader_id.eq(reader))
        .filter(scorecards::application_id.eq(application));
    let has_read_card: bool = diesel::select(exists(reads)).get_result(conn)?;
    Ok(has_read_card || assessments::store::has_read(conn, reader, application)?)
}

/// Those of the cards that the person, or the service account that acts for them, has not read
/// before, with their applications.
pub fn unread_among(
    conn: &mut Conn,
    (person, reader): (UserId, AnyId),
    cards: &[ScorecardId],
) -> QueryResult<Vec<(ScorecardId, ApplicationId)>> {
    let read = scorecard_reads::table
        .filter(scorecard_reads::reader_id.eq(reader))
        .filter(scorecard_reads::scorecard_id.eq(scorecards::id));
    scorecards::table
        .filter(scorecards::id.eq_any(cards))
        .filter(scorecards::author_id.ne(person))
        .filter(diesel::dsl::not(exists(read)))
        .order(scorecards::id)
        .select((scorecards::id, scorecards::application_id))
        .load(conn)
}

/// What some readers have read of the cards of an application, in the order of reading: the reader,
/// the card, its author, and when.
pub fn reads_by(
    conn: &mut Conn,
    application: ApplicationId,
    readers: &[AnyId],
) -> QueryResult<Vec<(AnyId, ScorecardId, UserId, Instant)>> {
    scorecard_reads::table
        .inner_join(scorecards::table.on(scorecards::id.eq(scorecard_reads::scorecard_id)))
        .filter(scorecards::application_id.eq(application))
        .filter(scorecard_reads::reader_id.eq_any(readers.iter().copied()))
        .order((scorecard_reads::occurred_at, scorecard_reads::id))
        .select((
            scorecard_reads::reader_id,
            scorecards::id,
            scorecards::author_id,
            scorecard_reads::occurred_at,
        ))
        .load(conn)
}

/// Notes that somebody read a card. False when it was noted before.
pub fn insert_read(tx: &mut Tx<'_>, _permit: &Permit, row: &ScorecardRead) -> Result<bool> {
    let inserted = crate::each!(tx.conn, c => diesel::insert_into(scorecard_reads::table)
        .values(row)
        .on_conflict((scorecard_reads::scorecard_id, scorecard_reads::reader_id))
        .do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}
