//! Queries on `sessions`, `refresh_tokens` and `server_secrets`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Device, SignInMethod, network_of};
use crate::access::{OrgRole, Permit};
use crate::clock::Instant;
use crate::db::schema::{refresh_tokens, server_secrets, sessions, users};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::http::PageRequest;
use crate::ids::{RefreshTokenId, SessionId, UserId};

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

/// Whether somebody signed in to the account of a folded address from this network lately.
pub fn signed_in_from(
    conn: &mut Conn,
    email_folded: &str,
    network: &str,
    since: Instant,
) -> QueryResult<bool> {
    let known = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(users::email_folded.eq(email_folded))
        .filter(sessions::network.eq(network))
        .filter(sessions::created_at.gt(since));
    diesel::select(exists(known)).get_result(conn)
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
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Renewal {
    /// The token's row.
    pub id: RefreshTokenId,
    /// When it gave its successor.
    pub used_at: Option<Instant>,
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
            refresh_tokens::used_at,
            sessions::id,
            sessions::user_id,
            sessions::expires_at,
            sessions::revoked_at,
        ))
        .first(conn)
        .optional()
}

/// Marks a refresh token as used.
pub fn use_refresh_token(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: RefreshTokenId,
    successor: RefreshTokenId,
) -> Result<()> {
    let now = tx.now();
    diesel::update(refresh_tokens::table.find(id))
        .set((refresh_tokens::used_at.eq(now), refresh_tokens::successor_id.eq(successor.any())))
        .execute(tx.conn)?;
    Ok(())
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

/// Ends every session of a user but one. Returns how many.
pub fn revoke_all_but(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    user_id: UserId,
    kept: SessionId,
) -> Result<usize> {
    let now = tx.now();
    let open = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::id.ne(kept))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    Ok(diesel::update(open).set(sessions::revoked_at.eq(now)).execute(tx.conn)?)
}

/// A session that goes on.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub method: SignInMethod,
    pub user_agent: Option<String>,
    pub address: Option<String>,
    pub created_at: Instant,
    pub last_used_at: Instant,
    pub expires_at: Instant,
}

/// One page of the sessions of a user that go on, newest first.
pub fn live(
    conn: &mut Conn,
    user_id: UserId,
    now: Instant,
    page: &PageRequest,
) -> QueryResult<Vec<Session>> {
    let mut query = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(Session::as_select())
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(sessions::id.lt(before));
    }
    query.order(sessions::id.desc()).limit(page.fetch()).load(conn)
}

/// Whose a session is, while it goes on.
pub fn user_of_live(conn: &mut Conn, id: SessionId, now: Instant) -> QueryResult<Option<UserId>> {
    sessions::table
        .find(id)
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(sessions::user_id)
        .first(conn)
        .optional()
}

/// Whose a session was, and when it began and was ended.
pub fn times_of(
    conn: &mut Conn,
    id: SessionId,
) -> QueryResult<Option<(UserId, Instant, Option<Instant>)>> {
    sessions::table
        .find(id)
        .select((sessions::user_id, sessions::created_at, sessions::revoked_at))
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
