//! What must be delivered: rows written with the change, claimed by a lease, tried again with
//! back-off, and in the end sent, dropped or visibly dead.
//!
//! Table: `deliveries`. At least once: after a crash between the send and its commit the same mail
//! goes out again with the same Message-ID. Never sends from inside a database closure. Several mails
//! are handed over to a mail server at the same time, those to one reader in their order.

pub mod api;
mod chat;
mod commands;
mod store;
mod worker;

pub use chat::run_due as run_due_in_chat;
pub use store::{
    Cause, Delivery, NewDelivery, cause, collected, insert, may_have_arrived, told_of,
};
pub use worker::{Worker, run_due};

use std::fmt;

use crate::http::Operations;
use crate::ids::{CandidateId, UserId};
use crate::text_enum;

text_enum! {
    /// The life of a delivery.
    pub enum DeliveryState {
        /// Waits for its time, or for another try.
        Pending => "pending",
        /// Waits for its reader's digest, which takes it along.
        Collected => "collected",
        /// Handed over.
        Sent => "sent",
        /// No longer owed when its time came.
        Dropped => "dropped",
        /// Given up; somebody may put it back.
        Dead => "dead",
    }
}

text_enum! {
    /// By which way something is delivered.
    pub enum Channel {
        /// By a mail.
        Mail => "mail",
        /// By a notice in a chat.
        Chat => "chat",
    }
}

text_enum! {
    /// What somebody is whom a mail is for.
    pub enum RecipientKind {
        /// Somebody who works here, or for an agency.
        User => "user",
        /// A candidate.
        Candidate => "candidate",
    }
}

/// Whom a mail is for. Which address that is, is looked up when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// Somebody who works here, or for an agency.
    User(UserId),
    /// Somebody who applies here, at the first of their e-mail addresses.
    Candidate(CandidateId),
}

impl From<UserId> for Recipient {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

impl From<CandidateId> for Recipient {
    fn from(id: CandidateId) -> Self {
        Self::Candidate(id)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Candidate(id) => id.fmt(f),
        }
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_deliveries).service(api::get_delivery).service(api::retry_delivery);
}
