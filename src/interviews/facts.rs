//! What is known of people who may sit on a panel, and whom to suggest for a seat. However many they
//! are, the statements are as many.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, TimeDelta};

use super::InterviewState;
use super::assignment::{AssignmentRule, Facts, Load, Membership, SeatFor};
use super::diary::Diary;
use super::model::{SeatState, owes_by_slot};
use super::store::{self, Interview, Panelist};
use crate::access::{self, Action, Actor};
use crate::applications;
use crate::candidates;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{InterviewId, KitId, PoolId, UserId};
use crate::loops::Place;
use crate::loops::templates::store as templates;
use crate::loops::templates::{Slot, SlotContent};
use crate::pools;
use crate::pools::members::Qualification;
use crate::pools::members::store::PoolMember;
use crate::pools::store::Pool;
use crate::users;
use crate::users::store::User;
use crate::working_time::Span;

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
    /// The seats that the kit has.
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
    gather_for(conn, now, seat, known, people)
}

/// What the time of an interview asks of those who sit on it.
pub struct Times {
    ground: Ground,
    seats: Vec<(UserId, Slot)>,
}

/// The rules that a time bends for one of those who sit on an interview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bent {
    /// For whom.
    pub user_id: UserId,
    /// Which.
    pub rules: Vec<AssignmentRule>,
}

impl Times {
    /// What is known of those who sit on an interview and whose card is not in, for times within a
    /// stretch.
    pub fn load(
        conn: &mut Conn,
        interview: &Interview,
        panel: Vec<Panelist>,
        around: Span,
    ) -> Result<Self> {
        let sitting = panel.iter().filter(|seat| seat.state() != SeatState::Submitted);
        let seats: Vec<(UserId, Slot)> = sitting.map(|seat| (seat.user_id, seat.slot)).collect();
        let people: Vec<UserId> = seats.iter().map(|(person, _)| *person).collect();
        let wanted = if seats.is_empty() { Vec::new() } else { wanted(conn, interview.kit_id)? };
        let known = Known { wanted, panel, accounts: Vec::new(), referrer: None };
        let ground = Ground::load(conn, known, interview.id, &people, around)?;
        Ok(Self { ground, seats })
    }

    /// The rules that a time would bend, of those that depend on it.
    pub fn bent(&self, span: Span) -> Vec<Bent> {
        let of_seat = |(user_id, slot): &(UserId, Slot)| {
            let user = self.ground.people.iter().find(|user| user.id == *user_id)?;
            let mut rules = self.ground.facts(user, *slot, Some(span), span.start).bent();
            rules.retain(|rule| rule.is_of_time());
            (!rules.is_empty()).then_some(Bent { user_id: *user_id, rules })
        };
        self.seats.iter().filter_map(of_seat).collect()
    }
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
    let mut known = known(conn, seat)?;
    known.wanted.retain(|one| one.slot == slot);
    let for_anybody =
        known.wanted.iter().all(|seat| seat.pool_id.is_none() && seat.user_ids.is_empty());
    let people = eligible(conn, &interview, &known)?;
    let facts = gather_for(conn, now, seat, known, &people)?;
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

/// The seats that a kit has. One for a pool that is out of use is for anybody.
fn wanted(conn: &mut Conn, kit: KitId) -> Result<Vec<SlotContent>> {
    let seats = templates::slots_of(conn, &[kit])?.into_iter();
    let mut wanted: Vec<SlotContent> = seats.map(|(_, seat)| seat).collect();
    let named: Vec<PoolId> = wanted.iter().filter_map(|seat| seat.pool_id).collect();
    let usable = pools::store::usable_among(conn, &named)?;
    for one in &mut wanted {
        one.pool_id = one.pool_id.filter(|pool| usable.contains(pool));
    }
    Ok(wanted)
}

/// What is known of a seat.
fn known(conn: &mut Conn, seat: Seat<'_>) -> Result<Known> {
    let wanted = wanted(conn, seat.interview.kit_id)?;
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

/// The facts of each person, by those who were asked about and can be found.
fn gather_for(
    conn: &mut Conn,
    now: Instant,
    seat: Seat<'_>,
    known: Known,
    people: &[UserId],
) -> Result<HashMap<UserId, Facts>> {
    let span = to_come(seat.interview);
    let around = span.unwrap_or(Span { start: now, end: now });
    let ground = Ground::load(conn, known, seat.interview.id, people, around)?;
    let facts =
        ground.people.iter().map(|user| (user.id, ground.facts(user, seat.slot, span, now)));
    Ok(facts.collect())
}

/// What is known of some people and of an interview.
struct Ground {
    known: Known,
    people: Vec<User>,
    /// Who judges on the panel.
    judges: Vec<UserId>,
    /// Of the people and the judges.
    memberships: Vec<(PoolMember, Pool)>,
    diary: Diary,
    related: HashSet<UserId>,
}

impl Ground {
    fn load(
        conn: &mut Conn,
        known: Known,
        interview: InterviewId,
        people: &[UserId],
        around: Span,
    ) -> Result<Self> {
        let judges = known.panel.iter().filter(|seat| owes_by_slot(seat.slot));
        let judges: Vec<UserId> = judges.map(|seat| seat.user_id).collect();
        let everybody = [people, &judges].concat();
        let memberships = pools::members::store::of_people(conn, &everybody)?;
        let rows = users::store::find_many(conn, people)?;
        let diary = Diary::load(conn, &rows, interview, around)?;
        let related = in_reporting_line(conn, &known.accounts, people)?;
        Ok(Self { known, people: rows, judges, memberships, diary, related })
    }

    /// What is known of somebody in a slot, at a time or at none; but whether they have read a card.
    fn facts(&self, user: &User, slot: Slot, span: Option<Span>, now: Instant) -> Facts {
        let mine = |(member, _): &&(PoolMember, Pool)| member.user_id == user.id;
        let pools: Vec<&(PoolMember, Pool)> = self.memberships.iter().filter(mine).collect();
        let start = span.map_or(now, |span| span.start);
        let today = start.with_timezone(&user.zone()).date_naive();
        let wanted = self.known.wanted.iter().filter(|seat| seat.slot == slot);
        let seats = wanted.map(|seat| seat_for(seat, user, &self.memberships, &self.judges, today));
        let (day, week) = match span {
            Some(_) => self.diary.loads(user, &pools, today),
            None => (Load::default(), Load::default()),
        };
        let obstacles = span.map(|span| self.diary.obstacles(user.id, span));
        Facts {
            slot,
            seats: seats.collect(),
            referred: self.known.referrer == Some(user.id),
            in_reporting_line: self.related.contains(&user.id),
            day,
            week,
            obstacles: obstacles.unwrap_or_default(),
            busy: span.is_some_and(|span| self.diary.is_busy(user.id, span)),
            has_read: false,
        }
    }
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
