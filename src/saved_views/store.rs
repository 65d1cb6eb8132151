//! Queries on `saved_views`.

use diesel::prelude::*;

use super::SharedWith;
use crate::access::{Actor, Permit};
use crate::clock::Instant;
use crate::db::schema::saved_views;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::exports::ListNoun;
use crate::http::PageRequest;
use crate::ids::{SavedViewId, UserId};

/// A row of `saved_views`: a question that somebody keeps.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = saved_views, treat_none_as_default_value = false)]
pub(super) struct SavedView {
    pub(super) id: SavedViewId,
    pub(super) user_id: UserId,
    pub(super) name: String,
    pub(super) noun: ListNoun,
    pub(super) query: String,
    pub(super) shared_with: SharedWith,
    pub(super) archived_at: Option<Instant>,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
}

impl SavedView {
    /// Whether somebody sees it: its owner, and everybody who works here one that is shared and in use.
    pub(super) fn is_for(&self, actor: &Actor) -> bool {
        let shared = self.shared_with == SharedWith::Organization && self.archived_at.is_none();
        self.user_id == actor.user_id || (shared && actor.agency_id.is_none())
    }
}

/// One view.
pub(super) fn find(conn: &mut Conn, id: SavedViewId) -> QueryResult<Option<SavedView>> {
    saved_views::table.find(id).first(conn).optional()
}

/// One page of the views that somebody keeps or is shown, in use, newest first.
pub(super) fn list(
    conn: &mut Conn,
    actor: &Actor,
    noun: Option<ListNoun>,
    page: &PageRequest,
) -> QueryResult<Vec<SavedView>> {
    let mut query = saved_views::table.filter(saved_views::archived_at.is_null()).into_boxed();
    let own = saved_views::user_id.eq(actor.user_id);
    query = if actor.agency_id.is_some() {
        query.filter(own)
    } else {
        query.filter(own.or(saved_views::shared_with.eq(SharedWith::Organization)))
    };
    if let Some(noun) = noun {
        query = query.filter(saved_views::noun.eq(noun));
    }
    if let Some(before) = page.before {
        query = query.filter(saved_views::id.lt(before));
    }
    query.order(saved_views::id.desc()).limit(page.fetch()).load(conn)
}

/// How many views somebody keeps. Ask it under the lock of the user.
pub(super) fn count(conn: &mut Conn, user: UserId) -> QueryResult<i64> {
    saved_views::table
        .filter(saved_views::user_id.eq(user))
        .filter(saved_views::archived_at.is_null())
        .count()
        .get_result(conn)
}

/// Inserts a view.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &SavedView) -> Result<()> {
    diesel::insert_into(saved_views::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a view whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &SavedView) -> Result<()> {
    let now = tx.now();
    let unchanged = saved_views::table.find(row.id).filter(saved_views::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            saved_views::name.eq(&row.name),
            saved_views::query.eq(&row.query),
            saved_views::shared_with.eq(row.shared_with),
            saved_views::archived_at.eq(row.archived_at),
            saved_views::version.eq(row.version + 1),
            saved_views::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Archives what somebody keeps. Says how many there were.
pub(super) fn archive_all(tx: &mut Tx<'_>, _permit: &Permit, user: UserId) -> Result<usize> {
    let now = tx.now();
    let in_use = saved_views::table
        .filter(saved_views::user_id.eq(user))
        .filter(saved_views::archived_at.is_null());
    let archived = diesel::update(in_use).set((
        saved_views::archived_at.eq(now),
        saved_views::version.eq(saved_views::version + 1),
        saved_views::updated_at.eq(now),
    ));
    Ok(archived.execute(tx.conn)?)
}
