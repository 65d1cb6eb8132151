//! What a result must say. Pure.

use super::api::RecordAssessmentResult;
use crate::clock::Instant;
use crate::error::FieldError;
use crate::http::fields::Score;

/// How often a result can be corrected, so that all of what it said fits into one answer.
pub const CORRECTIONS_MAX: i32 = 20;
/// The highest percentile.
const WHOLE: i64 = 100;

/// What does not fit of a result, at the instant when it is recorded.
pub fn wrong(input: &RecordAssessmentResult, now: Instant) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    let mut refuse = |pointer: &'static str, detail: &str| {
        wrong.push(FieldError::body(pointer, "range", detail));
    };
    if input.max_score.ten_thousandths() == 0 {
        refuse("/max_score", "The highest score is more than nothing.");
    } else if input.score.ten_thousandths() > input.max_score.ten_thousandths() {
        refuse("/score", "A score is at most the highest one.");
    }
    let percentile = input.percentile.as_ref().map(Score::ten_thousandths);
    if percentile.is_some_and(|percentile| percentile > WHOLE * Score::ONE) {
        refuse("/percentile", "A percentile is at most 100.");
    }
    if input.completed_at > now {
        refuse("/completed_at", "An assessment that is not over has no result.");
    }
    let unrated = input.ratings.iter().enumerate().filter(|(_, one)| one.level.is_none());
    for (index, _) in unrated {
        let pointer = format!("/ratings/{index}/level");
        wrong.push(FieldError::body(pointer, "required", "Give a level, or null for no signal."));
    }
    wrong
}
