//! Queries on `departments`.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::departments;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::DepartmentId;

/// A row of `departments`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = departments, treat_none_as_default_value = false)]
pub(super) struct Department {
    pub(super) id: DepartmentId,
    pub(super) name: String,
    pub(super) parent_id: Option<DepartmentId>,
    pub(super) archived_at: Option<Instant>,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
}

/// Whether there is such a department, and it is not archived.
pub fn is_usable(conn: &mut Conn, id: DepartmentId) -> QueryResult<bool> {
    let usable = departments::table.find(id).filter(departments::archived_at.is_null());
    diesel::select(exists(usable)).get_result(conn)
}

/// One department.
pub(super) fn find(conn: &mut Conn, id: DepartmentId) -> QueryResult<Option<Department>> {
    departments::table.find(id).first(conn).optional()
}

/// One page, newest first.
pub(super) fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<Department>> {
    let mut query = departments::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(departments::id.lt(before));
    }
    query.order(departments::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a department.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Department) -> Result<()> {
    diesel::insert_into(departments::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a department whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Department) -> Result<()> {
    let now = tx.now();
    let unchanged = departments::table.find(row.id).filter(departments::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            departments::name.eq(&row.name),
            departments::parent_id.eq(row.parent_id),
            departments::archived_at.eq(row.archived_at),
            departments::version.eq(row.version + 1),
            departments::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
