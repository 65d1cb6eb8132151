//! Signing in at an identity provider: `OpenID` Connect Core 1.0, authorization code flow with PKCE.
//!
//! Owns the protocol and nothing of accounts: where a browser is sent ([`Provider::address`]), what
//! stays in it meanwhile ([`Pending`]), and what the provider says about whoever comes back
//! ([`Provider::redeem`]). `identities/` decides whose account that is.
//!
//! Invariants:
//! * A sign-in belongs to the browser that began it: its id lies in a `__Host-` cookie under a MAC of
//!   ours, and `state`, `nonce` and the PKCE verifier are derived from that id, so that nothing has to
//!   be written before somebody comes back. It lasts ten minutes; `identities/` sees that it is used
//!   once.
//! * An ID token counts for nothing before signature, algorithm, issuer, audience, times and nonce
//!   were checked (`token.rs`). Keys come from the provider's own address alone.
//! * Requests to the provider go through [`client`], which blocks: on blocking threads, a few at a
//!   time, never inside a database closure.
//! * No token, code, address or name is ever logged; a [`Fault`] says what was wrong in fixed words.

pub mod client;
mod metadata;
mod pending;
mod provider;
mod token;

pub use client::is_safe_url;
pub use pending::{LIFETIME, Pending};
pub use provider::{Answer, Asserted, Provider, ProviderSettings};

use std::fmt;

/// Why the provider's part of a sign-in failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be reached, or answers that it cannot work; later it may.
    Away(String),
    /// It answered with something that does not hold: what, in fixed words.
    Wrong(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(why) => write!(f, "the identity provider is away: {why}"),
            Self::Wrong(what) => write!(f, "the identity provider's answer does not hold: {what}"),
        }
    }
}

impl std::error::Error for Fault {}
