//! Queries on `rubrics`, `rubric_versions`, `attributes`, `anchors`.

use diesel::prelude::*;

use super::VersionState;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{anchors, attributes, rubric_versions, rubrics};
use crate::ids::{AttributeId, RowId, RubricId, RubricVersionId};

/// A row of `rubrics`: a rubric, whatever its version.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubrics, treat_none_as_default_value = false)]
pub struct Rubric {
    pub id: RubricId,
    pub name: String,
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

/// A row of `attributes`: a thing judged. pass_level is the lowest level that meets the bar.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attributes, treat_none_as_default_value = false)]
pub struct Attribute {
    pub id: AttributeId,
    pub rubric_version_id: RubricVersionId,
    pub position: i32,
    pub name: String,
    pub description: Option<String>,
    pub pass_level: i32,
}

/// A row of `anchors`: what a level of an attribute looks like. A level without a text is not anchored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = anchors, treat_none_as_default_value = false)]
pub struct Anchor {
    pub id: RowId,
    pub attribute_id: AttributeId,
    pub level: i32,
    pub label: String,
    pub anchor: Option<String>,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: RubricId) -> QueryResult<Option<Rubric>> {
    rubrics::table.find(id).first(conn).optional()
}
