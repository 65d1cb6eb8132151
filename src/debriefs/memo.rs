//! The memo of a decision: what it says, what it must say, and the hash that freezes it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::Outcome;
use super::model::goes_against_majority;
use crate::db::types::Document;
use crate::digest::sha256;
use crate::error::{Error, FieldError, Result};
use crate::http::fields::Prose;
use crate::ids::{AttributeId, FindingId, LevelId, ScorecardId};
use crate::scorecards::Recommendation;

/// How long the summary is at least when the decision goes against the majority of ballots.
pub const REASON_AGAINST_MAJORITY: usize = 200;

/// A point for or against, with the evidence that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoPoint {
    /// The point.
    pub text: Prose<2000>,
    /// A scorecard of the debrief, or of a stage that was decided lightly before.
    pub scorecard_id: Option<ScorecardId>,
    /// An attribute that the loop judges.
    pub attribute_id: Option<AttributeId>,
}

/// Why the decider is comfortable although a card says "strong no".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnsweredConcern {
    /// A scorecard of the debrief.
    pub scorecard_id: ScorecardId,
    /// The answer.
    pub answer: Prose<4000>,
}

/// Why the decider is comfortable although something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnsweredFinding {
    /// A must-have below the line, or one that nobody rated.
    pub finding_id: FindingId,
    /// The answer.
    pub answer: Prose<4000>,
}

/// A memo to decide with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteMemo {
    /// What speaks for hiring.
    #[serde(rename = "for", default)]
    #[validate(length(max = 30), nested)]
    #[schema(max_items = 30)]
    pub in_favour: Vec<MemoPoint>,
    /// What speaks against it.
    #[serde(default)]
    #[validate(length(max = 30), nested)]
    #[schema(max_items = 30)]
    pub against: Vec<MemoPoint>,
    /// One answer for every card that says "strong no".
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    pub concerns_answered: Vec<AnsweredConcern>,
    /// One answer for every must-have that lies below the line or that nobody rated.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    pub findings_answered: Vec<AnsweredFinding>,
    /// The decision in a few sentences; at least 200 characters when it goes against the majority.
    pub summary: Prose<10000>,
    /// What the new colleague needs from the first day.
    pub set_up_for_success: Option<Prose<10000>>,
}

/// The memo as it was frozen with the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Memo {
    /// What was decided.
    pub outcome: Outcome,
    /// At which level.
    pub level_id: Option<LevelId>,
    /// What speaks for hiring.
    #[serde(rename = "for")]
    pub in_favour: Vec<MemoPoint>,
    /// What speaks against it.
    pub against: Vec<MemoPoint>,
    /// The answers to cards that say "strong no".
    pub concerns_answered: Vec<AnsweredConcern>,
    /// The answers to must-haves below the line or without a rating.
    pub findings_answered: Vec<AnsweredFinding>,
    /// The decision in a few sentences.
    pub summary: Prose<10000>,
    /// What the new colleague needs from the first day.
    pub set_up_for_success: Option<Prose<10000>>,
}

/// What a memo can refer to, and must answer.
#[derive(Debug, Clone, Default)]
pub struct Grounds {
    /// The cards of the debrief with their frozen recommendations.
    pub cards: Vec<(ScorecardId, Recommendation)>,
    /// The cards of stages that were decided lightly before: a point can rest on one, and none needs an answer.
    pub earlier: Vec<ScorecardId>,
    /// The attributes that the loop judges.
    pub attributes: HashSet<AttributeId>,
    /// What everybody recommends by now.
    pub newest: Vec<Recommendation>,
    /// The findings that must be answered.
    pub findings: Vec<FindingId>,
}

/// The memo of a decision, if it says what it must.
///
/// # Errors
/// `invalid` with every field that is wrong: references to what is not part of the debrief, a
/// "strong no" or a missed must-have without an answer, no point at all, a hire without a level, too short a summary for
/// a decision against the majority.
pub fn write(
    outcome: Outcome,
    level_id: Option<LevelId>,
    input: &WriteMemo,
    grounds: &Grounds,
) -> Result<Memo> {
    let mut wrong = Vec::new();
    if outcome == Outcome::Hire && level_id.is_none() {
        wrong.push(FieldError::body("/level_id", "required", "Name the level to hire at."));
    }
    if input.in_favour.is_empty() && input.against.is_empty() {
        let detail = "Name at least one point for or against.";
        wrong.push(FieldError::body("/memo/for", "required", detail));
    }
    for (list, points) in [("for", &input.in_favour), ("against", &input.against)] {
        for (index, point) in points.iter().enumerate() {
            check_point(&format!("/memo/{list}/{index}"), point, grounds, &mut wrong);
        }
    }
    check_concerns(&input.concerns_answered, grounds, &mut wrong);
    check_findings(&input.findings_answered, grounds, &mut wrong);
    let length = input.summary.chars().count();
    if length < REASON_AGAINST_MAJORITY && goes_against_majority(&grounds.newest, outcome) {
        let detail = "The decision goes against the majority; say why in at least 200 characters.";
        wrong.push(FieldError::body("/memo/summary", "too_short", detail));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    Ok(Memo {
        outcome,
        level_id,
        in_favour: input.in_favour.clone(),
        against: input.against.clone(),
        concerns_answered: input.concerns_answered.clone(),
        findings_answered: input.findings_answered.clone(),
        summary: input.summary.clone(),
        set_up_for_success: input.set_up_for_success.clone(),
    })
}

fn check_point(pointer: &str, point: &MemoPoint, grounds: &Grounds, wrong: &mut Vec<FieldError>) {
    let is_known = |id: ScorecardId| {
        grounds.earlier.contains(&id) || grounds.cards.iter().any(|(card, _)| *card == id)
    };
    if point.scorecard_id.is_some_and(|id| !is_known(id)) {
        wrong.push(unknown(format!("{pointer}/scorecard_id"), "The debrief has no such card."));
    }
    if point.attribute_id.is_some_and(|id| !grounds.attributes.contains(&id)) {
        wrong
            .push(unknown(format!("{pointer}/attribute_id"), "The loop judges no such attribute."));
    }
}

fn check_concerns(answers: &[AnsweredConcern], grounds: &Grounds, wrong: &mut Vec<FieldError>) {
    for (index, answer) in answers.iter().enumerate() {
        let pointer = format!("/memo/concerns_answered/{index}/scorecard_id");
        if !grounds.cards.iter().any(|(card, _)| *card == answer.scorecard_id) {
            wrong.push(unknown(pointer, "The debrief has no such card."));
        } else if answers
            .iter()
            .take(index)
            .any(|before| before.scorecard_id == answer.scorecard_id)
        {
            wrong.push(FieldError::body(pointer, "duplicate", "A card is answered once."));
        }
    }
    let concerns = grounds.cards.iter().filter(|(_, ballot)| *ballot == Recommendation::StrongNo);
    for (card, _) in concerns {
        if !answers.iter().any(|answer| answer.scorecard_id == *card) {
            let detail =
                format!("{card} says \"strong no\"; say why the decision stands all the same.");
            wrong.push(FieldError::body("/memo/concerns_answered", "unanswered_concern", detail));
        }
    }
}

fn check_findings(answers: &[AnsweredFinding], grounds: &Grounds, wrong: &mut Vec<FieldError>) {
    for (index, answer) in answers.iter().enumerate() {
        let pointer = format!("/memo/findings_answered/{index}/finding_id");
        let before = answers.iter().take(index);
        if !grounds.findings.contains(&answer.finding_id) {
            wrong.push(unknown(pointer, "The debrief has no such finding to answer."));
        } else if before.into_iter().any(|before| before.finding_id == answer.finding_id) {
            wrong.push(FieldError::body(pointer, "duplicate", "A finding is answered once."));
        }
    }
    for finding in &grounds.findings {
        if !answers.iter().any(|answer| answer.finding_id == *finding) {
            let detail =
                format!("{finding} is a must-have that was missed; say why the decision stands.");
            wrong.push(FieldError::body("/memo/findings_answered", "unanswered_finding", detail));
        }
    }
}

fn unknown(pointer: String, detail: &str) -> FieldError {
    FieldError::body(pointer, "unknown_reference", detail)
}

impl Memo {
    /// The memo as a column takes it.
    pub fn document(&self) -> Result<Document> {
        Document::of(self)
    }
}

/// SHA-256 over the canonical JSON (RFC 8785) of a memo as it is shown.
pub fn hash(memo: &Document) -> Result<Vec<u8>> {
    let canonical = serde_json_canonicalizer::to_vec(&memo.0).map_err(Error::internal)?;
    Ok(sha256(&canonical).to_vec())
}

#[cfg(test)]
mod tests;
