//! From a delivery to a mail.

use serde::Serialize;

use super::offers::{self, OfferFacts};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::mail::template::{self, RenderError};
use crate::mail::{Address, Mail, MailKind};
use crate::organization::settings::store as settings;
use crate::outbox::{Cause, Delivery};
use crate::users::store as users;

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
    #[serde(flatten)]
    offer: OfferFacts,
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
    conn: &mut Conn,
    delivery: &Delivery,
    cause: &Cause,
    public_url: &str,
    now: Instant,
) -> Result<Option<Composed>> {
    let unknown = || Error::internal("an unknown kind of mail");
    let kind = MailKind::from_slug(&delivery.kind).ok_or_else(unknown)?;
    let offer = match kind {
        MailKind::ApprovalAsked => {
            offers::approval_asked(conn, cause.subject_id.typed(), delivery.recipient_id)?
        }
        MailKind::OfferApproved => offers::offer_approved(conn, cause.subject_id.typed())?,
        MailKind::InterviewAssigned
        | MailKind::ScorecardDue
        | MailKind::DebriefRevealed
        | MailKind::DecisionMade => None,
    };
    let recipient = users::find_active(conn, delivery.recipient_id)?;
    let (Some(offer), Some(recipient)) = (offer, recipient) else { return Ok(None) };
    let organization = settings::organization(conn)?;
    Ok(Some(Composed {
        kind,
        to: Address { name: recipient.name.clone(), email: recipient.email },
        message_id: format!("{}@evenbar.invalid", delivery.id),
        thread_root: None,
        sent_at: now,
        facts: Facts {
            recipient_name: recipient.name,
            link: format!("{public_url}{}", offer.path),
            organization_name: organization.map(|row| row.name).unwrap_or_default(),
            offer,
        },
    }))
}
