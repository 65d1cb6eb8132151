//! Queries on `invitations`.

use diesel::prelude::*;

use super::InvitationState;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{invitations, users};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{InvitationId, UserId};
use crate::users::store::User;

/// A row of `invitations`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct Invitation {
    pub id: InvitationId,
    pub user_id: UserId,
    pub invited_by: Option<UserId>,
    pub state: InvitationState,
    pub sent_at: Instant,
    pub expires_at: Instant,
    pub closed_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One invitation with the person it made.
pub fn find(conn: &mut Conn, id: InvitationId) -> QueryResult<Option<(Invitation, User)>> {
    invitations::table
        .inner_join(users::table.on(users::id.eq(invitations::user_id)))
        .filter(invitations::id.eq(id))
        .select((Invitation::as_select(), User::as_select()))
        .first(conn)
        .optional()
}

/// The pending invitation of a person.
pub fn find_pending(conn: &mut Conn, user_id: UserId) -> QueryResult<Option<Invitation>> {
    invitations::table
        .filter(invitations::user_id.eq(user_id))
        .filter(invitations::state.eq(InvitationState::Pending))
        .select(Invitation::as_select())
        .first(conn)
        .optional()
}

/// One page of invitations with the people they made, newest first.
pub fn list(
    conn: &mut Conn,
    state: Option<InvitationState>,
    page: &PageRequest,
) -> QueryResult<Vec<(Invitation, User)>> {
    let mut query = invitations::table
        .inner_join(users::table.on(users::id.eq(invitations::user_id)))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(invitations::state.eq(state));
    }
    if let Some(before) = page.before {
        query = query.filter(invitations::id.lt(before));
    }
    query
        .select((Invitation::as_select(), User::as_select()))
        .order(invitations::id.desc())
        .limit(page.fetch())
        .load(conn)
}

/// Inserts an invitation.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Invitation) -> Result<()> {
    diesel::insert_into(invitations::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves an invitation whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Invitation) -> Result<()> {
    let now = tx.now();
    let unchanged = invitations::table.find(row.id).filter(invitations::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            invitations::state.eq(row.state),
            invitations::sent_at.eq(row.sent_at),
            invitations::expires_at.eq(row.expires_at),
            invitations::closed_at.eq(row.closed_at),
            invitations::version.eq(row.version + 1),
            invitations::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
