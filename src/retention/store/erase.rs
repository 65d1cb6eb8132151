//! What erasure does, table by table, as the registry says.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Binary;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::dialect::{self, Root};
use crate::db::schema::{
    anonymizations, applications, attachments, candidates, debriefs, offers, prospects,
};
use crate::db::types::{DbTs, DbUuid};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{AnyId, CandidateId};
use crate::retention::registry::{Erased, SHELL, TABLES, Table, Way};

/// Empties, deletes and unlinks whatever the registry says of a candidate, who is locked. Their
/// applications, debriefs and offers are locked first, in the order of roots.
pub fn erase(tx: &mut Tx<'_>, permit: &Permit, id: CandidateId) -> Result<()> {
    lock_parts(tx.conn, id)?;
    let contents = contents(tx.conn, id)?;
    drop_undelivered(tx, permit, id)?;
    for table in TABLES {
        if table.is_deleted() {
            delete(tx, permit, id, table)?;
        } else {
            empty(tx, permit, id, table)?;
        }
    }
    remove_files(tx, permit, id, &contents)?;
    mark(tx, permit, id)
}

fn lock_parts(conn: &mut Conn, id: CandidateId) -> Result<()> {
    let of =
        || applications::table.filter(applications::candidate_id.eq(id)).select(applications::id);
    let parts: [(Root, Vec<AnyId>); 3] = [
        (Root::Application, of().order(applications::id).load(conn)?),
        (
            Root::Debrief,
            debriefs::table
                .filter(debriefs::application_id.eq_any(of()))
                .order(debriefs::id)
                .select(debriefs::id)
                .load(conn)?,
        ),
        (
            Root::Offer,
            offers::table
                .filter(offers::application_id.eq_any(of()))
                .order(offers::id)
                .select(offers::id)
                .load(conn)?,
        ),
    ];
    for (root, ids) in parts {
        for id in ids {
            dialect::lock(conn, root, id)?;
        }
    }
    Ok(())
}

/// What the files of a candidate hold, in the order in which contents are locked.
fn contents(conn: &mut Conn, id: CandidateId) -> QueryResult<Vec<Vec<u8>>> {
    attachments::table
        .filter(attachments::candidate_id.eq(id))
        .filter(attachments::sha256.is_not_null())
        .order(attachments::sha256)
        .select(attachments::sha256.assume_not_null())
        .distinct()
        .load(conn)
}

/// Deletes what was not sent yet, to them or about them.
fn drop_undelivered(tx: &mut Tx<'_>, _permit: &Permit, id: CandidateId) -> Result<()> {
    let statement = "DELETE FROM deliveries WHERE state IN ('pending', 'collected') \
        AND (candidate_id = $1 OR event_id IN (SELECT id FROM events WHERE candidate_id = $1))";
    sql_query(statement).bind::<DbUuid, _>(id.any()).execute(tx.conn)?;
    Ok(())
}

fn delete(tx: &mut Tx<'_>, _permit: &Permit, id: CandidateId, table: &Table) -> Result<()> {
    if table.way == Way::Content {
        // With the last file that has it; see below.
        return Ok(());
    }
    let statement = format!("DELETE FROM {} WHERE {}", table.name, table.way.condition());
    sql_query(statement).bind::<DbUuid, _>(id.any()).execute(tx.conn)?;
    Ok(())
}

/// What takes the place of a column; none where it stays, or goes in another way.
const fn emptied(erased: Erased) -> Option<&'static str> {
    match erased {
        Erased::Kept | Erased::Row | Erased::File | Erased::Shell => None,
        Erased::Null => Some("NULL"),
        Erased::Emptied => Some("''"),
        Erased::Object => Some("'{}'"),
    }
}

fn empty(tx: &mut Tx<'_>, _permit: &Permit, id: CandidateId, table: &Table) -> Result<()> {
    let columns = table.columns.iter();
    let changes: Vec<String> = columns
        .filter_map(|column| Some(format!("{} = {}", column.name, emptied(column.erased)?)))
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    let statement =
        format!("UPDATE {} SET {} WHERE {}", table.name, changes.join(", "), table.way.condition());
    sql_query(statement).bind::<DbUuid, _>(id.any()).execute(tx.conn)?;
    Ok(())
}

/// Removes the files, and what they hold where no other candidate's file has it.
fn remove_files(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: CandidateId,
    contents: &[Vec<u8>],
) -> Result<()> {
    for sha256 in contents {
        dialect::lock_content(tx.conn, sha256)?;
    }
    let there = "UPDATE attachments SET file_name = '', sha256 = NULL, removed_at = $1 \
        WHERE candidate_id = $2 AND removed_at IS NULL";
    // SQLite counts parameters as they come up.
    let now = tx.now();
    sql_query(there).bind::<DbTs, _>(now).bind::<DbUuid, _>(id.any()).execute(tx.conn)?;
    for sha256 in contents {
        let unused = "DELETE FROM attachment_contents WHERE sha256 = $1 \
            AND NOT EXISTS (SELECT 1 FROM attachments WHERE attachments.sha256 = $1)";
        sql_query(unused).bind::<Binary, _>(sha256).execute(tx.conn)?;
    }
    Ok(())
}

/// Leaves the shell: the name, the instant, and that what is shown of them changed.
fn mark(tx: &mut Tx<'_>, _permit: &Permit, id: CandidateId) -> Result<()> {
    let now = tx.now();
    diesel::update(candidates::table.find(id))
        .set((
            candidates::name.eq(SHELL),
            candidates::anonymized_at.eq(now),
            candidates::version.eq(candidates::version + 1),
            candidates::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    diesel::update(applications::table.filter(applications::candidate_id.eq(id)))
        .set((
            applications::version.eq(applications::version + 1),
            applications::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    let open = prospects::table
        .filter(prospects::candidate_id.eq(id))
        .filter(prospects::closed_at.is_null());
    diesel::update(open)
        .set((
            prospects::closed_at.eq(now),
            prospects::version.eq(prospects::version + 1),
            prospects::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Whether somebody was anonymized after whom the database was not rewritten yet.
pub fn unscrubbed(conn: &mut Conn) -> QueryResult<bool> {
    let open = anonymizations::table.filter(anonymizations::scrubbed_at.is_null());
    diesel::select(diesel::dsl::exists(open)).get_result(conn)
}

/// Notes that the database was rewritten after everybody who was anonymized before an instant.
pub fn mark_scrubbed(tx: &mut Tx<'_>, _permit: &Permit, before: Instant) -> Result<usize> {
    let now = tx.now();
    let open = anonymizations::table
        .filter(anonymizations::scrubbed_at.is_null())
        .filter(anonymizations::created_at.le(before));
    Ok(diesel::update(open).set(anonymizations::scrubbed_at.eq(now)).execute(tx.conn)?)
}
