//! The list of jobs: what it is filtered and sorted by.

pub(super) mod api;
mod store;

use crate::text_enum;

text_enum! {
    /// What jobs are sorted by.
    pub enum JobSort {
        /// When it was drafted.
        CreatedAt => "created_at",
        /// When it last changed.
        UpdatedAt => "updated_at",
        /// Its title, whatever the case of its letters.
        Title => "title",
    }
}

crate::sort_keys!(JobSort, texts: [Title]);
