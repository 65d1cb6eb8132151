//! Candidates: a person, once.
//!
//! Tables: `candidates`, `contact_points`.

pub mod prospects;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// How a candidate is reached.
    pub enum ContactKind {
        /// `email`
        Email => "email",
        /// `phone`
        Phone => "phone",
        /// `link`
        Link => "link",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    prospects::routes(cfg);
}
