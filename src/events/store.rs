//! Queries on `events`, `event_tail` and `event_log`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::Value;

use super::{Audience, Event, EventKind};
use crate::access::{Permit, Reach, known_events, owed_applications};
use crate::clock::Instant;
use crate::db::schema::{applications, candidates, event_log, event_tail, events};
use crate::db::types::Document;
use crate::db::{Conn, Origin, Tx};
use crate::each;
use crate::error::Result;
use crate::ids::{AnyId, ApplicationId, CandidateId, EventId, JobId, SessionId, UserId};

/// The version of the payload's shape; all kinds are at their first.
pub(super) const SCHEMA_VERSION: i32 = 1;

/// A row of `events`, as stored.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = events)]
pub(super) struct EventRow {
    pub(super) id: EventId,
    pub(super) kind: EventKind,
    pub(super) schema_version: i32,
    pub(super) occurred_at: Instant,
    pub(super) recorded_at: Instant,
    pub(super) origin: Origin,
    pub(super) actor_kind: String,
    pub(super) actor_id: Option<AnyId>,
    pub(super) on_behalf_of: Option<AnyId>,
    pub(super) session_id: Option<SessionId>,
    pub(super) request_id: Option<String>,
    pub(super) subject_kind: String,
    pub(super) subject_id: AnyId,
    pub(super) job_id: Option<JobId>,
    pub(super) candidate_id: Option<CandidateId>,
    pub(super) application_id: Option<ApplicationId>,
    pub(super) audience: Audience,
    pub(super) payload: Document,
}

/// Inserts an event, unordered, with its row in the tail. Says whether it got that row: an event about a candidate
/// of whom nothing is left gets none unless it outlives the person, and is not to stay then.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: EventId,
    event: &Event,
    outlives: bool,
) -> Result<bool> {
    let row = EventRow {
        id,
        kind: event.kind,
        schema_version: SCHEMA_VERSION,
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
        origin: tx.unit.origin,
        actor_kind: permit.actor_kind().to_owned(),
        actor_id: permit.actor_id(),
        on_behalf_of: event.on_behalf_of.map(crate::ids::Id::any).or(permit.on_behalf_of()),
        session_id: tx.unit.session_id,
        request_id: tx.unit.request_id.clone(),
        subject_kind: event.subject.noun.to_owned(),
        subject_id: event.subject.id,
        job_id: event.job_id,
        candidate_id: event.candidate_id,
        application_id: event.application_id,
        audience: event.audience,
        payload: Document(Value::Object(event.payload.clone())),
    };
    diesel::insert_into(events::table).values(&row).execute(tx.conn)?;
    if outlives || (event.candidate_id.is_none() && event.application_id.is_none()) {
        let tail = diesel::insert_into(event_tail::table).values(event_tail::event_id.eq(id));
        return Ok(tail.execute(tx.conn)? == 1);
    }
    let alive = events::table
        .filter(events::id.eq(id))
        .filter(not(exists(about_nobody())))
        .select(events::id);
    let added = each!(tx.conn, c => diesel::insert_into(event_tail::table)
        .values(alive)
        .into_columns(event_tail::event_id)
        .execute(c))?;
    Ok(added == 1)
}

/// The candidate of an event of the outer query, if nothing is left of them but ids and counts.
#[diesel::dsl::auto_type]
fn about_nobody() -> _ {
    let applied = applications::table
        .filter(applications::id.nullable().eq(events::application_id))
        .select(applications::candidate_id);
    let who = candidates::id
        .nullable()
        .eq(events::candidate_id)
        .or(candidates::id.eq_any(applied).nullable());
    candidates::table.filter(candidates::anonymized_at.is_not_null()).filter(who)
}

/// One sealed event with its place in the chain.
#[derive(Debug, Clone, Queryable)]
pub(super) struct LogRow {
    pub(super) position: i64,
    pub(super) event_id: EventId,
    pub(super) previous_hash: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

/// The newest row of the log.
pub(super) fn newest(conn: &mut Conn) -> QueryResult<Option<LogRow>> {
    event_log::table.order(event_log::position.desc()).first(conn).optional()
}

/// Events of the tail, oldest id first.
pub(super) fn tail(conn: &mut Conn, limit: i64) -> QueryResult<Vec<EventRow>> {
    event_tail::table
        .inner_join(events::table.on(events::id.eq(event_tail::event_id)))
        .select(events::all_columns)
        .order(event_tail::event_id)
        .limit(limit)
        .load(conn)
}

/// How many events have no position yet.
pub(super) fn tail_length(conn: &mut Conn) -> QueryResult<i64> {
    event_tail::table.count().get_result(conn)
}

/// Moves an event from the tail to the log.
pub(super) fn append(conn: &mut Conn, row: &LogRow) -> QueryResult<()> {
    diesel::insert_into(event_log::table)
        .values((
            event_log::position.eq(row.position),
            event_log::event_id.eq(row.event_id),
            event_log::previous_hash.eq(&row.previous_hash),
            event_log::hash.eq(&row.hash),
        ))
        .execute(conn)?;
    diesel::delete(event_tail::table.find(row.event_id)).execute(conn)?;
    Ok(())
}

/// The log with its events from `after` on, ascending; an event row that is gone is `None`.
pub(super) fn log_after(
    conn: &mut Conn,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<(LogRow, Option<EventRow>)>> {
    event_log::table
        .left_join(events::table.on(events::id.eq(event_log::event_id)))
        .filter(event_log::position.gt(after))
        .select((event_log::all_columns, events::all_columns.nullable()))
        .order(event_log::position)
        .limit(limit)
        .load(conn)
}

/// Which events somebody may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reader {
    /// Who reads.
    pub(super) user_id: UserId,
    /// Of what they may know that it exists.
    pub(super) reach: Reach,
    /// The classes that they read in any case.
    pub(super) always: Vec<Audience>,
    /// The classes that they read of applications for which they owe no evaluation.
    pub(super) unsealed: Vec<Audience>,
}

/// Which events a reader asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// Only those of this application.
    pub(super) application_id: Option<ApplicationId>,
    /// Only those of this subject.
    pub(super) subject_id: Option<AnyId>,
    /// Only those of this kind.
    pub(super) kind: Option<EventKind>,
}

/// Events behind `after` and up to `until` that the reader may see, ascending by position.
pub(super) fn feed(
    conn: &mut Conn,
    reader: &Reader,
    wanted: Wanted,
    (after, until): (i64, i64),
    limit: i64,
) -> QueryResult<Vec<(i64, EventRow)>> {
    let owed = owed_applications(reader.user_id);
    let owes_nothing = events::application_id
        .is_null()
        .or(events::application_id.assume_not_null().ne_all(owed).nullable());
    let visible = events::audience
        .eq_any(&reader.always)
        .or(events::audience.eq_any(&reader.unsealed).and(owes_nothing.assume_not_null()));
    let mut query = event_log::table
        .inner_join(events::table.on(events::id.eq(event_log::event_id)))
        .filter(event_log::position.gt(after).and(event_log::position.le(until)))
        .filter(visible)
        .filter(known_events(reader.reach.clone()))
        .select((event_log::position, events::all_columns))
        .into_boxed();
    if let Some(id) = wanted.application_id {
        query = query.filter(events::application_id.eq(id));
    }
    if let Some(id) = wanted.subject_id {
        query = query.filter(events::subject_id.eq(id));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(events::kind.eq(kind));
    }
    query.order(event_log::position).limit(limit).load(conn)
}
