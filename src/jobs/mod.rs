//! Jobs: a role being hired for.
//!
//! Table: `jobs`; its openings, posts, hiring team and pipeline have tables of their own. A job is never
//! deleted, it is closed. What a job pays is shown to those who decide on it.

pub mod api;
pub(crate) mod commands;
pub mod eligibility;
pub mod hiring_team;
mod listing;
mod model;
pub mod openings;
pub mod posts;
pub(crate) mod store;

pub use listing::api::JobFilter;
pub use model::{Headcount, JobCommand, JobState};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_job)
        .service(listing::api::list_jobs)
        .service(api::get_job)
        .service(api::update_job)
        .service(api::life::publish_job)
        .service(api::life::pause_job)
        .service(api::life::resume_job)
        .service(api::life::close_job);
    hiring_team::routes(cfg);
    openings::routes(cfg);
    posts::routes(cfg);
    eligibility::routes(cfg);
}
