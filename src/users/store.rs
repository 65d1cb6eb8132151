//! Queries on `users`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{UserState, WeeklyHours};
use crate::access::{Account, Actor, Condition, OrgRole, Permit};
use crate::clock::Instant;
use crate::db::dialect::{self, Root};
use crate::db::schema::users;
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{AgencyId, AnyId, HolidayCalendarId, UserId};

/// A row of `users`: people who sign in, and placeholders for people an import only names.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub email_folded: String,
    pub role: OrgRole,
    pub state: UserState,
    pub time_zone: String,
    pub locale: String,
    /// The agency that an external recruiter works for; none for everybody else.
    pub agency_id: Option<AgencyId>,
    pub password_hash: Option<String>,
    pub weekly_hours: Option<Document>,
    pub holiday_calendar_id: Option<HolidayCalendarId>,
    pub manager_id: Option<UserId>,
    /// How many interviews a day they hold at most, if they say.
    pub interviews_per_day: Option<i32>,
    /// How many a week.
    pub interviews_per_week: Option<i32>,
    /// Where they meet people unless somebody says otherwise.
    pub meeting_room_url: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl User {
    /// The person as an actor who is not here: to ask what they may see.
    pub fn in_absence(&self) -> Actor {
        Actor::in_absence(Account {
            user_id: self.id,
            role: self.role,
            email_folded: self.email_folded.clone(),
            agency_id: self.agency_id,
        })
    }

    /// When they work: what they said, or the usual hours.
    pub fn weekly_hours(&self) -> Result<WeeklyHours> {
        self.weekly_hours.as_ref().map_or_else(|| Ok(WeeklyHours::usual()), Document::read)
    }

    /// The zone that they work in.
    pub fn zone(&self) -> chrono_tz::Tz {
        // Only names that this library knows come in; one that it forgets is a wrong clock, no crash.
        self.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC)
    }
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).first(conn).optional()
}

/// Some users, by id.
pub fn find_many(conn: &mut Conn, ids: &[UserId]) -> QueryResult<Vec<User>> {
    users::table.filter(users::id.eq_any(ids)).order(users::id).load(conn)
}

/// Who leads whom, of all who are led.
pub fn managers(conn: &mut Conn) -> QueryResult<HashMap<UserId, UserId>> {
    let led = users::table.filter(users::manager_id.is_not_null());
    let pairs = led.select((users::id, users::manager_id.assume_not_null()));
    Ok(pairs.load(conn)?.into_iter().collect())
}

/// One user who can act.
pub fn find_active(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).filter(users::state.eq(UserState::Active)).first(conn).optional()
}

/// One user who can act, and is not shut out before the end of the transaction: a deactivation waits
/// until what somebody is being given is there to be handed over, and then finds it.
pub fn hold_active(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    dialect::hold(conn, Root::User, &[id.any()])?;
    Ok(find_active(conn, id)?)
}

/// One user who can act and works here, held as by [`hold_active`]: for everything that makes somebody
/// responsible for something new. People of agencies bring candidates in and have no other part.
pub fn find_responsible(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    Ok(hold_active(conn, id)?.filter(|user| user.role != OrgRole::External))
}

/// One user who was asked to join and has not yet.
pub fn find_invited(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).filter(users::state.eq(UserState::Invited)).first(conn).optional()
}

/// Those of these users who can act and work here, held as by [`find_responsible`].
pub fn hold_responsible(conn: &mut Conn, ids: &[UserId]) -> Result<HashSet<UserId>> {
    let ids_to_hold: Vec<AnyId> = ids.iter().map(|id| id.any()).collect();
    dialect::hold(conn, Root::User, &ids_to_hold)?;
    Ok(responsible_among(conn, ids)?)
}

/// Those of these users who can act and work here at this moment.
pub fn responsible_among(conn: &mut Conn, ids: &[UserId]) -> QueryResult<HashSet<UserId>> {
    let active = users::table
        .filter(users::id.eq_any(ids.iter().copied()))
        .filter(users::role.ne(OrgRole::External))
        .filter(users::state.eq(UserState::Active));
    let found: Vec<UserId> = active.select(users::id).load(conn)?;
    Ok(found.into_iter().collect())
}

/// The account of a folded address, in whatever state.
pub fn find_by_email(conn: &mut Conn, email_folded: &str) -> QueryResult<Option<User>> {
    users::table.filter(users::email_folded.eq(email_folded)).first(conn).optional()
}

/// The active owners, by id, a hundred at most.
pub fn active_owners(conn: &mut Conn) -> QueryResult<Vec<UserId>> {
    users::table
        .filter(users::role.eq(OrgRole::Owner))
        .filter(users::state.eq(UserState::Active))
        .order(users::id)
        .limit(100)
        .select(users::id)
        .load(conn)
}

/// Whether there is any account.
pub fn is_anybody(conn: &mut Conn) -> QueryResult<bool> {
    let anybody = users::table.select(users::id).first::<UserId>(conn).optional()?;
    Ok(anybody.is_some())
}

/// Whether there is an active owner beside this user.
pub fn has_other_owner(conn: &mut Conn, but: Option<UserId>) -> QueryResult<bool> {
    let owners: Vec<UserId> = users::table
        .filter(users::role.eq(OrgRole::Owner))
        .filter(users::state.eq(UserState::Active))
        .select(users::id)
        .limit(2)
        .load(conn)?;
    Ok(owners.into_iter().any(|owner| Some(owner) != but))
}

/// The names of these people as they are now.
pub fn names(conn: &mut Conn, ids: &[UserId]) -> QueryResult<HashMap<UserId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names = users::table.filter(users::id.eq_any(ids)).select((users::id, users::name));
    Ok(names.load(conn)?.into_iter().collect())
}

/// Which users a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only those with this role.
    pub role: Option<OrgRole>,
    /// Only those in this state.
    pub state: Option<UserState>,
}

/// One page, newest first; each with whether the actor may see when they are there.
pub fn list(
    conn: &mut Conn,
    wanted: Wanted,
    sees: Condition<users::table>,
    page: &PageRequest,
) -> QueryResult<Vec<(User, bool)>> {
    let mut query = users::table.select((users::all_columns, sees)).into_boxed();
    if let Some(role) = wanted.role {
        query = query.filter(users::role.eq(role));
    }
    if let Some(state) = wanted.state {
        query = query.filter(users::state.eq(state));
    }
    if let Some(before) = page.before {
        query = query.filter(users::id.lt(before));
    }
    query.order(users::id.desc()).limit(page.fetch()).load(conn)
}

/// One user, and whether the actor may see when they are there.
pub fn find_seen(
    conn: &mut Conn,
    id: UserId,
    sees: Condition<users::table>,
) -> QueryResult<Option<(User, bool)>> {
    users::table.find(id).select((users::all_columns, sees)).first(conn).optional()
}

/// The manager of a user.
pub fn manager_of(conn: &mut Conn, id: UserId) -> QueryResult<Option<UserId>> {
    let manager = users::table.find(id).select(users::manager_id);
    Ok(manager.first::<Option<UserId>>(conn).optional()?.flatten())
}

/// The users whom a person leads.
pub fn led_by(conn: &mut Conn, manager: UserId, limit: i64) -> QueryResult<Vec<User>> {
    users::table
        .filter(users::manager_id.eq(manager))
        .filter(users::state.eq(UserState::Active))
        .order(users::id)
        .limit(limit)
        .load(conn)
}

/// Inserts a user.
///
/// # Errors
/// `already_exists` when the address belongs to an account.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &User) -> Result<()> {
    const TAKEN: &str = "There is a user with this address, perhaps a deactivated one.";
    diesel::insert_into(users::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    Ok(())
}

/// Saves a user whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &User) -> Result<()> {
    let now = tx.now();
    let unchanged = users::table.find(row.id).filter(users::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            users::name.eq(&row.name),
            users::role.eq(row.role),
            users::state.eq(row.state),
            users::time_zone.eq(&row.time_zone),
            users::locale.eq(&row.locale),
            users::agency_id.eq(row.agency_id),
            users::password_hash.eq(&row.password_hash),
            users::weekly_hours.eq(&row.weekly_hours),
            users::holiday_calendar_id.eq(row.holiday_calendar_id),
            users::manager_id.eq(row.manager_id),
            users::interviews_per_day.eq(row.interviews_per_day),
            users::interviews_per_week.eq(row.interviews_per_week),
            users::meeting_room_url.eq(&row.meeting_room_url),
            users::version.eq(row.version + 1),
            users::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Replaces a password hash that is still the one that was read. A row that somebody else read
/// before is stale afterwards, or they would write the old one back.
pub fn replace_hash(
    tx: &mut Tx<'_>,
    permit: &Permit,
    known: &str,
    password_hash: &str,
) -> Result<()> {
    let (id, now): (UserId, Instant) = (permit.subject().id.typed(), tx.now());
    let unchanged = users::table.find(id).filter(users::password_hash.eq(known));
    let saved = diesel::update(unchanged)
        .set((
            users::password_hash.eq(password_hash),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
