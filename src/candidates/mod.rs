//! Candidates: a person, once.
//!
//! Tables: `candidates`, `contact_points`. Contact points are for those who recruit; others who may
//! read a candidate get the view without them. `value_folded` is what addresses and numbers are
//! compared by: an e-mail address in lower case, the digits of a phone number. Equal ones make a
//! duplicate *hint*, never a merge.

pub mod api;
pub mod commands;
pub mod crowd;
mod hints;
mod listing;
pub mod model;
pub mod notes;
pub mod prospects;
pub mod search;
pub(crate) mod store;
pub mod tags;

pub use listing::api::CandidateFilter;
pub use model::{Contact, ContactKind};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_candidate)
        .service(listing::api::list_candidates)
        .service(listing::api::export_candidates)
        .service(api::get_candidate)
        .service(api::update_candidate)
        .service(tags::api::replace_candidate_tags)
        .service(hints::list_duplicate_hints);
    prospects::routes(cfg);
    notes::routes(cfg);
    search::routes(cfg);
}
