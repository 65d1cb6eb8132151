//! Mails about debriefs: one was revealed, and one was decided. They say that there is something to
//! read, never what; and they never reach somebody who owes a card for the application, to whom the
//! debrief still gathers.

use std::collections::HashSet;

use super::compose::Content;
use super::interviews::pursuit;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::{self, Action, TeamRole};
use crate::db::Conn;
use crate::debriefs::store::{self, Debrief};
use crate::error::Result;
use crate::ids::{AnyId, DebriefId, UserId};
use crate::interviews;
use crate::jobs::hiring_team;
use crate::loops::Place;
use crate::mail::MailKind;
use crate::users::store::User;

/// The people around a debrief.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Team {
    decider: Option<UserId>,
    driver: Option<UserId>,
    /// Those who judge in its loop.
    panel: Vec<UserId>,
    hiring_managers: Vec<UserId>,
    /// Those who owe a card for the application, in whatever loop.
    owing: HashSet<UserId>,
}

/// Who is told that a debrief was revealed: decider, driver and panel.
fn told_of_reveal(team: &Team, actor: Option<AnyId>) -> Vec<UserId> {
    let people = team.decider.iter().chain(&team.driver).chain(&team.panel);
    unsealed(people.copied(), team, actor)
}

/// Who is told that a debrief was decided: driver, panel and hiring managers.
fn told_of_decision(team: &Team, actor: Option<AnyId>) -> Vec<UserId> {
    let people = team.driver.iter().chain(&team.panel).chain(&team.hiring_managers);
    unsealed(people.copied(), team, actor)
}

fn unsealed(
    people: impl Iterator<Item = UserId>,
    team: &Team,
    actor: Option<AnyId>,
) -> Vec<UserId> {
    let people = people.filter(|person| !team.owing.contains(person));
    all_but_the_actor(people, actor)
}

/// The mails of a reveal.
pub(super) fn owed_for_reveal(
    conn: &mut Conn,
    id: DebriefId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let told = told_of_reveal(&team(conn, id)?, actor);
    Ok(at_once(MailKind::DebriefRevealed, told))
}

/// The mails of a decision.
pub(super) fn owed_for_decision(
    conn: &mut Conn,
    id: DebriefId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let told = told_of_decision(&team(conn, id)?, actor);
    Ok(at_once(MailKind::DecisionMade, told))
}

fn team(conn: &mut Conn, id: DebriefId) -> Result<Team> {
    let Some(debrief) = store::find(conn, id)? else {
        return Ok(Team::default());
    };
    let Some(place) = Place::of(conn, debrief.application_id)? else {
        return Ok(Team::default());
    };
    let managers = TeamRole::HiringManager;
    Ok(Team {
        decider: Some(debrief.decider_id),
        driver: Some(debrief.driver_id),
        panel: interviews::store::judges_of_loop(conn, debrief.loop_id)?,
        hiring_managers: hiring_team::store::people_with(conn, place.job_id, managers)?,
        owing: access::who_owes(conn, debrief.application_id)?.into_iter().collect(),
    })
}

/// What the mail of a reveal says; none to somebody who may not know of it.
pub(super) fn revealed(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let Some(debrief) = store::find(conn, id)? else {
        return Ok(None);
    };
    if debrief.state.is_open() { content(conn, reader, &debrief) } else { Ok(None) }
}

/// What the mail of a decision says; none to somebody who may not know of it.
pub(super) fn decided(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let Some(debrief) = store::find(conn, id)? else {
        return Ok(None);
    };
    if debrief.decided_at.is_some() { content(conn, reader, &debrief) } else { Ok(None) }
}

fn content(conn: &mut Conn, reader: &User, debrief: &Debrief) -> Result<Option<Content>> {
    let Some((place, facts)) = pursuit(conn, debrief.application_id)? else {
        return Ok(None);
    };
    let actor = reader.in_absence();
    let (scope, standing) = place.scope(conn, &actor, debrief.id)?;
    if standing.owes || !access::may(conn, &actor, Action::ReadDebrief, &scope)? {
        return Ok(None);
    }
    Ok(Some(Content {
        path: format!("/api/v1/debriefs/{}", debrief.id),
        application_id: Some(debrief.application_id),
        capability: None,
        facts,
        calendar: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::ids::IdSource;

    fn people(count: usize) -> Vec<UserId> {
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        (0..count).map(|_| ids.next_id()).collect()
    }

    #[test]
    fn a_reveal_is_told_to_decider_driver_and_panel() {
        let people = people(5);
        let team = Team {
            decider: Some(people[3]),
            driver: Some(people[0]),
            panel: vec![people[1], people[2]],
            hiring_managers: vec![people[4]],
            owing: HashSet::new(),
        };
        assert_eq!(told_of_reveal(&team, None), people[..4]);
        assert_eq!(told_of_reveal(&team, Some(people[2].any())), [people[0], people[1], people[3]]);
    }

    #[test]
    fn a_decision_is_told_to_driver_panel_and_hiring_managers() {
        let people = people(5);
        let team = Team {
            decider: Some(people[3]),
            driver: Some(people[0]),
            panel: vec![people[1], people[2]],
            hiring_managers: vec![people[4], people[3]],
            owing: HashSet::new(),
        };
        let told = [people[0], people[1], people[2], people[4]];
        assert_eq!(told_of_decision(&team, Some(people[3].any())), told);
    }

    #[test]
    fn somebody_who_owes_a_card_is_told_of_neither() {
        let people = people(3);
        let team = Team {
            decider: Some(people[0]),
            driver: Some(people[1]),
            panel: vec![people[0], people[2]],
            hiring_managers: vec![people[1]],
            owing: HashSet::from([people[0], people[1]]),
        };
        assert_eq!(told_of_reveal(&team, None), [people[2]]);
        assert_eq!(told_of_decision(&team, None), [people[2]]);
    }
}
