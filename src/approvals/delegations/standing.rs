//! In which approvals somebody may vote in another's place: the one answer that reach, votes, queues
//! and mails go by.

use std::collections::HashMap;

use super::model::{Facts, Limits};
use super::store::{self, Among, Delegation, StoodRun};
use crate::access::{self, Actor, InPlace};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, ApprovalRunId, DelegationId, LevelId, UserId};
use crate::offers::terms::OfferTerms;
use crate::organization::money::Money;
use crate::organization::pay_bands::PayPeriod;
use crate::organization::{departments, levels};
use crate::users::store::User;

/// The approvals in which a person may vote in others' places at an instant: those that were open
/// while the delegation lasted, are about terms that stand, and are within its limits. What they wrote
/// or submitted is not among them, and nothing of an application for which they owe a scorecard: that
/// there is an offer would tell how its debrief went.
///
/// One statement for somebody to whom nothing is delegated, at most seven for the others.
pub fn in_place(conn: &mut Conn, delegate: UserId, now: Instant) -> Result<Vec<InPlace>> {
    let received = store::received(conn, delegate, now)?;
    let Some(since) = received.iter().map(|row| row.starts_at).min() else {
        return Ok(Vec::new());
    };
    let givers: Vec<UserId> = received.iter().map(|row| row.giver_id).collect();
    let runs = store::runs_of(conn, &givers, Among::OpenSince(since))?;
    let found = matches(conn, &received, &runs)?;
    let applications: Vec<ApplicationId> =
        found.iter().map(|(_, run)| run.application_id).collect();
    let owed = access::owed_among(conn, delegate, &applications)?;
    let stands = found.into_iter().filter(|(_, run)| !owed.contains(&run.application_id));
    Ok(stands
        .map(|(row, run)| InPlace {
            run_id: run.id,
            application_id: run.application_id,
            giver_id: row.giver_id,
        })
        .collect())
}

/// A person who is not here, with what is delegated to them.
pub fn in_absence(conn: &mut Conn, user: &User, now: Instant) -> Result<Actor> {
    let in_place = in_place(conn, user.id, now)?;
    Ok(Actor { in_place, ..user.in_absence() })
}

/// The runs in which a vote is awaited that the actor may cast in another's place.
pub fn awaited(conn: &mut Conn, actor: &Actor) -> Result<Vec<ApprovalRunId>> {
    if actor.in_place.is_empty() {
        return Ok(Vec::new());
    }
    let runs: Vec<ApprovalRunId> = actor.in_place.iter().map(|one| one.run_id).collect();
    let waiting = store::waiting(conn, &runs)?;
    let deciding = store::deciding(conn, &runs, &[actor.user_id])?;
    let mine = actor.in_place.iter().filter(|one| {
        waiting.contains(&(one.run_id, one.giver_id))
            && !deciding.contains(&(one.run_id, actor.user_id))
    });
    Ok(mine.map(|one| one.run_id).collect())
}

/// Who may vote in the place of which of some members of a run at an instant.
pub fn delegates_for(
    conn: &mut Conn,
    run_id: ApprovalRunId,
    members: &[UserId],
    now: Instant,
) -> Result<Vec<(UserId, UserId)>> {
    let given = store::given(conn, members, now)?;
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let runs = store::runs_of(conn, members, Among::Run(run_id))?;
    let found = matches(conn, &given, &runs)?;
    let people: Vec<UserId> = found.iter().map(|(row, _)| row.delegate_id).collect();
    let deciding = store::deciding(conn, &[run_id], &people)?;
    let owing = match runs.first() {
        Some(run) => access::who_owes(conn, run.application_id)?,
        None => Vec::new(),
    };
    let free = |person: UserId| !deciding.contains(&(run_id, person)) && !owing.contains(&person);
    let pairs = found.into_iter().map(|(row, _)| (row.giver_id, row.delegate_id));
    Ok(pairs.filter(|(_, delegate)| free(*delegate)).collect())
}

/// Who may vote in a person's place, for each run on which the person stands. Where several may, the
/// earliest delegation counts.
pub fn stand_ins(
    conn: &mut Conn,
    giver: UserId,
    now: Instant,
) -> Result<HashMap<ApprovalRunId, UserId>> {
    let given = store::given(conn, &[giver], now)?;
    let Some(since) = given.iter().map(|row| row.starts_at).min() else {
        return Ok(HashMap::new());
    };
    let runs = store::runs_of(conn, &[giver], Among::OpenSince(since))?;
    let found = matches(conn, &given, &runs)?;
    let ids: Vec<ApprovalRunId> = runs.iter().map(|run| run.id).collect();
    let mut people: Vec<UserId> = found.iter().map(|(row, _)| row.delegate_id).collect();
    people.sort_unstable();
    people.dedup();
    let deciding = store::deciding(conn, &ids, &people)?;
    let applications: Vec<ApplicationId> = runs.iter().map(|run| run.application_id).collect();
    let mut owing = HashMap::new();
    for person in people {
        owing.insert(person, access::owed_among(conn, person, &applications)?);
    }
    let mut stand_ins = HashMap::new();
    for (row, run) in found {
        let person = row.delegate_id;
        let owes = owing.get(&person).is_some_and(|owed| owed.contains(&run.application_id));
        if !owes && !deciding.contains(&(run.id, person)) {
            stand_ins.entry(run.id).or_insert(person);
        }
    }
    Ok(stand_ins)
}

/// The delegations with the runs that each of them reaches.
fn matches<'a>(
    conn: &mut Conn,
    rows: &'a [Delegation],
    runs: &'a [StoodRun],
) -> Result<Vec<(&'a Delegation, &'a StoodRun)>> {
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let limits = limits(conn, rows)?;
    let facts = facts(conn, rows, runs)?;
    let mut found = Vec::new();
    for (row, limits) in rows.iter().zip(&limits) {
        for (run, facts) in runs.iter().zip(&facts) {
            let open = run.ended_at.is_none_or(|ended_at| ended_at >= row.starts_at);
            let own = [run.started_by, run.drafted_by].contains(&Some(row.delegate_id));
            if run.member == row.giver_id && open && !own && limits.admit(facts) {
                found.push((row, run));
            }
        }
    }
    Ok(found)
}

/// The limits of each delegation: its departments with all below them, the rank of its level.
fn limits(conn: &mut Conn, rows: &[Delegation]) -> Result<Vec<Limits>> {
    let narrowed: Vec<DelegationId> =
        rows.iter().filter(|row| !row.all_departments).map(|row| row.id).collect();
    let (mut named, mut tree) = (HashMap::new(), departments::Tree::default());
    if !narrowed.is_empty() {
        named = store::departments(conn, &narrowed)?;
        tree = departments::tree(conn)?;
    }
    let levels = ranks(conn, rows.iter().filter_map(|row| row.max_level_id))?;
    let limits = |row: &Delegation| {
        let departments = (!row.all_departments).then(|| {
            let named = named.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            tree.with_below(named)
        });
        // A level that is gone has no rank: nothing is within it.
        let unknown = || (String::new(), i32::MIN);
        let max_level = row.max_level_id.map(|id| levels.get(&id).cloned().unwrap_or_else(unknown));
        Ok(Limits { max_base: row.max_base()?, departments, max_level })
    };
    rows.iter().map(limits).collect()
}

/// What the limits are held against; the ranks of levels only where a delegation asks for them.
fn facts(conn: &mut Conn, rows: &[Delegation], runs: &[StoodRun]) -> Result<Vec<Facts>> {
    let terms: Vec<OfferTerms> = runs.iter().map(|run| run.terms.read()).collect::<Result<_>>()?;
    let asked = rows.iter().any(|row| row.max_level_id.is_some());
    let levels = ranks(conn, terms.iter().filter(|_| asked).map(|terms| terms.level_id))?;
    let facts = |(run, terms): (&StoodRun, &OfferTerms)| Facts {
        base: terms.base,
        period: terms.period,
        department_id: run.department_id,
        level: levels.get(&terms.level_id).cloned(),
    };
    Ok(runs.iter().zip(&terms).map(facts).collect())
}

fn ranks(
    conn: &mut Conn,
    ids: impl Iterator<Item = LevelId>,
) -> Result<HashMap<LevelId, (String, i32)>> {
    let mut ids: Vec<LevelId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(levels::store::ranks(conn, &ids)?)
}

impl Delegation {
    /// The highest base pay, if there is a limit.
    pub(super) fn max_base(&self) -> Result<Option<(Money, PayPeriod)>> {
        let (Some(minor), Some(code), Some(period)) =
            (self.max_base_minor, &self.max_base_currency, self.max_base_period)
        else {
            return Ok(None);
        };
        let money = Money::of(minor, code).map_err(Error::internal)?;
        Ok(Some((money, period)))
    }
}
