//! Which cards a debrief waits for, and which are in.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    assessment_ratings, assessment_results, interviews, kits, panelists, ratings, scorecards,
};
use crate::debriefs::detector::{Card, Judged, Measured};
use crate::debriefs::model::Progress;
use crate::debriefs::store;
use crate::error::{Error, Result};
use crate::ids::{AttributeId, InterviewId, LoopId, PanelistId, ScorecardId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::model::{OFF, OWING_SLOTS};
use crate::loops::templates::{KitKind, Slot};
use crate::scorecards::{Recommendation, ScorecardState};

/// A seat whose card counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Awaited {
    /// The seat.
    pub id: PanelistId,
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

/// An interview of a loop with a seat whose card counts, or with none.
#[derive(Debug, Queryable)]
struct Held {
    interview_id: InterviewId,
    state: InterviewState,
    kind: KitKind,
    /// The result of its external assessment is in.
    assessed: bool,
    seat: Option<Awaited>,
}

impl Held {
    fn is_owed(&self) -> bool {
        !self.state.is_off() && self.seat.as_ref().is_some_and(Awaited::is_owed)
    }

    /// Whether nothing can come of it yet: nobody sits on it who could write a card that counts, or it
    /// is an external assessment without its result.
    fn lacks_source(&self) -> bool {
        let by_result = self.kind == KitKind::ExternalAssessment;
        !self.state.is_off() && !self.assessed && (by_result || self.seat.is_none())
    }
}

/// The interviews of a loop, each once for every seat whose card counts, or once with none.
pub struct Waiting(Vec<Held>);

/// The interviews of a loop and the seats whose cards count.
pub fn waiting(conn: &mut Conn, id: LoopId) -> QueryResult<Waiting> {
    let judging = panelists::interview_id
        .eq(interviews::id)
        .and(panelists::slot.eq_any(OWING_SLOTS))
        .and(panelists::removed_at.is_null());
    let rows = interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .left_join(panelists::table.on(judging))
        .filter(interviews::loop_id.eq(id))
        .select((
            interviews::id,
            interviews::state,
            kits::kind,
            exists(
                assessment_results::table
                    .filter(assessment_results::interview_id.eq(interviews::id)),
            ),
            (
                panelists::id,
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
    /// How far the cards are. An interview waits while somebody owes a card for it, while nobody sits on
    /// it who could write one that counts, and while the result of its assessment is not there.
    pub fn progress(&self) -> Progress {
        Progress {
            begun: self.0.iter().any(|held| held.state == InterviewState::Completed),
            card_in: self.submitted() > 0 || self.0.iter().any(|held| held.assessed),
            waiting: self.0.iter().any(|held| held.is_owed() || held.lacks_source()),
        }
    }

    /// One interview alone, as where the others were waited for before.
    pub fn only(mut self, id: InterviewId) -> Self {
        self.0.retain(|held| held.interview_id == id);
        self
    }

    /// The seats whose cards are owed.
    pub fn owed(&self) -> impl Iterator<Item = &Awaited> {
        self.0.iter().filter(|held| held.is_owed()).filter_map(|held| held.seat.as_ref())
    }

    /// How many cards are in.
    pub fn submitted(&self) -> usize {
        let seats = self.0.iter().filter_map(|held| held.seat.as_ref());
        seats.filter(|seat| seat.submitted_at.is_some()).count()
    }

    /// When the last card that is owed is due, or until when the driver waits for it if that is later;
    /// none while one has no due time yet, because its interview has none or nobody sits on it, and while
    /// an assessment has no result.
    pub fn last_due(&self, extended_until: Option<Instant>) -> Option<Instant> {
        if self.0.iter().any(Held::lacks_source) {
            return None;
        }
        let due: Option<Vec<Instant>> = self.owed().map(|seat| seat.due_at).collect();
        let last = due?.into_iter().max()?;
        Some(extended_until.map_or(last, |until| last.max(until)))
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

/// The levels that external assessments of a loop gave, oldest result first. An interview that was called
/// off counts for nothing.
pub fn measured(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<Measured>> {
    assessment_ratings::table
        .inner_join(
            assessment_results::table
                .on(assessment_results::id.eq(assessment_ratings::assessment_result_id)),
        )
        .inner_join(interviews::table.on(interviews::id.eq(assessment_results::interview_id)))
        .filter(interviews::loop_id.eq(id))
        .filter(interviews::state.ne_all(OFF))
        .order(assessment_ratings::id)
        .select((assessment_ratings::attribute_id, assessment_ratings::level))
        .load(conn)
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
