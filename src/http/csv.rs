//! Whole lists as CSV (RFC 4180), streamed in parts: each part is a short read of its own that begins where
//! the one before ended and asks again who reads, so that memory is bounded and whoever is demoted meanwhile
//! gets no more of it.
//!
//! A row is as it stands when its part is read. What comes in meanwhile is missing from a list that is newest
//! first, and a row whose key of sorting changes may come twice or not at all.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::context::Ctx;
use super::list::{Order, SortKey, SortedPage, SortedRequest};
use crate::access::Actor;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};

/// How many rows are in memory at once.
const CHUNK: i64 = 500;

/// What begins a formula to a spreadsheet.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// The parameters of a list that say which part of it is shown and how; an export is the whole.
const PARTS: [&str; 4] = ["cursor", "expand", "fields", "limit"];

/// A row of a table.
pub trait CsvRow {
    /// The names of the columns.
    const HEADER: &'static [&'static str];

    /// The cells, one for each column.
    fn cells(&self) -> Vec<String>;
}

/// A cell as it is written: what a spreadsheet would take for a formula begins with an apostrophe, and what
/// holds a separator is quoted.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    let text = format!("{guard}{text}");
    if text.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

fn lines<T: CsvRow>(rows: &[T]) -> String {
    let written = |row: &T| {
        let cells = row.cells();
        line(&cells.iter().map(String::as_str).collect::<Vec<_>>())
    };
    rows.iter().map(written).collect()
}

impl Ctx {
    /// Refuses the parameters of a list that mean nothing to the whole of it.
    ///
    /// # Errors
    /// `invalid`, which names them.
    pub fn require_whole(&self) -> Result<()> {
        let given = url::form_urlencoded::parse(self.query.as_bytes());
        let parts = given.filter_map(|(key, _)| PARTS.into_iter().find(|part| *part == key));
        let refused =
            |part| FieldError::query(part, "unknown_field", "An export is the whole list.");
        let refused: Vec<FieldError> = parts.map(refused).collect();
        if refused.is_empty() { Ok(()) } else { Err(Error::invalid_fields(refused)) }
    }

    /// Streams a whole list, in the order that was asked for, as a file. What fails before the first part is
    /// answered as a problem; whatever fails later tears the answer.
    pub async fn csv<T, K, F>(
        self,
        name: &str,
        order: Option<Order<K>>,
        load: F,
    ) -> Result<HttpResponse>
    where
        T: CsvRow + Send + 'static,
        K: SortKey,
        F: Fn(&mut Conn, &Actor, &SortedRequest<K>) -> Result<SortedPage<T>>
            + Clone
            + Send
            + 'static,
    {
        let first = SortedRequest::whole(order, CHUNK);
        let (begin, next) = part(&self, first, load.clone()).await?;
        let begin = format!("{}{begin}", line(T::HEADER));
        let rest = stream::try_unfold((self, next, load), |(ctx, next, load)| async move {
            let Some(request) = next else { return Ok(None) };
            let (lines, next) = part(&ctx, request, load.clone()).await?;
            Ok(Some((Bytes::from(lines), (ctx, next, load))))
        });
        let rest = rest.inspect_err(|error: &Error| {
            tracing::warn!(problem.code = error.code.as_str(), "An export of a list was torn.");
        });
        let begin = stream::once(std::future::ready(Ok(Bytes::from(begin))));
        Ok(HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8; header=present")
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")))
            .streaming(begin.chain(rest)))
    }
}

/// One part, and what asks for the next one if this one was full.
async fn part<T, K, F>(
    ctx: &Ctx,
    request: SortedRequest<K>,
    load: F,
) -> Result<(String, Option<SortedRequest<K>>)>
where
    T: CsvRow + Send + 'static,
    K: SortKey,
    F: Fn(&mut Conn, &Actor, &SortedRequest<K>) -> Result<SortedPage<T>> + Send + 'static,
{
    let asked = request.clone();
    let rows = ctx.read(move |conn, actor| load(conn, actor, &asked)).await?;
    let is_full = usize::try_from(CHUNK).is_ok_and(|full| rows.len() >= full);
    let (places, rows): (Vec<_>, Vec<T>) = rows.into_iter().unzip();
    let last = places.into_iter().next_back().filter(|_| is_full);
    Ok((lines(&rows), last.map(|place| request.behind(place))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_no_separator() {
        for formula in ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("=\"a\",b"), "\"'=\"\"a\"\",b\"");
        assert_eq!(cell("\r=1"), "\"'\r=1\"");
        assert_eq!(cell("Ada, Lovelace"), "\"Ada, Lovelace\"");
        assert_eq!(cell("Zoë 3-2"), "Zoë 3-2");
        assert_eq!(line(&["a", "", "b"]), "a,,b\r\n");
    }
}
