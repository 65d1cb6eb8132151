//! Pipelines: the ordered stages of a job.
//!
//! Table: `stages`. A job has 1 to 20 stages, in positions from 1 without a gap. They change only
//! while no application stands on the job: what a running application passed stays what it was.
//! A pipeline is a part of its job and shares the job's version.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// The type of a stage.
    pub enum StageKind {
        /// Papers are read.
        Review => "review",
        /// A first conversation.
        Screen => "screen",
        /// A test or work sample.
        Assessment => "assessment",
        /// The interviews of a loop, wherever they take place.
        Onsite => "onsite",
        /// An offer is written and approved.
        Offer => "offer",
    }
}

text_enum! {
    /// How a stage is decided.
    pub enum StageDecision {
        /// Advance, or reject with a reason.
        None => "none",
        /// By one named person, on one card.
        Light => "light",
        /// By a debrief.
        Debrief => "debrief",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_pipeline).service(api::replace_pipeline);
}
