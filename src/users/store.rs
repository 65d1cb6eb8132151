//! Queries on `users`.

use std::collections::HashSet;

use diesel::prelude::*;

use super::UserState;
use crate::access::{OrgRole, Permit};
use crate::clock::Instant;
use crate::db::schema::users;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
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

/// One user who can act: for everything that makes somebody responsible for something new.
pub fn find_active(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).filter(users::state.eq(UserState::Active)).first(conn).optional()
}

/// One user who was asked to join and has not yet.
pub fn find_invited(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).filter(users::state.eq(UserState::Invited)).first(conn).optional()
}

/// Those of these users who can act.
pub fn active_among(conn: &mut Conn, ids: &[UserId]) -> QueryResult<HashSet<UserId>> {
    let active = users::table
        .filter(users::id.eq_any(ids.iter().copied()))
        .filter(users::state.eq(UserState::Active));
    let found: Vec<UserId> = active.select(users::id).load(conn)?;
    Ok(found.into_iter().collect())
}

/// The account of a folded address, in whatever state.
pub fn find_by_email(conn: &mut Conn, email_folded: &str) -> QueryResult<Option<User>> {
    users::table.filter(users::email_folded.eq(email_folded)).first(conn).optional()
}

/// Whether there is an active owner beside this user.
pub fn has_other_owner(conn: &mut Conn, but: Option<UserId>) -> QueryResult<bool> {
    let owners: Vec<UserId> = users::table
        .filter(users::role.eq(OrgRole::Owner))
        .filter(users::state.eq(UserState::Active))
        .select(users::id)
        .limit(2)
        .load(conn)?;
    Ok(owners.into_iter().any(|owner| Some(owner) != but))
}

/// The owners who can act, a hundred at most.
pub fn active_owners(conn: &mut Conn) -> QueryResult<Vec<UserId>> {
    let owners = users::table
        .filter(users::role.eq(OrgRole::Owner))
        .filter(users::state.eq(UserState::Active));
    owners.order(users::id).limit(100).select(users::id).load(conn)
}

/// Which users a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only those with this role.
    pub role: Option<OrgRole>,
    /// Only those in this state.
    pub state: Option<UserState>,
}

/// One page, newest first.
pub fn list(conn: &mut Conn, wanted: Wanted, page: &PageRequest) -> QueryResult<Vec<User>> {
    let mut query = users::table.into_boxed();
    if let Some(role) = wanted.role {
        query = query.filter(users::role.eq(role));
    }
    if let Some(state) = wanted.state {
        query = query.filter(users::state.eq(state));
    }
    if let Some(before) = page.before {
        query = query.filter(users::id.lt(before));
    }
    query.order(users::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a user.
///
/// # Errors
/// `already_exists` when the address belongs to an account.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &User) -> Result<()> {
    const TAKEN: &str = "There is a user with this address, perhaps a deactivated one.";
    diesel::insert_into(users::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    Ok(())
}

/// Saves a user whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &User) -> Result<()> {
    let now = tx.now();
    let unchanged = users::table.find(row.id).filter(users::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            users::name.eq(&row.name),
            users::role.eq(row.role),
            users::state.eq(row.state),
            users::time_zone.eq(&row.time_zone),
            users::locale.eq(&row.locale),
            users::password_hash.eq(&row.password_hash),
            users::version.eq(row.version + 1),
            users::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
