//! External references over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store;
use crate::access::{Action, require_everywhere};
use crate::clock::Instant;
use crate::error::Result;
use crate::http::fields::Line;
use crate::http::{Ctx, Page, PageOf, Params};
use crate::ids::ExternalRefId;

/// What another system calls a thing here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalRef {
    id: ExternalRefId,
    /// The other system.
    #[schema(example = "lever")]
    system: String,
    /// What the other system calls records of the kind.
    #[schema(example = "opportunity")]
    kind: String,
    /// The other system's id.
    #[schema(example = "250d8f03-738a-4bba-a671-8a3d73477145")]
    external_id: String,
    /// What it is here.
    #[schema(example = "application")]
    noun: String,
    /// Which one it is here.
    #[schema(example = "app_01jbta35xverpjk0000000000j")]
    subject_id: String,
    created_at: Instant,
}

impl From<store::ExternalRef> for ExternalRef {
    fn from(row: store::ExternalRef) -> Self {
        let store::ExternalRef { id, system, kind, external_id, noun, subject_id, created_at } =
            row;
        let subject_id = subject_id.shown_as(&noun);
        Self { id, system, kind, external_id, noun, subject_id, created_at }
    }
}

/// Which external references.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExternalRefFilter {
    /// Only those of this system.
    system: Option<Line<60>>,
    /// Only those to records of this kind.
    kind: Option<Line<60>>,
    /// Only those to this record.
    external_id: Option<Line<200>>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ExternalRefFilter);

/// List external references
///
/// What other systems call things here, newest first: how a record of an imported account is found
/// again.
#[utoipa::path(
    operation_id = "listExternalRefs", tag = "imports", params(ExternalRefFilter),
    responses((status = 200, description = "One page of references.", body = PageOf<ExternalRef>)),
)]
#[get("/external-refs")]
pub async fn list_external_refs(
    ctx: Ctx,
    Params(filter): Params<ExternalRefFilter>,
) -> Result<HttpResponse> {
    let wanted = store::Wanted {
        system: filter.system.as_ref().map(crate::http::fields::Line::to_text),
        kind: filter.kind.as_ref().map(crate::http::fields::Line::to_text),
        external_id: filter.external_id.as_ref().map(crate::http::fields::Line::to_text),
    };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadExternalRefs)?;
        let rows = store::list(conn, wanted, page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.id.any(), ExternalRef::from(row))).collect()))
    })
    .await
}
