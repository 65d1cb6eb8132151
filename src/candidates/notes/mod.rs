//! Notes about candidates.
//!
//! Tables: `notes`, `note_mentions`. A note is for those who recruit the candidate: a public one for everybody
//! who does, a private one for its author and for recruiters. It may quote a judgement, so whoever owes a
//! scorecard for any application of the candidate reads none but their own, and cannot tell that there are
//! others. Its author alone changes it; one that was removed keeps its row without the words.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// Whom a note is for.
    pub enum NoteVisibility {
        /// Everybody who recruits the candidate, the hiring manager and coordinators included.
        Public => "public",
        /// Its author, and recruiters.
        Private => "private",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_note)
        .service(api::list_notes)
        .service(api::get_note)
        .service(api::update_note)
        .service(api::remove_note);
}
