//! Prospects: people of interest before any application.
//!
//! Tables: `prospects`, `prospect_moves`.

pub(crate) mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
