//! Mail to candidates: what people write to them, from a template or in words of their own.
//!
//! Table: `candidate_messages`. A message is written once and never changes: what its writer saw in the preview
//! is what goes out, or nothing does. Until it is on its way it can be called off; when its time comes it is
//! asked again whether it still holds (the application stands where the purpose says, the interview has the same
//! time, the sender may still write), and what does not hold is called off by itself, with the reason. Mails that
//! went by another way are recorded beside them and never sent.
//!
//! What is written tells how things stand, so whoever owes a scorecard for the application reads none but their
//! own, and no event of a message is in their feed.

pub mod api;
mod built_in;
pub(crate) mod commands;
mod facts;
mod language;
mod letter;
mod merge;
mod schedule;
pub(crate) mod store;
pub mod templates;

pub use api::RejectionMessage;
pub use commands::{Outcome, Taken, settle, take, write_with_rejection};
pub use language::Language;
pub use letter::paragraphs;
pub use merge::MergeField;
pub use schedule::{SendAt, ZoneOf};

use crate::applications::ApplicationStatus;
use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// What a message is for.
    pub enum MessagePurpose {
        /// The application came in.
        Received => "received",
        /// It goes on in another stage.
        MovedOn => "moved_on",
        /// It does not go on.
        Rejected => "rejected",
        /// When the candidate could come is asked.
        Availability => "availability",
        /// When and where an interview is.
        InterviewDetails => "interview_details",
        /// Anything else.
        Update => "update",
    }
}

impl MessagePurpose {
    /// Whether a message for it fits an application that stands so.
    pub const fn fits(self, status: ApplicationStatus) -> bool {
        match self {
            Self::Received | Self::MovedOn | Self::Availability | Self::InterviewDetails => {
                matches!(status, ApplicationStatus::Active)
            }
            Self::Rejected => matches!(status, ApplicationStatus::Rejected),
            Self::Update => true,
        }
    }
}

text_enum! {
    /// The life of a message.
    pub enum MessageState {
        /// It goes out at its time; until then it can be called off.
        Scheduled => "scheduled",
        /// It is being handed over.
        Sending => "sending",
        /// The mail server took it.
        Sent => "sent",
        /// It was called off.
        Cancelled => "cancelled",
        /// The mail server did not take it.
        Failed => "failed",
        /// It went by another way.
        Recorded => "recorded",
    }
}

text_enum! {
    /// Who wrote to whom.
    pub enum MessageDirection {
        /// To the candidate.
        Outgoing => "outgoing",
        /// From the candidate.
        Incoming => "incoming",
    }
}

text_enum! {
    /// Why a message was not sent.
    pub enum MessageEnd {
        /// Somebody called it off.
        CalledOff => "called_off",
        /// The application stands elsewhere than when it was written.
        ApplicationChanged => "application_changed",
        /// The interview that it tells of is off or has another time.
        InterviewChanged => "interview_changed",
        /// The candidate has no e-mail address any more.
        NoAddress => "no_address",
        /// Whoever sent it may not write to the candidate any more.
        SenderMayNot => "sender_may_not",
        /// The mail server takes no mail to the address.
        AddressRefused => "address_refused",
        /// The mail server did not take this mail.
        NotTaken => "not_taken",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    templates::routes(cfg);
    cfg.service(api::create_message)
        .service(api::create_message_preview)
        .service(api::list_application_messages)
        .service(api::list_candidate_messages)
        .service(api::get_message)
        .service(api::cancel_message);
}
