//! Timers: what will have to be looked at, and when. Rows, not sleeping tasks, so that a restart loses
//! none.
//!
//! Table: `timers`. One row per kind and subject. A timer says when to look, never what to do: whatever
//! it wakes finds out under the lock of its subject what is due by then, does it, and sets the next time
//! in the same transaction. A timer that wakes twice, late, or in two processes at once therefore does
//! its work once, and one whose work fails is tried again until it succeeds.

mod store;
mod worker;

pub use store::{Timer, set};
pub use worker::run_due;

use crate::text_enum;

text_enum! {
    /// What a timer wakes.
    pub enum TimerKind {
        /// A debrief: a deadline in it.
        Debrief => "debrief",
        /// A person: the hour of their digest.
        Digest => "digest",
        /// The organization: the night in which it is looked who is kept for long enough.
        Retention => "retention",
    }
}
