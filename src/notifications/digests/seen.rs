//! What somebody is told in their digest, as they may see it now.

use chrono::TimeDelta;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::access::{Action, OrgRole, Reach, owing_seats, takes_part};
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    applications, candidates, debriefs, interviews, jobs, kits, notification_preferences,
    panelists, timers, users,
};
use crate::debriefs::DebriefState;
use crate::error::Result;
use crate::ids::UserId;
use crate::interviews::model::{OFF, OWING_SLOTS};
use crate::mail::MailKind;
use crate::organization::settings::{self, Escalation};
use crate::outbox;
use crate::queue::{self, Item, ItemKind, Place};
use crate::timers::TimerKind;
use crate::users::store::User;
use crate::users::{self as people, UserState};
use crate::working_time::{Calendar, Span};

// The conditions of reach and of sealing look into these tables themselves, so the rows that are shown go
// by other names.
diesel::alias!(
    const SEATS: Alias<LateSeats> = panelists as late_seats;
    const HELD: Alias<LateInterviews> = interviews as late_interviews;
    const DEBRIEFS: Alias<LateDebriefs> = debriefs as late_debriefs;
);

/// How much is listed of each kind.
pub(super) const LISTED: i64 = 20;
/// What a mail of its own told somebody since then needs no line.
const JUST_NOW: TimeDelta = TimeDelta::hours(1);
/// For how long of their own working time a late card is spoken of to its author.
const SPOKEN_OF: TimeDelta = TimeDelta::hours(16);
/// After how much of their own working time a late card is spoken of to its author's manager, if at all.
const ESCALATED_AFTER: TimeDelta = TimeDelta::hours(8);

/// People who work here and have no timer for a digest.
pub(super) fn without_timer(conn: &mut Conn, limit: i64) -> QueryResult<Vec<UserId>> {
    let theirs = timers::table
        .filter(timers::kind.eq(TimerKind::Digest))
        .filter(timers::subject_id.eq(users::id));
    users::table
        .filter(users::state.eq(UserState::Active))
        .filter(users::role.ne(OrgRole::External))
        .filter(not(exists(theirs)))
        .order(users::id)
        .limit(limit)
        .select(users::id)
        .load(conn)
}

/// Whether there is anything to tell somebody: what they owe, what is late, or news.
pub(super) fn anything(
    conn: &mut Conn,
    user: &User,
    calendar: &Calendar,
    now: Instant,
) -> Result<bool> {
    Ok(!owed(conn, user, calendar, now)?.is_empty()
        || !late(conn, user, now)?.is_empty()
        || !escalated(conn, user, now)?.is_empty()
        || !outbox::collected(conn, user.id, LISTED)?.is_empty())
}

/// What somebody owes and is spoken of: not the interviews to come, which stand in their calendar, no
/// card that has been late for so long that others were asked to go on without it, and nothing of which a
/// mail of its own came just now.
pub(super) fn owed(
    conn: &mut Conn,
    user: &User,
    calendar: &Calendar,
    now: Instant,
) -> Result<Vec<Item>> {
    let mut items = queue::of(conn, &user.in_absence(), now)?;
    items.retain(|item| match item.kind {
        ItemKind::Interview => false,
        ItemKind::Scorecard => {
            item.due_at.is_none_or(|due| calendar.working_time_between(due, now) <= SPOKEN_OF)
        }
        ItemKind::Question
        | ItemKind::MeetingNotes
        | ItemKind::Decision
        | ItemKind::Agreement
        | ItemKind::Telling
        | ItemKind::Vote => true,
    });
    if items.iter().any(|item| mail_of(item.kind).is_some()) {
        let told = outbox::told_of(conn, user.id, now + -JUST_NOW)?;
        items.retain(|item| {
            let Place::Debrief(id) = item.place else { return true };
            let mail = mail_of(item.kind).map(MailKind::slug);
            !told.iter().any(|(kind, about)| Some(kind.as_str()) == mail && *about == id.any())
        });
    }
    Ok(items)
}

/// The mail that tells somebody of something in a debrief at once.
const fn mail_of(kind: ItemKind) -> Option<MailKind> {
    match kind {
        ItemKind::Question => Some(MailKind::DebriefQuestion),
        ItemKind::Decision => Some(MailKind::DecisionAwaited),
        ItemKind::Agreement => Some(MailKind::AgreementAsked),
        ItemKind::Telling => Some(MailKind::DecisionMade),
        ItemKind::Scorecard | ItemKind::Interview | ItemKind::MeetingNotes | ItemKind::Vote => None,
    }
}

/// A card that somebody else owes.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Late {
    pub(super) author_id: UserId,
    pub(super) author_name: String,
    pub(super) kit_name: String,
    pub(super) candidate_name: String,
    pub(super) job_title: String,
    pub(super) due_at: Instant,
    /// Whether the reader may know which interview it is, for whom and for which job.
    pub(super) is_open: bool,
}

/// Whose late cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Those of debriefs that the reader drives.
    Driven,
    /// Those of people whom the reader manages, in debriefs that others drive; of everybody, or of those who
    /// chose so.
    Managed(Escalation),
}

/// The cards that are late in debriefs that somebody drives, of applications for which they owe none
/// themselves; the oldest first, one more than is listed.
pub(super) fn late(conn: &mut Conn, user: &User, now: Instant) -> Result<Vec<Late>> {
    Ok(late_cards(conn, user, Whose::Driven, now)?)
}

/// The cards of people whom somebody manages that are late by a working day of their authors', where the policy
/// or the author wants their manager to be told; the oldest first, one more than is listed.
pub(super) fn escalated(conn: &mut Conn, user: &User, now: Instant) -> Result<Vec<Late>> {
    let (_, policy) = settings::store::current(conn)?;
    let mut cards = late_cards(conn, user, Whose::Managed(policy.escalation), now)?;
    let Some(first) = cards.first() else { return Ok(cards) };
    let around = Span { start: first.due_at, end: now };
    let ids: Vec<UserId> = cards.iter().map(|card| card.author_id).collect();
    let authors = people::store::find_many(conn, &ids)?;
    let calendars = people::calendars(conn, &authors, around)?;
    cards.retain(|card| {
        let calendar = calendars.get(&card.author_id);
        calendar.is_some_and(|one| one.working_time_between(card.due_at, now) >= ESCALATED_AFTER)
    });
    Ok(cards)
}

fn late_cards(conn: &mut Conn, user: &User, whose: Whose, now: Instant) -> QueryResult<Vec<Late>> {
    let actor = user.in_absence();
    let owing = panelists::table
        .filter(panelists::application_id.eq(DEBRIEFS.field(debriefs::application_id)))
        .filter(owing_seats(user.id));
    let due_at = SEATS.field(panelists::due_at);
    let is_open = || takes_part(Reach::of(&actor, Action::ReadDebrief));
    let mut query = DEBRIEFS
        .inner_join(HELD.on(HELD.field(interviews::loop_id).eq(DEBRIEFS.field(debriefs::loop_id))))
        .inner_join(SEATS.on(SEATS.field(panelists::interview_id).eq(HELD.field(interviews::id))))
        .inner_join(kits::table.on(kits::id.eq(HELD.field(interviews::kit_id))))
        .inner_join(users::table.on(users::id.eq(SEATS.field(panelists::user_id))))
        .inner_join(
            applications::table.on(applications::id.eq(DEBRIEFS.field(debriefs::application_id))),
        )
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(
            DEBRIEFS
                .field(debriefs::state)
                .eq_any([DebriefState::Gathering, DebriefState::Stalled]),
        )
        .filter(HELD.field(interviews::state).ne_all(OFF))
        .filter(SEATS.field(panelists::slot).eq_any(OWING_SLOTS))
        .filter(SEATS.field(panelists::submitted_at).is_null())
        .filter(SEATS.field(panelists::waived_at).is_null())
        .filter(SEATS.field(panelists::removed_at).is_null())
        .filter(due_at.lt(now))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .filter(not(exists(owing)))
        .order((due_at, SEATS.field(panelists::id)))
        .limit(LISTED + 1)
        .select((
            users::id,
            users::name,
            kits::name,
            candidates::name,
            jobs::title,
            due_at.assume_not_null(),
            is_open(),
        ))
        .into_boxed();
    let driver = DEBRIEFS.field(debriefs::driver_id);
    query = match whose {
        Whose::Driven => query.filter(driver.eq(user.id)).filter(is_open()),
        Whose::Managed(escalation) => {
            let chose = notification_preferences::table
                .filter(notification_preferences::user_id.eq(users::id))
                .filter(notification_preferences::late_to_manager);
            let query = query.filter(driver.ne(user.id)).filter(users::manager_id.eq(user.id));
            match escalation {
                Escalation::Manager => query,
                Escalation::Driver => query.filter(exists(chose)),
            }
        }
    };
    query.load(conn)
}
