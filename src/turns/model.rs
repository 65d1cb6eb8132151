//! What follows from what is known of an application.

use crate::clock::Instant;
use crate::debriefs::DebriefState;
use crate::interviews::InterviewState;
use crate::interviews::model::{SeatState, owes_by_slot};
use crate::loops::templates::{KitKind, Slot};
use crate::offers::OfferState;
use crate::text_enum;

text_enum! {
    /// For whom an application waits.
    pub enum Mover {
        /// Whoever recruits: to plan, to write an offer, to tell the candidate, or to say what comes next.
        Recruiter => "recruiter",
        /// The panel: to meet the candidate, to hand in a scorecard, or to answer in the debrief.
        Interviewer => "interviewer",
        /// Whoever decides, and those who have to agree.
        Decider => "decider",
        /// Whoever votes on the offer.
        Approver => "approver",
        /// The candidate: to say when they could come, or whether they take the offer.
        Candidate => "candidate",
    }
}

/// For whom an application waits, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// For whom.
    pub mover: Mover,
    /// Since when.
    pub since: Instant,
}

/// What a reader may know of an application.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Its interviews that were not cancelled.
    pub interviews: Vec<InterviewFacts>,
    /// Its debriefs; none for whoever owes a card.
    pub debriefs: Vec<DebriefFacts>,
    /// Its newest offer; none for whoever owes a card.
    pub offer: Option<OfferFacts>,
}

/// What is known of an interview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterviewFacts {
    /// How its kit is held.
    pub kit_kind: KitKind,
    /// Where it stands.
    pub state: InterviewState,
    /// When it ends, if it has a time.
    pub ends_at: Option<Instant>,
    /// When somebody said that it took place.
    pub completed_at: Option<Instant>,
    /// When it last changed; no card changes it.
    pub updated_at: Instant,
    /// What the candidate is asked about its time.
    pub question: Question,
    /// Who sits on its panel.
    pub seats: Vec<SeatFacts>,
}

/// What a candidate is asked about the time of an interview, as far as the reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The reader schedules, and nothing is asked.
    Nothing,
    /// The reader schedules, and something is asked.
    Asked {
        /// Since when.
        at: Instant,
        /// When it was answered.
        answered_at: Option<Instant>,
        /// Until when it can be answered.
        expires_at: Instant,
    },
    /// The reader does not schedule, and knows the state of the interview alone.
    Unknown,
}

/// What is known of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatFacts {
    /// As what the person sits there.
    pub slot: Slot,
    /// Since when.
    pub assigned_at: Instant,
    /// When their card is due.
    pub due_at: Option<Instant>,
    /// When it came in.
    pub submitted_at: Option<Instant>,
    /// When it was waived.
    pub waived_at: Option<Instant>,
}

/// What is known of a debrief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DebriefFacts {
    /// Where it stands.
    pub state: DebriefState,
    /// Whether it is held as a meeting whose notes are not in.
    pub awaits_meeting: bool,
    /// When its discussion began.
    pub discussing_at: Option<Instant>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// When it last changed.
    pub updated_at: Instant,
}

/// What is known of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferFacts {
    /// Where it stands.
    pub state: OfferState,
    /// Since when the step is asked whose turn it is.
    pub asked_at: Option<Instant>,
    /// When it went to the candidate.
    pub extended_at: Option<Instant>,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Facts {
    /// For whom the application waits that entered its stage at `entered_at`. An offer comes before a debrief
    /// that waits for somebody, that before cards that are owed, those before what a candidate is asked, that
    /// before an interview without a time, and that before one to come. Of what comes at the same place, what
    /// waited longest counts. Where nobody else is waited for, it is the recruiter's move since whatever
    /// happened last.
    pub fn turn(&self, entered_at: Instant, now: Instant) -> Turn {
        let of_interviews = |turn: fn(&InterviewFacts, Instant) -> Option<Turn>| {
            longest(self.interviews.iter().filter_map(|interview| turn(interview, now)))
        };
        let pressing = self
            .offer
            .and_then(OfferFacts::turn)
            .or_else(|| longest(self.debriefs.iter().filter_map(DebriefFacts::turn)))
            .or_else(|| of_interviews(InterviewFacts::card))
            .or_else(|| of_interviews(InterviewFacts::answer))
            .or_else(|| of_interviews(InterviewFacts::plan))
            .or_else(|| of_interviews(InterviewFacts::meeting));
        pressing.unwrap_or_else(|| {
            let happened = self.interviews.iter().flat_map(|interview| interview.happened(now));
            let happened = happened
                .chain(self.debriefs.iter().map(|debrief| debrief.updated_at))
                .chain(self.offer.map(|offer| offer.updated_at));
            Turn { mover: Mover::Recruiter, since: happened.fold(entered_at, Instant::max) }
        })
    }

    /// How many cards are owed that were due; for those who chase them.
    pub fn late(&self, now: Instant) -> usize {
        let live = self.interviews.iter().filter(|interview| !interview.state.is_off());
        let seats = live.flat_map(|interview| &interview.seats);
        seats.filter(|seat| seat.owes() && seat.due_at.is_some_and(|due| due < now)).count()
    }
}

/// What waited longest.
fn longest(turns: impl Iterator<Item = Turn>) -> Option<Turn> {
    turns.min_by_key(|turn| turn.since)
}

impl SeatFacts {
    fn owes(&self) -> bool {
        let (submitted, waived) = (self.submitted_at.is_some(), self.waived_at.is_some());
        SeatState::of(self.slot, submitted, waived, false) == SeatState::Owing
    }
}

impl InterviewFacts {
    fn meets(&self) -> bool {
        match self.kit_kind {
            KitKind::Live => true,
            KitKind::AsyncReview
            | KitKind::WorkSample
            | KitKind::ExternalAssessment
            | KitKind::Reference => false,
        }
    }

    /// When it was over, whether or not anybody said so.
    fn over_at(&self, now: Instant) -> Option<Instant> {
        if self.state == InterviewState::Completed {
            return Some(self.completed_at.or(self.ends_at).unwrap_or(self.updated_at));
        }
        self.ends_at.filter(|ends_at| *ends_at <= now)
    }

    /// A card that is owed: of an interview that is over, or of what is judged without meeting.
    fn card(&self, now: Instant) -> Option<Turn> {
        let over_at = self.over_at(now);
        if self.state.is_off() || (self.meets() && over_at.is_none()) {
            return None;
        }
        let owing = self.seats.iter().filter(|seat| seat.owes());
        let since =
            owing.map(|seat| over_at.map_or(seat.assigned_at, |at| at.max(seat.assigned_at)));
        since.min().map(|since| Turn { mover: Mover::Interviewer, since })
    }

    /// What the candidate is asked about its time, and has not answered.
    fn answer(&self, now: Instant) -> Option<Turn> {
        let since = match self.question {
            Question::Asked { at, answered_at: None, expires_at } if now < expires_at => at,
            Question::Unknown if self.is_asked() => self.updated_at,
            Question::Asked { .. } | Question::Nothing | Question::Unknown => return None,
        };
        self.is_asked().then_some(Turn { mover: Mover::Candidate, since })
    }

    const fn is_asked(&self) -> bool {
        matches!(self.state, InterviewState::AwaitingAvailability | InterviewState::Proposed)
    }

    /// That it has no time, or no result, and nobody but who recruits can do something about it.
    fn plan(&self, now: Instant) -> Option<Turn> {
        let planned = self.state == InterviewState::Confirmed || !self.state.is_to_come();
        let judged = !self.meets() && self.seats.iter().any(|seat| owes_by_slot(seat.slot));
        if planned || judged || self.answer(now).is_some() {
            return None;
        }
        let since = match self.question {
            Question::Asked { answered_at: Some(answered_at), .. } => answered_at,
            Question::Asked { expires_at, .. } => expires_at,
            Question::Nothing | Question::Unknown => self.updated_at,
        };
        Some(Turn { mover: Mover::Recruiter, since })
    }

    /// That it has a time to come.
    fn meeting(&self, now: Instant) -> Option<Turn> {
        let to_come = self.state == InterviewState::Confirmed && self.over_at(now).is_none();
        to_come.then_some(Turn { mover: Mover::Interviewer, since: self.updated_at })
    }

    /// When something happened.
    fn happened(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let seats = self.seats.iter().flat_map(|seat| [seat.submitted_at, seat.waived_at]);
        let over_at = self.over_at(now);
        seats.flatten().chain(over_at).chain([self.updated_at])
    }
}

impl DebriefFacts {
    /// For whom it waits, apart from whoever has to tell the candidate. Cards that it awaits are told by the
    /// interviews.
    fn turn(&self) -> Option<Turn> {
        let (mover, since) = match self.state {
            DebriefState::Discussing if self.awaits_meeting => (Mover::Recruiter, self.updated_at),
            DebriefState::Discussing => {
                (Mover::Interviewer, self.discussing_at.unwrap_or(self.updated_at))
            }
            DebriefState::Deciding => (Mover::Decider, self.updated_at),
            DebriefState::DissentWindow => {
                (Mover::Interviewer, self.decided_at.unwrap_or(self.updated_at))
            }
            DebriefState::Planned
            | DebriefState::Gathering
            | DebriefState::Stalled
            | DebriefState::Revealed
            | DebriefState::Decided
            | DebriefState::Closed
            | DebriefState::Cancelled => return None,
        };
        Some(Turn { mover, since })
    }
}

impl OfferFacts {
    /// For whom it waits; nobody for one that is gone.
    fn turn(self) -> Option<Turn> {
        let (mover, since) = match self.state {
            OfferState::Pending => (Mover::Approver, self.asked_at.unwrap_or(self.updated_at)),
            OfferState::Extended => (Mover::Candidate, self.extended_at.unwrap_or(self.updated_at)),
            OfferState::Draft
            | OfferState::Approved
            | OfferState::Rejected
            | OfferState::Accepted => (Mover::Recruiter, self.updated_at),
            OfferState::Declined | OfferState::Rescinded => return None,
        };
        Some(Turn { mover, since })
    }
}

#[cfg(test)]
mod tests;
