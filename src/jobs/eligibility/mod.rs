//! Which time zones fit a job post, explained for one zone: at the solstices, because clocks change in between.
//!
//! No table: a rule stands on the job post that it belongs to, and what comes of it is worked out at the moment of asking.
//! It decides nothing: whoever does not fit may apply all the same.

pub mod api;
pub mod model;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::explain_eligibility);
}
