//! Hiring teams: who has which role on a job.
//!
//! Table: `hiring_team_members`.

pub(crate) mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
