//! Pay zones: where pay is the same, such as a country or a group of cities.
//!
//! Table: `pay_zones`. Offices lie in one, pay bands hold in one. A zone is never deleted, it is
//! archived; names are unique among all, in upper or lower case.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_pay_zone)
        .service(api::list_pay_zones)
        .service(api::get_pay_zone)
        .service(api::update_pay_zone);
}
