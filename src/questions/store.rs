//! Queries on `questions`, `question_versions`, `kit_questions`.

use diesel::dsl::{count, max};
use diesel::prelude::*;

use super::{Difficulty, QuestionKind};
use crate::access::{Permit, Reach, takes_part};
use crate::clock::Instant;
use crate::db::schema::{applications, interviews, kit_questions, question_versions, questions};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{CandidateId, InterviewId, KitId, QuestionId, QuestionVersionId, RowId};
use crate::interviews::InterviewState;

/// A row of `questions`: a question or theme, whatever its wording.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = questions, treat_none_as_default_value = false)]
pub struct Question {
    pub id: QuestionId,
    pub key: String,
    pub attribution: Option<String>,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `question_versions`: one wording of a question. `folded` is text and follow-ups in lower
/// case, for the search; the current version has no `superseded_at`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = question_versions, treat_none_as_default_value = false)]
pub struct QuestionVersion {
    pub id: QuestionVersionId,
    pub question_id: QuestionId,
    pub number: i32,
    pub kind: QuestionKind,
    pub text: String,
    pub folded: String,
    pub follow_ups: Document,
    pub difficulty: Option<Difficulty>,
    pub attribute_key: Option<String>,
    pub superseded_at: Option<Instant>,
    pub created_at: Instant,
}

/// A row of `kit_questions`: a question that a kit asks, in the wording that it had.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = kit_questions, treat_none_as_default_value = false)]
pub struct KitQuestion {
    pub id: RowId,
    pub kit_id: KitId,
    pub position: i32,
    pub question_version_id: QuestionVersionId,
}

/// Which questions.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Questions, or themes.
    pub kind: Option<QuestionKind>,
    /// This hard.
    pub difficulty: Option<Difficulty>,
    /// About this attribute.
    pub attribute_key: Option<String>,
    /// Out of use, or in use.
    pub archived: Option<bool>,
    /// With this in text or follow-ups, in lower case.
    pub holding: Option<String>,
}

/// How often a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// How many candidates were asked.
    pub candidates: i64,
    /// When the last interview with it was completed.
    pub last_asked_at: Option<Instant>,
}

/// One question.
pub fn find(conn: &mut Conn, id: QuestionId) -> QueryResult<Option<Question>> {
    questions::table.find(id).first(conn).optional()
}

/// One page of questions with their current wording, newest first.
pub fn list(
    conn: &mut Conn,
    page: &PageRequest,
    filter: &Filter,
) -> QueryResult<Vec<(Question, QuestionVersion)>> {
    let mut query = questions::table
        .inner_join(question_versions::table.on(question_versions::question_id.eq(questions::id)))
        .filter(question_versions::superseded_at.is_null())
        .select((Question::as_select(), QuestionVersion::as_select()))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(questions::id.lt(before));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(question_versions::kind.eq(kind));
    }
    if let Some(difficulty) = filter.difficulty {
        query = query.filter(question_versions::difficulty.eq(difficulty));
    }
    if let Some(key) = &filter.attribute_key {
        query = query.filter(question_versions::attribute_key.eq(key.clone()));
    }
    if let Some(archived) = filter.archived {
        query = query.filter(questions::archived_at.is_not_null().eq(archived));
    }
    if let Some(text) = &filter.holding {
        let pattern = format!("%{}%", escaped(text));
        query = query.filter(question_versions::folded.like(pattern).escape('\\'));
    }
    query.order(questions::id.desc()).limit(page.fetch()).load(conn)
}

/// A text as a pattern that stands for itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The wordings of a question, the newest first.
pub fn versions_of(conn: &mut Conn, id: QuestionId) -> QueryResult<Vec<QuestionVersion>> {
    question_versions::table
        .filter(question_versions::question_id.eq(id))
        .order(question_versions::number.desc())
        .load(conn)
}

/// The current wordings of some questions, in no order.
pub fn current(conn: &mut Conn, ids: &[QuestionId]) -> QueryResult<Vec<QuestionVersion>> {
    question_versions::table
        .filter(question_versions::question_id.eq_any(ids))
        .filter(question_versions::superseded_at.is_null())
        .load(conn)
}

/// What a kit asks, from top to bottom, in the words that it had when the kit was written.
pub fn of_kit(conn: &mut Conn, kit: KitId) -> QueryResult<Vec<QuestionVersion>> {
    kit_questions::table
        .inner_join(
            question_versions::table
                .on(question_versions::id.eq(kit_questions::question_version_id)),
        )
        .filter(kit_questions::kit_id.eq(kit))
        .order(kit_questions::position)
        .select(QuestionVersion::as_select())
        .load(conn)
}

/// The key, number and text of some wordings, in no order.
pub fn names_of(
    conn: &mut Conn,
    ids: &[QuestionVersionId],
) -> QueryResult<Vec<(QuestionVersionId, String, i32, String)>> {
    question_versions::table
        .inner_join(questions::table.on(questions::id.eq(question_versions::question_id)))
        .filter(question_versions::id.eq_any(ids))
        .select((
            question_versions::id,
            questions::key,
            question_versions::number,
            question_versions::text,
        ))
        .load(conn)
}

/// The wording of a question with this key: of this number, or the current one.
pub fn find_wording(
    conn: &mut Conn,
    key: &str,
    number: Option<i32>,
) -> QueryResult<Option<(QuestionId, QuestionVersionId)>> {
    let mut query = question_versions::table
        .inner_join(questions::table.on(questions::id.eq(question_versions::question_id)))
        .filter(questions::key.eq(key))
        .select((questions::id, question_versions::id))
        .into_boxed();
    query = match number {
        Some(number) => query.filter(question_versions::number.eq(number)),
        None => query.filter(question_versions::superseded_at.is_null()),
    };
    query.first(conn).optional()
}

/// The keys that begin like this one.
pub(super) fn keys_like(conn: &mut Conn, base: &str) -> QueryResult<Vec<String>> {
    questions::table
        .filter(questions::key.like(format!("{base}%")))
        .select(questions::key)
        .load(conn)
}

/// How often each of some questions was asked, in interviews in which the reader has a part. A
/// question that never was is missing.
pub fn exposures(
    conn: &mut Conn,
    reach: Reach,
    ids: &[QuestionId],
) -> QueryResult<Vec<(QuestionId, Exposure)>> {
    let rows: Vec<(QuestionId, i64, Option<Instant>)> = kit_questions::table
        .inner_join(
            question_versions::table
                .on(question_versions::id.eq(kit_questions::question_version_id)),
        )
        .inner_join(interviews::table.on(interviews::kit_id.eq(kit_questions::kit_id)))
        .inner_join(applications::table.on(applications::id.eq(interviews::application_id)))
        .filter(question_versions::question_id.eq_any(ids))
        .filter(interviews::state.eq(InterviewState::Completed))
        .filter(takes_part(reach))
        .group_by(question_versions::question_id)
        .select((
            question_versions::question_id,
            count(applications::candidate_id).aggregate_distinct(),
            max(interviews::completed_at),
        ))
        .load(conn)?;
    let rows = rows
        .into_iter()
        .map(|(id, candidates, last_asked_at)| (id, Exposure { candidates, last_asked_at }));
    Ok(rows.collect())
}

/// What a candidate was asked, in which interview and when, the latest first: in completed interviews
/// in which the reader has a part.
pub fn asked(
    conn: &mut Conn,
    reach: Reach,
    candidate: CandidateId,
    limit: i64,
) -> QueryResult<Vec<(QuestionVersion, InterviewId, Option<Instant>)>> {
    kit_questions::table
        .inner_join(
            question_versions::table
                .on(question_versions::id.eq(kit_questions::question_version_id)),
        )
        .inner_join(interviews::table.on(interviews::kit_id.eq(kit_questions::kit_id)))
        .inner_join(applications::table.on(applications::id.eq(interviews::application_id)))
        .filter(applications::candidate_id.eq(candidate))
        .filter(interviews::state.eq(InterviewState::Completed))
        .filter(takes_part(reach))
        .order((interviews::completed_at.desc(), interviews::id, kit_questions::position))
        .limit(limit)
        .select((QuestionVersion::as_select(), interviews::id, interviews::completed_at))
        .load(conn)
}

/// Inserts a question.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Question) -> Result<()> {
    diesel::insert_into(questions::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "Another question has this key.")?;
    Ok(())
}

/// Saves a question whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Question) -> Result<()> {
    let now = tx.now();
    let unchanged = questions::table.find(row.id).filter(questions::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            questions::attribution.eq(&row.attribution),
            questions::archived_at.eq(row.archived_at),
            questions::version.eq(row.version + 1),
            questions::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Inserts a wording, which becomes the current one.
pub(super) fn word(tx: &mut Tx<'_>, _permit: &Permit, row: &QuestionVersion) -> Result<()> {
    let now = tx.now();
    let current = question_versions::table
        .filter(question_versions::question_id.eq(row.question_id))
        .filter(question_versions::superseded_at.is_null());
    diesel::update(current).set(question_versions::superseded_at.eq(Some(now))).execute(tx.conn)?;
    diesel::insert_into(question_versions::table).values(row).execute(tx.conn)?;
    Ok(())
}
