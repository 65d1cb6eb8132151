//! Approval chains: ordered steps that an offer passes.
//!
//! Tables: `approval_chains`, `approval_chain_steps`, `approval_chain_members`.
//!
//! A chain is what the next submission copies; runs that began keep the steps they have. A chain is
//! never deleted, it is archived. Its members are active users.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_approval_chain)
        .service(api::list_approval_chains)
        .service(api::get_approval_chain)
        .service(api::update_approval_chain);
}
