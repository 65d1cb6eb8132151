//! The words of a Word document: those of its one main part, without headers and footers.

use std::io::Read;

use flate2::read::DeflateDecoder;

use crate::attachments::docx::main_part;

/// How much of the part is unpacked, whatever the list says of it.
const UNPACKED_MAX: u64 = 20 * 1024 * 1024;

/// The words; none of a file that is no document, or whose part is broken.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let (packed, is_deflated) = main_part(bytes)?;
    let mut part = Vec::new();
    if is_deflated {
        DeflateDecoder::new(packed).take(UNPACKED_MAX).read_to_end(&mut part).ok()?;
    } else {
        part.extend_from_slice(packed);
    }
    Some(words(&String::from_utf8_lossy(&part)))
}

/// What stands in the runs of text of a document (`WordprocessingML`, ECMA-376-1, 17.3.3.31), parted where a line ends.
fn words(xml: &str) -> String {
    let mut words = String::new();
    for piece in xml.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').unwrap_or((piece, ""));
        match tag.split([' ', '\t', '\r', '\n', '/']).find(|word| !word.is_empty()) {
            Some("w:t") if !tag.starts_with('/') && !tag.ends_with('/') => {
                words.push_str(&unescaped(content));
            }
            Some("w:p" | "w:br" | "w:tab" | "w:tc") => words.push('\n'),
            Some(_) | None => {}
        }
    }
    words
}

/// A text without the references of XML; one that means nothing is left out.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let letter = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            number => numbered(number),
        };
        plain.extend(letter);
        plain.push_str(rest);
    }
    plain
}

fn numbered(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_of_a_paragraph_are_one_text() {
        let xml = "<?xml version=\"1.0\"?><w:p><w:r><w:t>Ru</w:t></w:r><w:r><w:t xml:space=\"preserve\">st &amp; C&#x2b;&#43;</w:t>\
                   </w:r></w:p><w:p><w:t/>Not this<w:tbl>nor this</w:tbl><w:t>Kubernetes</w:t></w:p>";
        let found = words(xml);
        assert_eq!(
            found.split_whitespace().collect::<Vec<_>>(),
            ["Rust", "&", "C++", "Kubernetes"]
        );
        assert_eq!(words("no <tags"), "");
        assert_eq!(unescaped("a &bogus; &#xd800; &"), "a   ");
    }
}
