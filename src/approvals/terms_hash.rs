//! What approvals bind to.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Binary;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::digest::{hex, sha256};

/// SHA-256 over the canonical JSON (RFC 8785) of terms; on the wire `sha256:` and 64 hexadecimal
/// digits. A vote names the hash of the terms that the voter saw.
#[derive(Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct TermsHash([u8; 32]);

const SCHEME: &str = "sha256:";

impl TermsHash {
    /// The hash of a document.
    ///
    /// # Errors
    /// When the document has no canonical form, such as a number that is none.
    pub fn of(document: &impl Serialize) -> serde_json::Result<Self> {
        let canonical = serde_json_canonicalizer::to_vec(document)?;
        Ok(Self(sha256(&canonical)))
    }

    /// The hash with these bytes, for tests of what only compares hashes.
    #[cfg(test)]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for TermsHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEME)?;
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for TermsHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TermsHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "expected sha256: and 64 hexadecimal digits in lower case";
        let digits = text.strip_prefix(SCHEME).map(str::as_bytes).ok_or(WRONG)?;
        let (pairs, rest) = digits.as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(WRONG);
        }
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = (nibble(*high).ok_or(WRONG)? << 4) | nibble(*low).ok_or(WRONG)?;
        }
        Ok(Self(bytes))
    }
}

/// The value of a hexadecimal digit. Upper case is refused, so that a hash has one spelling.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl Serialize for TermsHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TermsHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<DB> ToSql<Binary, DB> for TermsHash
where
    DB: Backend,
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <[u8] as ToSql<Binary, DB>>::to_sql(self.0.as_slice(), out)
    }
}

impl<DB> FromSql<Binary, DB> for TermsHash
where
    DB: Backend,
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, DB>>::from_sql(value)?;
        let bytes =
            <[u8; 32]>::try_from(bytes).map_err(|_other_length| "a hash of terms has 32 bytes")?;
        Ok(Self(bytes))
    }
}

impl PartialSchema for TermsHash {
    fn schema() -> RefOr<Schema> {
        let example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("SHA-256 over the canonical JSON (RFC 8785) of the terms."))
            .pattern(Some("^sha256:[0-9a-f]{64}$"))
            .examples([serde_json::Value::String(example.to_owned())])
            .into()
    }
}

impl ToSchema for TermsHash {
    fn name() -> Cow<'static, str> {
        "TermsHash".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_survives_its_wire_form_and_has_one_spelling() {
        let hash = TermsHash::of(&serde_json::json!({ "a": 1 })).unwrap();
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(hash.to_string().to_uppercase().parse::<TermsHash>().is_err());
        assert!("sha256:00".parse::<TermsHash>().is_err());
        assert!(hash.to_string().replace("sha256", "sha512").parse::<TermsHash>().is_err());
    }

    #[test]
    fn the_order_of_members_does_not_change_a_hash() {
        let one: serde_json::Value = serde_json::from_str(r#"{"a":1,"b":"x"}"#).unwrap();
        let other: serde_json::Value = serde_json::from_str(r#"{"b":"x","a":1.0}"#).unwrap();
        assert_eq!(TermsHash::of(&one).unwrap(), TermsHash::of(&other).unwrap());
        // By sha256sum over {"a":1,"b":"x"}.
        let known = "sha256:ecf9e98ec0641e23113ff3ce8bdc78d0ddd249886517fd4a7f68cc83d4e65667";
        assert_eq!(TermsHash::of(&one).unwrap().to_string(), known);
    }
}
