//! Notices in a chat: that there is something to do, and nothing of what it is about.
//!
//! Table: `chat_addresses`. A person has one such address, an incoming webhook of a chat (as Slack made them)
//! or of a program of theirs (Standard Webhooks). Who is told of what is decided as for mails; each notice is
//! a delivery of its own beside the mail.
//!
//! Invariants:
//! * A notice names no candidate, job, phase, rating or outcome, and holds no secret: its link leads to a page
//!   behind the sign-in. Whoever reads along in a channel learns that somebody has something to do.
//! * The address is a secret: it is sealed under the key of this deployment, shown as a host and its last four
//!   characters, and stands in no event and no log. What signs notices is derived and stored nowhere.
//! * It is asked by [`crate::outbound`]'s guarded client alone, by the worker and never in a request.
//! * An address that is gone, or took nothing for two days, is marked, its owner is told by a mail, and
//!   nothing is sent there until they name one anew.

pub mod api;
mod commands;
mod model;
mod stopped;
pub(crate) mod store;

pub use commands::{end, mark};
pub use model::{Notice, signature, signing_secret};
pub(super) use stopped::{owed, stopped};

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// How a notice is written.
    pub enum ChatFormat {
        /// As incoming webhooks of Slack take it, and of chats that follow it.
        Slack => "slack",
        /// By the Standard Webhooks, signed.
        Generic => "generic",
    }
}

text_enum! {
    /// Why nothing is sent to a chat any more.
    pub enum ChatFailure {
        /// The server says that there is no such address, or that it is not for us.
        Gone => "gone",
        /// The address leads to where nobody is asked.
        RefusedAddress => "refused_address",
        /// The server took nothing for two days.
        Undeliverable => "undeliverable",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::get_my_chat_address)
        .service(api::set_my_chat_address)
        .service(api::remove_my_chat_address);
}
