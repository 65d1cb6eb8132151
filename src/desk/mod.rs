//! My desk: for whom the applications wait that are mine, over all jobs.
//!
//! Owns no table. Mine are the active applications of the jobs on whose hiring team I am as hiring manager,
//! recruiter or coordinator, and those that I look after, as far as I may read them. Each stands in one section:
//! with what came in and nobody touched, or by whose move it is. What I personally owe is my queue.

pub mod api;
mod model;
pub(crate) mod seen;

pub use model::{Section, Standing};

use crate::http::Operations;

/// Registers the operation.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_desk);
}
