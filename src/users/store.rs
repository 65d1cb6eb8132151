//! Queries on `users`.

use std::collections::HashSet;

use diesel::prelude::*;

use super::UserState;
use crate::access::OrgRole;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::users;
use crate::ids::UserId;

/// A row of `users`: people who sign in, and placeholders for people an import only names.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub email_folded: String,
    pub role: OrgRole,
    pub state: UserState,
    pub time_zone: String,
    pub locale: String,
    pub password_hash: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).first(conn).optional()
}

/// Those of the users that may sign in.
pub fn active_among(conn: &mut Conn, ids: &[UserId]) -> QueryResult<HashSet<UserId>> {
    let active = users::table.filter(users::id.eq_any(ids)).filter(users::state.eq(UserState::Active));
    let found: Vec<UserId> = active.select(users::id).load(conn)?;
    Ok(found.into_iter().collect())
}
