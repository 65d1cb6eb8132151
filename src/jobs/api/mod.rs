//! Jobs over the API.

pub mod life;

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{Headcount, JobState, commands, store};
use crate::access::{Action, Actor, on_job, visible_jobs};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Prose, double_option, maybe_whole};
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{ApprovalChainId, DepartmentId, JobId, LevelId, OfficeId, PayBandId, kinds};
use crate::organization::field_definitions::values::Fields;
use crate::organization::field_definitions::{Custom, FieldNoun};
use crate::organization::pay_bands::{self, api::PayBand};
use crate::pipelines::api::NewStage;

/// A role being hired for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    id: JobId,
    #[schema(example = "Senior backend engineer")]
    title: String,
    state: JobState,
    /// Whose it is.
    department_id: Option<DepartmentId>,
    /// Where it hires for.
    office_ids: Vec<OfficeId>,
    /// The rung that it hires for.
    level_id: Option<LevelId>,
    /// What it pays; also null for those who may not see it.
    pay_band_id: Option<PayBandId>,
    /// The pay band itself, for those who decide on pay; null for everybody else. Offers are measured by
    /// the band in force of the same level, zone, currency and period.
    pay_band: Option<PayBand>,
    /// Who approves its offers.
    approval_chain_id: Option<ApprovalChainId>,
    /// Where the work is.
    #[schema(example = "Remote, UTC-1 to UTC+3")]
    location: Option<String>,
    /// What it is about.
    description: Option<String>,
    /// The organization's own code for it.
    #[schema(example = "ENG-42")]
    requisition_code: Option<String>,
    headcount: Headcount,
    /// Whether it exists only for its hiring team, whatever roles others have in the organization.
    confidential: bool,
    custom: Custom,
    /// When it was opened.
    opened_at: Option<Instant>,
    /// When it was closed.
    closed_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// A job to draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateJob {
    pub(crate) title: Line<200>,
    /// Whose it is.
    pub(crate) department_id: Option<DepartmentId>,
    /// Where it hires for; nowhere in particular when it is absent.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub(crate) office_ids: Vec<OfficeId>,
    /// The rung that it hires for.
    pub(crate) level_id: Option<LevelId>,
    /// What it pays.
    pub(crate) pay_band_id: Option<PayBandId>,
    /// Who approves its offers.
    pub(crate) approval_chain_id: Option<ApprovalChainId>,
    /// Where the work is.
    pub(crate) location: Option<Line<200>>,
    /// What it is about.
    pub(crate) description: Option<Prose<20000>>,
    /// The organization's own code for it.
    pub(crate) requisition_code: Option<Line<60>>,
    /// Whether the number of hires is limited; it is when this is absent.
    pub(crate) headcount: Option<Headcount>,
    /// Whether it exists only for its hiring team, which you then join as a recruiter.
    pub(crate) confidential: Option<bool>,
    /// How many openings to begin with; none when it is absent.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub(crate) openings: Option<i32>,
    /// The pipeline in order; review, screen, onsite and offer when it is absent.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    pub(crate) stages: Option<Vec<NewStage>>,
    #[serde(default)]
    pub(crate) custom: Custom,
}

/// What to change; absent fields stay, `null` clears.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateJob {
    pub(crate) title: Option<Line<200>>,
    /// Whose it is.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<DepartmentId>)]
    pub(crate) department_id: Option<Option<DepartmentId>>,
    /// Where it hires for, in place of the offices before.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub(crate) office_ids: Option<Vec<OfficeId>>,
    /// The rung that it hires for.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<LevelId>)]
    pub(crate) level_id: Option<Option<LevelId>>,
    /// What it pays.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<PayBandId>)]
    pub(crate) pay_band_id: Option<Option<PayBandId>>,
    /// Who approves its offers.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<ApprovalChainId>)]
    pub(crate) approval_chain_id: Option<Option<ApprovalChainId>>,
    /// Where the work is.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Line<200>>)]
    pub(crate) location: Option<Option<Line<200>>>,
    /// What it is about.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Prose<20000>>)]
    pub(crate) description: Option<Option<Prose<20000>>>,
    /// The organization's own code for it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Line<60>>)]
    pub(crate) requisition_code: Option<Option<Line<60>>>,
    /// Whether the number of hires is limited.
    pub(crate) headcount: Option<Headcount>,
    /// Whether it exists only for its hiring team, which you then join as a recruiter.
    pub(crate) confidential: Option<bool>,
    #[serde(default)]
    pub(crate) custom: Custom,
}

/// Create a job
///
/// Drafts a job with its pipeline and openings. Nobody applies to it before it is published.
#[utoipa::path(
    operation_id = "createJob", tag = "jobs", request_body = CreateJob,
    responses((status = 201, description = "The job.", body = Job)),
)]
#[post("/jobs")]
pub async fn create_job(ctx: Ctx, body: Body<CreateJob>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "jobs", show).await
}

/// Get a job
///
/// One job. What it pays is shown to those who decide on it.
#[utoipa::path(
    operation_id = "getJob", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The job.", body = Job)),
)]
#[get("/jobs/{id}")]
pub async fn get_job(ctx: Ctx, PathId(id): PathId<kinds::Job>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a job
///
/// Merge patch: absent fields stay, `null` clears.
#[utoipa::path(
    operation_id = "updateJob", tag = "jobs", request_body = UpdateJob,
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The job as it is now.", body = Job)),
)]
#[patch("/jobs/{id}")]
pub async fn update_job(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    body: Body<UpdateJob>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: JobId) -> Result<Shown<Job>> {
    let row = store::find_seen(conn, id, visible_jobs(actor), parts(actor))?;
    let shown = views(conn, row.into_iter().collect())?.pop();
    let (version, value) = shown.ok_or_else(Error::not_found)?;
    Ok(Shown { version, value })
}

/// What of a job depends on who asks: what it pays, what was offered, and what recruiting keeps
/// to itself.
pub(super) fn parts(actor: &Actor) -> store::Parts {
    store::Parts {
        pay: on_job(actor, Action::ReadPayBands),
        manages: on_job(actor, Action::ManageJob),
        contacts: on_job(actor, Action::ReadContactPoints),
        offers: on_job(actor, Action::ReadOffer),
    }
}

/// Jobs with their versions, each with its pay band where the caller sees it.
pub(super) fn views(
    conn: &mut Conn,
    rows: Vec<(store::Job, store::Seen)>,
) -> Result<Vec<(i64, Job)>> {
    let seen = rows.iter().filter(|(_, seen)| seen.pay).filter_map(|(row, _)| row.pay_band_id);
    let bands = pay_bands::store::find_all(conn, &seen.collect::<Vec<_>>())?;
    let ids: Vec<JobId> = rows.iter().map(|(row, _)| row.id).collect();
    let mut offices = store::offices(conn, &ids)?;
    let fields = Fields::of(conn, FieldNoun::Job, rows.iter().map(|(row, _)| &row.custom))?;
    rows.into_iter()
        .map(|(row, seen)| {
            let custom = fields.shown(&row.custom, seen.into());
            let office_ids = offices.remove(&row.id).unwrap_or_default();
            let band = row.pay_band_id.filter(|_| seen.pay);
            let band = bands.iter().find(|known| Some(known.id) == band).cloned();
            Ok((row.version, Job::of(row, office_ids, custom, band.map(PayBand::of).transpose()?)))
        })
        .collect()
}

impl Job {
    fn of(
        row: store::Job,
        office_ids: Vec<OfficeId>,
        custom: Custom,
        pay_band: Option<PayBand>,
    ) -> Self {
        Self {
            id: row.id,
            title: row.title,
            state: row.state,
            department_id: row.department_id,
            office_ids,
            level_id: row.level_id,
            pay_band_id: row.pay_band_id.filter(|_| pay_band.is_some()),
            pay_band,
            approval_chain_id: row.approval_chain_id,
            location: row.location,
            description: row.description,
            requisition_code: row.requisition_code,
            headcount: row.headcount,
            confidential: row.confidential,
            custom,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
