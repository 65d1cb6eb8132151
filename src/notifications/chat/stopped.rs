//! The mail that notices no longer reach a chat.

use serde_json::{Map, Value};

use super::store;
use crate::db::Conn;
use crate::error::Result;
use crate::events::Event;
use crate::ids::ChatAddressId;
use crate::mail::MailKind;
use crate::notifications::compose::Content;
use crate::notifications::recipients::{Owed, at_once};
use crate::pages;
use crate::users::store::User;

/// The mail of `chat_address.failed`: to its owner.
pub(in crate::notifications) fn owed(event: &Event) -> Vec<Owed> {
    at_once(MailKind::ChatStopped, event.named("user_id"))
}

/// What the mail `chat_stopped` says; none when another address stands there by now.
pub(in crate::notifications) fn stopped(
    conn: &mut Conn,
    reader: &User,
    id: ChatAddressId,
) -> Result<Option<Content>> {
    let row = store::find(conn, id)?;
    let failed = row.filter(|row| row.failed_at.is_some() && row.user_id == reader.id);
    let content = |row: store::ChatAddress| {
        let mut facts = Map::new();
        facts.insert("chat_host".to_owned(), Value::String(row.host));
        let path = pages::ACCOUNT.to_owned();
        Content { path, application_id: None, capability: None, facts, calendar: None }
    };
    Ok(failed.map(content))
}
