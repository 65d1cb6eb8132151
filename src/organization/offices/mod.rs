//! Offices: places where people work, each in a time zone and a country.
//!
//! Table: `offices`. Jobs hire for offices; an office lies in a pay zone, by which the pay bands that
//! hold there are found. An office is never deleted, it is archived: jobs keep it, but none is newly
//! put there. Names are unique among all, in upper or lower case.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_office)
        .service(api::list_offices)
        .service(api::get_office)
        .service(api::update_office);
}
