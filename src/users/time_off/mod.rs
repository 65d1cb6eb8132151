//! When somebody is away. Why is nobody's business, and is not asked.
//!
//! Table: `time_off`. Whole days are days in the zone that the person is in; an entry of instants
//! is a part of a day, or begins and ends within one. The entries of a person never overlap. The
//! person and those who manage users see them; those who schedule see only whether somebody is away.

pub mod api;
pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use model::Absence;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_my_time_off)
        .service(api::add_my_time_off)
        .service(api::list_time_off)
        .service(api::add_time_off)
        .service(api::get_time_off)
        .service(api::update_time_off)
        .service(api::remove_time_off);
}
