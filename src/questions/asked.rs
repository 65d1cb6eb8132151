//! What a candidate was asked already.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::api::QuestionWording;
use super::store;
use crate::access::{Action, Actor, Reach, candidate_scope, holdings, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::http::{Ctx, PathId, Shown};
use crate::ids::{CandidateId, InterviewId, QuestionId, kinds};

/// How many questions an answer has at most: the latest ones.
const ASKED_MAX: i64 = 500;

/// What a candidate was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedQuestions {
    /// The latest first, at most 500.
    #[schema(max_items = 500)]
    questions: Vec<AskedQuestion>,
}

/// A question that a candidate was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedQuestion {
    question_id: QuestionId,
    interview_id: InterviewId,
    /// When that interview was completed.
    asked_at: Option<Instant>,
    /// The words in which the kit had it.
    wording: QuestionWording,
}

/// List what a candidate was asked
///
/// The questions of the kits of completed interviews, over all applications of the candidate, so that
/// another loop does not ask them again. Only interviews in which you have a part count. Agencies are
/// not told.
#[utoipa::path(
    operation_id = "listAskedQuestions", tag = "candidates",
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 200, description = "The questions.", body = AskedQuestions)),
)]
#[get("/candidates/{id}/asked-questions")]
pub async fn list_asked_questions(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<Shown<AskedQuestions>> {
    let scope = candidate_scope(conn, actor, id)?;
    holdings(conn, actor, &scope)?.require(Action::ReadCandidate)?;
    // Whoever may not read the questions of the house does not read them here either: an agency would
    // prepare the next candidate with them.
    require_everywhere(&actor.unscoped(), Action::ReadRubrics)?;
    let reach = Reach::of(actor, Action::ReadInterview);
    let rows = store::asked(conn, reach, id, ASKED_MAX)?.into_iter();
    let questions = rows.map(|(row, interview_id, asked_at)| {
        let question_id = row.question_id;
        Ok(AskedQuestion {
            question_id,
            interview_id,
            asked_at,
            wording: QuestionWording::of(row)?,
        })
    });
    let value = AskedQuestions { questions: questions.collect::<Result<_>>()? };
    Ok(Shown { version: 1, value })
}
