//! The mails that are a matter of choice, and what is usual. Pure.

use std::collections::BTreeMap;

use crate::mail::MailKind;
use crate::text_enum;

text_enum! {
    /// How somebody is told of something.
    pub enum Way {
        /// By a mail of its own, as soon as they work.
        Immediate => "immediate",
        /// By a line in the digest of the day.
        Digest => "digest",
        /// Not by mail.
        Off => "off",
    }
}

text_enum! {
    /// A mail that is a matter of choice.
    pub enum ChosenMail {
        /// A candidate can no longer be written to.
        AddressRefused => "address_refused",
        /// One's agreement to a decision is awaited.
        AgreementAsked => "agreement_asked",
        /// A vote is awaited.
        ApprovalAsked => "approval_asked",
        /// A question is put to one in a debrief.
        DebriefQuestion => "debrief_question",
        /// A debrief shows its cards.
        DebriefRevealed => "debrief_revealed",
        /// Cards are missing, and the debrief goes on by nobody's doing.
        DebriefStalled => "debrief_stalled",
        /// A decision is awaited.
        DecisionAwaited => "decision_awaited",
        /// A decision stands.
        DecisionMade => "decision_made",
        /// A decision can still be answered.
        DissentAsked => "dissent_asked",
        /// A note names one.
        NoteMentioned => "note_mentioned",
        /// Every approver agreed to an offer.
        OfferApproved => "offer_approved",
        /// A scorecard is due.
        ScorecardDue => "scorecard_due",
        /// A memo says what a new colleague needs.
        SetUpForSuccess => "set_up_for_success",
    }
}

text_enum! {
    /// What one can do without by the link of a mail.
    pub enum Unwanted {
        /// The digest of the day.
        Digest => "digest",
        /// The reminders of scorecards.
        Reminders => "reminders",
    }
}

impl ChosenMail {
    /// The kind as a matter of choice, if it is one.
    pub fn of(kind: MailKind) -> Option<Self> {
        kind.slug().parse().ok()
    }

    /// How it comes to somebody who chose nothing and has no closer part in it.
    pub const fn usual(self) -> Way {
        match self {
            Self::DebriefRevealed
            | Self::DebriefStalled
            | Self::DecisionMade
            | Self::NoteMentioned
            | Self::SetUpForSuccess => Way::Digest,
            Self::AddressRefused
            | Self::AgreementAsked
            | Self::ApprovalAsked
            | Self::DebriefQuestion
            | Self::DecisionAwaited
            | Self::DissentAsked
            | Self::OfferApproved
            | Self::ScorecardDue => Way::Immediate,
        }
    }

    /// Whether one may do without it: nobody waits for what it asks.
    pub const fn may_be_off(self) -> bool {
        match self {
            Self::DebriefRevealed
            | Self::DecisionMade
            | Self::DissentAsked
            | Self::NoteMentioned
            | Self::OfferApproved
            | Self::ScorecardDue
            | Self::SetUpForSuccess => true,
            Self::AddressRefused
            | Self::AgreementAsked
            | Self::ApprovalAsked
            | Self::DebriefQuestion
            | Self::DebriefStalled
            | Self::DecisionAwaited => false,
        }
    }

    /// Whether what it asks stands in its reader's queue, and so in their digest by itself.
    pub const fn is_owed(self) -> bool {
        match self {
            Self::AgreementAsked
            | Self::ApprovalAsked
            | Self::DebriefQuestion
            | Self::DecisionAwaited
            | Self::ScorecardDue => true,
            Self::AddressRefused
            | Self::DebriefRevealed
            | Self::DebriefStalled
            | Self::DecisionMade
            | Self::DissentAsked
            | Self::NoteMentioned
            | Self::OfferApproved
            | Self::SetUpForSuccess => false,
        }
    }

    /// Whether it waits for its reader's working hours. A card is asked for when its interview is over,
    /// whenever that was.
    pub const fn waits(self) -> bool {
        match self {
            Self::ScorecardDue => false,
            Self::AddressRefused
            | Self::AgreementAsked
            | Self::ApprovalAsked
            | Self::DebriefQuestion
            | Self::DebriefRevealed
            | Self::DebriefStalled
            | Self::DecisionAwaited
            | Self::DecisionMade
            | Self::DissentAsked
            | Self::NoteMentioned
            | Self::OfferApproved
            | Self::SetUpForSuccess => true,
        }
    }
}

/// What somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// Whether they get the digest of the day.
    pub digest: bool,
    /// When, in minutes of the day on their wall; none for when they begin to work.
    pub digest_at: Option<u16>,
    /// Whether mails that can wait do so until they work.
    pub quiet_hours: bool,
    /// Whether their manager is told in a digest that a card of theirs is late by a working day.
    pub late_to_manager: bool,
    /// How they are told of what; the rest as usual.
    pub ways: BTreeMap<ChosenMail, Way>,
    /// Whether a notice comes to their chat, if they have one; the rest as usual.
    pub chats: BTreeMap<ChosenMail, bool>,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            digest: true,
            digest_at: None,
            quiet_hours: true,
            late_to_manager: false,
            ways: BTreeMap::new(),
            chats: BTreeMap::new(),
        }
    }
}

impl Choices {
    /// Whether a notice comes to their chat: usually of what usually comes at once.
    pub fn chat(&self, mail: ChosenMail) -> bool {
        self.chats.get(&mail).copied().unwrap_or(mail.usual() == Way::Immediate)
    }

    /// Whether a notice in their chat is all that they want of something.
    pub fn in_chat_alone(&self, mail: ChosenMail) -> bool {
        self.ways.get(&mail) == Some(&Way::Off) && self.chat(mail)
    }

    /// How somebody is told of something that is usually told them so. Without a digest nothing can wait
    /// for it: what asks something of them then comes by itself, and news do not come.
    pub fn way(&self, mail: ChosenMail, usual: Way) -> Way {
        let way = self.ways.get(&mail).copied().unwrap_or(usual);
        match way {
            Way::Digest if self.digest => Way::Digest,
            Way::Digest if mail.may_be_off() && !mail.is_owed() => Way::Off,
            Way::Digest | Way::Immediate => Way::Immediate,
            Way::Off => Way::Off,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn how_each_mail_comes_with_a_digest_and_without_one() {
        let (with, without) = (Choices::default(), Choices { digest: false, ..Choices::default() });
        let mut table = String::new();
        for mail in ChosenMail::ALL {
            let usual = mail.usual();
            let ways = [with.way(*mail, usual), without.way(*mail, usual)].map(Way::as_str);
            writeln!(table, "{} {} {}", mail.as_str(), ways[0], ways[1]).unwrap();
        }
        insta::assert_snapshot!(table, @r"
        address_refused immediate immediate
        agreement_asked immediate immediate
        approval_asked immediate immediate
        debrief_question immediate immediate
        debrief_revealed digest off
        debrief_stalled digest immediate
        decision_awaited immediate immediate
        decision_made digest off
        dissent_asked immediate immediate
        note_mentioned digest off
        offer_approved immediate immediate
        scorecard_due immediate immediate
        set_up_for_success digest off
        ");
    }

    #[test]
    fn every_choice_is_a_mail() {
        for mail in ChosenMail::ALL {
            let kind = MailKind::from_slug(mail.as_str()).expect("a kind of mail");
            assert_eq!(ChosenMail::of(kind), Some(*mail));
        }
        assert_eq!(ChosenMail::of(MailKind::PasswordChanged), None);
    }
}
