//! Queries on `rubrics`, `rubric_versions`, `attributes`, `anchors`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{AttributeContent, Content, LevelContent, ScaleDirection, VersionState};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{anchors, attributes, rubric_versions, rubrics};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{AttributeId, RowId, RubricId, RubricVersionId};

/// A row of `rubrics`: a rubric, whatever its version. The key names it in every installation;
/// attribution says whose work it is.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubrics, treat_none_as_default_value = false)]
pub struct Rubric {
    pub id: RubricId,
    pub key: String,
    pub name: String,
    pub attribution: Option<String>,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `rubric_versions`: one version of a rubric; a published one never changes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubric_versions, treat_none_as_default_value = false)]
pub struct RubricVersion {
    pub id: RubricVersionId,
    pub rubric_id: RubricId,
    pub number: i32,
    pub state: VersionState,
    pub published_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `attributes`: a thing judged. The key is the same in every version; `pass_level` is the
/// lowest level that meets the bar; `direction` says which end of the values is the better one.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attributes, treat_none_as_default_value = false)]
pub struct Attribute {
    pub id: AttributeId,
    pub rubric_version_id: RubricVersionId,
    pub position: i32,
    pub key: String,
    pub name: String,
    pub description: Option<String>,
    pub direction: ScaleDirection,
    pub pass_level: i32,
}

/// A row of `anchors`: a level of an attribute, its place from the worst on, the value by which
/// people know it, and what it means. A level without an anchor is not anchored. Levels count from 1
/// without gaps.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = anchors, treat_none_as_default_value = false)]
#[expect(clippy::struct_field_names, reason = "fields are called as their columns")]
pub struct Anchor {
    pub id: RowId,
    pub attribute_id: AttributeId,
    pub level: i32,
    pub value: i32,
    pub label: String,
    pub meaning: Option<String>,
    pub anchor: Option<String>,
}

/// One rubric.
pub fn find(conn: &mut Conn, id: RubricId) -> QueryResult<Option<Rubric>> {
    rubrics::table.find(id).first(conn).optional()
}

/// One rubric by its key.
pub fn find_by_key(conn: &mut Conn, key: &str) -> QueryResult<Option<Rubric>> {
    rubrics::table.filter(rubrics::key.eq(key)).first(conn).optional()
}

/// The rubrics behind a key, in the order of keys.
pub fn after_key(conn: &mut Conn, key: &str, limit: i64) -> QueryResult<Vec<Rubric>> {
    rubrics::table.filter(rubrics::key.gt(key)).order(rubrics::key).limit(limit).load(conn)
}

/// One page, newest first; those in use or out of use, or all.
pub fn list(
    conn: &mut Conn,
    page: &PageRequest,
    archived: Option<bool>,
) -> QueryResult<Vec<Rubric>> {
    let mut query = rubrics::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(rubrics::id.lt(before));
    }
    if let Some(archived) = archived {
        query = query.filter(rubrics::archived_at.is_not_null().eq(archived));
    }
    query.order(rubrics::id.desc()).limit(page.fetch()).load(conn)
}

/// One version.
pub fn find_version(conn: &mut Conn, id: RubricVersionId) -> QueryResult<Option<RubricVersion>> {
    rubric_versions::table.find(id).first(conn).optional()
}

/// The versions among these, in no order; at most one page of ids.
pub fn find_versions(conn: &mut Conn, ids: &[RubricVersionId]) -> QueryResult<Vec<RubricVersion>> {
    rubric_versions::table.filter(rubric_versions::id.eq_any(ids)).load(conn)
}

/// The keys and numbers by which some versions are named, in no order.
pub fn names_of(
    conn: &mut Conn,
    ids: &[RubricVersionId],
) -> QueryResult<Vec<(RubricVersionId, String, i32)>> {
    rubric_versions::table
        .inner_join(rubrics::table.on(rubrics::id.eq(rubric_versions::rubric_id)))
        .filter(rubric_versions::id.eq_any(ids))
        .select((rubric_versions::id, rubrics::key, rubric_versions::number))
        .load(conn)
}

/// The published version of a rubric with this key and of this number.
pub fn find_published(
    conn: &mut Conn,
    key: &str,
    number: i32,
) -> QueryResult<Option<RubricVersionId>> {
    rubric_versions::table
        .inner_join(rubrics::table.on(rubrics::id.eq(rubric_versions::rubric_id)))
        .filter(rubrics::key.eq(key))
        .filter(rubric_versions::number.eq(number))
        .filter(rubric_versions::state.eq(VersionState::Published))
        .select(rubric_versions::id)
        .first(conn)
        .optional()
}

/// The newest version of a rubric.
pub fn newest_version(conn: &mut Conn, rubric_id: RubricId) -> QueryResult<Option<RubricVersion>> {
    rubric_versions::table
        .filter(rubric_versions::rubric_id.eq(rubric_id))
        .order(rubric_versions::number.desc())
        .first(conn)
        .optional()
}

/// The versions of a page of rubrics, the newest of each first.
pub fn versions_of(conn: &mut Conn, rubrics: &[RubricId]) -> QueryResult<Vec<RubricVersion>> {
    rubric_versions::table
        .filter(rubric_versions::rubric_id.eq_any(rubrics))
        .order((rubric_versions::rubric_id, rubric_versions::number.desc()))
        .load(conn)
}

/// The attributes of some versions, each version's from top to bottom.
pub fn attributes_of(conn: &mut Conn, versions: &[RubricVersionId]) -> QueryResult<Vec<Attribute>> {
    attributes::table
        .filter(attributes::rubric_version_id.eq_any(versions))
        .order((attributes::rubric_version_id, attributes::position))
        .load(conn)
}

/// The levels of some attributes, each attribute's lowest first.
pub fn anchors_of(conn: &mut Conn, attributes: &[AttributeId]) -> QueryResult<Vec<Anchor>> {
    anchors::table
        .filter(anchors::attribute_id.eq_any(attributes))
        .order((anchors::attribute_id, anchors::level))
        .load(conn)
}

/// The content of a version, in order, with the ids of its attributes.
pub fn content_of(
    conn: &mut Conn,
    id: RubricVersionId,
) -> QueryResult<(Vec<AttributeId>, Content)> {
    Ok(contents_of(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// The contents of some versions, in two statements; one without attributes is missing.
pub fn contents_of(
    conn: &mut Conn,
    versions: &[RubricVersionId],
) -> QueryResult<BTreeMap<RubricVersionId, (Vec<AttributeId>, Content)>> {
    let attributes = attributes_of(conn, versions)?;
    let ids: Vec<AttributeId> = attributes.iter().map(|row| row.id).collect();
    let mut levels: BTreeMap<AttributeId, Vec<LevelContent>> = BTreeMap::new();
    for row in anchors_of(conn, &ids)? {
        let Anchor { attribute_id, value, label, meaning, anchor, .. } = row;
        levels.entry(attribute_id).or_default().push(LevelContent {
            value,
            label,
            meaning,
            anchor,
        });
    }
    let mut contents: BTreeMap<_, (Vec<AttributeId>, Content)> = BTreeMap::new();
    for row in attributes {
        let (ids, content) = contents.entry(row.rubric_version_id).or_default();
        ids.push(row.id);
        content.attributes.push(AttributeContent {
            levels: levels.remove(&row.id).unwrap_or_default(),
            key: row.key,
            name: row.name,
            description: row.description,
            direction: row.direction,
            pass_level: row.pass_level,
        });
    }
    Ok(contents)
}

/// The keys that begin like this one.
pub(super) fn keys_like(conn: &mut Conn, base: &str) -> QueryResult<Vec<String>> {
    rubrics::table.filter(rubrics::key.like(format!("{base}%"))).select(rubrics::key).load(conn)
}

/// Inserts a rubric.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Rubric) -> Result<()> {
    diesel::insert_into(rubrics::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "Another rubric has this key.")?;
    Ok(())
}

/// Saves a rubric whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Rubric) -> Result<()> {
    let now = tx.now();
    let unchanged = rubrics::table.find(row.id).filter(rubrics::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            rubrics::name.eq(&row.name),
            rubrics::attribution.eq(&row.attribution),
            rubrics::archived_at.eq(row.archived_at),
            rubrics::version.eq(row.version + 1),
            rubrics::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Inserts a version.
pub(super) fn insert_version(tx: &mut Tx<'_>, _permit: &Permit, row: &RubricVersion) -> Result<()> {
    diesel::insert_into(rubric_versions::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "The rubric has a version of this number.")?;
    Ok(())
}

/// Saves a version whose row is still the one that was read.
pub(super) fn save_version(tx: &mut Tx<'_>, _permit: &Permit, row: &RubricVersion) -> Result<()> {
    let now = tx.now();
    let unchanged =
        rubric_versions::table.find(row.id).filter(rubric_versions::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            rubric_versions::state.eq(row.state),
            rubric_versions::published_at.eq(row.published_at),
            rubric_versions::version.eq(row.version + 1),
            rubric_versions::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Inserts attributes and their levels.
pub(super) fn insert_content(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    attributes: &[Attribute],
    levels: &[Anchor],
) -> Result<()> {
    // Two statements for the whole version; many rows at once exist on the real connection only.
    crate::each!(tx.conn, c =>
        diesel::insert_into(attributes::table).values(attributes).execute(c))?;
    crate::each!(tx.conn, c => diesel::insert_into(anchors::table).values(levels).execute(c))?;
    Ok(())
}

/// Takes the content out of a draft that gets another one.
pub(super) fn delete_content(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    draft: RubricVersionId,
) -> Result<()> {
    let mine = attributes::table.filter(attributes::rubric_version_id.eq(draft));
    let levels = anchors::table.filter(anchors::attribute_id.eq_any(mine.select(attributes::id)));
    diesel::delete(levels).execute(tx.conn)?;
    diesel::delete(mine).execute(tx.conn)?;
    Ok(())
}
