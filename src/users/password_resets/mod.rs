//! Lost passwords: how somebody who cannot sign in gets another one.
//!
//! Table: `password_resets`. A request only notes the address that was typed, so that the answer and
//! the time that it takes tell nothing about whether there is an account; a moment later the worker
//! looks the address up, forgets it, and makes a link ([`crate::capabilities`]) and its mail for an
//! active account. An account gets a few such mails an hour, however often somebody asks.
//!
//! Invariants: another password ends every session of its person, and the person is told by mail.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;
mod worker;

pub use worker::handle_due;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_password_reset);
}
