//! What the filters of lists are made of: several values of a field, bounds of a time, and the fields that
//! are wanted. Every list takes them from here, so that all of them read, refuse and describe them alike.

use std::borrow::Cow;
use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema::AllOf};

use crate::clock::Instant;

/// The most values of one filter.
pub const VALUES_MAX: usize = 50;

/// Values of a filter, separated by commas: 1 to [`VALUES_MAX`] of them, any of which fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Many<T>(Vec<T>);

impl<T: Clone> Many<T> {
    /// The values of a filter; none where it is not asked for.
    pub fn of(given: Option<&Self>) -> Vec<T> {
        given.map(|many| many.0.clone()).unwrap_or_default()
    }
}

impl<T> FromStr for Many<T>
where
    T: FromStr + PartialEq,
    T::Err: Display,
{
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut values: Vec<T> = Vec::new();
        for part in text.split(',') {
            let value = part.trim().parse().map_err(|error: T::Err| error.to_string())?;
            if !values.contains(&value) {
                values.push(value);
            }
            if values.len() > VALUES_MAX {
                return Err(format!("at most {VALUES_MAX} values"));
            }
        }
        Ok(Self(values))
    }
}

impl<'de, T> Deserialize<'de> for Many<T>
where
    T: FromStr + PartialEq,
    T::Err: Display,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A span of time: from its begin on, and before its end. Either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The earliest instant, itself included.
    pub from: Option<Instant>,
    /// The instant before which it ends.
    pub until: Option<Instant>,
}

impl Span {
    /// From `gte` on and before `lt`.
    pub fn new(gte: Option<Instant>, lt: Option<Instant>) -> Self {
        Self { from: gte, until: lt }
    }

    /// Whether it bounds anything.
    pub fn is_bounded(self) -> bool {
        self.from.is_some() || self.until.is_some()
    }
}

/// A row of a list whose fields may be chosen from.
pub trait Row: Serialize {
    /// The names of its fields.
    fn names() -> Vec<String>;
}

/// The fields at the top of a schema, those of what it is put together from included.
pub fn names_in(schema: &RefOr<Schema>) -> Vec<String> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        RefOr::T(Schema::AllOf(AllOf { items, .. })) => items.iter().flat_map(names_in).collect(),
        RefOr::T(_) | RefOr::Ref(_) => Vec::new(),
    }
}

/// The fields that are wanted of each row, separated by commas. The id is always there, and so is what was
/// asked for by `expand`.
#[derive(Debug, Clone)]
pub struct Sparse<T> {
    wanted: Vec<String>,
    row: PhantomData<fn() -> T>,
}

impl<T: Row> Sparse<T> {
    /// A row with what is wanted of it. What is no field of its own, such as an expansion, stays.
    pub(super) fn of(&self, row: &T) -> serde_json::Result<Value> {
        let mut value = serde_json::to_value(row)?;
        if let Value::Object(fields) = &mut value {
            let own = T::names();
            fields.retain(|name, _| {
                name == "id" || self.wanted.contains(name) || !own.contains(name)
            });
        }
        Ok(value)
    }
}

impl<'de, T: Row> Deserialize<'de> for Sparse<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let known = T::names();
        let wanted: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        match wanted.iter().find(|name| !known.contains(name)) {
            None => Ok(Self { wanted, row: PhantomData }),
            Some(other) => {
                let other: String = other.chars().take(60).collect();
                let known = known.join(", ");
                Err(D::Error::custom(format!("{other:?} is no field; there are {known}")))
            }
        }
    }
}

impl<T: Row> Sparse<T> {
    /// The names that it holds.
    pub fn schema() -> RefOr<Schema> {
        let names = T::names();
        let count = names.len();
        let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        ArrayBuilder::new().items(name).min_items(Some(1)).max_items(Some(count)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_separated_by_commas_and_bounded() {
        let read = |text: &str| text.parse::<Many<u16>>();
        assert_eq!(read("1, 2,1"), Ok(Many(vec![1, 2])));
        assert!(read("").is_err());
        assert!(read("1,,2").is_err());
        let many = |count: u16| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(read(&many(50)).map(|many| many.0.len()), Ok(50));
        assert_eq!(read(&many(51)), Err("at most 50 values".to_owned()));
    }
}
