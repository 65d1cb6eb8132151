//! From a delivery to a mail.

use serde::Serialize;

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::mail::template::{self, RenderError};
use crate::mail::{Address, Mail, MailKind};
use crate::outbox::{Cause, Delivery};

/// A mail whose facts are loaded and whose text is not yet rendered.
#[derive(Debug)]
pub struct Composed {
    kind: MailKind,
    to: Address,
    message_id: String,
    thread_root: Option<String>,
    sent_at: Instant,
    facts: Facts,
}

#[derive(Debug, Serialize)]
struct Facts {
    recipient_name: String,
    link: String,
    organization_name: String,
}

impl Composed {
    /// Renders the mail.
    ///
    /// # Errors
    /// A template that lacks a fact: a bug.
    pub fn render(&self) -> std::result::Result<Mail, RenderError> {
        let rendered = template::render(self.kind, &self.facts)?;
        Ok(Mail {
            message_id: self.message_id.clone(),
            thread_root: self.thread_root.clone(),
            to: self.to.clone(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            list_unsubscribe: None,
            kind: self.kind,
            sent_at: self.sent_at.utc(),
        })
    }
}

/// The mail of a delivery, or none when it is no longer owed.
pub fn compose(
    _conn: &mut Conn,
    delivery: &Delivery,
    _cause: &Cause,
    _public_url: &str,
    _now: Instant,
) -> Result<Option<Composed>> {
    MailKind::from_slug(&delivery.kind)
        .ok_or_else(|| Error::internal("an unknown kind of mail"))?;
    Ok(None)
}
