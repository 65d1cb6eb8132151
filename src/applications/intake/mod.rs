//! Applying by a job post: what a stranger sends, and what of it those who hire read.
//!
//! Tables: `application_answers`, `application_consents`.
//!
//! - Whoever sends the form is nobody we know. The answer is the same whether or not the address is known here, whether
//!   they applied before, and whether a person or a program filled it in; what became of it says an event, to those who
//!   hire.
//! - Each application comes with a candidate of its own, also where another one has the same address: whoever types an
//!   address has not proven that it is theirs, and adds nothing to what is kept of somebody. Hints name the two.
//! - While somebody with the same address has an active application for the job, the form makes no other one.
//! - Answers keep the question as it was asked; a consent keeps the text that was agreed to.

pub mod api;
pub(crate) mod commands;
mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::apply_to_job_post)
        .service(api::apply_to_job_post_by_form)
        .service(api::get_application_answers);
}
