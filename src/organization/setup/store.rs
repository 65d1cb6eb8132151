//! Queries on `capabilities`, for those of kind `setup`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::capabilities;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::CapabilityId;

/// The kind of these capabilities.
const KIND: &str = "setup";

/// Inserts the link behind a token, and revokes the ones before it.
pub fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    token_hash: &[u8],
    expires_at: Instant,
) -> Result<()> {
    let now = tx.now();
    let id: CapabilityId = permit.subject().id.typed();
    let older = capabilities::table
        .filter(capabilities::kind.eq(KIND))
        .filter(capabilities::used_at.is_null())
        .filter(capabilities::revoked_at.is_null());
    diesel::update(older).set(capabilities::revoked_at.eq(now)).execute(tx.conn)?;
    diesel::insert_into(capabilities::table)
        .values((
            capabilities::id.eq(id),
            capabilities::kind.eq(KIND),
            capabilities::token_hash.eq(token_hash),
            capabilities::expires_at.eq(expires_at),
            capabilities::created_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The link behind a token, if it works at this moment.
pub fn find_live(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Instant,
) -> QueryResult<Option<CapabilityId>> {
    capabilities::table
        .filter(capabilities::kind.eq(KIND))
        .filter(capabilities::token_hash.eq(token_hash))
        .filter(capabilities::used_at.is_null())
        .filter(capabilities::revoked_at.is_null())
        .filter(capabilities::expires_at.gt(now))
        .select(capabilities::id)
        .first(conn)
        .optional()
}

/// Notes that a link was used.
pub fn consume(tx: &mut Tx<'_>, _permit: &Permit, id: CapabilityId) -> Result<()> {
    let now = tx.now();
    diesel::update(capabilities::table.find(id))
        .set(capabilities::used_at.eq(now))
        .execute(tx.conn)?;
    Ok(())
}
