//! Job posts as everybody reads them, without signing in.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::http::fields::{Country, Locale};
use crate::http::{Ctx, Open, Page, PageOf, Params, PathId, Shown};
use crate::ids::{DepartmentId, JobPostId, OfficeId, kinds};
use crate::jobs::eligibility::api::EligibilityQuery;
use crate::jobs::eligibility::model::{TimeZoneRule, ZoneEvaluation};
use crate::jobs::posts::model::{PostPay, PostQuestion, Workplace};
use crate::jobs::posts::store::{self, Public};

/// The department of a job, as everybody reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicDepartment {
    id: DepartmentId,
    #[schema(example = "Engineering")]
    name: String,
}

/// An office, as everybody reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicOffice {
    id: OfficeId,
    #[schema(example = "Berlin")]
    name: String,
    /// Its country: two letters of ISO 3166-1.
    #[schema(example = "DE")]
    country: String,
    /// Its IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
}

/// Where the work is done, and who may do it from where.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicLocation {
    workplace: Workplace,
    /// The office, of work onsite.
    office: Option<PublicOffice>,
    /// From which countries; from all of them when there is none.
    countries: Vec<Country>,
    /// From which time zones; from all of them when it is null.
    time_zones: Option<TimeZoneRule>,
}

/// A job post on a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicJobPostSummary {
    id: JobPostId,
    #[schema(example = "Senior backend engineer (remote)")]
    title: String,
    /// The language that it is written in (BCP 47).
    #[schema(example = "en-GB")]
    language: String,
    department: Option<PublicDepartment>,
    location: PublicLocation,
    pay_range: Option<PostPay>,
    /// When it was published last.
    published_at: Option<Instant>,
}

/// What whoever applies agrees to.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicConsent {
    text: String,
    /// What to send back as `consent.text_version`.
    #[schema(minimum = 1)]
    text_version: i32,
}

/// A job post with what whoever applies is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicJobPost {
    #[serde(flatten)]
    summary: PublicJobPostSummary,
    /// Markdown, as it was written; no HTML is to be taken from it.
    text: String,
    /// In order.
    questions: Vec<PostQuestion>,
    consent: PublicConsent,
}

/// What a post asks of a time zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicEligibility {
    job_post_id: JobPostId,
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    #[schema(example = 2026)]
    year: i32,
    /// What comes of its rule; null when it asks for no zone.
    evaluation: Option<ZoneEvaluation>,
}

impl PublicJobPostSummary {
    fn of(public: Public) -> Result<Self> {
        let Public { post, department, office } = public;
        let (location, pay_range) = (post.location()?, post.pay()?);
        let office = office.map(|(id, name, country, time_zone)| PublicOffice {
            id,
            name,
            country,
            time_zone,
        });
        Ok(Self {
            id: post.id,
            title: post.title,
            language: post.language,
            department: department.map(|(id, name)| PublicDepartment { id, name }),
            location: PublicLocation {
                workplace: location.workplace,
                office,
                countries: location.countries,
                time_zones: location.time_zones,
            },
            pay_range,
            published_at: post.published_at,
        })
    }
}

impl PublicJobPost {
    fn of(public: Public) -> Result<Self> {
        let questions = public.post.questions()?;
        let (text, consent) = (public.post.text.clone(), public.post.consent_text.clone());
        let consent = PublicConsent { text: consent, text_version: public.post.consent_version };
        Ok(Self { summary: PublicJobPostSummary::of(public)?, text, questions, consent })
    }
}

/// Which posts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicJobPostFilter {
    /// Only those of this department itself, not of the ones below it.
    department_id: Option<DepartmentId>,
    /// Only those at this office.
    office_id: Option<OfficeId>,
    /// Only those in this language.
    #[param(value_type = Option<String>, max_length = 35)]
    language: Option<Locale>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(PublicJobPostFilter);

/// List public job posts
///
/// The posts that everybody reads, newest first: those that are published, of jobs that are open. For a page with
/// open jobs; the answer may be kept, and is asked about by its `ETag`.
#[utoipa::path(
    operation_id = "listPublicJobPosts", tag = "jobs", params(PublicJobPostFilter), security(()),
    responses((status = 200, description = "One page of posts.", body = PageOf<PublicJobPostSummary>)),
)]
#[get("/public/job-posts")]
pub async fn list_public_job_posts(
    Open(ctx): Open,
    Params(filter): Params<PublicJobPostFilter>,
) -> Result<HttpResponse> {
    let request = ctx.page_of(&filter)?;
    let wanted = store::Wanted {
        id: None,
        department_id: filter.department_id,
        office_id: filter.office_id,
        language: filter.language.as_ref().map(Locale::to_text),
    };
    let rows = ctx.read_open(move |conn| Ok(store::public(conn, wanted, Some(&request))?)).await?;
    let shown = rows.into_iter().map(|row| Ok((row.post.id.any(), PublicJobPostSummary::of(row)?)));
    ctx.answer_everybody_with_page(&request, Page::new(shown.collect::<Result<_>>()?))
}

/// Get a public job post
///
/// One post with its text and what whoever applies is asked. The answer may be kept, and is asked about by its
/// `ETag`.
#[utoipa::path(
    operation_id = "getPublicJobPost", tag = "jobs", security(()),
    params(("id" = JobPostId, Path, description = "Which post.")),
    responses((status = 200, description = "The post.", body = PublicJobPost)),
)]
#[get("/public/job-posts/{id}")]
pub async fn get_public_job_post(
    Open(ctx): Open,
    PathId(id): PathId<kinds::JobPost>,
) -> Result<HttpResponse> {
    let public = find(&ctx, id).await?;
    let version = public.post.version;
    ctx.answer_everybody(Shown { version, value: PublicJobPost::of(public)? })
}

/// Explain whether one is eligible by time zone
///
/// Says whether somebody who lives in a time zone fits the rule of a post, and why, at the June and at the December
/// solstice. Whoever does not fit may apply all the same.
#[utoipa::path(
    operation_id = "explainPublicEligibility", tag = "jobs", security(()),
    params(("id" = JobPostId, Path, description = "Which post."), EligibilityQuery),
    responses((status = 200, description = "What comes of the rule.", body = PublicEligibility)),
)]
#[get("/public/job-posts/{id}/eligibility")]
pub async fn explain_public_eligibility(
    Open(ctx): Open,
    PathId(id): PathId<kinds::JobPost>,
    Params(query): Params<EligibilityQuery>,
) -> Result<HttpResponse> {
    let asked = query.read(ctx.now())?;
    let post = find(&ctx, id).await?.post;
    let evaluation = asked.evaluate(post.time_zones()?.as_ref())?;
    let (time_zone, year) = (asked.zone.name().to_owned(), asked.year);
    let value = PublicEligibility { job_post_id: id, time_zone, year, evaluation };
    ctx.answer_everybody(Shown { version: post.version, value })
}

/// A post that everybody reads.
async fn find(ctx: &Ctx, id: JobPostId) -> Result<Public> {
    let wanted = store::Wanted { id: Some(id), ..store::Wanted::default() };
    let found = ctx.read_open(move |conn| Ok(store::public(conn, wanted, None)?)).await?;
    found.into_iter().next().ok_or_else(Error::not_found)
}
