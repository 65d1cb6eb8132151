//! Queries on `interviews` and `panelists`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{OWING_SLOTS, TO_COME};
use super::{Absent, InterviewState, SeatResponse};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{applications, interviews, kits, panel_slots, panelists, users};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::ids::{
    ApplicationId, CandidateId, InterviewId, JobId, KitId, LoopId, PanelistId, PoolId, UserId,
};
use crate::loops::templates::Slot;

/// A row of `interviews`: one kit of a loop, at a time. `time_zone` is the IANA zone of whoever
/// chose it; `schedule_sequence` counts changes of time and place. `room_of_id` says whose standing
/// room `meeting_url` is, when nobody named another place.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = interviews, treat_none_as_default_value = false)]
pub struct Interview {
    pub id: InterviewId,
    pub loop_id: LoopId,
    pub application_id: ApplicationId,
    pub kit_id: KitId,
    pub state: InterviewState,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub time_zone: Option<String>,
    pub meeting_url: Option<String>,
    pub room_of_id: Option<UserId>,
    pub location: Option<String>,
    pub dial_in: Option<String>,
    pub schedule_sequence: i32,
    pub completed_at: Option<Instant>,
    pub cancelled_at: Option<Instant>,
    pub cancelled_reason: Option<String>,
    pub absent: Option<Absent>,
    pub schedule_reason: Option<String>,
    pub override_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `panelists`: a person on an interview. Lead, second and bar raiser owe a scorecard
/// from `assigned_at` until submission, waiver, removal or cancellation.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = panelists, treat_none_as_default_value = false)]
pub struct Panelist {
    pub id: PanelistId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub user_id: UserId,
    pub slot: Slot,
    pub assigned_at: Instant,
    pub assigned_reason: Option<String>,
    /// The rules that were bent, as [`super::assignment::AssignmentRule::words`] writes them.
    pub bent_rules: Option<String>,
    pub independent: bool,
    pub due_at: Option<Instant>,
    pub submitted_at: Option<Instant>,
    pub waived_at: Option<Instant>,
    pub waived_reason: Option<String>,
    pub response: SeatResponse,
    pub response_reason: Option<String>,
    pub responded_at: Option<Instant>,
    pub removed_at: Option<Instant>,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: InterviewId) -> QueryResult<Option<Interview>> {
    interviews::table.find(id).first(conn).optional()
}

/// The application of an interview, which never changes.
pub fn application_of(conn: &mut Conn, id: InterviewId) -> QueryResult<Option<ApplicationId>> {
    interviews::table.find(id).select(interviews::application_id).first(conn).optional()
}

/// Inserts the interviews of a loop.
pub fn insert_all(tx: &mut Tx<'_>, _permit: &Permit, rows: &[Interview]) -> Result<()> {
    crate::each!(tx.conn, c => diesel::insert_into(interviews::table).values(rows).execute(c))?;
    Ok(())
}

/// Saves an interview whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Interview) -> Result<()> {
    let now = tx.now();
    let unchanged = interviews::table.find(row.id).filter(interviews::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            interviews::state.eq(row.state),
            interviews::starts_at.eq(row.starts_at),
            interviews::ends_at.eq(row.ends_at),
            interviews::time_zone.eq(&row.time_zone),
            interviews::meeting_url.eq(&row.meeting_url),
            interviews::room_of_id.eq(row.room_of_id),
            interviews::location.eq(&row.location),
            interviews::dial_in.eq(&row.dial_in),
            interviews::schedule_sequence.eq(row.schedule_sequence),
            interviews::completed_at.eq(row.completed_at),
            interviews::cancelled_at.eq(row.cancelled_at),
            interviews::cancelled_reason.eq(&row.cancelled_reason),
            interviews::absent.eq(row.absent),
            interviews::schedule_reason.eq(&row.schedule_reason),
            interviews::override_reason.eq(&row.override_reason),
            interviews::version.eq(row.version + 1),
            interviews::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// A seat that nobody was removed from.
pub fn find_seat(conn: &mut Conn, id: PanelistId) -> QueryResult<Option<Panelist>> {
    panelists::table.find(id).filter(panelists::removed_at.is_null()).first(conn).optional()
}

/// A seat, also one that somebody was removed from.
pub fn find_any_seat(conn: &mut Conn, id: PanelistId) -> QueryResult<Option<Panelist>> {
    panelists::table.find(id).first(conn).optional()
}

/// The seat of a person on an interview.
pub fn seat_of(
    conn: &mut Conn,
    interview: InterviewId,
    user: UserId,
) -> QueryResult<Option<Panelist>> {
    panelists::table
        .filter(panelists::interview_id.eq(interview))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .first(conn)
        .optional()
}

/// The same with the state of the interview, for the author of a card.
pub fn seat_and_state(
    conn: &mut Conn,
    interview: InterviewId,
    user: UserId,
) -> QueryResult<Option<(Panelist, InterviewState)>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(panelists::interview_id.eq(interview))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .select((panelists::all_columns, interviews::state))
        .first(conn)
        .optional()
}

/// The seat that a person has on an interview, or had last.
pub fn last_seat_of(
    conn: &mut Conn,
    interview: InterviewId,
    user: UserId,
) -> QueryResult<Option<Panelist>> {
    panelists::table
        .filter(panelists::interview_id.eq(interview))
        .filter(panelists::user_id.eq(user))
        .order((panelists::removed_at.is_null().desc(), panelists::id.desc()))
        .first(conn)
        .optional()
}

/// The interviews of an application that are to come.
pub(super) fn to_come_of(conn: &mut Conn, id: ApplicationId) -> QueryResult<Vec<Interview>> {
    interviews::table
        .filter(interviews::application_id.eq(id))
        .filter(interviews::state.eq_any(TO_COME))
        .order(interviews::id)
        .load(conn)
}

/// The seats of an interview, by person.
pub fn seats(conn: &mut Conn, interview: InterviewId) -> QueryResult<Vec<Panelist>> {
    panelists::table
        .filter(panelists::interview_id.eq(interview))
        .filter(panelists::removed_at.is_null())
        .order(panelists::user_id)
        .load(conn)
}

/// The standing room of whoever leads an interview: of the first lead who has one.
pub(super) fn room_of_lead(
    conn: &mut Conn,
    interview: InterviewId,
) -> QueryResult<Option<(UserId, String)>> {
    panelists::table
        .inner_join(users::table.on(users::id.eq(panelists::user_id)))
        .filter(panelists::interview_id.eq(interview))
        .filter(panelists::slot.eq(Slot::Lead))
        .filter(panelists::removed_at.is_null())
        .filter(users::meeting_room_url.is_not_null())
        .order(panelists::id)
        .select((users::id, users::meeting_room_url.assume_not_null()))
        .first(conn)
        .optional()
}

/// What the kits of some interviews are called, by interview.
pub fn kit_names(
    conn: &mut Conn,
    ids: &[InterviewId],
) -> QueryResult<HashMap<InterviewId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names = interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .filter(interviews::id.eq_any(ids))
        .select((interviews::id, kits::name));
    Ok(names.load(conn)?.into_iter().collect())
}

/// Those who judge in the interviews of a loop, by id.
pub fn judges_of_loop(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<UserId>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(interviews::loop_id.eq(id))
        .filter(panelists::slot.eq_any(OWING_SLOTS))
        .filter(panelists::removed_at.is_null())
        .order(panelists::user_id)
        .select(panelists::user_id)
        .distinct()
        .load(conn)
}

/// Seats through which something stands on a person: those of interviews to come, and those that
/// owe a scorecard. With the job of each, and where its interview stands.
pub fn seats_standing_on(
    conn: &mut Conn,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(Panelist, JobId, InterviewState)>> {
    let to_come = interviews::state.eq_any(TO_COME);
    let owed = interviews::state
        .eq(InterviewState::Completed)
        .and(panelists::slot.eq_any(OWING_SLOTS))
        .and(panelists::waived_at.is_null());
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .inner_join(applications::table.on(applications::id.eq(panelists::application_id)))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .filter(panelists::submitted_at.is_null())
        .filter(to_come.or(owed))
        .order(panelists::id)
        .limit(limit)
        .select((panelists::all_columns, applications::job_id, interviews::state))
        .load(conn)
}

/// When the other interviews of some people begin, of those that take place, within a span of time.
pub fn starts_between(
    conn: &mut Conn,
    people: &[UserId],
    but: InterviewId,
    (from, to): (Instant, Instant),
) -> QueryResult<Vec<(UserId, Instant)>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(panelists::user_id.eq_any(people))
        .filter(panelists::removed_at.is_null())
        .filter(interviews::id.ne(but))
        .filter(interviews::state.eq_any([InterviewState::Confirmed, InterviewState::Completed]))
        .filter(interviews::starts_at.ge(from))
        .filter(interviews::starts_at.lt(to))
        .select((panelists::user_id, interviews::starts_at.assume_not_null()))
        .load(conn)
}

/// When some people were put on panels on which they sit, since an instant.
pub fn asked_since(
    conn: &mut Conn,
    people: &[UserId],
    since: Instant,
) -> QueryResult<Vec<(UserId, Instant)>> {
    panelists::table
        .filter(panelists::user_id.eq_any(people))
        .filter(panelists::removed_at.is_null())
        .filter(panelists::assigned_at.ge(since))
        .select((panelists::user_id, panelists::assigned_at))
        .load(conn)
}

/// A seat on an interview that took place, of a kit with a seat for a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct HeldSeat {
    pub interview_id: InterviewId,
    pub pool_id: PoolId,
    pub user_id: UserId,
    pub slot: Slot,
    pub completed_at: Instant,
}

/// The seats of some people on interviews that took place since an instant, of kits with a seat for
/// one of these pools; each once for each pool.
pub fn held_for(
    conn: &mut Conn,
    pools: &[PoolId],
    people: &[UserId],
    since: Instant,
) -> QueryResult<Vec<HeldSeat>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .inner_join(panel_slots::table.on(panel_slots::kit_id.eq(interviews::kit_id)))
        .filter(panel_slots::pool_id.assume_not_null().eq_any(pools))
        .filter(panelists::user_id.eq_any(people))
        .filter(panelists::removed_at.is_null())
        .filter(interviews::state.eq(InterviewState::Completed))
        .filter(interviews::completed_at.ge(since))
        .select((
            interviews::id,
            panel_slots::pool_id.assume_not_null(),
            panelists::user_id,
            panelists::slot,
            interviews::completed_at.assume_not_null(),
        ))
        .distinct()
        .load(conn)
}

/// Inserts a seat.
///
/// # Errors
/// `already_exists` when the person sits on the interview.
pub fn insert_seat(tx: &mut Tx<'_>, _permit: &Permit, row: &Panelist) -> Result<()> {
    diesel::insert_into(panelists::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "The person sits on this interview.")
}

/// Saves what happened to a seat; the caller holds the lock of its application.
pub fn save_seat(tx: &mut Tx<'_>, _permit: &Permit, row: &Panelist) -> Result<()> {
    let open = panelists::table.find(row.id).filter(panelists::removed_at.is_null());
    let saved = diesel::update(open)
        .set((
            panelists::independent.eq(row.independent),
            panelists::submitted_at.eq(row.submitted_at),
            panelists::waived_at.eq(row.waived_at),
            panelists::waived_reason.eq(&row.waived_reason),
            panelists::response.eq(row.response),
            panelists::response_reason.eq(&row.response_reason),
            panelists::responded_at.eq(row.responded_at),
            panelists::removed_at.eq(row.removed_at),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Keeps which rules are bent by somebody's sitting there.
pub fn set_bent(tx: &mut Tx<'_>, permit: &Permit, rules: Option<&str>) -> Result<()> {
    let id: PanelistId = permit.subject().id.typed();
    diesel::update(panelists::table.find(id))
        .set(panelists::bent_rules.eq(rules))
        .execute(tx.conn)?;
    Ok(())
}

/// Sets when the cards that an interview still owes are due, for each of their authors.
pub fn set_due(tx: &mut Tx<'_>, permit: &Permit, due: &HashMap<UserId, Instant>) -> Result<()> {
    for (user, due_at) in due {
        let theirs = owing_on(permit.subject().id.typed()).filter(panelists::user_id.eq(user));
        diesel::update(theirs).set(panelists::due_at.eq(due_at)).execute(tx.conn)?;
    }
    Ok(())
}

/// Takes back when the cards that an interview still owes are due.
pub fn clear_due(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let owing = owing_on(permit.subject().id.typed());
    diesel::update(owing).set(panelists::due_at.eq(None::<Instant>)).execute(tx.conn)?;
    Ok(())
}

/// The seats of an interview whose cards are owed.
#[diesel::dsl::auto_type]
fn owing_on(id: InterviewId) -> _ {
    let slots: [Slot; 3] = OWING_SLOTS;
    panelists::table
        .filter(panelists::interview_id.eq(id))
        .filter(panelists::slot.eq_any(slots))
        .filter(panelists::submitted_at.is_null())
        .filter(panelists::waived_at.is_null())
        .filter(panelists::removed_at.is_null())
}

/// Asks everybody on the panel of an interview again whether they come.
pub fn ask_again(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let id: InterviewId = permit.subject().id.typed();
    let seated = panelists::table
        .filter(panelists::interview_id.eq(id))
        .filter(panelists::removed_at.is_null());
    diesel::update(seated)
        .set((
            panelists::response.eq(SeatResponse::NeedsAction),
            panelists::response_reason.eq(None::<String>),
            panelists::responded_at.eq(None::<Instant>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// When somebody sits on an interview that is confirmed.
pub type Booking = (UserId, Instant, Instant);

/// How many bookings are looked at.
const BOOKINGS_MAX: i64 = 500;

/// The confirmed interviews but one that fall into a span and on whose panels some people sit who did
/// not decline; by start.
pub fn bookings(
    conn: &mut Conn,
    people: &[UserId],
    but: InterviewId,
    (from, to): (Instant, Instant),
) -> QueryResult<Vec<Booking>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(panelists::user_id.eq_any(people))
        .filter(panelists::removed_at.is_null())
        .filter(panelists::response.ne(SeatResponse::Declined))
        .filter(interviews::state.eq(InterviewState::Confirmed))
        .filter(interviews::id.ne(but))
        .filter(interviews::starts_at.lt(to))
        .filter(interviews::ends_at.gt(from))
        .order((interviews::starts_at, panelists::id))
        .limit(BOOKINGS_MAX)
        .select((
            panelists::user_id,
            interviews::starts_at.assume_not_null(),
            interviews::ends_at.assume_not_null(),
        ))
        .load(conn)
}

/// When a candidate has other confirmed interviews that fall into a span.
pub fn candidate_bookings(
    conn: &mut Conn,
    candidate: CandidateId,
    but: InterviewId,
    (from, to): (Instant, Instant),
) -> QueryResult<Vec<(Instant, Instant)>> {
    interviews::table
        .inner_join(applications::table.on(applications::id.eq(interviews::application_id)))
        .filter(applications::candidate_id.eq(candidate))
        .filter(interviews::state.eq(InterviewState::Confirmed))
        .filter(interviews::id.ne(but))
        .filter(interviews::starts_at.lt(to))
        .filter(interviews::ends_at.gt(from))
        .order((interviews::starts_at, interviews::id))
        .limit(BOOKINGS_MAX)
        .select((interviews::starts_at.assume_not_null(), interviews::ends_at.assume_not_null()))
        .load(conn)
}
