//! What ratings say of an attribute. Pure.

use crate::text_enum;

text_enum! {
    /// What came of rating an attribute.
    pub enum CoverageState {
        /// No rating is unsealed to you, or there is none yet.
        Planned => "planned",
        /// It was rated, and nobody contradicts.
        Rated => "rated",
        /// Whoever was to rate it saw no signal.
        NoSignal => "no_signal",
        /// Two ratings contradict each other.
        Contested => "contested",
    }
}

/// From how many levels apart on two ratings contradict each other.
const APART: i32 = 2;

/// Whether ratings of one attribute contradict each other: two of them are two levels apart, or stand on
/// both sides of the bar. Levels count from 1, the worst; `pass_level` is the worst that meets the bar.
pub fn are_contested(levels: &[i32], pass_level: i32) -> bool {
    let (Some(worst), Some(best)) = (levels.iter().min(), levels.iter().max()) else {
        return false;
    };
    best - worst >= APART || (*worst < pass_level && *best >= pass_level)
}

/// What ratings amount to, where no signal is none; `contested` is whether any ratings of the
/// attribute contradict each other.
pub fn state_of(ratings: impl IntoIterator<Item = Option<i32>>, contested: bool) -> CoverageState {
    let ratings: Vec<Option<i32>> = ratings.into_iter().collect();
    if ratings.is_empty() {
        CoverageState::Planned
    } else if ratings.iter().all(Option::is_none) {
        CoverageState::NoSignal
    } else if contested {
        CoverageState::Contested
    } else {
        CoverageState::Rated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_levels_apart_contradict() {
        assert!(are_contested(&[3, 5], 1));
        assert!(are_contested(&[5, 4, 3], 1));
        assert!(!are_contested(&[4, 5], 1));
        assert!(!are_contested(&[4, 4], 1));
    }

    #[test]
    fn both_sides_of_the_bar_contradict() {
        assert!(are_contested(&[2, 3], 3));
        assert!(!are_contested(&[1, 2], 3));
        assert!(!are_contested(&[3, 4], 3));
        assert!(are_contested(&[1, 2], 2));
    }

    #[test]
    fn one_rating_contradicts_nobody() {
        assert!(!are_contested(&[], 2));
        assert!(!are_contested(&[1], 2));
    }

    #[test]
    fn no_signal_is_apart_from_every_level() {
        assert_eq!(state_of([], false), CoverageState::Planned);
        assert_eq!(state_of([None, None], true), CoverageState::NoSignal);
        assert_eq!(state_of([None, Some(1)], false), CoverageState::Rated);
        assert_eq!(state_of([Some(1)], true), CoverageState::Contested);
    }
}
