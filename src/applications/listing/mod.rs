//! The list of applications: what it is filtered and sorted by, what is expanded in it, and its export.
//!
//! Filters look at what the reader may know. A reason of rejection finds only applications whose reasons the
//! reader is shown, and a tag only those whose candidate's tags they are.

pub mod api;
mod expand;
pub(super) mod seen;

use crate::text_enum;

text_enum! {
    /// What applications are sorted by.
    pub enum ApplicationSort {
        /// When it was recorded here.
        CreatedAt => "created_at",
        /// When it last changed.
        UpdatedAt => "updated_at",
        /// When the candidate applied.
        AppliedAt => "applied_at",
        /// Since when it stands in its stage.
        StageEnteredAt => "stage_entered_at",
    }
}

crate::sort_keys!(ApplicationSort, texts: []);

text_enum! {
    /// What of an application is shown with it instead of its id alone.
    pub enum ApplicationExpansion {
        /// The candidate, without how they are reached.
        Candidate => "candidate",
        /// The job.
        Job => "job",
        /// The stage that it stands in.
        Stage => "stage",
        /// Who looks after it.
        Owner => "owner",
    }
}
