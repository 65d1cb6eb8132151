//! Applications: one candidate for one job.
//!
//! Tables: `applications`, `application_moves`, `rejections`, `withdrawals`, `hires`, `reopenings`.

pub(crate) mod commands;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of an application.
    pub enum ApplicationStatus {
        /// `active`
        Active => "active",
        /// `rejected`
        Rejected => "rejected",
        /// `withdrawn`
        Withdrawn => "withdrawn",
        /// `hired`
        Hired => "hired",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
