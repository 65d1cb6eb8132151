//! Mails about debriefs: that one stands still, was revealed, puts a question, waits for its decision or for
//! agreement to it, can be answered, was decided, and what its memo says for the first days of somebody hired. They say that there is
//! something to read, never what; and they never reach somebody who owes a card for the application, to whom
//! the debrief still gathers.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::compose::Content;
use super::interviews::{local, pursuit};
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::{self, Action, TeamRole};
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs::DebriefState;
use crate::debriefs::store::{self, Debrief, agreement as agreed};
use crate::error::Result;
use crate::events::{Event, EventKind};
use crate::ids::{AnyId, ApplicationId, DebriefId, UserId};
use crate::interviews;
use crate::jobs::hiring_team;
use crate::loops::Place;
use crate::mail::MailKind;
use crate::pages;
use crate::users;
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

/// The events of a debrief that people are told of.
pub(super) const TOLD: [EventKind; 10] = [
    EventKind::AgreementAsked,
    EventKind::DebriefAgreed,
    EventKind::DebriefDecided,
    EventKind::DebriefDeciding,
    EventKind::DebriefDiscussing,
    EventKind::DebriefDissentWindow,
    EventKind::DebriefEscalated,
    EventKind::DebriefRevealed,
    EventKind::DebriefSignalAsked,
    EventKind::DebriefStalled,
];

/// The mails of [`TOLD`].
pub(super) fn owed(conn: &mut Conn, event: &Event, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let (kind, id): (EventKind, DebriefId) = (event.kind(), event.subject().id.typed());
    if kind == EventKind::AgreementAsked {
        owed_for_agreement(conn, id, event.named("user_id"))
    } else if kind == EventKind::DebriefRevealed {
        owed_for_reveal(conn, id, actor)
    } else if kind == EventKind::DebriefDiscussing {
        owed_for_questions(conn, id)
    } else if kind == EventKind::DebriefStalled {
        owed_for_stall(conn, id)
    } else if kind == EventKind::DebriefSignalAsked {
        let driver = |_: &mut Conn, row: &Debrief| Ok(all_but_the_actor([row.driver_id], actor));
        owed_to(conn, id, MailKind::SignalAsked, driver)
    } else if kind == EventKind::DebriefEscalated {
        owed_for_escalation(conn, id, actor)
    } else if matches!(kind, EventKind::DebriefDeciding | EventKind::DebriefAgreed) {
        owed_for_decider(conn, id)
    } else if kind == EventKind::DebriefDissentWindow {
        owed_for_dissent(conn, id, actor)
    } else {
        owed_for_decision(conn, id, actor)
    }
}

/// The mails of a reveal.
fn owed_for_reveal(conn: &mut Conn, id: DebriefId, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let told = told_of_reveal(&team(conn, id)?, actor);
    Ok(at_once(MailKind::DebriefRevealed, told))
}

/// The mails of a decision.
fn owed_for_decision(conn: &mut Conn, id: DebriefId, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let told = told_of_decision(&team(conn, id)?, actor);
    Ok(at_once(MailKind::DecisionMade, told))
}

/// The mails of a discussion: to those to whom a question is put. It tells them of no act, it is what
/// keeps the question from being forgotten; so it goes to whoever set it going as well.
fn owed_for_questions(conn: &mut Conn, id: DebriefId) -> Result<Vec<Owed>> {
    owed_to(conn, id, MailKind::DebriefQuestion, crate::debriefs::asked)
}

/// The mails of a debrief that stands still: to whoever drives it, and to its decider, who can go on
/// without what is missing.
fn owed_for_stall(conn: &mut Conn, id: DebriefId) -> Result<Vec<Owed>> {
    owed_to(conn, id, MailKind::DebriefStalled, |_, row| Ok(vec![row.driver_id, row.decider_id]))
}

/// The mail to the decider that the decision is theirs, as with questions.
fn owed_for_decider(conn: &mut Conn, id: DebriefId) -> Result<Vec<Owed>> {
    owed_to(conn, id, MailKind::DecisionAwaited, |_, row| Ok(vec![row.decider_id]))
}

/// The mail to somebody who is asked whether they agree.
fn owed_for_agreement(conn: &mut Conn, id: DebriefId, person: Option<UserId>) -> Result<Vec<Owed>> {
    owed_to(conn, id, MailKind::AgreementAsked, |_, _| Ok(person.into_iter().collect()))
}

/// The mails of a decision that waits for no agreement any more: to the decider, whose move it is, and to
/// whoever leads them.
fn owed_for_escalation(conn: &mut Conn, id: DebriefId, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let manager = |conn: &mut Conn, row: &Debrief| {
        let manager = users::store::manager_of(conn, row.decider_id)?;
        Ok(all_but_the_actor(manager, actor))
    };
    let mut owed = owed_to(conn, id, MailKind::AgreementEscalated, manager)?;
    owed.extend(owed_for_decider(conn, id)?);
    Ok(owed)
}

/// The mails of a decision that can still be answered: to those who saw it otherwise.
fn owed_for_dissent(conn: &mut Conn, id: DebriefId, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let others = |conn: &mut Conn, row: &Debrief| {
        Ok(all_but_the_actor(crate::debriefs::dissenters(conn, row.id)?, actor))
    };
    owed_to(conn, id, MailKind::DissentAsked, others)
}

/// The mails of a hire: to the hiring managers, if the memo says what the new colleague needs.
pub(super) fn owed_for_hire(
    conn: &mut Conn,
    id: ApplicationId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let Some(debrief) = prepared(conn, id)? else { return Ok(Vec::new()) };
    let Some(place) = Place::of(conn, id)? else { return Ok(Vec::new()) };
    let managers = hiring_team::store::people_with(conn, place.job_id, TeamRole::HiringManager)?;
    let managers = |_: &mut Conn, _: &Debrief| Ok(all_but_the_actor(managers, actor));
    owed_to(conn, debrief.id, MailKind::SetUpForSuccess, managers)
}

/// The debrief whose decision an application was hired by, if its memo says what the new colleague needs.
fn prepared(conn: &mut Conn, id: ApplicationId) -> Result<Option<Debrief>> {
    let Some(decision) = store::decision_of(conn, id)? else { return Ok(None) };
    let part = decision.memo.0.get("set_up_for_success");
    if !part.is_some_and(Value::is_string) {
        return Ok(None);
    }
    Ok(store::find(conn, decision.debrief_id)?)
}

/// Mails of a kind to some people around a debrief, but to nobody who owes a card for its application.
fn owed_to(
    conn: &mut Conn,
    id: DebriefId,
    kind: MailKind,
    people: impl FnOnce(&mut Conn, &Debrief) -> Result<Vec<UserId>>,
) -> Result<Vec<Owed>> {
    let Some(debrief) = store::find(conn, id)? else { return Ok(Vec::new()) };
    let mut told = people(conn, &debrief)?;
    let owing = access::who_owes(conn, debrief.application_id)?;
    told.retain(|person| !owing.contains(person));
    Ok(at_once(kind, all_but_the_actor(told, None)))
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

/// What the mail of a reveal says; none to somebody who may not know of it, and none where it is overtaken: by
/// the question that is put to them, by the decision that is theirs, or by one that was made.
pub(super) fn revealed(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let Some(debrief) = store::find(conn, id)? else {
        return Ok(None);
    };
    let is_news = match debrief.state {
        DebriefState::Discussing => !crate::debriefs::asked(conn, &debrief)?.contains(&reader.id),
        DebriefState::Deciding => debrief.decider_id != reader.id,
        DebriefState::Planned
        | DebriefState::Gathering
        | DebriefState::Stalled
        | DebriefState::Revealed
        | DebriefState::DissentWindow
        | DebriefState::Decided
        | DebriefState::Closed
        | DebriefState::Cancelled => false,
    };
    if is_news { content(conn, reader, &debrief) } else { Ok(None) }
}

/// What the mail of a decision says; none to somebody who may not know of it.
pub(super) fn decided(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let Some(debrief) = store::find(conn, id)? else {
        return Ok(None);
    };
    if debrief.decided_at.is_some() { content(conn, reader, &debrief) } else { Ok(None) }
}

/// What the mail about what a new colleague needs says, which leads to where it stands; none to somebody
/// who may not read the memo.
pub(super) fn set_up(conn: &mut Conn, reader: &User, id: ApplicationId) -> Result<Option<Content>> {
    let Some(debrief) = prepared(conn, id)? else { return Ok(None) };
    let Some(place) = Place::of(conn, id)? else { return Ok(None) };
    let actor = reader.in_absence();
    let (scope, _) = place.scope(conn, &actor, debrief.id)?;
    if !access::may(conn, &actor, Action::ReadScorecard, &scope)? {
        return Ok(None);
    }
    let Some(mut content) = content(conn, reader, &debrief)? else { return Ok(None) };
    content.path.push_str("#set-up-for-success");
    Ok(Some(content))
}

/// What the mail with a question says; none once it was answered, or need not be.
pub(super) fn question(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let Some(debrief) = store::find(conn, id)? else { return Ok(None) };
    if !crate::debriefs::asked(conn, &debrief)?.contains(&reader.id) {
        return Ok(None);
    }
    by(conn, reader, &debrief, debrief.responses_due_at)
}

/// What the mail about missing cards says; none once the debrief goes on.
pub(super) fn stalled(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let debrief = store::find(conn, id)?.filter(|row| row.state == DebriefState::Stalled);
    let Some(debrief) = debrief else { return Ok(None) };
    if ![debrief.driver_id, debrief.decider_id].contains(&reader.id) {
        return Ok(None);
    }
    content(conn, reader, &debrief)
}

/// What the mail to the decider says; none once it is decided, or is somebody else's to decide.
pub(super) fn awaited(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let debrief = store::find(conn, id)?.filter(|row| row.state == DebriefState::Deciding);
    let Some(debrief) = debrief.filter(|row| row.decider_id == reader.id) else {
        return Ok(None);
    };
    by(conn, reader, &debrief, debrief.decide_by)
}

/// What the mail to somebody who has to agree says; none once they answered, or are no longer asked.
pub(super) fn agreement(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let debrief = store::find(conn, id)?.filter(|row| row.state == DebriefState::Deciding);
    let proposal = agreed::standing_proposal(conn, id)?.filter(|one| one.escalated_at.is_none());
    let Some((debrief, proposal)) = debrief.zip(proposal) else { return Ok(None) };
    let mine = |one: &agreed::Agreement| one.user_id == reader.id;
    let answered = agreed::agreements(conn, id)?;
    let answered = answered.iter().any(|one| one.proposal_id == proposal.id && mine(one));
    if answered || !agreed::agreers(conn, id)?.contains(&reader.id) {
        return Ok(None);
    }
    by(conn, reader, &debrief, debrief.decide_by)
}

/// What the mail about an interview that was added says; none once its card is in.
pub(super) fn signal(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let debrief = store::find(conn, id)?.filter(|row| {
        let waits = matches!(row.state, DebriefState::Gathering | DebriefState::Stalled);
        waits && row.driver_id == reader.id
    });
    let Some(debrief) = debrief else { return Ok(None) };
    content(conn, reader, &debrief)
}

/// What the mail to the manager of a decider says. It names nobody but the decider: its reader may not know
/// of the candidate.
pub(super) fn escalated(conn: &mut Conn, reader: &User, id: DebriefId) -> Result<Option<Content>> {
    let debrief = store::find(conn, id)?.filter(|row| row.state == DebriefState::Deciding);
    let Some(debrief) = debrief else { return Ok(None) };
    let leads = users::store::manager_of(conn, debrief.decider_id)? == Some(reader.id);
    let decider = users::store::find(conn, debrief.decider_id)?;
    let Some(decider) = decider.filter(|_| leads) else { return Ok(None) };
    if access::owes(conn, reader.id, debrief.application_id)? {
        return Ok(None);
    }
    let mut facts = Map::new();
    facts.insert("decider_name".to_owned(), Value::String(decider.name));
    let path = pages::debrief_path(debrief.id);
    Ok(Some(Content { path, application_id: None, capability: None, facts, calendar: None }))
}

/// What the mail about a decision that can be answered says; none once it stands.
pub(super) fn dissent(
    conn: &mut Conn,
    reader: &User,
    id: DebriefId,
    now: Instant,
) -> Result<Option<Content>> {
    let debrief = store::find(conn, id)?.filter(|row| row.state == DebriefState::DissentWindow);
    let Some(debrief) = debrief.filter(|row| row.dissent_until.is_some_and(|until| until > now))
    else {
        return Ok(None);
    };
    by(conn, reader, &debrief, debrief.dissent_until)
}

/// With the time by which something is awaited.
fn by(
    conn: &mut Conn,
    reader: &User,
    debrief: &Debrief,
    due_at: Option<Instant>,
) -> Result<Option<Content>> {
    let Some(mut content) = content(conn, reader, debrief)? else { return Ok(None) };
    let due_at = due_at.map(|at| local(at, &reader.time_zone)).unwrap_or_default();
    content.facts.insert("due_at_local".to_owned(), Value::String(due_at));
    Ok(Some(content))
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
        path: pages::debrief_path(debrief.id),
        application_id: Some(debrief.application_id),
        capability: None,
        facts,
        calendar: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
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
