//! What a loop plans, and how many cards are in; for loops that the caller was found to see.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{attributes, interviews, kit_attributes, kits, panelists};
use crate::ids::{AttributeId, InterviewId, LoopId};
use crate::interviews::model::{OFF, OWING_SLOTS};
use crate::loops::templates::{KitKind, Priority};

/// An interview that was not called off.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Column {
    pub(super) interview_id: InterviewId,
    pub(super) kit_name: String,
    pub(super) kit_kind: KitKind,
}

/// An attribute that an interview is to rate.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Cell {
    pub(super) interview_id: InterviewId,
    pub(super) attribute_id: AttributeId,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) priority: Priority,
    pub(super) pass_level: i32,
}

/// The interviews of a loop, in the order of their kits.
pub(super) fn columns(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<Column>> {
    interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .filter(interviews::loop_id.eq(id))
        .filter(interviews::state.ne_all(OFF))
        .order((kits::position, interviews::id))
        .select((interviews::id, kits::name, kits::kind))
        .load(conn)
}

/// What the interviews of a loop are to rate, in the order of kits and attributes.
pub(super) fn cells(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<Cell>> {
    interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .inner_join(kit_attributes::table.on(kit_attributes::kit_id.eq(interviews::kit_id)))
        .inner_join(attributes::table.on(attributes::id.eq(kit_attributes::attribute_id)))
        .filter(interviews::loop_id.eq(id))
        .filter(interviews::state.ne_all(OFF))
        .order((kits::position, interviews::id, kit_attributes::position))
        .select((
            interviews::id,
            attributes::id,
            attributes::key,
            attributes::name,
            kit_attributes::priority,
            attributes::pass_level,
        ))
        .load(conn)
}

/// The seats of a loop from which a card is owed or in, each with whether it is in and whether it was
/// waived; asked for readers who owe nothing.
pub(super) fn seats(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<(InterviewId, bool, bool)>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(interviews::loop_id.eq(id))
        .filter(panelists::slot.eq_any(OWING_SLOTS))
        .filter(panelists::removed_at.is_null())
        .order(panelists::id)
        .select((
            panelists::interview_id,
            panelists::submitted_at.is_not_null(),
            panelists::waived_at.is_not_null(),
        ))
        .load(conn)
}
