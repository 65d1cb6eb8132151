//! What debriefs look like on the wire.

mod agreement;
mod discussion;
mod signal;
mod summary;

pub use agreement::{DebriefAgreement, DebriefProposal};
pub use discussion::{DebriefFinding, DebriefResponse, FindingAnswer};
use serde::Serialize;
pub use signal::DebriefSignalRequest;
pub use summary::DebriefSummary;
pub(super) use summary::summary;
use utoipa::ToSchema;

use super::{DebriefOrigin, LightDecision};
use crate::assessments::api::RecordedContent;
use crate::assessments::seen::SeenResult;
use crate::assessments::store::AssessmentRating;
use crate::clock::Instant;
use crate::debriefs::memo::Memo;
use crate::debriefs::model::{dissents, newest_of_each};
use crate::debriefs::seen::{Counts, SeenDebrief};
use crate::debriefs::store::discussion::Statement;
use crate::debriefs::store::{self, JudgedAttribute};
use crate::debriefs::{DebriefState, DebriefWay, Outcome, Telling};
use crate::digest;
use crate::error::Result;
use crate::ids::{
    ApplicationId, AssessmentResultId, AttributeId, DebriefId, DecisionId, InterviewId, LevelId,
    LoopId, ScorecardId, UserId,
};
use crate::loops::templates::{Priority, Slot};
use crate::scorecards::Recommendation;
use crate::scorecards::seen::{SeenCard, SeenRating};
use crate::text_enum;

text_enum! {
    /// How much of a debrief is shown.
    pub enum DebriefView {
        /// Everything that there is by now.
        Full => "full",
        /// How many cards are in, and what was decided.
        Counted => "counted",
        /// That it gathers; you owe a scorecard for the application.
        Sealed => "sealed",
    }
}

/// The written decision about a loop, as far as it is unsealed to you.
#[derive(Debug, Serialize, ToSchema)]
pub struct Debrief {
    pub(crate) id: DebriefId,
    pub(crate) application_id: ApplicationId,
    pub(crate) loop_id: LoopId,
    /// The first round is 1.
    #[schema(minimum = 1)]
    pub(crate) round: i32,
    /// How it is decided: `light` where the stage is, by one person on one card.
    pub(crate) way: DebriefWay,
    /// How it began; null for the first round.
    pub(crate) origin: Option<DebriefOrigin>,
    /// How much of it you are shown.
    pub(crate) view: DebriefView,
    /// Where it stands; no further than `gathering` as long as you owe a scorecard.
    pub(crate) state: DebriefState,
    /// The one person who decides.
    pub(crate) decider_id: UserId,
    /// Who sees to it that it goes on.
    pub(crate) driver_id: UserId,
    pub(crate) gathering_at: Option<Instant>,
    pub(crate) revealed_at: Option<Instant>,
    pub(crate) decided_at: Option<Instant>,
    /// Those without whose agreement it is not decided; null while it is sealed.
    pub(crate) agree_required: Option<Vec<UserId>>,
    /// Who looked at the cards before they were revealed.
    pub(crate) peeks: Vec<DebriefPeek>,
    /// Until when it waits for cards beyond the last that was due; null while it is sealed.
    pub(crate) extended_until: Option<Instant>,
    /// Since when it stands still because cards are missing; null while it is sealed.
    pub(crate) stalled_at: Option<Instant>,
    /// Why the decider went on without cards that are missing; null for readers who may not read cards.
    pub(crate) forced_reason: Option<String>,
    /// Why it is held as a meeting; null while it is sealed, and where it is none.
    pub(crate) meeting_reason: Option<String>,
    /// What came of the meeting; null for readers who may not read cards.
    pub(crate) meeting_notes: Option<String>,
    /// How often it was revealed; null while it is sealed. Asking for more signal reveals it again.
    #[schema(minimum = 0)]
    pub(crate) reveals: Option<i32>,
    /// How often it was discussed, which numbers the discussion; null while it is sealed.
    #[schema(minimum = 0)]
    pub(crate) discussions: Option<i32>,
    /// Until when the panel answers.
    pub(crate) responses_due_at: Option<Instant>,
    /// By when the decider is to decide.
    pub(crate) decide_by: Option<Instant>,
    /// Until when those who see the decision otherwise may say so.
    pub(crate) dissent_until: Option<Instant>,
    /// By when the candidate is to know what was decided.
    pub(crate) inform_by: Option<Instant>,
    /// How the candidate was told; null before.
    pub(crate) informed: Option<Informed>,
    /// How many cards are in; null while it is sealed.
    pub(crate) counts: Option<DebriefCounts>,
    /// The cards, oldest first; null before the reveal. What is decided lightly has its card here for whoever may
    /// read it, once it is before the decider.
    pub(crate) cards: Option<Vec<DebriefCard>>,
    /// The cards of stages that were decided lightly before the reveal, oldest first; null before it, and where
    /// there is none.
    pub(crate) earlier_cards: Option<Vec<DebriefCard>>,
    /// What external assessments yielded; null before the reveal.
    pub(crate) assessments: Option<Vec<DebriefAssessment>>,
    /// The ratings, attribute by attribute; null before the reveal.
    pub(crate) attributes: Option<Vec<DebriefAttribute>>,
    /// The recommendations as they were frozen, oldest first; null before the reveal.
    pub(crate) ballots: Option<Vec<Ballot>>,
    /// What differs between the cards and what is missing, the blocking first; null before the reveal.
    pub(crate) findings: Option<Vec<DebriefFinding>>,
    /// What the panel answered, oldest first; null before the reveal. As long as the discussion lasts
    /// and yours is not in, those of others are left out.
    pub(crate) responses: Option<Vec<DebriefResponse>>,
    /// Who has responded by now, as long as the discussion lasts; null otherwise.
    pub(crate) responded: Option<Vec<UserId>>,
    /// What the decider proposed to those who have to agree, oldest first; null before the reveal, and where
    /// nobody was ever named.
    pub(crate) proposals: Option<Vec<DebriefProposal>>,
    /// What more was asked for before it is decided; null where nothing was, and before the reveal.
    pub(crate) signal_request: Option<DebriefSignalRequest>,
    /// What was decided lightly; null before, and where it is decided in writing.
    pub(crate) light_decision: Option<LightDecision>,
    /// What was decided in writing; null before.
    pub(crate) decision: Option<DebriefDecision>,
    pub(crate) created_at: Instant,
    pub(crate) updated_at: Instant,
}

/// The decider's look at the cards before they were revealed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefPeek {
    pub(crate) user_id: UserId,
    /// Why; null while you owe a scorecard for the application.
    pub(crate) reason: Option<String>,
    pub(crate) occurred_at: Instant,
}

impl DebriefPeek {
    pub(super) fn of(row: store::Peek, to_who_owes: bool) -> Self {
        let reason = Some(row.reason).filter(|_| !to_who_owes);
        Self { user_id: row.user_id, reason, occurred_at: row.occurred_at }
    }
}

/// How a candidate was told what was decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Informed {
    pub(crate) how: Telling,
    /// Who said so.
    pub(crate) user_id: UserId,
    /// When the candidate was told.
    pub(crate) occurred_at: Instant,
}

impl Informed {
    fn of(row: &store::Debrief) -> Option<Self> {
        let (how, user_id) = (row.informed_how?, row.informed_by_id?);
        Some(Self { how, user_id, occurred_at: row.informed_at? })
    }
}

/// How many cards are in.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefCounts {
    /// Cards that are in or still owed.
    #[schema(minimum = 0)]
    pub(crate) expected: i64,
    /// Cards that are in.
    #[schema(minimum = 0)]
    pub(crate) submitted: i64,
}

/// A card of the debrief; the card itself has the text.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefCard {
    pub(crate) scorecard_id: ScorecardId,
    pub(crate) interview_id: InterviewId,
    pub(crate) author_id: UserId,
    /// Who handed it in for its author, if it was not they.
    pub(crate) submitted_by: Option<UserId>,
    pub(crate) slot: Option<Slot>,
    pub(crate) recommendation: Option<Recommendation>,
    /// The level at which the author sees the candidate.
    pub(crate) level_signal_id: Option<LevelId>,
    /// Whether its author had read no other card of the application by then.
    pub(crate) independent: Option<bool>,
    pub(crate) submitted_at: Option<Instant>,
}

/// What an external assessment yielded.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefAssessment {
    pub(crate) assessment_result_id: AssessmentResultId,
    pub(crate) interview_id: InterviewId,
    pub(crate) content: RecordedContent,
}

/// How an attribute was rated: dots, never a mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefAttribute {
    pub(crate) attribute_id: AttributeId,
    #[schema(example = "Handles ambiguity")]
    pub(crate) name: String,
    /// `must` as soon as one kit of the loop says so.
    pub(crate) priority: Priority,
    /// The lowest level that meets the bar.
    pub(crate) pass_level: i32,
    /// One dot per card that speaks of it.
    pub(crate) dots: Vec<DebriefDot>,
}

/// One rating.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefDot {
    pub(crate) scorecard_id: ScorecardId,
    /// The level; null is "no signal".
    pub(crate) level: Option<i32>,
}

/// A frozen recommendation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ballot {
    pub(crate) user_id: UserId,
    /// The card that it comes from; null for a later ballot.
    pub(crate) scorecard_id: Option<ScorecardId>,
    pub(crate) recommendation: Recommendation,
    /// Why it differs from the one before; null for the first.
    pub(crate) reason: Option<String>,
    /// The card that changed its author's mind; null for the first.
    pub(crate) because_of_id: Option<ScorecardId>,
    /// The attribute in it.
    pub(crate) because_attribute_id: Option<AttributeId>,
    pub(crate) occurred_at: Instant,
}

/// What was decided, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefDecision {
    pub(crate) id: DecisionId,
    pub(crate) outcome: Outcome,
    /// The level to hire at.
    pub(crate) level_id: Option<LevelId>,
    pub(crate) decider_id: UserId,
    /// Null for readers who may not read cards: it quotes them.
    pub(crate) memo: Option<Memo>,
    /// SHA-256 over the canonical JSON (RFC 8785) of `memo`, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub(crate) memo_hash: String,
    /// Who had recommended otherwise; null for readers who may not read cards.
    pub(crate) dissent: Option<Vec<Dissent>>,
    pub(crate) occurred_at: Instant,
}

/// Somebody whose ballot differs from what was decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dissent {
    pub(crate) user_id: UserId,
    /// The card that it comes from; null for a later ballot.
    pub(crate) scorecard_id: Option<ScorecardId>,
    pub(crate) recommendation: Recommendation,
    /// What they said to the decision.
    pub(crate) statement: Option<String>,
}

impl Debrief {
    /// What everybody sees of it.
    pub(super) fn sealed(row: &SeenDebrief, peeks: Vec<store::Peek>) -> Self {
        let phase = row.phase();
        let peek = |peek| DebriefPeek::of(peek, row.opened.is_none());
        Self {
            id: row.id,
            application_id: row.application_id,
            loop_id: row.loop_id,
            round: row.round,
            way: row.way,
            origin: None,
            view: DebriefView::Sealed,
            state: phase.state,
            decider_id: row.decider_id,
            driver_id: row.driver_id,
            gathering_at: row.gathering_at,
            revealed_at: phase.revealed_at,
            decided_at: phase.decided_at,
            agree_required: None,
            peeks: peeks.into_iter().map(peek).collect(),
            extended_until: None,
            stalled_at: None,
            forced_reason: None,
            meeting_reason: None,
            meeting_notes: None,
            reveals: None,
            discussions: None,
            responses_due_at: None,
            decide_by: None,
            dissent_until: None,
            inform_by: None,
            informed: None,
            counts: None,
            cards: None,
            earlier_cards: None,
            assessments: None,
            attributes: None,
            ballots: None,
            findings: None,
            responses: None,
            responded: None,
            proposals: None,
            signal_request: None,
            light_decision: None,
            decision: None,
            created_at: row.created_at,
            updated_at: phase.updated_at,
        }
    }

    pub(super) fn show_counts(&mut self, counts: Counts) {
        let Counts { expected, submitted } = counts;
        self.view = DebriefView::Counted;
        self.counts = Some(DebriefCounts { expected, submitted });
    }

    pub(super) fn show_agreers(&mut self, named: &[(UserId, bool)]) {
        let still = named.iter().filter(|(_, still)| *still);
        self.agree_required = Some(still.map(|(person, _)| *person).collect());
    }

    pub(super) fn show_cards(
        &mut self,
        cards: &[SeenCard],
        ratings: &[SeenRating],
        attributes: Vec<JudgedAttribute>,
    ) {
        self.view = DebriefView::Full;
        self.cards = Some(cards.iter().map(DebriefCard::from).collect());
        self.attributes = Some(dotted(attributes, ratings));
    }

    pub(super) fn show_ballots(&mut self, ballots: Vec<store::Ballot>) {
        self.ballots = Some(ballots.into_iter().map(Ballot::from).collect());
    }

    pub(super) fn show_earlier(&mut self, cards: &[SeenCard]) {
        let cards: Vec<DebriefCard> = cards.iter().map(DebriefCard::from).collect();
        self.earlier_cards = Some(cards).filter(|cards| !cards.is_empty());
    }

    /// Leaves the ballots that came with cards, those from before the discussion began, and the reader's own.
    pub(super) fn hide_moves_of_others(&mut self, reader: UserId, since: Option<Instant>) {
        let is_earlier = |one: &Ballot| since.is_some_and(|since| one.occurred_at < since);
        if let Some(ballots) = &mut self.ballots {
            ballots.retain(|one| {
                one.scorecard_id.is_some() || one.user_id == reader || is_earlier(one)
            });
        }
    }

    pub(super) fn show_results(&mut self, results: &[SeenResult], ratings: &[AssessmentRating]) {
        let shown = results.iter().filter_map(|result| {
            let content = RecordedContent::seen(result, ratings)?;
            let (assessment_result_id, interview_id) = (result.id, result.interview_id);
            Some(DebriefAssessment { assessment_result_id, interview_id, content })
        });
        self.assessments = Some(shown.collect());
    }

    /// How it went so far, as far as it is no judgement.
    pub(super) fn show_course(&mut self, row: &store::Debrief, reads_cards: bool) {
        let only_readers = |text: &Option<String>| text.clone().filter(|_| reads_cards);
        self.extended_until = row.extended_until;
        self.stalled_at = row.stalled_at;
        self.forced_reason = only_readers(&row.forced_reason);
        self.meeting_reason = only_readers(&row.meeting_reason);
        self.meeting_notes = only_readers(&row.meeting_notes);
        self.reveals = Some(row.reveals);
        self.discussions = Some(row.discussions);
        self.responses_due_at = row.responses_due_at;
        self.decide_by = row.decide_by;
        self.dissent_until = row.dissent_until;
        self.inform_by = row.inform_by;
        self.informed = Informed::of(row);
    }

    pub(super) fn show_decision(
        &mut self,
        row: store::Decision,
        mut statements: Vec<Statement>,
        reads_cards: bool,
    ) -> Result<()> {
        let memo = if reads_cards { row.memo.read_kept()? } else { None };
        let dissent = self.ballots.as_ref().map(|ballots| {
            let newest = newest_of_each(ballots, |ballot| ballot.user_id).into_iter();
            newest
                .filter(|ballot| dissents(ballot.recommendation, row.outcome))
                .map(|ballot| {
                    let said = statements.iter().position(|one| one.user_id == ballot.user_id);
                    Dissent {
                        user_id: ballot.user_id,
                        scorecard_id: ballot.scorecard_id,
                        recommendation: ballot.recommendation,
                        statement: said.map(|index| statements.swap_remove(index).statement),
                    }
                })
                .collect()
        });
        self.decision = Some(DebriefDecision {
            id: row.id,
            outcome: row.outcome,
            level_id: row.level_id,
            decider_id: row.decider_id,
            memo,
            memo_hash: digest::hex(&row.memo_hash),
            dissent,
            occurred_at: row.occurred_at,
        });
        Ok(())
    }
}

impl From<&SeenCard> for DebriefCard {
    fn from(card: &SeenCard) -> Self {
        let judgement = card.judgement.as_ref();
        Self {
            scorecard_id: card.id,
            interview_id: card.interview_id,
            author_id: card.author_id,
            submitted_by: judgement.and_then(|judgement| judgement.submitted_by),
            slot: card.slot,
            recommendation: judgement.and_then(|judgement| judgement.recommendation),
            level_signal_id: judgement.and_then(|judgement| judgement.level_signal_id),
            independent: card.independent,
            submitted_at: card.submitted_at,
        }
    }
}

impl From<store::Ballot> for Ballot {
    fn from(row: store::Ballot) -> Self {
        Self {
            user_id: row.user_id,
            scorecard_id: row.scorecard_id,
            recommendation: row.recommendation,
            reason: row.reason,
            because_of_id: row.because_of_id,
            because_attribute_id: row.because_attribute_id,
            occurred_at: row.occurred_at,
        }
    }
}

/// Every attribute once, with its dots in the order of the ratings.
fn dotted(judged: Vec<JudgedAttribute>, ratings: &[SeenRating]) -> Vec<DebriefAttribute> {
    let mut attributes: Vec<DebriefAttribute> = Vec::new();
    for JudgedAttribute { id, name, priority, pass_level } in judged {
        if let Some(known) = attributes.iter_mut().find(|known| known.attribute_id == id) {
            known.priority = known.priority.min(priority);
            continue;
        }
        let dots = ratings.iter().filter(|rating| rating.attribute_id == id);
        let dots = dots
            .map(|rating| DebriefDot { scorecard_id: rating.scorecard_id, level: rating.level })
            .collect();
        attributes.push(DebriefAttribute { attribute_id: id, name, priority, pass_level, dots });
    }
    attributes
}
