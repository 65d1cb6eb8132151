//! What is owed, how long it takes, and what comes first.

use crate::clock::Instant;
use crate::ids::{ApplicationId, ApprovalRunId, DebriefId, InterviewId};
use crate::interviews::InterviewState;
use crate::interviews::model::owes_by_slot;
use crate::loops::templates::{KitKind, Slot};
use crate::text_enum;

text_enum! {
    /// What somebody owes.
    pub enum ItemKind {
        /// A scorecard.
        Scorecard => "scorecard",
        /// To be at an interview.
        Interview => "interview",
        /// The answer to a question that is put to one in a debrief.
        Question => "question",
        /// What was said at the meeting of a debrief.
        MeetingNotes => "meeting_notes",
        /// The decision of a debrief whose cards are revealed.
        Decision => "decision",
        /// Whether one agrees to what a decider proposes.
        Agreement => "agreement",
        /// To tell a candidate what was decided.
        Telling => "telling",
        /// A vote on an approval.
        Vote => "vote",
    }
}

/// What filling in a scorecard takes, in minutes.
const CARD_MINUTES: i32 = 3;
/// What answering a question takes, or saying whether one agrees, in minutes.
const QUESTION_MINUTES: i32 = 5;
/// What writing down what was said at a meeting takes, in minutes.
const NOTES_MINUTES: i32 = 10;
/// What reading the cards and writing the memo takes, in minutes.
const DECISION_MINUTES: i32 = 15;
/// What reading one card and deciding on it takes, in minutes.
pub const LIGHT_MINUTES: i32 = 5;
/// What telling a candidate takes, in minutes.
const TELLING_MINUTES: i32 = 10;
/// What reading the terms and voting takes, in minutes.
const VOTE_MINUTES: i32 = 2;

/// Where something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At an interview.
    Interview(InterviewId),
    /// In a debrief.
    Debrief(DebriefId),
    /// In an approval run.
    ApprovalRun(ApprovalRunId),
}

/// Something that somebody owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What.
    pub kind: ItemKind,
    /// Where.
    pub place: Place,
    /// For which application, if it is one's.
    pub application_id: Option<ApplicationId>,
    /// Whom it is about.
    pub candidate_name: Option<String>,
    /// For which job.
    pub job_title: Option<String>,
    /// What it is called: the kit's name for interviews and cards.
    pub title: String,
    /// When it begins, for an interview that has a time.
    pub starts_at: Option<Instant>,
    /// Until when it is owed.
    pub due_at: Option<Instant>,
    /// What it takes.
    pub minutes: i32,
    /// Whether a card was begun.
    pub begun: bool,
}

/// A seat on a panel, with what its interview is.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    /// As what the person sits there.
    pub slot: Slot,
    /// How the kit is held.
    pub kit_kind: KitKind,
    /// What is planned for it.
    pub minutes: i32,
    /// Where the interview stands.
    pub state: InterviewState,
    /// When it ends, if it has a time.
    pub ends_at: Option<Instant>,
    /// Whether the card was waived.
    pub waived: bool,
}

impl Seat {
    /// What the seat owes now, and what that takes; none when nothing. A live interview is owed until
    /// it is over, and its card from then on; whatever is judged without meeting owes a card from the
    /// beginning.
    pub fn owes(&self, now: Instant) -> Option<(ItemKind, i32)> {
        let meets = match self.kit_kind {
            KitKind::Live => true,
            KitKind::AsyncReview
            | KitKind::WorkSample
            | KitKind::ExternalAssessment
            | KitKind::Reference => false,
        };
        let over = self.state == InterviewState::Completed
            || self.ends_at.is_some_and(|ends_at| ends_at <= now);
        if self.state.is_off() {
            None
        } else if meets && !over {
            Some((ItemKind::Interview, self.minutes))
        } else if owes_by_slot(self.slot) && !self.waived {
            Some((ItemKind::Scorecard, CARD_MINUTES))
        } else {
            None
        }
    }
}

impl ItemKind {
    /// What something of the kind takes, where its place does not say.
    pub const fn minutes(self) -> i32 {
        match self {
            Self::Scorecard | Self::Interview => CARD_MINUTES,
            Self::Question | Self::Agreement => QUESTION_MINUTES,
            Self::MeetingNotes => NOTES_MINUTES,
            Self::Decision => DECISION_MINUTES,
            Self::Telling => TELLING_MINUTES,
            Self::Vote => VOTE_MINUTES,
        }
    }
}

impl Item {
    /// The moment by which it is put in order: when it is due, or else when it begins.
    fn moment(&self) -> Option<Instant> {
        match self.kind {
            ItemKind::Interview => self.starts_at,
            ItemKind::Scorecard
            | ItemKind::Question
            | ItemKind::MeetingNotes
            | ItemKind::Decision
            | ItemKind::Agreement
            | ItemKind::Telling
            | ItemKind::Vote => self.due_at,
        }
    }

    /// Whether it should have been done.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.kind != ItemKind::Interview && self.due_at.is_some_and(|due_at| due_at < now)
    }
}

/// What all of it takes, in minutes, apart from being at interviews.
pub fn minutes(items: &[Item]) -> i32 {
    items.iter().filter(|item| item.kind != ItemKind::Interview).map(|item| item.minutes).sum()
}

/// The order of a queue: what has a moment by that moment, then what has none, oldest first.
pub fn arrange(items: &mut [Item]) {
    items.sort_by_key(|item| {
        let moment = item.moment();
        (moment.is_none(), moment, item.kind, item.place)
    });
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn now() -> Instant {
        Instant::from_micros(1_795_536_000_000_000)
    }

    fn seat(slot: Slot, kit_kind: KitKind, state: InterviewState) -> Seat {
        Seat { slot, kit_kind, minutes: 60, state, ends_at: None, waived: false }
    }

    #[test]
    fn what_a_seat_owes() {
        let mut table = String::new();
        for state in InterviewState::ALL {
            for kind in [KitKind::Live, KitKind::AsyncReview] {
                for slot in [Slot::Lead, Slot::Shadow] {
                    let owed = seat(slot, kind, *state).owes(now());
                    let owed = owed.map_or("-", |(kind, _)| kind.as_str());
                    writeln!(table, "{state:?} {kind:?} {slot:?} {owed}").unwrap();
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        Draft Live Lead interview
        Draft Live Shadow interview
        Draft AsyncReview Lead scorecard
        Draft AsyncReview Shadow -
        AwaitingAvailability Live Lead interview
        AwaitingAvailability Live Shadow interview
        AwaitingAvailability AsyncReview Lead scorecard
        AwaitingAvailability AsyncReview Shadow -
        Proposed Live Lead interview
        Proposed Live Shadow interview
        Proposed AsyncReview Lead scorecard
        Proposed AsyncReview Shadow -
        Confirmed Live Lead interview
        Confirmed Live Shadow interview
        Confirmed AsyncReview Lead scorecard
        Confirmed AsyncReview Shadow -
        Completed Live Lead scorecard
        Completed Live Shadow -
        Completed AsyncReview Lead scorecard
        Completed AsyncReview Shadow -
        Cancelled Live Lead -
        Cancelled Live Shadow -
        Cancelled AsyncReview Lead -
        Cancelled AsyncReview Shadow -
        NoShow Live Lead -
        NoShow Live Shadow -
        NoShow AsyncReview Lead -
        NoShow AsyncReview Shadow -
        ");
    }

    #[test]
    fn a_card_is_owed_once_the_interview_is_over_whether_or_not_anybody_said_so() {
        let confirmed = seat(Slot::Lead, KitKind::Live, InterviewState::Confirmed);
        let over = Seat { ends_at: Some(now()), ..confirmed };
        let runs = Seat { ends_at: Some(now() + chrono::TimeDelta::minutes(1)), ..confirmed };
        assert_eq!(over.owes(now()), Some((ItemKind::Scorecard, 3)));
        assert_eq!(runs.owes(now()), Some((ItemKind::Interview, 60)));
        assert_eq!(Seat { waived: true, ..over }.owes(now()), None);
    }

    #[test]
    fn what_falls_due_first_comes_first_and_what_never_does_comes_last() {
        let mut ids = crate::ids::IdSource::counted().batch(now());
        let mut item = |kind, starts_in: Option<i64>, due_in: Option<i64>| Item {
            kind,
            place: Place::Interview(ids.next_id()),
            application_id: None,
            candidate_name: None,
            job_title: None,
            title: String::new(),
            starts_at: starts_in.map(|hours| now() + chrono::TimeDelta::hours(hours)),
            due_at: due_in.map(|hours| now() + chrono::TimeDelta::hours(hours)),
            minutes: 3,
            begun: false,
        };
        let vote = item(ItemKind::Vote, None, None);
        let late = item(ItemKind::Scorecard, Some(-30), Some(-5));
        let soon = item(ItemKind::Interview, Some(1), Some(26));
        let tomorrow = item(ItemKind::Scorecard, Some(-1), Some(23));
        let mut items = vec![vote.clone(), tomorrow.clone(), soon.clone(), late.clone()];
        arrange(&mut items);
        assert_eq!(items, [late.clone(), soon.clone(), tomorrow, vote]);
        assert!(late.is_overdue(now()) && !soon.is_overdue(now()));
    }
}
