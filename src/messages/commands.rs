//! Writing, recording and calling off messages, and what becomes of them when their time comes.

use super::api::{CreateMessage, RecordedMessage, RejectionMessage};
use super::facts::is_to_come;
use super::letter::{self, Draft, Letter};
use super::store::{self, Message};
use super::{Language, MessageDirection, MessageEnd, MessagePurpose, MessageState, SendAt};
use crate::access::{self, Action, Actor, Permit, may};
use crate::applications::commands::scope;
use crate::applications::store as applications;
use crate::applications::store::Application;
use crate::clock::Instant;
use crate::db::dialect::{Root, lock};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApplicationId, MessageId};
use crate::interviews;
use crate::organization::settings;
use crate::users;

/// How many messages an application has at most.
const MESSAGES_MAX: i64 = 1000;

/// Writes a message to the candidate of an application, or records one that went by another way.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid` for what does not fit, with its pointer; `illegal_transition` when the
/// application does not stand where the purpose says, and when the candidate cannot be written to.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application_id: ApplicationId,
    input: &CreateMessage,
) -> Result<MessageId> {
    lock(tx.conn, Root::Application, application_id.any())?;
    let row = applications::find(tx.conn, application_id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx, actor, &row)?;
    match &input.recorded {
        Some(recorded) => keep(tx, &permit, actor, &row, input, recorded),
        None => schedule(tx, &permit, actor, &row, &input.draft(""), input.send_at),
    }
}

/// Writes the message that goes with a rejection, in the transaction of the rejection. The caller holds the lock
/// of the application, which is rejected by now.
///
/// # Errors
/// What [`create`] says, with pointers below `/message`.
pub fn write_with_rejection(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application: &Application,
    input: &RejectionMessage,
) -> Result<MessageId> {
    let permit = permit(tx, actor, application)?;
    schedule(tx, &permit, actor, application, &input.draft(), input.send_at)
}

fn permit(tx: &mut Tx<'_>, actor: &Actor, application: &Application) -> Result<Permit> {
    let (scope, _) = scope(tx.conn, actor, application)?;
    let permit = access::permit(tx.conn, actor, Action::WriteMessages, &scope)?;
    if store::count(tx.conn, application.id)? >= MESSAGES_MAX {
        let detail = format!("An application has at most {MESSAGES_MAX} messages.");
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    Ok(permit)
}

/// Schedules a message.
fn schedule(
    tx: &mut Tx<'_>,
    permit: &Permit,
    actor: &Actor,
    application: &Application,
    draft: &Draft<'_>,
    send_at: SendAt,
) -> Result<MessageId> {
    let letter = letter::write(tx.conn, actor.user_id, application, draft, tx.now())?;
    require_fit(&letter, application)?;
    let pointer = format!("{}/send_at", draft.at);
    let send_at = send_at.resolve(tx.now(), letter.facts.zone, pointer)?;
    let interview = letter.facts.interview.as_ref();
    let now = tx.now();
    let row = Message {
        id: tx.id(),
        application_id: application.id,
        candidate_id: application.candidate_id,
        purpose: letter.purpose,
        direction: MessageDirection::Outgoing,
        state: MessageState::Scheduled,
        author_id: actor.reader_id(),
        sender_id: actor.user_id,
        template_id: letter.template_id,
        language: letter.language,
        recipient: None,
        time_zone: Some(letter.facts.zone.name().to_owned()),
        time_zone_of: Some(letter.facts.zone_of),
        send_at: Some(send_at),
        sent_at: None,
        stage_id: Some(application.stage_id),
        interview_id: interview.map(|row| row.id),
        interview_sequence: interview.map(|row| row.schedule_sequence),
        ended_because: None,
        ended_detail: None,
        version: 1,
        created_at: now,
        updated_at: now,
        subject: letter.subject,
        body: letter.body,
    };
    insert(tx, permit, &row, application, EventKind::MessageScheduled)
}

/// The application stands where the purpose says, and the candidate can be written to.
fn require_fit(letter: &Letter, application: &Application) -> Result<()> {
    let refused = |detail: String| Err(Error::new(Code::IllegalTransition, detail));
    if !letter.purpose.fits(application.status) {
        let (status, purpose) = (application.status, letter.purpose);
        return refused(format!("The application is {status}; a message for `{purpose}` is not."));
    }
    match &letter.facts.addressee {
        None => refused("The candidate has no e-mail address.".to_owned()),
        Some(person) if person.refused.is_some() => {
            refused("The mail server takes no mail to the candidate's address.".to_owned())
        }
        Some(_) => Ok(()),
    }
}

/// Records a message that went by another way.
fn keep(
    tx: &mut Tx<'_>,
    permit: &Permit,
    actor: &Actor,
    application: &Application,
    input: &CreateMessage,
    recorded: &RecordedMessage,
) -> Result<MessageId> {
    let now = tx.now();
    if input.template_id.is_some() || input.interview_id.is_some() || input.send_at != SendAt::Now {
        let detail = "What went by another way has its own words and is not sent.";
        return Err(Error::invalid("/recorded", "not_both", detail));
    }
    let required = |pointer: &'static str| Error::invalid(pointer, "required", "Say what it said.");
    let subject = input.subject.as_deref().ok_or_else(|| required("/subject"))?;
    let body = input.body.as_deref().ok_or_else(|| required("/body"))?;
    if recorded.occurred_at > now {
        let detail = "It was written before now.";
        return Err(Error::invalid("/recorded/occurred_at", "out_of_range", detail));
    }
    let usual = settings::store::organization(tx.conn)?.map(|row| row.locale);
    let usual = usual.as_deref().and_then(Language::of_tag).unwrap_or(Language::En);
    let row = Message {
        id: tx.id(),
        application_id: application.id,
        candidate_id: application.candidate_id,
        purpose: input.purpose.unwrap_or(MessagePurpose::Update),
        direction: recorded.direction,
        state: MessageState::Recorded,
        author_id: actor.reader_id(),
        sender_id: actor.user_id,
        template_id: None,
        language: input.language.unwrap_or(usual),
        subject: subject.to_owned(),
        body: body.to_owned(),
        recipient: None,
        time_zone: None,
        time_zone_of: None,
        send_at: None,
        sent_at: Some(recorded.occurred_at),
        stage_id: None,
        interview_id: None,
        interview_sequence: None,
        ended_because: None,
        ended_detail: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    insert(tx, permit, &row, application, EventKind::MessageRecorded)
}

fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Message,
    application: &Application,
    kind: EventKind,
) -> Result<MessageId> {
    let permit = permit.extend_to(row.id);
    store::insert(tx, &permit, row)?;
    record(tx, &permit, &event(kind, row, application))?;
    Ok(row.id)
}

/// Calls off a message that is not on its way yet.
///
/// # Errors
/// `not_found`, `forbidden`, `stale`; `illegal_transition` for one that is on its way, over or recorded.
pub(super) fn cancel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: MessageId,
    expected: Option<i64>,
) -> Result<MessageId> {
    let (application, _) = locked(tx, id)?;
    let (scope, _) = scope(tx.conn, actor, &application)?;
    let holdings = access::holdings(tx.conn, actor, &scope)?;
    // Whoever may not read messages is not told that there is one.
    if !holdings.allow(Action::ReadMessages) {
        return Err(Error::not_found());
    }
    let known = store::find_known(tx.conn, id, actor.user_id)?;
    let mut row = known.ok_or_else(Error::not_found)?;
    let permit = access::permit(tx.conn, actor, Action::WriteMessages, &scope)?.extend_to(id);
    check_version(expected, row.version)?;
    if row.state != MessageState::Scheduled {
        let detail = format!("The message is {}; only a scheduled one is called off.", row.state);
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    call_off(tx, &permit, &mut row, &application, MessageEnd::CalledOff)?;
    Ok(id)
}

fn call_off(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &mut Message,
    application: &Application,
    because: MessageEnd,
) -> Result<()> {
    row.state = MessageState::Cancelled;
    row.ended_because = Some(because);
    store::save(tx, permit, row)?;
    let event = event(EventKind::MessageCancelled, row, application);
    record(tx, permit, &event.code("because", because.as_str()))?;
    Ok(())
}

/// The application of a message, under lock, and the message as it is then.
fn locked(tx: &mut Tx<'_>, id: MessageId) -> Result<(Application, Message)> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    lock(tx.conn, Root::Application, before.application_id.any())?;
    let application = applications::find(tx.conn, before.application_id)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok((application.ok_or_else(Error::not_found)?, row))
}

/// Whether a message whose time has come goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is on its way to this address, and can be called off no more.
    GoesOut,
    /// It is owed no more.
    Not,
}

/// Takes a message whose time has come: on its way, or called off by itself because it does not hold any more. One
/// that was on its way before may have arrived and goes out again, which its reader's server can tell.
pub fn take(tx: &mut Tx<'_>, id: MessageId, address: Option<&str>) -> Result<Taken> {
    let (application, mut row) = locked(tx, id)?;
    let permit = Permit::for_system(id);
    let obstacle = match row.state {
        MessageState::Sent | MessageState::Cancelled | MessageState::Recorded => {
            return Ok(Taken::Not);
        }
        MessageState::Sending => None,
        MessageState::Scheduled | MessageState::Failed => {
            obstacle(tx.conn, &row, &application, tx.unit.now)?
        }
    };
    let obstacle = obstacle.or(address.is_none().then_some(MessageEnd::NoAddress));
    match obstacle {
        None => {
            row.state = MessageState::Sending;
            row.recipient = address.map(str::to_owned);
            store::save(tx, &permit, &row)?;
            Ok(Taken::GoesOut)
        }
        // What failed has failed already.
        Some(_) if row.state == MessageState::Failed => Ok(Taken::Not),
        Some(because) => {
            call_off(tx, &permit, &mut row, &application, because)?;
            Ok(Taken::Not)
        }
    }
}

/// Why a message does not hold any more.
fn obstacle(
    conn: &mut Conn,
    row: &Message,
    application: &Application,
    now: Instant,
) -> Result<Option<MessageEnd>> {
    let moved =
        row.purpose == MessagePurpose::MovedOn && row.stage_id != Some(application.stage_id);
    let another = application.candidate_id != row.candidate_id;
    if moved || another || !row.purpose.fits(application.status) {
        return Ok(Some(MessageEnd::ApplicationChanged));
    }
    if let Some(id) = row.interview_id {
        let interview = interviews::store::find(conn, id)?;
        let same = interview.is_some_and(|interview| {
            is_to_come(&interview, now)
                && Some(interview.schedule_sequence) == row.interview_sequence
        });
        if !same {
            return Ok(Some(MessageEnd::InterviewChanged));
        }
    }
    let Some(sender) = users::store::find_active(conn, row.sender_id)? else {
        return Ok(Some(MessageEnd::SenderMayNot));
    };
    let actor = sender.in_absence();
    let (scope, _) = scope(conn, &actor, application)?;
    let still = may(conn, &actor, Action::WriteMessages, &scope)?;
    Ok((!still).then_some(MessageEnd::SenderMayNot))
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took it.
    Sent,
    /// It is tried again.
    Again,
    /// It is given up: for this reason, and what the mail server said.
    Failed(MessageEnd, String),
}

/// Keeps what became of a try of a message.
pub fn settle(tx: &mut Tx<'_>, id: MessageId, outcome: &Outcome) -> Result<()> {
    let (application, mut row) = locked(tx, id)?;
    let permit = Permit::for_system(id);
    match row.state {
        MessageState::Sending => {}
        // What was handed over stays handed over.
        MessageState::Scheduled | MessageState::Failed if *outcome == Outcome::Sent => {}
        MessageState::Scheduled
        | MessageState::Failed
        | MessageState::Sent
        | MessageState::Cancelled
        | MessageState::Recorded => return Ok(()),
    }
    match outcome {
        Outcome::Again => {
            row.state = MessageState::Scheduled;
            store::save(tx, &permit, &row)
        }
        Outcome::Sent => {
            row.state = MessageState::Sent;
            row.sent_at = Some(tx.now());
            (row.ended_because, row.ended_detail) = (None, None);
            store::save(tx, &permit, &row)?;
            record(tx, &permit, &event(EventKind::MessageSent, &row, &application))?;
            Ok(())
        }
        Outcome::Failed(because, said) => {
            row.state = MessageState::Failed;
            (row.ended_because, row.ended_detail) = (Some(*because), Some(said.clone()));
            store::save(tx, &permit, &row)?;
            let event = event(EventKind::MessageFailed, &row, &application);
            record(tx, &permit, &event.code("because", because.as_str()))?;
            Ok(())
        }
    }
}

fn event(kind: EventKind, row: &Message, application: &Application) -> Event {
    Event::new(kind, row.id.into())
        .job(application.job_id)
        .candidate(row.candidate_id)
        .application(row.application_id)
        .code("purpose", row.purpose.as_str())
}
