//! The mail that a note names somebody.

use serde_json::{Map, Value};

use super::compose::Content;
use super::recipients::{Owed, all_but_the_actor};
use crate::access::{Action, Reach};
use crate::applications;
use crate::candidates;
use crate::candidates::notes;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, NoteId, UserId};
use crate::mail::MailKind;
use crate::pages;
use crate::users;
use crate::users::store::User;

/// The mails of a note that was written or changed: to each whom it names, once for each note. Whether they may
/// read it is asked when the mail is sent.
pub(super) fn owed(conn: &mut Conn, id: NoteId, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let kind = MailKind::NoteMentioned;
    let once = |person: UserId| Owed {
        kind,
        recipient: person.into(),
        dedupe_key: Some(format!("{}:{id}:{person}", kind.slug())),
        run_at: None,
    };
    let named = notes::store::mentions_of(conn, id)?;
    Ok(all_but_the_actor(named, actor).into_iter().map(once).collect())
}

/// What the mail says; none to somebody who may not read the note, because it is private or they owe a
/// scorecard about the candidate, and none once it names them no more.
pub(super) fn mentioned(conn: &mut Conn, reader: &User, id: NoteId) -> Result<Option<Content>> {
    if !notes::store::mentions_of(conn, id)?.contains(&reader.id) {
        return Ok(None);
    }
    let actor = reader.in_absence();
    let Some(note) = notes::api::readable_by(conn, &actor, id)? else { return Ok(None) };
    let Some(candidate) = candidates::store::find(conn, note.row.candidate_id)? else {
        return Ok(None);
    };
    let author = match note.person {
        Some(person) => users::store::names(conn, &[person])?.remove(&person),
        None => None,
    };
    let author = author.unwrap_or_else(|| "A program".to_owned());
    let mut facts = Map::new();
    facts.insert("actor_name".to_owned(), Value::String(author));
    facts.insert("candidate_name".to_owned(), Value::String(candidate.name));
    let reach = Reach::of(&actor, Action::ReadApplication);
    // A job of which its reader may not know is not named by its id either.
    let job = applications::store::job_of_readable(conn, reach, candidate.id)?;
    let path = job.map_or_else(|| pages::DESK.to_owned(), pages::board_path);
    Ok(Some(Content { path, application_id: None, capability: None, facts, calendar: None }))
}
