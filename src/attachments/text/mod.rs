//! What a file of a candidate says, for searching.
//!
//! Table: `attachment_texts`, a row for each file of a candidate's own that may hold words; files on scorecards have
//! none. The row is made with the file and waits. A worker takes it, lets [`child`] read the file in a process of its
//! own, which has little memory, little time and no files, and keeps at most [`TEXT_MAX`] bytes of what it says. A
//! file that cannot be read so is refused as a text and stays as a file.

pub mod child;
mod docx;
mod extractor;
mod pdf;
mod store;
mod worker;

pub use extractor::Extractor;
pub(crate) use store::{forget, read_of, remove, wait};
pub use worker::run_due;

use crate::text_enum;

/// How many bytes of a text are kept.
pub const TEXT_MAX: usize = 200_000;

text_enum! {
    /// Whether the words of a file can be searched.
    pub enum TextState {
        /// It was not read yet.
        Waiting => "waiting",
        /// Its words can be searched.
        Extracted => "extracted",
        /// There are no words in it, as in a scan.
        Empty => "empty",
        /// It cannot be read: it is encrypted, broken, or takes more time or memory than it may.
        Refused => "refused",
    }
}
