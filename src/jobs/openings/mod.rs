//! Openings: one approved head of a job each.
//!
//! Table: `openings`.

pub(crate) mod commands;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of an opening.
    pub enum OpeningState {
        /// `open`
        Open => "open",
        /// `reserved`
        Reserved => "reserved",
        /// `filled`
        Filled => "filled",
        /// `closed`
        Closed => "closed",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
