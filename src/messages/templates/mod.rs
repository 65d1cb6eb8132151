//! What candidates are written, with placeholders.
//!
//! Table: `message_templates`. A template is of the organization or of one job; what it is for and its language
//! never change, its words do. It is never deleted, it is archived: messages keep it. Where there is none for a
//! purpose there are words of ours, in English and in German.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_message_template)
        .service(api::list_message_templates)
        .service(api::get_message_template)
        .service(api::update_message_template);
}
