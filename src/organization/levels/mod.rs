//! Levels: the rungs of a track.
//!
//! Table: `levels`. A level is never deleted, it is archived. Within a track a higher rank is more
//! senior, and of the levels in use one stands on each rank.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_level)
        .service(api::list_levels)
        .service(api::get_level)
        .service(api::update_level);
}
