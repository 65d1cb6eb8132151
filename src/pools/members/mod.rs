//! Who is in a pool, and what they are there.
//!
//! Table: `pool_members`. Whoever is invited joins, shadows so many interviews, leads so many while
//! somebody qualified shadows, and is qualified; whoever looks after pools says where somebody
//! stands, or counting does. A step that takes no practice is skipped. Only interviews count that
//! took place since somebody came to a step, of kits with a seat for the pool. A pause keeps what
//! somebody is. People pause, join and leave by themselves.

pub mod api;
pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use commands::count;
pub use model::{Needs, Qualification};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::add_pool_member)
        .service(api::list_pool_members)
        .service(api::list_my_pool_memberships)
        .service(api::get_pool_member)
        .service(api::update_pool_member)
        .service(api::join_pool)
        .service(api::remove_pool_member);
}
