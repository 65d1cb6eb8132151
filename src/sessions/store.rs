//! Queries on `sessions`, `refresh_tokens`, `signing_keys` and `server_secrets`.

use diesel::prelude::*;

use super::{Device, network_of};
use crate::access::{OrgRole, Permit};
use crate::clock::Instant;
use crate::db::schema::{refresh_tokens, server_secrets, sessions, signing_keys, users};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{AnyId, RefreshTokenId, SessionId, UserId};

/// A row of `signing_keys`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    /// Key id: a hash of the public half.
    pub kid: String,
    /// `EdDSA`
    pub algorithm: String,
    /// PKCS #8.
    pub private_key: Vec<u8>,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    /// When it was made.
    pub created_at: Instant,
    /// Since when it only checks.
    pub retired_at: Option<Instant>,
}

/// The signing keys, oldest first; `fresh` becomes the first one.
pub fn signing_keys_or(tx: &mut Tx<'_>, fresh: &SigningKey) -> Result<Vec<SigningKey>> {
    // Two instances that start at once on an empty database wait for each other here.
    crate::db::dialect::lock_start(tx.conn)?;
    let known: i64 = signing_keys::table.count().get_result(tx.conn)?;
    if known == 0 {
        diesel::insert_into(signing_keys::table).values(fresh).execute(tx.conn)?;
    }
    Ok(signing_keys::table.order((signing_keys::created_at, signing_keys::kid)).load(tx.conn)?)
}

/// The key of derived secrets; `fresh` becomes it at the first start.
pub fn server_secret_or(tx: &mut Tx<'_>, fresh: &[u8]) -> Result<Vec<u8>> {
    const NAME: &str = "derived";
    // Two instances that start at once on an empty database wait for each other here.
    crate::db::dialect::lock_start(tx.conn)?;
    let known = server_secrets::table.find(NAME).select(server_secrets::value);
    if let Some(value) = known.first(tx.conn).optional()? {
        return Ok(value);
    }
    let row = (
        server_secrets::name.eq(NAME),
        server_secrets::value.eq(fresh),
        server_secrets::created_at.eq(tx.now()),
    );
    diesel::insert_into(server_secrets::table).values(row).execute(tx.conn)?;
    Ok(fresh.to_vec())
}

/// What signing in needs to know of an account.
#[derive(Debug, Clone, Queryable)]
pub struct Account {
    /// The user.
    pub user_id: UserId,
    /// The PHC string, if the user has a password.
    pub password_hash: Option<String>,
    /// The user's role.
    pub role: OrgRole,
}

/// The active account of a folded address.
pub fn find_account(conn: &mut Conn, email_folded: &str) -> QueryResult<Option<Account>> {
    users::table
        .filter(users::email_folded.eq(email_folded))
        .filter(users::state.eq("active"))
        .select((users::id, users::password_hash, users::role))
        .first(conn)
        .optional()
}

/// Inserts a session.
pub fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    user_id: UserId,
    expires_at: Instant,
    device: &Device,
) -> Result<()> {
    let (id, now): (SessionId, Instant) = (permit.subject().id.typed(), tx.now());
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::user_id.eq(user_id),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
            sessions::method.eq(device.method),
            sessions::user_agent.eq(&device.user_agent),
            sessions::address.eq(device.address.map(|address| address.to_canonical().to_string())),
            sessions::network.eq(device.address.map(network_of)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Inserts a refresh token of the permit's session.
pub fn insert_refresh_token(
    tx: &mut Tx<'_>,
    permit: &Permit,
    expires_at: Instant,
    token_hash: &[u8],
) -> Result<RefreshTokenId> {
    let (id, now): (RefreshTokenId, Instant) = (tx.id(), tx.now());
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::id.eq(id),
            refresh_tokens::session_id
                .eq(permit.subject().id.typed::<crate::ids::kinds::Session>()),
            refresh_tokens::token_hash.eq(token_hash),
            refresh_tokens::created_at.eq(now),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// A refresh token with its session and user.
#[derive(Debug, Clone, Queryable)]
pub struct Renewal {
    /// The token's row.
    pub id: RefreshTokenId,
    /// The session.
    pub session_id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// Until when the session may be renewed.
    pub expires_at: Instant,
    /// When the session was ended.
    pub revoked_at: Option<Instant>,
}

/// The renewal behind a token, of an active user.
pub fn find_renewal(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<Option<Renewal>> {
    refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .filter(users::state.eq("active"))
        .select((
            refresh_tokens::id,
            sessions::id,
            sessions::user_id,
            sessions::expires_at,
            sessions::revoked_at,
        ))
        .first(conn)
        .optional()
}

/// Marks a refresh token as used. False when somebody else was first.
pub fn use_refresh_token(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: RefreshTokenId,
    successor: RefreshTokenId,
) -> Result<bool> {
    let now = tx.now();
    let unused = refresh_tokens::table.find(id).filter(refresh_tokens::used_at.is_null());
    let changed = diesel::update(unused)
        .set((refresh_tokens::used_at.eq(now), refresh_tokens::successor_id.eq(successor.any())))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Notes that a session was used.
pub fn touch(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let now = tx.now();
    let id: SessionId = permit.subject().id.typed();
    diesel::update(sessions::table.find(id))
        .set(sessions::last_used_at.eq(now))
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a session. False when it had ended.
pub fn revoke(tx: &mut Tx<'_>, permit: &Permit) -> Result<bool> {
    let now = tx.now();
    let id: SessionId = permit.subject().id.typed();
    let open = sessions::table.find(id).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(open).set(sessions::revoked_at.eq(now)).execute(tx.conn)? == 1)
}

/// Ends every session of a user. Returns how many.
pub fn revoke_all(tx: &mut Tx<'_>, _permit: &Permit, user_id: UserId) -> Result<usize> {
    let now = tx.now();
    let open = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    Ok(diesel::update(open).set(sessions::revoked_at.eq(now)).execute(tx.conn)?)
}

/// What `GET /me` shows.
#[derive(Debug, Clone, Queryable)]
pub struct Me {
    /// The user.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: crate::access::OrgRole,
    /// Their zone.
    pub time_zone: String,
    /// Their language.
    pub locale: String,
    /// The row's version.
    pub version: i64,
}

/// The user behind a session.
pub fn find_me(conn: &mut Conn, id: AnyId) -> QueryResult<Option<Me>> {
    users::table
        .find(id.typed::<crate::ids::kinds::User>())
        .select((
            users::id,
            users::name,
            users::email,
            users::role,
            users::time_zone,
            users::locale,
            users::version,
        ))
        .first(conn)
        .optional()
}

/// A session that goes on.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Live {
    /// Whose it is.
    pub user_id: UserId,
    /// When it was last used.
    pub last_used_at: Instant,
}

/// The session with this id, if it goes on and its user is active.
pub fn find_live(conn: &mut Conn, id: SessionId, now: Instant) -> QueryResult<Option<Live>> {
    sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::state.eq("active"))
        .select((sessions::user_id, sessions::last_used_at))
        .first(conn)
        .optional()
}
