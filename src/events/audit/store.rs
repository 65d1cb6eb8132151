//! Queries of the audit log.

use std::collections::{HashMap, HashSet};

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::SHOWN;
use crate::access::{Reach, known_events};
use crate::clock::Instant;
use crate::db::schema::{event_log, event_tail, events};
use crate::db::{Conn, MultiBackend};
use crate::events::EventKind;
use crate::events::store::{EventRow, LogRow};
use crate::ids::{AnyId, ApplicationId, CandidateId, EventId, JobId, SessionId};

/// How many events one page looks through at most.
const WINDOW: i64 = 5_000;

/// Which events.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) actor_id: Option<AnyId>,
    pub(super) subject_id: Option<AnyId>,
    pub(super) kind: Option<EventKind>,
    /// Recorded at this instant or later.
    pub(super) from: Option<Instant>,
    /// Recorded before this instant.
    pub(super) to: Option<Instant>,
    pub(super) job_id: Option<JobId>,
    pub(super) candidate_id: Option<CandidateId>,
    pub(super) application_id: Option<ApplicationId>,
    pub(super) request_id: Option<String>,
    pub(super) session_id: Option<SessionId>,
}

type Events<'q> = events::BoxedQuery<'q, MultiBackend>;

/// A page of events, newest first.
pub(super) struct Found {
    /// The events with their places in the chain.
    pub(super) rows: Vec<(LogRow, EventRow)>,
    /// Where the page stopped looking, if there may be more before it.
    pub(super) looked_until: Option<AnyId>,
}

/// The events before an id, up to `limit`. One index, the most selective of those that the filters
/// have, leads to at most [`WINDOW`] events; what else is asked is looked for among them.
pub(super) fn find(
    conn: &mut Conn,
    (wanted, reach): (&Wanted, &Reach),
    before: Option<AnyId>,
    limit: i64,
) -> QueryResult<Found> {
    let floor: Option<EventId> = led_to(wanted, before)
        .select(events::id)
        .order(events::id.desc())
        .offset(WINDOW - 1)
        .limit(1)
        .first(conn)
        .optional()?;
    let mut query = filtered(led_to(wanted, before), wanted).filter(known_events(reach.clone()));
    if let Some(floor) = floor {
        query = query.filter(events::id.ge(floor));
    }
    let rows: Vec<EventRow> = query.order(events::id.desc()).limit(limit).load(conn)?;
    let ids: Vec<EventId> = rows.iter().map(|row| row.id).collect();
    let places = event_log::table.filter(event_log::event_id.eq_any(&ids));
    let places: Vec<LogRow> = if ids.is_empty() { Vec::new() } else { places.load(conn)? };
    let mut places: HashMap<EventId, LogRow> =
        places.into_iter().map(|place| (place.event_id, place)).collect();
    let rows = rows.into_iter().filter_map(|row| Some((places.remove(&row.id)?, row))).collect();
    Ok(Found { rows, looked_until: floor.map(EventId::any) })
}

/// The events before an id to which an index leads, narrowed to the time that is asked for: ids begin
/// with the instant at which they were made.
fn led_to(wanted: &Wanted, before: Option<AnyId>) -> Events<'_> {
    let mut query = events::table.into_boxed();
    let end = wanted.to.map(AnyId::first_at).into_iter().chain(before).min();
    if let Some(end) = end {
        query = query.filter(events::id.lt(end));
    }
    if let Some(from) = wanted.from {
        query = query.filter(events::id.ge(AnyId::first_at(from)));
    }
    if let Some(id) = &wanted.request_id {
        query.filter(events::request_id.eq(id))
    } else if let Some(id) = wanted.session_id {
        query.filter(events::session_id.eq(id))
    } else if let Some(id) = wanted.application_id {
        query.filter(events::application_id.eq(id))
    } else if let Some(id) = wanted.subject_id {
        query.filter(events::subject_id.eq(id))
    } else if let Some(id) = wanted.candidate_id {
        query.filter(events::candidate_id.eq(id))
    } else if let Some(id) = wanted.job_id {
        query.filter(events::job_id.eq(id))
    } else if let Some(id) = wanted.actor_id {
        query.filter(events::actor_id.eq(id))
    } else if let Some(kind) = wanted.kind {
        query.filter(events::kind.eq(kind))
    } else {
        query
    }
}

/// Everything that is asked, of what may be shown and has its place in the chain.
fn filtered<'q>(mut query: Events<'q>, wanted: &'q Wanted) -> Events<'q> {
    let in_tail = event_tail::table.filter(event_tail::event_id.eq(events::id));
    query = query.filter(events::audience.eq_any(SHOWN)).filter(not(exists(in_tail)));
    if let Some(from) = wanted.from {
        query = query.filter(events::recorded_at.ge(from));
    }
    if let Some(to) = wanted.to {
        query = query.filter(events::recorded_at.lt(to));
    }
    if let Some(id) = &wanted.request_id {
        query = query.filter(events::request_id.eq(id));
    }
    if let Some(id) = wanted.session_id {
        query = query.filter(events::session_id.eq(id));
    }
    if let Some(id) = wanted.application_id {
        query = query.filter(events::application_id.eq(id));
    }
    if let Some(id) = wanted.subject_id {
        query = query.filter(events::subject_id.eq(id));
    }
    if let Some(id) = wanted.candidate_id {
        query = query.filter(events::candidate_id.eq(id));
    }
    if let Some(id) = wanted.job_id {
        query = query.filter(events::job_id.eq(id));
    }
    if let Some(id) = wanted.actor_id {
        query = query.filter(events::actor_id.eq(id));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(events::kind.eq(kind));
    }
    query
}

/// Those of these events that a reader is shown.
pub(super) fn shown_among(
    conn: &mut Conn,
    reach: &Reach,
    ids: &[EventId],
) -> QueryResult<HashSet<EventId>> {
    let shown = events::table
        .filter(events::id.eq_any(ids))
        .filter(events::audience.eq_any(SHOWN))
        .filter(known_events(reach.clone()));
    Ok(shown.select(events::id).load(conn)?.into_iter().collect())
}

/// Whether somebody was recorded as a reader of the audit log since an instant.
pub(super) fn has_read_since(conn: &mut Conn, who: AnyId, since: Instant) -> QueryResult<bool> {
    let reading = events::table
        .filter(events::kind.eq(EventKind::AuditRead))
        .filter(events::id.gt(AnyId::first_at(since)))
        .filter(events::actor_id.eq(who));
    diesel::select(exists(reading)).get_result(conn)
}

/// The position of the first event that was recorded at an instant or later, if there is one.
pub(super) fn position_at(conn: &mut Conn, instant: Instant) -> QueryResult<Option<i64>> {
    let in_tail = event_tail::table.filter(event_tail::event_id.eq(events::id));
    let first: Option<EventId> = events::table
        .filter(events::id.ge(AnyId::first_at(instant)))
        .filter(not(exists(in_tail)))
        .select(events::id)
        .order(events::id)
        .first(conn)
        .optional()?;
    let Some(first) = first else { return Ok(None) };
    let place = event_log::table.filter(event_log::event_id.eq(first));
    place.select(event_log::position).first(conn).optional()
}
