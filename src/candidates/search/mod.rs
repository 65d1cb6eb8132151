//! Finding people by what is known of them.
//!
//! Tables: `search_texts`, `search_index`. A row of the first is one text of a candidate for one audience: the name,
//! the contact points, the tags, a note, a file. The index holds its words, folded ([`fold`]), without their order
//! and number. The condition of a search asks of each row whether its reader may read that text, with the conditions
//! that reading it asks; what they may not read finds nobody, and moves nobody up or down. What is sealed, the
//! judgements of panels and the files on their cards, never comes into the index.
//!
//! A text is indexed in the transaction that changes it. [`forget`] takes all that a candidate is found by out of the
//! index and the texts of their files with it; [`reindex`] makes it anew from the tables.

mod api;
mod fold;
mod rebuild;
mod searcher;
mod store;

pub use fold::Query;
pub use rebuild::{rebuild, reindex};
pub use store::forget;
pub(crate) use store::{
    drop_file, index_candidate, index_contacts, index_file, index_name, index_note, index_tags,
};

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// What somebody is found by.
    pub enum SearchSource {
        /// The name.
        Name => "name",
        /// An address, a number or a link.
        ContactPoints => "contact_points",
        /// A tag.
        Tags => "tags",
        /// A note for everybody who recruits the candidate.
        PublicNote => "public_note",
        /// A note for its author and for recruiters.
        PrivateNote => "private_note",
        /// A résumé or a work sample.
        Resume => "resume",
        /// Another file.
        File => "file",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::search_candidates);
}
