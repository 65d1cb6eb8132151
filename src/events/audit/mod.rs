//! The audit log: the same events for those who answer for the organization, newest first and with
//! their places in the chain.
//!
//! Owners and administrators read it. What tells how people are judged or paid (`sealed`,
//! `compensation`, `private_note`) is no business of administration, confidential jobs are known to
//! their team alone, and nobody reads of their own candidacy. Pages leave all of this out, whatever the
//! filter, and an export shows of it the place and the hashes alone, so that the chain can still be
//! checked from end to end. Refused requests are in the log lines and the metrics, not here: whoever
//! is refused could otherwise fill the chain.
//!
//! The hashes of the chain are made of what is sealed, too: pages have none, and whoever owes a
//! scorecard exports nothing until it is in.
//!
//! Reading is itself recorded: an export each time, pages once per reader and hour.

pub mod api;
mod commands;
mod export;
mod store;

use super::Audience;
use crate::access::{Action, Actor, Reach};

/// The classes whose events are shown.
const SHOWN: [Audience; 2] = [Audience::Team, Audience::Administration];

/// Of what a reader may know that it exists; for a program its owner.
fn reach(actor: &Actor) -> Reach {
    Reach::of(&actor.unscoped(), Action::ReadApplication)
}
