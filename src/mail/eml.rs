//! Reads back the messages that `message.rs` writes; it is no general mail parser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::transport::StoredMail;
use super::{Address, MailKind};

/// The mail in these bytes, or none when they are not one of ours, whole.
pub(super) fn parse(bytes: &[u8]) -> Option<StoredMail> {
    let source = std::str::from_utf8(bytes).ok()?;
    let (head, body) = source.split_once("\r\n\r\n")?;
    let kind = header(head, "Content-Type")?;
    let mut parts = parts(&kind, body)?;
    // A file for the calendar stands beside the words.
    if kind.starts_with("multipart/mixed") {
        let (head, body) = parts.first()?.split_once("\r\n\r\n")?;
        parts = self::parts(&header(head, "Content-Type")?, body)?;
    }
    let mut parts = parts.into_iter();
    let sent_at = DateTime::parse_from_rfc2822(&header(head, "Date")?).ok()?;
    Some(StoredMail {
        message_id: header(head, "Message-ID")?,
        thread_root: header(head, "References"),
        to: address(&header(head, "To")?),
        subject: decode_words(&header(head, "Subject")?),
        text: part(parts.next()?)?,
        html: part(parts.next()?)?,
        kind: MailKind::from_slug(&header(head, "X-Evenbar-Kind")?)?,
        sent_at: sent_at.with_timezone(&Utc),
    })
}

/// The parts of a body of this type.
fn parts<'b>(kind: &str, body: &'b str) -> Option<Vec<&'b str>> {
    let (_, boundary) = kind.split_once("boundary=\"")?;
    let (boundary, _) = boundary.split_once('"')?;
    let (whole, _) = body.split_once(&format!("--{boundary}--"))?;
    Some(whole.split(format!("--{boundary}\r\n").as_str()).skip(1).collect())
}

/// The header's value with its folds taken out (RFC 5322 §2.2.3).
fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.split("\r\n");
    let start = lines.find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })?;
    let mut value = start.to_owned();
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push_str(line);
    }
    Some(value.trim().to_owned())
}

fn address(value: &str) -> Address {
    let Some((name, email)) = value.rsplit_once('<') else {
        return Address { name: String::new(), email: value.to_owned() };
    };
    let name = name.trim();
    let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => unquote(quoted),
        None => decode_words(name),
    };
    Address { name, email: email.trim_end_matches('>').to_owned() }
}

fn unquote(quoted: &str) -> String {
    let mut plain = String::with_capacity(quoted.len());
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        plain.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    plain
}

/// Encoded words (RFC 2047) as text; the space between two of them belongs to the encoding.
fn decode_words(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut after_encoded = false;
    for word in value.split_ascii_whitespace() {
        let decoded = decode_word(word);
        let inside_encoding = after_encoded && decoded.is_some();
        if !text.is_empty() && !inside_encoding {
            text.push(' ');
        }
        after_encoded = decoded.is_some();
        text.push_str(decoded.as_deref().unwrap_or(word));
    }
    text
}

fn decode_word(word: &str) -> Option<String> {
    let encoded = word.strip_prefix("=?utf-8?b?")?.strip_suffix("?=")?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

fn part(source: &str) -> Option<String> {
    let (_, body) = source.split_once("\r\n\r\n")?;
    // The break before a boundary belongs to the boundary (RFC 2046 §5.1.1).
    let body = body.strip_suffix("\r\n").unwrap_or(body);
    let decoded = String::from_utf8(decode_quoted_printable(body)?).ok()?;
    Some(decoded.replace("\r\n", "\n"))
}

fn decode_quoted_printable(body: &str) -> Option<Vec<u8>> {
    let joined = body.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Some(bytes)
}
