//! Queries on `password_resets`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::db::schema::password_resets;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::PasswordResetId;

/// Notes an address.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, email_folded: &str) -> Result<()> {
    let (id, now): (PasswordResetId, _) = (permit.subject().id.typed(), tx.now());
    diesel::insert_into(password_resets::table)
        .values((
            password_resets::id.eq(id),
            password_resets::email_folded.eq(email_folded),
            password_resets::created_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The oldest requests that nobody has looked at.
pub fn oldest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(PasswordResetId, String)>> {
    password_resets::table
        .order(password_resets::id)
        .limit(limit)
        .select((password_resets::id, password_resets::email_folded))
        .load(conn)
}

/// Forgets a request. False when somebody else took it.
pub fn take(tx: &mut Tx<'_>, permit: &Permit) -> Result<bool> {
    let id: PasswordResetId = permit.subject().id.typed();
    Ok(diesel::delete(password_resets::table.find(id)).execute(tx.conn)? == 1)
}
