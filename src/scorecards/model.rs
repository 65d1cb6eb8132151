//! The life of a scorecard, and when it is complete.

use super::{Recommendation, ScorecardState};
use crate::ids::AttributeId;
use crate::loops::Illegal;
use crate::text_enum;

text_enum! {
    /// What can be done with a card. The words read after "it cannot".
    pub enum ScorecardCommand {
        /// Keep what was typed.
        Save => "be changed",
        /// Attach a file to it, or remove one.
        Attach => "have its files changed",
        /// Hand it in.
        Submit => "be submitted",
        /// Correct what was handed in.
        Revise => "be revised",
    }
}

impl ScorecardState {
    /// The state after a command. What was submitted never changes: a correction stands beside it.
    ///
    /// # Errors
    /// [`Illegal`] where the life has no such step.
    pub fn apply(self, command: ScorecardCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Draft, ScorecardCommand::Save | ScorecardCommand::Attach) => Ok(Self::Draft),
            (Self::Draft, ScorecardCommand::Submit)
            | (Self::Submitted, ScorecardCommand::Revise) => Ok(Self::Submitted),
            (Self::Draft, ScorecardCommand::Revise)
            | (
                Self::Submitted,
                ScorecardCommand::Save | ScorecardCommand::Attach | ScorecardCommand::Submit,
            ) => Err(Illegal { from: self.as_str(), command: command.as_str() }),
        }
    }
}

/// How often a card can be revised, so that all of what it said fits into one answer.
pub const REVISIONS_MAX: i32 = 20;

/// What a card lacks before it can be handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// An attribute is neither rated nor marked as "no signal".
    Unrated(AttributeId),
    /// There is no overall recommendation.
    NoRecommendation,
    /// "No decision" is given without a reason.
    NoReason,
}

/// What a card lacks, in the order in which it is asked for. `unrated` are the attributes of the
/// kit that the card says nothing about; "no signal" says something.
pub fn gaps(
    unrated: &[AttributeId],
    recommendation: Option<Recommendation>,
    reason: Option<&str>,
) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = unrated.iter().copied().map(Gap::Unrated).collect();
    match recommendation {
        None => gaps.push(Gap::NoRecommendation),
        Some(Recommendation::NoDecision) if reason.is_none() => gaps.push(Gap::NoReason),
        Some(
            Recommendation::NoDecision
            | Recommendation::StrongNo
            | Recommendation::No
            | Recommendation::Yes
            | Recommendation::StrongYes,
        ) => {}
    }
    gaps
}

/// On which side of the question "hire?" a recommendation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Yes or strong yes.
    Yes,
    /// No or strong no.
    No,
    /// No decision.
    Neither,
}

impl Recommendation {
    /// On which side it stands.
    pub const fn side(self) -> Side {
        match self {
            Self::Yes | Self::StrongYes => Side::Yes,
            Self::No | Self::StrongNo => Side::No,
            Self::NoDecision => Side::Neither,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn the_life_of_a_scorecard() {
        let mut table = String::new();
        for from in ScorecardState::ALL {
            for command in ScorecardCommand::ALL {
                let to = from.apply(*command).map_or("-", ScorecardState::as_str);
                writeln!(table, "{from:?} {command:?} {to}").unwrap();
            }
        }
        insta::assert_snapshot!(table, @r"
        Draft Save draft
        Draft Attach draft
        Draft Submit submitted
        Draft Revise -
        Submitted Save -
        Submitted Attach -
        Submitted Submit -
        Submitted Revise submitted
        ");
    }

    #[test]
    fn a_card_without_a_recommendation_is_not_complete() {
        assert_eq!(gaps(&[], None, Some("a reason for nothing")), [Gap::NoRecommendation]);
        for recommendation in Recommendation::ALL {
            let expected: &[Gap] =
                if *recommendation == Recommendation::NoDecision { &[Gap::NoReason] } else { &[] };
            assert_eq!(gaps(&[], Some(*recommendation), None), expected);
            assert_eq!(gaps(&[], Some(*recommendation), Some("because")), []);
        }
    }

    #[test]
    fn every_attribute_that_is_left_out_is_named() {
        let mut ids = crate::ids::IdSource::counted().batch(crate::clock::Instant::from_micros(0));
        let unrated: Vec<AttributeId> = (0..2).map(|_| ids.next_id()).collect();
        let expected: Vec<Gap> = unrated.iter().copied().map(Gap::Unrated).collect();
        assert_eq!(gaps(&unrated, Some(Recommendation::Yes), None), expected);
    }
}
