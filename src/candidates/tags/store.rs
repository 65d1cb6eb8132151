//! Queries on `candidate_tags`.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::Permit;
use crate::candidates::search;
use crate::clock::Instant;
use crate::db::schema::{candidate_tags, tags};
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::Result;
use crate::ids::{CandidateId, CandidateTagId, TagId};

/// A row of `candidate_tags`: a tag on a candidate.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = candidate_tags)]
struct CandidateTag {
    id: CandidateTagId,
    candidate_id: CandidateId,
    tag_id: TagId,
    created_at: Instant,
}

/// The tags of some candidates, each list by name.
pub fn of(
    conn: &mut Conn,
    ids: &[CandidateId],
) -> QueryResult<HashMap<CandidateId, Vec<(TagId, String)>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(CandidateId, TagId, String)> = candidate_tags::table
        .inner_join(tags::table.on(tags::id.eq(candidate_tags::tag_id)))
        .filter(candidate_tags::candidate_id.eq_any(ids.iter().copied()))
        .order((tags::name_folded, tags::id))
        .select((candidate_tags::candidate_id, tags::id, tags::name))
        .load(conn)?;
    let mut tags: HashMap<CandidateId, Vec<(TagId, String)>> = HashMap::new();
    for (candidate_id, tag_id, name) in rows {
        tags.entry(candidate_id).or_default().push((tag_id, name));
    }
    Ok(tags)
}

/// The candidates with one of these tags.
#[diesel::dsl::auto_type]
pub fn tagged(tags: Vec<TagId>) -> _ {
    candidate_tags::table
        .filter(candidate_tags::tag_id.eq_any(tags))
        .select(candidate_tags::candidate_id)
}

/// Gives a candidate these tags in place of the ones before.
pub fn replace(
    tx: &mut Tx<'_>,
    permit: &Permit,
    candidate_id: CandidateId,
    tag_ids: &[TagId],
) -> Result<()> {
    let before = candidate_tags::table.filter(candidate_tags::candidate_id.eq(candidate_id));
    diesel::delete(before).execute(tx.conn)?;
    let created_at = tx.now();
    let rows: Vec<CandidateTag> = tag_ids
        .iter()
        .map(|&tag_id| CandidateTag { id: tx.id(), candidate_id, tag_id, created_at })
        .collect();
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(candidate_tags::table).values(&rows).execute(c))?;
    }
    index(tx, permit, &[candidate_id])
}

/// How many candidates of a tag are indexed at a time.
const BATCH: i64 = 500;

/// Indexes the tags of everybody who has one, after its name changed.
pub fn index_having(tx: &mut Tx<'_>, permit: &Permit, tag_id: TagId) -> Result<()> {
    let mut after = None::<CandidateId>;
    loop {
        let mut next = tagged(vec![tag_id]).into_boxed();
        if let Some(after) = after {
            next = next.filter(candidate_tags::candidate_id.gt(after));
        }
        let ids: Vec<CandidateId> =
            next.order(candidate_tags::candidate_id).limit(BATCH).load(tx.conn)?;
        let Some(last) = ids.last().copied() else { return Ok(()) };
        after = Some(last);
        index(tx, permit, &ids)?;
    }
}

fn index(tx: &mut Tx<'_>, permit: &Permit, ids: &[CandidateId]) -> Result<()> {
    let mut named = of(tx.conn, ids)?;
    for id in ids {
        let names = named.remove(id).unwrap_or_default().into_iter().map(|(_, name)| name);
        search::index_tags(tx, permit, *id, &names.collect::<Vec<_>>())?;
    }
    Ok(())
}

diesel::alias!(candidate_tags as other_tags: OtherTags);

/// Puts one tag in the place of another on everybody who has that one.
pub fn replace_everywhere(
    tx: &mut Tx<'_>,
    permit: &Permit,
    tag_id: TagId,
    by: TagId,
) -> Result<()> {
    let have_both = other_tags
        .filter(other_tags.field(candidate_tags::tag_id).eq(by))
        .select(other_tags.field(candidate_tags::candidate_id));
    let doubled = candidate_tags::table
        .filter(candidate_tags::tag_id.eq(tag_id))
        .filter(candidate_tags::candidate_id.eq_any(have_both));
    diesel::delete(doubled).execute(tx.conn)?;
    diesel::update(candidate_tags::table.filter(candidate_tags::tag_id.eq(tag_id)))
        .set(candidate_tags::tag_id.eq(by))
        .execute(tx.conn)?;
    index_having(tx, permit, by)
}
