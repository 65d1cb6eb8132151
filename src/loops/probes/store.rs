//! Queries on `loop_probes`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{attributes, interviews, kits, loop_probes};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, AttributeId, InterviewId, LoopId, LoopProbeId, UserId};

/// A row of `loop_probes`: a request to cover an attribute.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = loop_probes, treat_none_as_default_value = false)]
pub struct LoopProbe {
    pub id: LoopProbeId,
    pub loop_id: LoopId,
    pub application_id: ApplicationId,
    pub interview_id: Option<InterviewId>,
    pub attribute_id: AttributeId,
    pub asked_by: UserId,
    pub asked_at: Instant,
    pub withdrawn_by: Option<UserId>,
    pub withdrawn_at: Option<Instant>,
}

/// One probe.
pub fn find(conn: &mut Conn, id: LoopProbeId) -> QueryResult<Option<LoopProbe>> {
    loop_probes::table.find(id).first(conn).optional()
}

/// The probes of a loop that were not withdrawn, oldest first.
pub fn open_of(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<LoopProbe>> {
    loop_probes::table
        .filter(loop_probes::loop_id.eq(id))
        .filter(loop_probes::withdrawn_at.is_null())
        .order(loop_probes::id)
        .load(conn)
}

/// What the panel of an interview is asked to cover besides its kit: attributes with their names, in an
/// order that says nothing of when they were asked for.
pub fn asked_of(
    conn: &mut Conn,
    loop_id: LoopId,
    interview_id: InterviewId,
    completed_at: Option<Instant>,
) -> QueryResult<Vec<(AttributeId, String)>> {
    let mut query = loop_probes::table
        .inner_join(attributes::table.on(attributes::id.eq(loop_probes::attribute_id)))
        .filter(loop_probes::loop_id.eq(loop_id))
        .filter(loop_probes::withdrawn_at.is_null())
        .filter(loop_probes::interview_id.is_null().or(loop_probes::interview_id.eq(interview_id)))
        .select((attributes::id, attributes::name))
        .into_boxed();
    if let Some(completed_at) = completed_at {
        query = query.filter(loop_probes::asked_at.lt(completed_at));
    }
    let mut asked: Vec<(AttributeId, String)> = query.load(conn)?;
    asked.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
    asked.dedup();
    Ok(asked)
}

/// Whether an attribute is of a rubric version by which a kit of the loop judges.
pub fn is_judged_in(conn: &mut Conn, loop_id: LoopId, id: AttributeId) -> QueryResult<bool> {
    let versions = interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .filter(interviews::loop_id.eq(loop_id))
        .filter(kits::rubric_version_id.eq(attributes::rubric_version_id.nullable()));
    let judged = attributes::table.find(id).filter(diesel::dsl::exists(versions));
    diesel::select(diesel::dsl::exists(judged)).get_result(conn)
}

/// Inserts a probe.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &LoopProbe) -> Result<()> {
    diesel::insert_into(loop_probes::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Withdraws a probe that was not withdrawn yet.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: LoopProbeId,
    by: UserId,
    at: Instant,
) -> Result<()> {
    let open = loop_probes::table.find(id).filter(loop_probes::withdrawn_at.is_null());
    let saved = diesel::update(open)
        .set((loop_probes::withdrawn_by.eq(Some(by)), loop_probes::withdrawn_at.eq(Some(at))))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
