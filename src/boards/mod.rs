//! Boards: the active applications of a job by stage, oldest in their stage first.
//!
//! Owns no table. A board is for whoever may read the job, or an application to it; of the applications it
//! shows and counts those that its reader may read, as their list does. Columns that are empty to them are
//! shown to those who may read the job. A column is paged on by when its applications entered it.

pub mod api;
pub(crate) mod place;
pub(crate) mod seen;

use crate::http::Operations;

/// Registers the operation.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_board);
}
