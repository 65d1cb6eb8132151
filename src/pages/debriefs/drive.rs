//! What driver and decider can do when a debrief does not go on by itself: wait longer, do without a card, go
//! on without those that are missing, hold it as a meeting, and write down what was said there.

use chrono::TimeDelta;
use serde::Serialize;

use super::packet::Packet;
use crate::access::{self, Action, Actor};
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs::api::{CallMeeting, ExtendDebrief, ForceReveal, HoldMeeting};
use crate::debriefs::commands;
use crate::debriefs::store::turnout;
use crate::debriefs::{DebriefState, DebriefWay};
use crate::error::{Error, Result};
use crate::http::Ctx;
use crate::ids::{DebriefId, PanelistId, UserId};
use crate::interviews::api::panel::WaiveScorecard;
use crate::interviews::commands as panels;
use crate::loops::Place;
use crate::pages::form::Form;
use crate::users;

/// How much longer one can wait, in hours of the driver's working time.
const LONGER: [(i64, &str); 3] =
    [(8, "one working day"), (16, "two working days"), (40, "a working week")];

/// The fields of these forms, in the order of the page.
pub(super) const FIELDS: [(&str, &str); 6] = [
    ("until", "How long to wait"),
    ("seat", "Whose card to do without"),
    ("waiver_reason", "Why to do without it"),
    ("force_reason", "Why it cannot wait"),
    ("meeting_reason", "Why a meeting is better"),
    ("notes", "What was said"),
];

/// What its reader may do to a debrief that goes on.
#[derive(Default)]
pub(super) struct Reins {
    /// Whether they drive it.
    pub(super) drives: bool,
    /// Until when one could wait, and how long that is.
    pub(super) waits: Vec<(Instant, &'static str)>,
    /// Whose cards are awaited, for whoever may do without them.
    pub(super) awaited: Vec<(PanelistId, String)>,
}

/// What the actor may do; they owe no card.
pub(super) fn reins(
    conn: &mut Conn,
    actor: &Actor,
    packet: &Packet,
    waiting: Option<&turnout::Waiting>,
    now: Instant,
) -> Result<Reins> {
    let debrief = &packet.debrief;
    if !debrief.state.is_before_the_decision() {
        return Ok(Reins::default());
    }
    let place = Place::of(conn, debrief.application_id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = place.scope(conn, actor, debrief.id)?;
    let drives = access::may(conn, actor, Action::DriveDebrief, &scope)?;
    let mut reins = Reins { drives, ..Reins::default() };
    let Some(waiting) = waiting else { return Ok(reins) };
    if drives && let Some(driver) = users::store::find_active(conn, debrief.driver_id)? {
        let calendar = users::calendar_around(conn, &driver, now)?;
        let until = |hours| calendar.add_working_time(now, TimeDelta::hours(hours));
        let waits = LONGER.iter().filter_map(|(hours, words)| Some((until(*hours)?, *words)));
        reins.waits.extend(waits);
    }
    if access::may(conn, actor, Action::WaiveScorecard, &scope)? {
        let owed: Vec<(PanelistId, UserId)> =
            waiting.owed().map(|seat| (seat.id, seat.user_id)).collect();
        let people: Vec<UserId> = owed.iter().map(|(_, user)| *user).collect();
        let names = users::store::names(conn, &people)?;
        let named = |(seat, user): (PanelistId, UserId)| Some((seat, names.get(&user)?.clone()));
        reins.awaited = owed.into_iter().filter_map(named).collect();
    }
    Ok(reins)
}

/// What the template reads of it.
#[derive(Serialize)]
pub(super) struct Drive<'p> {
    /// Instants to wait until, with how long that is and when.
    waits: Vec<(String, String)>,
    awaited: Vec<(String, &'p str)>,
    forces: bool,
    calls: bool,
    writes_notes: bool,
}

/// What the page offers.
pub(super) fn drive(packet: &Packet) -> Drive<'_> {
    let wait = |(until, words): &(Instant, &'static str)| {
        (until.to_string(), format!("{words}, until {}", packet.local(*until)))
    };
    let seats = packet.reins.awaited.iter();
    Drive {
        waits: packet.reins.waits.iter().map(wait).collect(),
        awaited: seats.map(|(id, name)| (id.to_string(), name.as_str())).collect(),
        forces: packet.forces(),
        calls: packet.calls_meeting(),
        writes_notes: packet.writes_notes(),
    }
}

impl Packet {
    /// Whether the reader can go on without the cards that are missing.
    pub(super) fn forces(&self) -> bool {
        let some_in = self.debrief.counts.as_ref().is_some_and(|counts| counts.submitted > 0);
        self.debrief.state == DebriefState::Stalled
            && self.debrief.way == DebriefWay::Written
            && self.debrief.decider_id == self.reader
            && some_in
    }

    /// Whether the reader can hold it as a meeting.
    pub(super) fn calls_meeting(&self) -> bool {
        self.reins.drives && self.debrief.way == DebriefWay::Written && !self.awaits_meeting()
    }

    /// Whether the reader can write down what was said at the meeting.
    pub(super) fn writes_notes(&self) -> bool {
        let state = self.debrief.state;
        self.reins.drives
            && self.awaits_meeting()
            && (state == DebriefState::Discussing || state == DebriefState::Deciding)
    }

    /// Whether a text that came back belongs to a form of these that is still on the page.
    pub(super) fn still_drives(&self, field: &str) -> bool {
        (field == "waiver_reason" && !self.reins.awaited.is_empty())
            || (field == "force_reason" && self.forces())
            || (field == "meeting_reason" && self.calls_meeting())
            || (field == "notes" && self.writes_notes())
    }
}

/// What one of these forms does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pull {
    /// Waits longer.
    Extend,
    /// Does without a card.
    Waive,
    /// Goes on without the cards that are missing.
    Force,
    /// Calls a meeting.
    Meet,
    /// Writes down what was said at it.
    Note,
}

/// Does what a form says; not if something in it does not fit, which is then marked.
pub(super) async fn act(ctx: &Ctx, id: DebriefId, form: &mut Form, pull: Pull) -> Result<bool> {
    let expected = form.text("base").parse().unwrap_or_default();
    match pull {
        Pull::Extend => {
            let Some(input) = extension(form) else { return Ok(false) };
            ctx.act(move |tx, actor| commands::extend(tx, actor, id, expected, &input).map(drop))
                .await?;
        }
        Pull::Waive => {
            let Some((seat, input)) = waiver(form) else { return Ok(false) };
            ctx.act(move |tx, actor| panels::waive(tx, actor, seat, None, &input).map(drop))
                .await?;
        }
        Pull::Force => {
            let Some(input) = forced(form) else { return Ok(false) };
            ctx.act(move |tx, actor| commands::force(tx, actor, id, expected, &input).map(drop))
                .await?;
        }
        Pull::Meet => {
            let Some(input) = meeting(form) else { return Ok(false) };
            ctx.act(move |tx, actor| {
                commands::call_meeting(tx, actor, id, expected, &input).map(drop)
            })
            .await?;
        }
        Pull::Note => {
            let Some(input) = notes(form) else { return Ok(false) };
            ctx.act(move |tx, actor| {
                commands::hold_meeting(tx, actor, id, expected, &input).map(drop)
            })
            .await?;
        }
    }
    Ok(true)
}

/// Until when a form waits; none when it does not say, which is then marked.
fn extension(form: &mut Form) -> Option<ExtendDebrief> {
    let until = form.text("until").parse::<chrono::DateTime<chrono::Utc>>().ok();
    if until.is_none() {
        form.refuse("until", "Choose how long.");
    }
    until.map(|until| ExtendDebrief { until: Instant::from_utc(until) })
}

/// Whose card a form does without; none when something does not fit, which is then marked.
fn waiver(form: &mut Form) -> Option<(PanelistId, WaiveScorecard)> {
    let seat = form.text("seat").parse::<PanelistId>().ok();
    if seat.is_none() {
        form.refuse("seat", "Choose somebody.");
    }
    let reason = form.field("waiver_reason");
    Some((seat?, WaiveScorecard { reason: reason? }))
}

/// Why a form goes on without what is missing; none when it does not say, which is then marked.
fn forced(form: &mut Form) -> Option<ForceReveal> {
    form.field("force_reason").map(|reason| ForceReveal { reason })
}

/// Why a form calls a meeting; none when it does not say, which is then marked.
fn meeting(form: &mut Form) -> Option<CallMeeting> {
    form.field("meeting_reason").map(|reason| CallMeeting { reason })
}

/// What a form says of a meeting; none when it does not, which is then marked.
fn notes(form: &mut Form) -> Option<HoldMeeting> {
    form.field("notes").map(|notes| HoldMeeting { notes })
}
