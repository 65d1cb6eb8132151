//! What is put in the place of placeholders: the facts of an application, its candidate, its job and whoever
//! writes. A stage is none of them, nor is anything of how somebody is judged.

use chrono_tz::Tz;
use diesel::prelude::*;

use super::merge::MergeField;
use super::{Language, ZoneOf};
use crate::applications::store::Application;
use crate::candidates::store as candidates;
use crate::candidates::store::{Addressee, Candidate, addressee};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{interviews, job_offices, job_posts, offices};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, InterviewId, JobId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::store::Interview;
use crate::jobs;
use crate::jobs::posts::JobPostState;
use crate::organization::settings::store::{Organization, organization};
use crate::users;
use crate::users::store::User;

/// The facts of a message.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) candidate: Candidate,
    /// Where they are written to.
    pub(super) addressee: Option<Addressee>,
    pub(super) organization: Organization,
    pub(super) sender: User,
    pub(super) zone: Tz,
    pub(super) zone_of: ZoneOf,
    pub(super) interview: Option<Interview>,
    job_title: String,
}

impl Facts {
    /// Loads them.
    ///
    /// # Errors
    /// `internal` when a row is missing that others refer to.
    pub(super) fn of(conn: &mut Conn, sender: UserId, application: &Application) -> Result<Self> {
        let missing = || Error::internal("a row of a message is missing");
        let candidate = candidates::find(conn, application.candidate_id)?.ok_or_else(missing)?;
        let organization = organization(conn)?.ok_or_else(missing)?;
        let (zone, zone_of) = zone(conn, &candidate, application.job_id, &organization)?;
        Ok(Self {
            addressee: addressee(conn, candidate.id)?,
            sender: users::store::find(conn, sender)?.ok_or_else(missing)?,
            job_title: public_title(conn, application.job_id)?.ok_or_else(missing)?,
            interview: None,
            candidate,
            organization,
            zone,
            zone_of,
        })
    }

    /// What is put in the place of a placeholder, on one line; none where there is nothing.
    pub(super) fn value(&self, field: MergeField, language: Language) -> Option<String> {
        let interview = || self.interview.as_ref();
        let value = match field {
            MergeField::CandidateFirstName => {
                self.candidate.name.split_whitespace().next().map(str::to_owned)
            }
            MergeField::CandidateName => Some(self.candidate.name.clone()),
            MergeField::JobTitle => Some(self.job_title.clone()),
            MergeField::SenderName => Some(self.sender.name.clone()),
            MergeField::OrganizationName => Some(self.organization.name.clone()),
            MergeField::InterviewTime => interview()
                .and_then(|row| row.starts_at)
                .map(|starts_at| language.when(starts_at, self.zone)),
            MergeField::InterviewMinutes => interview()
                .and_then(|row| row.starts_at.zip(row.ends_at))
                .map(|(from, to)| (to - from).num_minutes().to_string()),
            MergeField::InterviewPlace => interview().and_then(|row| row.location.clone()),
            MergeField::InterviewLink => interview().and_then(|row| row.meeting_url.clone()),
        };
        value.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// The zone that a message goes by: the candidate's, else that of the first office of the job, else the
/// organization's.
fn zone(
    conn: &mut Conn,
    candidate: &Candidate,
    job_id: JobId,
    organization: &Organization,
) -> Result<(Tz, ZoneOf)> {
    let read = |name: &str| name.parse::<Tz>().ok();
    if let Some(zone) = candidate.time_zone.as_deref().and_then(read) {
        return Ok((zone, ZoneOf::Candidate));
    }
    let office: Option<String> = job_offices::table
        .inner_join(offices::table.on(offices::id.eq(job_offices::office_id)))
        .filter(job_offices::job_id.eq(job_id))
        .order(job_offices::id)
        .select(offices::time_zone)
        .first(conn)
        .optional()?;
    if let Some(zone) = office.as_deref().and_then(read) {
        return Ok((zone, ZoneOf::Office));
    }
    Ok((read(&organization.time_zone).unwrap_or(Tz::UTC), ZoneOf::Organization))
}

/// What a job is called in public: as its newest published post says, else by its own title.
fn public_title(conn: &mut Conn, id: JobId) -> Result<Option<String>> {
    let posted = job_posts::table
        .filter(job_posts::job_id.eq(id))
        .filter(job_posts::state.eq(JobPostState::Published))
        .order(job_posts::id.desc())
        .select(job_posts::title)
        .first(conn)
        .optional()?;
    if posted.is_some() {
        return Ok(posted);
    }
    Ok(jobs::store::find(conn, id)?.map(|job| job.title))
}

/// An interview that candidates can be told of: it has a time that is to come.
pub(super) fn is_to_come(interview: &Interview, now: Instant) -> bool {
    interview.state == InterviewState::Confirmed && interview.starts_at.is_some_and(|at| at > now)
}

/// The next interview of an application.
pub(super) fn next_interview(
    conn: &mut Conn,
    id: ApplicationId,
    now: Instant,
) -> QueryResult<Option<Interview>> {
    interviews::table
        .filter(interviews::application_id.eq(id))
        .filter(interviews::state.eq(InterviewState::Confirmed))
        .filter(interviews::starts_at.assume_not_null().gt(now))
        .order((interviews::starts_at, interviews::id))
        .first(conn)
        .optional()
}

/// The interview that somebody names.
///
/// # Errors
/// `invalid` at the pointer for one of another application, or without a time to come.
pub(super) fn named_interview(
    conn: &mut Conn,
    (application, id): (ApplicationId, InterviewId),
    pointer: String,
    now: Instant,
) -> Result<Interview> {
    let found = crate::interviews::store::find(conn, id)?;
    let fits = |row: &Interview| row.application_id == application && is_to_come(row, now);
    let detail = "An interview of this application that has a time to come.";
    found.filter(fits).ok_or_else(|| Error::invalid(pointer, "unknown_reference", detail))
}
