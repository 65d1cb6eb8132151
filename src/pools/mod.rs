//! Pools: people from whom seats on panels are filled, and how they learn to sit there.
//!
//! Tables: `pools`; `members/` has `pool_members`. A pool is never deleted, it is archived: then no
//! seat names it any more, and seats that do are for anybody. Names are unique among all.

pub mod api;
pub(crate) mod commands;
pub mod members;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_pool)
        .service(api::list_pools)
        .service(api::get_pool)
        .service(api::update_pool);
    members::routes(cfg);
}
