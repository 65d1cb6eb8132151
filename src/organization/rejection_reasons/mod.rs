//! Why an application ended without a hire.
//!
//! Table: `rejection_reasons`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// Whose reason it is.
    pub enum ReasonKind {
        /// `ours`
        Ours => "ours",
        /// `theirs`
        Theirs => "theirs",
        /// `neutral`
        Neutral => "neutral",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
