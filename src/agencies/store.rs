//! Queries on `agencies` and `agency_jobs`.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{agencies, agency_jobs};
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{AgencyId, JobId, RowId};

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is an agency of that name, perhaps an archived one.";

/// A row of `agencies`: a firm whose recruiters bring candidates in.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agencies, treat_none_as_default_value = false)]
pub struct Agency {
    pub id: AgencyId,
    pub name: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: AgencyId) -> QueryResult<Option<Agency>> {
    agencies::table.find(id).first(conn).optional()
}

/// Whether there is such an agency that is in use.
pub fn is_usable(conn: &mut Conn, id: AgencyId) -> QueryResult<bool> {
    Ok(usable_among(conn, &[id])?.contains(&id))
}

/// Those of these agencies that are in use.
pub fn usable_among(conn: &mut Conn, ids: &[AgencyId]) -> QueryResult<HashSet<AgencyId>> {
    let usable = agencies::table
        .filter(agencies::id.eq_any(ids.iter().copied()))
        .filter(agencies::archived_at.is_null());
    let found: Vec<AgencyId> = usable.select(agencies::id).load(conn)?;
    Ok(found.into_iter().collect())
}

/// The agencies that a job is open to, oldest first.
pub fn of_job(conn: &mut Conn, id: JobId) -> QueryResult<Vec<AgencyId>> {
    agency_jobs::table
        .filter(agency_jobs::job_id.eq(id))
        .order(agency_jobs::agency_id)
        .select(agency_jobs::agency_id)
        .load(conn)
}

/// Opens the permit's job to these agencies in place of those before.
pub fn replace_job(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    job_id: JobId,
    agencies: &[AgencyId],
) -> Result<()> {
    let before = agency_jobs::table.filter(agency_jobs::job_id.eq(job_id));
    diesel::delete(before).execute(tx.conn)?;
    let mut rows = Vec::with_capacity(agencies.len());
    for agency_id in agencies {
        let id: RowId = tx.id();
        rows.push((
            agency_jobs::id.eq(id),
            agency_jobs::agency_id.eq(*agency_id),
            agency_jobs::job_id.eq(job_id),
            agency_jobs::created_at.eq(tx.now()),
        ));
    }
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(agency_jobs::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// One page, newest first.
pub fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<Agency>> {
    let mut query = agencies::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(agencies::id.lt(before));
    }
    query.order(agencies::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts an agency.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Agency) -> Result<()> {
    diesel::insert_into(agencies::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    Ok(())
}

/// Saves an agency whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Agency) -> Result<()> {
    let now = tx.now();
    let unchanged = agencies::table.find(row.id).filter(agencies::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            agencies::name.eq(&row.name),
            agencies::archived_at.eq(row.archived_at),
            agencies::version.eq(row.version + 1),
            agencies::updated_at.eq(now),
        ))
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
