//! Which undeclared fields of a record say something.

use crate::imports::lever::decode::is_technical;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Most names of fields without a home kept for one record.
const EXTRA_NAMES_MAX: usize = 100;

/// The names of the fields that a record holds beyond the declared ones and that say something:
/// not null, false, blank, nor made only of such. At most 100 names, in the record's order; a name
/// that is not technical is shown as `(unusual name)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra(Vec<String>);

impl Extra {
    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExtraVisitor;
        impl<'de> Visitor<'de> for ExtraVisitor {
            type Value = Extra;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("further fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extra, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Speaks(speaks) = map.next_value()?;
                    if speaks && names.len() < EXTRA_NAMES_MAX {
                        names.push(if is_technical(&name) {
                            name
                        } else {
                            "(unusual name)".to_owned()
                        });
                    }
                }
                Ok(Extra(names))
            }
        }
        deserializer.deserialize_map(ExtraVisitor)
    }
}

/// Whether a value says something. The value itself is not kept.
struct Speaks(bool);

impl<'de> Deserialize<'de> for Speaks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpeaksVisitor;
        impl<'de> Visitor<'de> for SpeaksVisitor {
            type Value = Speaks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_unit<E: Error>(self) -> Result<Speaks, E> {
                Ok(Speaks(false))
            }

            fn visit_none<E: Error>(self) -> Result<Speaks, E> {
                Ok(Speaks(false))
            }

            fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<Speaks, D::Error> {
                Speaks::deserialize(value)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Speaks, E> {
                Ok(Speaks(value))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Speaks, E> {
                Ok(Speaks(true))
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Speaks, E> {
                Ok(Speaks(true))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Speaks, E> {
                Ok(Speaks(true))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Speaks, E> {
                Ok(Speaks(!value.trim().is_empty()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Speaks, A::Error> {
                let mut speaks = false;
                while let Some(Speaks(one)) = list.next_element()? {
                    speaks |= one;
                }
                Ok(Speaks(speaks))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Speaks, A::Error> {
                let mut speaks = false;
                while let Some((IgnoredAny, Speaks(one))) = map.next_entry()? {
                    speaks |= one;
                }
                Ok(Speaks(speaks))
            }
        }
        deserializer.deserialize_any(SpeaksVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::decode::decode;

    #[derive(Debug, Deserialize)]
    struct Sample {
        id: String,
        #[serde(flatten)]
        extra: Extra,
    }

    #[test]
    fn only_fields_that_say_something_are_named() {
        let sample: Sample = decode(
            br#"{"id":"u","a":null,"b":false,"c":" ","d":[],"e":{"f":[null,""]},"g":0,
                "h":[{"i":true}],"j":1.5,"Ada Lovelace":"x"}"#,
        )
        .unwrap();
        assert_eq!(sample.id, "u");
        assert_eq!(sample.extra.names().collect::<Vec<_>>(), ["g", "h", "j", "(unusual name)"]);
    }

    #[test]
    fn a_field_that_is_too_deep_is_refused() {
        let deep = format!(r#"{{"id":"u","x":{}{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
        let fault = decode::<Sample>(deep.as_bytes()).unwrap_err();
        assert!(fault.reason.ends_with("recursion limit exceeded"), "{}", fault.reason);
    }
}
