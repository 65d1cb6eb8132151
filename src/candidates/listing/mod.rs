//! The list of candidates: what it is filtered and sorted by.
//!
//! Filters look at what the reader may know: an address or a tag finds only candidates whose contact points or
//! tags the reader is shown, and a source only those with an application that the reader may read.

pub(super) mod api;
pub(super) mod seen;

use crate::text_enum;

text_enum! {
    /// What candidates are sorted by.
    pub enum CandidateSort {
        /// When they were recorded.
        CreatedAt => "created_at",
        /// When they last changed.
        UpdatedAt => "updated_at",
        /// Their name, whatever the case of its letters.
        Name => "name",
    }
}

crate::sort_keys!(CandidateSort, texts: [Name]);
