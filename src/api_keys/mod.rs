//! API keys: what programs sign in with.
//!
//! Tables: `api_keys`, `api_key_secrets`; `service_accounts` in its own room.
//!
//! - A service account acts with its owner's reach, read anew on each request, and never more; a key
//!   narrows it to scopes, jobs and addresses.
//! - Only the owner gets a secret: whoever has one acts with the owner's reach. Administrators see
//!   the keys of everybody and end them.
//! - A secret is shown once and kept as a hash. A key ends within a year.
//! - A new owner rotates a key before it works again, for the former one may have its secret.
//! - A key that was revoked is refused by the next request.

pub mod api;
mod commands;
mod model;
mod secret;
pub mod service_accounts;
mod store;
mod uses;

pub use model::ApiKeyState;
pub use secret::{presented, provisional_id};
pub(crate) use service_accounts::{account_names, accounts_of};
pub(crate) use store::named;
pub use uses::{KeyUses, write_uses};

use crate::http::Operations;

use crate::access::Permit;
use crate::db::Tx;
use crate::error::Result;
use crate::users::leaving::HandOver;

/// Gives the service accounts of somebody who leaves to a successor, or shuts them out.
pub(crate) fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    service_accounts::leave(tx, permit, hand)
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    service_accounts::routes(cfg);
    cfg.service(api::create_api_key)
        .service(api::list_api_keys)
        .service(api::get_api_key)
        .service(api::revoke_api_key)
        .service(api::rotate_api_key);
}
