//! Making the index anew from the tables.

use diesel::prelude::*;

use super::store;
use crate::access::Permit;
use crate::attachments::text;
use crate::candidates::notes::store as notes;
use crate::candidates::store as candidates;
use crate::candidates::tags::store as tags;
use crate::db::dialect::{Root, lock};
use crate::db::schema;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::ids::CandidateId;

/// How many candidates are indexed in one transaction.
const BATCH: i64 = 200;

/// Indexes a candidate anew: the name, the contact points, the tags, the notes, and the files as far as they were read.
///
/// # Errors
/// `not_found`, `database_unavailable`.
pub fn reindex(tx: &mut Tx<'_>, permit: &Permit, id: CandidateId) -> Result<()> {
    lock(tx.conn, Root::Candidate, id.any())?;
    store::clear(tx, permit, id)?;
    let row = candidates::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let points = candidates::contact_points(tx.conn, &[id])?.remove(&id).unwrap_or_default();
    let points: Vec<_> = points.iter().map(|point| (point.kind, point.value.as_str())).collect();
    store::index_candidate(tx, permit, (id, &row.name), &points)?;
    let named = tags::of(tx.conn, &[id])?.remove(&id).unwrap_or_default();
    let names: Vec<String> = named.into_iter().map(|(_, name)| name).collect();
    store::index_tags(tx, permit, id, &names)?;
    for note in notes::all_of(tx.conn, id)? {
        store::index_note(tx, permit, &note)?;
    }
    for (file, kind, says) in text::read_of(tx.conn, id)? {
        store::index_file(tx, permit, (id, file, kind), &says)?;
    }
    Ok(())
}

/// Indexes every candidate anew, some at a time, so that others write meanwhile. Returns how many there are.
///
/// # Errors
/// `database_unavailable`; what was indexed until then stays.
pub fn rebuild(db: &Db) -> Result<usize> {
    let (mut done, mut after) = (0, None::<CandidateId>);
    loop {
        let ids: Vec<CandidateId> = db.read_here(move |conn| {
            let mut next = schema::candidates::table.select(schema::candidates::id).into_boxed();
            if let Some(after) = after {
                next = next.filter(schema::candidates::id.gt(after));
            }
            Ok(next.order(schema::candidates::id).limit(BATCH).load(conn)?)
        })?;
        let Some(last) = ids.last().copied() else { return Ok(done) };
        done += ids.len();
        after = Some(last);
        db.write_here(&db.unit(), move |tx| {
            ids.iter().try_for_each(|id| reindex(tx, &Permit::for_system(*id), *id))
        })?;
    }
}
