//! The words of a PDF.

use lopdf::Document;

use super::TEXT_MAX;

/// The words, page by page, as far as they are kept; none of a file that is encrypted or broken. A page that cannot be
/// read has none.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let document = Document::load_mem(bytes).ok()?;
    if document.is_encrypted() {
        return None;
    }
    let mut text = String::new();
    for page in document.get_pages().into_keys() {
        if let Ok(words) = document.extract_text(&[page]) {
            text.push_str(&words);
            text.push('\n');
        }
        if text.len() > TEXT_MAX {
            break;
        }
    }
    Some(text)
}
