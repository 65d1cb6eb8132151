//! The tags of candidates.
//!
//! Table: `candidate_tags`. They are for whoever may reach the candidate; others who read the candidate
//! do not learn of them, and no filter finds the candidate by them. A tag that was archived stays where
//! it is and is put on nobody anew.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;
