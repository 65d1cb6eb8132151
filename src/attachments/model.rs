//! Names of files, limits, and what a file is before it is stored. Pure.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::content::{Refusal, recognize};
use super::{AttachmentKind, MediaType};
use crate::http::SentFile;

/// The version of every file: it never changes.
pub const VERSION: i64 = 1;
/// How many files a candidate may have.
pub const CANDIDATE_MAX: i64 = 50;
/// How many files a scorecard may have, so that all of them fit into one answer.
pub const SCORECARD_MAX: i64 = 10;
/// The longest name of a file, in bytes.
const NAME_MAX: usize = 255;

impl AttachmentKind {
    /// What of a candidate's files a panel reads.
    pub const FOR_PANELS: &[Self] = &[Self::Resume, Self::WorkSample];
}

/// A file that may be stored.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name, cleaned.
    pub name: String,
    /// What its content says.
    pub media_type: MediaType,
    /// What was sent.
    pub sent: Arc<SentFile>,
}

impl NewFile {
    /// Looks at a file that was sent.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn check(sent: Arc<SentFile>) -> Result<Self, Refusal> {
        let media_type = recognize(&sent.bytes)?;
        let name = clean(&sent.name).ok_or(Refusal::Nameless)?;
        if !media_type.fits(&name) {
            return Err(Refusal::OtherName);
        }
        Ok(Self { name, media_type, sent })
    }
}

/// Characters that are not shown, or that change how what stands around them is.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A name without a path, hidden characters and what file systems refuse, in NFC; none of one of which
/// nothing is left. One that is too long keeps its ending.
fn clean(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next()?;
    let name: String = last.nfc().filter(|letter| !is_hidden(*letter)).collect();
    let name = name.trim().trim_start_matches('.');
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let room = NAME_MAX.checked_sub(ending.len() + 1)?;
    let end = (0..=room.min(stem.len())).rev().find(|end| stem.is_char_boundary(*end))?;
    let stem = stem.get(..end)?.trim_end();
    let name = if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") };
    (!stem.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_its_path_and_what_is_hidden() {
        let cleaned = |name: &str| clean(name).unwrap();
        assert_eq!(cleaned("../../etc/passwd.txt"), "passwd.txt");
        assert_eq!(cleaned("C:\\Users\\ada\\cv.pdf"), "cv.pdf");
        assert_eq!(cleaned("cv.pdf\0.exe"), "cv.pdf.exe");
        assert_eq!(cleaned("cv\u{202e}fdp.exe\r\n.txt"), "cvfdp.exe.txt");
        assert_eq!(cleaned("Re\u{301}sume\u{301}.pdf"), "R\u{e9}sum\u{e9}.pdf");
        assert_eq!(cleaned(" ..cv .txt"), "cv.txt");
        assert_eq!((cleaned("README"), cleaned("cv.")), ("README".to_owned(), "cv".to_owned()));
        for nothing in ["", "..", "/", "a/", " \u{200b}", "\0"] {
            assert_eq!(clean(nothing), None, "{nothing:?}");
        }
        let long = cleaned(&format!("{}.docx", "\u{e9}".repeat(300)));
        assert!(long.len() <= NAME_MAX && long.ends_with("\u{e9}.docx"), "{long}");
    }
}
