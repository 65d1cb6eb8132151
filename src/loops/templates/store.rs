//! Queries on `loop_templates`, `loop_template_versions`, `kits`, `kit_attributes`, `panel_slots`
//! and `panel_slot_people`.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    Content, KitContent, KitKind, KitQuestion, Names, Priority, Slot, SlotContent, Wording,
};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{
    kit_attributes, kit_questions, kits, loop_template_versions, loop_templates, panel_slot_people,
    panel_slots, question_versions,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{
    AttributeId, KitId, LoopTemplateId, LoopTemplateVersionId, PoolId, QuestionId,
    QuestionVersionId, RowId, RubricVersionId, UserId,
};
use crate::questions::store as questions;
use crate::rubrics::VersionState;
use crate::rubrics::store as rubrics;

/// A row of `loop_templates`: a loop template, whatever its version.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = loop_templates, treat_none_as_default_value = false)]
pub struct LoopTemplate {
    pub id: LoopTemplateId,
    pub key: String,
    pub name: String,
    pub attribution: Option<String>,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `loop_template_versions`: one version of a loop template; a published one never
/// changes. `must_cover` is a list of keys.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = loop_template_versions, treat_none_as_default_value = false)]
pub struct LoopTemplateVersion {
    pub id: LoopTemplateVersionId,
    pub loop_template_id: LoopTemplateId,
    pub number: i32,
    pub state: VersionState,
    pub must_cover: Document,
    pub published_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `kits`: one interview of a loop template: what is judged, by which rubric version, in
/// how many minutes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = kits, treat_none_as_default_value = false)]
pub struct Kit {
    pub id: KitId,
    pub loop_template_version_id: LoopTemplateVersionId,
    pub position: i32,
    pub name: String,
    pub kind: KitKind,
    pub minutes: i32,
    pub rubric_version_id: Option<RubricVersionId>,
    pub wanted: Option<Document>,
}

/// A row of `kit_attributes`: an attribute that a kit is to rate.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = kit_attributes, treat_none_as_default_value = false)]
pub struct KitAttribute {
    pub id: RowId,
    pub kit_id: KitId,
    pub position: i32,
    pub attribute_id: AttributeId,
    pub priority: Priority,
}

/// A row of `panel_slots`: a seat on the panel of a kit, and from which pool it is filled.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_slots, treat_none_as_default_value = false)]
pub struct PanelSlot {
    pub id: RowId,
    pub kit_id: KitId,
    pub position: i32,
    pub slot: Slot,
    pub pool_id: Option<PoolId>,
}

/// A row of `panel_slot_people`: somebody who is named for a seat.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_slot_people, treat_none_as_default_value = false)]
pub struct PanelSlotPerson {
    pub id: RowId,
    pub panel_slot_id: RowId,
    pub position: i32,
    pub user_id: UserId,
}

/// The rows of a content.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) kits: Vec<Kit>,
    pub(super) attributes: Vec<KitAttribute>,
    pub(super) slots: Vec<PanelSlot>,
    pub(super) people: Vec<PanelSlotPerson>,
    pub(super) questions: Vec<questions::KitQuestion>,
}

/// One loop template.
pub fn find(conn: &mut Conn, id: LoopTemplateId) -> QueryResult<Option<LoopTemplate>> {
    loop_templates::table.find(id).first(conn).optional()
}

/// One page, newest first; those in use or out of use, or all.
pub fn list(
    conn: &mut Conn,
    page: &PageRequest,
    archived: Option<bool>,
) -> QueryResult<Vec<LoopTemplate>> {
    let mut query = loop_templates::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(loop_templates::id.lt(before));
    }
    if let Some(archived) = archived {
        query = query.filter(loop_templates::archived_at.is_not_null().eq(archived));
    }
    query.order(loop_templates::id.desc()).limit(page.fetch()).load(conn)
}

/// One version.
pub fn find_version(
    conn: &mut Conn,
    id: LoopTemplateVersionId,
) -> QueryResult<Option<LoopTemplateVersion>> {
    loop_template_versions::table.find(id).first(conn).optional()
}

/// The newest version of a loop template.
pub fn newest_version(
    conn: &mut Conn,
    id: LoopTemplateId,
) -> QueryResult<Option<LoopTemplateVersion>> {
    loop_template_versions::table
        .filter(loop_template_versions::loop_template_id.eq(id))
        .order(loop_template_versions::number.desc())
        .first(conn)
        .optional()
}

/// The versions of a page of loop templates, the newest of each first.
pub fn versions_of(
    conn: &mut Conn,
    templates: &[LoopTemplateId],
) -> QueryResult<Vec<LoopTemplateVersion>> {
    loop_template_versions::table
        .filter(loop_template_versions::loop_template_id.eq_any(templates))
        .order((loop_template_versions::loop_template_id, loop_template_versions::number.desc()))
        .load(conn)
}

/// One kit.
pub fn find_kit(conn: &mut Conn, id: KitId) -> QueryResult<Option<Kit>> {
    kits::table.find(id).first(conn).optional()
}

/// The kits of a version, in order.
pub fn kits_of(conn: &mut Conn, version: LoopTemplateVersionId) -> QueryResult<Vec<Kit>> {
    kits::table.filter(kits::loop_template_version_id.eq(version)).order(kits::position).load(conn)
}

/// The attributes of some kits, each kit's in order.
pub fn kit_attributes_of(conn: &mut Conn, kits: &[KitId]) -> QueryResult<Vec<KitAttribute>> {
    kit_attributes::table
        .filter(kit_attributes::kit_id.eq_any(kits))
        .order((kit_attributes::kit_id, kit_attributes::position))
        .load(conn)
}

/// The seats of some kits, each kit's in order, with their kits.
pub fn slots_of(conn: &mut Conn, kits: &[KitId]) -> QueryResult<Vec<(KitId, SlotContent)>> {
    let named = panel_slot_people::panel_slot_id.eq(panel_slots::id);
    let rows: Vec<(PanelSlot, Option<UserId>)> = panel_slots::table
        .left_join(panel_slot_people::table.on(named))
        .filter(panel_slots::kit_id.eq_any(kits))
        .order((panel_slots::kit_id, panel_slots::position, panel_slot_people::position))
        .select((panel_slots::all_columns, panel_slot_people::user_id.nullable()))
        .load(conn)?;
    let seats = rows.chunk_by(|(one, _), (next, _)| one.id == next.id);
    let seat = |rows: &[(PanelSlot, Option<UserId>)]| {
        let (PanelSlot { kit_id, slot, pool_id, .. }, _) = *rows.first()?;
        let user_ids = rows.iter().filter_map(|(_, user)| *user).collect();
        Some((kit_id, SlotContent { slot, pool_id, user_ids }))
    };
    Ok(seats.filter_map(seat).collect())
}

/// What some kits ask, each kit in order.
fn questions_of(
    conn: &mut Conn,
    kits: &[KitId],
) -> QueryResult<Vec<(KitId, QuestionId, QuestionVersionId)>> {
    kit_questions::table
        .inner_join(
            question_versions::table
                .on(question_versions::id.eq(kit_questions::question_version_id)),
        )
        .filter(kit_questions::kit_id.eq_any(kits))
        .order((kit_questions::kit_id, kit_questions::position))
        .select((kit_questions::kit_id, question_versions::question_id, question_versions::id))
        .load(conn)
}

/// The content of a version, in order, with the ids of its kits.
pub fn content_of(conn: &mut Conn, version: &LoopTemplateVersion) -> Result<(Vec<KitId>, Content)> {
    let kits = kits_of(conn, version.id)?;
    let ids: Vec<KitId> = kits.iter().map(|kit| kit.id).collect();
    let attributes = kit_attributes_of(conn, &ids)?;
    let slots = slots_of(conn, &ids)?;
    let asked = questions_of(conn, &ids)?;
    let attributes_in = |id: KitId| {
        let mine = attributes.iter().filter(|row| row.kit_id == id);
        mine.map(|row| (row.attribute_id, row.priority)).collect()
    };
    let slots_in = |id: KitId| {
        let mine = slots.iter().filter(|(kit, _)| *kit == id);
        mine.map(|(_, seat)| seat.clone()).collect()
    };
    let asked_in = |id: KitId| {
        let mine = asked.iter().filter(|(kit, ..)| *kit == id);
        mine.map(|(_, question_id, version_id)| KitQuestion {
            question_id: *question_id,
            version_id: Some(*version_id),
        })
        .collect()
    };
    let kits = kits.into_iter().map(|row| {
        Ok(KitContent {
            questions: asked_in(row.id),
            attributes: attributes_in(row.id),
            slots: slots_in(row.id),
            name: row.name,
            kind: row.kind,
            minutes: row.minutes,
            rubric_version_id: row.rubric_version_id,
            wanted: row.wanted.map(|wanted| wanted.read()).transpose()?.unwrap_or_default(),
        })
    });
    let must_cover = version.must_cover.read()?;
    Ok((ids, Content { must_cover, kits: kits.collect::<Result<_>>()? }))
}

/// What stands behind the ids of a content, in three statements.
pub fn names_of(conn: &mut Conn, content: &Content) -> QueryResult<Names> {
    let versions: BTreeSet<RubricVersionId> =
        content.kits.iter().filter_map(|kit| kit.rubric_version_id).collect();
    let versions: Vec<RubricVersionId> = versions.into_iter().collect();
    let named = content.kits.iter().flat_map(|kit| &kit.questions);
    let named: Vec<QuestionVersionId> = named.filter_map(|one| one.version_id).collect();
    let rubrics = rubrics::names_of(conn, &versions)?.into_iter();
    let attributes = rubrics::attributes_of(conn, &versions)?.into_iter();
    let questions = questions::names_of(conn, &named)?.into_iter();
    Ok(Names {
        rubrics: rubrics.map(|(id, key, number)| (id, (key, number))).collect(),
        attributes: attributes.map(|row| (row.id, row.key)).collect(),
        questions: questions
            .map(|(id, key, number, text)| (id, Wording { key, number, text }))
            .collect(),
    })
}

/// One loop template by its key.
pub fn find_by_key(conn: &mut Conn, key: &str) -> QueryResult<Option<LoopTemplate>> {
    loop_templates::table.filter(loop_templates::key.eq(key)).first(conn).optional()
}

/// The loop templates behind a key, in the order of keys.
pub fn after_key(conn: &mut Conn, key: &str, limit: i64) -> QueryResult<Vec<LoopTemplate>> {
    let behind = loop_templates::table.filter(loop_templates::key.gt(key));
    behind.order(loop_templates::key).limit(limit).load(conn)
}

/// The keys that begin like this one.
pub(super) fn keys_like(conn: &mut Conn, base: &str) -> QueryResult<Vec<String>> {
    loop_templates::table
        .filter(loop_templates::key.like(format!("{base}%")))
        .select(loop_templates::key)
        .load(conn)
}

/// Inserts a loop template.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &LoopTemplate) -> Result<()> {
    diesel::insert_into(loop_templates::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "Another loop template has this key.")?;
    Ok(())
}

/// Saves a loop template whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &LoopTemplate) -> Result<()> {
    let now = tx.now();
    let unchanged =
        loop_templates::table.find(row.id).filter(loop_templates::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            loop_templates::name.eq(&row.name),
            loop_templates::attribution.eq(&row.attribution),
            loop_templates::archived_at.eq(row.archived_at),
            loop_templates::version.eq(row.version + 1),
            loop_templates::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Inserts a version.
pub(super) fn insert_version(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    row: &LoopTemplateVersion,
) -> Result<()> {
    diesel::insert_into(loop_template_versions::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "The loop template has a version of this number.")?;
    Ok(())
}

/// Saves a version whose row is still the one that was read.
pub(super) fn save_version(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    row: &LoopTemplateVersion,
) -> Result<()> {
    use loop_template_versions as t;
    let now = tx.now();
    let unchanged = t::table.find(row.id).filter(t::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            t::state.eq(row.state),
            t::must_cover.eq(&row.must_cover),
            t::published_at.eq(row.published_at),
            t::version.eq(row.version + 1),
            t::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Inserts kits with their attributes, seats and questions.
pub(super) fn insert_content(tx: &mut Tx<'_>, _permit: &Permit, rows: &Rows) -> Result<()> {
    // Five statements for the whole version; many rows at once exist on the real connection only.
    crate::each!(tx.conn, c =>
        diesel::insert_into(kits::table).values(&rows.kits).execute(c))?;
    crate::each!(tx.conn, c =>
        diesel::insert_into(kit_attributes::table).values(&rows.attributes).execute(c))?;
    crate::each!(tx.conn, c =>
        diesel::insert_into(panel_slots::table).values(&rows.slots).execute(c))?;
    crate::each!(tx.conn, c =>
        diesel::insert_into(panel_slot_people::table).values(&rows.people).execute(c))?;
    crate::each!(tx.conn, c =>
        diesel::insert_into(kit_questions::table).values(&rows.questions).execute(c))?;
    Ok(())
}

/// Takes the content out of a draft that gets another one.
pub(super) fn delete_content(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    draft: LoopTemplateVersionId,
) -> Result<()> {
    let mine = kits::table.filter(kits::loop_template_version_id.eq(draft));
    let attributes =
        kit_attributes::table.filter(kit_attributes::kit_id.eq_any(mine.select(kits::id)));
    diesel::delete(attributes).execute(tx.conn)?;
    let slots = panel_slots::table.filter(panel_slots::kit_id.eq_any(mine.select(kits::id)));
    let people = panel_slot_people::table
        .filter(panel_slot_people::panel_slot_id.eq_any(slots.select(panel_slots::id)));
    diesel::delete(people).execute(tx.conn)?;
    diesel::delete(slots).execute(tx.conn)?;
    let asked = kit_questions::table.filter(kit_questions::kit_id.eq_any(mine.select(kits::id)));
    diesel::delete(asked).execute(tx.conn)?;
    diesel::delete(mine).execute(tx.conn)?;
    Ok(())
}
