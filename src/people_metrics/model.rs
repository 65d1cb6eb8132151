//! The figures, pure: what is counted, and which groups are large enough to be shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate, TimeDelta};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{DebriefId, UserId};
use crate::scorecards::Recommendation;
use crate::scorecards::model::Side;

/// The fewest people of whom a figure is shown together.
pub const GROUP_MIN: usize = 5;

/// A card that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed {
    /// Whose it is.
    pub author: UserId,
    /// What it recommends; none for one that an import brought without.
    pub recommendation: Option<Recommendation>,
    /// How much of its author's working time lay between its due time and its coming in; none for a card
    /// that had no due time, zero for one in time.
    pub lateness: Option<TimeDelta>,
}

/// A ballot in a debrief, in the order in which they were cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    /// In which debrief.
    pub debrief: DebriefId,
    /// Whose it is.
    pub user: UserId,
    /// What it says.
    pub recommendation: Recommendation,
    /// Whether it is that of a card, which changes no mind: whoever writes two cards has two.
    pub initial: bool,
}

/// How many cards recommend what.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Recommended {
    strong_no: usize,
    no: usize,
    yes: usize,
    strong_yes: usize,
    no_decision: usize,
}

impl Recommended {
    fn count(&mut self, recommendation: Recommendation) {
        let one = match recommendation {
            Recommendation::StrongNo => &mut self.strong_no,
            Recommendation::No => &mut self.no,
            Recommendation::Yes => &mut self.yes,
            Recommendation::StrongYes => &mut self.strong_yes,
            Recommendation::NoDecision => &mut self.no_decision,
        };
        *one += 1;
    }
}

/// Later ballots, by which somebody changed their mind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Moves {
    /// How many.
    pub changed: usize,
    /// How many of them toward what most others said by then.
    pub toward_majority: usize,
}

/// Figures about work on panels. Counts, so that nothing is rounded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Scorecards that were handed in.
    cards: usize,
    /// Those of them that had a time at which they were due.
    cards_due: usize,
    /// Those of these that came in before their author had worked past it.
    cards_in_time: usize,
    /// The median of how late the others were, in minutes of their authors' working time; null without
    /// any.
    #[schema(minimum = 1, example = 95)]
    median_late_working_minutes: Option<i64>,
    /// What the cards recommend.
    recommendations: Recommended,
    /// Ballots by which somebody changed what they had said before.
    ballots_changed: usize,
    /// Those of them that moved toward what most others said by then.
    ballots_toward_majority: usize,
}

impl Figures {
    /// The figures of some cards and later ballots.
    pub fn of(cards: &[Handed], moves: Moves) -> Self {
        let mut figures = Self {
            cards: 0,
            cards_due: 0,
            cards_in_time: 0,
            median_late_working_minutes: None,
            recommendations: Recommended::default(),
            ballots_changed: moves.changed,
            ballots_toward_majority: moves.toward_majority,
        };
        let mut late = Vec::new();
        for card in cards {
            figures.cards += 1;
            if let Some(recommendation) = card.recommendation {
                figures.recommendations.count(recommendation);
            }
            let Some(lateness) = card.lateness else { continue };
            figures.cards_due += 1;
            if lateness > TimeDelta::zero() {
                late.push(minutes(lateness));
            } else {
                figures.cards_in_time += 1;
            }
        }
        figures.median_late_working_minutes = median(late);
        figures
    }
}

/// Whole minutes, a begun one as one.
fn minutes(time: TimeDelta) -> i64 {
    let whole = time.num_minutes();
    if TimeDelta::minutes(whole) < time { whole + 1 } else { whole }
}

/// The middle of some numbers; of two in the middle their mean, rounded down.
fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    let upper = *numbers.get(middle)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    numbers.get(middle - 1).map(|lower| lower + (upper - lower) / 2)
}

/// Where a recommendation stands between a strong no and a strong yes.
const fn place(recommendation: Recommendation) -> i8 {
    match recommendation {
        Recommendation::StrongNo => -2,
        Recommendation::No => -1,
        Recommendation::NoDecision => 0,
        Recommendation::Yes => 1,
        Recommendation::StrongYes => 2,
    }
}

/// How everybody moved by their later ballots. What most others said is what stood at that moment; where
/// as many said yes as no, there is no majority to move toward.
pub fn moves(ballots: &[Cast]) -> HashMap<(DebriefId, UserId), Moves> {
    let mut standing: BTreeMap<(DebriefId, UserId), Recommendation> = BTreeMap::new();
    let mut found: HashMap<(DebriefId, UserId), Moves> = HashMap::new();
    for ballot in ballots {
        let key = (ballot.debrief, ballot.user);
        let Some(before) = standing.insert(key, ballot.recommendation) else { continue };
        let step = place(ballot.recommendation) - place(before);
        if ballot.initial || step == 0 {
            continue;
        }
        let others = standing
            .iter()
            .filter(|((debrief, user), _)| *debrief == ballot.debrief && *user != ballot.user);
        let lean: i64 = others.map(|(_, said)| side(*said)).sum();
        let moved = found.entry(key).or_default();
        moved.changed += 1;
        moved.toward_majority += usize::from(lean.signum() == i64::from(step.signum()));
    }
    found
}

const fn side(recommendation: Recommendation) -> i64 {
    match recommendation.side() {
        Side::Yes => 1,
        Side::No => -1,
        Side::Neither => 0,
    }
}

/// Which groups are shown: those of at least [`GROUP_MIN`] people, but as many of the smallest fewer that
/// those left out are so many people together, too. Otherwise they could be had by subtraction from the
/// whole.
pub fn shown<K: Ord + Clone>(groups: &BTreeMap<K, BTreeSet<UserId>>) -> BTreeSet<K> {
    let mut by_size: Vec<(&K, &BTreeSet<UserId>)> = groups.iter().collect();
    by_size.sort_by_key(|(key, people)| (people.len(), *key));
    let mut left_out: BTreeSet<UserId> = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for (key, people) in by_size {
        let alone = people.len() < GROUP_MIN;
        let exposed = !left_out.is_empty() && left_out.len() < GROUP_MIN;
        if alone || exposed {
            left_out.extend(people);
        } else {
            shown.insert(key.clone());
        }
    }
    shown
}

/// A quarter of a year of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i32,
    /// 1 to 4.
    number: u32,
}

impl Quarter {
    /// As it is written: `2026-Q3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-Q")?;
        let (year, number) = (year.parse().ok()?, number.parse().ok()?);
        let read = Self { year, number };
        ((1970..=9998).contains(&year) && (1..=4).contains(&number) && read.written() == text)
            .then_some(read)
    }

    /// As it is written.
    pub fn written(self) -> String {
        format!("{}-Q{}", self.year, self.number)
    }

    /// The last one that is over on a day.
    pub fn before(day: NaiveDate) -> Self {
        let this = Self { year: day.year(), number: day.month0() / 3 + 1 };
        if this.number == 1 {
            Self { year: this.year - 1, number: 4 }
        } else {
            Self { number: this.number - 1, ..this }
        }
    }

    /// Its first day and its last.
    pub fn days(self) -> Option<(NaiveDate, NaiveDate)> {
        let first = NaiveDate::from_ymd_opt(self.year, self.number * 3 - 2, 1)?;
        let next = first.checked_add_months(chrono::Months::new(3))?;
        Some((first, next.pred_opt()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::ids::IdSource;
    use Recommendation::{No, NoDecision, StrongNo, StrongYes, Yes};

    fn people(many: usize) -> Vec<UserId> {
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        (0..many).map(|_| ids.next_id()).collect()
    }

    fn card(author: UserId, recommendation: Recommendation, late: Option<i64>) -> Handed {
        let lateness = late.map(TimeDelta::seconds);
        Handed { author, recommendation: Some(recommendation), lateness }
    }

    #[test]
    fn the_middle_of_numbers() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![7]), Some(7));
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![10, 1, 4, 7]), Some(5), "the mean of two, rounded down");
    }

    #[test]
    fn what_is_late_by_a_second_is_late_by_a_minute_and_what_was_not_due_is_neither() {
        let ana = people(1)[0];
        let cards = [
            card(ana, Yes, Some(0)),
            card(ana, StrongYes, Some(1)),
            card(ana, No, Some(3_600)),
            card(ana, NoDecision, None),
        ];
        let figures = Figures::of(&cards, Moves::default());
        assert_eq!((figures.cards, figures.cards_due, figures.cards_in_time), (4, 3, 1));
        assert_eq!(figures.median_late_working_minutes, Some(30));
        let expected = Recommended { yes: 1, strong_yes: 1, no: 1, no_decision: 1, strong_no: 0 };
        assert_eq!(figures.recommendations, expected);
        assert_eq!(Figures::of(&[], Moves::default()).median_late_working_minutes, None);
    }

    #[test]
    fn a_move_is_toward_what_most_others_say_at_that_moment() {
        let people = people(4);
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        let (debrief, other): (DebriefId, DebriefId) = (ids.next_id(), ids.next_id());
        let cast = |user: usize, recommendation| Cast {
            debrief,
            user: people[user],
            recommendation,
            initial: false,
        };
        let of_card = |user, recommendation| Cast { initial: true, ..cast(user, recommendation) };
        let first = [of_card(0, StrongNo), of_card(1, Yes), of_card(2, Yes), of_card(3, No)];
        let after = |later: &[Cast], user: usize| {
            let ballots = [first.as_slice(), later].concat();
            let found = moves(&ballots);
            let moved = found.get(&(debrief, people[user])).copied().unwrap_or_default();
            (moved.changed, moved.toward_majority)
        };
        assert_eq!(after(&[], 0), (0, 0), "a first ballot is no move");
        assert_eq!(after(&[cast(0, No)], 0), (1, 1), "two of three others say yes");
        assert_eq!(after(&[cast(0, StrongNo)], 0), (0, 0), "the same again");
        assert_eq!(after(&[of_card(0, Yes)], 0), (0, 0), "a second card");
        assert_eq!(after(&[cast(1, StrongYes)], 1), (1, 0), "most others of theirs say no");
        assert_eq!(after(&[cast(1, No)], 1), (1, 1));
        assert_eq!(
            after(&[cast(3, NoDecision), cast(1, No)], 1),
            (1, 0),
            "one yes, one no: nobody's majority"
        );
        let elsewhere = Cast { debrief: other, ..cast(0, Yes) };
        assert_eq!(after(&[elsewhere], 0), (0, 0), "the first ballot of another debrief");
    }

    fn sizes(groups: &[(&'static str, std::ops::Range<usize>)]) -> Vec<&'static str> {
        let all = people(40);
        let groups: BTreeMap<&str, BTreeSet<UserId>> = groups
            .iter()
            .map(|(key, of)| (*key, all[of.clone()].iter().copied().collect()))
            .collect();
        shown(&groups).into_iter().collect()
    }

    #[test]
    fn a_group_of_fewer_than_five_is_left_out_and_no_subtraction_gives_it_back() {
        assert_eq!(sizes(&[("a", 0..5), ("b", 5..15)]), ["a", "b"]);
        assert_eq!(
            sizes(&[("a", 0..4), ("b", 4..9), ("c", 9..19)]),
            ["c"],
            "the next smallest, too"
        );
        assert_eq!(sizes(&[("a", 0..3), ("b", 3..6), ("c", 6..16)]), ["c"], "six are left out");
        assert_eq!(sizes(&[("a", 0..4), ("b", 4..20)]), Vec::<&str>::new());
        assert_eq!(sizes(&[("a", 0..4)]), Vec::<&str>::new());
        assert_eq!(sizes(&[]), Vec::<&str>::new());
        // The same four people twice are four.
        assert_eq!(sizes(&[("a", 0..4), ("b", 0..4), ("c", 0..6), ("d", 0..7)]), ["d"]);
    }

    proptest::proptest! {
        #[test]
        fn those_who_are_left_out_are_nobody_or_five(starts in proptest::collection::vec((0..30_usize, 1..10_usize), 0..8)) {
            let all = people(40);
            let groups: BTreeMap<usize, BTreeSet<UserId>> = starts
                .iter()
                .enumerate()
                .map(|(key, (start, size))| (key, all[*start..start + size].iter().copied().collect()))
                .collect();
            let shown = shown(&groups);
            let left: BTreeSet<UserId> = groups
                .iter()
                .filter(|(key, _)| !shown.contains(key))
                .flat_map(|(_, people)| people.iter().copied())
                .collect();
            proptest::prop_assert!(left.is_empty() || left.len() >= GROUP_MIN || shown.is_empty());
            proptest::prop_assert!(shown.iter().all(|key| groups[key].len() >= GROUP_MIN));
        }
    }

    #[test]
    fn quarters_are_written_in_one_way() {
        let third = Quarter::parse("2026-Q3").expect("a quarter");
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(third.days(), Some((day("2026-07-01"), day("2026-09-30"))));
        for text in ["2026-Q0", "2026-Q5", "2026-q3", "2026-Q03", "26-Q1", "+2026-Q1", "", "Q1"] {
            assert_eq!(Quarter::parse(text), None, "{text}");
        }
        assert_eq!(Quarter::before(day("2026-11-23")), third);
        assert_eq!(Quarter::before(day("2026-01-01")).written(), "2025-Q4");
    }
}
