//! Exports of whole lists: that somebody took one along is recorded before the first row is sent.

mod commands;

use crate::error::Result;
use crate::http::Ctx;
use crate::text_enum;

text_enum! {
    /// A list that is exported, or of which a view is kept.
    pub enum ListNoun {
        /// Applications.
        Applications => "applications",
        /// Candidates.
        Candidates => "candidates",
        /// Jobs.
        Jobs => "jobs",
    }
}

/// Records that the caller exports a list. When that fails, nothing is exported.
pub async fn note(ctx: &Ctx, noun: ListNoun) -> Result<()> {
    ctx.require_whole()?;
    ctx.write(move |tx, actor| commands::note(tx, actor, noun)).await
}
