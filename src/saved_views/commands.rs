//! Keeping questions.

use super::api::{CreateSavedView, UpdateSavedView};
use super::store::{self, SavedView};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::applications::listing::api::ApplicationFilter;
use crate::candidates::CandidateFilter;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::exports::ListNoun;
use crate::http::fields::Line;
use crate::http::read_query;
use crate::ids::{SavedViewId, UserId};
use crate::jobs::JobFilter;

/// How many views somebody keeps.
const VIEWS_MAX: i64 = 100;

/// The parameters that are no part of a question: where a page begins, and an address of a candidate, which
/// is kept nowhere but with the candidate.
const NOT_KEPT: [&str; 2] = ["cursor", "email"];

/// Keeps a question.
///
/// # Errors
/// `invalid` at `/query` for what the list would refuse; `too_many`.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateSavedView,
) -> Result<SavedViewId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageOwnProfile, id)?;
    check(input.noun, &input.query)?;
    dialect::lock(tx.conn, Root::User, actor.user_id.any())?;
    if store::count(tx.conn, actor.user_id)? >= VIEWS_MAX {
        let detail = format!("At most {VIEWS_MAX} views; archive one first.");
        return Err(Error::invalid("", "too_many", detail));
    }
    let row = SavedView {
        id,
        user_id: actor.user_id,
        name: input.name.to_text(),
        noun: input.noun,
        query: input.query.to_text(),
        shared_with: input.shared_with,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    let event = Event::new(EventKind::SavedViewCreated, id.into());
    record(tx, &permit, &event.code("list", row.noun.as_str()))?;
    Ok(id)
}

/// Changes a view of one's own.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SavedViewId,
    expected: Option<i64>,
    input: &UpdateSavedView,
) -> Result<SavedViewId> {
    let (permit, mut row) = own(tx, actor, id, expected)?;
    if let Some(query) = &input.query {
        check(row.noun, query)?;
    }
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("query", &mut row.query, input.query.as_ref().map(Line::to_text));
    changes.set("shared_with", &mut row.shared_with, input.shared_with);
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::SavedViewUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Takes a view of one's own out of use.
pub(super) fn archive(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SavedViewId,
    expected: Option<i64>,
) -> Result<SavedViewId> {
    let (permit, mut row) = own(tx, actor, id, expected)?;
    row.archived_at = Some(tx.now());
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::SavedViewArchived, id.into()))?;
    Ok(id)
}

/// Archives the views of somebody who leaves. Says how many there were.
pub fn end(tx: &mut Tx<'_>, permit: &Permit, user: UserId) -> Result<usize> {
    store::archive_all(tx, permit, user)
}

/// A view of one's own that is in use.
fn own(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SavedViewId,
    expected: Option<i64>,
) -> Result<(Permit, SavedView)> {
    let permit = permit_known(actor, Action::ManageOwnProfile, id)?;
    let row = store::find(tx.conn, id)?.filter(|row| row.is_for(actor));
    let row = row.filter(|row| row.archived_at.is_none()).ok_or_else(Error::not_found)?;
    if row.user_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only its owner changes a view."));
    }
    check_version(expected, row.version)?;
    Ok((permit, row))
}

/// Reads a question as its list would.
fn check(noun: ListNoun, query: &str) -> Result<()> {
    let refused = |code: &str, detail: String| Error::invalid("/query", code.to_owned(), detail);
    let given = url::form_urlencoded::parse(query.as_bytes());
    for (key, _) in given {
        if NOT_KEPT.contains(&key.as_ref()) {
            return Err(refused("not_kept", format!("A view does not keep {key:?}.")));
        }
    }
    let read = match noun {
        ListNoun::Applications => read_query::<ApplicationFilter>(query).map(drop),
        ListNoun::Candidates => read_query::<CandidateFilter>(query).map(drop),
        ListNoun::Jobs => read_query::<JobFilter>(query).map(drop),
    };
    read.map_err(|error| {
        let field = error.fields.first();
        let told = field.map(|field| format!("{}: {}", field.pointer, field.detail));
        refused("invalid_value", told.unwrap_or_else(|| error.detail.to_string()))
    })
}
