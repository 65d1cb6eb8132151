//! Calendars: the entries by which interviews stand in the calendars of others.
//!
//! An interview has two entries, one for its panel and one for its candidate ([`entry`]), each with an
//! identifier that stays for good and a number that only rises. What is written is pure; who gets an
//! entry and when is said in `notifications/calendars.rs`, and a mail carries it. Whoever would rather
//! have all of theirs follow a calendar of their own by a secret address ([`links`]).
//!
//! Invariants:
//! * An entry names nobody but its one reader and the organizer, who is the sender of the mail: no
//!   panelist learns of others from it, and the candidate of nobody but by policy.
//! * The candidate's entry holds nothing of how they are judged: neither kit nor stage, and no link
//!   to pages of ours.
//! * An entry holds no secret: calendars are shown to others.

pub mod entry;
pub mod ics;
pub mod links;
mod zone;

pub use entry::{Entry, Invitation, Method};
