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

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_rejection_reason)
        .service(api::list_rejection_reasons)
        .service(api::get_rejection_reason)
        .service(api::update_rejection_reason);
}
