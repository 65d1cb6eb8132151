//! What every request of a test is held to.

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::db::Db;
use evenbar::db::schema::events;

use super::Reply;

/// How many events there are.
pub(super) fn count_events(db: &Db) -> i64 {
    // Nothing can be counted while a test has taken the database away.
    db.read_here(|conn| Ok(events::table.count().get_result(conn)?)).unwrap_or_default()
}

/// What changes something and leaves no event: a draft is its author's alone and is saved at every
/// pause; a renewed session is still the same session. This list only ever gets shorter.
const WITHOUT_EVENT: [(Method, &str); 2] =
    [(Method::PATCH, "/api/v1/scorecards/"), (Method::POST, "/api/v1/sessions/renewals")];

/// What is asked by a body and changes nothing.
const ASKED_BY_POST: &str = "/message-previews";

/// Whatever a test changes through the API leaves an event, unless the key of an earlier request
/// made the answer.
#[track_caller]
pub(super) fn assert_recorded(
    db: &Db,
    before: i64,
    (method, path): (&Method, &str),
    reply: &Reply,
) {
    let changed =
        (200..300).contains(&reply.status) && reply.header("idempotency-replayed").is_none();
    let exempt =
        WITHOUT_EVENT.iter().any(|(verb, begin)| verb == method && path.starts_with(begin));
    if changed && path.starts_with("/api/v1/") && path.ends_with(ASKED_BY_POST) {
        assert_eq!(count_events(db), before, "{method} {path} left an event");
    } else if changed && path.starts_with("/api/v1/") && !exempt {
        assert!(count_events(db) > before, "{method} {path} left no event");
    }
}

/// Every answer that a test sees is one that the document promises.
pub(super) fn assert_documented(method: &Method, path: &str, status: u16) {
    let documented = evenbar::http::openapi::statuses_of(method.as_str(), path);
    if let Some(documented) = documented {
        assert!(
            documented.contains(&status.to_string()),
            "{method} {path} answered {status}, undocumented"
        );
    }
}
