//! What programs do that look into mails before people do: they follow every link, without signing in.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use evenbar::db::Conn;
use evenbar::mail::{Mail, MailKind};

use super::TestApp;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut Conn, query: String) -> Vec<String> {
    let lines: Vec<Line> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(query).load(conn).unwrap(),
        Conn::Pg(conn) => diesel::sql_query(query).load(conn).unwrap(),
    };
    lines.into_iter().map(|line| line.line).collect()
}

/// Every row of every table.
fn everything(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let load = |conn: &mut Conn| {
        let is_sqlite = matches!(conn, Conn::Sqlite(_));
        let tables = if is_sqlite {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table'"
        } else {
            "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'"
        };
        let mut found = BTreeMap::new();
        for table in lines(conn, tables.to_owned()) {
            let whole = if is_sqlite {
                let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                let columns = lines(conn, columns).into_iter();
                columns.map(|name| format!("quote(\"{name}\")")).collect::<Vec<_>>().join("||'|'||")
            } else {
                "whole::text".to_owned()
            };
            let rows = format!("SELECT {whole} AS line FROM \"{table}\" AS whole ORDER BY 1");
            let rows = lines(conn, rows);
            found.insert(table, rows);
        }
        Ok(found)
    };
    app.db().read_here(load).unwrap()
}

/// Follows every link of the mails of a kind and shows that it changes nothing. Those that lead elsewhere, such as
/// to a meeting, are not followed; a few mails to candidates have none.
///
/// # Panics
/// When there is no such mail, when a link is broken, asks to be kept or tells others of itself, and when
/// anything is another than before.
pub async fn follow(app: &TestApp, mails: &[Mail], kind: MailKind) {
    let before = everything(app);
    let mails: Vec<&Mail> = mails.iter().filter(|mail| mail.kind == kind).collect();
    assert!(!mails.is_empty(), "no mail of kind {kind:?}");
    for mail in mails {
        let text = format!("{} {}", mail.text, mail.html.replace("&#x2f;", "/"));
        let stop = mail.list_unsubscribe.as_deref();
        for link in text.split(['"', ' ', '\n', '<', '>']).chain(stop) {
            let Some(path) = link.strip_prefix("https://hire.example.com") else { continue };
            for method in [Method::HEAD, Method::GET, Method::GET] {
                let reply = app.send(TestRequest::with_uri(path).method(method)).await;
                // What only the API shows asks who it is.
                let asks = if path.starts_with("/api/v1/") { 401 } else { 303 };
                assert!([200, asks].contains(&reply.status), "{kind:?}: {path}: {}", reply.status);
                assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
                assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
            }
        }
    }
    assert_eq!(everything(app), before, "following the links of {kind:?} changed something");
}
