//! The list of jobs over the API.

use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::{IntoParams, PartialSchema};

use super::JobSort;
use super::store::{self, Wanted};
use crate::access::visible_jobs;
use crate::clock::Instant;
use crate::error::Result;
use crate::http::fields::Line;
use crate::http::{Ctx, Listed, Many, Order, PageOf, Params, Row, Span, Sparse, names_in};
use crate::ids::{DepartmentId, LevelId, OfficeId, UserId};
use crate::jobs::JobState;
use crate::jobs::api::{Job, parts, views};

impl Row for Job {
    fn names() -> Vec<String> {
        names_in(&Self::schema())
    }
}

/// Which jobs, in which order, and what of them. Several values of a filter are separated by commas, at most
/// 50; one of them fits.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobFilter {
    /// Only those that stand here.
    #[param(value_type = Option<Vec<JobState>>, style = Form, explode = false, max_items = 50)]
    state: Option<Many<JobState>>,
    /// Only those of these departments themselves, not of the ones below them.
    #[param(value_type = Option<Vec<DepartmentId>>, style = Form, explode = false, max_items = 50)]
    department_id: Option<Many<DepartmentId>>,
    /// Only those that hire for these offices.
    #[param(value_type = Option<Vec<OfficeId>>, style = Form, explode = false, max_items = 50)]
    office_id: Option<Many<OfficeId>>,
    /// Only those that hire for these rungs.
    #[param(value_type = Option<Vec<LevelId>>, style = Form, explode = false, max_items = 50)]
    level_id: Option<Many<LevelId>>,
    /// Only those on whose hiring team one of these people is.
    #[param(value_type = Option<Vec<UserId>>, style = Form, explode = false, max_items = 50)]
    hiring_team_user_id: Option<Many<UserId>>,
    /// Only those with this code.
    requisition_code: Option<Line<60>>,
    /// Only those drafted at this instant or later.
    #[serde(rename = "created_at[gte]")]
    created_from: Option<Instant>,
    /// Only those drafted before this instant.
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
    #[param(schema_with = Order::<JobSort>::schema)]
    sort: Option<Order<JobSort>>,
    /// The fields that are wanted of each job; the id is always there.
    #[param(schema_with = Sparse::<Job>::schema, style = Form, explode = false)]
    fields: Option<Sparse<Job>>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 1200)]
    cursor: Option<String>,
}

crate::paged!(JobFilter);

impl Listed for JobFilter {
    type Key = JobSort;

    fn sort(&self) -> Option<Order<JobSort>> {
        self.sort
    }

    fn bounded(&self) -> Option<JobSort> {
        let (created, updated) = self.spans();
        let updated = updated.is_bounded().then_some(JobSort::UpdatedAt);
        created.is_bounded().then_some(JobSort::CreatedAt).or(updated)
    }
}

impl JobFilter {
    fn spans(&self) -> (Span, Span) {
        let created = Span::new(self.created_from, self.created_until);
        (created, Span::new(self.updated_from, self.updated_until))
    }

    fn wanted(&self) -> Wanted {
        let (created, updated) = self.spans();
        Wanted {
            states: Many::of(self.state.as_ref()),
            departments: Many::of(self.department_id.as_ref()),
            offices: Many::of(self.office_id.as_ref()),
            levels: Many::of(self.level_id.as_ref()),
            members: Many::of(self.hiring_team_user_id.as_ref()),
            requisition_code: self.requisition_code.as_ref().map(Line::to_text),
            created,
            updated,
        }
    }
}

/// List jobs
///
/// The jobs that the caller may see, newest first unless `sort` says otherwise: all of them for owners,
/// administrators, recruiters and coordinators, and for everybody else those on whose hiring team they are.
#[utoipa::path(
    operation_id = "listJobs", tag = "jobs", params(JobFilter),
    responses((status = 200, description = "One page of jobs.", body = PageOf<Job>)),
)]
#[get("/jobs")]
pub async fn list_jobs(ctx: Ctx, Params(filter): Params<JobFilter>) -> Result<HttpResponse> {
    let wanted = filter.wanted();
    ctx.list_sorted(&filter, filter.fields.as_ref(), move |conn, actor, page| {
        let rows = store::list(conn, &wanted, visible_jobs(actor), parts(actor), page)?;
        let (places, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let shown = views(conn, rows)?.into_iter().map(|(_, job)| job);
        Ok(places.into_iter().zip(shown).collect())
    })
    .await
}
