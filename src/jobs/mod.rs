//! Jobs: a role being hired for.
//!
//! Table: `jobs`.

pub mod hiring_team;
pub mod openings;
pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of a job: draft → open ⇄ paused → closed.
    pub enum JobState {
        /// `draft`
        Draft => "draft",
        /// `open`
        Open => "open",
        /// `paused`
        Paused => "paused",
        /// `closed`
        Closed => "closed",
    }
}

text_enum! {
    /// Whether a job has a number of openings or hires without a limit.
    pub enum Headcount {
        /// `limited`
        Limited => "limited",
        /// `unlimited`
        Unlimited => "unlimited",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    hiring_team::routes(cfg);
    openings::routes(cfg);
}
