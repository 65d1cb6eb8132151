//! Offers: immutable versions of terms, against an opening.
//!
//! Tables: `offers`, `offer_versions`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of an offer.
    pub enum OfferState {
        /// `draft`
        Draft => "draft",
        /// `pending`
        Pending => "pending",
        /// `approved`
        Approved => "approved",
        /// `rejected`
        Rejected => "rejected",
        /// `extended`
        Extended => "extended",
        /// `accepted`
        Accepted => "accepted",
        /// `declined`
        Declined => "declined",
        /// `rescinded`
        Rescinded => "rescinded",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
