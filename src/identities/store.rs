//! Queries on `identities` and `used_sign_ins`.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{identities, used_sign_ins};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{IdentityId, SignInId, UserId};

/// A row of `identities`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = identities)]
pub struct Identity {
    pub id: IdentityId,
    pub user_id: UserId,
    pub issuer: String,
    pub subject: String,
    pub created_at: Instant,
    pub last_used_at: Instant,
}

/// One identity.
pub(super) fn find(conn: &mut Conn, id: IdentityId) -> QueryResult<Option<Identity>> {
    identities::table.find(id).first(conn).optional()
}

/// The identity of an issuer's subject.
pub(super) fn find_subject(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
) -> QueryResult<Option<Identity>> {
    identities::table
        .filter(identities::issuer.eq(issuer))
        .filter(identities::subject.eq(subject))
        .first(conn)
        .optional()
}

/// Whether a user is connected with an identity, at whatever issuer.
pub fn is_connected(conn: &mut Conn, user_id: UserId) -> QueryResult<bool> {
    let theirs = identities::table.filter(identities::user_id.eq(user_id));
    diesel::select(exists(theirs)).get_result(conn)
}

/// A user's identities, newest first: one at each issuer there was.
pub fn of_user(conn: &mut Conn, user_id: UserId) -> QueryResult<Vec<Identity>> {
    let theirs = identities::table.filter(identities::user_id.eq(user_id));
    theirs.order(identities::id.desc()).limit(20).load(conn)
}

/// One page of a user's identities, newest first.
pub fn list(conn: &mut Conn, user_id: UserId, page: &PageRequest) -> QueryResult<Vec<Identity>> {
    let mut query = identities::table.filter(identities::user_id.eq(user_id)).into_boxed();
    if let Some(before) = page.before {
        query = query.filter(identities::id.lt(before));
    }
    query.order(identities::id.desc()).limit(page.fetch()).load(conn)
}

/// Connects a user with an identity.
///
/// # Errors
/// `already_exists` when somebody was quicker.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Identity) -> Result<()> {
    const TAKEN: &str = "Another sign-in was quicker.";
    diesel::insert_into(identities::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    Ok(())
}

/// Notes that the permit's identity signed in.
pub(super) fn touch(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let (id, now): (IdentityId, Instant) = (permit.subject().id.typed(), tx.now());
    diesel::update(identities::table.find(id))
        .set(identities::last_used_at.eq(now))
        .execute(tx.conn)?;
    Ok(())
}

/// Parts a user from the permit's identity.
pub(super) fn delete(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let id: IdentityId = permit.subject().id.typed();
    match diesel::delete(identities::table.find(id)).execute(tx.conn)? {
        0 => Err(Error::not_found()),
        _ => Ok(()),
    }
}

/// Marks the permit's sign-in as used, and forgets those whose time is over. False when it was used
/// before.
pub(super) fn claim(tx: &mut Tx<'_>, permit: &Permit, expires_at: Instant) -> Result<bool> {
    let (id, now): (SignInId, Instant) = (permit.subject().id.typed(), tx.now());
    diesel::delete(used_sign_ins::table.filter(used_sign_ins::expires_at.le(now)))
        .execute(tx.conn)?;
    let row = (used_sign_ins::id.eq(id), used_sign_ins::expires_at.eq(expires_at));
    let inserted = diesel::insert_into(used_sign_ins::table).values(row).execute(tx.conn);
    match inserted.unique_as(Code::AlreadyExists, "It was used before.") {
        Ok(_) => Ok(true),
        Err(error) if error.code == Code::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
