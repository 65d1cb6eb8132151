//! Custom fields: what the organization asks for beyond what everybody does.
//!
//! Table: `field_definitions`; the values stand in the `custom` column of the noun. A key is one
//! definition of a noun for good; noun, key and type never change, and nothing is deleted, it is
//! archived: the values of an archived field are kept and not shown. What another system brought in
//! under a key without a definition is kept and not shown either, until there is one that it fits.
//!
//! A field is seen and set by its audience: everybody who reads the thing, those who recruit for it
//! (not the agency that brought somebody in), or those who decide on its pay. Whoever is outside of it
//! is told that there is no such field.

pub mod api;
pub(crate) mod commands;
mod model;
pub(crate) mod store;
pub mod values;

pub use model::{FieldAudience, FieldNoun, FieldType};
pub use values::{Custom, FieldReach};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_field_definition)
        .service(api::list_field_definitions)
        .service(api::get_field_definition)
        .service(api::update_field_definition);
}
