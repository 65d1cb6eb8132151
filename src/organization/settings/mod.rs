//! The organization itself, and its policy in versions.
//!
//! Tables: `organization`, `settings_versions`.

mod model;
pub(crate) mod store;

pub use model::{Policy, RecruiterView, Reveal};

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
