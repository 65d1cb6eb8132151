//! Keys that sign access tokens, and their lives.
//!
//! Table: `signing_keys`. A key's life follows from the instants at which keys begin to sign, so that
//! every process sees the same one without anybody changing a row: it is *next* before its own
//! instant, *active* from then on, *retired* from the instant of the key after it, and *gone* once the
//! last token that it signed has ended. The next key is published an hour before it signs, which is
//! longer than anybody may keep the published set; a retired one is published and accepted until it
//! is gone. Housekeeping makes the next key when the active one has signed for ninety days, and
//! removes what is gone; `evenbar admin rotate-signing-key` does it at once. Running processes read
//! the keys every half minute, and when a token names one that they do not know, at most every five
//! seconds.

pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use model::JWKS_MAX_AGE;
pub(super) use model::{KeyState, SLACK, state_of};
