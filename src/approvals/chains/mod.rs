//! Approval chains: ordered steps that an offer passes.
//!
//! Tables: `approval_chains`, `approval_chain_steps`, `approval_chain_members`.

pub(crate) mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
