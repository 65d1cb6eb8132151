//! Adding and changing questions.

use super::api::{CreateQuestion, UpdateQuestion};
use super::store::{self, Question, QuestionVersion};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::{Key, Line, Prose};
use crate::ids::QuestionId;
use crate::rubrics::{free_key, key_of};

/// How many wordings a question may have, so that all of them fit into one answer.
const VERSIONS_MAX: i32 = 100;

/// Adds a question with its first wording.
pub(super) fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateQuestion) -> Result<QuestionId> {
    let (id, now): (QuestionId, _) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let key = if let Some(key) = &input.key {
        key.to_text()
    } else {
        let base = key_of(&input.text, "question");
        let taken = store::keys_like(tx.conn, &base)?;
        free_key(&base, |key| taken.iter().any(|taken| taken == key))
    };
    let row = Question {
        id,
        key,
        attribution: input.attribution.as_ref().map(Line::to_text),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    let mut wording = QuestionVersion {
        id: tx.id(),
        question_id: id,
        number: 1,
        kind: input.kind,
        text: input.text.to_text(),
        folded: String::new(),
        follow_ups: Document::of(&input.follow_ups)?,
        difficulty: input.difficulty,
        attribute_key: input.attribute_key.as_ref().map(Key::to_text),
        superseded_at: None,
        created_at: now,
    };
    wording.folded = folded(&wording)?;
    store::word(tx, &permit, &wording)?;
    record(tx, &permit, &Event::new(EventKind::QuestionCreated, id.into()))?;
    Ok(id)
}

/// What the search looks through.
fn folded(wording: &QuestionVersion) -> Result<String> {
    let follow_ups: Vec<String> = wording.follow_ups.read()?;
    Ok([vec![wording.text.clone()], follow_ups].concat().join("\n").to_lowercase())
}

/// Changes a question; another wording is another version.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: QuestionId,
    expected: Option<i64>,
    input: &UpdateQuestion,
) -> Result<QuestionId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    lock(tx.conn, Root::Question, id.any())?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let known = store::current(tx.conn, &[id])?.pop().ok_or_else(Error::not_found)?;
    let mut wording = known.clone();
    let mut changed = reword(&mut wording, input)?;
    if wording != known {
        if known.number >= VERSIONS_MAX {
            let detail = format!("A question has at most {VERSIONS_MAX} versions.");
            return Err(Error::invalid("", "too_many", detail));
        }
        (wording.id, wording.number, wording.created_at) = (tx.id(), known.number + 1, tx.now());
        store::word(tx, &permit, &wording)?;
    }
    if let Some(attribution) = &input.attribution {
        row.attribution = attribution.as_ref().map(Line::to_text);
        changed.push("attribution");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::QuestionUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// Changes the wording, and names the fields that were given.
fn reword(wording: &mut QuestionVersion, input: &UpdateQuestion) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    if let Some(kind) = input.kind {
        wording.kind = kind;
        changed.push("kind");
    }
    if let Some(text) = &input.text {
        wording.text = Prose::to_text(text);
        changed.push("text");
    }
    if let Some(follow_ups) = &input.follow_ups {
        wording.follow_ups = Document::of(follow_ups)?;
        changed.push("follow_ups");
    }
    if let Some(difficulty) = input.difficulty {
        wording.difficulty = difficulty;
        changed.push("difficulty");
    }
    if let Some(key) = &input.attribute_key {
        wording.attribute_key = key.as_ref().map(Key::to_text);
        changed.push("attribute_key");
    }
    wording.folded = folded(wording)?;
    Ok(changed)
}
