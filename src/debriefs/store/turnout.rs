//! Which cards a debrief waits for, and which are in.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{interviews, panelists, ratings, scorecards};
use crate::debriefs::detector::{Card, Judged};
use crate::debriefs::model::Progress;
use crate::debriefs::store;
use crate::error::{Error, Result};
use crate::ids::{AttributeId, InterviewId, LoopId, ScorecardId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::model::OWING_SLOTS;
use crate::loops::templates::Slot;
use crate::scorecards::{Recommendation, ScorecardState};

/// A seat whose card counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Awaited {
    /// Who writes the card.
    pub user_id: UserId,
    /// On which seat.
    pub slot: Slot,
    /// When it is due; none before the interview has a time.
    pub due_at: Option<Instant>,
    /// When it came in.
    pub submitted_at: Option<Instant>,
    /// When somebody did without it.
    pub waived_at: Option<Instant>,
}

impl Awaited {
    fn is_owed(&self) -> bool {
        self.submitted_at.is_none() && self.waived_at.is_none()
    }
}

/// The interviews of a loop, each with a seat whose card counts, or with none.
pub struct Waiting(Vec<(InterviewId, InterviewState, Option<Awaited>)>);

/// The interviews of a loop and the seats whose cards count.
pub fn waiting(conn: &mut Conn, id: LoopId) -> QueryResult<Waiting> {
    let judging = panelists::interview_id
        .eq(interviews::id)
        .and(panelists::slot.eq_any(OWING_SLOTS))
        .and(panelists::removed_at.is_null());
    let rows = interviews::table
        .left_join(panelists::table.on(judging))
        .filter(interviews::loop_id.eq(id))
        .select((
            interviews::id,
            interviews::state,
            (
                panelists::user_id,
                panelists::slot,
                panelists::due_at,
                panelists::submitted_at,
                panelists::waived_at,
            )
                .nullable(),
        ))
        .load(conn)?;
    Ok(Waiting(rows))
}

impl Waiting {
    /// How far the cards are. An interview waits while somebody owes a card for it, and while nobody
    /// sits on it who could write one that counts.
    pub fn progress(&self) -> Progress {
        let waits = |(_, state, seat): &(_, InterviewState, Option<Awaited>)| {
            !state.is_off() && seat.as_ref().is_none_or(Awaited::is_owed)
        };
        Progress {
            begun: self.0.iter().any(|(_, state, _)| *state == InterviewState::Completed),
            card_in: self.submitted() > 0,
            waiting: self.0.iter().any(waits),
        }
    }

    /// The seats whose cards are owed.
    pub fn owed(&self) -> impl Iterator<Item = &Awaited> {
        let on = self.0.iter().filter(|(_, state, _)| !state.is_off());
        on.filter_map(|(_, _, seat)| seat.as_ref()).filter(|seat| seat.is_owed())
    }

    /// How many cards are in.
    pub fn submitted(&self) -> usize {
        let seats = self.0.iter().filter_map(|(_, _, seat)| seat.as_ref());
        seats.filter(|seat| seat.submitted_at.is_some()).count()
    }

    /// When the last card that is owed is due; none while one has no due time yet, because its
    /// interview has none or nobody sits on it.
    pub fn last_due(&self) -> Option<Instant> {
        let on = self.0.iter().filter(|(_, state, _)| !state.is_off());
        if on.clone().any(|(_, _, seat)| seat.is_none()) {
            return None;
        }
        let due: Option<Vec<Instant>> = self.owed().map(|seat| seat.due_at).collect();
        due?.into_iter().max()
    }
}

/// The cards of a loop that count and are in, oldest first.
pub fn cards(conn: &mut Conn, id: LoopId) -> Result<Vec<Card>> {
    let held = interviews::table.filter(interviews::loop_id.eq(id)).select(interviews::id);
    let seat = panelists::interview_id
        .eq(scorecards::interview_id)
        .and(panelists::user_id.eq(scorecards::author_id));
    let rows: Vec<(ScorecardId, Option<Recommendation>)> = scorecards::table
        .inner_join(panelists::table.on(seat))
        .filter(scorecards::interview_id.eq_any(held))
        .filter(scorecards::state.eq(ScorecardState::Submitted))
        .filter(panelists::slot.eq_any(OWING_SLOTS))
        .filter(panelists::removed_at.is_null())
        .order((scorecards::submitted_at, scorecards::id))
        .select((scorecards::id, scorecards::recommendation))
        .load(conn)?;
    let ids: Vec<ScorecardId> = rows.iter().map(|(id, _)| *id).collect();
    let given: Vec<(ScorecardId, AttributeId, Option<i32>)> = ratings::table
        .filter(ratings::scorecard_id.eq_any(&ids))
        .order(ratings::id)
        .select((ratings::scorecard_id, ratings::attribute_id, ratings::level))
        .load(conn)?;
    let card = |(id, recommendation): (ScorecardId, Option<Recommendation>)| {
        let of_it = given.iter().filter(|(card, _, _)| *card == id);
        Ok(Card {
            id,
            recommendation: recommendation
                .ok_or_else(|| Error::internal("a card is in without a recommendation"))?,
            ratings: of_it.map(|(_, attribute, level)| (*attribute, *level)).collect(),
        })
    };
    rows.into_iter().map(card).collect()
}

/// What the kits of a loop judge, each attribute once with the strongest priority.
pub fn judged(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<Judged>> {
    let mut judged: Vec<Judged> = Vec::new();
    for one in store::attributes(conn, id)? {
        match judged.iter_mut().find(|known| known.id == one.id) {
            Some(known) => known.priority = known.priority.min(one.priority),
            None => judged.push(Judged {
                id: one.id,
                priority: one.priority,
                pass_level: one.pass_level,
            }),
        }
    }
    Ok(judged)
}
