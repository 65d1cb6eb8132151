//! The tags of candidates.
//!
//! Table: `candidate_tags`. They are for those who recruit: whoever may reach the candidate, but not the
//! agency that brought them in. Others who read the candidate do not learn of them, and no filter finds
//! the candidate by them. A tag that was archived stays where it is and is put on nobody anew.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;
