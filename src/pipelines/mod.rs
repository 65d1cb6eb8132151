//! Pipelines: the ordered stages of a job.
//!
//! Table: `stages`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The type of a stage.
    pub enum StageKind {
        /// `review`
        Review => "review",
        /// `screen`
        Screen => "screen",
        /// `assessment`
        Assessment => "assessment",
        /// `onsite`
        Onsite => "onsite",
        /// `offer`
        Offer => "offer",
    }
}

text_enum! {
    /// How a stage is decided.
    pub enum StageDecision {
        /// `none`
        None => "none",
        /// `light`
        Light => "light",
        /// `debrief`
        Debrief => "debrief",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
