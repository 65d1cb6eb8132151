//! The life of a debrief: when it goes on, and which ballots a decision goes against.

use super::{DebriefState, Outcome};
use crate::ids::UserId;
use crate::loops::Illegal;
use crate::scorecards::Recommendation;
use crate::scorecards::model::Side;
use crate::text_enum;

text_enum! {
    /// What can be done with a debrief. The words read after "it cannot".
    pub enum DebriefCommand {
        /// Begin to gather scorecards.
        Gather => "begin to gather",
        /// Stand still, because cards are missing when the last was due.
        Stall => "stall",
        /// Wait for cards again.
        Resume => "wait for cards again",
        /// Show the cards to those who owe none.
        Reveal => "be revealed",
        /// Ask the panel about what differs, or about what somebody does not agree to.
        Discuss => "be discussed",
        /// Come before the decider.
        TakeUp => "come before the decider",
        /// Wait for another card, because more is to be found out first.
        AskMore => "ask for more signal",
        /// Decide.
        Decide => "be decided",
        /// Decide lightly: no memo, and nobody to dissent.
        DecideLightly => "be decided lightly",
        /// Let the decision stand.
        Settle => "be settled",
        /// Say that the candidate knows.
        Close => "be closed",
        /// Call it off.
        Cancel => "be called off",
    }
}

impl DebriefState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`Illegal`] where the life has no such step.
    pub fn apply(self, command: DebriefCommand) -> Result<Self, Illegal> {
        use DebriefCommand as Do;
        match (self, command) {
            (Self::Planned, Do::Gather)
            | (Self::Stalled, Do::Resume)
            | (Self::Deciding, Do::AskMore) => Ok(Self::Gathering),
            (Self::Gathering, Do::Stall) => Ok(Self::Stalled),
            (Self::Gathering | Self::Stalled, Do::Reveal) => Ok(Self::Revealed),
            (Self::Revealed | Self::Deciding, Do::Discuss) => Ok(Self::Discussing),
            // A light debrief comes before its decider without being revealed.
            (Self::Gathering | Self::Stalled | Self::Revealed | Self::Discussing, Do::TakeUp) => {
                Ok(Self::Deciding)
            }
            (Self::Deciding, Do::Decide) => Ok(Self::DissentWindow),
            (Self::Deciding, Do::DecideLightly) | (Self::DissentWindow, Do::Settle) => {
                Ok(Self::Decided)
            }
            (Self::Decided, Do::Close) => Ok(Self::Closed),
            (
                Self::Planned
                | Self::Gathering
                | Self::Stalled
                | Self::Revealed
                | Self::Discussing
                | Self::Deciding
                | Self::DissentWindow,
                Do::Cancel,
            ) => Ok(Self::Cancelled),
            (
                Self::Planned
                | Self::Gathering
                | Self::Stalled
                | Self::Revealed
                | Self::Discussing
                | Self::Deciding
                | Self::DissentWindow
                | Self::Decided
                | Self::Closed
                | Self::Cancelled,
                _,
            ) => Err(Illegal { from: self.as_str(), command: command.as_str() }),
        }
    }

    /// Whether the cards can be read.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Revealed
            | Self::Discussing
            | Self::Deciding
            | Self::DissentWindow
            | Self::Decided
            | Self::Closed => true,
            Self::Planned | Self::Gathering | Self::Stalled | Self::Cancelled => false,
        }
    }

    /// Whether it is over, so that what it rests on stays as it is.
    pub const fn has_ended(self) -> bool {
        match self {
            Self::Decided | Self::Closed | Self::Cancelled => true,
            Self::Planned
            | Self::Gathering
            | Self::Stalled
            | Self::Revealed
            | Self::Discussing
            | Self::Deciding
            | Self::DissentWindow => false,
        }
    }

    /// Whether it can still become a meeting.
    pub const fn is_before_the_decision(self) -> bool {
        match self {
            Self::Planned
            | Self::Gathering
            | Self::Stalled
            | Self::Revealed
            | Self::Discussing
            | Self::Deciding => true,
            Self::DissentWindow | Self::Decided | Self::Closed | Self::Cancelled => false,
        }
    }
}

/// The states for which [`DebriefState::has_ended`] does not hold.
pub const STANDING: [DebriefState; 7] = [
    DebriefState::Planned,
    DebriefState::Gathering,
    DebriefState::Stalled,
    DebriefState::Revealed,
    DebriefState::Discussing,
    DebriefState::Deciding,
    DebriefState::DissentWindow,
];

/// The states for which [`DebriefState::is_before_the_decision`] holds.
pub const BEFORE_THE_DECISION: [DebriefState; 6] = [
    DebriefState::Planned,
    DebriefState::Gathering,
    DebriefState::Stalled,
    DebriefState::Revealed,
    DebriefState::Discussing,
    DebriefState::Deciding,
];

/// How many refusals to agree lead back to the panel. From the next one on the decision waits for no
/// agreement any more.
const REFUSALS: usize = 2;

/// What a refusal to agree leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterRefusal {
    /// The panel is asked about it.
    Discussed,
    /// The decision no longer waits for agreement.
    Escalated,
}

/// What a refusal leads to, after so many before it in the same debrief.
pub const fn after_refusal(before: usize) -> AfterRefusal {
    if before < REFUSALS { AfterRefusal::Discussed } else { AfterRefusal::Escalated }
}

/// How far the cards of a loop are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// An interview took place.
    pub begun: bool,
    /// A card that counts is in.
    pub card_in: bool,
    /// An interview that was not called off waits for a card, or for somebody to write one.
    pub waiting: bool,
}

/// What a debrief's next step depends on.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own with yes or no")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// The application goes on.
    pub active: bool,
    /// It is decided lightly, so that nothing is revealed and no part of the cards suffices.
    pub light: bool,
    /// How far the cards are.
    pub progress: Progress,
    /// The last card that is owed was due.
    pub overdue: bool,
    /// The cards that are in suffice for a quorum once the last was due; see [`is_quorum`].
    pub enough: bool,
    /// Nothing blocks a decision.
    pub clear: bool,
    /// It is held as a meeting whose notes are not in.
    pub meeting: bool,
    /// Everybody who was asked answered.
    pub answered: bool,
    /// The time to answer is over, or that to dissent, or everybody who dissents has said why.
    pub over: bool,
}

/// What a debrief does by itself, one step at a time, whatever it was that changed.
pub fn next_step(state: DebriefState, now: &Situation) -> Option<DebriefCommand> {
    use DebriefCommand as Do;
    let Progress { begun, card_in, waiting } = now.progress;
    let complete = card_in && !waiting;
    match state {
        state if state.has_ended() => None,
        // What was decided stands, though nobody waits for those who see it otherwise any more.
        DebriefState::DissentWindow => (now.over || !now.active).then_some(Do::Settle),
        _ if !now.active => Some(Do::Cancel),
        DebriefState::Planned => (begun || card_in).then_some(Do::Gather),
        DebriefState::Gathering | DebriefState::Stalled if complete => {
            Some(if now.light { Do::TakeUp } else { Do::Reveal })
        }
        DebriefState::Gathering => {
            let step = if now.enough && !now.light { Do::Reveal } else { Do::Stall };
            now.overdue.then_some(step)
        }
        DebriefState::Stalled => (!now.overdue).then_some(Do::Resume),
        DebriefState::Revealed => {
            Some(if now.clear && !now.meeting { Do::TakeUp } else { Do::Discuss })
        }
        DebriefState::Discussing => {
            (!now.meeting && (now.answered || now.over)).then_some(Do::TakeUp)
        }
        DebriefState::Deciding
        | DebriefState::Decided
        | DebriefState::Closed
        | DebriefState::Cancelled => None,
    }
}

/// How many of a hundred cards that are expected make a quorum once the last was due.
const QUORUM_PERCENT: usize = 75;
/// How many cards make one at least.
const QUORUM_LEAST: usize = 3;

/// What of a quorum is known once the last card was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnout {
    /// Cards that are in.
    pub submitted: usize,
    /// Cards that are owed.
    pub owed: usize,
    /// The decider or a bar raiser owes one of them.
    pub missing_key_card: bool,
    /// Every must-have of the loop has a rating.
    pub must_haves_rated: bool,
}

/// Whether the cards that are in suffice without those that are missing: three quarters and three at
/// least, every must-have rated, and neither decider nor bar raiser among those who owe.
pub fn is_quorum(turnout: Turnout) -> bool {
    let Turnout { submitted, owed, missing_key_card, must_haves_rated } = turnout;
    submitted >= QUORUM_LEAST
        && submitted * 100 >= (submitted + owed) * QUORUM_PERCENT
        && must_haves_rated
        && !missing_key_card
}

/// The newest of what everybody cast, in the order in which these were cast; `cast` is the oldest first.
pub fn newest_of_each<T>(cast: &[T], by: impl Fn(&T) -> UserId) -> Vec<&T> {
    let newest =
        |(index, one): &(usize, &T)| cast.iter().skip(index + 1).all(|later| by(later) != by(one));
    cast.iter().enumerate().filter(newest).map(|(_, one)| one).collect()
}

/// Whether a ballot differs from what was decided. Nobody dissents from waiting, and "no decision"
/// stands on neither side.
pub fn dissents(ballot: Recommendation, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Hire => ballot.side() == Side::No,
        Outcome::NoHire => ballot.side() == Side::Yes,
        Outcome::Hold => false,
    }
}

/// Whether more of the ballots that take a side are against the outcome than for it.
pub fn goes_against_majority(ballots: &[Recommendation], outcome: Outcome) -> bool {
    let on = |side: Side| ballots.iter().filter(|ballot| ballot.side() == side).count();
    match outcome {
        Outcome::Hire => on(Side::No) > on(Side::Yes),
        Outcome::NoHire => on(Side::Yes) > on(Side::No),
        Outcome::Hold => false,
    }
}

#[cfg(test)]
mod tests;
