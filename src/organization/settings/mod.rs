//! The organization itself, and its policy in versions.
//!
//! Tables: `organization`, `settings_versions`. There is one organization. A version of the policy
//! never changes: debriefs and approval runs keep the id of the one that they started under. Who has more
//! measured about people than before is an owner, and says why; everybody reads it.

pub mod api;
pub(crate) mod commands;
pub mod history;
mod model;
pub mod monitoring;
pub(crate) mod store;

pub use model::{CandidateSeesPanel, Escalation, PeopleMetrics, Policy, RecruiterView, Reveal};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_organization)
        .service(api::update_organization)
        .service(api::get_settings)
        .service(api::replace_settings)
        .service(history::list_settings_versions)
        .service(monitoring::get_monitoring_statement);
}
