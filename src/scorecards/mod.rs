//! Scorecards: one person's judgement of one interview.
//!
//! Tables: `scorecards`, `ratings`, `scorecard_revisions`, `scorecard_reads`. One card per person and
//! interview; a draft is its author's alone, and what was submitted never changes: a correction is a
//! revision that stands beside it. Whoever owes a card for the application
//! sees of others' only that they exist and whether they are in, and no query loads more for them.
//! The cards of shadows and observers are kept for training: only their authors see them. The first
//! time somebody reads another's card is recorded before the card is sent.

pub mod api;
pub mod commands;
pub mod merge;
pub mod model;
pub(crate) mod seen;
pub(crate) mod store;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// The life of a scorecard.
    pub enum ScorecardState {
        /// Its author still writes.
        Draft => "draft",
        /// It is in; what it said then is kept, whatever its author corrects.
        Submitted => "submitted",
    }
}

text_enum! {
    /// The overall recommendation of a card.
    pub enum Recommendation {
        /// Should not be hired, and somebody must answer why they would.
        StrongNo => "strong_no",
        /// Should not be hired.
        No => "no",
        /// Should be hired.
        Yes => "yes",
        /// Should be hired, and somebody must answer why they would not.
        StrongYes => "strong_yes",
        /// No recommendation can be given, for the reason that stands beside it.
        NoDecision => "no_decision",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::start_scorecard)
        .service(api::list_scorecards)
        .service(api::get_scorecard)
        .service(api::update_scorecard)
        .service(api::submit_scorecard)
        .service(api::submit_for_panelist)
        .service(api::revise_scorecard)
        .service(api::get_scorecard_history);
}
