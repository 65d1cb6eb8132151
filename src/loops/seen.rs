//! Loops as somebody sees them. That a loop is finished says that its debrief decided, so its state
//! is loaded only for readers who owe nothing.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::LoopState;
use crate::access::{Action, Actor, Reach, owing_seats, takes_part};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, debriefs, interviews, kits, loops, panelists};
use crate::ids::{
    AnyId, ApplicationId, DebriefId, InterviewId, LoopId, LoopTemplateVersionId, StageId, UserId,
};

diesel::alias!(const OPENED: Alias<Opened> = loops as opened);

/// Which loops.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one alone.
    pub id: Option<LoopId>,
    /// Of this application.
    pub application_id: Option<ApplicationId>,
    /// Started with this version.
    pub loop_template_version_id: Option<LoopTemplateVersionId>,
    /// In this state, as the reader sees it.
    pub state: Option<LoopState>,
    /// Below this id.
    pub before: Option<AnyId>,
    /// At most so many.
    pub limit: i64,
}

/// A loop as somebody sees it.
#[derive(Debug, Clone, Queryable)]
pub struct SeenLoop {
    pub id: LoopId,
    pub application_id: ApplicationId,
    pub loop_template_version_id: LoopTemplateVersionId,
    pub stage_id: StageId,
    pub started_by: Option<UserId>,
    pub started_at: Instant,
    pub created_at: Instant,
    /// State, version and last change; none while the reader owes a card for the application.
    pub opened: Option<(LoopState, i64, Instant)>,
}

/// The loops that the actor may read, newest first.
pub fn loops(conn: &mut Conn, actor: &Actor, filter: &Filter) -> QueryResult<Vec<SeenLoop>> {
    let user = actor.user_id;
    let owing = panelists::table
        .filter(panelists::application_id.eq(loops::application_id))
        .filter(owing_seats(user));
    let opened = OPENED.field(loops::id).eq(loops::id).and(not(exists(owing)));
    let mut query = loops::table
        .inner_join(applications::table.on(applications::id.eq(loops::application_id)))
        .left_join(OPENED.on(opened))
        .filter(takes_part(Reach::of(actor, Action::ReadInterview)))
        .select((
            loops::id,
            loops::application_id,
            loops::loop_template_version_id,
            loops::stage_id,
            loops::started_by,
            loops::started_at,
            loops::created_at,
            OPENED.fields((loops::state, loops::version, loops::updated_at)).nullable(),
        ))
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(loops::id.eq(id));
    }
    if let Some(id) = filter.application_id {
        query = query.filter(loops::application_id.eq(id));
    }
    if let Some(id) = filter.loop_template_version_id {
        query = query.filter(loops::loop_template_version_id.eq(id));
    }
    if let Some(state) = filter.state {
        // Whoever owes a card sees no state but the first.
        let seen = OPENED.field(loops::state).nullable().eq(state);
        query = match state {
            LoopState::Running => {
                query.filter(seen.or(OPENED.field(loops::id).nullable().is_null()))
            }
            LoopState::Finished | LoopState::Cancelled => query.filter(seen),
        };
    }
    if let Some(before) = filter.before {
        query = query.filter(loops::id.lt(before));
    }
    query.order(loops::id.desc()).limit(filter.limit).load(conn)
}

/// The interviews of loops that the caller was found to see, in the order of their kits.
pub fn interviews_of(conn: &mut Conn, ids: &[LoopId]) -> QueryResult<Vec<(LoopId, InterviewId)>> {
    interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .filter(interviews::loop_id.eq_any(ids))
        .order((kits::position, interviews::id))
        .select((interviews::loop_id, interviews::id))
        .load(conn)
}

/// The debriefs of loops that the caller was found to see, oldest round first.
pub fn debriefs_of(conn: &mut Conn, ids: &[LoopId]) -> QueryResult<Vec<(LoopId, DebriefId)>> {
    debriefs::table
        .filter(debriefs::loop_id.eq_any(ids))
        .order(debriefs::round)
        .select((debriefs::loop_id, debriefs::id))
        .load(conn)
}
