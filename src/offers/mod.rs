//! Offers: immutable versions of terms, against an opening.
//!
//! Tables: `offers`, `offer_versions`.
//!
//! Invariants:
//! * A version never changes; other terms are a new version, and with it approvals begin anew.
//! * Only terms that every step of their run approved, exactly as they are, are extended.
//! * An application has at most one live offer, and gets none without a decision to hire.
//! * An opening is reserved from the first submission until the offer ends: filled when the
//!   candidate accepts, released when not.
//! * No event and no mail holds pay.

pub mod api;
pub mod band;
pub mod commands;
pub mod model;
pub(crate) mod store;
pub mod terms;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// The life of an offer.
    pub enum OfferState {
        /// Its terms are being written.
        Draft => "draft",
        /// Its terms are with their approvers.
        Pending => "pending",
        /// Every step approved its terms.
        Approved => "approved",
        /// A step rejected its terms; it may get new ones.
        Rejected => "rejected",
        /// The candidate holds it.
        Extended => "extended",
        /// The candidate said yes.
        Accepted => "accepted",
        /// The candidate said no.
        Declined => "declined",
        /// We took it back, or the application ended.
        Rescinded => "rescinded",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_offer)
        .service(api::list_offers)
        .service(api::get_offer)
        .service(api::create_offer_version)
        .service(api::get_offer_version)
        .service(api::submit_offer)
        .service(api::extend_offer)
        .service(api::accept_offer)
        .service(api::decline_offer);
}
