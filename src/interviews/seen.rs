//! Interviews and panels as somebody sees them. Free text that may tell of others' cards (why
//! somebody was assigned, waived or called off) is loaded only for readers who owe nothing.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::{SeatState, TO_COME, owes_by_slot};
use super::{Absent, InterviewState, SeatResponse};
use crate::access::{Action, Actor, Reach, chases, owing_seats, recruits_everywhere, takes_part};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    anchors, applications, attributes, interviews, kit_attributes, kits, panelists,
};
use crate::ids::{
    AnyId, ApplicationId, AttributeId, InterviewId, KitId, LoopId, PanelistId, RubricVersionId,
    UserId,
};
use crate::loops;
use crate::loops::templates::{KitKind, Priority, Slot};

// The conditions of sealing look into `interviews` and `panelists` themselves, so the rows that are
// shown go by other names.
diesel::alias!(
    const HELD: Alias<Held> = interviews as held;
    const TOLD: Alias<Told> = interviews as told;
    const SEATS: Alias<Seated> = panelists as seats;
    const REASONS: Alias<Reasons> = panelists as reasons;
);

/// Which interviews.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one alone.
    pub id: Option<InterviewId>,
    /// Of this application.
    pub application_id: Option<ApplicationId>,
    /// On whose panel this person sits; of somebody else only those to come.
    pub user_id: Option<UserId>,
    /// In this state.
    pub state: Option<InterviewState>,
    /// Below this id.
    pub before: Option<AnyId>,
    /// At most so many.
    pub limit: i64,
}

/// An interview with what its kit is called.
#[derive(Debug, Clone, Queryable)]
pub struct SeenInterview {
    pub id: InterviewId,
    pub loop_id: LoopId,
    pub application_id: ApplicationId,
    pub state: InterviewState,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub time_zone: Option<String>,
    pub meeting_url: Option<String>,
    pub location: Option<String>,
    pub dial_in: Option<String>,
    pub schedule_sequence: i32,
    pub completed_at: Option<Instant>,
    pub cancelled_at: Option<Instant>,
    pub cancelled_reason: Option<String>,
    pub absent: Option<Absent>,
    pub schedule_reason: Option<String>,
    pub override_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub kit: SeenKit,
}

impl SeenInterview {
    /// Whether somebody whose card counts declined to come, by what its reader sees of the panel.
    pub fn needs_panel(&self, seats: &[SeenSeat]) -> bool {
        let declined = |seat: &SeenSeat| {
            seat.state() == SeatState::Owing && seat.response == SeatResponse::Declined
        };
        self.state.is_to_come() && seats.iter().any(declined)
    }

    /// Whether it took place and no card is awaited, by what its reader sees of the panel.
    pub fn evaluated(&self, seats: &[SeenSeat]) -> bool {
        let judges = || seats.iter().filter(|seat| owes_by_slot(seat.slot));
        self.state == InterviewState::Completed
            && judges().next().is_some()
            && judges().all(|seat| seat.state() != SeatState::Owing)
    }
}

impl SeenSeat {
    fn state(&self) -> SeatState {
        SeatState::of(self.slot, self.submitted_at.is_some(), self.waived_at.is_some(), false)
    }
}

/// What a kit is called.
#[derive(Debug, Clone, Queryable)]
pub struct SeenKit {
    pub id: KitId,
    pub name: String,
    pub kind: KitKind,
    pub minutes: i32,
    pub rubric_version_id: RubricVersionId,
}

/// The interviews that the actor may read, newest first.
#[expect(clippy::too_many_lines, reason = "one statement")]
pub fn interviews(
    conn: &mut Conn,
    actor: &Actor,
    filter: &Filter,
) -> QueryResult<Vec<SeenInterview>> {
    let user = actor.user_id;
    let owing = panelists::table
        .filter(panelists::application_id.eq(HELD.field(interviews::application_id)))
        .filter(owing_seats(user));
    let told = TOLD.field(interviews::id).eq(HELD.field(interviews::id)).and(not(exists(owing)));
    let mut query = HELD
        .inner_join(
            applications::table.on(applications::id.eq(HELD.field(interviews::application_id))),
        )
        .inner_join(kits::table.on(kits::id.eq(HELD.field(interviews::kit_id))))
        .left_join(TOLD.on(told))
        .filter(takes_part(Reach::of(actor, Action::ReadInterview)))
        .select((
            HELD.field(interviews::id),
            HELD.field(interviews::loop_id),
            HELD.field(interviews::application_id),
            HELD.field(interviews::state),
            HELD.field(interviews::starts_at),
            HELD.field(interviews::ends_at),
            HELD.field(interviews::time_zone),
            HELD.field(interviews::meeting_url),
            HELD.field(interviews::location),
            HELD.field(interviews::dial_in),
            HELD.field(interviews::schedule_sequence),
            HELD.field(interviews::completed_at),
            HELD.field(interviews::cancelled_at),
            TOLD.field(interviews::cancelled_reason).nullable(),
            HELD.field(interviews::absent),
            TOLD.field(interviews::schedule_reason).nullable(),
            TOLD.field(interviews::override_reason).nullable(),
            HELD.field(interviews::version),
            HELD.field(interviews::created_at),
            HELD.field(interviews::updated_at),
            (
                kits::id,
                kits::name,
                kits::kind,
                kits::minutes,
                // Interviews are of published versions, in which no kit lacks it.
                kits::rubric_version_id.assume_not_null(),
            ),
        ))
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(HELD.field(interviews::id).eq(id));
    }
    if let Some(id) = filter.application_id {
        query = query.filter(HELD.field(interviews::application_id).eq(id));
    }
    if let Some(id) = filter.user_id {
        let seats = panelists::table
            .filter(panelists::user_id.eq(id))
            .filter(panelists::removed_at.is_null())
            .select(panelists::interview_id);
        query = query.filter(HELD.field(interviews::id).eq_any(seats));
        if id != user {
            // What somebody else has before them is for who schedules; what they did is their own.
            query = query.filter(HELD.field(interviews::state).eq_any(TO_COME));
        }
    }
    if let Some(state) = filter.state {
        query = query.filter(HELD.field(interviews::state).eq(state));
    }
    if let Some(before) = filter.before {
        query = query.filter(HELD.field(interviews::id).lt(before));
    }
    query.order(HELD.field(interviews::id).desc()).limit(filter.limit).load(conn)
}

/// A seat as somebody sees it.
#[derive(Debug, Clone, Queryable)]
pub struct SeenSeat {
    pub id: PanelistId,
    pub interview_id: InterviewId,
    pub user_id: UserId,
    pub slot: Slot,
    pub assigned_at: Instant,
    pub due_at: Option<Instant>,
    pub submitted_at: Option<Instant>,
    pub waived_at: Option<Instant>,
    pub response: SeatResponse,
    pub responded_at: Option<Instant>,
    /// Whether its reader chases the cards of the application.
    pub chased: bool,
    pub told: Option<SeatReasons>,
}

/// What only those see of a seat who owe nothing.
#[derive(Debug, Clone, Queryable)]
pub struct SeatReasons {
    pub assigned_reason: Option<String>,
    pub bent_rules: Option<String>,
    pub waived_reason: Option<String>,
    pub independent: bool,
    pub response_reason: Option<String>,
}

/// Whose seats.
#[derive(Debug, Clone, Copy)]
pub enum Seats<'a> {
    /// Those of interviews that the caller was found to see.
    Of(&'a [InterviewId]),
    /// One, of an interview that the actor may read.
    One(PanelistId),
}

/// Seats in the order of assignment.
pub fn seats(conn: &mut Conn, actor: &Actor, which: Seats<'_>) -> QueryResult<Vec<SeenSeat>> {
    let user = actor.user_id;
    let owing = panelists::table
        .filter(panelists::application_id.eq(SEATS.field(panelists::application_id)))
        .filter(owing_seats(user));
    let told = REASONS.field(panelists::id).eq(SEATS.field(panelists::id)).and(not(exists(owing)));
    let mut query = SEATS
        .inner_join(
            applications::table.on(applications::id.eq(SEATS.field(panelists::application_id))),
        )
        .left_join(REASONS.on(told))
        .filter(SEATS.field(panelists::removed_at).is_null())
        .filter(takes_part(Reach::of(actor, Action::ReadInterview)))
        .select((
            SEATS.field(panelists::id),
            SEATS.field(panelists::interview_id),
            SEATS.field(panelists::user_id),
            SEATS.field(panelists::slot),
            SEATS.field(panelists::assigned_at),
            SEATS.field(panelists::due_at),
            SEATS.field(panelists::submitted_at),
            SEATS.field(panelists::waived_at),
            SEATS.field(panelists::response),
            SEATS.field(panelists::responded_at),
            chases(user, recruits_everywhere(actor), actor.via.is_none()),
            REASONS
                .fields((
                    panelists::assigned_reason,
                    panelists::bent_rules,
                    panelists::waived_reason,
                    panelists::independent,
                    panelists::response_reason,
                ))
                .nullable(),
        ))
        .into_boxed();
    query = match which {
        Seats::Of(ids) => query.filter(SEATS.field(panelists::interview_id).eq_any(ids)),
        Seats::One(id) => query.filter(SEATS.field(panelists::id).eq(id)),
    };
    let mut seats: Vec<SeenSeat> = query.order(SEATS.field(panelists::id)).load(conn)?;
    for seat in &mut seats {
        // Whoever chases a card knows when it is due; nobody reads how late another was.
        let owes = seat.state() == SeatState::Owing;
        seat.due_at = seat.due_at.filter(|_| seat.user_id == user || owes && seat.chased);
    }
    Ok(seats)
}

/// One level of an attribute of a kit; one row per anchor, or one without for an attribute that
/// has none.
#[derive(Debug, Clone, Queryable)]
pub struct KitLine {
    pub attribute_id: AttributeId,
    pub name: String,
    pub description: Option<String>,
    pub priority: Priority,
    pub pass_level: i32,
    pub anchor: Option<(i32, String, Option<String>)>,
}

/// What a kit asks its panel to judge, in order, with the anchors of each level.
pub fn kit(conn: &mut Conn, id: KitId) -> QueryResult<Vec<KitLine>> {
    kit_attributes::table
        .inner_join(attributes::table.on(attributes::id.eq(kit_attributes::attribute_id)))
        .left_join(anchors::table.on(anchors::attribute_id.eq(attributes::id)))
        .filter(kit_attributes::kit_id.eq(id))
        .select((
            attributes::id,
            attributes::name,
            attributes::description,
            kit_attributes::priority,
            attributes::pass_level,
            (anchors::level, anchors::label, anchors::anchor).nullable(),
        ))
        .order((kit_attributes::position, anchors::level))
        .load(conn)
}

/// What the panel of an interview that the caller was found to see is asked to cover besides its kit.
pub fn probes(conn: &mut Conn, row: &SeenInterview) -> QueryResult<Vec<(AttributeId, String)>> {
    if row.state.is_off() {
        return Ok(Vec::new());
    }
    loops::probes::store::asked_of(conn, row.loop_id, row.id, row.completed_at)
}
