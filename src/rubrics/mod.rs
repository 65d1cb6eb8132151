//! Rubrics: versioned attributes with behavioural anchors.
//!
//! Tables: `rubrics`, `rubric_versions`, `attributes`, `anchors`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of a versioned definition.
    pub enum VersionState {
        /// `draft`
        Draft => "draft",
        /// `published`
        Published => "published",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
