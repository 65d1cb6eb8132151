//! Where applications come from.
//!
//! Table: `sources`. A source is never deleted, it is archived; names are unique among all.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::text_enum;

text_enum! {
    /// How candidates come by a source.
    pub enum SourceKind {
        /// They applied by themselves.
        Applied => "applied",
        /// We found them.
        Sourced => "sourced",
        /// Somebody who works here named them.
        Referred => "referred",
        /// An agency brought them in.
        Agency => "agency",
        /// They work here already.
        Internal => "internal",
        /// Anything else, or not known.
        Other => "other",
    }
}

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_source)
        .service(api::list_sources)
        .service(api::get_source)
        .service(api::update_source);
}
