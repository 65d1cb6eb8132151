//! Queries on `candidates`, `contact_points`.

use diesel::prelude::*;

use super::ContactKind;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{candidates, contact_points};
use crate::db::types::Document;
use crate::ids::{CandidateId, ContactPointId};

/// A row of `candidates`: a person, once.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = candidates, treat_none_as_default_value = false)]
pub struct Candidate {
    pub id: CandidateId,
    pub name: String,
    pub location: Option<String>,
    pub time_zone: Option<String>,
    pub locale: Option<String>,
    pub custom: Document,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `contact_points`: an e-mail address, phone or link of a candidate.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contact_points, treat_none_as_default_value = false)]
pub struct ContactPoint {
    pub id: ContactPointId,
    pub candidate_id: CandidateId,
    pub position: i32,
    pub kind: ContactKind,
    pub value: String,
    pub value_folded: String,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: CandidateId) -> QueryResult<Option<Candidate>> {
    candidates::table.find(id).first(conn).optional()
}
