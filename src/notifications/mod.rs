//! From an event to the people who are told, and from a delivery to a mail.
//!
//! One file per family of events says who is told of what, as a function of the event and the team,
//! and what the mail says. Recipients are sorted by id and never the actor; only a reminder of what
//! somebody owes, an entry for the calendar, and the word that an account has another password or votes were delegated, go to whoever set them going as
//! well. Whether a mail is still owed, and whether its reader may still know, is asked again when it
//! is sent; so is whether it goes out now, when its reader works, with their digest, or not at all
//! ([`preferences`]).

mod accounts;
mod administration;
mod answers;
mod calendars;
pub mod chat;
mod compose;
mod debriefs;
mod delegations;
pub mod digests;
mod interviews;
mod leaving;
mod messages;
mod notes;
mod offers;
pub mod preferences;
pub mod previews;
mod recipients;
mod refusals;
mod seats;
mod sessions;
mod times;
mod treatment;

pub use compose::{Composed, compose};
pub(crate) use interviews::local;
pub use recipients::owe;
pub use treatment::{Treatment, treatment, treatment_in_chat};
