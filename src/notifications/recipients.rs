//! Who is told of what, and when.

use std::collections::HashSet;

use super::preferences::ChosenMail;
use super::{
    accounts, administration, answers, calendars, chat, debriefs, delegations, interviews, leaving,
    messages, notes, offers, refusals, seats, sessions,
};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{Event, EventKind};
use crate::ids::{AnyId, EventId, UserId};
use crate::mail::MailKind;
use crate::outbox::{self, Channel, NewDelivery, Recipient};

/// A mail that somebody will get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) kind: MailKind,
    pub(super) recipient: Recipient,
    /// The same thing is owed once; none for what an event makes owed by itself.
    pub(super) dedupe_key: Option<String>,
    /// Not before this instant; none for at once.
    pub(super) run_at: Option<Instant>,
}

/// Mails of one kind to several people, at once.
pub(super) fn at_once(kind: MailKind, people: impl IntoIterator<Item = UserId>) -> Vec<Owed> {
    let owed = |id: UserId| Owed { kind, recipient: id.into(), dedupe_key: None, run_at: None };
    people.into_iter().map(owed).collect()
}

/// The people but the actor, once each, by id.
pub(super) fn all_but_the_actor(
    people: impl IntoIterator<Item = UserId>,
    actor: Option<AnyId>,
) -> Vec<UserId> {
    let people = people.into_iter().filter(|person| Some(person.any()) != actor);
    let mut people: Vec<UserId> = people.collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// Inserts the deliveries that an event makes somebody owe.
pub fn owe(tx: &mut Tx<'_>, permit: &Permit, id: EventId, event: &Event) -> Result<()> {
    let (kind, actor, subject) = (event.kind(), permit.person(), event.subject().id);
    let owed = if kind == EventKind::PanelistAssigned {
        interviews::owed_for_seat(tx.conn, subject.typed(), actor, tx.unit.now)?
    } else if kind == EventKind::PanelistResponded {
        seats::owed_for_response(tx.conn, subject.typed(), actor)?
    } else if kind == EventKind::InterviewScheduled {
        let mut owed = interviews::owed_for_time(tx.conn, subject.typed())?;
        owed.extend(calendars::owed_for_time(tx.conn, subject.typed(), tx.unit.now)?);
        if permit.actor_kind() == "candidate" {
            owed.extend(answers::owed(tx.conn, event, actor, tx.unit.now)?);
        }
        owed
    } else if answers::ANSWERS.contains(&kind) {
        answers::owed(tx.conn, event, actor, tx.unit.now)?
    } else if matches!(kind, EventKind::InterviewCancelled | EventKind::InterviewNoShow) {
        calendars::owed_for_end(tx.conn, subject.typed())?
    } else if kind == EventKind::InterviewReleased {
        calendars::owed_for_release(tx.conn, subject.typed())?
    } else if kind == EventKind::PanelistRemoved {
        calendars::owed_for_removal(event.named("user_id"))
    } else if kind == EventKind::ScorecardSubmitted {
        at_once(MailKind::ScorecardHandedIn, event.in_place_of())
    } else if debriefs::TOLD.contains(&kind) {
        debriefs::owed(tx.conn, event, actor)?
    } else if kind == EventKind::ApplicationHired {
        debriefs::owed_for_hire(tx.conn, subject.typed(), actor)?
    } else if kind == EventKind::UserDigestMade {
        at_once(MailKind::Digest, [subject.typed()])
    } else if kind == EventKind::ApprovalStepAsked {
        offers::owed_for_step(tx.conn, subject.typed(), actor, tx.unit.now)?
    } else if kind == EventKind::ApprovalStepHandedOver {
        offers::owed_for_successor(tx.conn, subject.typed(), event.named("user_id"), actor)?
    } else if kind == EventKind::ApprovalRunApproved {
        offers::owed_for_approval(tx.conn, subject.typed(), actor)?
    } else if kind == EventKind::BreakGlassOpened {
        administration::owed_for_glass(tx.conn, subject.typed(), actor)?
    } else if kind == EventKind::DelegationCreated {
        delegations::owed_for_gift(tx.conn, subject.typed())?
    } else if kind == EventKind::DelegationEnded {
        delegations::owed_for_end(tx.conn, subject.typed(), actor)?
    } else if kind == EventKind::UserTookOver {
        at_once(MailKind::HandedOver, all_but_the_actor([subject.typed()], actor))
    } else if kind == EventKind::CandidateAddressRefused {
        refusals::owed(tx.conn, subject.typed())?
    } else if matches!(kind, EventKind::NoteAdded | EventKind::NoteUpdated) {
        notes::owed(tx.conn, subject.typed(), actor)?
    } else if kind == EventKind::MessageScheduled {
        messages::owed(tx.conn, subject.typed())?
    } else if kind == EventKind::ChatAddressFailed {
        chat::owed(event)
    } else if leaving::LEFT_BEHIND.contains(&kind) {
        leaving::owed(tx.conn, event, actor)?
    } else {
        of_an_account(tx, event, actor)?
    };
    insert(tx, permit, id, owed)
}

/// Who is told of what happened to their account.
fn of_an_account(tx: &mut Tx<'_>, event: &Event, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let (kind, subject) = (event.kind(), event.subject().id);
    if kind == EventKind::SessionReuseDetected {
        sessions::owed_for_reuse(tx.conn, subject.typed())
    } else if kind == EventKind::CapabilityIssued {
        accounts::owed_for_link(tx.conn, subject.typed(), tx.unit.now)
    } else if kind == EventKind::UserPasswordChanged {
        Ok(accounts::owed_for_password(subject.typed()))
    } else if kind == EventKind::UserBrokeGlass {
        accounts::owed_for_glass(tx.conn, actor)
    } else {
        Ok(Vec::new())
    }
}

fn insert(tx: &mut Tx<'_>, permit: &Permit, id: EventId, owed: Vec<Owed>) -> Result<()> {
    let reachable = reachable_in_chat(tx, &owed)?;
    for Owed { kind, recipient, dedupe_key, run_at } in owed {
        let is_chosen = ChosenMail::of(kind).is_some();
        let kind = kind.slug();
        let delivery = NewDelivery {
            event_id: id,
            channel: Channel::Mail,
            kind,
            recipient,
            dedupe_key: dedupe_key.unwrap_or_else(|| format!("{kind}:{id}:{recipient}")),
            run_at: run_at.unwrap_or(tx.now()),
        };
        outbox::insert(tx, permit, &delivery)?;
        let reached = |id: &UserId| recipient == Recipient::User(*id);
        if is_chosen && reachable.iter().any(reached) {
            let dedupe_key = format!("chat:{}", delivery.dedupe_key);
            let notice = NewDelivery { channel: Channel::Chat, dedupe_key, ..delivery };
            outbox::insert(tx, permit, &notice)?;
        }
    }
    Ok(())
}

/// Those who are told of what is a matter of choice, and have a chat that takes notices.
fn reachable_in_chat(tx: &mut Tx<'_>, owed: &[Owed]) -> Result<HashSet<UserId>> {
    let chosen = owed.iter().filter(|owed| ChosenMail::of(owed.kind).is_some());
    let people: Vec<UserId> = chosen
        .filter_map(|owed| match owed.recipient {
            Recipient::User(id) => Some(id),
            Recipient::Candidate(_) => None,
        })
        .collect();
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(chat::store::reachable_among(tx.conn, &people)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::IdSource;

    #[test]
    fn everybody_is_told_once_and_the_actor_never() {
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        let (ada, ben, cyd): (UserId, UserId, UserId) =
            (ids.next_id(), ids.next_id(), ids.next_id());
        let people = [cyd, ada, ben, ada, cyd];
        assert_eq!(all_but_the_actor(people, Some(ben.any())), [ada, cyd]);
        assert_eq!(all_but_the_actor(people, None), [ada, ben, cyd]);
    }
}
