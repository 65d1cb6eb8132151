//! Service accounts: programs that act with the reach of the person who owns them.
//!
//! Table: `service_accounts`. Everybody may make one for themselves, because the script that saves
//! somebody an afternoon should not need an administrator, and reaches no more than they do. An
//! account is never deleted, it is deactivated.

pub mod api;
pub(super) mod commands;
pub(super) mod store;

pub(super) use commands::leave;
pub(crate) use store::{account_names, accounts_of};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_service_account)
        .service(api::list_service_accounts)
        .service(api::get_service_account)
        .service(api::update_service_account)
        .service(api::hand_over_service_account)
        .service(api::deactivate_service_account)
        .service(api::reactivate_service_account);
}
