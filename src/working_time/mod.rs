//! Working time: when somebody works, and which instant is so much working time later.
//!
//! A person works at an instant when the clock on their wall stands within their weekly hours, the
//! day on that wall is no holiday of theirs, and they are not away. Everything here follows from
//! that one sentence: hours float with the wall, so that a day on which the clock is put forward
//! may be shorter, one on which it is put back longer, and a day that a zone leaves out has none.
//! No work lasts past midnight: whoever works through the night says so on both days. Pure; who has
//! which calendar is loaded by [`crate::users::calendars`].

mod calendar;
mod segments;
#[cfg(test)]
mod tests;

pub use calendar::{Calendar, Obstacle, Span};
