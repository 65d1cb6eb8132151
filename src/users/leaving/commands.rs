//! Shutting out and handing over.

use std::collections::BTreeSet;

use super::api::DeactivateUser;
use super::{HandOver, ObligationKind as Kind, Stuck, obligations};
use crate::access::{Action, Actor, Permit, nameable, permit_known};
use crate::capabilities::NewLink;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{AnyId, ApplicationId, Id, JobId, UserId};
use crate::notifications;
use crate::organization::departments;
use crate::users::commands::{check_owner, close_doors, keep_an_owner, lock_managers};
use crate::users::store::{self, User};
use crate::users::{self, UserCommand, UserState};
use crate::{
    api_keys, applications, approvals, candidates, debriefs, interviews, jobs, saved_views,
    sessions,
};

/// What a deactivation ends by itself: the name of the number that its event gets, and what ends it
/// and counts.
pub type Ending = (&'static str, fn(&mut Tx<'_>, &Permit, UserId) -> Result<usize>);

/// Everything that a deactivation ends by itself. A room that gives people something to act with
/// stands here.
pub const ENDINGS: &[Ending] = &[
    ("sessions_ended", sessions::store::revoke_all),
    ("delegations_ended", approvals::delegations::commands::end_all),
    ("busy_calendars_ended", users::busy::end),
    ("chat_addresses_ended", notifications::chat::end),
    ("saved_views_archived", saved_views::commands::end),
];

/// Shuts a user out, hands over or releases what stands on them, and ends what they act with. Doing it
/// again changes nothing, unless it names a successor for what was left behind. The links lead the mails
/// to successors on panels to their cards.
///
/// # Errors
/// `not_ready` for the last active owner, `forbidden` for oneself and, unless the actor is an owner,
/// for owners; `invalid` for a successor who cannot act; `successor_required` when something needs one
/// and it is not urgent.
pub fn deactivate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UserId,
    expected: Option<i64>,
    input: &DeactivateUser,
    links: &[NewLink],
) -> Result<UserId> {
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    let mut hand = input.hand_over(id)?.with_links(links.to_vec());
    // Everybody who changes who leads whom, or who is an owner, waits here; then those concerned.
    lock_managers(tx)?;
    let people: BTreeSet<UserId> = hand.successors().into_iter().chain([id]).collect();
    for person in people {
        dialect::lock(tx.conn, Root::User, person.any())?;
    }
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    if id == actor.user_id {
        return Err(Error::new(Code::Forbidden, "Somebody else must deactivate you."));
    }
    check_owner(actor, id, [row.role])?;
    let gone = row.state == UserState::Deactivated;
    if gone && hand.successors().is_empty() {
        return Ok(id);
    }
    check_successors(tx, input)?;
    hand_over(tx, &permit, &mut hand)?;
    if !hand.stuck.is_empty() && !input.urgent {
        return Err(refused(tx, actor, id, &hand.stuck)?);
    }
    if !gone {
        shut_out(tx, &permit, row, &hand)?;
    }
    tell(tx, &permit, &hand)?;
    Ok(id)
}

/// Nobody who cannot act, works for an agency or goes themselves takes over.
fn check_successors(tx: &mut Tx<'_>, input: &DeactivateUser) -> Result<()> {
    for (pointer, successor) in input.named() {
        users::store::find_responsible(tx.conn, successor)?
            .ok_or_else(|| Error::unknown_reference(pointer))?;
    }
    Ok(())
}

fn shut_out(tx: &mut Tx<'_>, permit: &Permit, mut row: User, hand: &HandOver) -> Result<()> {
    let id = row.id;
    row.state = row.state.apply(UserCommand::Deactivate)?;
    keep_an_owner(tx, &row)?;
    store::save(tx, permit, &row)?;
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let mut event = Event::new(EventKind::UserDeactivated, id.into());
    for (name, end) in ENDINGS {
        event = event.number(name, count(end(tx, permit, id)?));
    }
    close_doors(tx, permit, id)?;
    event = event.number("handed_over", hand.taken.values().sum());
    record(tx, permit, &event.number("left_behind", count(hand.stuck.len())))?;
    Ok(())
}

/// Moves or releases everything that stands on a person. The teams go first, so that whoever takes a
/// role over is told of the rest, and debriefs before the seats, which may reveal them.
fn hand_over(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    lock(tx, hand.leaver)?;
    departments::commands::leave(tx, permit, hand)?;
    users::commands::leave(tx, permit, hand)?;
    api_keys::leave(tx, permit, hand)?;
    jobs::hiring_team::commands::leave(tx, permit, hand)?;
    candidates::prospects::commands::leave(tx, permit, hand)?;
    applications::commands::leave(tx, permit, hand)?;
    debriefs::leave(tx, permit, hand)?;
    interviews::commands::leave(tx, permit, hand)?;
    approvals::commands::leave(tx, permit, hand)?;
    approvals::chains::commands::leave(tx, permit, hand)
}

/// Locks the roots that something stands on, in the order of [`Root`], each kind by id.
fn lock(tx: &mut Tx<'_>, leaver: UserId) -> Result<()> {
    let found = obligations::of(tx.conn, leaver, None, tx.now())?;
    let jobs = found.iter().filter(|one| one.kind == Kind::HiringTeamRole);
    let jobs: BTreeSet<AnyId> = jobs.filter_map(|one| one.job_id.map(Id::any)).collect();
    for job in jobs {
        dialect::lock(tx.conn, Root::Job, job)?;
    }
    // Who owns an application changes in one statement for many, which locks them itself.
    let applications = found.iter().filter(|one| one.kind != Kind::ApplicationOwner);
    let applications = applications.filter_map(|one| one.application_id.map(Id::any));
    for application in applications.collect::<BTreeSet<AnyId>>() {
        dialect::lock(tx.conn, Root::Application, application)?;
    }
    Ok(())
}

/// Says to each successor that they took something over.
fn tell(tx: &mut Tx<'_>, permit: &Permit, hand: &HandOver) -> Result<()> {
    for (successor, many) in &hand.taken {
        let permit = permit.extend_to(*successor);
        let event = Event::new(EventKind::UserTookOver, (*successor).into());
        record(tx, &permit, &event.id("from_id", hand.leaver).number("count", *many))?;
    }
    Ok(())
}

/// How many things a refusal names.
const NAMED_MAX: usize = 50;

/// What somebody is told who shuts a person out while something lacks a successor. What they may not
/// know of is not named.
fn refused(tx: &mut Tx<'_>, actor: &Actor, leaver: UserId, stuck: &[Stuck]) -> Result<Error> {
    let jobs: Vec<JobId> = stuck.iter().filter_map(|one| one.job_id).collect();
    let applications: Vec<ApplicationId> =
        stuck.iter().filter_map(|one| one.application_id).collect();
    let known = nameable(tx.conn, actor, leaver, &jobs, &applications)?;
    let named = stuck.iter().take(NAMED_MAX).map(|one| {
        let subject = if known.allows(one.job_id, one.application_id) {
            one.subject.id.shown_as(one.subject.noun)
        } else {
            one.kind.to_string()
        };
        let detail = format!("{subject}: {}", one.why);
        FieldError::body("/successor_id", "successor_required", detail)
    });
    let detail = "Something needs a successor first; see errors.";
    Ok(Error { fields: named.collect(), ..Error::new(Code::SuccessorRequired, detail) })
}
