//! Mails about somebody's own sessions.

use serde_json::{Map, json};

use super::compose::Content;
use super::interviews::local;
use super::recipients::{Owed, at_once};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::SessionId;
use crate::mail::MailKind;
use crate::sessions::store;
use crate::users::store::User;

/// The mail of `session.reuse_detected`: to whoever the session was of. The service ended it.
pub(super) fn owed_for_reuse(conn: &mut Conn, id: SessionId) -> Result<Vec<Owed>> {
    let session = store::times_of(conn, id)?;
    Ok(at_once(MailKind::SessionReuse, session.map(|(user_id, ..)| user_id)))
}

/// What the mail `session_reuse` says.
pub(super) fn reused(conn: &mut Conn, reader: &User, id: SessionId) -> Result<Option<Content>> {
    let Some((user_id, began, Some(ended))) = store::times_of(conn, id)? else { return Ok(None) };
    if user_id != reader.id {
        return Ok(None);
    }
    let mut facts = Map::new();
    facts.insert("signed_in_at_local".to_owned(), json!(local(began, &reader.time_zone)));
    facts.insert("ended_at_local".to_owned(), json!(local(ended, &reader.time_zone)));
    Ok(Some(Content {
        path: "/account".to_owned(),
        application_id: None,
        capability: None,
        facts,
        calendar: None,
    }))
}
