//! Signing in and staying signed in.
//!
//! Tables: `sessions`, `refresh_tokens`, `server_secrets`; `signing_keys` has a room of its own. An
//! access token lives ten minutes and holds user, session and expiry only; roles are read on each
//! request. A refresh token gives its successor, for thirty seconds the same one again, so that a lost
//! answer locks nobody out; one that comes later, or after its successor was used, was stolen, and
//! ends its session.

pub mod api;
pub mod commands;
mod derived;
mod model;
mod passwords;
pub(crate) mod signing_keys;
pub(crate) mod store;
mod throttle;
mod tokens;

pub use derived::{DerivedSecrets, Purpose, SealedFor};
pub use model::{Device, SignInMethod, network_of};
pub use passwords::{NewPassword, Passwords};
pub use signing_keys::JWKS_MAX_AGE;
pub use signing_keys::commands::{Rotation, rotate as rotate_signing_key};
pub use tokens::{ACCESS_LIFETIME, Tokens, new_secret, secret_hash};

use crate::http::Operations;
use chrono::TimeDelta;

/// How long a session can be renewed.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::days(30);

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    // `/sessions/current` stands before `/sessions/{id}`, which would take it.
    cfg.service(api::create_session)
        .service(api::renew_session)
        .service(api::end_session)
        .service(api::password::change_password)
        .service(api::devices::list_my_sessions)
        .service(api::devices::end_other_sessions)
        .service(api::devices::revoke_session)
        .service(api::devices::list_user_sessions)
        .service(api::devices::revoke_user_sessions);
}
