//! Mails about what administrators do: who is owed one, and what it says.

use serde_json::{Map, Value};

use super::compose::Content;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::TeamRole;
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

/// What the mail `glass_broken` says; none to somebody who left the job or the role meanwhile.
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
    let job = jobs::store::find(conn, row.job_id)?.map(|job| job.title).unwrap_or_default();
    let minutes = (row.expires_at - row.created_at).num_minutes();
    let mut facts = Map::new();
    let texts = [("actor_name", who), ("job_title", job), ("reason", row.reason)];
    for (key, text) in texts {
        facts.insert(key.to_owned(), Value::String(text));
    }
    facts.insert("minutes".to_owned(), Value::from(minutes));
    let path = format!("/api/v1/jobs/{}", row.job_id);
    Ok(Some(Content { path, application_id: None, facts }))
}
