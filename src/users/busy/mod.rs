//! When somebody is busy, by a calendar of theirs elsewhere.
//!
//! Tables: `busy_calendars`, `busy_intervals`. Whoever works here may name the secret address of a calendar
//! (iCalendar, RFC 5545); it is asked in the background every now and then, and what is kept of it are
//! intervals without a word of what they are. A person has one such calendar.
//!
//! Invariants:
//! * The address is a secret: it is stored under the key of this deployment, shown as a host and its last
//!   four characters, and stands in no event and no log.
//! * It is asked by [`crate::outbound`]'s guarded client alone, by the worker and never in a request.
//! * Titles, places and people of a calendar are never stored.

pub mod api;
mod asked;
mod commands;
mod ics;
pub(crate) mod store;
mod worker;
mod zones;

pub use asked::Asked;
pub use commands::end;
pub use worker::run_due;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// Whether what is known of a calendar is worth something.
    pub enum BusyCalendarState {
        /// It was not asked yet.
        Waiting => "waiting",
        /// It was read lately.
        Ok => "ok",
        /// It was read, but not lately.
        Stale => "stale",
        /// It cannot be read at the moment; what was read before counts.
        Failing => "failing",
    }
}

text_enum! {
    /// Why a calendar cannot be read.
    pub enum BusyCalendarFailure {
        /// There is no server, or none that answers in time.
        Unreachable => "unreachable",
        /// The address leads to where nobody is asked.
        RefusedAddress => "refused_address",
        /// The server sends on to another address, which is not followed.
        Redirected => "redirected",
        /// The server says that there is no such calendar, or that it is not for us.
        NotFound => "not_found",
        /// The server does not work.
        ServerError => "server_error",
        /// It is longer than 1 MiB.
        TooLarge => "too_large",
        /// It has more than 5,000 events, or they recur beyond what can be counted.
        TooManyEvents => "too_many_events",
        /// What the server sends is no calendar.
        NotACalendar => "not_a_calendar",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_my_busy_calendar)
        .service(api::set_my_busy_calendar)
        .service(api::remove_my_busy_calendar)
        .service(api::get_busy);
}
