//! A person's interviews as a calendar that programs follow, by an address that is a secret.
//!
//! The secret is that of a capability, of which a person has one at a time: making another takes the
//! former back, and so does leaving. Whoever has the address reads what the entries in mails say and
//! nothing else. Reading it changes nothing, and whatever is wrong with an address, the answer is the
//! same.

pub mod api;
mod commands;
mod feed;
mod seen;

use crate::http::Operations;
use actix_web::web;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_calendar_link)
        .service(api::make_calendar_link)
        .service(api::remove_calendar_link);
}

/// Registers the calendar itself.
pub fn outside(cfg: &mut web::ServiceConfig) {
    cfg.service(feed::show);
}
