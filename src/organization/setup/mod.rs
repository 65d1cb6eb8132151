//! Setting up: how a deployment without an owner gets its first one.
//!
//! There is no default password: the first start prints a link ([`crate::capabilities`]) that works
//! once, for a day, and only until there is an organization and an owner.
//! Whoever may run the binary may also make an owner directly ([`admin::create_owner`]).

pub mod admin;
pub mod api;
pub(crate) mod commands;

pub use commands::{is_used, issue_link};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::set_up);
}
