//! Choosing, and doing without.

use super::model::{Choices, ChosenMail, Unwanted, Way};
use super::store::{self, Row};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::error::{Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::UserId;
use crate::timers::{self, TimerKind};

/// Keeps what a person chose.
pub(super) fn choose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    choices: &Choices,
) -> Result<UserId> {
    let user_id = actor.user_id;
    let permit = permit_known(actor, Action::ManageOwnProfile, user_id)?;
    dialect::lock(tx.conn, Root::User, user_id.any())?;
    let known = store::find(tx.conn, user_id)?;
    check_version(expected, known.as_ref().map_or(0, |row| row.version))?;
    save(tx, &permit, known, choices)?;
    Ok(user_id)
}

/// Lets a person do without some mails, by the link that stands in them.
pub(crate) fn do_without(tx: &mut Tx<'_>, user_id: UserId, what: Unwanted) -> Result<()> {
    dialect::lock(tx.conn, Root::User, user_id.any())?;
    let known = store::find(tx.conn, user_id)?;
    let before = known.as_ref().map(Row::choices).transpose()?.unwrap_or_default();
    let mut choices = before.clone();
    match what {
        Unwanted::Digest => choices.digest = false,
        Unwanted::Reminders => {
            choices.ways.insert(ChosenMail::ScorecardDue, Way::Off);
        }
    }
    if choices == before {
        return Ok(());
    }
    let permit = Permit::for_capability(user_id, Some(user_id.any()));
    save(tx, &permit, known, &choices)
}

fn save(tx: &mut Tx<'_>, permit: &Permit, known: Option<Row>, choices: &Choices) -> Result<()> {
    let (user_id, now): (UserId, _) = (permit.subject().id.typed(), tx.now());
    let (version, created_at) = known.map_or((1, now), |row| (row.version + 1, row.created_at));
    let row = Row {
        user_id,
        digest: choices.digest,
        digest_at: choices.digest_at.map(i32::from),
        quiet_hours: choices.quiet_hours,
        late_to_manager: choices.late_to_manager,
        ways: Document::of(&choices.ways)?,
        chats: Document::of(&choices.chats)?,
        version,
        created_at,
        updated_at: now,
    };
    store::save(tx, permit, &row)?;
    // It is set anew, for the time of now.
    timers::set(tx, permit, TimerKind::Digest, None)?;
    record(tx, permit, &Event::new(EventKind::UserNotificationsChanged, user_id.into()))?;
    Ok(())
}
