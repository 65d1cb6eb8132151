//! Queries on `chat_addresses`.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{ChatFailure, ChatFormat};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::chat_addresses;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{ChatAddressId, UserId};

/// A row of `chat_addresses`. `url` is sealed under the key of this deployment.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = chat_addresses, treat_none_as_default_value = false)]
pub struct ChatAddress {
    pub id: ChatAddressId,
    pub user_id: UserId,
    pub url: Vec<u8>,
    pub host: String,
    pub ending: String,
    pub format: ChatFormat,
    pub failure: Option<ChatFailure>,
    pub failed_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The address of a person.
pub fn of_user(conn: &mut Conn, user: UserId) -> QueryResult<Option<ChatAddress>> {
    chat_addresses::table.filter(chat_addresses::user_id.eq(user)).first(conn).optional()
}

/// One address.
pub fn find(conn: &mut Conn, id: ChatAddressId) -> QueryResult<Option<ChatAddress>> {
    chat_addresses::table.find(id).first(conn).optional()
}

/// Those of some people who have an address that is of use.
pub fn reachable_among(conn: &mut Conn, users: &[UserId]) -> QueryResult<HashSet<UserId>> {
    let reachable = chat_addresses::table
        .filter(chat_addresses::user_id.eq_any(users))
        .filter(chat_addresses::failed_at.is_null())
        .select(chat_addresses::user_id);
    Ok(reachable.load(conn)?.into_iter().collect())
}

/// Inserts an address.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &ChatAddress) -> Result<()> {
    diesel::insert_into(chat_addresses::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Marks the address of the permit, unless it is marked or gone. Gives whose it is.
pub(super) fn mark(
    tx: &mut Tx<'_>,
    permit: &Permit,
    failure: ChatFailure,
) -> Result<Option<UserId>> {
    let (now, id): (Instant, ChatAddressId) = (tx.now(), permit.subject().id.typed());
    let works = chat_addresses::table.find(id).filter(chat_addresses::failed_at.is_null());
    let marked = diesel::update(works)
        .set((
            chat_addresses::failure.eq(failure),
            chat_addresses::failed_at.eq(now),
            chat_addresses::version.eq(chat_addresses::version + 1),
            chat_addresses::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if marked == 0 {
        return Ok(None);
    }
    let whose = chat_addresses::table.find(id).select(chat_addresses::user_id);
    Ok(Some(whose.first(tx.conn)?))
}

/// Forgets the address of a person. Says whether there was one.
pub(super) fn delete(tx: &mut Tx<'_>, _permit: &Permit, user: UserId) -> Result<usize> {
    let theirs = chat_addresses::table.filter(chat_addresses::user_id.eq(user));
    Ok(diesel::delete(theirs).execute(tx.conn)?)
}
