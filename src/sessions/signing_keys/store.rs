//! Queries on `signing_keys`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::signing_keys;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::SigningKeyId;

/// A row of `signing_keys`. Its id is what tokens name as `kid`.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    pub id: SigningKeyId,
    /// `EdDSA`
    pub algorithm: String,
    /// PKCS #8.
    pub private_key: Vec<u8>,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    pub created_at: Instant,
    /// When it becomes the one that signs.
    pub signs_from: Instant,
}

/// Every key, in the order in which they sign.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<SigningKey>> {
    signing_keys::table.order((signing_keys::signs_from, signing_keys::id)).load(conn)
}

/// Inserts a key.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &SigningKey) -> Result<()> {
    diesel::insert_into(signing_keys::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Removes the permit's key, its private half with it.
pub fn remove(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let id: SigningKeyId = permit.subject().id.typed();
    diesel::delete(signing_keys::table.find(id)).execute(tx.conn)?;
    Ok(())
}
