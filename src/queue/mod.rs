//! My queue: everything that a person owes, in the order in which it falls due.
//!
//! Owns no table: what is owed is derived from seats on panels, debriefs and approval runs at the
//! moment of asking. Nobody but the person sees their queue. A decision enters it only once its
//! decider owes no scorecard for the application: before that they may not know that all cards are
//! in.

pub mod api;
mod model;
mod seen;

pub use model::{Item, ItemKind, Place, minutes};
pub use seen::of;

use crate::http::Operations;

/// Registers the operation.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_queue);
}
