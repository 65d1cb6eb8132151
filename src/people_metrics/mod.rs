//! What is measured about the work of people here, as far as the policy has it measured.
//!
//! Owns no table: figures are derived from cards, ballots and interviews at the moment of asking. What is
//! measured about somebody is their own (`people_metrics` of the settings): nobody is shown another's
//! figures, and where groups are measured, a figure is of five people and more.
//!
//! Invariants:
//! * A card or a ballot counts once its debrief has ended, and never for somebody who still owes a card for
//!   its application, nor for the candidate.
//! * Groups are departments and nothing beside them, and a group stands in a quarter that is over: of two
//!   ways to cut the same cards, or of two days on which one asks, the difference could be one person.
//! * A card belongs to the quarter in which its debrief ended, so that the figures of a quarter do not grow.

pub mod api;
mod model;
mod store;

pub use model::{Figures, Recommended};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_my_metrics).service(api::get_people_metrics);
}
