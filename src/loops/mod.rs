//! Loops: a template version started for one application.
//!
//! Table: `loops`. A loop pins the version of its template and, through its debrief, the version of
//! the policy; changing either never moves a loop that runs. It is made with one interview per kit
//! and the first round of its debrief, and finished by the decision. While a person owes a
//! scorecard for the application, a finished loop reads `running` to them.

pub mod api;
pub mod commands;
pub mod coverage;
pub mod model;
mod place;
pub mod probes;
pub(crate) mod seen;
pub(crate) mod store;
pub mod templates;

pub use commands::{add_interview, pinned_policy};
pub use place::{Illegal, Place};

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// The life of a loop.
    pub enum LoopState {
        /// Interviews are held.
        Running => "running",
        /// The debrief decided.
        Finished => "finished",
        /// It was called off.
        Cancelled => "cancelled",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    templates::routes(cfg);
    cfg.service(api::start_loop)
        .service(api::list_loops)
        .service(api::get_loop)
        .service(coverage::api::get_loop_coverage)
        .service(probes::api::ask_loop_probe)
        .service(probes::api::list_loop_probes)
        .service(probes::api::get_loop_probe)
        .service(probes::api::withdraw_loop_probe);
}
