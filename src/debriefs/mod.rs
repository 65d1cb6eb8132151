//! Debriefs: the written decision about a loop.
//!
//! Tables: `debriefs`, `ballots`, `decisions`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of a debrief.
    pub enum DebriefState {
        /// `planned`
        Planned => "planned",
        /// `gathering`
        Gathering => "gathering",
        /// `revealed`
        Revealed => "revealed",
        /// `decided`
        Decided => "decided",
        /// `cancelled`
        Cancelled => "cancelled",
    }
}

text_enum! {
    /// What a debrief decided.
    pub enum Outcome {
        /// `hire`
        Hire => "hire",
        /// `no_hire`
        NoHire => "no_hire",
        /// `hold`
        Hold => "hold",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
