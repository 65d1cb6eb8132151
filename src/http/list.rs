//! Lists in an order that the caller chooses: `sort`, and a cursor that holds the key of the last row and
//! its id, so that a page deep in a list costs what the first one costs.
//!
//! Each list names what it can be sorted by in an enum of its own. Without `sort` a list is newest first by
//! id; one whose time is bounded is sorted by that time, newest first, because that is where its rows are
//! found.

use std::borrow::Cow;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use uuid::Uuid;

use super::filters::{Row, Sparse};
use super::page::{PageOf, PageRequest, Paged, filter_hash};
use crate::clock::Instant;
use crate::error::{Code, Error, Result};
use crate::ids::AnyId;

/// What a list can be sorted by.
pub trait SortKey: Copy + PartialEq + Send + 'static {
    /// Every key.
    const KEYS: &'static [Self];

    /// The word for it in `sort`.
    fn word(self) -> &'static str;

    /// Whether rows are compared by text and not by time.
    fn is_text(self) -> bool;
}

/// What a list is sorted by, and in which direction: `created_at` or `-created_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<K> {
    /// By what.
    pub key: K,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl<K: SortKey> FromStr for Order<K> {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let found = K::KEYS.iter().find(|key| key.word() == word);
        found.map(|&key| Self { key, descending }).ok_or_else(|| {
            let words: Vec<&str> = K::KEYS.iter().map(|key| key.word()).collect();
            format!("sort by {}, with - before it for descending", words.join(", "))
        })
    }
}

impl<'de, K: SortKey> Deserialize<'de> for Order<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<K: SortKey> Order<K> {
    /// The words that it is one of.
    pub fn schema() -> RefOr<Schema> {
        let words = K::KEYS.iter().map(|key| key.word());
        let words: Vec<String> =
            words.flat_map(|word| [word.to_owned(), format!("-{word}")]).collect();
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
    }
}

/// Makes an enum the keys of a list: `sort_keys!(ApplicationSort { times: CreatedAt; texts: Name })`.
#[macro_export]
macro_rules! sort_keys {
    ($name:ident, texts: [$($text:ident),*]) => {
        impl $crate::http::SortKey for $name {
            const KEYS: &'static [Self] = Self::ALL;
            fn word(self) -> &'static str {
                self.as_str()
            }
            fn is_text(self) -> bool {
                let texts: &[Self] = &[$(Self::$text),*];
                texts.contains(&self)
            }
        }
    };
}

/// The query of a list that can be sorted.
pub trait Listed: Paged {
    /// What it can be sorted by.
    type Key: SortKey;

    /// The order that was asked for.
    fn sort(&self) -> Option<Order<Self::Key>>;

    /// The time that is bounded, if one is.
    fn bounded(&self) -> Option<Self::Key>;

    /// The order of the list; by id, newest first, where there is none.
    fn order(&self) -> Option<Order<Self::Key>> {
        let implied = || self.bounded().map(|key| Order { key, descending: true });
        self.sort().or_else(implied)
    }
}

/// What rows are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    /// Nothing but the id.
    Id,
    /// An instant.
    Time(Instant),
    /// A text.
    Text(String),
}

/// Where a row stands in its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is sorted by.
    pub value: SortValue,
    /// The id, which tells rows apart that are equal in it.
    pub id: AnyId,
}

/// A loaded page of a sorted list.
pub type SortedPage<T> = Vec<(Place, T)>;

/// What a store needs to load one page of a sorted list: up to [`SortedRequest::fetch`] rows.
#[derive(Debug, Clone)]
pub struct SortedRequest<K> {
    limit: i64,
    /// The order; by id, newest first, where there is none.
    pub order: Option<Order<K>>,
    /// Behind which row the page begins.
    pub after: Option<Place>,
    filters: [u8; 8],
}

impl<K: SortKey> SortedRequest<K> {
    /// Reads limit, order and cursor; `query` is the raw query string.
    ///
    /// # Errors
    /// `invalid` for a limit outside 1 to 100; `invalid_cursor` for a cursor of another list, order or
    /// filter.
    pub fn read(listed: &impl Listed<Key = K>, query: &str) -> Result<Self> {
        let limit = PageRequest::limit_of(listed)?;
        let (filters, order) = (filter_hash(query), listed.order());
        let after = listed.cursor().map(|cursor| decode(cursor, filters, order)).transpose()?;
        Ok(Self { limit, order, after, filters })
    }

    /// The first part of a whole list that is read in parts of so many rows.
    pub fn whole(order: Option<Order<K>>, limit: i64) -> Self {
        Self { limit: limit - 1, order, after: None, filters: [0; 8] }
    }

    /// The part of the same list behind a place.
    pub(super) fn behind(self, place: Place) -> Self {
        Self { after: Some(place), ..self }
    }

    /// How many rows to load: one more than shown, to know whether there are more.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// The id behind which the page begins, where the list is sorted by nothing else.
    pub fn before(&self) -> Option<AnyId> {
        self.after.as_ref().map(|place| place.id)
    }

    /// The instant and the id behind which the page begins.
    pub fn after_time(&self) -> Option<(Instant, AnyId)> {
        match &self.after {
            Some(Place { value: SortValue::Time(time), id }) => Some((*time, *id)),
            _ => None,
        }
    }

    /// The text and the id behind which the page begins.
    pub fn after_text(&self) -> Option<(&str, AnyId)> {
        match &self.after {
            Some(Place { value: SortValue::Text(text), id }) => Some((text.as_str(), *id)),
            _ => None,
        }
    }

    /// The page on the wire.
    pub fn render<T>(&self, mut rows: SortedPage<T>) -> PageOf<T> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| has_more);
        let next_cursor = last.map(|(place, _)| encode(self.filters, place));
        PageOf { data: rows.into_iter().map(|(_, row)| row).collect(), has_more, next_cursor }
    }

    /// The page on the wire with the wanted fields alone.
    pub(super) fn render_sparse<T: Row>(
        &self,
        rows: SortedPage<T>,
        sparse: &Sparse<T>,
    ) -> Result<PageOf<serde_json::Value>> {
        let page = self.render(rows);
        let data = page.data.iter().map(|row| sparse.of(row)).collect::<serde_json::Result<_>>();
        let data = data.map_err(Error::internal)?;
        Ok(PageOf { data, has_more: page.has_more, next_cursor: page.next_cursor })
    }
}

fn encode(filters: [u8; 8], place: &Place) -> String {
    let mut bytes = filters.to_vec();
    bytes.extend_from_slice(place.id.0.as_bytes());
    match &place.value {
        SortValue::Id => {}
        SortValue::Time(time) => bytes.extend_from_slice(&time.timestamp_micros().to_be_bytes()),
        SortValue::Text(text) => bytes.extend_from_slice(text.as_bytes()),
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode<K: SortKey>(cursor: &str, filters: [u8; 8], order: Option<Order<K>>) -> Result<Place> {
    let refused = || {
        let detail =
            "This cursor is of another list, filter or sort; start again without a cursor.";
        Error::new(Code::InvalidCursor, detail)
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (hash, rest) = bytes.split_at_checked(filters.len()).ok_or_else(refused)?;
    let (id, value) = rest.split_at_checked(16).ok_or_else(refused)?;
    if hash != filters {
        return Err(refused());
    }
    let id = Uuid::from_slice(id).map(AnyId).map_err(|_| refused())?;
    let value = match order {
        None if value.is_empty() => SortValue::Id,
        None => return Err(refused()),
        Some(order) if order.key.is_text() => {
            SortValue::Text(String::from_utf8(value.to_vec()).map_err(|_| refused())?)
        }
        Some(_) => {
            let micros = <[u8; 8]>::try_from(value).map_err(|_| refused())?;
            SortValue::Time(Instant::from_micros(i64::from_be_bytes(micros)))
        }
    };
    Ok(Place { value, id })
}

/// Sorts a boxed query by a column and the id, from behind a place on: `after` is the value of the column
/// and the id there, and `as_key` makes of the value what the column is compared with.
#[macro_export]
macro_rules! keyset {
    ($query:expr, ($column:expr, $id:expr), $descending:expr, $after:expr, $as_key:expr) => {{
        let (mut query, after, as_key) = ($query, $after, $as_key);
        if $descending {
            if let Some((key, id)) = after {
                let behind = $column.lt(as_key(key)).or($id.lt(id));
                query = query.filter($column.le(as_key(key)).and(behind));
            }
            query.order(($column.desc(), $id.desc()))
        } else {
            if let Some((key, id)) = after {
                let behind = $column.gt(as_key(key)).or($id.gt(id));
                query = query.filter($column.ge(as_key(key)).and(behind));
            }
            query.order(($column.asc(), $id.asc()))
        }
    }};
}

/// Filters a boxed query by a column that has one of these values; by none where there are none. One value
/// is compared by itself, because an index then gives the rows in their order.
#[macro_export]
macro_rules! any_of {
    ($query:expr, $column:expr, $values:expr) => {{
        let (query, values) = ($query, $values);
        match values.as_slice() {
            [] => query,
            [one] => query.filter($column.eq(*one)),
            many => query.filter($column.eq_any(many.to_vec())),
        }
    }};
}

/// Filters a boxed query by a column within a span of time.
#[macro_export]
macro_rules! within {
    ($query:expr, $column:expr, $span:expr) => {{
        let (mut query, span): (_, $crate::http::Span) = ($query, $span);
        if let Some(from) = span.from {
            query = query.filter($column.ge(from));
        }
        if let Some(until) = span.until {
            query = query.filter($column.lt(until));
        }
        query
    }};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_enum;

    text_enum! {
        /// Keys.
        pub enum Key {
            /// A time.
            CreatedAt => "created_at",
            /// A text.
            Name => "name",
        }
    }
    crate::sort_keys!(Key, texts: [Name]);

    struct Query(Option<String>, Option<Order<Key>>);
    impl Paged for Query {
        fn limit(&self) -> Option<i64> {
            Some(1)
        }
        fn cursor(&self) -> Option<&str> {
            self.0.as_deref()
        }
    }
    impl Listed for Query {
        type Key = Key;
        fn sort(&self) -> Option<Order<Key>> {
            self.1
        }
        fn bounded(&self) -> Option<Key> {
            None
        }
    }

    fn cursor_of(order: Option<Order<Key>>, query: &str, value: SortValue) -> String {
        let request = SortedRequest::read(&Query(None, order), query).expect("a request");
        let row = |n: u128| (Place { value: value.clone(), id: AnyId(Uuid::from_u128(n)) }, n);
        request.render(vec![row(1), row(2)]).next_cursor.expect("a cursor")
    }

    #[test]
    fn a_cursor_holds_where_the_page_ended() {
        let order: Order<Key> = "-name".parse().expect("an order");
        assert!(order.descending && order.key == Key::Name);
        let value = SortValue::Text("émile".to_owned());
        let cursor = cursor_of(Some(order), "sort=-name", value.clone());
        let next = Query(Some(cursor), Some(order));
        let request = SortedRequest::read(&next, "sort=-name&cursor=x&limit=1").expect("a request");
        assert_eq!(request.after, Some(Place { value, id: AnyId(Uuid::from_u128(1)) }));
    }

    #[test]
    fn a_cursor_of_another_order_or_filter_is_refused() {
        let order = |text: &str| Some(text.parse::<Order<Key>>().expect("an order"));
        let cursor = cursor_of(
            order("created_at"),
            "sort=created_at",
            SortValue::Time(Instant::from_micros(5)),
        );
        let read = |order, query: &str| {
            SortedRequest::read(&Query(Some(cursor.clone()), order), query).is_ok()
        };
        assert!(read(order("created_at"), "sort=created_at"));
        assert!(read(order("created_at"), "sort=created_at&fields=id&expand=job"));
        assert!(!read(order("created_at"), "sort=created_at&status=active"));
        assert!(!read(order("-created_at"), "sort=-created_at"));
        assert!(!read(None, ""));
        assert!("id".parse::<Order<Key>>().is_err());
    }
}
