//! Queries on `departments`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::model::Tree;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::departments;
use crate::http::PageRequest;
use crate::ids::{DepartmentId, UserId};
use crate::organization::store::{self, page_of};

/// A row of `departments`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = departments, treat_none_as_default_value = false)]
pub struct Department {
    pub id: DepartmentId,
    pub name: String,
    pub parent_id: Option<DepartmentId>,
    pub head_id: Option<UserId>,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

store::find!(departments, Department, DepartmentId);
store::is_usable!(departments, DepartmentId);
store::save!(departments, Department, "It stands there already.", [name, parent_id, head_id]);

/// Which departments a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only those right below this one.
    pub parent_id: Option<DepartmentId>,
    /// Only those with nothing above them.
    pub roots: bool,
    /// Only those out of use, or in use.
    pub archived: Option<bool>,
}

/// One page, newest first.
pub fn list(conn: &mut Conn, wanted: Wanted, page: &PageRequest) -> QueryResult<Vec<Department>> {
    let mut query = departments::table.into_boxed();
    if let Some(parent_id) = wanted.parent_id {
        query = query.filter(departments::parent_id.eq(parent_id));
    }
    if wanted.roots {
        query = query.filter(departments::parent_id.is_null());
    }
    page_of!(departments, query, wanted.archived, page).load(conn)
}

/// The whole tree, archived departments included.
pub fn tree(conn: &mut Conn) -> QueryResult<Tree> {
    let rows: Vec<(DepartmentId, Option<DepartmentId>)> =
        departments::table.select((departments::id, departments::parent_id)).load(conn)?;
    Ok(Tree::of(rows))
}

/// Whether a department that is in use lies right below this one.
pub fn has_used_below(conn: &mut Conn, id: DepartmentId) -> QueryResult<bool> {
    let below = departments::table
        .filter(departments::parent_id.eq(id))
        .filter(departments::archived_at.is_null());
    diesel::select(exists(below)).get_result(conn)
}

/// The departments that a person heads, those out of use as well.
pub fn headed_by(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Department>> {
    departments::table.filter(departments::head_id.eq(user)).order(departments::id).load(conn)
}
