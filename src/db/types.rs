//! Three SQL types of our own that are native on each side, and text enums.
//!
//! | type | SQLite | PostgreSQL | Rust |
//! |---|---|---|---|
//! | [`DbUuid`] | 16-byte `BLOB` | `uuid` | [`Id`], [`AnyId`] |
//! | [`DbTs`] | `INTEGER` microseconds since 1970 | `timestamptz` | [`Instant`] |
//! | [`DbJson`] | JSON `TEXT` | `jsonb` | [`Document`] |

use std::io::Write;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromStaticSqlRow, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, HasSqlType, Nullable, SqlType};
use diesel::sqlite::Sqlite;
use serde_json::Value;
use uuid::Uuid;

use super::{MultiBackend, MultiRawValue};
use crate::clock::Instant;
use crate::ids::{AnyId, Id, Kind};

diesel::define_sql_function! {
    /// A text in lower case: what names and titles are sorted by.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// A 128-bit id.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct DbUuid;

/// An instant with microseconds.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct DbTs;

/// A JSON document.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct DbJson;

/// A JSON document in a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document(pub Value);

impl Document {
    /// The document of a value.
    ///
    /// # Errors
    /// `internal` when the value has no JSON form.
    pub fn of(value: &impl serde::Serialize) -> crate::error::Result<Self> {
        serde_json::to_value(value).map(Self).map_err(crate::error::Error::internal)
    }

    /// An empty object.
    pub fn empty() -> Self {
        Self(Value::Object(serde_json::Map::new()))
    }

    /// Whether erasure emptied it.
    pub fn is_erased(&self) -> bool {
        self.0.as_object().is_some_and(serde_json::Map::is_empty)
    }

    /// The value of the document; none once erasure emptied it.
    ///
    /// # Errors
    /// `internal` when the stored document is of another shape.
    pub fn read_kept<T: serde::de::DeserializeOwned>(&self) -> crate::error::Result<Option<T>> {
        if self.is_erased() { Ok(None) } else { self.read().map(Some) }
    }

    /// The value of the document.
    ///
    /// # Errors
    /// `internal` when the stored document is of another shape.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> crate::error::Result<T> {
        T::deserialize(&self.0).map_err(crate::error::Error::internal)
    }
}

impl diesel::sql_types::SqlOrd for DbUuid {}
impl diesel::sql_types::SqlOrd for DbTs {}

/// What the derives would write for a type of ours, for types that are not ours or generic.
macro_rules! column_value {
    ($sql:ident, $rust:ty $(, $kind:ident)?) => {
        impl$(<$kind: Kind>)? AsExpression<$sql> for $rust {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl$(<$kind: Kind>)? AsExpression<$sql> for &$rust {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl$(<$kind: Kind>)? AsExpression<Nullable<$sql>> for $rust {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl$(<$kind: Kind>)? AsExpression<Nullable<$sql>> for &$rust {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<$($kind: Kind,)? DB> ToSql<Nullable<$sql>, DB> for $rust
        where
            DB: Backend,
            Self: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }
        impl<$($kind: Kind,)? DB> Queryable<$sql, DB> for $rust
        where
            DB: Backend,
            Self: FromStaticSqlRow<$sql, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
        impl$(<$kind: Kind>)? ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
        impl$(<$kind: Kind>)? FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
    };
}
column_value!(DbUuid, Id<K>, K);
column_value!(DbUuid, AnyId);
column_value!(DbTs, Instant);
column_value!(DbJson, Document);

macro_rules! known_to_both {
    ($($sql:ident),*) => { $(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }
    )* };
}
known_to_both!(DbUuid, DbTs, DbJson);

type SqliteRaw<'a> = <Sqlite as Backend>::RawValue<'a>;

impl<K: Kind> ToSql<DbUuid, Pg> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.uuid().as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<K: Kind> ToSql<DbUuid, Sqlite> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.uuid().as_bytes().to_vec());
        Ok(IsNull::No)
    }
}
impl<K: Kind> FromSql<DbUuid, Pg> for Id<K> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.as_bytes())?))
    }
}
impl<K: Kind> FromSql<DbUuid, Sqlite> for Id<K> {
    fn from_sql(mut value: SqliteRaw<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.read_blob())?))
    }
}

impl ToSql<DbUuid, Pg> for AnyId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl ToSql<DbUuid, Sqlite> for AnyId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().to_vec());
        Ok(IsNull::No)
    }
}
impl FromSql<DbUuid, Pg> for AnyId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}
impl FromSql<DbUuid, Sqlite> for AnyId {
    fn from_sql(mut value: SqliteRaw<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

/// PostgreSQL counts microseconds from 2000-01-01; this is that day in Unix microseconds.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl ToSql<DbTs, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.timestamp_micros() - POSTGRES_EPOCH_MICROS;
        ToSql::<BigInt, Pg>::to_sql(&micros, &mut out.reborrow())
    }
}
impl ToSql<DbTs, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.timestamp_micros());
        Ok(IsNull::No)
    }
}
impl FromSql<DbTs, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        Ok(Instant::from_micros(micros.saturating_add(POSTGRES_EPOCH_MICROS)))
    }
}
impl FromSql<DbTs, Sqlite> for Instant {
    fn from_sql(mut value: SqliteRaw<'_>) -> deserialize::Result<Self> {
        Ok(Instant::from_micros(value.read_long()))
    }
}

/// The only version of the binary form of `jsonb`.
const JSONB_VERSION: u8 = 1;

impl ToSql<DbJson, Pg> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}
impl ToSql<DbJson, Sqlite> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
impl FromSql<DbJson, Pg> for Document {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((&JSONB_VERSION, json)) => Ok(Self(serde_json::from_slice(json)?)),
            Some(_) | None => Err("unknown jsonb version".into()),
        }
    }
}
impl FromSql<DbJson, Sqlite> for Document {
    fn from_sql(mut value: SqliteRaw<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(value.read_text())?))
    }
}

/// Declares an enum that is one word in Rust, JSON, OpenAPI and SQL (`Text`).
///
/// ```text
/// text_enum! {
///     /// The life of a job.
///     pub enum JobState { Draft => "draft", Open => "open" }
/// }
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident => $text:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it, the same in JSON and SQL.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($text => Ok(Self::$variant),)+ other => Err(format!("unknown value {other:?}")) }
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.as_str(), out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value)?;
                Ok(text.parse::<Self>()?)
            }
        }
    };
}
