//! Approvals: one passage of one version through its steps, votes bound to a hash.
//!
//! Tables: `approval_runs`, `approval_steps`, `approval_step_members`, `votes`.

pub mod chains;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of an approval run.
    pub enum RunState {
        /// `pending`
        Pending => "pending",
        /// `approved`
        Approved => "approved",
        /// `rejected`
        Rejected => "rejected",
        /// `superseded`
        Superseded => "superseded",
    }
}

text_enum! {
    /// The life of an approval step.
    pub enum StepState {
        /// `waiting`
        Waiting => "waiting",
        /// `pending`
        Pending => "pending",
        /// `approved`
        Approved => "approved",
        /// `rejected`
        Rejected => "rejected",
    }
}

text_enum! {
    /// Who of a step must approve.
    pub enum StepMode {
        /// `all`
        All => "all",
        /// `any`
        Any => "any",
    }
}

text_enum! {
    /// A vote.
    pub enum VoteDecision {
        /// `approve`
        Approve => "approve",
        /// `reject`
        Reject => "reject",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    chains::routes(cfg);
}
