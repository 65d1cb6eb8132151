//! Firms whose recruiters bring candidates in.
//!
//! Tables: `agencies`, `agency_jobs`. People of an agency are users with the role `external`. They
//! see the jobs that are open to their agency, and of candidates and applications those that the
//! agency brought in: never a judgement, an offer, the directory or another agency. An agency is
//! never deleted, it is archived; then it brings in nobody any more, and its people see nothing.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_agency)
        .service(api::list_agencies)
        .service(api::get_agency)
        .service(api::update_agency)
        .service(api::jobs::replace_job_agencies)
        .service(api::jobs::get_job_agencies);
}
