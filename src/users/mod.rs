//! People who sign in, and placeholders for people that an import only names.
//!
//! Table: `users`. A user is never deleted, they are deactivated: what they did stays theirs. There
//! is always an active owner, only owners make and unmake owners, an address belongs to one account
//! whatever its case, and nobody stands above themselves. When somebody works and whether they are
//! away is shown to whoever schedules, and to nobody else.

pub mod api;
pub mod busy;
mod calendars;
pub(crate) mod commands;
pub mod invitations;
pub mod leaving;
mod model;
pub mod password_resets;
pub(crate) mod store;
pub mod time_off;
mod weekly_hours;

pub use calendars::{after_working_time, calendar_around, calendars};
pub use model::{UserCommand, UserState};
pub use weekly_hours::{TimeOfDay, WeeklyHours};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_user)
        .service(api::list_users)
        .service(api::get_user)
        .service(api::update_user)
        .service(api::deactivate_user)
        .service(api::reactivate_user)
        .service(api::me::get_me)
        .service(api::me::update_me);
    invitations::routes(cfg);
    password_resets::routes(cfg);
    time_off::routes(cfg);
    busy::routes(cfg);
    leaving::routes(cfg);
}
