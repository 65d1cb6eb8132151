//! What scorecards look like on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::attachments::api::Attachment;
use crate::clock::Instant;
use crate::http::Shown;
use crate::http::fields::{Prose, double_option};
use crate::ids::{ApplicationId, AttributeId, InterviewId, LevelId, ScorecardId, UserId};
use crate::loops::templates::Slot;
use crate::scorecards::seen::{SeenCard, SeenRating};
use crate::scorecards::{Recommendation, ScorecardState};
use crate::text_enum;

text_enum! {
    /// How much of a scorecard is shown.
    pub enum ScorecardView {
        /// All of it.
        Full => "full",
        /// That it exists, whose it is, and whether it is in.
        Sealed => "sealed",
    }
}

/// One person's judgement of one interview. What is null while a card is sealed to you says nothing
/// about the card.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scorecard {
    id: ScorecardId,
    interview_id: InterviewId,
    application_id: ApplicationId,
    author_id: UserId,
    /// As what the author sits on the interview; null once they were removed.
    slot: Option<Slot>,
    /// How much of it you are shown.
    view: ScorecardView,
    state: ScorecardState,
    /// Whether it was submitted.
    is_in: bool,
    submitted_at: Option<Instant>,
    /// Who handed it in for its author, who had told them their judgement; null where the author did,
    /// and while it is sealed.
    submitted_by: Option<UserId>,
    /// Why they did.
    submitted_reason: Option<String>,
    /// Whether it came in after the reveal; null for your own, and while it is sealed.
    is_late: Option<bool>,
    /// Whether its author had read no other card of the application by then; null while it is
    /// sealed or a draft.
    independent: Option<bool>,
    recommendation: Option<Recommendation>,
    /// Why there is no decision, or whatever else explains the recommendation.
    recommendation_reason: Option<String>,
    /// The level at which the author sees the candidate.
    level_signal_id: Option<LevelId>,
    summary: Option<String>,
    /// Your own notes; null to everybody else, for good.
    private_notes: Option<String>,
    /// How often it was handed in: 1 is the first time; null while the card is sealed.
    #[schema(minimum = 1)]
    revision: Option<i32>,
    /// When its author corrected it last.
    revised_at: Option<Instant>,
    /// Why.
    revised_reason: Option<String>,
    /// Whether its author had read another card of the application by then.
    revised_after_reading: Option<bool>,
    /// The ratings; null while the card is sealed.
    ratings: Option<Vec<Rating>>,
    /// The files on it; null while the card is sealed.
    #[schema(max_items = 10)]
    attachments: Option<Vec<Attachment>>,
    created_at: Instant,
    /// When what you are shown of it changed last.
    updated_at: Instant,
}

/// The level given to an attribute.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rating {
    attribute_id: AttributeId,
    /// The level; null is "no signal", which is apart from every level and never neutral. Absent in a
    /// draft that has evidence and no rating yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10)]
    level: Option<Option<i32>>,
    /// What was seen and heard.
    evidence: Option<String>,
}

/// What to keep of a draft; absent fields stay, `null` clears.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateScorecard {
    /// The overall recommendation; best given last.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Recommendation>)]
    pub recommendation: Option<Option<Recommendation>>,
    /// Why; "no decision" needs it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Prose<4000>>)]
    pub recommendation_reason: Option<Option<Prose<4000>>>,
    /// The level at which you see the candidate.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<LevelId>)]
    pub level_signal_id: Option<Option<LevelId>>,
    /// What a reader should know first.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Prose<10000>>)]
    pub summary: Option<Option<Prose<10000>>>,
    /// Notes for yourself; nobody else is ever shown them.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Prose<10000>>)]
    pub private_notes: Option<Option<Prose<10000>>>,
    /// All ratings so far; what is left out is not rated yet.
    #[validate(length(max = 50), nested)]
    #[schema(max_items = 50)]
    pub ratings: Option<Vec<RateAttribute>>,
}

/// The level to give to an attribute.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateAttribute {
    /// An attribute of the kit.
    pub attribute_id: AttributeId,
    /// One of its levels; `null` says that there was no signal. Left out while you have evidence and
    /// no rating yet.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "level")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10)]
    pub level: Option<Option<i32>>,
    /// What was seen and heard.
    pub evidence: Option<Prose<10000>>,
}

/// A whole number or null, which is "no signal".
fn level<'de, D>(deserializer: D) -> Result<Option<Option<i32>>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "crate::http::fields::whole")] i32);
    Ok(Some(Option::<Whole>::deserialize(deserializer)?.map(|Whole(level)| level)))
}

/// A card with the version that its reader may know: while it is sealed, the version counts only
/// that it came in.
pub(super) fn shown(
    card: SeenCard,
    ratings: &[SeenRating],
    files: Vec<Attachment>,
) -> Shown<Scorecard> {
    let is_in = card.state == ScorecardState::Submitted;
    let mine = ratings.iter().filter(|rating| rating.scorecard_id == card.id);
    let ratings = mine.map(|rating| Rating {
        attribute_id: rating.attribute_id,
        level: (rating.no_signal || rating.level.is_some()).then_some(rating.level),
        evidence: rating.evidence.clone(),
    });
    let sealed_since = card.submitted_at.unwrap_or(card.created_at);
    let shown_since = card.revealed_at.or(card.joined_at).unwrap_or(sealed_since);
    let (version, updated_at) = match &card.judgement {
        Some(judgement) => (judgement.version, judgement.updated_at.max(shown_since)),
        None => (1 + i64::from(is_in), sealed_since),
    };
    let is_late = card.submitted_at.zip(card.revealed_at).map(|(came, revealed)| came > revealed);
    let view = if card.judgement.is_some() { ScorecardView::Full } else { ScorecardView::Sealed };
    let value = Scorecard {
        id: card.id,
        interview_id: card.interview_id,
        application_id: card.application_id,
        author_id: card.author_id,
        slot: card.slot,
        view,
        state: card.state,
        is_in,
        submitted_at: card.submitted_at,
        submitted_by: card.judgement.as_ref().and_then(|judgement| judgement.submitted_by),
        submitted_reason: card.judgement.as_ref().and_then(|j| j.submitted_reason.clone()),
        is_late,
        independent: card.independent.filter(|_| is_in),
        ratings: card.judgement.is_some().then(|| ratings.collect()),
        attachments: card.judgement.is_some().then_some(files),
        recommendation: card.judgement.as_ref().and_then(|judgement| judgement.recommendation),
        recommendation_reason: card
            .judgement
            .as_ref()
            .and_then(|j| j.recommendation_reason.clone()),
        level_signal_id: card.judgement.as_ref().and_then(|judgement| judgement.level_signal_id),
        private_notes: card.private_notes,
        revision: card.judgement.as_ref().map(|judgement| judgement.revision),
        revised_at: card.judgement.as_ref().and_then(|judgement| judgement.revised_at),
        revised_reason: card.judgement.as_ref().and_then(|j| j.revised_reason.clone()),
        revised_after_reading: card.judgement.as_ref().and_then(|j| j.revised_after_reading),
        summary: card.judgement.and_then(|judgement| judgement.summary),
        created_at: card.created_at,
        updated_at,
    };
    Shown { version, value }
}
