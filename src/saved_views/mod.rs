//! Saved views: questions that people keep, and may share with the organization.
//!
//! Table: `saved_views`. A view holds the parameters of a list, read by the parser of that list when it is
//! kept; whoever uses it asks the list themselves, so it never shows anybody more than they may read. It holds
//! no address of a candidate. Only its owner changes it, and archives it, which a deactivation does as well.

mod api;
pub(crate) mod commands;
mod store;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// Who sees a saved view.
    pub enum SharedWith {
        /// Its owner alone.
        Me => "me",
        /// Everybody who works here; not agencies.
        Organization => "organization",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_saved_view)
        .service(api::list_saved_views)
        .service(api::get_saved_view)
        .service(api::update_saved_view)
        .service(api::archive_saved_view);
}
