//! Queries of the list of candidates.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::CandidateSort;
use crate::access::{
    Action, Actor, Condition, Reach, contactable_candidates, offered_candidates,
    readable_applications, visible_candidates,
};
use crate::applications::ApplicationStatus;
use crate::candidates::ContactKind;
use crate::candidates::store::{Candidate, Seen};
use crate::candidates::tags::store::tagged;
use crate::clock::Instant;
use crate::db::schema::{applications, candidates, contact_points};
use crate::db::types::lower;
use crate::db::{Conn, MultiBackend};
use crate::http::{Place, SortValue, SortedPage, SortedRequest, Span};
use crate::ids::{SourceId, TagId};
use crate::{keyset, within};

/// Which candidates a list shows; an empty filter shows all.
#[derive(Debug, Clone, Default)]
pub(in crate::candidates) struct Wanted {
    /// Only those with this folded e-mail address.
    pub(super) email_folded: Option<String>,
    pub(super) tags: Vec<TagId>,
    pub(super) sources: Vec<SourceId>,
    pub(super) time_zone: Option<String>,
    /// Only those with an active application, or only those without one.
    pub(super) applying: Option<bool>,
    pub(super) created: Span,
    pub(super) updated: Span,
}

/// The candidates that have this e-mail address.
#[diesel::dsl::auto_type]
fn having(folded: String) -> _ {
    let kind: ContactKind = ContactKind::Email;
    contact_points::table
        .filter(contact_points::kind.eq(kind))
        .filter(contact_points::value_folded.eq(folded))
        .select(contact_points::candidate_id)
}

/// The applications of a candidate of the outer query that came from one of these sources.
#[diesel::dsl::auto_type]
fn coming_from(sources: Vec<SourceId>) -> _ {
    applications::table
        .filter(applications::candidate_id.eq(candidates::id))
        .filter(applications::source_id.is_not_null())
        .filter(applications::source_id.assume_not_null().eq_any(sources))
}

/// The active applications of a candidate of the outer query.
#[diesel::dsl::auto_type]
fn running() -> _ {
    let active: ApplicationStatus = ApplicationStatus::Active;
    applications::table
        .filter(applications::candidate_id.eq(candidates::id))
        .filter(applications::status.eq(active))
}

type Columns = (
    <candidates::table as Table>::AllColumns,
    (Condition<candidates::table>, Condition<candidates::table>),
);
type Query<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::Select<candidates::table, Columns>, MultiBackend>;

/// One page, each with what else the reader may see of it. An address or a tag finds only candidates whose
/// contact points the reader may see: the answer would tell.
pub(in crate::candidates) fn list(
    conn: &mut Conn,
    reader: &Actor,
    wanted: &Wanted,
    page: &SortedRequest<CandidateSort>,
) -> QueryResult<SortedPage<(Candidate, Seen)>> {
    // An agency reaches whom it brought in, and still does not learn what recruiting notes.
    if reader.agency_id.is_some() && !wanted.tags.is_empty() {
        return Ok(Vec::new());
    }
    let seen = (contactable_candidates(reader), offered_candidates(reader));
    let query = candidates::table
        .select((candidates::all_columns, seen))
        .filter(visible_candidates(reader))
        .into_boxed();
    let query = by_fields(by_applications(query, reader, wanted), reader, wanted);
    let rows: Vec<(Candidate, Seen)> = sorted(query, page).limit(page.fetch()).load(conn)?;
    Ok(rows.into_iter().map(|row| (place(&row.0, page), row)).collect())
}

fn by_fields<'a>(mut query: Query<'a>, reader: &Actor, wanted: &Wanted) -> Query<'a> {
    if let Some(folded) = &wanted.email_folded {
        query = query.filter(candidates::id.eq_any(having(folded.clone())));
    }
    if !wanted.tags.is_empty() {
        query = query.filter(candidates::id.eq_any(tagged(wanted.tags.clone())));
    }
    if wanted.email_folded.is_some() || !wanted.tags.is_empty() {
        query = query.filter(contactable_candidates(reader));
    }
    if let Some(zone) = &wanted.time_zone {
        query = query.filter(candidates::time_zone.eq(zone.clone()));
    }
    let query = within!(query, candidates::created_at, wanted.created);
    within!(query, candidates::updated_at, wanted.updated)
}

/// Filters by what the reader may know of applications.
fn by_applications<'a>(mut query: Query<'a>, reader: &Actor, wanted: &Wanted) -> Query<'a> {
    let readable = || readable_applications(Reach::of(reader, Action::ReadApplication));
    if !wanted.sources.is_empty() {
        query = query.filter(exists(coming_from(wanted.sources.clone()).filter(readable())));
    }
    match wanted.applying {
        None => query,
        Some(true) => query.filter(exists(running().filter(readable()))),
        Some(false) => query.filter(not(exists(running().filter(readable())))),
    }
}

fn sorted<'a>(query: Query<'a>, page: &'a SortedRequest<CandidateSort>) -> Query<'a> {
    let Some(order) = page.order else {
        let query = match page.before() {
            Some(before) => query.filter(candidates::id.lt(before)),
            None => query,
        };
        return query.order(candidates::id.desc());
    };
    let (descending, after) = (order.descending, page.after_time());
    let same = |key: Instant| key;
    match order.key {
        CandidateSort::CreatedAt => {
            keyset!(query, (candidates::created_at, candidates::id), descending, after, same)
        }
        CandidateSort::UpdatedAt => {
            keyset!(query, (candidates::updated_at, candidates::id), descending, after, same)
        }
        CandidateSort::Name => {
            let (after, folded) = (page.after_text(), |key: &'a str| lower(key));
            keyset!(query, (lower(candidates::name), candidates::id), descending, after, folded)
        }
    }
}

/// Where a row stands in the list.
fn place(row: &Candidate, page: &SortedRequest<CandidateSort>) -> Place {
    let value = match page.order.map(|order| order.key) {
        None => SortValue::Id,
        Some(CandidateSort::CreatedAt) => SortValue::Time(row.created_at),
        Some(CandidateSort::UpdatedAt) => SortValue::Time(row.updated_at),
        Some(CandidateSort::Name) => SortValue::Text(row.name.clone()),
    };
    Place { value, id: row.id.any() }
}
