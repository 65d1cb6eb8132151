//! Queries on `external_refs`.

use diesel::prelude::*;

use crate::access::{Permit, Subject};
use crate::clock::Instant;
use crate::db::schema::external_refs;
use crate::db::{Conn, Tx};
use crate::error::{Code, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{AnyId, ExternalRefId};

/// A row of `external_refs`: what another system calls a thing here.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = external_refs, treat_none_as_default_value = false)]
pub struct ExternalRef {
    pub id: ExternalRefId,
    pub system: String,
    pub kind: String,
    pub external_id: String,
    pub noun: String,
    pub subject_id: AnyId,
    pub created_at: Instant,
}

/// What a system calls by this id.
pub fn find_by_external(
    conn: &mut Conn,
    system: &str,
    kind: &str,
    external_id: &str,
) -> QueryResult<Option<ExternalRef>> {
    external_refs::table
        .filter(external_refs::system.eq(system))
        .filter(external_refs::kind.eq(kind))
        .filter(external_refs::external_id.eq(external_id))
        .first(conn)
        .optional()
}

/// Everything that a system calls something here, oldest first, at most so many behind one of them.
pub fn after(
    conn: &mut Conn,
    system: &str,
    after: Option<ExternalRefId>,
    limit: i64,
) -> QueryResult<Vec<ExternalRef>> {
    let mut query = external_refs::table.filter(external_refs::system.eq(system.to_owned())).into_boxed();
    if let Some(after) = after {
        query = query.filter(external_refs::id.gt(after));
    }
    query.order(external_refs::id).limit(limit).load(conn)
}

/// Which references a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of this system.
    pub system: Option<String>,
    /// Only those to records of this kind.
    pub kind: Option<String>,
    /// Only those to this record.
    pub external_id: Option<String>,
}

/// One page, newest first.
pub fn list(conn: &mut Conn, wanted: Wanted, page: &PageRequest) -> QueryResult<Vec<ExternalRef>> {
    let mut query = external_refs::table.into_boxed();
    if let Some(system) = wanted.system {
        query = query.filter(external_refs::system.eq(system));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(external_refs::kind.eq(kind));
    }
    if let Some(external_id) = wanted.external_id {
        query = query.filter(external_refs::external_id.eq(external_id));
    }
    if let Some(before) = page.before {
        query = query.filter(external_refs::id.lt(before));
    }
    query.order(external_refs::id.desc()).limit(page.fetch()).load(conn)
}

/// Keeps what a system calls a thing here: the permit's subject, or what it extends to.
///
/// # Errors
/// `already_exists` when the system's id stands for something already.
pub fn insert(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    (system, kind, external_id): (&str, &str, &str),
    subject: Subject,
) -> Result<ExternalRefId> {
    let (id, created_at) = (tx.id(), tx.now());
    let row = ExternalRef {
        id,
        system: system.to_owned(),
        kind: kind.to_owned(),
        external_id: external_id.to_owned(),
        noun: subject.noun.to_owned(),
        subject_id: subject.id,
        created_at,
    };
    diesel::insert_into(external_refs::table)
        .values(&row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "The external id stands for something already.")?;
    Ok(id)
}
