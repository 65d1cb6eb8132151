//! A desk as its person may see it, in five statements: what is theirs by their teams, what they look after, and
//! three on whose move it is.

use std::collections::BTreeMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Section, Standing};
use crate::access::{
    Action, Actor, Reach, TeamRole, chases, readable_applications, recruits_everywhere,
};
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, candidates, hiring_team_members, jobs, loops, stages};
use crate::ids::{ApplicationId, CandidateId, JobId, StageId, UserId};
use crate::turns::{self, Turn};

// The condition of reach looks into teams itself, so those of the reader go by another name.
diesel::alias!(
    const TEAMS: Alias<DeskTeams> = hiring_team_members as desk_teams;
);

/// How many applications are looked at by teams, and as many that the reader looks after: those that stand
/// in their stage longest.
const FOUND_MAX: usize = 1_000;

/// What is on a desk, by its parts, each in the order in which it waits, longest first.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Whether all that is theirs was looked at.
    pub is_complete: bool,
    /// What lies on each part.
    pub sections: BTreeMap<Section, Vec<Item>>,
}

/// An application on a desk.
#[derive(Debug, Clone)]
pub struct Item {
    pub seen: Seen,
    /// For whom it waits.
    pub turn: Turn,
    /// How many of its cards are late; none for who does not chase them.
    pub late: Option<usize>,
}

/// An application with the names of what it points at.
#[derive(Debug, Clone, Queryable)]
pub struct Seen {
    pub id: ApplicationId,
    pub owner_id: Option<UserId>,
    pub stage_entered_at: Instant,
    pub candidate: (CandidateId, String),
    pub job: (JobId, String),
    pub stage: (StageId, String),
    /// Whether nobody did anything with it since it came in.
    untouched: bool,
    chased: bool,
}

/// The columns of [`Seen`].
#[diesel::dsl::auto_type]
fn columns(user: UserId, recruiter: bool, in_person: bool) -> _ {
    let chased: chases = chases(user, recruiter, in_person);
    let started = loops::table.filter(loops::application_id.eq(applications::id));
    let untouched = applications::version
        .eq(1_i64)
        .and(applications::stage_entered_at.eq(applications::applied_at))
        .and(not(exists(started)));
    (
        applications::id,
        applications::owner_id,
        applications::stage_entered_at,
        (candidates::id, candidates::name),
        (jobs::id, jobs::title),
        (stages::id, stages::name),
        untouched,
        chased,
    )
}

/// One more than is looked at, to know whether there are more.
fn fetched() -> i64 {
    i64::try_from(FOUND_MAX).unwrap_or(0) + 1
}

/// What is on the desk of the actor.
pub fn desk(conn: &mut Conn, actor: &Actor, now: Instant) -> QueryResult<Desk> {
    let (teams, owned) = (by_team(conn, actor)?, owned(conn, actor)?);
    let is_complete = teams.len() <= FOUND_MAX && owned.len() <= FOUND_MAX;
    let mut mine: BTreeMap<ApplicationId, (Seen, bool)> = BTreeMap::new();
    let owned = owned.into_iter().take(FOUND_MAX).map(|seen| (seen, false));
    let teams = teams.into_iter().take(FOUND_MAX);
    for (seen, recruits) in owned.chain(teams.map(|(seen, role)| (seen, recruits(role)))) {
        let (_, known) = mine.entry(seen.id).or_insert((seen, recruits));
        *known |= recruits;
    }
    let ids: Vec<ApplicationId> = mine.keys().copied().collect();
    let mut facts = turns::of(conn, actor, &ids)?;
    let mut sections: BTreeMap<Section, Vec<Item>> = BTreeMap::new();
    for (id, (seen, recruits)) in mine {
        let known = facts.remove(&id).unwrap_or_default();
        let turn = known.turn(seen.stage_entered_at, now);
        let (untouched, owner, mover) = (seen.untouched, seen.owner_id, turn.mover);
        let section = Standing { untouched, recruits, owner, mover }.section(actor.user_id);
        let late = seen.chased.then(|| known.late(now));
        sections.entry(section).or_default().push(Item { seen, turn, late });
    }
    for items in sections.values_mut() {
        items.sort_by_key(|item| (item.turn.since, item.seen.id));
    }
    Ok(Desk { is_complete, sections })
}

/// Whether the recruiter's move is theirs who have a role on the team.
const fn recruits(role: TeamRole) -> bool {
    match role {
        TeamRole::Recruiter | TeamRole::Coordinator => true,
        TeamRole::HiringManager | TeamRole::Interviewer => false,
    }
}

/// The applications to jobs on whose team the actor is, once for each of their roles there.
fn by_team(conn: &mut Conn, actor: &Actor) -> QueryResult<Vec<(Seen, TeamRole)>> {
    let roles = [TeamRole::HiringManager, TeamRole::Recruiter, TeamRole::Coordinator];
    let person = actor.via.is_none();
    TEAMS
        .inner_join(
            applications::table
                .on(applications::job_id.eq(TEAMS.field(hiring_team_members::job_id))),
        )
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .inner_join(stages::table.on(stages::id.eq(applications::stage_id)))
        .filter(TEAMS.field(hiring_team_members::user_id).eq(actor.user_id))
        .filter(TEAMS.field(hiring_team_members::role).eq_any(roles))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .filter(readable_applications(Reach::of(actor, Action::ReadApplication)))
        .order((applications::stage_entered_at, applications::id))
        .limit(fetched())
        .select((
            columns(actor.user_id, recruits_everywhere(actor), person),
            TEAMS.field(hiring_team_members::role),
        ))
        .load(conn)
}

/// The applications that the actor looks after.
fn owned(conn: &mut Conn, actor: &Actor) -> QueryResult<Vec<Seen>> {
    let person = actor.via.is_none();
    applications::table
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .inner_join(stages::table.on(stages::id.eq(applications::stage_id)))
        .filter(applications::owner_id.eq(actor.user_id))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .filter(readable_applications(Reach::of(actor, Action::ReadApplication)))
        .order((applications::stage_entered_at, applications::id))
        .limit(fetched())
        .select(columns(actor.user_id, recruits_everywhere(actor), person))
        .load(conn)
}
