//! From an event to the people who are told, and from a delivery to a mail.
//!
//! Recipients are a function of the event and the team, never the actor, and are sorted by id.
//! Whether a mail is still owed is asked again when it is sent.

mod compose;
mod offers;
mod recipients;

pub use compose::{Composed, compose};
pub use recipients::owe;
