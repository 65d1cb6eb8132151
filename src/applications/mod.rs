//! Applications: one candidate for one job.
//!
//! Tables: `applications`, `application_moves`, `rejections`, `withdrawals`, `hires`, `reopenings`.
//!
//! - Status is the life, stage is the place; a stage never says how an application ended.
//! - A closing fact (a rejection, a withdrawal, a hire) is a row. At most one of them is open, and
//!   the status says which. A reopening ends the open rejection; nothing is deleted.
//! - Every move is a row, the entry included, and names the stage that it left.
//! - A candidate has one active application per job. That is decided under the job's lock and not by
//!   an index, because other systems' histories carry several.
//! - The version is the application's own: no scorecard, debrief or offer ever raises it.
//! - Notes and reasons are for those who move applications or manage candidates, and never for
//!   somebody who owes an evaluation.

pub mod api;
pub mod batches;
pub mod commands;
pub mod intake;
pub mod listing;
pub mod model;
pub(crate) mod store;

pub use model::ApplicationStatus;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_application)
        .service(listing::api::list_applications)
        .service(listing::api::export_applications)
        .service(api::get_application)
        .service(api::update_application)
        .service(api::moves::create_application_move)
        .service(api::moves::list_application_moves)
        .service(api::moves::get_application_move)
        .service(api::closing::reject_application)
        .service(api::closing::withdraw_application)
        .service(api::closing::reopen_application)
        .service(api::visibility::explain_visibility);
    batches::routes(cfg);
    intake::routes(cfg);
}
