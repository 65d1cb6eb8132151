//! Openings: one approved head of a job each.
//!
//! Table: `openings`. Openings are numbered within their job from 1 on. One that is reserved or
//! filled names its application; for everybody who may not read offers it is only taken.
//!
//! Every command locks the job first and the opening second, so that two hires never get the same
//! head: call `reserve`, `release` and `fill` before locking an application or an offer.

pub mod api;
pub mod commands;
mod model;
pub(crate) mod store;

pub use model::{OpeningCommand, OpeningState};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::add_openings)
        .service(api::list_openings)
        .service(api::get_opening)
        .service(api::update_opening)
        .service(api::close_opening);
}
