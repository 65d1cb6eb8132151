//! What a debrief does, in a few words: the reference that the service is compared with. It knows nothing of
//! the service's own model; its clock counts working time minute by minute.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, TimeDelta, Timelike, Weekday};
use chrono_tz::Tz;
use evenbar::clock::Instant;

/// A working day of somebody who has to answer, and how long after an interview its card is due.
const WORKING_DAY: i64 = 8 * 60;

/// Whether people in Berlin work at an instant: from 09:00 to 17:30 on weekdays.
pub fn works(at: Instant) -> bool {
    let wall = at.utc().with_timezone(&Tz::Europe__Berlin);
    let minutes = wall.hour() * 60 + wall.minute();
    !matches!(wall.weekday(), Weekday::Sat | Weekday::Sun)
        && (9 * 60..17 * 60 + 30).contains(&minutes)
}

/// When people in Berlin have worked a working day since an instant.
fn a_working_day_after(from: Instant) -> Instant {
    let (mut at, mut left) = (from, WORKING_DAY);
    while left > 0 {
        left -= i64::from(works(at));
        at = at + TimeDelta::minutes(1);
    }
    at
}

/// Where a debrief stands, in the words of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Planned,
    Gathering,
    Stalled,
    Discussing,
    Deciding,
    DissentWindow,
    Decided,
    Closed,
    Cancelled,
}

impl Phase {
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Gathering => "gathering",
            Self::Stalled => "stalled",
            Self::Discussing => "discussing",
            Self::Deciding => "deciding",
            Self::DissentWindow => "dissent_window",
            Self::Decided => "decided",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing moves it any more.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Decided | Self::Closed | Self::Cancelled)
    }

    pub fn is_before_the_decision(self) -> bool {
        !self.has_ended() && self != Self::DissentWindow
    }
}

/// Where an interview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Planned,
    Scheduled,
    TookPlace,
    Off,
}

/// An interview and whoever leads it: they have the same number.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    pub held: Held,
    pub ends_at: Option<Instant>,
    pub waived: bool,
    pub card: Option<Card>,
    /// How often its interview got a time.
    pub times: usize,
}

impl Seat {
    pub fn owes(&self) -> bool {
        self.held != Held::Off && !self.waived && self.card.is_none()
    }

    fn due(&self) -> Option<Instant> {
        self.ends_at.map(a_working_day_after)
    }
}

/// What a card says: a recommendation, and the level of the must-have if there was a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    pub says: &'static str,
    pub level: Option<i32>,
}

/// The side of a recommendation: for hiring, against it, or neither.
fn side(says: &str) -> i32 {
    match says {
        "yes" | "strong_yes" => 1,
        "no" | "strong_no" => -1,
        _ => 0,
    }
}

/// How often something happened that people are told of.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub stalls: usize,
    pub decisions_awaited: usize,
    /// How often each was asked something.
    pub questions: BTreeMap<usize, usize>,
}

/// A debrief of some interviews with a lead each.
#[derive(Debug, Clone)]
pub struct Model {
    pub phase: Phase,
    pub seats: Vec<Seat>,
    pub active: bool,
    extended_until: Option<Instant>,
    /// None without a meeting, else whether its notes are in.
    meeting: Option<bool>,
    /// The newest ballot of each.
    pub ballots: BTreeMap<usize, &'static str>,
    /// Those to whom a question is put.
    pub asked: BTreeSet<usize>,
    answered: BTreeSet<usize>,
    answers_due: Option<Instant>,
    dissenters: BTreeSet<usize>,
    spoken: BTreeSet<usize>,
    dissent_until: Option<Instant>,
    pub told: Told,
}

impl Model {
    pub fn new(interviews: usize) -> Self {
        let seat = Seat { held: Held::Planned, ends_at: None, waived: false, card: None, times: 0 };
        Self {
            phase: Phase::Planned,
            seats: vec![seat; interviews],
            active: true,
            extended_until: None,
            meeting: None,
            ballots: BTreeMap::new(),
            asked: BTreeSet::new(),
            answered: BTreeSet::new(),
            answers_due: None,
            dissenters: BTreeSet::new(),
            spoken: BTreeSet::new(),
            dissent_until: None,
            told: Told::default(),
        }
    }

    /// When the last card that is owed is due; none while one has no time.
    fn last_due(&self) -> Option<Instant> {
        let owed = self.seats.iter().filter(|seat| seat.owes());
        let due: Option<Vec<Instant>> = owed.map(Seat::due).collect();
        let last = due?.into_iter().max()?;
        Some(self.extended_until.map_or(last, |until| last.max(until)))
    }

    fn cards(&self) -> impl Iterator<Item = (usize, Card)> {
        let numbered = self.seats.iter().enumerate();
        numbered.filter_map(|(number, seat)| Some((number, seat.card?)))
    }

    fn is_quorum(&self) -> bool {
        let (cards, owed) =
            (self.cards().count(), self.seats.iter().filter(|seat| seat.owes()).count());
        cards >= 3
            && cards * 4 >= (cards + owed) * 3
            && self.cards().any(|(_, card)| card.level.is_some())
    }

    /// Does what is to be done by itself at this time.
    pub fn settle(&mut self, now: Instant) {
        while self.step(now) {}
    }

    /// One step by itself; false when there is none.
    fn step(&mut self, now: Instant) -> bool {
        let owed = self.seats.iter().any(Seat::owes);
        let overdue = self.last_due().is_some_and(|due| due <= now);
        let answered = self.asked.is_subset(&self.answered);
        let too_late = self.answers_due.is_some_and(|due| due <= now);
        match self.phase {
            Phase::Decided | Phase::Closed | Phase::Cancelled => return false,
            Phase::DissentWindow => {
                let passed = self.dissent_until.is_some_and(|until| until <= now);
                if self.active && !passed && !self.dissenters.is_subset(&self.spoken) {
                    return false;
                }
                self.phase = Phase::Decided;
            }
            _ if !self.active => self.phase = Phase::Cancelled,
            Phase::Planned => {
                let begun = self.seats.iter().any(|seat| seat.held == Held::TookPlace);
                if !begun && self.cards().next().is_none() {
                    return false;
                }
                self.phase = Phase::Gathering;
            }
            Phase::Gathering | Phase::Stalled if !owed && self.cards().next().is_some() => {
                self.reveal(now);
            }
            Phase::Gathering if overdue && self.is_quorum() => self.reveal(now),
            Phase::Gathering if overdue => {
                self.phase = Phase::Stalled;
                self.told.stalls += 1;
            }
            Phase::Stalled if !overdue => self.phase = Phase::Gathering,
            Phase::Discussing if self.meeting != Some(false) && (answered || too_late) => {
                self.take_up();
            }
            Phase::Gathering | Phase::Stalled | Phase::Discussing | Phase::Deciding => {
                return false;
            }
        }
        true
    }

    /// Opens the cards: what differs in them is asked, unless there is nothing.
    fn reveal(&mut self, now: Instant) {
        let cards: Vec<(usize, Card)> = self.cards().collect();
        let those = |holds: &dyn Fn(&Card) -> bool| -> BTreeSet<usize> {
            cards.iter().filter(|(_, card)| holds(card)).map(|(who, _)| *who).collect()
        };
        let (yes, no) = (those(&|card| side(card.says) > 0), those(&|card| side(card.says) < 0));
        let strong_no = those(&|card| card.says == "strong_no");
        let rated = those(&|card| card.level.is_some());
        let levels: Vec<i32> = cards.iter().filter_map(|(_, card)| card.level).collect();
        let lowest = levels.iter().min().copied();
        let highest = levels.iter().max().copied();
        let mut asked = BTreeSet::new();
        if !strong_no.is_empty() {
            asked.extend(strong_no.iter().chain(&yes));
        }
        if !yes.is_empty() && !no.is_empty() {
            asked.extend(yes.iter().chain(&no));
        }
        if rated.is_empty() {
            asked.extend(cards.iter().map(|(who, _)| *who));
        }
        if lowest.is_some_and(|level| level < 2) {
            asked.extend(&rated);
        }
        if lowest.zip(highest).is_some_and(|(lowest, highest)| highest - lowest >= 2) {
            asked.extend(&those(&|card| card.level == lowest || card.level == highest));
        }
        self.asked = asked;
        if self.asked.is_empty() && self.meeting != Some(false) {
            self.take_up();
            return;
        }
        self.phase = Phase::Discussing;
        if self.meeting.is_none() {
            self.answers_due = Some(a_working_day_after(now));
            for person in &self.asked {
                *self.told.questions.entry(*person).or_default() += 1;
            }
        }
    }

    fn take_up(&mut self) {
        self.phase = Phase::Deciding;
        self.told.decisions_awaited += 1;
    }

    pub fn can_hand_in(&self, who: usize) -> bool {
        self.seats[who].card.is_none() && self.seats[who].held != Held::Off
    }

    pub fn hand_in(&mut self, who: usize, card: Card, now: Instant) {
        self.seats[who].card = Some(card);
        if self.phase.is_before_the_decision() {
            self.ballots.insert(who, card.says);
        }
        self.settle(now);
    }

    pub fn can_waive(&self, who: usize) -> bool {
        self.seats[who].owes()
    }

    pub fn waive(&mut self, who: usize, now: Instant) {
        self.seats[who].waived = true;
        self.settle(now);
    }

    pub fn can_schedule(&self, who: usize) -> bool {
        self.active && matches!(self.seats[who].held, Held::Planned | Held::Scheduled)
    }

    pub fn schedule(&mut self, who: usize, ends_at: Instant, now: Instant) {
        let seat = &mut self.seats[who];
        (seat.held, seat.ends_at, seat.times) = (Held::Scheduled, Some(ends_at), seat.times + 1);
        self.settle(now);
    }

    pub fn can_complete(&self, who: usize) -> bool {
        self.seats[who].held == Held::Scheduled
    }

    pub fn can_cancel(&self, who: usize) -> bool {
        matches!(self.seats[who].held, Held::Planned | Held::Scheduled)
    }

    pub fn end(&mut self, who: usize, held: Held, now: Instant) {
        self.seats[who].held = held;
        self.settle(now);
    }

    pub fn can_extend(&self) -> bool {
        matches!(self.phase, Phase::Gathering | Phase::Stalled)
    }

    pub fn extend(&mut self, until: Instant, now: Instant) {
        self.extended_until = Some(until);
        self.settle(now);
    }

    pub fn can_force(&self) -> bool {
        self.phase == Phase::Stalled && self.cards().next().is_some()
    }

    pub fn force(&mut self, now: Instant) {
        self.reveal(now);
        self.settle(now);
    }

    pub fn can_call_meeting(&self) -> bool {
        self.meeting.is_none() && self.phase.is_before_the_decision()
    }

    pub fn call_meeting(&mut self, now: Instant) {
        (self.meeting, self.answers_due) = (Some(false), None);
        self.settle(now);
    }

    pub fn waits_for_notes(&self) -> bool {
        self.meeting == Some(false)
    }

    pub fn can_hold_meeting(&self) -> bool {
        self.meeting == Some(false) && matches!(self.phase, Phase::Discussing | Phase::Deciding)
    }

    pub fn hold_meeting(&mut self, now: Instant) {
        self.meeting = Some(true);
        if self.phase == Phase::Discussing {
            self.take_up();
        }
        self.settle(now);
    }

    /// Whether somebody can respond who has something to say.
    pub fn can_respond(&self, who: usize) -> bool {
        self.phase == Phase::Discussing
            && self.ballots.contains_key(&who)
            && !self.answered.contains(&who)
    }

    pub fn respond(&mut self, who: usize, now: Instant) {
        self.answered.insert(who);
        self.settle(now);
    }

    /// Whether somebody can recommend this because of another's card.
    pub fn can_cast(&self, who: usize, says: &str) -> bool {
        matches!(self.phase, Phase::Discussing | Phase::Deciding)
            && self.ballots.get(&who).is_some_and(|cast| *cast != says)
    }

    pub fn can_decide(&self) -> bool {
        self.phase == Phase::Deciding
    }

    pub fn decide(&mut self, outcome: &str, now: Instant) {
        let against = match outcome {
            "hire" => -1,
            "no_hire" => 1,
            _ => 2,
        };
        let cast = self.ballots.iter();
        self.dissenters =
            cast.filter(|(_, says)| side(says) == against).map(|(who, _)| *who).collect();
        self.phase = Phase::DissentWindow;
        self.dissent_until = Some(a_working_day_after(now));
        self.settle(now);
    }

    /// Whether somebody who owes nothing can speak against the decision.
    pub fn can_dissent(&self, who: usize) -> bool {
        self.phase == Phase::DissentWindow
            && self.dissenters.contains(&who)
            && !self.spoken.contains(&who)
            && !self.seats[who].owes()
    }

    pub fn dissent(&mut self, who: usize, now: Instant) {
        self.spoken.insert(who);
        self.settle(now);
    }

    pub fn can_inform(&self) -> bool {
        self.phase == Phase::Decided
    }

    pub fn inform(&mut self) {
        self.phase = Phase::Closed;
    }

    /// The application ends, and what was still to take place is called off.
    pub fn withdraw(&mut self, now: Instant) {
        self.active = false;
        for seat in &mut self.seats {
            if matches!(seat.held, Held::Planned | Held::Scheduled) {
                seat.held = Held::Off;
            }
        }
        self.settle(now);
    }
}
