//! Tags: words that recruiting puts on candidates.
//!
//! Table: `tags`. A tag is never deleted, it is archived: candidates keep it, but it is put on nobody
//! anew. Names are unique among all, in upper or lower case. Two tags that mean the same are merged:
//! the candidates of one get the other, and the one is archived. What a tag says of people is for those
//! who recruit, so the list is no public one either.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_tag)
        .service(api::list_tags)
        .service(api::get_tag)
        .service(api::update_tag)
        .service(api::merge_tag);
}
