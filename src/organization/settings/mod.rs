//! The organization itself, and its policy in versions.
//!
//! Tables: `organization`, `settings_versions`. There is one organization. A version of the policy
//! never changes: debriefs and approval runs keep the id of the one that they started under.

pub mod api;
pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use model::{Policy, RecruiterView, Reveal};

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::get_organization)
        .service(api::update_organization)
        .service(api::get_settings)
        .service(api::replace_settings);
}
