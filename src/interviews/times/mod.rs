//! What a candidate is asked about the time of an interview: to take one of some starts, or to say when
//! they could come.
//!
//! Tables: `time_requests`, `candidate_asks`. A candidate is asked one thing at a time, by a link
//! ([`crate::capabilities::CapabilityKind::Scheduling`]) that shows nothing of how they are judged: the
//! title of the job, how long it takes, and times. A start is free while nobody who owes a card for the
//! interview, and not the candidate either, is in another confirmed interview then; that is asked again
//! under lock when it is taken, so that of many who take the same one at once a single one gets it. By the same link a candidate asks for
//! another time or says that they cannot come ([`asks`]), three times for an interview; whether an interview
//! is off, others decide.

pub mod api;
pub(crate) mod asks;
pub(crate) mod commands;
pub mod model;
mod slots;
pub(crate) mod store;

use crate::text_enum;

text_enum! {
    /// What a candidate is asked.
    pub enum TimeRequestKind {
        /// To take one of some starts.
        Slots => "slots",
        /// To say when they could come.
        Availability => "availability",
    }
}

text_enum! {
    /// What a candidate asks by their link.
    pub enum CandidateAskKind {
        /// For another time.
        AnotherTime => "another_time",
        /// Not to come.
        CannotCome => "cannot_come",
    }
}
