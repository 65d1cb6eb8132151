//! External references: what another system calls a thing here.
//!
//! Table: `external_refs`. A reference never changes and never goes away, so that a second import
//! finds what the first one made.

pub mod api;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_external_refs);
}
