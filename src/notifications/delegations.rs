//! Mails about delegations: who is owed one, and what it says.

use serde_json::{Map, Value};

use super::compose::Content;
use super::interviews::local;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::approvals::delegations::store::{self, Delegation};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, DelegationId, UserId};
use crate::mail::MailKind;
use crate::users;
use crate::users::store::User;

/// The mails of `delegation.created`: to both. Whoever gave it is told as well, above all when they
/// believe that they did not.
pub(super) fn owed_for_gift(conn: &mut Conn, id: DelegationId) -> Result<Vec<Owed>> {
    Ok(at_once(MailKind::DelegationGiven, both(conn, id, None)?))
}

/// The mails of `delegation.ended`: to both but whoever ended it.
pub(super) fn owed_for_end(
    conn: &mut Conn,
    id: DelegationId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    Ok(at_once(MailKind::DelegationEnded, both(conn, id, actor)?))
}

fn both(conn: &mut Conn, id: DelegationId, but: Option<AnyId>) -> Result<Vec<UserId>> {
    let row = store::find(conn, id)?;
    let people = row.into_iter().flat_map(|row| [row.giver_id, row.delegate_id]);
    Ok(all_but_the_actor(people, but))
}

/// What the mail `delegation_given` says; none when it is over by now.
pub(super) fn given(
    conn: &mut Conn,
    reader: &User,
    id: DelegationId,
    now: Instant,
) -> Result<Option<Content>> {
    let Some(row) = store::find(conn, id)? else { return Ok(None) };
    if row.ended_at.is_some() || row.ends_at <= now {
        return Ok(None);
    }
    let mut facts = names(conn, &row)?;
    let times = [("starts_at_local", row.starts_at), ("ends_at_local", row.ends_at)];
    for (key, at) in times {
        facts.insert(key.to_owned(), Value::String(local(at, &reader.time_zone)));
    }
    Ok(content(reader, &row, facts))
}

/// What the mail `delegation_ended` says.
pub(super) fn ended(conn: &mut Conn, reader: &User, id: DelegationId) -> Result<Option<Content>> {
    let Some(row) = store::find(conn, id)? else { return Ok(None) };
    let facts = names(conn, &row)?;
    Ok(content(reader, &row, facts))
}

fn names(conn: &mut Conn, row: &Delegation) -> Result<Map<String, Value>> {
    let known = users::store::names(conn, &[row.giver_id, row.delegate_id])?;
    let name = |id: UserId| Value::String(known.get(&id).cloned().unwrap_or_default());
    let mut facts = Map::new();
    facts.insert("giver_name".to_owned(), name(row.giver_id));
    facts.insert("delegate_name".to_owned(), name(row.delegate_id));
    Ok(facts)
}

fn content(reader: &User, row: &Delegation, facts: Map<String, Value>) -> Option<Content> {
    if ![row.giver_id, row.delegate_id].contains(&reader.id) {
        return None;
    }
    let path = format!("/api/v1/delegations/{}", row.id);
    Some(Content { path, application_id: None, capability: None, facts, calendar: None })
}
