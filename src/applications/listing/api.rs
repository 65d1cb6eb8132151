//! The list of applications over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::expand::{self, ExpandedCandidate, ExpandedJob, ExpandedOwner, ExpandedStage};
use super::seen::{self as store, Wanted};
use super::{ApplicationExpansion, ApplicationSort};
use crate::applications::ApplicationStatus;
use crate::applications::api::Application;
use crate::clock::Instant;
use crate::error::Result;
use crate::exports::{self, ListNoun};
use crate::http::{Ctx, Listed, Many, Order, PageOf, Params, Row, Span, Sparse, names_in};
use crate::ids::{
    CandidateId, DepartmentId, JobId, OfficeId, RejectionReasonId, SourceId, StageId, TagId, UserId,
};
use crate::pipelines::StageKind;

/// An application in a list, with what was asked for by `expand`. What you may not read is `null` where it
/// was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedApplication {
    #[serde(flatten)]
    pub(super) application: Application,
    /// The candidate, where `expand` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ExpandedCandidate>)]
    pub(super) candidate: Option<Option<ExpandedCandidate>>,
    /// The job, where `expand` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ExpandedJob>)]
    pub(super) job: Option<Option<ExpandedJob>>,
    /// The stage, where `expand` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ExpandedStage>)]
    pub(super) stage: Option<Option<ExpandedStage>>,
    /// Who looks after it, where `expand` names it; `null` also where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ExpandedOwner>)]
    pub(super) owner: Option<Option<ExpandedOwner>>,
}

impl Row for ListedApplication {
    fn names() -> Vec<String> {
        let schema: RefOr<Schema> = Application::schema();
        names_in(&schema)
    }
}

/// Which applications, in which order, and what of them. Several values of a filter are separated by commas,
/// at most 50; one of them fits.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilter {
    /// Only those for these jobs.
    #[param(value_type = Option<Vec<JobId>>, style = Form, explode = false, max_items = 50)]
    job_id: Option<Many<JobId>>,
    /// Only those of these candidates.
    #[param(value_type = Option<Vec<CandidateId>>, style = Form, explode = false, max_items = 50)]
    candidate_id: Option<Many<CandidateId>>,
    /// Only those that stand, or ended, in these stages.
    #[param(value_type = Option<Vec<StageId>>, style = Form, explode = false, max_items = 50)]
    stage_id: Option<Many<StageId>>,
    /// Only those that stand, or ended, in stages of these kinds.
    #[param(value_type = Option<Vec<StageKind>>, style = Form, explode = false, max_items = 50)]
    stage_kind: Option<Many<StageKind>>,
    /// Only those with this status.
    #[param(value_type = Option<Vec<ApplicationStatus>>, style = Form, explode = false, max_items = 50)]
    status: Option<Many<ApplicationStatus>>,
    /// Only those that these people look after.
    #[param(value_type = Option<Vec<UserId>>, style = Form, explode = false, max_items = 50)]
    owner_id: Option<Many<UserId>>,
    /// Only those that came from there.
    #[param(value_type = Option<Vec<SourceId>>, style = Form, explode = false, max_items = 50)]
    source_id: Option<Many<SourceId>>,
    /// Only those rejected for these reasons, of which you are shown why.
    #[param(value_type = Option<Vec<RejectionReasonId>>, style = Form, explode = false, max_items = 50)]
    rejection_reason_id: Option<Many<RejectionReasonId>>,
    /// Only those of candidates with these tags, of which you are shown the tags.
    #[param(value_type = Option<Vec<TagId>>, style = Form, explode = false, max_items = 50)]
    tag_id: Option<Many<TagId>>,
    /// Only those for jobs of these departments themselves, not of the ones below them.
    #[param(value_type = Option<Vec<DepartmentId>>, style = Form, explode = false, max_items = 50)]
    department_id: Option<Many<DepartmentId>>,
    /// Only those for jobs that hire for these offices.
    #[param(value_type = Option<Vec<OfficeId>>, style = Form, explode = false, max_items = 50)]
    office_id: Option<Many<OfficeId>>,
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
    /// Only those whose candidate applied at this instant or later.
    #[serde(rename = "applied_at[gte]")]
    applied_from: Option<Instant>,
    /// Only those whose candidate applied before this instant.
    #[serde(rename = "applied_at[lt]")]
    applied_until: Option<Instant>,
    /// Only those that entered their stage at this instant or later.
    #[serde(rename = "stage_entered_at[gte]")]
    stage_entered_from: Option<Instant>,
    /// Only those that entered their stage before this instant.
    #[serde(rename = "stage_entered_at[lt]")]
    stage_entered_until: Option<Instant>,
    /// The order, with `-` before it for descending. Without it the newest comes first; where one time is
    /// bounded, the greatest of that.
    #[param(schema_with = Order::<ApplicationSort>::schema)]
    sort: Option<Order<ApplicationSort>>,
    /// What is shown with each application instead of its id alone.
    #[param(value_type = Option<Vec<ApplicationExpansion>>, style = Form, explode = false, max_items = 4)]
    expand: Option<Many<ApplicationExpansion>>,
    /// The fields that are wanted of each application; the id is always there.
    #[param(schema_with = Sparse::<ListedApplication>::schema, style = Form, explode = false)]
    fields: Option<Sparse<ListedApplication>>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ApplicationFilter);

impl Listed for ApplicationFilter {
    type Key = ApplicationSort;

    fn sort(&self) -> Option<Order<ApplicationSort>> {
        self.sort
    }

    fn bounded(&self) -> Option<ApplicationSort> {
        let wanted = self.spans();
        let bounded = [
            (wanted.created, ApplicationSort::CreatedAt),
            (wanted.updated, ApplicationSort::UpdatedAt),
            (wanted.applied, ApplicationSort::AppliedAt),
            (wanted.stage_entered, ApplicationSort::StageEnteredAt),
        ];
        bounded.into_iter().find(|(span, _)| span.is_bounded()).map(|(_, key)| key)
    }
}

impl ApplicationFilter {
    fn spans(&self) -> Wanted {
        Wanted {
            created: Span::new(self.created_from, self.created_until),
            updated: Span::new(self.updated_from, self.updated_until),
            applied: Span::new(self.applied_from, self.applied_until),
            stage_entered: Span::new(self.stage_entered_from, self.stage_entered_until),
            ..Wanted::default()
        }
    }

    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            jobs: Many::of(self.job_id.as_ref()),
            candidates: Many::of(self.candidate_id.as_ref()),
            stages: Many::of(self.stage_id.as_ref()),
            stage_kinds: Many::of(self.stage_kind.as_ref()),
            statuses: Many::of(self.status.as_ref()),
            owners: Many::of(self.owner_id.as_ref()),
            sources: Many::of(self.source_id.as_ref()),
            rejection_reasons: Many::of(self.rejection_reason_id.as_ref()),
            tags: Many::of(self.tag_id.as_ref()),
            departments: Many::of(self.department_id.as_ref()),
            offices: Many::of(self.office_id.as_ref()),
            ..self.spans()
        }
    }
}

/// List applications
///
/// The applications that you may read, newest first unless `sort` says otherwise, each with the names of its
/// candidate, job and stage.
#[utoipa::path(
    operation_id = "listApplications", tag = "applications", params(ApplicationFilter),
    responses((
        status = 200, description = "One page of applications.", body = PageOf<ListedApplication>,
    )),
)]
#[get("/applications")]
pub async fn list_applications(
    ctx: Ctx,
    Params(filter): Params<ApplicationFilter>,
) -> Result<HttpResponse> {
    let (wanted, expansions) = (filter.wanted(), Many::of(filter.expand.as_ref()));
    ctx.list_sorted(&filter, filter.fields.as_ref(), move |conn, actor, page| {
        let rows = store::list(conn, actor, &wanted, page)?;
        expand::expanded(conn, actor, &expansions, rows)
    })
    .await
}

/// Export applications
///
/// The applications that you may read, by the same filters and in the same order as the list, as CSV (RFC 4180)
/// with a row of names, streamed in parts of 500. A cell that a spreadsheet would take for a formula begins with
/// an apostrophe. A row is as it stands when its part is read: what comes in meanwhile is missing, and a row
/// whose key of sorting changes may come twice or not at all. Every export is itself recorded.
#[utoipa::path(
    operation_id = "exportApplications", tag = "applications", params(ApplicationFilter),
    responses((status = 200, description = "The rows.", body = String, content_type = "text/csv")),
)]
#[get("/applications/export")]
pub async fn export_applications(
    ctx: Ctx,
    Params(filter): Params<ApplicationFilter>,
) -> Result<HttpResponse> {
    exports::note(&ctx, ListNoun::Applications).await?;
    let wanted = filter.wanted();
    ctx.csv("applications", filter.order(), move |conn, actor, page| {
        let rows = store::list(conn, actor, &wanted, page)?.into_iter();
        Ok(rows.map(|(place, row)| (place, Application::from(row))).collect())
    })
    .await
}
