//! The list of candidates over the API.

use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::{IntoParams, PartialSchema};

use super::CandidateSort;
use super::seen::{self as store, Wanted};
use crate::access::Actor;
use crate::candidates::api::Candidate;
use crate::candidates::store::{self as candidates, Seen};
use crate::candidates::{ContactKind, model};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::exports::{self, ListNoun};
use crate::http::fields::{Line, Zone};
use crate::http::{
    Ctx, Listed, Many, Order, PageOf, Params, Row, SortedPage, Span, Sparse, names_in,
};
use crate::ids::{SourceId, TagId};

impl Row for Candidate {
    fn names() -> Vec<String> {
        names_in(&Self::schema())
    }
}

/// Which candidates, in which order, and what of them. Several values of a filter are separated by commas, at
/// most 50; one of them fits.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidateFilter {
    /// Only those with this e-mail address, in upper or lower case.
    #[param(value_type = Option<String>, max_length = 254)]
    email: Option<Line<254>>,
    /// Only those with these tags.
    #[param(value_type = Option<Vec<TagId>>, style = Form, explode = false, max_items = 50)]
    tag_id: Option<Many<TagId>>,
    /// Only those with an application, among those that you may read, that came from there.
    #[param(value_type = Option<Vec<SourceId>>, style = Form, explode = false, max_items = 50)]
    source_id: Option<Many<SourceId>>,
    /// Only those in this IANA time zone.
    time_zone: Option<Zone>,
    /// Only those with an active application among those that you may read; `false` for those without one.
    has_active_application: Option<bool>,
    /// Only those recorded at this instant or later.
    #[serde(rename = "created_at[gte]")]
    created_from: Option<Instant>,
    /// Only those recorded before this instant.
    #[serde(rename = "created_at[lt]")]
    created_until: Option<Instant>,
    /// Only those that changed at this instant or later.
    #[serde(rename = "updated_at[gte]")]
    updated_from: Option<Instant>,
    /// Only those that did not change since this instant.
    #[serde(rename = "updated_at[lt]")]
    updated_until: Option<Instant>,
    /// The order, with `-` before it for descending. Without it the newest comes first; where one time is
    /// bounded, the greatest of that.
    #[param(schema_with = Order::<CandidateSort>::schema)]
    sort: Option<Order<CandidateSort>>,
    /// The fields that are wanted of each candidate; the id is always there.
    #[param(schema_with = Sparse::<Candidate>::schema, style = Form, explode = false)]
    fields: Option<Sparse<Candidate>>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 1200)]
    cursor: Option<String>,
}

crate::paged!(CandidateFilter);

impl Listed for CandidateFilter {
    type Key = CandidateSort;

    fn sort(&self) -> Option<Order<CandidateSort>> {
        self.sort
    }

    fn bounded(&self) -> Option<CandidateSort> {
        let (created, updated) = self.spans();
        let updated = updated.is_bounded().then_some(CandidateSort::UpdatedAt);
        created.is_bounded().then_some(CandidateSort::CreatedAt).or(updated)
    }
}

impl CandidateFilter {
    fn spans(&self) -> (Span, Span) {
        let created = Span::new(self.created_from, self.created_until);
        (created, Span::new(self.updated_from, self.updated_until))
    }

    pub(super) fn wanted(&self) -> Wanted {
        let (created, updated) = self.spans();
        Wanted {
            email_folded: self.email.as_ref().map(|email| model::fold(ContactKind::Email, email)),
            tags: Many::of(self.tag_id.as_ref()),
            sources: Many::of(self.source_id.as_ref()),
            time_zone: self.time_zone.as_ref().map(Zone::to_text),
            applying: self.has_active_application,
            created,
            updated,
        }
    }
}

/// List candidates
///
/// The candidates that you may read, newest first unless `sort` says otherwise. Contact points and tags are
/// there for those who recruit for a job that the person applied to; an e-mail address or a tag finds only
/// such candidates.
#[utoipa::path(
    operation_id = "listCandidates", tag = "candidates", params(CandidateFilter),
    responses((status = 200, description = "One page of candidates.", body = PageOf<Candidate>)),
)]
#[get("/candidates")]
pub async fn list_candidates(
    ctx: Ctx,
    Params(filter): Params<CandidateFilter>,
) -> Result<HttpResponse> {
    let wanted = filter.wanted();
    ctx.list_sorted(&filter, filter.fields.as_ref(), move |conn, actor, page| {
        let rows = store::list(conn, actor, &wanted, page)?;
        views(conn, actor, rows)
    })
    .await
}

/// Candidates as the reader may see them, in three statements.
pub(super) fn views(
    conn: &mut Conn,
    actor: &Actor,
    rows: SortedPage<(candidates::Candidate, Seen)>,
) -> Result<SortedPage<Candidate>> {
    let (places, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    Ok(places.into_iter().zip(Candidate::all(conn, actor, rows)?).collect())
}

/// Export candidates
///
/// The candidates that you may read, by the same filters and in the same order as the list, as CSV (RFC 4180)
/// with a row of names, streamed in parts of 500; addresses and tags are there where the list shows them, and
/// the organization's own fields are not. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe. A row is as it stands when its part is read: what comes in meanwhile is missing, and a row whose
/// key of sorting changes may come twice or not at all. Every export is itself recorded.
#[utoipa::path(
    operation_id = "exportCandidates", tag = "candidates", params(CandidateFilter),
    responses((status = 200, description = "The rows.", body = String, content_type = "text/csv")),
)]
#[get("/candidates/export")]
pub async fn export_candidates(
    ctx: Ctx,
    Params(filter): Params<CandidateFilter>,
) -> Result<HttpResponse> {
    exports::note(&ctx, ListNoun::Candidates).await?;
    let wanted = filter.wanted();
    ctx.csv("candidates", filter.order(), move |conn, actor, page| {
        let rows = store::list(conn, actor, &wanted, page)?;
        views(conn, actor, rows)
    })
    .await
}
