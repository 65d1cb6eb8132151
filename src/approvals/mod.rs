//! Approvals: one passage of one version through its steps, votes bound to a hash.
//!
//! Tables: `approval_runs`, `approval_steps`, `approval_step_members`, `votes`.
//!
//! Invariants:
//! * Steps are asked in order; the members of a step vote in parallel.
//! * A run is approved only when each of its steps is; the first step that rejects rejects it.
//! * A vote counts once, on one step, and only for the hash of the terms that the run is about.
//! * Nobody votes on what they submitted: such a submission is refused as a whole.
//! * A vote is its member's, even if a delegate casts it: `votes.cast_by` says who did.
//! * A run keeps its own steps and members; a later change of the chain does not reach it.

pub mod api;
pub mod chains;
pub mod commands;
pub mod delegations;
pub mod model;
pub(crate) mod store;
mod terms_hash;

pub use terms_hash::TermsHash;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// What an approval run is about.
    pub enum RunSubjectKind {
        /// A version of an offer.
        OfferVersion => "offer_version",
        /// A job, as another system told of it.
        Job => "job",
    }
}

text_enum! {
    /// The life of an approval run.
    pub enum RunState {
        /// A step is being asked.
        Pending => "pending",
        /// Every step approved.
        Approved => "approved",
        /// A step rejected.
        Rejected => "rejected",
        /// A newer version took its place.
        Superseded => "superseded",
    }
}

text_enum! {
    /// The life of an approval step.
    pub enum StepState {
        /// Its turn has not come.
        Waiting => "waiting",
        /// Its members are asked.
        Pending => "pending",
        /// It approved.
        Approved => "approved",
        /// It rejected.
        Rejected => "rejected",
    }
}

text_enum! {
    /// Who of a step must approve.
    pub enum StepMode {
        /// Every member; the first rejection rejects.
        All => "all",
        /// One is enough; it rejects when every member rejects.
        Any => "any",
    }
}

text_enum! {
    /// A vote.
    pub enum VoteDecision {
        /// Yes, to exactly these terms.
        Approve => "approve",
        /// No, with a note that says why.
        Reject => "reject",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    chains::routes(cfg);
    delegations::routes(cfg);
    cfg.service(api::list_approval_runs).service(api::get_approval_run).service(api::cast_vote);
}
