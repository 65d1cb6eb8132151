//! Queries on `loop_templates`, `loop_template_versions`, `kits`, `kit_attributes`, `panel_slots`.

use diesel::prelude::*;

use super::{KitKind, Priority, Slot};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    kit_attributes, kits, loop_template_versions, loop_templates, panel_slots,
};
use crate::ids::{
    AttributeId, KitId, LoopTemplateId, LoopTemplateVersionId, RowId, RubricVersionId,
};
use crate::rubrics::VersionState;

/// A row of `loop_templates`: a loop template, whatever its version.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = loop_templates, treat_none_as_default_value = false)]
pub struct LoopTemplate {
    pub id: LoopTemplateId,
    pub name: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `loop_template_versions`: one version of a loop template; a published one never changes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = loop_template_versions, treat_none_as_default_value = false)]
pub struct LoopTemplateVersion {
    pub id: LoopTemplateVersionId,
    pub loop_template_id: LoopTemplateId,
    pub number: i32,
    pub state: VersionState,
    pub published_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `kits`: one interview of a loop template: what is judged, by which rubric version, in how many minutes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = kits, treat_none_as_default_value = false)]
pub struct Kit {
    pub id: KitId,
    pub loop_template_version_id: LoopTemplateVersionId,
    pub position: i32,
    pub name: String,
    pub kind: KitKind,
    pub minutes: i32,
    pub rubric_version_id: RubricVersionId,
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

/// A row of `panel_slots`: a seat on the panel of a kit.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_slots, treat_none_as_default_value = false)]
pub struct PanelSlot {
    pub id: RowId,
    pub kit_id: KitId,
    pub position: i32,
    pub slot: Slot,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: LoopTemplateId) -> QueryResult<Option<LoopTemplate>> {
    loop_templates::table.find(id).first(conn).optional()
}
