//! Interviews: one kit of a loop, at a time, with a panel.
//!
//! Tables: `interviews`, `panelists`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of an interview.
    pub enum InterviewState {
        /// `draft`
        Draft => "draft",
        /// `confirmed`
        Confirmed => "confirmed",
        /// `completed`
        Completed => "completed",
        /// `cancelled`
        Cancelled => "cancelled",
        /// `no_show`
        NoShow => "no_show",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
