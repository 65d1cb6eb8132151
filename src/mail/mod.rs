//! Mails: what one is, how it is written, and how it leaves the house.
//!
//! Owns the words of every mail (`templates/<slug>/`), the MIME message made of them, and the three
//! ways out: an SMTP server, a folder of `.eml` files, and memory for tests. It does not decide who
//! gets a mail or when; `notifications/` and `outbox/` do, and they call this from a worker thread,
//! because sending blocks.
//!
//! Invariants:
//! * The same [`Mail`] always becomes the same bytes: nothing in the message is random or read from
//!   a clock, so a retry cannot be told from the first attempt and receivers can drop the second by
//!   its Message-ID.
//! * No value from outside can start a new line, neither in a header nor in the text.
//! * Connections are encrypted and verified unless the mail server is on this very machine.
//!
//! It must never put a rating, a recommendation, an outcome, a pay figure or a secret into a mail:
//! the mail says whose move it is, and the link shows the rest to whoever may see it. Only a message that
//! somebody wrote to a candidate says what its writer says. The secret of a
//! link that acts is the one exception: it opens one thing, once, for a while. Templates can
//! print only the variables listed in [`template`], and a test holds them to that list.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::calendars::Invitation;

mod eml;
pub mod folder;
mod line;
pub mod memory;
mod message;
pub mod samples;
pub mod smtp;
pub mod template;
pub mod transport;

#[cfg(test)]
mod tests;

/// Somebody's mailbox, with the name that is shown beside it.
///
/// `email` is checked when a message is made of it; an address that cannot be one is a permanent
/// failure then.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// May be empty; then only the address is shown.
    pub name: String,
    /// `local@domain`; a domain in another script is sent in its ASCII form.
    pub email: String,
}

/// Logs must not hold names and addresses, so neither may anything that is printed by accident.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// One mail to one person, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Made from the delivery's id, so that every retry carries the same one; `local@domain`, with
    /// or without angle brackets (RFC 5322 §3.6.4).
    pub message_id: String,
    /// Message id of the root of the application's thread, whether or not that mail was ever sent:
    /// mail programs group by it all the same.
    pub thread_root: Option<String>,
    /// The one recipient.
    pub to: Address,
    /// Who gets the answer, where a person wrote it; else answers go where it comes from.
    pub reply_to: Option<Address>,
    /// One line; anything that would break it is taken out.
    pub subject: String,
    /// The plain part, which everybody can read.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// Address that stops mails of this kind by one POST without sign-in (RFC 8058); reminders and
    /// digests carry one.
    pub list_unsubscribe: Option<String>,
    /// What the reader's calendar is to do.
    pub calendar: Option<Invitation>,
    /// What the mail is about.
    pub kind: MailKind,
    /// The `Date` header, in whole seconds there.
    pub sent_at: DateTime<Utc>,
}

/// Shows which mail it is and nothing of what it says or to whom it goes.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("kind", &self.kind)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

/// The mails there are; each has a folder of templates named by its slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Somebody was put on an interview's panel.
    InterviewAssigned,
    /// An interview on whose panel somebody sits got a time or another place.
    InterviewScheduled,
    /// An interview is off, or somebody is no longer on its panel.
    InterviewCalledOff,
    /// A candidate's interview got a time or another place.
    CandidateInterviewScheduled,
    /// A candidate's interview is off.
    CandidateInterviewCalledOff,
    /// Somebody's scorecard is due.
    ScorecardDue,
    /// A debrief shows its cards to those who take part in it.
    DebriefRevealed,
    /// A decision was written down.
    DecisionMade,
    /// Somebody's vote on an offer is awaited.
    ApprovalAsked,
    /// Every approver agreed to an offer.
    OfferApproved,
    /// Somebody's session was ended because its token came twice.
    SessionReuse,
    /// Somebody is asked to join.
    Invitation,
    /// Somebody asked for another password.
    PasswordReset,
    /// An account has another password.
    PasswordChanged,
    /// An administrator looks at a job in which they have no part.
    GlassBroken,
    /// The break-glass owner signed in with a password.
    BreakGlassSignIn,
    /// Somebody may vote in another's place.
    DelegationGiven,
    /// Somebody may no longer vote in another's place.
    DelegationEnded,
    /// Somebody took over from one who left.
    HandedOver,
    /// Somebody left a hire, and nobody takes their place.
    LeftBehind,
    /// Somebody on a panel does not come.
    PanelistDeclined,
    /// Somebody else handed in one's scorecard.
    ScorecardHandedIn,
    /// A candidate is asked when an interview can take place.
    TimeAsked,
    /// A candidate said something about the time of an interview.
    CandidateAnswered,
    /// A question is put to somebody in a debrief.
    DebriefQuestion,
    /// Cards are missing when the last one was due.
    DebriefStalled,
    /// A decision is awaited.
    DecisionAwaited,
    /// Somebody's agreement to a decision is awaited.
    AgreementAsked,
    /// Somebody did not agree to a decision once too often.
    AgreementEscalated,
    /// Another interview is to find out more before a decision.
    SignalAsked,
    /// A decision can still be answered by somebody who saw it otherwise.
    DissentAsked,
    /// What the memo says that a new colleague needs.
    SetUpForSuccess,
    /// What somebody owes and what happened, once on a day of work.
    Digest,
    /// The mail server takes no mail to a candidate.
    AddressRefused,
    /// Notices no longer reach somebody's chat.
    ChatStopped,
    /// Somebody is named in a note about a candidate.
    NoteMentioned,
    /// What somebody wrote to a candidate.
    CandidateMessage,
}

impl MailKind {
    /// Every kind, in the order in which a hire meets them, and then those that no hire brings.
    pub const ALL: [Self; 37] = [
        Self::InterviewAssigned,
        Self::InterviewScheduled,
        Self::InterviewCalledOff,
        Self::CandidateInterviewScheduled,
        Self::CandidateInterviewCalledOff,
        Self::ScorecardDue,
        Self::DebriefRevealed,
        Self::DecisionMade,
        Self::ApprovalAsked,
        Self::OfferApproved,
        Self::SessionReuse,
        Self::Invitation,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::GlassBroken,
        Self::BreakGlassSignIn,
        Self::DelegationGiven,
        Self::DelegationEnded,
        Self::HandedOver,
        Self::LeftBehind,
        Self::PanelistDeclined,
        Self::ScorecardHandedIn,
        Self::TimeAsked,
        Self::CandidateAnswered,
        Self::DebriefQuestion,
        Self::DebriefStalled,
        Self::DecisionAwaited,
        Self::AgreementAsked,
        Self::AgreementEscalated,
        Self::SignalAsked,
        Self::DissentAsked,
        Self::SetUpForSuccess,
        Self::Digest,
        Self::AddressRefused,
        Self::ChatStopped,
        Self::NoteMentioned,
        Self::CandidateMessage,
    ];

    /// The fixed name: in rows, file names, template folders and the `X-Evenbar-Kind` header.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::InterviewAssigned => "interview_assigned",
            Self::InterviewScheduled => "interview_scheduled",
            Self::InterviewCalledOff => "interview_called_off",
            Self::CandidateInterviewScheduled => "candidate_interview_scheduled",
            Self::CandidateInterviewCalledOff => "candidate_interview_called_off",
            Self::ScorecardDue => "scorecard_due",
            Self::DebriefRevealed => "debrief_revealed",
            Self::DecisionMade => "decision_made",
            Self::ApprovalAsked => "approval_asked",
            Self::OfferApproved => "offer_approved",
            Self::SessionReuse => "session_reuse",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::GlassBroken => "glass_broken",
            Self::BreakGlassSignIn => "break_glass_sign_in",
            Self::DelegationGiven => "delegation_given",
            Self::DelegationEnded => "delegation_ended",
            Self::HandedOver => "handed_over",
            Self::LeftBehind => "left_behind",
            Self::PanelistDeclined => "panelist_declined",
            Self::ScorecardHandedIn => "scorecard_handed_in",
            Self::TimeAsked => "time_asked",
            Self::CandidateAnswered => "candidate_answered",
            Self::DebriefQuestion => "debrief_question",
            Self::DebriefStalled => "debrief_stalled",
            Self::DecisionAwaited => "decision_awaited",
            Self::AgreementAsked => "agreement_asked",
            Self::AgreementEscalated => "agreement_escalated",
            Self::SignalAsked => "signal_asked",
            Self::DissentAsked => "dissent_asked",
            Self::SetUpForSuccess => "set_up_for_success",
            Self::Digest => "digest",
            Self::AddressRefused => "address_refused",
            Self::ChatStopped => "chat_stopped",
            Self::NoteMentioned => "note_mentioned",
            Self::CandidateMessage => "candidate_message",
        }
    }

    /// Whether it goes to candidates, who are told nothing of how they are judged.
    pub const fn is_for_candidates(self) -> bool {
        matches!(
            self,
            Self::CandidateInterviewScheduled
                | Self::CandidateInterviewCalledOff
                | Self::TimeAsked
                | Self::CandidateMessage
        )
    }

    /// The kind of that name, if there is one.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}
