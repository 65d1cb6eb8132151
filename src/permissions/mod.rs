//! What the caller may do, so that a client can hide what would be refused.
//!
//! No table of its own: the answers are those of the policy, asked in the same way as a request asks
//! it. Whatever an operation checks beside the policy (that an offer is approved, that a card is not
//! handed in yet) is not in them.

pub mod api;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_my_permissions);
}
