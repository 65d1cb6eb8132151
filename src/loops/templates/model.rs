//! What a loop template says. Pure.

use super::Wanted;
use crate::http::fields::Key;
use crate::ids::{AttributeId, PoolId, QuestionId, QuestionVersionId, RubricVersionId, UserId};
use crate::text_enum;

text_enum! {
    /// The type of an interview.
    pub enum KitKind {
        /// Face to face or on a call.
        Live => "live",
        /// Something handed in before is read without the candidate.
        AsyncReview => "async_review",
        /// The candidate works on a task.
        WorkSample => "work_sample",
        /// A test at a partner.
        ExternalAssessment => "external_assessment",
        /// A talk with somebody who knows the candidate.
        Reference => "reference",
    }
}

text_enum! {
    /// Whether an attribute must be met.
    pub enum Priority {
        /// Below its pass level there is no hire without a reason.
        Must => "must",
        /// Good to have.
        Nice => "nice",
    }
}

text_enum! {
    /// A seat on a panel. Lead, second and bar raiser owe a scorecard.
    pub enum Slot {
        /// Leads the interview.
        Lead => "lead",
        /// Asks and judges beside the lead.
        Second => "second",
        /// Learns; the card is kept for training.
        Shadow => "shadow",
        /// Watches.
        Observer => "observer",
        /// Judges against the bar of the whole organization.
        BarRaiser => "bar_raiser",
    }
}

impl KitKind {
    /// Whether the candidate spends the minutes, too.
    pub const fn takes_candidate_time(self) -> bool {
        match self {
            Self::Live | Self::WorkSample | Self::ExternalAssessment => true,
            Self::AsyncReview | Self::Reference => false,
        }
    }

    /// Whether the panel spends the minutes, too; elsewhere the candidate works alone.
    pub const fn takes_panel_time(self) -> bool {
        match self {
            Self::Live | Self::AsyncReview | Self::Reference => true,
            Self::WorkSample | Self::ExternalAssessment => false,
        }
    }
}

impl Slot {
    /// Whether whoever sits there owes a scorecard.
    pub const fn owes(self) -> bool {
        match self {
            Self::Lead | Self::Second | Self::BarRaiser => true,
            Self::Shadow | Self::Observer => false,
        }
    }
}

/// The content of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// The keys of attributes that some kit must rate.
    pub must_cover: Vec<Key>,
    /// The interviews, in order.
    pub kits: Vec<KitContent>,
}

/// One interview of a loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitContent {
    /// What it is called.
    pub name: String,
    /// Its type.
    pub kind: KitKind,
    /// How long it takes.
    pub minutes: i32,
    /// The published version that it judges by; none yet, in a draft.
    pub rubric_version_id: Option<RubricVersionId>,
    /// The attributes of that version that it rates, in order.
    pub attributes: Vec<(AttributeId, Priority)>,
    /// The seats on its panel, in order.
    pub slots: Vec<SlotContent>,
    /// What it asks, in order.
    pub questions: Vec<KitQuestion>,
    /// What it names that is not here.
    pub wanted: Wanted,
}

/// A seat on the panel of a kit: from a pool, of people who are named, or of anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotContent {
    /// As what somebody sits there.
    pub slot: Slot,
    /// From which pool somebody is taken.
    pub pool_id: Option<PoolId>,
    /// Who may sit there; nobody is named where it is a pool, or anybody.
    pub user_ids: Vec<UserId>,
}

impl From<Slot> for SlotContent {
    /// For anybody.
    fn from(slot: Slot) -> Self {
        Self { slot, pool_id: None, user_ids: Vec::new() }
    }
}

/// A question that a kit asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KitQuestion {
    /// Which.
    pub question_id: QuestionId,
    /// In which wording; none until it is written down, which is in the current one.
    pub version_id: Option<QuestionVersionId>,
}
