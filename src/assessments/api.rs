//! Results of external assessments over the API.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::commands;
use super::seen::{self, SeenResult, Which};
use super::store::{self, AssessmentRating};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, MeetingUrl, Prose, Score};
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{AnyId, ApplicationId, AssessmentResultId, AttributeId, InterviewId, kinds};
use crate::scorecards::api::{RateAttribute, ScorecardView};
use crate::users;

/// What an external assessment yielded. What is null while it is sealed to you says nothing about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssessmentResult {
    id: AssessmentResultId,
    interview_id: InterviewId,
    application_id: ApplicationId,
    /// How much of it you are shown.
    view: ScorecardView,
    recorded_at: Instant,
    /// What it says; null while it is sealed.
    content: Option<RecordedContent>,
    /// The person or the service account that recorded it first.
    recorded_by: Option<String>,
    /// How often it was recorded: 1 is the first time; null while it is sealed.
    #[schema(minimum = 1)]
    revision: Option<i32>,
    /// When it was corrected last.
    revised_at: Option<Instant>,
    /// Why.
    revised_reason: Option<String>,
    /// What it said before, oldest first; null while it is sealed.
    revisions: Option<Vec<AssessmentRevision>>,
}

/// What a result says.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordedContent {
    /// Who assessed.
    pub(crate) provider: String,
    /// Where the provider shows it.
    pub(crate) url: Option<String>,
    /// An exact number.
    pub(crate) score: String,
    /// The highest score that there was.
    pub(crate) max_score: String,
    /// How many of a hundred did no better, by the provider's word.
    pub(crate) percentile: Option<String>,
    /// When the candidate was done.
    pub(crate) completed_at: Instant,
    pub(crate) summary: Option<String>,
    /// What it says of attributes of the kit.
    pub(crate) ratings: Vec<RatedByResult>,
}

/// The level that a result gives to an attribute.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RatedByResult {
    pub(crate) attribute_id: AttributeId,
    /// The level; null is "no signal".
    pub(crate) level: Option<i32>,
    /// What it rests on.
    pub(crate) evidence: Option<String>,
}

impl RecordedContent {
    /// What a row says.
    pub(super) fn of(row: &store::AssessmentResult, ratings: &[AssessmentRating]) -> Self {
        Self {
            provider: row.provider.clone(),
            url: row.url.clone(),
            score: row.score.clone(),
            max_score: row.max_score.clone(),
            percentile: row.percentile.clone(),
            completed_at: row.completed_at,
            summary: row.summary.clone(),
            ratings: of_result(row.id, ratings),
        }
    }

    /// What an unsealed result says; none of a sealed one.
    pub(crate) fn seen(result: &SeenResult, ratings: &[AssessmentRating]) -> Option<Self> {
        let opened = result.opened.clone()?;
        Some(Self {
            provider: opened.provider,
            url: opened.url,
            score: opened.score,
            max_score: opened.max_score,
            percentile: opened.percentile,
            completed_at: opened.completed_at,
            summary: opened.summary,
            ratings: of_result(result.id, ratings),
        })
    }
}

fn of_result(id: AssessmentResultId, ratings: &[AssessmentRating]) -> Vec<RatedByResult> {
    let mine = ratings.iter().filter(|rating| rating.assessment_result_id == id);
    mine.map(|rating| RatedByResult {
        attribute_id: rating.attribute_id,
        level: rating.level,
        evidence: rating.evidence.clone(),
    })
    .collect()
}

/// What a result said until it was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssessmentRevision {
    /// What was recorded first is number 1.
    #[schema(minimum = 1)]
    number: i32,
    /// Null once the candidate was anonymized.
    content: Option<RecordedContent>,
    /// Why it was recorded; null for the first.
    reason: Option<String>,
    recorded_at: Instant,
}

/// What an external assessment yielded, to be recorded.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAssessmentResult {
    /// Who assessed.
    pub provider: Line<200>,
    /// Where the provider shows it.
    pub url: Option<MeetingUrl>,
    /// At most the highest score.
    pub score: Score,
    /// The highest score that there was; more than nothing.
    pub max_score: Score,
    /// How many of a hundred did no better; at most 100.
    pub percentile: Option<Score>,
    /// When the candidate was done; not in the future.
    pub completed_at: Instant,
    /// What a reader should know first.
    pub summary: Option<Prose<4000>>,
    /// Levels of attributes of the kit, or `null` for no signal; what is left out is not rated.
    #[serde(default)]
    #[validate(length(max = 50), nested)]
    #[schema(max_items = 50)]
    pub ratings: Vec<RateAttribute>,
    /// Why it is corrected; required when there is a result.
    pub reason: Option<Prose<1000>>,
}

/// Get the result of an assessment
///
/// What the external assessment of an interview yielded, as far as it is unsealed to you: like a
/// scorecard, it says no more than that it is in to whoever owes a card for the application. The first
/// time you are shown what it says is recorded.
#[utoipa::path(
    operation_id = "getAssessmentResult", tag = "interviews",
    params(("id" = InterviewId, Path, description = "Of which interview.")),
    responses((status = 200, description = "The result.", body = AssessmentResult)),
)]
#[get("/interviews/{id}/assessment-result")]
pub async fn get_assessment_result(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
) -> Result<HttpResponse> {
    let (shown, unnoted) = ctx.read(move |conn, actor| load(conn, actor, id)).await?;
    note(&ctx, unnoted).await?;
    ctx.answer(shown)
}

/// Record the result of an assessment
///
/// Says what the external assessment of an interview yielded, for recruiters and their programs. With it
/// the interview is completed, and the debrief waits for it no more. It is sealed like a scorecard. A
/// second one corrects the first: then `If-Match` and a `reason` are required, and what it said before is
/// kept. Not once the debrief has decided, and not by somebody who owes a scorecard for the application.
#[utoipa::path(
    operation_id = "recordAssessmentResult", tag = "interviews",
    request_body = RecordAssessmentResult,
    params(
        ("id" = InterviewId, Path, description = "Of which interview."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, description = "The result.", body = AssessmentResult)),
)]
#[put("/interviews/{id}/assessment-result")]
pub async fn record_assessment_result(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    body: Body<RecordAssessmentResult>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::record_result(tx, actor, id, expected, &input))
        .await?;
    let (shown, unnoted) = ctx.read(move |conn, actor| load(conn, actor, id)).await?;
    note(&ctx, unnoted).await?;
    ctx.answer_change(done, shown)
}

/// Notes, in a write of its own, that the caller is about to be shown these results. When that fails,
/// they are not shown.
pub async fn note(ctx: &Ctx, ids: Vec<AssessmentResultId>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    ctx.write(move |tx, actor| commands::note_reads(tx, actor, &ids)).await
}

/// Who recorded it, in wire form.
fn recorder(conn: &mut Conn, id: AnyId) -> Result<String> {
    let is_person = users::store::find(conn, id.typed())?.is_some();
    Ok(id.shown_as(if is_person { "user" } else { "service_account" }))
}

fn load(
    conn: &mut Conn,
    actor: &Actor,
    id: InterviewId,
) -> Result<(Shown<AssessmentResult>, Vec<AssessmentResultId>)> {
    let found = seen::results(conn, actor, Which::Interview(id))?.pop();
    let result = found.ok_or_else(Error::not_found)?;
    let unnoted = if result.must_be_noted() { vec![result.id] } else { Vec::new() };
    let version = result.version();
    let (content, revisions) = if result.opened.is_some() {
        let ratings = store::ratings_of(conn, &[result.id])?;
        let revision = |row: store::AssessmentRevision| {
            let store::AssessmentRevision { number, reason, recorded_at, .. } = row;
            Ok(AssessmentRevision {
                number,
                content: row.content.read_kept()?,
                reason,
                recorded_at,
            })
        };
        let rows = store::revisions(conn, result.id)?.into_iter();
        let revisions = rows.map(revision).collect::<Result<Vec<_>>>()?;
        (RecordedContent::seen(&result, &ratings), Some(revisions))
    } else {
        (None, None)
    };
    let opened = result.opened.as_ref();
    let view = if opened.is_some() { ScorecardView::Full } else { ScorecardView::Sealed };
    let value = AssessmentResult {
        id: result.id,
        interview_id: result.interview_id,
        application_id: result.application_id,
        view,
        recorded_at: result.recorded_at,
        content,
        recorded_by: opened.map(|opened| recorder(conn, opened.recorded_by)).transpose()?,
        revision: opened.map(|opened| opened.revision),
        revised_at: opened.and_then(|opened| opened.revised_at),
        revised_reason: opened.and_then(|opened| opened.revised_reason.clone()),
        revisions,
    };
    Ok((Shown { version, value }, unnoted))
}
