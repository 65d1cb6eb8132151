//! What a file holds, by its bytes. Pure.
//!
//! A type is taken when the content begins, is built and ends as that type does, so that nothing passes
//! as one thing and opens as another. Nothing is unpacked or rendered here.

use super::MediaType;
use super::docx;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is in it.
    Empty,
    /// It is none of the types that are taken, or damaged.
    Unsupported,
    /// It is something else than its name says.
    OtherName,
    /// Nothing of its name can be kept.
    Nameless,
}

impl Refusal {
    /// The word to branch on.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::Unsupported => "unsupported_file",
            Self::OtherName => "misnamed_file",
            Self::Nameless => "nameless_file",
        }
    }

    /// A sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "The file is empty.",
            Self::Unsupported => {
                "Send a PDF, a Word document (.docx), plain text, a PNG or a JPEG that is whole."
            }
            Self::OtherName => "The ending of the file's name is not that of what is in it.",
            Self::Nameless => "Give the file a name.",
        }
    }
}

impl MediaType {
    /// The endings that names of such files have.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Docx => &["docx"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Text => &["txt", "text", "md", "markdown"],
        }
    }

    /// Whether a file name ends as such a file's does.
    pub fn fits(self, file_name: &str) -> bool {
        let ending = file_name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        ending.is_some_and(|ending| self.endings().contains(&ending.as_str()))
    }
}

/// The type of a content.
///
/// # Errors
/// Why it is not taken.
pub fn recognize(bytes: &[u8]) -> Result<MediaType, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let (media_type, is_whole) = if bytes.starts_with(b"%PDF-") {
        (MediaType::Pdf, is_pdf(bytes) && !ends_as_archive(bytes))
    } else if bytes.starts_with(PNG) {
        (MediaType::Png, is_png(bytes))
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        (MediaType::Jpeg, is_jpeg(bytes) && !ends_as_archive(bytes))
    } else if bytes.starts_with(b"PK") {
        (MediaType::Docx, docx::is_document(bytes))
    } else {
        (MediaType::Text, is_text(bytes) && !ends_as_archive(bytes))
    };
    if is_whole { Ok(media_type) } else { Err(Refusal::Unsupported) }
}

/// Where the end of a PDF is looked for: readers look there too.
const PDF_TAIL: usize = 1024;

/// It says its version, and nothing follows its last end.
fn is_pdf(bytes: &[u8]) -> bool {
    let versioned = bytes.get(5).is_some_and(u8::is_ascii_digit) && bytes.get(6) == Some(&b'.');
    let tail = bytes.get(bytes.len().saturating_sub(PDF_TAIL)..).unwrap_or(bytes);
    let end = tail.windows(5).rposition(|window| window == b"%%EOF");
    let after = end.and_then(|end| tail.get(end + 5..));
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    versioned && after.is_some_and(|after| after.iter().all(is_blank))
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Its chunks follow each other from the header to the end (PNG §5), with which the file ends.
fn is_png(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(PNG.len()..).unwrap_or_default();
    let mut is_first = true;
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = head;
        let length = u32::from_be_bytes([*a, *b, *c, *d]);
        if is_first && (kind != b"IHDR" || length != 13) {
            return false;
        }
        is_first = false;
        // What is in the chunk, and its checksum.
        let Some(next) = usize::try_from(length).ok().and_then(|length| after.get(length + 4..))
        else {
            return false;
        };
        if kind == b"IEND" {
            return length == 0 && next.is_empty();
        }
        rest = next;
    }
    false
}

/// Its segments follow each other up to the picture (ITU-T T.81, annex B), and it ends as a picture does.
fn is_jpeg(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xff, marker, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match marker {
            // The picture itself.
            0xda => return bytes.ends_with(&[0xff, 0xd9]),
            0xc0..=0xcf | 0xdb..=0xfe if length >= 2 => {}
            _ => return false,
        }
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    false
}

/// How text begins that browsers would take for a page or a picture.
const MARKUP: [&str; 8] =
    ["<!doctype", "<?xml", "<html", "<head", "<body", "<script", "<iframe", "<svg"];

/// UTF-8 without NUL that is no markup.
fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut begin = text.trim_start_matches('\u{feff}').trim_start();
    while let Some((_, after)) = begin.strip_prefix("<!--").and_then(|rest| rest.split_once("-->"))
    {
        begin = after.trim_start();
    }
    let first: String = begin.chars().take(9).flat_map(char::to_lowercase).collect();
    !text.contains('\0') && !MARKUP.iter().any(|markup| first.starts_with(markup))
}

/// Whether an archive that is opened from its end would open.
fn ends_as_archive(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(docx::END_MAX)..).unwrap_or(bytes);
    tail.windows(docx::END.len()).enumerate().any(|(place, window)| {
        let comment = |rest: &[u8]| Some(u16::from_le_bytes([*rest.get(20)?, *rest.get(21)?]));
        let length = tail.get(place..).and_then(comment).map(usize::from);
        window == docx::END && length.is_some_and(|length| place + 22 + length == tail.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

    fn png() -> Vec<u8> {
        let header = b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde";
        [PNG, header, b"\0\0\0\0IEND\xaeB`\x82"].concat()
    }

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x04JF\xff\xda\0\x03x1234\xff\xd9";

    #[test]
    fn what_is_whole_is_what_it_is() {
        assert_eq!(recognize(PDF), Ok(MediaType::Pdf));
        assert_eq!(recognize(&png()), Ok(MediaType::Png));
        assert_eq!(recognize(JPEG), Ok(MediaType::Jpeg));
        for text in ["Grüße", "# Notes\n\n- <b>one</b>", "<ada@example.com> wrote", "\u{feff}x"] {
            assert_eq!(recognize(text.as_bytes()), Ok(MediaType::Text), "{text}");
        }
    }

    #[test]
    fn what_goes_on_behind_its_end_or_stops_before_it_is_refused() {
        let archive = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\xff\xd9";
        let behind = |whole: &[u8], more: &[u8]| [whole, more].concat();
        for bytes in [
            behind(PDF, b"<script>alert(1)</script>"),
            behind(PDF, archive),
            behind(b" ", PDF).iter().chain(b"\xff").copied().collect(),
            b"%PDF-1.7\n1 0 obj".to_vec(),
            b"%PDF-x%%EOF".to_vec(),
            behind(&png(), b"<svg>"),
            png().split_at(30).0.to_vec(),
            behind(PNG, b"\xff\xff\xff\xffIHDR"),
            behind(JPEG, b"x"),
            behind(JPEG, archive),
            b"\xff\xd8\xff\xff\xff\xd9".to_vec(),
            b"text and ".iter().chain(archive).copied().filter(u8::is_ascii).collect(),
        ] {
            assert_eq!(recognize(&bytes), Err(Refusal::Unsupported), "{bytes:?}");
        }
    }

    #[test]
    fn markup_and_what_is_no_text_is_refused() {
        assert_eq!(recognize(b""), Err(Refusal::Empty));
        for bytes in [
            &b"\n <!DOCTYPE html><p>"[..],
            b"\xef\xbb\xbf<SVG onload=alert(1)>",
            b"<!-- a --> <!-- b --><html>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"one\0two",
            b"\xff\xfeo\0n\0e\0",
            b"GIF89a\x01\0",
            b"MZ\x90\0",
        ] {
            assert_eq!(recognize(bytes), Err(Refusal::Unsupported), "{bytes:?}");
        }
    }

    #[test]
    fn a_name_ends_as_its_type_does() {
        assert!(MediaType::Pdf.fits("Lebenslauf.final.PDF"));
        for (media_type, name) in
            [(MediaType::Pdf, "a.pdf.exe"), (MediaType::Text, "a.html"), (MediaType::Png, "png")]
        {
            assert!(!media_type.fits(name), "{name}");
        }
    }
}
