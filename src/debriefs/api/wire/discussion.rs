//! What was found between cards, and what the panel answered.

use serde::Serialize;
use utoipa::ToSchema;

use super::Debrief;
use crate::clock::Instant;
use crate::debriefs::DebriefState;
use crate::debriefs::detector::{FindingKind, Severity};
use crate::debriefs::store::discussion::{Answer, Finding, Response, Rests};
use crate::ids::{AttributeId, FindingId, ResponseId, ScorecardId, UserId};

/// A difference between the cards, or a gap.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefFinding {
    pub(crate) id: FindingId,
    pub(crate) kind: FindingKind,
    pub(crate) severity: Severity,
    /// In which reveal it was found, from 1; a debrief that asks for more signal is revealed again.
    #[schema(minimum = 1)]
    pub(crate) reveal: i32,
    /// The discussion in which it is put to them; null for a note, and for what was answered before.
    #[schema(minimum = 1)]
    pub(crate) discussion: Option<i32>,
    /// The attribute; null where it is about the overall recommendations.
    pub(crate) attribute_id: Option<AttributeId>,
    /// The cards that it rests on.
    pub(crate) scorecard_ids: Vec<ScorecardId>,
    /// Their authors, to whom it is put if it is put to anybody.
    pub(crate) user_ids: Vec<UserId>,
}

/// What somebody of the panel answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefResponse {
    pub(crate) id: ResponseId,
    pub(crate) user_id: UserId,
    /// Discussions of a debrief are numbered from 1.
    #[schema(minimum = 1)]
    pub(crate) discussion: i32,
    pub(crate) answers: Vec<FindingAnswer>,
    pub(crate) comment: Option<String>,
    pub(crate) occurred_at: Instant,
}

/// The answer to an open question.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingAnswer {
    pub(crate) finding_id: FindingId,
    pub(crate) answer: String,
}

impl Debrief {
    pub(in crate::debriefs::api) fn show_discussion(
        &mut self,
        findings: Vec<Finding>,
        rests: &[Rests],
        responses: Vec<Response>,
        answers: Vec<Answer>,
        responded: Vec<UserId>,
    ) {
        let finding = |row: Finding| {
            let of_it = rests.iter().filter(|rest| rest.finding_id == row.id);
            DebriefFinding {
                id: row.id,
                kind: row.kind,
                severity: row.severity,
                reveal: row.reveal,
                discussion: row.asked_in,
                attribute_id: row.attribute_id,
                scorecard_ids: of_it.clone().map(|rest| rest.scorecard_id).collect(),
                user_ids: of_it.map(|rest| rest.author_id).collect(),
            }
        };
        let response = |row: Response| {
            let of_it = answers.iter().filter(|answer| answer.response_id == row.id);
            let answers = of_it.map(|answer| FindingAnswer {
                finding_id: answer.finding_id,
                answer: answer.answer.clone(),
            });
            DebriefResponse {
                id: row.id,
                user_id: row.user_id,
                discussion: row.discussion,
                answers: answers.collect(),
                comment: row.comment,
                occurred_at: row.occurred_at,
            }
        };
        self.findings = Some(findings.into_iter().map(finding).collect());
        self.responses = Some(responses.into_iter().map(response).collect());
        let lasts = self.state == DebriefState::Discussing;
        self.responded = lasts.then_some(responded);
    }
}
