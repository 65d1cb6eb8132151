//! Prospects: people of interest before any application.
//!
//! Tables: `prospects`, `prospect_moves`. Prospects are read by those who may read how to reach the
//! person. Moves are history that another system told; they hold names of stages, for its stages
//! are no stages here.

pub mod api;
pub mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_prospect).service(api::list_prospects).service(api::get_prospect);
}
