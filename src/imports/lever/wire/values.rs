//! The small values that Lever's records are made of.

use crate::imports::lever::decode::is_technical;
use chrono::{DateTime, Utc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Last millisecond of the year 9999, the last that RFC 3339 can write.
const INSTANT_MILLIS_MAX: i64 = 253_402_300_799_999;

/// Most heads of one requisition, so that a slip of the keyboard does not make a million openings.
const HEADCOUNT_MAX: u32 = 10_000;

/// An id of Lever's: mostly a UUID, for built-in stages a word (`lead-new`). 1 to 64 ASCII letters,
/// digits and `_-.:`, so it may be shown. A reference expanded to an object gives the object's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeverId(String);

impl LeverId {
    /// The id as Lever writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id, or nothing if `text` cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        is_technical(text).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for LeverId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LeverId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;
        impl<'de> Visitor<'de> for IdVisitor {
            type Value = LeverId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id of at most 64 letters, digits, dots, hyphens and underscores")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<LeverId, E> {
                LeverId::parse(text)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Other("text"), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LeverId, A::Error> {
                #[derive(Deserialize)]
                struct Expanded {
                    id: LeverId,
                }
                Expanded::deserialize(MapAccessDeserializer::new(map)).map(|whole| whole.id)
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

/// Text that a person typed: never shown by `Debug`, never holding U+0000, which not every
/// database can keep. Not trimmed.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(String);

impl Text {
    /// Takes over a text of our own.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without white space around it, or nothing if nothing is left.
    pub fn trimmed(&self) -> Option<Self> {
        let text = self.0.trim();
        (!text.is_empty()).then(|| Self::new(text))
    }

    /// Hands the text out.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.contains('\0') {
            let found = serde::de::Unexpected::Other("text");
            return Err(D::Error::invalid_value(found, &"text without the character U+0000"));
        }
        Ok(Self(text))
    }
}

/// An instant, which Lever writes in whole milliseconds since 1970-01-01 UTC. From 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The instant, to the millisecond.
    pub const fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const EXPECTED: &str = "milliseconds since 1970-01-01 UTC, up to the year 9999";
        let millis = i64::deserialize(deserializer)?;
        (0..=INSTANT_MILLIS_MAX)
            .contains(&millis)
            .then(|| DateTime::from_timestamp_millis(millis))
            .flatten()
            .map(Self)
            .ok_or_else(|| {
                D::Error::invalid_value(serde::de::Unexpected::Signed(millis), &EXPECTED)
            })
    }
}

/// How many people a requisition may hire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headcount {
    /// As many as it takes.
    Unlimited,
    /// At most so many, 0 to 10,000.
    Limited(u32),
}

impl<'de> Deserialize<'de> for Headcount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeadcountVisitor;
        impl Visitor<'_> for HeadcountVisitor {
            type Value = Headcount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number up to {HEADCOUNT_MAX} or the word unlimited")
            }

            fn visit_u64<E: Error>(self, count: u64) -> Result<Headcount, E> {
                u32::try_from(count)
                    .ok()
                    .filter(|count| *count <= HEADCOUNT_MAX)
                    .map(Headcount::Limited)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(count), &self))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Headcount, E> {
                if word == "unlimited" {
                    return Ok(Headcount::Unlimited);
                }
                Err(E::invalid_value(serde::de::Unexpected::Other("text"), &self))
            }
        }
        deserializer.deserialize_any(HeadcountVisitor)
    }
}

/// Reads a list, taking null for an empty one.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::decode::decode;

    #[derive(Debug, Deserialize)]
    struct Sample {
        id: LeverId,
        note: Option<Text>,
        at: Option<Instant>,
        heads: Option<Headcount>,
        #[serde(default, deserialize_with = "list")]
        tags: Vec<Text>,
    }

    fn reason(json: &str) -> String {
        decode::<Sample>(json.as_bytes()).unwrap_err().reason
    }

    #[test]
    fn values_are_read_leniently() {
        let sample: Sample = decode(
            br#"{"id":{"id":"u-1","name":"Ada"},"note":null,"at":1564513832308,
                "heads":"unlimited","tags":null}"#,
        )
        .unwrap();
        assert_eq!(sample.id.as_str(), "u-1");
        assert_eq!(sample.note, None);
        assert_eq!(sample.at.unwrap().utc().to_rfc3339(), "2019-07-30T19:10:32.308+00:00");
        assert_eq!(sample.heads, Some(Headcount::Unlimited));
        assert!(sample.tags.is_empty());
    }

    #[test]
    fn values_out_of_range_are_refused_without_being_shown() {
        let instant = "at: expected milliseconds since 1970-01-01 UTC, up to the year 9999";
        assert_eq!(reason(r#"{"id":"u","at":-1}"#), format!("{instant}, found integer"));
        assert_eq!(
            reason(r#"{"id":"u","at":253402300800000}"#),
            format!("{instant}, found integer")
        );
        assert_eq!(
            reason(r#"{"id":"u","at":"2019"}"#),
            "at: expected a whole number, found string"
        );
        let heads = "heads: expected a whole number up to 10000 or the word unlimited";
        assert_eq!(reason(r#"{"id":"u","heads":10001}"#), format!("{heads}, found integer"));
        assert_eq!(reason(r#"{"id":"u","heads":"Ada"}"#), format!("{heads}, found text"));
        assert_eq!(
            reason(r#"{"id":"u","note":"a\u0000b"}"#),
            "note: expected text without the character U+0000, found text"
        );
        assert_eq!(
            reason(r#"{"id":"ada@example.com"}"#),
            "id: expected an id of at most 64 letters, digits, dots, hyphens and underscores, \
             found text"
        );
    }

    #[test]
    fn debug_never_shows_a_text() {
        let sample: Sample = decode(br#"{"id":"u","note":"Ada","tags":["Grace"]}"#).unwrap();
        let shown = format!("{sample:?}");
        assert!(!shown.contains("Ada") && !shown.contains("Grace"), "{shown}");
    }
}
