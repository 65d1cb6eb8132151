//! Turns the bytes of one record into a typed record, or into a reason that holds no value.
//!
//! serde's messages quote what they found, and what they found may be a person's name. So a
//! message is taken apart here and only its kind, the expected shape and the path are kept.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use std::fmt::Write as _;

/// Longest field name and id that is shown.
const NAME_BYTES_MAX: usize = 64;

/// Why one record could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Lines below the record's first line on which the trouble stands; 0 for the first itself.
    pub line_offset: u64,
    /// The record's own id, if the record was sound enough to tell.
    pub record_id: Option<String>,
    /// The reason in words.
    pub reason: String,
}

/// Decodes one record that stands alone in `bytes`.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize(&mut json) {
        Ok(record) => json.end().map(|()| record).map_err(|error| fault(text, &error, None)),
        Err(error) => Err(fault(text, error.inner(), Some(error.path()))),
    }
}

/// Whether `name` looks like a technical name or an id, so that it may be shown.
pub(super) fn is_technical(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(is_plain)
}

fn not_utf8(bytes: &[u8], valid_up_to: usize) -> Fault {
    let before = bytes.get(..valid_up_to).unwrap_or_default();
    Fault {
        line_offset: line_breaks(before),
        record_id: None,
        reason: format!("not valid UTF-8 at byte {} of the record", valid_up_to.saturating_add(1)),
    }
}

fn line_breaks(bytes: &[u8]) -> u64 {
    let count = bytes.split(|byte| *byte == b'\n').count().saturating_sub(1);
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn fault(text: &str, error: &serde_json::Error, path: Option<&Path>) -> Fault {
    let line_offset = u64::try_from(error.line().saturating_sub(1)).unwrap_or(u64::MAX);
    let (record_id, reason) = match error.classify() {
        Category::Eof => (None, "the record is cut off".to_owned()),
        // Reading from a text cannot fail as a disk does, so `Io` does not occur.
        Category::Syntax | Category::Io => {
            (None, format!("not valid JSON at column {}: {}", error.column(), without_place(error)))
        }
        Category::Data => (id_of(text), wrong_shape(error, path)),
    };
    Fault { line_offset, record_id, reason }
}

/// The record's own id, for a record that is sound JSON of an unexpected shape.
fn id_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: String,
    }
    let only_id: OnlyId = serde_json::from_str(text).ok()?;
    is_technical(&only_id.id).then_some(only_id.id)
}

/// The message without the place, which serde counts from the record's start.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => message,
    }
}

/// What was expected where, and of which kind the thing found is.
fn wrong_shape(error: &serde_json::Error, path: Option<&Path>) -> String {
    let message = without_place(error);
    let what = match message.rsplit_once(", expected ") {
        // Whatever serde quotes of the value begins with a quote or a backtick; the kind stands
        // before it, and what is expected is a text of our own code behind it.
        Some((found, expected)) => {
            let found = found.split(['"', '`']).next().unwrap_or_default();
            let kind = found.rsplit_once(": ").map_or(found, |(_, kind)| kind).trim();
            format!("expected {}, found {kind}", in_json_terms(expected))
        }
        // The name of a missing or doubled field is one of ours.
        None if message.starts_with("missing field `") => message,
        None if message.starts_with("duplicate field `") => message,
        None => "the value is not usable".to_owned(),
    };
    match path.map(shown_path) {
        Some(path) if !path.is_empty() => format!("{path}: {what}"),
        _ => what,
    }
}

/// What serde calls by its Rust name, in the words of JSON.
fn in_json_terms(expected: &str) -> &str {
    match expected {
        "i64" => "a whole number",
        "u32" | "u64" => "a whole number of 0 or more",
        "f64" => "a number",
        "a sequence" => "a list",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    }
}

/// The path in dots and brackets, from the record's root. A key that is no technical name might be
/// anything a person typed, so it is not shown.
fn shown_path(path: &Path) -> String {
    let mut shown = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => {
                // Writing into a String cannot fail.
                let _infallible = write!(shown, "[{index}]");
                continue;
            }
            Segment::Map { key } => key,
            Segment::Enum { variant } => variant,
            Segment::Unknown => continue,
        };
        if !shown.is_empty() {
            shown.push('.');
        }
        shown.push_str(if is_technical(name) { name } else { "(unusual key)" });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Person {
        id: String,
        at: Vec<Moment>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Moment {
        millis: u64,
    }

    fn check(bytes: &[u8], line_offset: u64, record_id: Option<&str>, reason: &str) {
        let expected = Fault {
            line_offset,
            record_id: record_id.map(str::to_owned),
            reason: reason.to_owned(),
        };
        assert_eq!(decode::<Person>(bytes), Err(expected));
    }

    #[test]
    fn a_sound_record_is_decoded() {
        let person = decode::<Person>(br#"{"id":"p-1","at":[{"millis":5}],"else":1}"#).unwrap();
        assert_eq!(person, Person { id: "p-1".to_owned(), at: vec![Moment { millis: 5 }] });
    }

    #[test]
    fn a_reason_names_the_place_and_never_the_value() {
        check(
            b"{\"id\":\"p-1\",\n\"at\":[{\"millis\":1},{\"millis\":\"Ada, expected Grace\"}]}",
            1,
            Some("p-1"),
            "at[1].millis: expected a whole number of 0 or more, found string",
        );
        check(
            br#"{"id":"p-1","at":[{"millis":-5}]}"#,
            0,
            Some("p-1"),
            "at[0].millis: expected a whole number of 0 or more, found integer",
        );
        check(
            br#"{"id":"ada@example.com","at":true}"#,
            0,
            None,
            "at: expected a list, found boolean",
        );
        check(br#"{"id":"p-1"}"#, 0, Some("p-1"), "missing field `at`");
        check(br#"{"id":"p-1","id":"p-2"}"#, 0, None, "duplicate field `id`");
        check(b"[1]", 0, None, "[0]: expected a string, found integer");
        check(b"null", 0, None, "expected an object, found null");
    }

    #[test]
    fn unsound_bytes_are_told_apart() {
        check(br#"{"id":"p-1","at":[{"mil"#, 0, None, "the record is cut off");
        check(b"", 0, None, "the record is cut off");
        check(br#"{"id":"p-1",,}"#, 0, None, "not valid JSON at column 13: key must be a string");
        check(
            br#"{"id":"p-1","at":[]} {}"#,
            0,
            None,
            "not valid JSON at column 22: trailing characters",
        );
        check(b"{\"id\":\n\"p\xFF\"}", 1, None, "not valid UTF-8 at byte 10 of the record");
    }
}
