//! Delegations: somebody votes in another's place for a time, within limits.
//!
//! Tables: `delegations`, `delegation_departments`.
//!
//! Invariants:
//! * A vote is the giver's, whoever casts it: one of the two counts, the first one.
//! * A delegation reaches the steps on which the giver stands, and no further: what was delegated to
//!   the giver is not passed on.
//! * Nobody votes in another's place on what they wrote or submitted, or while they owe a scorecard for
//!   the application; nobody who decides in a run already decides in it a second time for somebody
//!   else; and nobody votes on the offer to themselves.
//! * While it is in force, and for the runs within its limits, the delegate sees what the giver sees
//!   as an approver. Ending it bites on the next request.
//! * Whoever manages users gives and ends delegations for somebody who is away, but none to themselves.

pub mod api;
pub(crate) mod commands;
mod model;
mod standing;
pub(crate) mod store;

pub use standing::{awaited, delegates_for, in_absence, in_place, stand_ins};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_delegation)
        .service(api::list_my_delegations)
        .service(api::create_delegation_of)
        .service(api::list_delegations)
        .service(api::get_delegation)
        .service(api::end_delegation);
}
