//! Loops: a template version started for one application.
//!
//! Table: `loops`.

pub(crate) mod store;
pub mod templates;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of a loop.
    pub enum LoopState {
        /// `running`
        Running => "running",
        /// `finished`
        Finished => "finished",
        /// `cancelled`
        Cancelled => "cancelled",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    templates::routes(cfg);
}
