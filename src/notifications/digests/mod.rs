//! The digest: what somebody owes, what they wait for and what happened, in one mail on a day of work.
//!
//! Whoever works here has a timer for it (`timers`), at the time that they chose or when they begin to
//! work. What it says is found out when it is sent, so that nothing stands in it that was done, waived or
//! called off meanwhile, and nothing that its reader may not know. One that says nothing is not sent.
//!
//! It is the ladder of reminders as well. Beside the mail that comes when an interview is over, a card is
//! spoken of once on a day: to its author until it is two working days late, and to whoever drives the
//! debrief as long as it is late. Where the policy says so, or its author does, it is spoken of to their manager
//! as well once it is late by a working day. From when the last card was due it is for the driver to choose a way on
//! ([`crate::debriefs`]). So nobody gets more than one mail a day about what can wait.

mod life;
mod lines;
mod seen;

pub use life::{arm, wake};
pub(super) use lines::{Lines, compose};
