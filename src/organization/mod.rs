//! The organization and its configuration.
//!
//! What is configured is never deleted, it is archived: what names it keeps it, nothing new may.
//! Rules over several rows (the tree of departments, bands that follow each other) are decided
//! under the organization's lock.

pub mod api;
pub mod departments;
pub mod field_definitions;
pub mod holiday_calendars;
pub mod levels;
pub mod money;
pub mod offices;
pub mod pay_bands;
pub mod pay_zones;
pub mod rejection_reasons;
pub mod settings;
pub mod setup;
pub mod sources;
pub(crate) mod store;
pub mod tags;

use crate::http::Operations;

/// What names are compared by where one stands for one thing.
pub fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    setup::routes(cfg);
    settings::routes(cfg);
    departments::routes(cfg);
    offices::routes(cfg);
    holiday_calendars::routes(cfg);
    levels::routes(cfg);
    pay_zones::routes(cfg);
    pay_bands::routes(cfg);
    rejection_reasons::routes(cfg);
    sources::routes(cfg);
    tags::routes(cfg);
    field_definitions::routes(cfg);
}
