//! What speaks against seating somebody on a panel. Pure: facts in, bent rules out. Whoever assigns
//! may bend a rule, with a reason; nobody is seated by this, or kept away.

use super::model::owes_by_slot;
use crate::loops::templates::Slot;
use crate::pools::members::Qualification;
use crate::text_enum;
use crate::working_time::Obstacle;

text_enum! {
    /// A rule that is bent by seating somebody.
    pub enum AssignmentRule {
        /// The seat is for others who are named.
        NotNamed => "not_named",
        /// The seat is for a pool that the person is not in.
        NotInPool => "not_in_pool",
        /// The person does not lead interviews of the seat's pool yet.
        NotQualified => "not_qualified",
        /// The person still practises, and nobody qualified sits beside them.
        NobodyQualifiedBeside => "nobody_qualified_beside",
        /// The person pauses in the seat's pool.
        Paused => "paused",
        /// The limit for that day is reached.
        DayLimit => "day_limit",
        /// The limit for that week is reached.
        WeekLimit => "week_limit",
        /// The person named the candidate.
        Referrer => "referrer",
        /// The candidate works here, above or below the person.
        ReportingLine => "reporting_line",
        /// The interview is not within the person's hours.
        OutsideHours => "outside_hours",
        /// The interview is on a holiday of the person's.
        Holiday => "holiday",
        /// The person is away at the time of the interview.
        Away => "away",
        /// The person is busy at the time of the interview, by a calendar of theirs.
        Busy => "busy",
        /// The person has read a card of the application.
        ReadACard => "read_a_card",
    }
}

impl AssignmentRule {
    /// A sentence for people. It says no more than that the rule is bent.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NotNamed => "The seat is for others, who are named.",
            Self::NotInPool => "The person is not in the pool that the seat is for.",
            Self::NotQualified => "The person is not qualified in the pool that the seat is for.",
            Self::NobodyQualifiedBeside => {
                "The person still practises; seat somebody qualified beside them first."
            }
            Self::Paused => "The person pauses in the pool that the seat is for.",
            Self::DayLimit => "The limit for that day is reached.",
            Self::WeekLimit => "The limit for that week is reached.",
            Self::Referrer => "The person named the candidate.",
            Self::ReportingLine => "The candidate works here, in one line with the person.",
            Self::OutsideHours => "The interview is not within the hours of the person.",
            Self::Holiday => "The interview is on a holiday of the person's.",
            Self::Away => "The person is away at the time of the interview.",
            Self::Busy => "The person is busy at the time of the interview, by their calendar.",
            Self::ReadACard => "The person has read a card of the application.",
        }
    }
}

impl AssignmentRule {
    /// Whether it depends on the time of the interview, so that it is asked again when that changes.
    pub const fn is_of_time(self) -> bool {
        match self {
            Self::Paused
            | Self::DayLimit
            | Self::WeekLimit
            | Self::OutsideHours
            | Self::Holiday
            | Self::Away
            | Self::Busy => true,
            Self::NotNamed
            | Self::NotInPool
            | Self::NotQualified
            | Self::NobodyQualifiedBeside
            | Self::Referrer
            | Self::ReportingLine
            | Self::ReadACard => false,
        }
    }

    /// Some rules as a seat keeps them: their words, apart by spaces. None for none.
    pub fn words(rules: &[Self]) -> Option<String> {
        let words: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The rules that a seat keeps.
    pub fn of_words(words: &str) -> Vec<Self> {
        words.split(' ').filter_map(|word| word.parse().ok()).collect()
    }
}

impl From<Obstacle> for AssignmentRule {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::OutsideHours => Self::OutsideHours,
            Obstacle::Holiday => Self::Holiday,
            Obstacle::Away => Self::Away,
        }
    }
}

/// For whom a seat of the kit is, seen from one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatFor {
    /// Whoever is asked.
    Anybody,
    /// People who are named.
    Named {
        /// Whether the person is one of them.
        is_named: bool,
    },
    /// The members of a pool.
    Pool {
        /// What the person is there.
        membership: Option<Membership>,
        /// Whether somebody else who is qualified there judges on the panel.
        qualified_beside: bool,
    },
}

/// What somebody is in the pool of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// What they are.
    pub qualification: Qualification,
    /// Whether they pause on the day of the interview.
    pub paused: bool,
}

/// How much somebody does in a day or a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// The other interviews in that time.
    pub others: i64,
    /// How many they hold at most.
    pub limit: Option<i32>,
}

impl Load {
    fn is_full(self) -> bool {
        self.limit.is_some_and(|limit| self.others >= i64::from(limit))
    }
}

/// What is known of a person and a seat.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own with yes or no")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// As what they would sit there.
    pub slot: Slot,
    /// For whom the seats of that slot are; no rule where the kit has none.
    pub seats: Vec<SeatFor>,
    /// Whether they named the candidate.
    pub referred: bool,
    /// Whether the candidate works here, above or below them.
    pub in_reporting_line: bool,
    /// On the day of the interview; nothing while it has no time.
    pub day: Load,
    /// In its week.
    pub week: Load,
    /// What keeps them from working at its time.
    pub obstacles: Vec<Obstacle>,
    /// Whether they are busy then, by a calendar of theirs.
    pub busy: bool,
    /// Whether they have read a card of the application.
    pub has_read: bool,
}

impl Facts {
    /// The rules that seating them would bend, each once. Of several seats of the slot the one that
    /// fits best counts.
    pub fn bent(&self) -> Vec<AssignmentRule> {
        use AssignmentRule as Rule;
        let of_seats = self.seats.iter().map(|seat| seat.bent(self.slot));
        let mut rules = of_seats.min_by_key(Vec::len).unwrap_or_default();
        let others = [
            (self.day.is_full(), Rule::DayLimit),
            (self.week.is_full(), Rule::WeekLimit),
            (self.referred, Rule::Referrer),
            (self.in_reporting_line, Rule::ReportingLine),
        ];
        rules.extend(others.into_iter().filter_map(|(bent, rule)| bent.then_some(rule)));
        rules.extend(self.obstacles.iter().copied().map(Rule::from));
        rules.extend(self.busy.then_some(Rule::Busy));
        rules.extend(self.has_read.then_some(Rule::ReadACard));
        rules
    }
}

impl SeatFor {
    fn bent(self, slot: Slot) -> Vec<AssignmentRule> {
        match self {
            Self::Anybody | Self::Named { is_named: true } => Vec::new(),
            Self::Named { is_named: false } => vec![AssignmentRule::NotNamed],
            Self::Pool { membership: None, .. } => vec![AssignmentRule::NotInPool],
            Self::Pool { membership: Some(membership), qualified_beside } => {
                let trained = membership.qualification.lacks(slot, qualified_beside);
                let paused = membership.paused.then_some(AssignmentRule::Paused);
                trained.into_iter().chain(paused).collect()
            }
        }
    }
}

impl Qualification {
    /// The rule of training that a seat would bend. Whoever watches needs none.
    fn lacks(self, slot: Slot, qualified_beside: bool) -> Option<AssignmentRule> {
        if !owes_by_slot(slot) {
            return None;
        }
        match self {
            Self::Qualified => None,
            Self::ReverseShadowing => {
                (!qualified_beside).then_some(AssignmentRule::NobodyQualifiedBeside)
            }
            Self::Invited | Self::Shadowing => Some(AssignmentRule::NotQualified),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use AssignmentRule as Rule;
    use Qualification::{Invited, Qualified, ReverseShadowing, Shadowing};

    fn facts(slot: Slot, seats: &[SeatFor]) -> Facts {
        Facts {
            slot,
            seats: seats.to_vec(),
            referred: false,
            in_reporting_line: false,
            day: Load::default(),
            week: Load::default(),
            obstacles: Vec::new(),
            busy: false,
            has_read: false,
        }
    }

    fn member(qualification: Qualification, qualified_beside: bool) -> SeatFor {
        let membership = Some(Membership { qualification, paused: false });
        SeatFor::Pool { membership, qualified_beside }
    }

    #[test]
    fn nothing_speaks_against_somebody_for_a_seat_that_is_for_anybody() {
        assert!(facts(Slot::Lead, &[]).bent().is_empty());
        assert!(facts(Slot::Lead, &[SeatFor::Anybody]).bent().is_empty());
    }

    #[test]
    fn whoever_judges_is_qualified_or_practises_beside_somebody_who_is() {
        let bent =
            |slot, qualification, beside| facts(slot, &[member(qualification, beside)]).bent();
        for slot in [Slot::Lead, Slot::Second, Slot::BarRaiser] {
            assert_eq!(bent(slot, Invited, true), [Rule::NotQualified]);
            assert_eq!(bent(slot, Shadowing, true), [Rule::NotQualified]);
            assert_eq!(bent(slot, ReverseShadowing, false), [Rule::NobodyQualifiedBeside]);
            assert!(bent(slot, ReverseShadowing, true).is_empty());
            assert!(bent(slot, Qualified, false).is_empty());
        }
        for qualification in Qualification::ALL {
            assert!(bent(Slot::Shadow, *qualification, false).is_empty());
        }
    }

    #[test]
    fn a_pool_keeps_out_who_is_not_in_it_and_who_pauses() {
        let stranger = SeatFor::Pool { membership: None, qualified_beside: true };
        assert_eq!(facts(Slot::Shadow, &[stranger]).bent(), [Rule::NotInPool]);
        let membership = Some(Membership { qualification: Qualified, paused: true });
        let resting = SeatFor::Pool { membership, qualified_beside: true };
        assert_eq!(facts(Slot::Lead, &[resting]).bent(), [Rule::Paused]);
        let other = SeatFor::Named { is_named: false };
        assert_eq!(facts(Slot::Lead, &[other]).bent(), [Rule::NotNamed]);
    }

    #[test]
    fn of_several_seats_the_one_that_fits_counts() {
        let seats = [SeatFor::Named { is_named: false }, member(Qualified, false)];
        assert!(facts(Slot::Second, &seats).bent().is_empty());
    }

    #[test]
    fn a_limit_is_reached_when_as_many_stand_there() {
        let bent = |others, limit| {
            let load = Load { others, limit };
            Facts { day: load, week: load, ..facts(Slot::Lead, &[]) }.bent()
        };
        assert_eq!(bent(2, Some(2)), [Rule::DayLimit, Rule::WeekLimit]);
        assert!(bent(1, Some(2)).is_empty() && bent(9, None).is_empty());
    }

    #[test]
    fn rules_read_back_as_they_were_kept() {
        assert_eq!(Rule::words(&[]), None);
        let words = Rule::words(Rule::ALL).unwrap_or_default();
        assert_eq!(Rule::of_words(&words), Rule::ALL);
    }
}
