//! Attachments: files about a candidate, or on somebody's scorecard.
//!
//! Tables: `attachments`, `attachment_contents`, and `attachment_texts` ([`text`]). What a file holds is stored in the database, once for
//! each content: a backup and every instance has it, and it comes and goes in the transaction of the
//! change. A file is what its content says ([`content`]), never what the sender says, and is only ever
//! sent as a download. A file never changes; one that was removed leaves a row without name and content,
//! and its content goes with the last file that has it.
//!
//! A file of a candidate is for those who recruit; résumé and work samples are also for the panels and
//! those who decide. A file on a scorecard is a part of the card: its author's alone while the card is a
//! draft, sealed like the card afterwards, and reading it is noted like reading the card.

pub mod api;
pub mod commands;
pub mod content;
mod docx;
pub mod model;
pub(crate) mod seen;
pub(crate) mod store;
pub mod text;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// What a file is.
    pub enum AttachmentKind {
        /// What the candidate did so far.
        Resume => "resume",
        /// Why the candidate applies.
        CoverLetter => "cover_letter",
        /// What the candidate made.
        WorkSample => "work_sample",
        /// Anything else.
        Other => "other",
    }
}

text_enum! {
    /// What a file holds, as its content says.
    pub enum MediaType {
        /// A document of Word and others.
        Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// A photo.
        Jpeg => "image/jpeg",
        /// A document as it is printed.
        Pdf => "application/pdf",
        /// A picture.
        Png => "image/png",
        /// Text, Markdown included.
        Text => "text/plain",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::attach_to_candidate)
        .service(api::list_candidate_attachments)
        .service(api::attach_to_scorecard)
        .service(api::get_attachment)
        .service(api::remove_attachment)
        .service(api::get_attachment_content);
}
