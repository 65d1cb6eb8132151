//! Why an application ended without a hire.
//!
//! Table: `rejection_reasons`. A reason is never deleted, it is archived: applications keep it.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::text_enum;

text_enum! {
    /// Whose reason it is.
    pub enum ReasonKind {
        /// We said no.
        Ours => "ours",
        /// The candidate said no.
        Theirs => "theirs",
        /// Nobody did: the job was closed, or the application was a mistake.
        Neutral => "neutral",
    }
}

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::create_rejection_reason)
        .service(api::list_rejection_reasons)
        .service(api::get_rejection_reason)
        .service(api::update_rejection_reason);
}
