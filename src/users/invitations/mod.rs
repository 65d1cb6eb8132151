//! Invitations: how people join.
//!
//! Table: `invitations`. Inviting makes the user, in the state `invited`, and a mail with a link
//! ([`crate::capabilities`]); whoever opens it chooses name, password, time zone and language and is
//! signed in. Until then they do not sign in and nothing can be asked of them.
//!
//! Invariants: an account is invited once, and is `invited` exactly while its invitation is pending;
//! sending again makes another link and ends the one before.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

use crate::text_enum;

text_enum! {
    /// The life of an invitation: pending → accepted, or pending → withdrawn.
    pub enum InvitationState {
        /// The person joined.
        Accepted => "accepted",
        /// The person has not joined yet; the link may have expired and be sent again.
        Pending => "pending",
        /// Taken back.
        Withdrawn => "withdrawn",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_invitation)
        .service(api::list_invitations)
        .service(api::get_invitation)
        .service(api::resend_invitation)
        .service(api::withdraw_invitation);
}
