//! Whether a time zone fits the posts of a job, over the API.

use actix_web::{HttpResponse, get};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{TimeZoneRule, YEARS, ZoneEvaluation, year_of};
use crate::access::{Action, Actor, Scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::fields::Zone;
use crate::http::{Ctx, Params, PathId, Shown};
use crate::ids::{JobId, JobPostId, kinds};
use crate::jobs::posts;
use crate::jobs::store;

/// Which zone, and when.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EligibilityQuery {
    /// Where somebody lives.
    #[param(value_type = String, max_length = 64, example = "Europe/Berlin")]
    time_zone: Zone,
    /// The year whose solstices count; this one when it is absent.
    #[param(minimum = 2000, maximum = 2099)]
    year: Option<i32>,
}

/// What a post asks of a zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostEligibility {
    job_post_id: JobPostId,
    #[schema(example = "Senior backend engineer (remote)")]
    title: String,
    /// What comes of its rule; null for a post that asks for no zone.
    evaluation: Option<ZoneEvaluation>,
}

/// What the posts of a job ask of a zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobEligibility {
    job_id: JobId,
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    #[schema(example = 2026)]
    year: i32,
    /// Newest post first; a job has 20 at most.
    posts: Vec<PostEligibility>,
}

/// A zone in a year, as asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The zone.
    pub zone: Tz,
    /// The year.
    pub year: i32,
}

impl EligibilityQuery {
    /// What is asked, at an instant.
    ///
    /// # Errors
    /// `invalid` at `/year`, `/time_zone`.
    pub fn read(&self, now: Instant) -> Result<Asked> {
        let year = self.year.unwrap_or_else(|| year_of(now.utc().date_naive()));
        let wrong = |name: &str, code: &'static str, detail: String| {
            Error::invalid_fields(vec![FieldError::query(name, code, detail)])
        };
        if !YEARS.contains(&year) {
            let detail = format!("From {} to {}.", YEARS.start(), YEARS.end());
            return Err(wrong("year", "range", detail));
        }
        let zone = self.time_zone.parse().map_err(|_unknown| {
            wrong("time_zone", "invalid_value", "It is not an IANA time zone.".to_owned())
        })?;
        Ok(Asked { zone, year })
    }
}

impl Asked {
    /// What comes of a rule, if there is one.
    ///
    /// # Errors
    /// `internal` for a stored rule that is none.
    pub fn evaluate(self, rule: Option<&TimeZoneRule>) -> Result<Option<ZoneEvaluation>> {
        let rule = rule.map(TimeZoneRule::read).transpose();
        let rule = rule.map_err(|(_, why)| Error::internal(why))?;
        Ok(rule.map(|rule| rule.evaluate(self.zone, self.year)))
    }
}

/// Explain who is eligible by time zone
///
/// Says for each post of a job whether somebody who lives in a time zone fits its rule, and why, at the June
/// and at the December solstice: "passes in winter only" is an answer. Nobody is kept from applying by it.
#[utoipa::path(
    operation_id = "explainEligibility", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job."), EligibilityQuery),
    responses((status = 200, description = "What comes of the rules.", body = JobEligibility)),
)]
#[get("/jobs/{id}/eligibility")]
pub async fn explain_eligibility(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    Params(query): Params<EligibilityQuery>,
) -> Result<HttpResponse> {
    let asked = query.read(ctx.now())?;
    ctx.show(move |conn, actor| show(conn, actor, id, asked)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: JobId, asked: Asked) -> Result<Shown<JobEligibility>> {
    let job = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    holdings(conn, actor, &Scope::on_job(id, id))?.require(Action::ReadJob)?;
    let mut explained = Vec::new();
    for row in posts::store::all_of_job(conn, id)? {
        let rule = row.time_zones()?;
        let evaluation = asked.evaluate(rule.as_ref())?;
        explained.push(PostEligibility { job_post_id: row.id, title: row.title, evaluation });
    }
    let (time_zone, year) = (asked.zone.name().to_owned(), asked.year);
    Ok(Shown {
        version: job.version,
        value: JobEligibility { job_id: id, time_zone, year, posts: explained },
    })
}
