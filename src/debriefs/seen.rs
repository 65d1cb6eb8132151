//! Debriefs as somebody sees them: what is past the gathering is loaded only for readers who owe
//! nothing for the application.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{DebriefState, DebriefWay};
use crate::access::{Action, Actor, Reach, owing_seats, takes_part};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, debriefs, interviews, panelists};
use crate::ids::{AnyId, ApplicationId, DebriefId, LoopId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::model::OWING_SLOTS;

// The condition of reach looks into `debriefs` itself, so the rows that are shown go by another name.
diesel::alias!(
    const HELD: Alias<Held> = debriefs as held;
    const OPENED: Alias<Opened> = debriefs as opened;
    const EARLIER: Alias<Earlier> = debriefs as earlier;
);

/// Which debriefs.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one alone.
    pub id: Option<DebriefId>,
    /// Of this application.
    pub application_id: Option<ApplicationId>,
    /// Below this id.
    pub before: Option<AnyId>,
    /// At most so many.
    pub limit: i64,
}

/// A debrief as somebody sees it.
#[derive(Debug, Clone, Queryable)]
pub struct SeenDebrief {
    pub id: DebriefId,
    pub application_id: ApplicationId,
    pub loop_id: LoopId,
    pub round: i32,
    pub way: DebriefWay,
    /// Whether a stage of the application was decided lightly, in another loop.
    pub follows_light: bool,
    pub decider_id: UserId,
    pub driver_id: UserId,
    pub gathering_at: Option<Instant>,
    pub created_at: Instant,
    /// Whether the reader may read cards at all.
    pub reads_cards: bool,
    /// None while the reader owes a card for the application.
    pub opened: Option<Phase>,
}

/// Where a debrief stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Phase {
    pub state: DebriefState,
    pub revealed_at: Option<Instant>,
    pub decided_at: Option<Instant>,
    pub version: i64,
    pub updated_at: Instant,
}

impl SeenDebrief {
    /// Where it stands for this reader: to somebody who owes a card it never leaves the gathering.
    pub fn phase(&self) -> Phase {
        self.opened.unwrap_or_else(|| sealed_phase(self.gathering_at, self.created_at))
    }

    /// Whether its cards are revealed to this reader. What is decided lightly reveals nothing.
    pub fn shows_packet(&self) -> bool {
        self.phase().is_open() && self.reads_cards && self.way == DebriefWay::Written
    }
}

impl Phase {
    /// Whether the cards can be read: they were revealed, also where another one is awaited since.
    pub const fn is_open(&self) -> bool {
        let waits = matches!(self.state, DebriefState::Gathering | DebriefState::Stalled);
        self.state.is_open() || waits && self.revealed_at.is_some()
    }
}

/// The phase that somebody reads who owes a card.
pub fn sealed_phase(gathering_at: Option<Instant>, created_at: Instant) -> Phase {
    let state =
        if gathering_at.is_some() { DebriefState::Gathering } else { DebriefState::Planned };
    Phase {
        state,
        revealed_at: None,
        decided_at: None,
        version: 1 + i64::from(gathering_at.is_some()),
        updated_at: gathering_at.unwrap_or(created_at),
    }
}

/// The debriefs that the actor may read, newest first.
pub fn debriefs(conn: &mut Conn, actor: &Actor, filter: &Filter) -> QueryResult<Vec<SeenDebrief>> {
    let user = actor.user_id;
    let owing = panelists::table
        .filter(panelists::application_id.eq(HELD.field(debriefs::application_id)))
        .filter(owing_seats(user));
    let opened = OPENED.field(debriefs::id).eq(HELD.field(debriefs::id)).and(not(exists(owing)));
    // To whoever owes a card there is one round: another tells that the one before was decided.
    let known =
        HELD.field(debriefs::round).eq(1).or(OPENED.field(debriefs::id).nullable().is_not_null());
    let earlier = EARLIER
        .filter(EARLIER.field(debriefs::application_id).eq(HELD.field(debriefs::application_id)))
        .filter(EARLIER.field(debriefs::loop_id).ne(HELD.field(debriefs::loop_id)))
        .filter(EARLIER.field(debriefs::way).eq(DebriefWay::Light));
    let mut query = HELD
        .inner_join(
            applications::table.on(applications::id.eq(HELD.field(debriefs::application_id))),
        )
        .left_join(OPENED.on(opened))
        .filter(takes_part(Reach::of(actor, Action::ReadDebrief)))
        .filter(known)
        .select((
            HELD.field(debriefs::id),
            HELD.field(debriefs::application_id),
            HELD.field(debriefs::loop_id),
            HELD.field(debriefs::round),
            HELD.field(debriefs::way),
            exists(earlier),
            HELD.field(debriefs::decider_id),
            HELD.field(debriefs::driver_id),
            HELD.field(debriefs::gathering_at),
            HELD.field(debriefs::created_at),
            takes_part(Reach::of(actor, Action::ReadScorecard)),
            OPENED
                .fields((
                    debriefs::state,
                    debriefs::revealed_at,
                    debriefs::decided_at,
                    debriefs::version,
                    debriefs::updated_at,
                ))
                .nullable(),
        ))
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(HELD.field(debriefs::id).eq(id));
    }
    if let Some(id) = filter.application_id {
        query = query.filter(HELD.field(debriefs::application_id).eq(id));
    }
    if let Some(before) = filter.before {
        query = query.filter(HELD.field(debriefs::id).lt(before));
    }
    query.order(HELD.field(debriefs::id).desc()).limit(filter.limit).load(conn)
}

/// How many cards are expected and how many are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub expected: i64,
    pub submitted: i64,
}

/// The counts of a loop; asked for readers who owe nothing.
pub fn counts(conn: &mut Conn, id: LoopId) -> QueryResult<Counts> {
    let seats = panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(interviews::loop_id.eq(id))
        .filter(panelists::slot.eq_any(OWING_SLOTS))
        .filter(panelists::removed_at.is_null());
    let rows: Vec<(bool, bool, InterviewState)> = seats
        .select((
            panelists::submitted_at.is_not_null(),
            panelists::waived_at.is_not_null(),
            interviews::state,
        ))
        .load(conn)?;
    Ok(rows.into_iter().fold(Counts::default(), |counts, (submitted, waived, state)| Counts {
        expected: counts.expected + i64::from(submitted || (!waived && !state.is_off())),
        submitted: counts.submitted + i64::from(submitted),
    }))
}
