//! Hiring teams: who has which role on a job.
//!
//! Table: `hiring_team_members`. A person holds a role on a job once, and may hold several. The
//! team is what gives access to a job and to what belongs to it.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

pub use store::{Membership, memberships};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::add_hiring_team_member)
        .service(api::list_hiring_team)
        .service(api::get_hiring_team_member)
        .service(api::remove_hiring_team_member);
}
