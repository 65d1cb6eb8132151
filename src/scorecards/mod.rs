//! Scorecards: one person's judgement of one interview.
//!
//! Tables: `scorecards`, `ratings`, `scorecard_reads`.

pub(crate) mod seen;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of a scorecard.
    pub enum ScorecardState {
        /// `draft`
        Draft => "draft",
        /// `submitted`
        Submitted => "submitted",
    }
}

text_enum! {
    /// The overall recommendation of a card.
    pub enum Recommendation {
        /// `strong_no`
        StrongNo => "strong_no",
        /// `no`
        No => "no",
        /// `yes`
        Yes => "yes",
        /// `strong_yes`
        StrongYes => "strong_yes",
        /// `no_decision`
        NoDecision => "no_decision",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
