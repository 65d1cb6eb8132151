//! Mails about what administrators do: who is owed one, and what it says.

use serde_json::{Map, Value};

use super::compose::Content;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::{self, Action, Scope, TeamRole};
use crate::break_glass::store as break_glass;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, BreakGlassId, UserId};
use crate::jobs;
use crate::jobs::hiring_team::store as team;
use crate::mail::MailKind;
use crate::users;
use crate::users::store::User;

/// The mails of `break_glass.opened`: to whoever drives the job, and to every other owner.
pub(super) fn owed_for_glass(
    conn: &mut Conn,
    id: BreakGlassId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let told = told_of_glass(conn, id)?;
    Ok(at_once(MailKind::GlassBroken, all_but_the_actor(told, actor)))
}

fn told_of_glass(conn: &mut Conn, id: BreakGlassId) -> Result<Vec<UserId>> {
    let Some(row) = break_glass::find(conn, id)? else { return Ok(Vec::new()) };
    let mut people = users::store::active_owners(conn)?;
    for role in [TeamRole::Recruiter, TeamRole::HiringManager] {
        people.extend(team::people_with(conn, row.job_id, role)?);
    }
    Ok(people)
}

/// What the mail `glass_broken` says; none to somebody who left the job or the role meanwhile. An owner
/// who does not know of a confidential job reads neither its title nor the reason, which may tell it:
/// who looked, and why, is behind the link.
pub(super) fn glass_broken(
    conn: &mut Conn,
    reader: &User,
    id: BreakGlassId,
) -> Result<Option<Content>> {
    if !told_of_glass(conn, id)?.contains(&reader.id) {
        return Ok(None);
    }
    let Some(row) = break_glass::find(conn, id)? else { return Ok(None) };
    let who = users::store::find(conn, row.user_id)?.map(|user| user.name).unwrap_or_default();
    let scope = Scope::on_job(row.job_id, row.job_id);
    let knows = access::may(conn, &reader.in_absence(), Action::ReadJob, &scope)?;
    let job = jobs::store::find(conn, row.job_id)?.filter(|_| knows);
    let title = job.map_or_else(|| "a confidential job".to_owned(), |job| job.title);
    let reason = if knows { row.reason } else { "You find it behind the link.".to_owned() };
    let minutes = (row.expires_at - row.created_at).num_minutes();
    let mut facts = Map::new();
    let texts = [("actor_name", who), ("job_title", title), ("reason", reason)];
    for (key, text) in texts {
        facts.insert(key.to_owned(), Value::String(text));
    }
    facts.insert("minutes".to_owned(), Value::from(minutes));
    let path = if knows {
        format!("/api/v1/jobs/{}", row.job_id)
    } else {
        format!("/api/v1/break-glass/{id}")
    };
    Ok(Some(Content { path, application_id: None, capability: None, facts, calendar: None }))
}
