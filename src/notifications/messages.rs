//! The mail with what somebody wrote to a candidate.

use serde_json::{Map, json};

use super::compose::Content;
use super::recipients::Owed;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::MessageId;
use crate::mail::{Address, MailKind};
use crate::messages::{MessageState, paragraphs, store};
use crate::outbox::Recipient;
use crate::users;

/// The mail of a message that was written, at its time.
pub(super) fn owed(conn: &mut Conn, id: MessageId) -> Result<Vec<Owed>> {
    let kind = MailKind::CandidateMessage;
    let owed = store::find(conn, id)?.map(|row| Owed {
        kind,
        recipient: Recipient::Candidate(row.candidate_id),
        dedupe_key: Some(format!("{}:{id}", kind.slug())),
        run_at: row.send_at,
    });
    Ok(owed.into_iter().collect())
}

/// What the mail says: the words as they were written. None once it was called off. Whether it still holds is asked
/// when it is taken to be sent.
pub(super) fn written(conn: &mut Conn, id: MessageId) -> Result<Option<Content>> {
    let Some(row) = store::find(conn, id)? else { return Ok(None) };
    match row.state {
        MessageState::Scheduled | MessageState::Sending | MessageState::Failed => {}
        MessageState::Sent | MessageState::Cancelled | MessageState::Recorded => return Ok(None),
    }
    let mut facts = Map::new();
    facts.insert("paragraphs".to_owned(), json!(paragraphs(&row.body)));
    facts.insert("subject_line".to_owned(), json!(row.subject));
    facts.insert("language".to_owned(), json!(row.language.as_str()));
    let application_id = Some(row.application_id);
    Ok(Some(Content {
        path: String::new(),
        capability: None,
        application_id,
        facts,
        calendar: None,
    }))
}

/// Who gets the answer: the person who wrote it.
pub(super) fn reply_to(conn: &mut Conn, id: MessageId) -> Result<Option<Address>> {
    let Some(row) = store::find(conn, id)? else { return Ok(None) };
    let sender = users::store::find(conn, row.sender_id)?;
    Ok(sender.map(|user| Address { name: user.name, email: user.email }))
}
