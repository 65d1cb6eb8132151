//! Results as somebody sees them: one statement decides who may know of a result and whether what it
//! says is unsealed, and loads that only then.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{self, Action, Actor, Reach, takes_part, unsealed_results};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, assessment_reads, assessment_results, interviews};
use crate::ids::{AnyId, ApplicationId, AssessmentResultId, InterviewId, LoopId};

diesel::alias!(
    const OPENED: Alias<OpenedResults> = assessment_results as opened_results;
);

/// How many results of a loop are looked at; a loop has a handful of interviews.
const RESULTS_MAX: i64 = 200;

/// Which results.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// That of this interview.
    Interview(InterviewId),
    /// Those of the interviews of this loop.
    Loop(LoopId),
}

/// A result as somebody sees it.
#[derive(Debug, Clone, Queryable)]
pub struct SeenResult {
    pub id: AssessmentResultId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub recorded_at: Instant,
    /// Whether this reader's reading of it was noted before.
    pub noted: bool,
    /// None while it is sealed to the reader.
    pub opened: Option<Opened>,
}

/// What a result says.
#[derive(Debug, Clone, Queryable)]
pub struct Opened {
    pub provider: String,
    pub url: Option<String>,
    pub score: String,
    pub max_score: String,
    pub percentile: Option<String>,
    pub completed_at: Instant,
    pub summary: Option<String>,
    pub recorded_by: AnyId,
    pub revision: i32,
    pub revised_at: Option<Instant>,
    pub revised_reason: Option<String>,
    pub version: i64,
}

impl SeenResult {
    /// The version that the reader may know: of a sealed result, that it is in.
    pub fn version(&self) -> i64 {
        self.opened.as_ref().map_or(1, |opened| opened.version)
    }

    /// Whether showing it to this reader must be noted first.
    pub fn must_be_noted(&self) -> bool {
        self.opened.is_some() && !self.noted
    }
}

/// The results that the actor may know of, oldest first, each with what it says if that is unsealed.
pub fn results(conn: &mut Conn, actor: &Actor, which: Which) -> QueryResult<Vec<SeenResult>> {
    let recruits = access::recruits_everywhere(actor);
    let unsealed = unsealed_results(actor.user_id, recruits, actor.via.is_none());
    let opened = OPENED
        .field(assessment_results::id)
        .eq(assessment_results::id)
        .and(unsealed)
        .and(takes_part(Reach::of(actor, Action::ReadScorecard)));
    let noted = assessment_reads::table
        .filter(assessment_reads::assessment_result_id.eq(assessment_results::id))
        .filter(assessment_reads::reader_id.eq(actor.reader_id()));
    let mut query = assessment_results::table
        .inner_join(applications::table.on(applications::id.eq(assessment_results::application_id)))
        .left_join(OPENED.on(opened))
        .filter(takes_part(Reach::of(actor, Action::ReadInterview)))
        .select((
            assessment_results::id,
            assessment_results::interview_id,
            assessment_results::application_id,
            assessment_results::recorded_at,
            exists(noted),
            OPENED
                .fields((
                    assessment_results::provider,
                    assessment_results::url,
                    assessment_results::score,
                    assessment_results::max_score,
                    assessment_results::percentile,
                    assessment_results::completed_at,
                    assessment_results::summary,
                    assessment_results::recorded_by,
                    assessment_results::revision,
                    assessment_results::revised_at,
                    assessment_results::revised_reason,
                    assessment_results::version,
                ))
                .nullable(),
        ))
        .into_boxed();
    query = match which {
        Which::Interview(id) => query.filter(assessment_results::interview_id.eq(id)),
        Which::Loop(id) => {
            let held = interviews::table.filter(interviews::loop_id.eq(id)).select(interviews::id);
            query.filter(assessment_results::interview_id.eq_any(held))
        }
    };
    query.order(assessment_results::id).limit(RESULTS_MAX).load(conn)
}

/// The results of a loop that are unsealed to the actor, oldest first.
pub fn unsealed_of(conn: &mut Conn, actor: &Actor, id: LoopId) -> QueryResult<Vec<SeenResult>> {
    let mut found = results(conn, actor, Which::Loop(id))?;
    found.retain(|result| result.opened.is_some());
    Ok(found)
}
