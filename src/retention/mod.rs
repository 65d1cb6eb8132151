//! Retention and erasure: how long candidates are kept, and what is left of them afterwards.
//!
//! Tables: `anonymizations`, `retention_holds`, `retention_policies`, `retention_runs`, `retention_dues`.
//! [`registry`] lists every column that tells of candidates; anonymizing goes through it in one
//! transaction and leaves ids, codes and counts, and the export of what is held about a person reads the
//! same list. Nothing is written about a candidate afterwards: `events::record` refuses it, so that every
//! command does. A hold beats whatever the rules say. Nobody is anonymized by the rules unless the
//! organization turned that on; until then a night's run tells who would be.

pub mod api;
mod commands;
mod export;
mod model;
mod nightly;
pub mod registry;
mod scrub;
mod store;

pub use model::{AnonymizationReason, RetentionMode, RetentionOutcome};
pub use nightly::{arm, wake};
pub use scrub::{scrub, scrub_at_night};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::anonymize_candidate)
        .service(api::export::export_personal_data)
        .service(api::holds::place_retention_hold)
        .service(api::holds::list_retention_holds)
        .service(api::holds::get_retention_hold)
        .service(api::holds::release_retention_hold)
        .service(api::policy::get_retention_policy)
        .service(api::policy::replace_retention_policy)
        .service(api::runs::list_retention_candidates)
        .service(api::runs::list_retention_runs);
}
