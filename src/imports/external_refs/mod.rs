//! External references: what another system calls a thing here.
//!
//! Table: `external_refs`.

pub(crate) mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
