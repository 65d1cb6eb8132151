//! Queries on `rejection_reasons`.

use diesel::prelude::*;

use super::ReasonKind;
use crate::clock::Instant;
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

store::find!(rejection_reasons, RejectionReason, RejectionReasonId);
store::list!(rejection_reasons, RejectionReason);
store::save!(rejection_reasons, RejectionReason, "It stands there already.", [name, kind]);
