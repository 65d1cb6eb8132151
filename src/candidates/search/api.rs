//! Searching over the API.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store;
use super::{Query, SearchSource};
use crate::access::Actor;
use crate::candidates::api::Candidate;
use crate::candidates::store as candidates;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::fields::Line;
use crate::http::{Ctx, Page, PageOf, PageRequest, Params};
use crate::ids::CandidateId;

/// With fewer hits than this, what is only near is shown too.
const FEW: usize = 5;
/// How many of those are shown at most.
const NEAR_MAX: usize = 10;

/// Somebody who was found, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateMatch {
    candidate: Candidate,
    /// What of the texts that you may read was found; never empty.
    matched: Vec<SearchSource>,
    /// Whether it is only near what was looked for, in the name or the contact points.
    is_near: bool,
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidateSearch {
    /// One to six words, or a phone number however it is typed. Each has to be found: a word by its beginning, one
    /// letter alone.
    #[param(value_type = String, min_length = 1, max_length = 200, example = "lovel")]
    q: Line<200>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(CandidateSearch);

/// Search for candidates
///
/// The candidates that you may read of whom every word is found in a name, a contact point, a tag, a note, or a file
/// that you may read. Case and accents make no difference. Those whose name alone has all of the words come first,
/// each group newest first. With fewer than five, those follow whose name or contact points are near what was typed.
#[utoipa::path(
    operation_id = "searchCandidates", tag = "candidates", params(CandidateSearch),
    responses((status = 200, description = "One page of hits.", body = PageOf<CandidateMatch>)),
)]
#[get("/candidate-matches")]
pub async fn search_candidates(
    ctx: Ctx,
    Params(search): Params<CandidateSearch>,
) -> Result<HttpResponse> {
    let refused =
        |sentence| Error::invalid_fields(vec![FieldError::query("q", "invalid_value", sentence)]);
    let query = Query::read(&search.q).map_err(refused)?;
    ctx.list(&search, move |conn, actor, page| {
        let hits = hits(conn, actor, &query, page)?;
        let near = near(conn, actor, &query, (page, &hits))?;
        let ids: Vec<CandidateId> = hits.iter().map(|(row, _)| row.id).collect();
        let mut sources = store::sources(conn, actor, &query, &ids)?;
        let (rows, found): (Vec<_>, Vec<_>) = near.into_iter().unzip();
        sources.extend(ids_of(&rows).into_iter().zip(found));
        let rows: Vec<_> = hits.into_iter().chain(rows).collect();
        let ids_of_hits: BTreeSet<CandidateId> = ids.into_iter().collect();
        let wire = |candidate: Candidate| {
            let id = candidate.id();
            let matched = sources.remove(&id).unwrap_or_default().into_iter().collect();
            let is_near = !ids_of_hits.contains(&id);
            (id.any(), CandidateMatch { candidate, matched, is_near })
        };
        let shown = Candidate::all(conn, actor, rows)?;
        Ok(Page::new(shown.into_iter().map(wire).collect()))
    })
    .await
}

type Row = (candidates::Candidate, candidates::Seen);

fn ids_of(rows: &[Row]) -> Vec<CandidateId> {
    rows.iter().map(|(row, _)| row.id).collect()
}

/// One page of what was found: by the name, and behind those by whatever else.
fn hits(conn: &mut Conn, actor: &Actor, query: &Query, page: &PageRequest) -> Result<Vec<Row>> {
    let among_names = match page.before {
        None => true,
        Some(before) => store::is_named(conn, actor, query, before)?,
    };
    let (mut rows, mut before) = (Vec::new(), page.before);
    if among_names {
        rows = store::by_name(conn, actor, query, (before, page.fetch()))?;
        before = None;
    }
    let room = page.fetch() - i64::try_from(rows.len()).map_err(Error::internal)?;
    if room > 0 {
        rows.extend(store::by_text(conn, actor, query, (before, room))?);
    }
    Ok(rows)
}

/// What is only near, where little else was found, and through what.
fn near(
    conn: &mut Conn,
    actor: &Actor,
    query: &Query,
    (page, hits): (&PageRequest, &[Row]),
) -> Result<Vec<(Row, BTreeSet<SearchSource>)>> {
    let size = usize::try_from(page.fetch() - 1).map_err(Error::internal)?;
    let room = size.saturating_sub(hits.len()).min(NEAR_MAX);
    if page.before.is_some() || hits.len() >= FEW || room == 0 {
        return Ok(Vec::new());
    }
    // Each of those that were found before may stand among them twice, and so may each of the others.
    let most = i64::try_from(2 * (room + hits.len())).map_err(Error::internal)?;
    let (mut order, mut found) =
        (Vec::new(), HashMap::<CandidateId, BTreeSet<SearchSource>>::new());
    for (id, source) in store::near(conn, actor, query, most)? {
        if !found.contains_key(&id) && !hits.iter().any(|(row, _)| row.id == id) {
            order.push(id);
        }
        found.entry(id).or_default().insert(source);
    }
    order.truncate(room);
    let rows = store::of_ids(conn, actor, &order)?;
    let mut rows: HashMap<CandidateId, Row> = rows.into_iter().map(|row| (row.0.id, row)).collect();
    let near = order.into_iter().filter_map(|id| rows.remove(&id));
    Ok(near
        .map(|row| (found.remove(&row.0.id).unwrap_or_default(), row))
        .map(|(a, b)| (b, a))
        .collect())
}
