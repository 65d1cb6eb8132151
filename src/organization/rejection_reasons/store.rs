//! Queries on `rejection_reasons`.

use diesel::prelude::*;

use super::ReasonKind;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::rejection_reasons;
use crate::ids::RejectionReasonId;
use crate::organization::store;

/// A row of `rejection_reasons`: why an application ended without a hire.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rejection_reasons, treat_none_as_default_value = false)]
pub struct RejectionReason {
    pub id: RejectionReasonId,
    pub name: String,
    pub kind: ReasonKind,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The reasons for which somebody can be rejected now, by name.
pub fn usable(conn: &mut Conn) -> QueryResult<Vec<(RejectionReasonId, String)>> {
    rejection_reasons::table
        .filter(rejection_reasons::archived_at.is_null())
        .order((rejection_reasons::name, rejection_reasons::id))
        .limit(SHOWN_MAX)
        .select((rejection_reasons::id, rejection_reasons::name))
        .load(conn)
}

/// How many reasons are let choose from.
const SHOWN_MAX: i64 = 200;

store::find!(rejection_reasons, RejectionReason, RejectionReasonId);
store::list!(rejection_reasons, RejectionReason);
store::save!(rejection_reasons, RejectionReason, "It stands there already.", [name, kind]);
