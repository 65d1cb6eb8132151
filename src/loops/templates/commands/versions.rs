//! Drafting, changing and publishing versions of loop templates.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Key;
use crate::ids::{
    AttributeId, KitId, LoopTemplateId, LoopTemplateVersionId, PoolId, QuestionId, RubricVersionId,
    UserId,
};
use crate::loops::templates::store::{
    self, Kit, KitAttribute, LoopTemplateVersion, PanelSlot, PanelSlotPerson, Rows,
};
use crate::loops::templates::{Content, Finding, KitContent, SlotContent};
use crate::pools;
use crate::questions::store::{self as questions, KitQuestion};
use crate::rubrics::store as rubrics;
use crate::rubrics::{VersionCommand, VersionState, kept_ids};
use crate::users;

/// How many versions a loop template may have, so that all of them fit into one answer.
pub const VERSIONS_MAX: i32 = 100;

/// What a draft is made of.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Its kits; without any, what the newest version has.
    pub kits: Option<Vec<KitContent>>,
    /// What it must cover; without, nothing if there are kits, else what the newest version has.
    pub must_cover: Option<Vec<Key>>,
}

/// Drafts the next version: with these kits, or with a copy of the newest version's.
pub fn draft(
    tx: &mut Tx<'_>,
    actor: &Actor,
    template_id: LoopTemplateId,
    new: &NewDraft,
) -> Result<LoopTemplateVersionId> {
    let permit = permit_known(actor, Action::ManageRubrics, template_id)?;
    lock(tx.conn, Root::LoopTemplate, template_id.any())?;
    store::find(tx.conn, template_id)?.ok_or_else(Error::not_found)?;
    let newest = store::newest_version(tx.conn, template_id)?;
    let number = newest.as_ref().map_or(1, |version| version.number + 1);
    if number > VERSIONS_MAX {
        let detail = format!("A loop template has at most {VERSIONS_MAX} versions.");
        return Err(Error::invalid("", "too_many", detail));
    }
    let mut content = match (&new.kits, newest) {
        (Some(kits), _) => {
            let content = Content { kits: kits.clone(), ..Content::default() };
            written(tx, &content, "")?
        }
        (None, Some(newest)) => store::content_of(tx.conn, &newest)?.1,
        (None, None) => Content::default(),
    };
    if let Some(must_cover) = &new.must_cover {
        content.must_cover.clone_from(must_cover);
    }
    draft_inner(tx, &permit, template_id, number, &content)
}

/// Saves and records a draft with this number; the permit is for the loop template.
pub(in crate::loops::templates) fn draft_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    loop_template_id: LoopTemplateId,
    number: i32,
    content: &Content,
) -> Result<LoopTemplateVersionId> {
    let (id, now): (LoopTemplateVersionId, _) = (tx.id(), tx.now());
    let permit = permit.extend_to(id);
    let row = LoopTemplateVersion {
        id,
        loop_template_id,
        number,
        state: VersionState::Draft,
        must_cover: Document::of(&content.must_cover)?,
        published_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_version(tx, &permit, &row)?;
    let ids = (0..content.kits.len()).map(|_| tx.id()).collect::<Vec<_>>();
    insert_content(tx, &permit, id, &ids, content)?;
    record(tx, &permit, &event(EventKind::LoopTemplateVersionDrafted, &row))?;
    Ok(id)
}

/// Gives a draft another content. A kit that keeps its name keeps its id.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: LoopTemplateVersionId,
    expected: Option<i64>,
    content: &Content,
) -> Result<LoopTemplateVersionId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let mut row = find_locked(tx, id, expected)?;
    row.state = row.state.apply(VersionCommand::Replace)?;
    let content = &written(tx, content, "")?;
    row.must_cover = Document::of(&content.must_cover)?;
    let old = store::kits_of(tx.conn, id)?;
    let known: Vec<(KitId, &str)> = old.iter().map(|kit| (kit.id, kit.name.as_str())).collect();
    let wanted: Vec<&str> = content.kits.iter().map(|kit| kit.name.as_str()).collect();
    let kept = kept_ids(&known, &wanted).into_iter();
    let ids: Vec<KitId> = kept.map(|id| id.unwrap_or_else(|| tx.id())).collect();
    store::save_version(tx, &permit, &row)?;
    store::delete_content(tx, &permit, id)?;
    insert_content(tx, &permit, id, &ids, content)?;
    record(
        tx,
        &permit,
        &event(EventKind::LoopTemplateVersionUpdated, &row).changed(&["kits", "must_cover"]),
    )?;
    Ok(id)
}

/// Publishes a draft in which the lint finds no error.
pub fn publish(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: LoopTemplateVersionId,
    expected: Option<i64>,
) -> Result<LoopTemplateVersionId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let row = find_locked(tx, id, expected)?;
    let errors = publish_inner(tx, &permit, row)?;
    if errors.is_empty() { Ok(id) } else { Err(not_ready(errors)) }
}

/// Publishes and records a draft, or says which errors keep it from being published; the permit is
/// for the version. Imports come in here.
pub(in crate::loops::templates) fn publish_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut row: LoopTemplateVersion,
) -> Result<Vec<Finding>> {
    row.state = row.state.apply(VersionCommand::Publish)?;
    let errors = errors_of(tx, &row)?;
    if errors.is_empty() {
        row.published_at = Some(tx.occurred_at());
        store::save_version(tx, permit, &row)?;
        record(tx, permit, &event(EventKind::LoopTemplateVersionPublished, &row))?;
    }
    Ok(errors)
}

/// What keeps a version from being published.
pub(in crate::loops::templates) fn errors_of(
    tx: &mut Tx<'_>,
    row: &LoopTemplateVersion,
) -> Result<Vec<Finding>> {
    let content = store::content_of(tx.conn, row)?.1;
    Ok(content.errors(&store::names_of(tx.conn, &content)?))
}

fn not_ready(errors: Vec<Finding>) -> Error {
    let fields = errors.into_iter().map(|finding| {
        FieldError::body(finding.pointer, finding.code.as_str(), finding.code.detail())
    });
    let error = Error::new(Code::NotReady, "The lint finds errors in the version; see errors.");
    Error { fields: fields.collect(), ..error }
}

/// The version, read again once nobody else can change its loop template.
fn find_locked(
    tx: &mut Tx<'_>,
    id: LoopTemplateVersionId,
    expected: Option<i64>,
) -> Result<LoopTemplateVersion> {
    let seen = store::find_version(tx.conn, id)?.ok_or_else(Error::not_found)?;
    lock(tx.conn, Root::LoopTemplate, seen.loop_template_id.any())?;
    let row = store::find_version(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok(row)
}

fn event(kind: EventKind, row: &LoopTemplateVersion) -> Event {
    Event::new(kind, row.id.into())
        .id("loop_template_id", row.loop_template_id)
        .number("number", i64::from(row.number))
}

/// The content as it is written down: references hold, and questions are in their current wording.
/// `at` is where it stands in the body.
pub(super) fn written(tx: &mut Tx<'_>, content: &Content, at: &str) -> Result<Content> {
    check_references(tx, content, at)?;
    let mut content = content.clone();
    let named = content.kits.iter().flat_map(|kit| &kit.questions);
    let named: BTreeSet<QuestionId> = named.map(|question| question.question_id).collect();
    let named: Vec<QuestionId> = named.into_iter().collect();
    let current = questions::current(tx.conn, &named)?.into_iter();
    let current: BTreeMap<_, _> = current.map(|one| (one.question_id, one.id)).collect();
    let mut wrong = Vec::new();
    for (kit_index, kit) in content.kits.iter_mut().enumerate() {
        for (index, question) in kit.questions.iter_mut().enumerate() {
            question.version_id = current.get(&question.question_id).copied();
            if question.version_id.is_none() {
                let detail = "There is no such thing that you can see.";
                let pointer = format!("{at}/kits/{kit_index}/question_ids/{index}");
                wrong.push(FieldError::body(pointer, "unknown_reference", detail));
            }
        }
    }
    if wrong.is_empty() { Ok(content) } else { Err(Error::invalid_fields(wrong)) }
}

/// Every kit that has a rubric version judges by a published one, and rates attributes of that version, each
/// once. `at` is where the content stands in the body.
fn check_references(tx: &mut Tx<'_>, content: &Content, at: &str) -> Result<()> {
    let named: BTreeSet<RubricVersionId> =
        content.kits.iter().filter_map(|kit| kit.rubric_version_id).collect();
    let named: Vec<RubricVersionId> = named.into_iter().collect();
    let versions = rubrics::find_versions(tx.conn, &named)?.into_iter();
    let states: BTreeMap<_, _> = versions.map(|version| (version.id, version.state)).collect();
    let attributes = rubrics::attributes_of(tx.conn, &named)?.into_iter();
    let homes: BTreeMap<_, _> = attributes.map(|row| (row.id, row.rubric_version_id)).collect();
    let seats = || content.kits.iter().flat_map(|kit| &kit.slots);
    let pools: BTreeSet<PoolId> = seats().filter_map(|seat| seat.pool_id).collect();
    let pools = pools::store::usable_among(tx.conn, &pools.into_iter().collect::<Vec<_>>())?;
    let people: BTreeSet<UserId> = seats().flat_map(|seat| seat.user_ids.clone()).collect();
    let people: Vec<UserId> = people.into_iter().collect();
    let people = users::store::responsible_among(tx.conn, &people)?;
    let mut wrong = Vec::new();
    for (index, kit) in content.kits.iter().enumerate() {
        let at = format!("{at}/kits/{index}");
        if let Some(id) = kit.rubric_version_id {
            wrong.extend(wrong_version(states.get(&id).copied(), &at));
        }
        wrong.extend(wrong_attributes(kit, &homes, &at));
        for (index, seat) in kit.slots.iter().enumerate() {
            wrong.extend(wrong_seat(seat, &pools, &people, &format!("{at}/slots/{index}")));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

fn wrong_version(state: Option<VersionState>, at: &str) -> Option<FieldError> {
    let pointer = format!("{at}/rubric_version_id");
    match state {
        Some(VersionState::Published) => None,
        Some(VersionState::Draft) => {
            let detail = "A kit judges by a published rubric version.";
            Some(FieldError::body(pointer, "not_published", detail))
        }
        None => {
            let detail = "There is no such thing that you can see.";
            Some(FieldError::body(pointer, "unknown_reference", detail))
        }
    }
}

fn wrong_attributes(
    kit: &KitContent,
    homes: &BTreeMap<AttributeId, RubricVersionId>,
    at: &str,
) -> Vec<FieldError> {
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, (attribute, _)) in kit.attributes.iter().enumerate() {
        let pointer = format!("{at}/attributes/{index}/attribute_id");
        let home = homes.get(attribute).copied();
        if home.is_none() || home != kit.rubric_version_id {
            let detail = "The kit's rubric version has no such attribute.";
            wrong.push(FieldError::body(pointer, "unknown_reference", detail));
        } else if !seen.insert(attribute) {
            let detail = "The kit names this attribute twice.";
            wrong.push(FieldError::body(pointer, "duplicate", detail));
        }
    }
    wrong
}

fn wrong_seat(
    seat: &SlotContent,
    pools: &HashSet<PoolId>,
    people: &HashSet<UserId>,
    at: &str,
) -> Vec<FieldError> {
    const UNKNOWN: &str = "There is no such thing that you can see.";
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    if seat.pool_id.is_some_and(|id| !pools.contains(&id)) {
        wrong.push(FieldError::body(format!("{at}/pool_id"), "unknown_reference", UNKNOWN));
    }
    if seat.pool_id.is_some() && !seat.user_ids.is_empty() {
        let detail = "A seat is for a pool, or for people who are named.";
        wrong.push(FieldError::body(format!("{at}/user_ids"), "conflict", detail));
    }
    for (index, user) in seat.user_ids.iter().enumerate() {
        let pointer = format!("{at}/user_ids/{index}");
        if !people.contains(user) {
            wrong.push(FieldError::body(pointer, "unknown_reference", UNKNOWN));
        } else if !seen.insert(user) {
            let detail = "The seat names this person twice.";
            wrong.push(FieldError::body(pointer, "duplicate", detail));
        }
    }
    wrong
}

/// Inserts the content of a version; `ids` are those of its kits.
fn insert_content(
    tx: &mut Tx<'_>,
    permit: &Permit,
    version: LoopTemplateVersionId,
    ids: &[KitId],
    content: &Content,
) -> Result<()> {
    let mut rows = Rows::default();
    for ((id, kit), position) in ids.iter().zip(&content.kits).zip(0..) {
        rows.kits.push(Kit {
            id: *id,
            loop_template_version_id: version,
            position,
            name: kit.name.clone(),
            kind: kit.kind,
            minutes: kit.minutes,
            rubric_version_id: kit.rubric_version_id,
            wanted: if kit.wanted.is_empty() { None } else { Some(Document::of(&kit.wanted)?) },
        });
        let attributes = kit.attributes.iter().zip(0..);
        rows.attributes.extend(attributes.map(|((attribute, priority), position)| KitAttribute {
            id: tx.id(),
            kit_id: *id,
            position,
            attribute_id: *attribute,
            priority: *priority,
        }));
        for (seat, position) in kit.slots.iter().zip(0..) {
            let slot_id = tx.id();
            let SlotContent { slot, pool_id, .. } = *seat;
            rows.slots.push(PanelSlot { id: slot_id, kit_id: *id, position, slot, pool_id });
            let people = seat.user_ids.iter().zip(0..);
            rows.people.extend(people.map(|(user, position)| PanelSlotPerson {
                id: tx.id(),
                panel_slot_id: slot_id,
                position,
                user_id: *user,
            }));
        }
        let asked = kit.questions.iter().filter_map(|one| one.version_id).zip(0..);
        rows.questions.extend(asked.map(|(question_version_id, position)| KitQuestion {
            id: tx.id(),
            kit_id: *id,
            position,
            question_version_id,
        }));
    }
    store::insert_content(tx, permit, &rows)
}
