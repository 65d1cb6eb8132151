//! The life of a debrief: when it goes on, and which ballots a decision goes against.

use super::{DebriefState, Outcome};
use crate::loops::Illegal;
use crate::scorecards::Recommendation;
use crate::scorecards::model::Side;
use crate::text_enum;

text_enum! {
    /// What can be done with a debrief. The words read after "it cannot".
    pub enum DebriefCommand {
        /// Begin to gather scorecards.
        Gather => "begin to gather",
        /// Show the cards to those who owe none.
        Reveal => "be revealed",
        /// Decide.
        Decide => "be decided",
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
            (Self::Planned, Do::Gather) => Ok(Self::Gathering),
            (Self::Gathering, Do::Reveal) => Ok(Self::Revealed),
            (Self::Revealed, Do::Decide) => Ok(Self::Decided),
            (Self::Planned, Do::Reveal | Do::Decide)
            | (Self::Gathering, Do::Gather | Do::Decide)
            | (Self::Revealed, Do::Gather | Do::Reveal)
            | (Self::Decided | Self::Cancelled, Do::Gather | Do::Reveal | Do::Decide) => {
                Err(Illegal { from: self.as_str(), command: command.as_str() })
            }
        }
    }

    /// Whether the cards can be read.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Revealed | Self::Decided => true,
            Self::Planned | Self::Gathering | Self::Cancelled => false,
        }
    }
}

/// How far the interviews of a loop are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// An interview took place.
    pub begun: bool,
    /// A card that counts is in.
    pub card_in: bool,
    /// An interview that was not called off waits for a card, or for somebody to write one.
    pub waiting: bool,
}

/// What a debrief does by itself when something in its loop changed, in order. It reveals when
/// nothing is owed any more and there is something to reveal.
pub fn next_steps(state: DebriefState, progress: Progress) -> Vec<DebriefCommand> {
    let quorum = progress.card_in && !progress.waiting;
    let begins = progress.begun || progress.card_in;
    match state {
        DebriefState::Planned if begins && quorum => {
            vec![DebriefCommand::Gather, DebriefCommand::Reveal]
        }
        DebriefState::Planned if begins => vec![DebriefCommand::Gather],
        DebriefState::Gathering if quorum => vec![DebriefCommand::Reveal],
        DebriefState::Planned
        | DebriefState::Gathering
        | DebriefState::Revealed
        | DebriefState::Decided
        | DebriefState::Cancelled => Vec::new(),
    }
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
mod tests {
    use std::fmt::Write;

    use super::*;
    use Recommendation::{No, NoDecision, StrongNo, StrongYes, Yes};

    #[test]
    fn the_life_of_a_debrief() {
        let mut table = String::new();
        for from in DebriefState::ALL {
            for command in DebriefCommand::ALL {
                let to = from.apply(*command).map_or("-", DebriefState::as_str);
                writeln!(table, "{from:?} {command:?} {to}").unwrap();
            }
        }
        insta::assert_snapshot!(table, @r"
        Planned Gather gathering
        Planned Reveal -
        Planned Decide -
        Gathering Gather -
        Gathering Reveal revealed
        Gathering Decide -
        Revealed Gather -
        Revealed Reveal -
        Revealed Decide decided
        Decided Gather -
        Decided Reveal -
        Decided Decide -
        Cancelled Gather -
        Cancelled Reveal -
        Cancelled Decide -
        ");
    }

    #[test]
    fn what_a_debrief_does_by_itself() {
        let mut table = String::new();
        for state in DebriefState::ALL {
            for bits in 0..8_u8 {
                let progress = Progress {
                    begun: bits & 4 != 0,
                    card_in: bits & 2 != 0,
                    waiting: bits & 1 != 0,
                };
                let steps = next_steps(*state, progress);
                // Every step that it takes by itself is one that its life knows.
                let after = steps.iter().try_fold(*state, |state, step| state.apply(*step));
                assert!(after.is_ok(), "{state:?} {progress:?}");
                if !steps.is_empty() {
                    let Progress { begun, card_in, waiting } = progress;
                    writeln!(
                        table,
                        "{state:?} begun={begun} card_in={card_in} waiting={waiting} {steps:?}"
                    )
                    .unwrap();
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        Planned begun=false card_in=true waiting=false [Gather, Reveal]
        Planned begun=false card_in=true waiting=true [Gather]
        Planned begun=true card_in=false waiting=false [Gather]
        Planned begun=true card_in=false waiting=true [Gather]
        Planned begun=true card_in=true waiting=false [Gather, Reveal]
        Planned begun=true card_in=true waiting=true [Gather]
        Gathering begun=false card_in=true waiting=false [Reveal]
        Gathering begun=true card_in=true waiting=false [Reveal]
        ");
    }

    #[test]
    fn a_majority_counts_only_ballots_that_take_a_side() {
        assert!(goes_against_majority(&[No, StrongNo, Yes], Outcome::Hire));
        assert!(!goes_against_majority(&[No, Yes], Outcome::Hire));
        assert!(!goes_against_majority(&[No, Yes], Outcome::NoHire));
        assert!(goes_against_majority(&[NoDecision, NoDecision, StrongYes], Outcome::NoHire));
        assert!(!goes_against_majority(&[No, No], Outcome::Hold));
        assert!(!goes_against_majority(&[], Outcome::Hire));
    }

    #[test]
    fn dissent_is_a_ballot_on_the_other_side() {
        assert!(dissents(StrongNo, Outcome::Hire));
        assert!(!dissents(NoDecision, Outcome::Hire));
        assert!(dissents(Yes, Outcome::NoHire));
        assert!(!dissents(No, Outcome::NoHire));
        assert!(Recommendation::ALL.iter().all(|ballot| !dissents(*ballot, Outcome::Hold)));
    }
}
