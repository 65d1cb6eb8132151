//! Who people are at the organization's identity provider, and whose account that is.
//!
//! Tables: `identities`, `used_sign_ins`. The protocol is in `oidc/`.
//!
//! Invariants:
//! * An identity is issuer and subject. An address only leads to an account the first time, and only
//!   when the provider says that it verified it.
//! * Nobody takes an account over by its address: one with a password that works is connected by
//!   whoever signed in to it, and one that is connected already stays with the identity that it has,
//!   whatever another provider claims.
//! * Whoever is new becomes a member, who reaches nothing, unless one of their groups is mapped to a
//!   role. A mapping is applied at every sign-in, downwards too; it makes owners only where it says so,
//!   and leaves the last active owner and the break-glass owner as they are.
//! * A sign-in at the provider is used once.

pub mod api;
pub mod commands;
mod model;
pub(crate) mod store;

pub use model::{Refusal, Rules};

use crate::http::Operations;

use crate::oidc::Provider;

/// How people sign in here.
pub struct SignIn {
    /// The identity provider, if there is one.
    pub provider: Option<Provider>,
    /// Who may come in, and as what.
    pub rules: Rules,
}

impl SignIn {
    /// With passwords alone.
    pub fn local() -> Self {
        Self { provider: None, rules: Rules::local() }
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_identities).service(api::disconnect_identity);
}
