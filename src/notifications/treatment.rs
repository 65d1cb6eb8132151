//! Whether a mail goes out now, when its reader works, with their digest, or not at all.

use super::chat;
use super::preferences::{Choices, ChosenMail, Way, store as preferences};
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs;
use crate::error::Result;
use crate::ids::UserId;
use crate::mail::MailKind;
use crate::outbox::{Cause, Delivery, Recipient};
use crate::users;
use crate::users::store::User;

/// What is to be done with a mail that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// It goes out.
    Now,
    /// It waits until then.
    At(Instant),
    /// It waits for its reader's digest.
    InDigest,
    /// Its reader does without.
    Never,
}

/// How a mail that is due is treated, by what its reader chose and when they work.
///
/// # Errors
/// When the database is away.
pub fn treatment(
    conn: &mut Conn,
    delivery: &Delivery,
    cause: &Cause,
    now: Instant,
) -> Result<Treatment> {
    let mail = MailKind::from_slug(&delivery.kind).and_then(ChosenMail::of);
    let (Some(mail), Recipient::User(id)) = (mail, delivery.recipient()?) else {
        return Ok(Treatment::Now);
    };
    // Whether they still get it is asked when it is composed.
    let Some(reader) = users::store::find_active(conn, id)? else { return Ok(Treatment::Now) };
    let choices = preferences::of(conn, id)?;
    let usual = usual(conn, mail, id, cause)?;
    match choices.way(mail, usual) {
        // What somebody waits for comes by mail after all while the chat takes nothing.
        Way::Off if !mail.may_be_off() && !is_told_in_chat(conn, &choices, mail, id)? => {
            when_they_work(conn, &reader, mail, &choices, now)
        }
        Way::Off => Ok(Treatment::Never),
        Way::Digest if mail.is_owed() => Ok(Treatment::Never),
        Way::Digest => Ok(Treatment::InDigest),
        Way::Immediate => when_they_work(conn, &reader, mail, &choices, now),
    }
}

/// How a notice that is due is treated: as the mail beside it would be that comes at once.
///
/// # Errors
/// When the database is away.
pub fn treatment_in_chat(
    conn: &mut Conn,
    mail: ChosenMail,
    reader: &User,
    now: Instant,
) -> Result<Treatment> {
    let choices = preferences::of(conn, reader.id)?;
    if choices.chat(mail) {
        return when_they_work(conn, reader, mail, &choices, now);
    }
    Ok(Treatment::Never)
}

fn when_they_work(
    conn: &mut Conn,
    reader: &User,
    mail: ChosenMail,
    choices: &Choices,
    now: Instant,
) -> Result<Treatment> {
    if !mail.waits() || !choices.quiet_hours {
        return Ok(Treatment::Now);
    }
    let starts = users::calendar_around(conn, reader, now)?.next_working(now);
    Ok(starts.filter(|at| *at > now).map_or(Treatment::Now, Treatment::At))
}

fn is_told_in_chat(
    conn: &mut Conn,
    choices: &Choices,
    mail: ChosenMail,
    reader: UserId,
) -> Result<bool> {
    Ok(choices.in_chat_alone(mail) && !chat::store::reachable_among(conn, &[reader])?.is_empty())
}

/// How a mail comes to somebody who chose nothing: at once to whoever drives the debrief that it is
/// about, because the next move is theirs.
fn usual(conn: &mut Conn, mail: ChosenMail, reader: UserId, cause: &Cause) -> Result<Way> {
    if !matches!(mail, ChosenMail::DebriefStalled | ChosenMail::DecisionMade) {
        return Ok(mail.usual());
    }
    let debrief = debriefs::store::find(conn, cause.subject_id.typed())?;
    let drives = debrief.is_some_and(|debrief| debrief.driver_id == reader);
    Ok(if drives { Way::Immediate } else { mail.usual() })
}
