//! How somebody wants to be told: by what mails, when, and what waits for the digest of the day.
//!
//! Table: `notification_preferences`; whoever never chose has no row and is told as usual. Only mails in
//! which something can wait are a matter of choice: what keeps an account safe, what belongs into a
//! calendar and what somebody else waits for is always sent.

pub mod api;
pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use model::{Choices, ChosenMail, Unwanted, Way};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_my_notification_preferences).service(api::set_my_notification_preferences);
}
