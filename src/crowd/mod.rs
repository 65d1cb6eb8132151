//! A crowd: as many made-up applications as one asks for, to measure by.
//!
//! Owns no table. A crowd is made in an empty database of either kind, many rows at a time; so its history stands
//! in the tables of moves and closings and not in the feed, which holds one event for all of it. The same count
//! makes the same people, jobs and steps, only ids and the day that everything counts back from differ. It is found by
//! the search after `evenbar admin rebuild-search`, which takes longer than making it.
//!
//! Invariants: a crowd is one organization of its own, and every application has [`MOVES`] moves.

mod commands;
mod model;

pub use commands::{Made, make};
pub use model::{APPLICATIONS_MAX, MOVES, PER_JOB, recruiter_email};
