//! The life of an interview and of a seat on its panel.

use chrono::TimeDelta;

use super::InterviewState;
use crate::clock::Instant;
use crate::loops::Illegal;
use crate::loops::templates::Slot;
use crate::text_enum;

text_enum! {
    /// What can be done with an interview. The words read after "it cannot".
    pub enum InterviewCommand {
        /// Ask the candidate when they could come.
        AskAvailability => "have its candidate asked when they could come",
        /// Offer the candidate times to choose from.
        Propose => "have times offered",
        /// The candidate takes one of these times.
        Take => "have one of its times taken",
        /// The candidate asks for another time than the one it has, or than those that are offered.
        AskAnotherTime => "have its candidate ask for another time",
        /// The candidate says that they cannot come; what becomes of it, others decide.
        GiveUp => "be given up by its candidate",
        /// Give it a time, or another one.
        Schedule => "be scheduled",
        /// It took place.
        Complete => "be completed",
        /// The result of its assessment came in.
        Assess => "have a result",
        /// Call it off.
        Cancel => "be cancelled",
        /// Somebody did not come.
        MarkNoShow => "be marked as a no-show",
    }
}

impl InterviewState {
    /// The state after a command. A time that was given is given up when the candidate is asked again;
    /// to what somebody did not come may be held at another time.
    ///
    /// # Errors
    /// [`Illegal`] where the life has no such step.
    #[expect(clippy::too_many_lines, reason = "one table, without a wildcard")]
    pub fn apply(self, command: InterviewCommand) -> Result<Self, Illegal> {
        use InterviewCommand as Do;
        let illegal = Illegal { from: self.as_str(), command: command.as_str() };
        match (self, command) {
            (
                Self::Draft
                | Self::AwaitingAvailability
                | Self::Proposed
                | Self::Confirmed
                | Self::NoShow,
                Do::AskAvailability,
            ) => Ok(Self::AwaitingAvailability),
            (
                Self::Draft
                | Self::AwaitingAvailability
                | Self::Proposed
                | Self::Confirmed
                | Self::NoShow,
                Do::Propose,
            ) => Ok(Self::Proposed),
            (
                Self::Draft
                | Self::AwaitingAvailability
                | Self::Proposed
                | Self::Confirmed
                | Self::NoShow,
                Do::Schedule,
            )
            | (Self::Proposed, Do::Take) => Ok(Self::Confirmed),
            (Self::Proposed | Self::Confirmed, Do::AskAnotherTime) => {
                Ok(Self::AwaitingAvailability)
            }
            (Self::AwaitingAvailability | Self::Proposed | Self::Confirmed, Do::GiveUp) => {
                Ok(Self::Draft)
            }
            (Self::Confirmed, Do::Complete)
            | (
                Self::Draft | Self::AwaitingAvailability | Self::Proposed | Self::Confirmed,
                Do::Assess,
            ) => Ok(Self::Completed),
            (Self::Confirmed, Do::MarkNoShow) => Ok(Self::NoShow),
            (
                Self::Draft | Self::AwaitingAvailability | Self::Proposed | Self::Confirmed,
                Do::Cancel,
            ) => Ok(Self::Cancelled),
            (
                Self::Draft | Self::AwaitingAvailability | Self::Proposed,
                Do::Complete | Do::MarkNoShow,
            )
            | (
                Self::Draft | Self::AwaitingAvailability | Self::Confirmed | Self::NoShow,
                Do::Take,
            )
            | (Self::Draft | Self::AwaitingAvailability | Self::NoShow, Do::AskAnotherTime)
            | (Self::Draft | Self::NoShow, Do::GiveUp)
            | (Self::NoShow, Do::Complete | Do::Assess | Do::Cancel | Do::MarkNoShow)
            | (
                Self::Completed | Self::Cancelled,
                Do::AskAvailability
                | Do::Propose
                | Do::Take
                | Do::AskAnotherTime
                | Do::GiveUp
                | Do::Schedule
                | Do::Complete
                | Do::Assess
                | Do::Cancel
                | Do::MarkNoShow,
            ) => Err(illegal),
        }
    }

    /// Whether it was called off, so that nobody owes anything for it.
    pub const fn is_off(self) -> bool {
        match self {
            Self::Cancelled | Self::NoShow => true,
            Self::Draft
            | Self::AwaitingAvailability
            | Self::Proposed
            | Self::Confirmed
            | Self::Completed => false,
        }
    }

    /// Whether it is still to take place.
    pub const fn is_to_come(self) -> bool {
        match self {
            Self::Draft | Self::AwaitingAvailability | Self::Proposed | Self::Confirmed => true,
            Self::Completed | Self::Cancelled | Self::NoShow => false,
        }
    }
}

text_enum! {
    /// The life of a seat on a panel.
    pub enum SeatState {
        /// A scorecard is owed.
        Owing => "owing",
        /// A shadow or observer, who owes none.
        Free => "free",
        /// The scorecard is in.
        Submitted => "submitted",
        /// The scorecard is no longer owed; it may come all the same.
        Waived => "waived",
        /// The person left the panel.
        Removed => "removed",
    }
}

text_enum! {
    /// What can be done with a seat. The words read after "it cannot".
    pub enum SeatCommand {
        /// Hand in the scorecard.
        Submit => "hand in a scorecard",
        /// Say that the scorecard is no longer owed.
        Waive => "be waived",
        /// Take the person off the panel.
        Remove => "be removed",
    }
}

impl SeatState {
    /// The state of a seat by its slot and by what happened to it.
    pub const fn of(slot: Slot, submitted: bool, waived: bool, removed: bool) -> Self {
        if removed {
            Self::Removed
        } else if submitted {
            Self::Submitted
        } else if waived {
            Self::Waived
        } else if owes_by_slot(slot) {
            Self::Owing
        } else {
            Self::Free
        }
    }

    /// The state after a command.
    ///
    /// # Errors
    /// [`Illegal`] where the life has no such step.
    pub fn apply(self, command: SeatCommand) -> Result<Self, Illegal> {
        use SeatCommand as Do;
        match (self, command) {
            (Self::Owing | Self::Free | Self::Waived, Do::Submit) => Ok(Self::Submitted),
            (Self::Owing, Do::Waive) => Ok(Self::Waived),
            (Self::Owing | Self::Free | Self::Waived, Do::Remove) => Ok(Self::Removed),
            (Self::Free | Self::Waived, Do::Waive)
            | (Self::Submitted | Self::Removed, Do::Submit | Do::Waive | Do::Remove) => {
                Err(Illegal { from: self.as_str(), command: command.as_str() })
            }
        }
    }
}

/// Whether a seat in this slot owes a scorecard and its card enters the debrief. Shadows' and
/// observers' cards are kept for training.
pub const fn owes_by_slot(slot: Slot) -> bool {
    match slot {
        Slot::Lead | Slot::Second | Slot::BarRaiser => true,
        Slot::Shadow | Slot::Observer => false,
    }
}

/// The version of a seat: it changes once for each thing that can happen to it.
pub fn seat_version(submitted: bool, waived: bool) -> i64 {
    1 + i64::from(submitted) + i64::from(waived)
}

/// The states for which [`InterviewState::is_to_come`] holds.
pub const TO_COME: [InterviewState; 4] = [
    InterviewState::Draft,
    InterviewState::AwaitingAvailability,
    InterviewState::Proposed,
    InterviewState::Confirmed,
];

/// The states for which [`InterviewState::is_off`] holds.
pub const OFF: [InterviewState; 2] = [InterviewState::Cancelled, InterviewState::NoShow];

/// The slots for which [`owes_by_slot`] holds.
pub const OWING_SLOTS: [Slot; 3] = [Slot::Lead, Slot::Second, Slot::BarRaiser];

/// The shortest interview.
pub const SHORTEST: TimeDelta = TimeDelta::minutes(5);
/// The longest interview.
pub const LONGEST: TimeDelta = TimeDelta::hours(8);

/// Whether an interview may last from one instant to the other.
pub fn fits(starts_at: Instant, ends_at: Instant) -> bool {
    (SHORTEST..=LONGEST).contains(&(ends_at - starts_at))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table")]
    fn the_life_of_an_interview() {
        let mut table = String::new();
        for from in InterviewState::ALL {
            for command in InterviewCommand::ALL {
                let to = from.apply(*command).map_or("-", InterviewState::as_str);
                writeln!(table, "{from:?} {command:?} {to}").unwrap();
            }
        }
        insta::assert_snapshot!(table, @r"
        Draft AskAvailability awaiting_availability
        Draft Propose proposed
        Draft Take -
        Draft AskAnotherTime -
        Draft GiveUp -
        Draft Schedule confirmed
        Draft Complete -
        Draft Assess completed
        Draft Cancel cancelled
        Draft MarkNoShow -
        AwaitingAvailability AskAvailability awaiting_availability
        AwaitingAvailability Propose proposed
        AwaitingAvailability Take -
        AwaitingAvailability AskAnotherTime -
        AwaitingAvailability GiveUp draft
        AwaitingAvailability Schedule confirmed
        AwaitingAvailability Complete -
        AwaitingAvailability Assess completed
        AwaitingAvailability Cancel cancelled
        AwaitingAvailability MarkNoShow -
        Proposed AskAvailability awaiting_availability
        Proposed Propose proposed
        Proposed Take confirmed
        Proposed AskAnotherTime awaiting_availability
        Proposed GiveUp draft
        Proposed Schedule confirmed
        Proposed Complete -
        Proposed Assess completed
        Proposed Cancel cancelled
        Proposed MarkNoShow -
        Confirmed AskAvailability awaiting_availability
        Confirmed Propose proposed
        Confirmed Take -
        Confirmed AskAnotherTime awaiting_availability
        Confirmed GiveUp draft
        Confirmed Schedule confirmed
        Confirmed Complete completed
        Confirmed Assess completed
        Confirmed Cancel cancelled
        Confirmed MarkNoShow no_show
        Completed AskAvailability -
        Completed Propose -
        Completed Take -
        Completed AskAnotherTime -
        Completed GiveUp -
        Completed Schedule -
        Completed Complete -
        Completed Assess -
        Completed Cancel -
        Completed MarkNoShow -
        Cancelled AskAvailability -
        Cancelled Propose -
        Cancelled Take -
        Cancelled AskAnotherTime -
        Cancelled GiveUp -
        Cancelled Schedule -
        Cancelled Complete -
        Cancelled Assess -
        Cancelled Cancel -
        Cancelled MarkNoShow -
        NoShow AskAvailability awaiting_availability
        NoShow Propose proposed
        NoShow Take -
        NoShow AskAnotherTime -
        NoShow GiveUp -
        NoShow Schedule confirmed
        NoShow Complete -
        NoShow Assess -
        NoShow Cancel -
        NoShow MarkNoShow -
        ");
    }

    #[test]
    fn the_life_of_a_seat() {
        let mut table = String::new();
        for from in SeatState::ALL {
            for command in SeatCommand::ALL {
                let to = from.apply(*command).map_or("-", SeatState::as_str);
                writeln!(table, "{from:?} {command:?} {to}").unwrap();
            }
        }
        insta::assert_snapshot!(table, @r"
        Owing Submit submitted
        Owing Waive waived
        Owing Remove removed
        Free Submit submitted
        Free Waive -
        Free Remove removed
        Submitted Submit -
        Submitted Waive -
        Submitted Remove -
        Waived Submit submitted
        Waived Waive -
        Waived Remove removed
        Removed Submit -
        Removed Waive -
        Removed Remove -
        ");
    }

    #[test]
    fn the_states_that_queries_name_are_those_of_the_life() {
        for state in InterviewState::ALL {
            assert_eq!(OFF.contains(state), state.is_off());
            assert_eq!(TO_COME.contains(state), state.is_to_come());
        }
    }

    #[test]
    fn only_seats_that_judge_owe_a_card() {
        for slot in Slot::ALL {
            assert_eq!(OWING_SLOTS.contains(slot), owes_by_slot(*slot));
            let fresh = SeatState::of(*slot, false, false, false);
            assert_eq!(fresh == SeatState::Owing, owes_by_slot(*slot));
        }
    }

    #[test]
    fn an_interview_lasts_from_five_minutes_to_eight_hours() {
        let start = Instant::from_micros(1_795_000_000_000_000);
        assert!(!fits(start, start));
        assert!(!fits(start, start + TimeDelta::minutes(-30)));
        assert!(!fits(start, start + TimeDelta::seconds(299)));
        assert!(fits(start, start + TimeDelta::minutes(5)));
        assert!(fits(start, start + TimeDelta::hours(8)));
        assert!(!fits(start, start + TimeDelta::seconds(8 * 3600 + 1)));
    }
}
