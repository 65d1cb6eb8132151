//! Queries on `notification_preferences`.

use diesel::prelude::*;

use super::model::Choices;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::notification_preferences;
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::UserId;

/// A row of `notification_preferences`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notification_preferences, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub(super) user_id: UserId,
    pub(super) digest: bool,
    pub(super) digest_at: Option<i32>,
    pub(super) quiet_hours: bool,
    pub(super) ways: Document,
    pub(super) chats: Document,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
    pub(super) late_to_manager: bool,
}

impl Row {
    /// What it says.
    pub(super) fn choices(&self) -> Result<Choices> {
        Ok(Choices {
            digest: self.digest,
            digest_at: self.digest_at.map(u16::try_from).transpose().map_err(Error::internal)?,
            quiet_hours: self.quiet_hours,
            late_to_manager: self.late_to_manager,
            ways: self.ways.read()?,
            chats: self.chats.read()?,
        })
    }
}

/// The row of a person, if they ever chose.
pub(super) fn find(conn: &mut Conn, user: UserId) -> QueryResult<Option<Row>> {
    notification_preferences::table.find(user).first(conn).optional()
}

/// What a person chose, or what is usual.
pub(crate) fn of(conn: &mut Conn, user: UserId) -> Result<Choices> {
    find(conn, user)?.map_or_else(|| Ok(Choices::default()), |row| row.choices())
}

/// Keeps what a person chose, in the place of what they chose before.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Row) -> Result<()> {
    let changes = (
        notification_preferences::digest.eq(row.digest),
        notification_preferences::digest_at.eq(row.digest_at),
        notification_preferences::quiet_hours.eq(row.quiet_hours),
        notification_preferences::late_to_manager.eq(row.late_to_manager),
        notification_preferences::ways.eq(&row.ways),
        notification_preferences::chats.eq(&row.chats),
        notification_preferences::version.eq(row.version),
        notification_preferences::updated_at.eq(row.updated_at),
    );
    crate::each!(tx.conn, c => diesel::insert_into(notification_preferences::table)
        .values(row)
        .on_conflict(notification_preferences::user_id)
        .do_update()
        .set(changes)
        .execute(c))?;
    Ok(())
}
