//! The side of the process that reads one file: it comes on standard input, and its text goes to standard output.

use std::io::{Read, Write};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{TEXT_MAX, docx, pdf};
use crate::attachments::MediaType;

/// How the process ends that cannot make sense of its file (`EX_DATAERR` of `sysexits.h`).
pub(super) const REFUSED: u8 = 65;
/// How much memory it may take, in bytes.
const MEMORY_MAX: u64 = 512 * 1024 * 1024;
/// How long it may compute, in seconds.
const SECONDS_MAX: u64 = 15;
/// How many files it may have open: the three that it begins with, and what the system needs.
const FILES_MAX: u64 = 8;

/// Reads the file; `media_type` is what it was recognized as.
pub fn run(media_type: &str) -> ExitCode {
    let Some(text) = limit().and_then(|()| read(media_type.parse().ok()?)) else {
        return ExitCode::from(REFUSED);
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_nobody_listens) => ExitCode::FAILURE,
    }
}

/// Gives up whatever reading a file does not need, before any of it is looked at.
fn limit() -> Option<()> {
    let limits = [
        (Resource::As, MEMORY_MAX),
        (Resource::Cpu, SECONDS_MAX),
        (Resource::Nofile, FILES_MAX),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).ok()?;
    }
    // A panic quotes what it was about, and nobody reads it.
    std::panic::set_hook(Box::new(|_| {}));
    Some(())
}

fn read(media_type: MediaType) -> Option<String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).ok()?;
    let text = match media_type {
        MediaType::Docx => docx::text(&bytes)?,
        MediaType::Pdf => pdf::text(&bytes)?,
        MediaType::Text => String::from_utf8_lossy(&bytes).into_owned(),
        MediaType::Jpeg | MediaType::Png => return None,
    };
    Some(kept(&text))
}

/// What is kept of a text: its beginning, without control characters.
pub(super) fn kept(text: &str) -> String {
    let end = (0..=TEXT_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    let text = end.and_then(|end| text.get(..end)).unwrap_or_default();
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_letters_and_loses_its_controls() {
        assert_eq!(kept("a\0b\nc"), "a b c");
        let long = kept(&format!("a{}", "\u{e9}".repeat(TEXT_MAX)));
        assert_eq!(long.len(), TEXT_MAX - 1);
    }
}
