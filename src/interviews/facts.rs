//! What is known of people who may sit on a panel, and whom to suggest for a seat. However many they
//! are, the statements are as many.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::InterviewState;
use super::assignment::{AssignmentRule, Facts, Load, Membership, SeatFor};
use super::model::owes_by_slot;
use super::store::{self, Interview, Panelist};
use crate::access::{self, Action, Actor};
use crate::applications;
use crate::candidates;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{InterviewId, PoolId, UserId};
use crate::loops::Place;
use crate::loops::templates::store as templates;
use crate::loops::templates::{Slot, SlotContent};
use crate::pools;
use crate::pools::members::Qualification;
use crate::pools::members::store::PoolMember;
use crate::pools::store::Pool;
use crate::users::store::User;
use crate::users::{self, calendars};
use crate::working_time::Span;

/// How far from an interview another one of the same week may begin, wherever somebody is.
const WEEK: TimeDelta = TimeDelta::days(9);
/// For how long it counts that somebody was asked.
const RECENT: TimeDelta = TimeDelta::days(28);
/// How many managers may stand above one another.
const HEIGHT_MAX: usize = 64;
/// How many people are suggested at most.
pub const SUGGESTED_MAX: usize = 50;

/// A seat of a slot on an interview.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'s> {
    /// Where the interview stands.
    pub place: &'s Place,
    /// The interview.
    pub interview: &'s Interview,
    /// As what somebody would sit there.
    pub slot: Slot,
}

/// Whom to suggest for a seat.
#[derive(Debug)]
pub struct Suggestions {
    /// The version of the interview.
    pub version: i64,
    /// Whether the seat is for anybody, so that nobody is suggested.
    pub for_anybody: bool,
    /// Each with the rules that seating them would bend, the best first.
    pub people: Vec<(UserId, Vec<AssignmentRule>)>,
}

/// What is asked about once, whoever the people are.
struct Known {
    /// The seats of the slot that the kit has.
    wanted: Vec<SlotContent>,
    /// Who sits on the interview.
    panel: Vec<Panelist>,
    /// The accounts of the candidate, who works here.
    accounts: Vec<UserId>,
    /// Who named the candidate.
    referrer: Option<UserId>,
}

/// What is known of some people and a seat, but whether they have read a card.
pub fn gather(
    conn: &mut Conn,
    now: Instant,
    seat: Seat<'_>,
    people: &[UserId],
) -> Result<HashMap<UserId, Facts>> {
    let known = known(conn, seat)?;
    gather_for(conn, now, seat, &known, people)
}

/// The people for whom a seat is, those first whom seating would bend the fewest rules, and of those
/// who was asked least of late. Whether somebody has read a card is not told.
pub fn suggest(
    conn: &mut Conn,
    actor: &Actor,
    now: Instant,
    (id, slot): (InterviewId, Slot),
) -> Result<Suggestions> {
    let application_id = store::application_of(conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::of(conn, application_id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = place.scope(conn, actor, id)?;
    access::holdings(conn, actor, &scope)?.require(Action::ManageInterview)?;
    let interview = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let seat = Seat { place: &place, interview: &interview, slot };
    let known = known(conn, seat)?;
    let for_anybody =
        known.wanted.iter().all(|seat| seat.pool_id.is_none() && seat.user_ids.is_empty());
    let people = eligible(conn, &interview, &known)?;
    let facts = gather_for(conn, now, seat, &known, &people)?;
    let mut asked: HashMap<UserId, (usize, Option<Instant>)> = HashMap::new();
    for (person, at) in store::asked_since(conn, &people, now + -RECENT)? {
        let (times, last) = asked.entry(person).or_default();
        *times += 1;
        *last = (*last).max(Some(at));
    }
    let ranked = facts.into_iter().map(|(person, facts)| {
        let bent = facts.bent();
        let asked = asked.get(&person).copied().unwrap_or_default();
        (bent.len(), asked, person, bent)
    });
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_unstable_by_key(|(bent, asked, person, _)| (*bent, *asked, *person));
    let people = ranked.into_iter().map(|(_, _, person, bent)| (person, bent));
    Ok(Suggestions {
        version: interview.version,
        for_anybody,
        people: people.take(SUGGESTED_MAX).collect(),
    })
}

/// What is known of a seat. One for a pool that is out of use is for anybody.
fn known(conn: &mut Conn, seat: Seat<'_>) -> Result<Known> {
    let seats = templates::slots_of(conn, &[seat.interview.kit_id])?.into_iter();
    let mut wanted: Vec<SlotContent> =
        seats.map(|(_, seat)| seat).filter(|one| one.slot == seat.slot).collect();
    let named: Vec<PoolId> = wanted.iter().filter_map(|seat| seat.pool_id).collect();
    let usable = pools::store::usable_among(conn, &named)?;
    for one in &mut wanted {
        one.pool_id = one.pool_id.filter(|pool| usable.contains(pool));
    }
    let panel = store::seats(conn, seat.interview.id)?;
    let accounts = candidates::store::accounts_of(conn, seat.place.candidate_id)?;
    let referrer = applications::store::referrer_of(conn, seat.place.application_id)?;
    Ok(Known { wanted, panel, accounts, referrer })
}

/// Those for whom the seats are and who can sit there: they can act and work here, do not sit on the
/// panel, and are not the candidate.
fn eligible(conn: &mut Conn, interview: &Interview, known: &Known) -> Result<Vec<UserId>> {
    if interview.state.is_off() {
        return Ok(Vec::new());
    }
    let pools: Vec<PoolId> = known.wanted.iter().filter_map(|seat| seat.pool_id).collect();
    let mut people = pools::members::store::people_in(conn, &pools)?;
    people.extend(known.wanted.iter().flat_map(|seat| &seat.user_ids));
    let able = users::store::responsible_among(conn, &people)?;
    let seated: HashSet<UserId> = known.panel.iter().map(|seat| seat.user_id).collect();
    let free = |person: &UserId| !seated.contains(person) && !known.accounts.contains(person);
    Ok(able.into_iter().filter(free).collect())
}

fn gather_for(
    conn: &mut Conn,
    now: Instant,
    seat: Seat<'_>,
    known: &Known,
    people: &[UserId],
) -> Result<HashMap<UserId, Facts>> {
    let Seat { interview, slot, .. } = seat;
    let judges = known.panel.iter().filter(|seat| owes_by_slot(seat.slot));
    let judges: Vec<UserId> = judges.map(|seat| seat.user_id).collect();
    let everybody = [people, &judges].concat();
    let memberships = pools::members::store::of_people(conn, &everybody)?;
    let rows = users::store::find_many(conn, people)?;
    let span = to_come(interview);
    let around = span.unwrap_or(Span { start: now, end: now });
    let calendars = calendars(conn, &rows, around)?;
    let (from, to) = (around.start + -WEEK, around.start + WEEK);
    let starts = store::starts_between(conn, people, interview.id, (from, to))?;
    let related = in_reporting_line(conn, &known.accounts, people)?;
    let facts = rows.iter().map(|user| {
        let mine = |(member, _): &&(PoolMember, Pool)| member.user_id == user.id;
        let pools: Vec<&(PoolMember, Pool)> = memberships.iter().filter(mine).collect();
        let today = around.start.with_timezone(&user.zone()).date_naive();
        let seats =
            known.wanted.iter().map(|seat| seat_for(seat, user, &memberships, &judges, today));
        let calendar = calendars.get(&user.id);
        let obstacles = span.zip(calendar).map(|(span, calendar)| calendar.why_not(span));
        let others = starts.iter().filter(|(person, _)| *person == user.id).map(|(_, at)| *at);
        let (day, week) = match span {
            Some(_) => loads(user, &pools, today, others),
            None => (Load::default(), Load::default()),
        };
        let facts = Facts {
            slot,
            seats: seats.collect(),
            referred: known.referrer == Some(user.id),
            in_reporting_line: related.contains(&user.id),
            day,
            week,
            obstacles: obstacles.unwrap_or_default(),
            has_read: false,
        };
        (user.id, facts)
    });
    Ok(facts.collect())
}

/// When the interview is to take place; none for one without a time, and for one that is over.
fn to_come(interview: &Interview) -> Option<Span> {
    let (start, end) = interview.starts_at.zip(interview.ends_at)?;
    (interview.state != InterviewState::Completed).then_some(Span { start, end })
}

fn seat_for(
    seat: &SlotContent,
    user: &User,
    memberships: &[(PoolMember, Pool)],
    judges: &[UserId],
    today: NaiveDate,
) -> SeatFor {
    let Some(pool) = seat.pool_id else {
        let is_named = seat.user_ids.contains(&user.id);
        return if seat.user_ids.is_empty() {
            SeatFor::Anybody
        } else {
            SeatFor::Named { is_named }
        };
    };
    let mut members =
        memberships.iter().map(|(member, _)| member).filter(|one| one.pool_id == pool);
    let qualified = |member: &PoolMember| {
        member.qualification == Qualification::Qualified
            && member.user_id != user.id
            && judges.contains(&member.user_id)
    };
    let qualified_beside = members.clone().any(qualified);
    let membership = members.find(|member| member.user_id == user.id).map(|member| Membership {
        qualification: member.qualification,
        paused: member.paused_until_on.is_some_and(|until| today <= until),
    });
    SeatFor::Pool { membership, qualified_beside }
}

/// How much somebody does on a day and in its week, which begins on Monday. What they say
/// themselves holds, else the lowest limit of their pools.
fn loads(
    user: &User,
    pools: &[&(PoolMember, Pool)],
    today: NaiveDate,
    others: impl Iterator<Item = Instant>,
) -> (Load, Load) {
    let zone: Tz = user.zone();
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let (mut in_day, mut in_week) = (0, 0);
    for at in others {
        let on = at.with_timezone(&zone).date_naive();
        in_day += i64::from(on == today);
        in_week += i64::from(monday <= on && on < monday + Days::new(7));
    }
    let lowest =
        |limit: fn(&Pool) -> Option<i32>| pools.iter().filter_map(|(_, pool)| limit(pool)).min();
    let per_day = user.interviews_per_day.or_else(|| lowest(|pool| pool.interviews_per_day));
    let per_week = user.interviews_per_week.or_else(|| lowest(|pool| pool.interviews_per_week));
    (Load { others: in_day, limit: per_day }, Load { others: in_week, limit: per_week })
}

/// Those of the people whom the candidate, who works here, leads or is led by, however far.
fn in_reporting_line(
    conn: &mut Conn,
    accounts: &[UserId],
    people: &[UserId],
) -> Result<HashSet<UserId>> {
    if accounts.is_empty() {
        return Ok(HashSet::new());
    }
    let managers = users::store::managers(conn)?;
    let is_above = |above: UserId, person: UserId| {
        let line = std::iter::successors(managers.get(&person), |next| managers.get(next));
        line.take(HEIGHT_MAX).any(|manager| *manager == above)
    };
    let related = people.iter().copied().filter(|person| {
        accounts.iter().any(|account| is_above(*account, *person) || is_above(*person, *account))
    });
    Ok(related.collect())
}
