//! Cursor paging: `{data, has_more, next_cursor}` and `Link: rel="next"`.
//!
//! Lists are newest first, ordered by id. A cursor holds the last id and a hash of the filters; used
//! with other filters it is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::digest::sha256;
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::AnyId;

/// The largest page.
pub const LIMIT_MAX: i64 = 100;
/// The page size when none is asked for.
pub const LIMIT_DEFAULT: i64 = 20;

/// One page of a list, newest first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PageOf<T> {
    /// The rows of this page.
    pub data: Vec<T>,
    /// Whether there are more behind it.
    pub has_more: bool,
    /// What to send as `cursor` for the next page.
    pub next_cursor: Option<String>,
}

/// The part of a query that every list knows.
pub trait Paged {
    /// Asked-for page size.
    fn limit(&self) -> Option<i64>;
    /// The cursor of the previous page.
    fn cursor(&self) -> Option<&str>;
}

/// Gives the query of a list its paging; it has the fields `limit` and `cursor`.
#[macro_export]
macro_rules! paged {
    ($filter:ident) => {
        impl $crate::http::Paged for $filter {
            fn limit(&self) -> Option<i64> {
                self.limit
            }
            fn cursor(&self) -> Option<&str> {
                self.cursor.as_deref()
            }
        }
    };
}

/// What a store needs to load one page: it loads up to [`PageRequest::fetch`] rows.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    limit: i64,
    /// Rows below this id, if any.
    pub before: Option<AnyId>,
    filters: [u8; 8],
}

/// A loaded page before it is rendered.
#[derive(Debug)]
pub struct Page<T> {
    rows: Vec<(AnyId, T)>,
    looked_until: Option<AnyId>,
}

impl<T> Page<T> {
    /// Rows with their ids, newest first.
    pub fn new(rows: Vec<(AnyId, T)>) -> Self {
        Self { rows, looked_until: None }
    }

    /// The same of a list that looks through so much at once and no more: where it stopped, if there
    /// may be more behind.
    pub fn windowed(rows: Vec<(AnyId, T)>, looked_until: Option<AnyId>) -> Self {
        Self { rows, looked_until }
    }
}

impl PageRequest {
    /// Reads limit and cursor; `query` is the raw query string.
    ///
    /// # Errors
    /// `invalid` for a limit outside 1 to 100, `invalid_cursor`.
    pub fn read(paged: &impl Paged, query: &str) -> Result<Self> {
        let limit = Self::limit_of(paged)?;
        let filters = filter_hash(query);
        let before = paged.cursor().map(|cursor| decode(cursor, filters)).transpose()?;
        Ok(Self { limit, before, filters })
    }

    /// The page size that is asked for.
    ///
    /// # Errors
    /// `invalid` outside of 1 to 100.
    pub(super) fn limit_of(paged: &impl Paged) -> Result<i64> {
        let limit = paged.limit().unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        let detail = format!("Between 1 and {LIMIT_MAX}.");
        Err(Error::invalid_fields(vec![FieldError::query("limit", "range", detail)]))
    }

    /// How many rows to load: one more than shown, to know whether there are more.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// The page on the wire.
    pub fn render<T>(&self, page: Page<T>) -> PageOf<T> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        let overflows = page.rows.len() > limit;
        let mut rows = page.rows;
        rows.truncate(limit);
        let last = if overflows { rows.last().map(|(id, _)| *id) } else { page.looked_until };
        let (has_more, next_cursor) = (last.is_some(), last.map(|id| self.encode(id)));
        PageOf { data: rows.into_iter().map(|(_, row)| row).collect(), has_more, next_cursor }
    }

    fn encode(&self, id: AnyId) -> String {
        let mut bytes = self.filters.to_vec();
        bytes.extend_from_slice(id.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn decode(cursor: &str, filters: [u8; 8]) -> Result<AnyId> {
    let refused = || Error::new(Code::InvalidCursor, "Start again without a cursor.");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (hash, id) = bytes.split_at_checked(filters.len()).ok_or_else(refused)?;
    if hash != filters {
        return Err(refused());
    }
    Uuid::from_slice(id).map(AnyId).map_err(|_| refused())
}

/// The parameters that say which part of a list is shown and how, not what is in it.
const BESIDE_FILTERS: [&str; 4] = ["cursor", "limit", "fields", "expand"];

/// A hash of what a query says is in the list and in which order, independent of the order of parameters.
pub(super) fn filter_hash(query: &str) -> [u8; 8] {
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .filter(|(key, _)| !BESIDE_FILTERS.contains(&key.as_str()))
        .collect();
    pairs.sort();
    let mut hash = [0; 8];
    hash.copy_from_slice(sha256(format!("{pairs:?}").as_bytes()).split_at(8).0);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Query(Option<i64>, Option<String>);
    impl Paged for Query {
        fn limit(&self) -> Option<i64> {
            self.0
        }
        fn cursor(&self) -> Option<&str> {
            self.1.as_deref()
        }
    }

    #[test]
    fn a_cursor_works_for_the_same_filters_only() {
        let request =
            PageRequest::read(&Query(Some(1), None), "state=open&limit=1").expect("a page");
        let rows = (0..2).map(|n| (AnyId(Uuid::from_u128(n)), n)).collect();
        let page = request.render(Page::new(rows));
        assert!(page.has_more);
        let next = Query(Some(1), page.next_cursor);
        assert!(PageRequest::read(&next, "cursor=x&state=open").is_ok());
        assert!(PageRequest::read(&next, "cursor=x&state=closed").is_err());
    }

    #[test]
    fn a_limit_outside_its_range_is_refused() {
        assert!(PageRequest::read(&Query(Some(0), None), "").is_err());
        assert!(PageRequest::read(&Query(Some(101), None), "").is_err());
    }
}
