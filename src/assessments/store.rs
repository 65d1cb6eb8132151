//! Queries on `assessment_results` and what belongs to them. What somebody may see is in `seen.rs`.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{
    assessment_ratings, assessment_reads, assessment_results, assessment_revisions,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::ids::{
    AnyId, ApplicationId, AssessmentResultId, AttributeId, InterviewId, RowId, UserId,
};

/// A row of `assessment_results`: what an assessment yielded. Scores are exact, as they were sent.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessment_results, treat_none_as_default_value = false)]
pub struct AssessmentResult {
    pub id: AssessmentResultId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub provider: String,
    pub url: Option<String>,
    pub score: String,
    pub max_score: String,
    pub percentile: Option<String>,
    pub completed_at: Instant,
    pub summary: Option<String>,
    /// The person or the service account.
    pub recorded_by: AnyId,
    pub recorded_at: Instant,
    pub revision: i32,
    pub revised_at: Option<Instant>,
    pub revised_reason: Option<String>,
    pub version: i64,
    pub updated_at: Instant,
}

/// A row of `assessment_ratings`: the level that a result gives to an attribute; none is no signal.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessment_ratings, treat_none_as_default_value = false)]
pub struct AssessmentRating {
    pub id: RowId,
    pub assessment_result_id: AssessmentResultId,
    pub attribute_id: AttributeId,
    pub level: Option<i32>,
    pub evidence: Option<String>,
}

/// A row of `assessment_revisions`: what a result said before it was corrected. Rows are never changed.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessment_revisions, treat_none_as_default_value = false)]
pub struct AssessmentRevision {
    pub id: RowId,
    pub assessment_result_id: AssessmentResultId,
    pub number: i32,
    pub content: Document,
    pub reason: Option<String>,
    pub recorded_at: Instant,
}

/// A row of `assessment_reads`: the first time somebody read a result, and whether they owed a card.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessment_reads, treat_none_as_default_value = false)]
pub struct AssessmentRead {
    pub id: RowId,
    pub assessment_result_id: AssessmentResultId,
    pub reader_id: AnyId,
    pub reader_owed: bool,
    pub occurred_at: Instant,
}

/// The result of an interview.
pub fn find_of(conn: &mut Conn, id: InterviewId) -> QueryResult<Option<AssessmentResult>> {
    assessment_results::table.filter(assessment_results::interview_id.eq(id)).first(conn).optional()
}

/// The ratings of some results, in the order in which they were given.
pub fn ratings_of(
    conn: &mut Conn,
    ids: &[AssessmentResultId],
) -> QueryResult<Vec<AssessmentRating>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    assessment_ratings::table
        .filter(assessment_ratings::assessment_result_id.eq_any(ids))
        .order(assessment_ratings::id)
        .load(conn)
}

/// What a result said before, oldest first; there are [`super::model::CORRECTIONS_MAX`] at most.
pub fn revisions(conn: &mut Conn, id: AssessmentResultId) -> QueryResult<Vec<AssessmentRevision>> {
    assessment_revisions::table
        .filter(assessment_revisions::assessment_result_id.eq(id))
        .order(assessment_revisions::number)
        .load(conn)
}

/// Inserts the result of an interview.
///
/// # Errors
/// `already_exists` when there is one.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &AssessmentResult) -> Result<()> {
    diesel::insert_into(assessment_results::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "The interview has a result.")
}

/// Saves a result whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &AssessmentResult) -> Result<()> {
    let now = tx.now();
    let unchanged =
        assessment_results::table.find(row.id).filter(assessment_results::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            assessment_results::provider.eq(&row.provider),
            assessment_results::url.eq(&row.url),
            assessment_results::score.eq(&row.score),
            assessment_results::max_score.eq(&row.max_score),
            assessment_results::percentile.eq(&row.percentile),
            assessment_results::completed_at.eq(row.completed_at),
            assessment_results::summary.eq(&row.summary),
            assessment_results::revision.eq(row.revision),
            assessment_results::revised_at.eq(row.revised_at),
            assessment_results::revised_reason.eq(&row.revised_reason),
            assessment_results::version.eq(row.version + 1),
            assessment_results::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Puts other ratings in the place of a result's.
pub fn replace_ratings(tx: &mut Tx<'_>, permit: &Permit, rows: &[AssessmentRating]) -> Result<()> {
    let id: AssessmentResultId = permit.subject().id.typed();
    let mine = assessment_ratings::table.filter(assessment_ratings::assessment_result_id.eq(id));
    diesel::delete(mine).execute(tx.conn)?;
    if !rows.is_empty() {
        crate::each!(tx.conn, c => diesel::insert_into(assessment_ratings::table)
            .values(rows)
            .execute(c))?;
    }
    Ok(())
}

/// Keeps what a result said until now.
pub fn insert_revision(tx: &mut Tx<'_>, _permit: &Permit, row: &AssessmentRevision) -> Result<()> {
    diesel::insert_into(assessment_revisions::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Whether a person has read a result of an application.
pub fn has_read(conn: &mut Conn, reader: UserId, application: ApplicationId) -> QueryResult<bool> {
    let reads = assessment_reads::table
        .inner_join(
            assessment_results::table
                .on(assessment_results::id.eq(assessment_reads::assessment_result_id)),
        )
        .filter(assessment_reads::reader_id.eq(reader))
        .filter(assessment_results::application_id.eq(application));
    diesel::select(exists(reads)).get_result(conn)
}

/// The applications of some results.
pub fn applications_of(
    conn: &mut Conn,
    ids: &[AssessmentResultId],
) -> QueryResult<Vec<(AssessmentResultId, ApplicationId)>> {
    assessment_results::table
        .filter(assessment_results::id.eq_any(ids))
        .order(assessment_results::id)
        .select((assessment_results::id, assessment_results::application_id))
        .load(conn)
}

/// Notes that somebody read a result. False when it was noted before.
pub fn insert_read(tx: &mut Tx<'_>, _permit: &Permit, row: &AssessmentRead) -> Result<bool> {
    let inserted = crate::each!(tx.conn, c => diesel::insert_into(assessment_reads::table)
        .values(row)
        .on_conflict((assessment_reads::assessment_result_id, assessment_reads::reader_id))
        .do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}
