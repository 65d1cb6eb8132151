//! Everything that somebody is sent: every GET operation of the OpenAPI document with every id that
//! is known and every filter that takes one, and every mail.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::db::Conn;
use evenbar::db::schema::events;
use evenbar::db::types::Document;
use evenbar::ids::AnyId;
use evenbar::mail::Mail;
use serde_json::Value;

use super::document::{Values, operations};
use super::{Person, TestApp};

/// Answers by path and mails by Message-ID: status, headers and body as one text.
pub type Sent = BTreeMap<String, String>;

/// Everything that a person is sent.
pub async fn everything_sent_to(app: &TestApp, person: &Person, ids: &BTreeSet<String>) -> Sent {
    let mut sent = Sent::new();
    for (_, path) in paths(ids) {
        let answer = answer(app, person, &Method::GET, &path, (Value::Null, None)).await;
        sent.insert(path, answer);
    }
    let mails = app.mails.mails().into_iter().filter(|mail| mail.to.email == person.email);
    sent.extend(mails.map(|mail| (format!("mail {}", mail.message_id), mail_text(&mail))));
    sent
}

/// What a mail says, apart from whom it is to.
pub fn mail_text(mail: &Mail) -> String {
    let thread = mail.thread_root.clone().unwrap_or_default();
    let text = format!("{}\n{thread}\n{}\n", mail.subject, mail.sent_at);
    text + &without_secrets(&mail.text) + "\n" + &without_secrets(&mail.html)
}

/// Without the secrets of links, which are of the database that made them and say nothing else.
fn without_secrets(text: &str) -> String {
    let text = text.replace("&#x2f;", "/");
    let is_secret = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let without = |text: &str, begins: &str, parts_before: usize| {
        let mut parts = text.split(begins);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let kept: usize = part.split_inclusive('/').take(parts_before).map(str::len).sum();
            let (named, rest) = part.split_at(kept);
            text + begins + named + "…" + rest.trim_start_matches(is_secret)
        })
    };
    without(&without(&text, "/l/", 0), "/unsubscribe/", 2)
}

/// The answer to one request as one text: status, headers and body.
pub async fn answer(
    app: &TestApp,
    person: &Person,
    method: &Method,
    path: &str,
    (body, etag): (Value, Option<String>),
) -> String {
    let mut request = app
        .request(person, method.clone(), path)
        .insert_header(("X-Request-Id", "the-same-in-both"));
    if let Some(etag) = etag {
        request = request.insert_header(("If-Match", etag));
    }
    if !body.is_null() {
        request = request.set_json(body);
    }
    let reply = app.send(request).await;
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = without_place(&String::from_utf8_lossy(&reply.bytes));
    format!("{}\n{}\n{body}", reply.status, headers.concat())
}

/// A page of the event feed without its cursor: that is sealed, and another one each time.
pub fn without_place(page: &str) -> String {
    let Some((before, after)) = page.split_once("\"has_more\":") else { return page.to_owned() };
    match after.split_once("\"next_cursor\":\"") {
        Some((more, cursor)) if page.contains("\"position\":") || before == "{\"data\":[]," => {
            let (_, rest) = cursor.split_once('"').unwrap_or_default();
            format!("{before}\"has_more\":{more}\"next_cursor\":\"…\"{rest}")
        }
        _ => page.to_owned(),
    }
}

/// Compares what was sent in two histories, and says where it differs first.
#[track_caller]
pub fn assert_equal(person: &Person, one: &Sent, two: &Sent) {
    let (these, those): (Vec<_>, Vec<_>) = (one.keys().collect(), two.keys().collect());
    assert_eq!(these, those, "{} was sent other things", person.email);
    for (what, text) in one {
        assert_eq!(text, &two[what], "{} can tell the histories apart by {what}", person.email);
    }
}

/// The ids of everything that happened, and of whatever a person who sees everything finds.
pub async fn known_ids(app: &TestApp, outsider: &Person) -> BTreeSet<String> {
    app.db().seal().unwrap();
    let load = |conn: &mut Conn| {
        let rows: Vec<(String, AnyId, Document)> = events::table
            .select((events::subject_kind, events::subject_id, events::payload))
            .load(conn)?;
        Ok(rows)
    };
    let mut ids = BTreeSet::new();
    for (noun, id, payload) in app.db().read_here(load).unwrap() {
        ids.insert(id.shown_as(&noun));
        collect(&payload.0.to_string(), &mut ids);
    }
    // Twice: what the first walk finds leads to more.
    for _ in 0..2 {
        for text in everything_sent_to(app, outsider, &ids).await.values() {
            collect(text, &mut ids);
        }
    }
    ids
}

/// Adds every id that stands in a text.
pub fn collect(text: &str, ids: &mut BTreeSet<String>) {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_id = |word: &&str| word.rsplit_once('_').is_some_and(|(_, tail)| tail.len() == 26);
    ids.extend(words.filter(is_id).map(str::to_owned));
}

/// The paths to ask for, with every id and filter value that fits, each with the id of its operation.
pub fn paths(ids: &BTreeSet<String>) -> Vec<(String, String)> {
    let fitting = |prefix: &str| -> Vec<String> {
        let begins = format!("{prefix}_");
        let fits = |id: &&String| id.strip_prefix(&begins).is_some_and(|tail| tail.len() == 26);
        ids.iter().filter(fits).cloned().collect()
    };
    let mut paths = Vec::new();
    for operation in operations().into_iter().filter(|operation| operation.method == Method::GET) {
        let named = |path: String| (operation.id.clone(), path);
        let plain = match &operation.prefix {
            None => vec![operation.path.clone()],
            Some(prefix) => {
                fitting(prefix).iter().map(|id| operation.path.replace("{id}", id)).collect()
            }
        };
        for (name, values) in &operation.filters {
            let values = match values {
                Values::Ids(prefix) => fitting(prefix),
                Values::Words(words) => words.clone(),
            };
            for path in &plain {
                let filtered = values.iter().map(|value| format!("{path}?{name}={value}"));
                paths.extend(filtered.map(named));
            }
        }
        // Without what must be asked there is no answer to compare.
        let asked = |asks: &String| operation.filters.iter().any(|(name, _)| name == asks);
        if !operation.asks.as_ref().is_some_and(asked) {
            paths.extend(plain.into_iter().map(named));
        }
    }
    paths
}
