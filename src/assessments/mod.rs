//! Results of external assessments: what a test at a partner yielded, in the place of a person's
//! judgement of an interview.
//!
//! Tables: `assessment_results`, `assessment_ratings`, `assessment_revisions`, `assessment_reads`. An
//! interview whose kit is an external assessment has one result, recorded by recruiting or by its
//! program, and is done when it is in; it needs no panel. The result is sealed like a scorecard: who
//! owes a card for the application learns that it is in and nothing else. What it says never changes
//! unseen: a correction has a reason, and what stood there before is kept. The first time somebody reads
//! a result is recorded before it is sent, and counts like having read a card.

pub mod api;
pub mod commands;
pub(crate) mod model;
pub(crate) mod seen;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_assessment_result).service(api::record_assessment_result);
}
