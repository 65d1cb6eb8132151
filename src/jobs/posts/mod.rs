//! Job posts: what people who look for work read of a job, one in each language or place.
//!
//! Table: `job_posts`. A job has 0 to 20 posts; none is deleted.
//!
//! - Everybody reads a post while it is published and its job is open and not confidential: nothing of it is
//!   changed when a job is paused, closed or made confidential, and it is gone at once.
//! - Of a post nothing is public but what stands in it: no id of the job, no state, no team, no pay band.
//! - Whoever applies answers the questions of a post as they stand at that moment; the answers keep them.
//! - The text that somebody agrees to has a version, which rises when the text changes.

pub mod api;
pub(crate) mod commands;
pub mod model;
pub(crate) mod store;

pub use model::{JobPostCommand, JobPostState};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_job_post)
        .service(api::list_job_posts)
        .service(api::get_job_post)
        .service(api::update_job_post)
        .service(api::publish_job_post)
        .service(api::unpublish_job_post)
        .service(api::public::list_public_job_posts)
        .service(api::public::get_public_job_post)
        .service(api::public::explain_public_eligibility);
}
