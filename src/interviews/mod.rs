//! Interviews: one kit of a loop, at a time, with a panel.
//!
//! Tables: `interviews`, `panelists`. A person sits on an interview once. Whoever sits as lead,
//! second or bar raiser owes a scorecard until it is in, waived, or the seat or the interview is
//! gone; shadows and observers owe none. Every change locks the application and then asks
//! [`crate::debriefs::evaluate`] whether the debrief goes on. Submitting a card never raises the
//! version of the interview.

pub mod api;
pub mod assignment;
pub mod commands;
pub(crate) mod facts;
pub mod model;
pub(crate) mod seen;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of an interview.
    pub enum InterviewState {
        /// It has no time yet.
        Draft => "draft",
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

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::interviews::list_interviews)
        .service(api::interviews::get_interview)
        .service(api::interviews::schedule_interview)
        .service(api::interviews::complete_interview)
        .service(api::interviews::cancel_interview)
        .service(api::interviews::mark_interview_no_show)
        .service(api::panel::assign_panelist)
        .service(api::suggestions::list_suggested_panelists)
        .service(api::panel::get_panelist)
        .service(api::panel::remove_panelist)
        .service(api::panel::waive_scorecard);
}
