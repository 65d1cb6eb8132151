//! What a person says of themselves: name, zone, language, hours, holidays. And who leads them.

use std::collections::HashSet;

use super::find;
use crate::access::{Action, Actor, permit_known};
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::http::fields::{Line, Locale, MeetingUrl, Zone};
use crate::ids::{HolidayCalendarId, UserId};
use crate::organization::{holiday_calendars, settings};
use crate::timers::{self, TimerKind};
use crate::users::WeeklyHours;
use crate::users::store::{self, User};

/// What to change of a profile; absent parts stay.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// The name.
    pub name: Option<Line<120>>,
    /// The zone.
    pub time_zone: Option<Zone>,
    /// The language.
    pub locale: Option<Locale>,
    /// The hours; null for the usual ones.
    pub weekly_hours: Option<Option<WeeklyHours>>,
    /// The holidays; null for none.
    pub holiday_calendar_id: Option<Option<HolidayCalendarId>>,
    /// How many interviews a day; null for as many as the pools say.
    pub interviews_per_day: Option<Option<i32>>,
    /// How many a week.
    pub interviews_per_week: Option<Option<i32>>,
    /// The standing room; null for none.
    pub meeting_room_url: Option<Option<MeetingUrl>>,
}

/// Changes one's own profile.
pub fn update_me(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    change: &ProfileChange,
) -> Result<UserId> {
    let id = actor.user_id;
    let permit = permit_known(actor, Action::ManageOwnProfile, id)?;
    let mut row = find(tx, id, expected)?;
    let changed = apply(tx.conn, change, &mut row)?;
    store::save(tx, &permit, &row)?;
    if changed.iter().any(|field| HOURS.contains(field)) {
        // It is set anew, for the hours of now.
        timers::set(tx, &permit, TimerKind::Digest, None)?;
    }
    record(tx, &permit, &Event::new(EventKind::UserUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// The fields by which it is known when somebody works.
const HOURS: [&str; 3] = ["time_zone", "weekly_hours", "holiday_calendar_id"];

/// Puts a change into a row and names the fields that it holds.
pub(super) fn apply(
    conn: &mut Conn,
    change: &ProfileChange,
    row: &mut User,
) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    if let Some(name) = &change.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(time_zone) = &change.time_zone {
        row.time_zone = time_zone.to_text();
        changed.push("time_zone");
    }
    if let Some(locale) = &change.locale {
        row.locale = locale.to_text();
        changed.push("locale");
    }
    if let Some(hours) = &change.weekly_hours {
        row.weekly_hours = hours.as_ref().map(Document::of).transpose()?;
        changed.push("weekly_hours");
    }
    if let Some(calendar) = change.holiday_calendar_id {
        if let Some(id) = calendar.filter(|_| calendar != row.holiday_calendar_id) {
            let usable = holiday_calendars::is_usable(conn, id)?;
            if !usable {
                return Err(Error::unknown_reference("/holiday_calendar_id"));
            }
        }
        row.holiday_calendar_id = calendar;
        changed.push("holiday_calendar_id");
    }
    if let Some(per_day) = change.interviews_per_day {
        row.interviews_per_day = per_day;
        changed.push("interviews_per_day");
    }
    if let Some(per_week) = change.interviews_per_week {
        row.interviews_per_week = per_week;
        changed.push("interviews_per_week");
    }
    if let Some(room) = &change.meeting_room_url {
        row.meeting_room_url = room.as_ref().map(MeetingUrl::to_text);
        changed.push("meeting_room_url");
    }
    Ok(changed)
}

/// How many managers may stand above one another.
const HEIGHT_MAX: usize = 30;

/// Gives a person another manager. Nobody stands above themselves, however far up; two changes at
/// once wait for each other, so that together they make no ring either.
pub(super) fn manage(tx: &mut Tx<'_>, row: &mut User, manager_id: Option<UserId>) -> Result<()> {
    lock_managers(tx)?;
    let new = manager_id.filter(|_| manager_id != row.manager_id);
    if let Some(manager) = new {
        store::find_responsible(tx.conn, manager)?
            .ok_or_else(|| Error::unknown_reference("/manager_id"))?;
        refuse_ring(tx.conn, row.id, manager)?;
    }
    row.manager_id = manager_id;
    Ok(())
}

/// Waits for whoever else changes who leads whom.
pub(in crate::users) fn lock_managers(tx: &mut Tx<'_>) -> Result<()> {
    if let Some(organization) = settings::store::organization(tx.conn)? {
        dialect::lock(tx.conn, Root::Organization, organization.id.any())?;
    }
    Ok(())
}

fn refuse_ring(conn: &mut Conn, id: UserId, manager: UserId) -> Result<()> {
    let mut seen = HashSet::from([id]);
    let mut above = Some(manager);
    while let Some(next) = above {
        if !seen.insert(next) {
            let detail = "Nobody is their own manager, however far up.";
            return Err(Error::invalid("/manager_id", "cycle", detail));
        }
        if seen.len() > HEIGHT_MAX {
            let detail = "At most 30 managers stand above one another.";
            return Err(Error::invalid("/manager_id", "too_deep", detail));
        }
        above = store::manager_of(conn, next)?;
    }
    Ok(())
}
