//! Queries on `capabilities`.

use diesel::prelude::*;

use super::CapabilityKind;
use crate::access::{Permit, Subject};
use crate::clock::Instant;
use crate::db::schema::capabilities;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{AnyId, CapabilityId, UserId};

/// A link that works at this moment.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = capabilities)]
pub struct Capability {
    /// Which one.
    pub id: CapabilityId,
    /// What it does.
    pub kind: CapabilityKind,
    /// To what, if not to its person.
    pub subject_id: Option<AnyId>,
    /// Whose it is; nobody's before there is anybody.
    pub user_id: Option<UserId>,
    /// The browser that it is bound to, by the hash of its form cookie.
    pub browser_hash: Option<Vec<u8>>,
    /// Until when it works.
    pub expires_at: Instant,
}

/// A link to insert.
#[derive(Debug)]
pub struct NewCapability<'l> {
    /// The hash of its secret.
    pub token_hash: &'l [u8],
    /// What it does.
    pub kind: CapabilityKind,
    /// To what, if not to its person.
    pub subject: Option<Subject>,
    /// Whose it is.
    pub user_id: Option<UserId>,
    /// Until when it works.
    pub expires_at: Instant,
}

/// The links that work at an instant, as a condition. Every query that must know takes this one.
#[diesel::dsl::auto_type]
pub(crate) fn working_at(now: Instant) -> _ {
    capabilities::used_at
        .is_null()
        .and(capabilities::revoked_at.is_null())
        .and(capabilities::expires_at.gt(now))
}

/// The link behind a secret, if it works at this moment.
pub fn find_live(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Instant,
) -> QueryResult<Option<Capability>> {
    capabilities::table
        .filter(capabilities::token_hash.eq(token_hash))
        .filter(working_at(now))
        .select(Capability::as_select())
        .first(conn)
        .optional()
}

/// A link by its id, if it works at this moment.
pub fn find_live_by_id(
    conn: &mut Conn,
    id: CapabilityId,
    now: Instant,
) -> QueryResult<Option<Capability>> {
    capabilities::table
        .find(id)
        .filter(working_at(now))
        .select(Capability::as_select())
        .first(conn)
        .optional()
}

/// The link of a person to a thing, if one works at this moment.
pub fn find_live_to(
    conn: &mut Conn,
    (kind, subject): (CapabilityKind, AnyId),
    user_id: UserId,
    now: Instant,
) -> QueryResult<Option<CapabilityId>> {
    capabilities::table
        .filter(capabilities::user_id.eq(user_id))
        .filter(capabilities::kind.eq(kind))
        .filter(capabilities::subject_id.eq(subject))
        .filter(working_at(now))
        .select(capabilities::id)
        .first(conn)
        .optional()
}

/// The link of a kind to nothing but its person, if one works at this moment.
pub fn find_live_of(
    conn: &mut Conn,
    kind: CapabilityKind,
    user_id: UserId,
    now: Instant,
) -> QueryResult<Option<Capability>> {
    capabilities::table
        .filter(capabilities::user_id.eq(user_id))
        .filter(capabilities::kind.eq(kind))
        .filter(capabilities::subject_id.is_null())
        .filter(working_at(now))
        .select(Capability::as_select())
        .first(conn)
        .optional()
}

/// Notes which browser a link is bound to. False when another one was first.
pub fn bind(tx: &mut Tx<'_>, permit: &Permit, browser_hash: &[u8]) -> Result<bool> {
    let id: CapabilityId = permit.subject().id.typed();
    let free = capabilities::table.find(id).filter(capabilities::browser_hash.is_null());
    let changed =
        diesel::update(free).set(capabilities::browser_hash.eq(browser_hash)).execute(tx.conn)?;
    Ok(changed == 1)
}

/// How many links of a kind a person was given since an instant.
pub fn count_since(
    conn: &mut Conn,
    kind: CapabilityKind,
    user_id: UserId,
    since: Instant,
) -> QueryResult<i64> {
    capabilities::table
        .filter(capabilities::user_id.eq(user_id))
        .filter(capabilities::kind.eq(kind))
        .filter(capabilities::created_at.gt(since))
        .count()
        .get_result(conn)
}

/// Inserts a link.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, new: &NewCapability<'_>) -> Result<()> {
    let id: CapabilityId = permit.subject().id.typed();
    let now = tx.now();
    diesel::insert_into(capabilities::table)
        .values((
            capabilities::id.eq(id),
            capabilities::kind.eq(new.kind),
            capabilities::token_hash.eq(new.token_hash),
            capabilities::subject_kind.eq(new.subject.map(|subject| subject.noun)),
            capabilities::subject_id.eq(new.subject.map(|subject| subject.id)),
            capabilities::user_id.eq(new.user_id),
            capabilities::expires_at.eq(new.expires_at),
            capabilities::created_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Takes back the links of a person that still work, or those that belong to nobody; only those of
/// one kind, to one thing or to none, when it is named. Returns which.
pub fn revoke(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    which: Option<(CapabilityKind, Option<AnyId>)>,
    user_id: Option<UserId>,
) -> Result<Vec<CapabilityId>> {
    let now = tx.now();
    let mut open = capabilities::table.filter(working_at(now)).into_boxed();
    open = match user_id {
        Some(user_id) => open.filter(capabilities::user_id.eq(user_id)),
        None => open.filter(capabilities::user_id.is_null()),
    };
    if let Some((kind, subject)) = which {
        open = open.filter(capabilities::kind.eq(kind));
        open = match subject {
            Some(subject) => open.filter(capabilities::subject_id.eq(subject)),
            None => open.filter(capabilities::subject_id.is_null()),
        };
    }
    let ids: Vec<CapabilityId> =
        open.select(capabilities::id).order(capabilities::id).load(tx.conn)?;
    if !ids.is_empty() {
        diesel::update(capabilities::table.filter(capabilities::id.eq_any(ids.iter().copied())))
            .set(capabilities::revoked_at.eq(now))
            .execute(tx.conn)?;
    }
    Ok(ids)
}

/// Notes that a link was used. False when somebody else was first.
pub fn consume(tx: &mut Tx<'_>, permit: &Permit) -> Result<bool> {
    let now = tx.now();
    let id: CapabilityId = permit.subject().id.typed();
    let unused = capabilities::table
        .find(id)
        .filter(capabilities::used_at.is_null())
        .filter(capabilities::revoked_at.is_null());
    let changed = diesel::update(unused).set(capabilities::used_at.eq(now)).execute(tx.conn)?;
    Ok(changed == 1)
}
