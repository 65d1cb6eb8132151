//! The steps of the training. Pure.

use crate::loops::templates::Slot;
use crate::text_enum;

text_enum! {
    /// What somebody is in a pool: invited → shadowing → reverse shadowing → qualified.
    pub enum Qualification {
        /// Was asked to join and has not yet.
        Invited => "invited",
        /// Learns by watching others.
        Shadowing => "shadowing",
        /// Leads, while somebody qualified sits beside them.
        ReverseShadowing => "reverse_shadowing",
        /// Leads.
        Qualified => "qualified",
    }
}

/// How many interviews each step of the training takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Watched ones.
    pub shadows: i32,
    /// Led ones, with somebody qualified beside.
    pub reverse_shadows: i32,
}

impl Qualification {
    /// The step after this one; steps that take no practice are skipped.
    pub const fn next(self, needs: Needs) -> Self {
        match self {
            Self::Invited if needs.shadows > 0 => Self::Shadowing,
            Self::Invited | Self::Shadowing if needs.reverse_shadows > 0 => Self::ReverseShadowing,
            Self::Invited | Self::Shadowing | Self::ReverseShadowing | Self::Qualified => {
                Self::Qualified
            }
        }
    }

    /// How many interviews this step takes; none where practice leads nowhere.
    pub const fn needed(self, needs: Needs) -> Option<i32> {
        match self {
            Self::Shadowing => Some(needs.shadows),
            Self::ReverseShadowing => Some(needs.reverse_shadows),
            Self::Invited | Self::Qualified => None,
        }
    }

    /// Whether an interview that one held in this slot counts towards the next step.
    pub const fn counts(self, slot: Slot) -> bool {
        match self {
            Self::Shadowing => matches!(slot, Slot::Shadow),
            Self::ReverseShadowing => slot.owes(),
            Self::Invited | Self::Qualified => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Qualification::{Invited, Qualified, ReverseShadowing, Shadowing};

    #[test]
    fn steps_without_practice_are_skipped() {
        let next = |shadows, reverse_shadows| {
            let needs = Needs { shadows, reverse_shadows };
            Qualification::ALL.iter().map(move |from| from.next(needs)).collect::<Vec<_>>()
        };
        assert_eq!(next(2, 2), [Shadowing, ReverseShadowing, Qualified, Qualified]);
        assert_eq!(next(2, 0), [Shadowing, Qualified, Qualified, Qualified]);
        assert_eq!(next(0, 2), [ReverseShadowing, ReverseShadowing, Qualified, Qualified]);
        assert_eq!(next(0, 0), [Qualified; 4]);
    }

    #[test]
    fn watching_counts_for_those_who_watch_and_leading_for_those_who_lead() {
        let counting = |step: Qualification| {
            Slot::ALL.iter().filter(|slot| step.counts(**slot)).copied().collect::<Vec<_>>()
        };
        assert_eq!(counting(Shadowing), [Slot::Shadow]);
        assert_eq!(counting(ReverseShadowing), [Slot::Lead, Slot::Second, Slot::BarRaiser]);
        assert!(counting(Invited).is_empty() && counting(Qualified).is_empty());
    }
}
