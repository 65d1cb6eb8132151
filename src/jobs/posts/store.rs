//! Queries on `job_posts`.

use diesel::prelude::*;

use super::JobPostState;
use super::model::{PostLocation, PostPay, PostQuestion, Workplace};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{departments, job_posts, jobs, offices};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{DepartmentId, JobId, JobPostId, OfficeId};
use crate::jobs::JobState;
use crate::jobs::eligibility::model::TimeZoneRule;
use crate::organization::money::Money;
use crate::organization::pay_bands::PayPeriod;

/// A row of `job_posts`: what people who look for work read of a job.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_posts, treat_none_as_default_value = false)]
pub struct JobPost {
    pub id: JobPostId,
    pub job_id: JobId,
    pub state: JobPostState,
    pub title: String,
    pub text: String,
    pub language: String,
    pub workplace: Workplace,
    pub office_id: Option<OfficeId>,
    /// Codes of countries, a list.
    pub countries: Document,
    /// A rule about time zones.
    pub time_zones: Option<Document>,
    pub pay_minimum: Option<i64>,
    pub pay_maximum: Option<i64>,
    pub pay_currency: Option<String>,
    pub pay_period: Option<PayPeriod>,
    /// The questions in order, a list.
    pub questions: Document,
    pub consent_text: String,
    /// Rises when the text changes.
    pub consent_version: i32,
    /// When it was published last.
    pub published_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl JobPost {
    /// Its rule about time zones.
    ///
    /// # Errors
    /// `internal` when the stored rule is none.
    pub fn time_zones(&self) -> Result<Option<TimeZoneRule>> {
        self.time_zones.as_ref().map(Document::read).transpose()
    }

    /// Where the work is done.
    ///
    /// # Errors
    /// `internal` when what is stored is of another shape.
    pub fn location(&self) -> Result<PostLocation> {
        Ok(PostLocation {
            workplace: self.workplace,
            office_id: self.office_id,
            countries: self.countries.read()?,
            time_zones: self.time_zones()?,
        })
    }

    /// What is said of pay.
    ///
    /// # Errors
    /// `internal` when the stored currency is none.
    pub fn pay(&self) -> Result<Option<PostPay>> {
        let (Some(minimum), Some(maximum), Some(currency), Some(period)) =
            (self.pay_minimum, self.pay_maximum, self.pay_currency.as_deref(), self.pay_period)
        else {
            return Ok(None);
        };
        let money = |amount| Money::of(amount, currency).map_err(Error::internal);
        Ok(Some(PostPay { minimum: money(minimum)?, maximum: money(maximum)?, period }))
    }

    /// The questions in order.
    ///
    /// # Errors
    /// `internal` when what is stored is of another shape.
    pub fn questions(&self) -> Result<Vec<PostQuestion>> {
        self.questions.read()
    }

    /// Takes over where the work is done.
    ///
    /// # Errors
    /// Never in practice; a location has a JSON form.
    pub fn set_location(&mut self, location: &PostLocation) -> Result<()> {
        self.workplace = location.workplace;
        self.office_id = location.office_id;
        self.countries = Document::of(&location.countries)?;
        self.time_zones = location.time_zones.as_ref().map(Document::of).transpose()?;
        Ok(())
    }

    /// Takes over what is said of pay.
    pub fn set_pay(&mut self, pay: Option<&PostPay>) {
        self.pay_minimum = pay.map(|pay| pay.minimum.minor_units);
        self.pay_maximum = pay.map(|pay| pay.maximum.minor_units);
        self.pay_currency = pay.map(|pay| pay.minimum.currency.code().to_owned());
        self.pay_period = pay.map(|pay| pay.period);
    }
}

/// Whether everybody reads a post, as a condition of a query that joins `jobs`. Every query that must know takes
/// this one.
#[diesel::dsl::auto_type]
fn is_public() -> _ {
    let published: JobPostState = JobPostState::Published;
    let open: JobState = JobState::Open;
    job_posts::state.eq(published).and(jobs::state.eq(open)).and(jobs::confidential.eq(false))
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: JobPostId) -> QueryResult<Option<JobPost>> {
    job_posts::table.find(id).first(conn).optional()
}

/// One post, and whether everybody reads it.
pub fn find_with_reach(conn: &mut Conn, id: JobPostId) -> QueryResult<Option<(JobPost, bool)>> {
    job_posts::table
        .inner_join(jobs::table.on(jobs::id.eq(job_posts::job_id)))
        .filter(job_posts::id.eq(id))
        .select((job_posts::all_columns, is_public()))
        .first(conn)
        .optional()
}

/// How many posts a job has. Ask it under the job's lock.
pub fn count_of_job(conn: &mut Conn, id: JobId) -> QueryResult<i64> {
    job_posts::table.filter(job_posts::job_id.eq(id)).count().get_result(conn)
}

/// All posts of a job, newest first; there are [`super::model::POSTS_MAX`] at most.
pub fn all_of_job(conn: &mut Conn, id: JobId) -> QueryResult<Vec<JobPost>> {
    job_posts::table.filter(job_posts::job_id.eq(id)).order(job_posts::id.desc()).load(conn)
}

/// One page of the posts of a job, newest first, each with whether everybody reads it.
pub fn list(
    conn: &mut Conn,
    id: JobId,
    state: Option<JobPostState>,
    page: &PageRequest,
) -> QueryResult<Vec<(JobPost, bool)>> {
    let mut query = job_posts::table
        .inner_join(jobs::table.on(jobs::id.eq(job_posts::job_id)))
        .filter(job_posts::job_id.eq(id))
        .select((job_posts::all_columns, is_public()))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(job_posts::state.eq(state));
    }
    if let Some(before) = page.before {
        query = query.filter(job_posts::id.lt(before));
    }
    query.order(job_posts::id.desc()).limit(page.fetch()).load(conn)
}

/// The office of a post, as everybody reads it: id, name, country, zone.
pub type PublicOffice = (OfficeId, String, String, String);

/// A post that everybody reads.
#[derive(Debug, Clone, Queryable)]
pub struct Public {
    /// The post.
    pub post: JobPost,
    /// The department of its job.
    pub department: Option<(DepartmentId, String)>,
    /// The office where the work is done.
    pub office: Option<PublicOffice>,
}

/// Which posts everybody is shown.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only this one.
    pub id: Option<JobPostId>,
    /// Only those of this department itself.
    pub department_id: Option<DepartmentId>,
    /// Only those at this office.
    pub office_id: Option<OfficeId>,
    /// Only those in this language.
    pub language: Option<String>,
}

/// One page of the posts that everybody reads, newest first; at most `limit` below an id.
pub fn public(
    conn: &mut Conn,
    wanted: Wanted,
    page: Option<&PageRequest>,
) -> QueryResult<Vec<Public>> {
    let mut query = job_posts::table
        .inner_join(jobs::table.on(jobs::id.eq(job_posts::job_id)))
        .left_join(departments::table.on(jobs::department_id.eq(departments::id.nullable())))
        .left_join(offices::table.on(job_posts::office_id.eq(offices::id.nullable())))
        .filter(is_public())
        .select((
            job_posts::all_columns,
            (departments::id, departments::name).nullable(),
            (offices::id, offices::name, offices::country, offices::time_zone).nullable(),
        ))
        .into_boxed();
    if let Some(id) = wanted.id {
        query = query.filter(job_posts::id.eq(id));
    }
    if let Some(id) = wanted.department_id {
        query = query.filter(jobs::department_id.eq(id));
    }
    if let Some(id) = wanted.office_id {
        query = query.filter(job_posts::office_id.eq(id));
    }
    if let Some(language) = wanted.language {
        query = query.filter(job_posts::language.eq(language));
    }
    if let Some(before) = page.and_then(|page| page.before) {
        query = query.filter(job_posts::id.lt(before));
    }
    query.order(job_posts::id.desc()).limit(page.map_or(1, PageRequest::fetch)).load(conn)
}

/// Inserts a post.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &JobPost) -> Result<()> {
    diesel::insert_into(job_posts::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a post whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &JobPost) -> Result<()> {
    let now = tx.now();
    let unchanged = job_posts::table.find(row.id).filter(job_posts::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            job_posts::state.eq(row.state),
            job_posts::title.eq(&row.title),
            job_posts::text.eq(&row.text),
            job_posts::language.eq(&row.language),
            job_posts::workplace.eq(row.workplace),
            job_posts::office_id.eq(row.office_id),
            job_posts::countries.eq(&row.countries),
            job_posts::time_zones.eq(&row.time_zones),
            job_posts::pay_minimum.eq(row.pay_minimum),
            job_posts::pay_maximum.eq(row.pay_maximum),
            job_posts::pay_currency.eq(&row.pay_currency),
            job_posts::pay_period.eq(row.pay_period),
            job_posts::questions.eq(&row.questions),
            job_posts::consent_text.eq(&row.consent_text),
            job_posts::consent_version.eq(row.consent_version),
            job_posts::published_at.eq(row.published_at),
            job_posts::version.eq(row.version + 1),
            job_posts::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
