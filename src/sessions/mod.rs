//! Signing in and staying signed in.
//!
//! Tables: `sessions`, `refresh_tokens`, `signing_keys`, `server_secrets`. An access token lives ten minutes and
//! holds user, session and expiry only; roles are read on each request. A refresh token works once;
//! one that comes again was stolen or repeated, and ends its session.

pub mod api;
pub mod commands;
mod derived;
mod model;
mod passwords;
pub(crate) mod store;
mod tokens;

pub use derived::{DerivedSecrets, Purpose};
pub use model::{Device, SignInMethod, network_of};
pub use passwords::{NewPassword, Passwords};
pub use tokens::{Tokens, new_secret, secret_hash};

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::create_session).service(api::renew_session).service(api::end_session);
}
