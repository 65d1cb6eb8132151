//! Interviews: one kit of a loop, at a time, with a panel.
//!
//! Tables: `interviews`, `panelists`. A person sits on an interview once. Whoever sits as lead,
//! second or bar raiser owes a scorecard until it is in, waived, or the seat or the interview is
//! gone; shadows and observers owe none. Nobody who owes a card is in two confirmed interviews at once,
//! unless whoever schedules says why. What candidates are asked about times is in [`times`]. Every change locks the application and then asks
//! [`crate::debriefs::evaluate`] whether the debrief goes on. Submitting a card never raises the
//! version of the interview.

pub mod api;
pub mod assignment;
pub mod commands;
pub(crate) mod deadlines;
mod diary;
pub(crate) mod facts;
pub mod model;
pub(crate) mod seen;
pub(crate) mod store;
pub mod times;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// The life of an interview.
    pub enum InterviewState {
        /// It has no time yet.
        Draft => "draft",
        /// The candidate is asked when they could come.
        AwaitingAvailability => "awaiting_availability",
        /// The candidate is offered times to choose from.
        Proposed => "proposed",
        /// It has a time.
        Confirmed => "confirmed",
        /// It took place.
        Completed => "completed",
        /// It was called off.
        Cancelled => "cancelled",
        /// Somebody did not come.
        NoShow => "no_show",
    }
}

text_enum! {
    /// Who did not come to an interview.
    pub enum Absent {
        /// The candidate.
        Candidate => "candidate",
        /// Whoever was to interview.
        Interviewer => "interviewer",
    }
}

text_enum! {
    /// What somebody on a panel says to its time.
    pub enum SeatResponse {
        /// Nothing yet; another time asks again.
        NeedsAction => "needs_action",
        /// They come.
        Accepted => "accepted",
        /// They do not come. They still owe a scorecard until they are replaced or removed.
        Declined => "declined",
        /// They may come.
        Tentative => "tentative",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::interviews::list_interviews)
        .service(api::interviews::get_interview)
        .service(api::interviews::schedule_interview)
        .service(times::api::offer_slots)
        .service(times::api::ask_for_availability)
        .service(times::api::get_time_request)
        .service(times::api::choose_slot)
        .service(api::interviews::complete_interview)
        .service(api::interviews::cancel_interview)
        .service(api::interviews::mark_interview_no_show)
        .service(api::panel::assign_panelist)
        .service(api::suggestions::list_suggested_panelists)
        .service(api::panel::get_panelist)
        .service(api::panel::remove_panelist)
        .service(api::seats::respond_to_interview)
        .service(api::seats::replace_panelist)
        .service(api::panel::waive_scorecard);
}
