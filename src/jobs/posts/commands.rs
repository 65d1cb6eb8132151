//! Writing, publishing and taking back posts of a job.

use super::api::{CreateJobPost, UpdateJobPost};
use super::model::{
    CONSENT, JobPostCommand, JobPostState, POSTS_MAX, PostLocation, PostPay, PostQuestion,
    question_misfits,
};
use super::store::{self, JobPost};
use crate::access::{Action, Actor, Permit, Scope, permit};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Line, Locale, Prose};
use crate::ids::{JobId, JobPostId};
use crate::jobs::commands::manage;
use crate::jobs::store::Job;
use crate::jobs::{self, JobState};
use crate::organization::offices;

/// A post to add. What it names exists.
#[derive(Debug, Clone)]
pub struct NewJobPost<'p> {
    /// What it is called.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// The language that it is written in.
    pub language: String,
    /// Where the work is done.
    pub location: &'p PostLocation,
    /// What everybody reads of pay.
    pub pay: Option<&'p PostPay>,
    /// What whoever applies is asked, in order.
    pub questions: &'p [PostQuestion],
    /// What whoever applies agrees to.
    pub consent_text: String,
}

/// Drafts a post of a job.
///
/// # Errors
/// `illegal_transition` when the job is closed or has as many posts as there may be; `invalid`.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    job_id: JobId,
    input: &CreateJobPost,
) -> Result<JobPostId> {
    let (permit, job) = manage(tx, actor, job_id, None)?;
    require_not_closed(&job)?;
    if store::count_of_job(tx.conn, job_id)? >= POSTS_MAX {
        let detail = format!("A job has at most {POSTS_MAX} posts.");
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    check(tx, Some(&input.location), input.pay_range.as_ref(), Some(&input.questions))?;
    let id: JobPostId = tx.id();
    let new = NewJobPost {
        title: input.title.to_text(),
        text: input.text.to_text(),
        language: input.language.to_text(),
        location: &input.location,
        pay: input.pay_range.as_ref(),
        questions: &input.questions,
        consent_text: input.consent_text.as_ref().map_or(CONSENT.to_owned(), Prose::to_text),
    };
    place(tx, &permit.extend_to(id), (id, job_id), new)?;
    Ok(id)
}

/// Adds a draft of a post. What stands in it fits together.
pub fn place(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (id, job_id): (JobPostId, JobId),
    new: NewJobPost<'_>,
) -> Result<()> {
    let now = tx.now();
    let mut row = JobPost {
        id,
        job_id,
        state: JobPostState::Draft,
        title: new.title,
        text: new.text,
        language: new.language,
        workplace: new.location.workplace,
        office_id: None,
        countries: Document::default(),
        time_zones: None,
        pay_minimum: None,
        pay_maximum: None,
        pay_currency: None,
        pay_period: None,
        questions: Document::of(&new.questions)?,
        consent_text: new.consent_text,
        consent_version: 1,
        published_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row.set_location(new.location)?;
    row.set_pay(new.pay);
    store::insert(tx, permit, &row)?;
    record(tx, permit, &event(EventKind::JobPostCreated, &row))?;
    Ok(())
}

/// Changes a post, published or not; another text to agree to gets another version.
///
/// # Errors
/// `invalid`, `stale`, `not_found`, `forbidden`.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobPostId,
    expected: Option<i64>,
    input: &UpdateJobPost,
) -> Result<JobPostId> {
    let (permit, _, mut row) = open(tx, actor, id, expected)?;
    let pay = input.pay_range.as_ref().and_then(Option::as_ref);
    check(tx, input.location.as_ref(), pay, input.questions.as_deref())?;
    let mut changes = Changes::default();
    changes.set("title", &mut row.title, input.title.as_ref().map(Line::to_text));
    changes.set("text", &mut row.text, input.text.as_ref().map(Prose::to_text));
    changes.set("language", &mut row.language, input.language.as_ref().map(Locale::to_text));
    if let Some(location) = &input.location {
        row.set_location(location)?;
        changes.note("location");
    }
    if let Some(pay) = &input.pay_range {
        row.set_pay(pay.as_ref());
        changes.note("pay_range");
    }
    let questions = input.questions.as_ref().map(Document::of).transpose()?;
    changes.set("questions", &mut row.questions, questions);
    let text = input
        .consent_text
        .as_ref()
        .map(|text| text.as_ref().map_or(CONSENT.to_owned(), Prose::to_text));
    if text.as_ref().is_some_and(|text| *text != row.consent_text) {
        row.consent_version = row.consent_version.saturating_add(1);
    }
    changes.set("consent_text", &mut row.consent_text, text);
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::JobPostUpdated, &row).changed(changes.names()))?;
    Ok(id)
}

/// Publishes a post, or takes it back.
///
/// # Errors
/// `illegal_transition` when it stands so already, or the job is closed; `not_ready` for a post of a confidential
/// job.
pub fn change_state(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobPostId,
    expected: Option<i64>,
    command: JobPostCommand,
) -> Result<JobPostId> {
    let (permit, job, mut row) = open(tx, actor, id, expected)?;
    row.state = row.state.apply(command)?;
    let kind = match command {
        JobPostCommand::Publish => {
            require_not_closed(&job)?;
            if job.confidential {
                let detail = "The job is confidential; nobody outside of its team may know of it.";
                return Err(Error::new(Code::NotReady, detail));
            }
            row.published_at = Some(tx.occurred_at());
            EventKind::JobPostPublished
        }
        JobPostCommand::Unpublish => EventKind::JobPostUnpublished,
    };
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(kind, &row))?;
    Ok(id)
}

/// Locks the job of a post, loads both, and asks whether the actor may change them.
fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobPostId,
    expected: Option<i64>,
) -> Result<(Permit, Job, JobPost)> {
    let job_id = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.job_id;
    lock(tx.conn, Root::Job, job_id.any())?;
    let permit = permit(tx.conn, actor, Action::ManageJob, &Scope::on_job(id, job_id))?;
    let job = jobs::store::find(tx.conn, job_id)?.ok_or_else(Error::not_found)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok((permit, job, row))
}

fn require_not_closed(job: &Job) -> Result<()> {
    match job.state {
        JobState::Draft | JobState::Open | JobState::Paused => Ok(()),
        JobState::Closed => Err(Error::new(Code::IllegalTransition, "The job is closed.")),
    }
}

/// What stands in a post fits together, and its office is in use.
fn check(
    tx: &mut Tx<'_>,
    location: Option<&PostLocation>,
    pay: Option<&PostPay>,
    questions: Option<&[PostQuestion]>,
) -> Result<()> {
    let mut wrong = location.map(PostLocation::misfits).unwrap_or_default();
    wrong.extend(pay.map(PostPay::misfits).unwrap_or_default());
    wrong.extend(questions.map(question_misfits).unwrap_or_default());
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let Some(office_id) = location.and_then(|location| location.office_id) else {
        return Ok(());
    };
    if !offices::store::usable_among(tx.conn, &[office_id])?.is_empty() {
        return Ok(());
    }
    Err(Error::unknown_reference("/location/office_id"))
}

fn event(kind: EventKind, row: &JobPost) -> Event {
    Event::new(kind, row.id.into()).job(row.job_id)
}
