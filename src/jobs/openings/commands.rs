//! Adding, reserving, filling and closing openings.

use super::api::{AddOpenings, UpdateOpening};
use super::store::{self, Opening};
use super::{OpeningCommand, OpeningState};
use crate::access::{Action, Actor, Permit, Scope, permit};
use crate::applications;
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Day;
use crate::ids::{ApplicationId, JobId, OpeningId};
use crate::jobs::store::Job;
use crate::jobs::{self, Headcount, JobState};
use crate::organization::field_definitions::{FieldNoun, values};

/// How many openings a job has at most by request.
const NUMBER_MAX: i32 = 1000;

/// An opening to add.
#[derive(Debug, Clone)]
pub struct NewOpening {
    /// Its number within the job.
    pub number: i32,
    /// Where it stands.
    pub state: OpeningState,
    /// From when on somebody ought to work.
    pub target_start_on: Option<chrono::NaiveDate>,
    /// For whom it is reserved, or who fills it, if that is known.
    pub application_id: Option<ApplicationId>,
    /// When it was filled.
    pub filled_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Values of the organization's own fields, an object.
    pub custom: Document,
}

impl NewOpening {
    /// An open one.
    pub fn open(number: i32) -> Self {
        Self {
            number,
            state: OpeningState::Open,
            target_start_on: None,
            application_id: None,
            filled_at: None,
            closed_at: None,
            custom: Document::empty(),
        }
    }
}

/// Adds openings to a job as an actor asks. Returns the first of them.
///
/// # Errors
/// `illegal_transition` on a closed job.
pub fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    job_id: JobId,
    input: &AddOpenings,
) -> Result<OpeningId> {
    let (permit, job) = jobs::commands::manage(tx, actor, job_id, None)?;
    if job.state == JobState::Closed {
        return Err(Error::new(Code::IllegalTransition, "The job is closed."));
    }
    let last = store::last_number(tx.conn, job_id)?;
    if last.saturating_add(input.count) > NUMBER_MAX {
        let detail = format!("A job has at most {NUMBER_MAX} openings; it has had {last}.");
        return Err(Error::invalid("/count", "too_many", detail));
    }
    let target_start_on = input.target_start_on.map(Day::date);
    let reach = jobs::commands::reach(tx, actor, job_id)?;
    let none = Document::empty();
    let custom = values::merge(tx.conn, FieldNoun::Opening, &none, &input.custom, reach)?;
    let heads = (last + 1..=last + input.count).map(|number| {
        let custom = custom.clone();
        NewOpening { target_start_on, custom, ..NewOpening::open(number) }
    });
    let ids = place(tx, &permit, job_id, &heads.collect::<Vec<_>>())?;
    ids.first().copied().ok_or_else(|| Error::invalid("/count", "range", "At least 1."))
}

/// Adds openings to a job; the permit is for the job. Returns their ids in order.
pub fn place(
    tx: &mut Tx<'_>,
    permit: &Permit,
    job_id: JobId,
    new: &[NewOpening],
) -> Result<Vec<OpeningId>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let row = |tx: &mut Tx<'_>, new: &NewOpening| Opening {
        id: tx.id(),
        job_id,
        number: new.number,
        state: new.state,
        target_start_on: new.target_start_on,
        application_id: new.application_id,
        filled_at: new.filled_at,
        closed_at: new.closed_at,
        custom: new.custom.clone(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let rows: Vec<Opening> = new.iter().map(|new| row(tx, new)).collect();
    store::insert(tx, permit, &rows)?;
    for row in &rows {
        let event = Event::new(EventKind::OpeningCreated, row.id.into()).job(job_id);
        let event = event.number("number", row.number.into()).code("state", row.state.as_str());
        record(tx, &permit.extend_to(row.id), &event)?;
    }
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Changes what may change of an opening.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OpeningId,
    expected: Option<i64>,
    input: &UpdateOpening,
) -> Result<OpeningId> {
    let (job, mut row) = load(tx, id)?;
    let permit = permit(tx.conn, actor, Action::ManageJob, &Scope::on_job(id, job.id))?;
    check_version(expected, row.version)?;
    let reach = jobs::commands::reach(tx, actor, job.id)?;
    let custom = values::merge(tx.conn, FieldNoun::Opening, &row.custom, &input.custom, reach)?;
    let mut changes = Changes::default();
    let target_start_on = input.target_start_on.map(|day| day.map(Day::date));
    changes.set("target_start_on", &mut row.target_start_on, target_start_on);
    let custom = Some(custom).filter(|custom| *custom != row.custom);
    changes.set("custom", &mut row.custom, custom);
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::OpeningUpdated, id.into()).job(row.job_id);
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Gives an opening up without a hire.
///
/// # Errors
/// `illegal_transition` when it is not open.
pub fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OpeningId,
    expected: Option<i64>,
) -> Result<OpeningId> {
    let (job, row) = load(tx, id)?;
    let permit = permit(tx.conn, actor, Action::ManageJob, &Scope::on_job(id, job.id))?;
    check_version(expected, row.version)?;
    close_one(tx, &permit, row)?;
    Ok(id)
}

/// Closes the open openings of a job, which the caller has locked.
pub fn close_all(tx: &mut Tx<'_>, permit: &Permit, job_id: JobId) -> Result<()> {
    for row in store::all_open(tx.conn, job_id)? {
        close_one(tx, permit, row)?;
    }
    Ok(())
}

fn close_one(tx: &mut Tx<'_>, permit: &Permit, mut row: Opening) -> Result<()> {
    row.state = row.state.apply(OpeningCommand::Close)?;
    row.closed_at = Some(tx.occurred_at());
    let permit = permit.extend_to(row.id);
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::OpeningClosed, row.id.into()).job(row.job_id);
    record(tx, &permit, &event)?;
    Ok(())
}

/// Keeps an opening for an application to the same job.
///
/// # Errors
/// `illegal_transition` when it is taken or closed; `not_ready` while the job is not hiring;
/// `internal` when the application stands on another job.
pub fn reserve(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: OpeningId,
    application_id: ApplicationId,
) -> Result<()> {
    let (job, row) = load(tx, id)?;
    check_hiring(&job)?;
    reserve_row(tx, permit, row, application_id)
}

/// Keeps the open opening of a job with the lowest number for an application; a job without a
/// limit makes one when none is open.
///
/// # Errors
/// `not_ready` when a limited job has no open opening, or while the job is not hiring.
pub fn reserve_for_job(
    tx: &mut Tx<'_>,
    permit: &Permit,
    job_id: JobId,
    application_id: ApplicationId,
) -> Result<OpeningId> {
    dialect::lock(tx.conn, Root::Job, job_id.any())?;
    let job = jobs::store::find(tx.conn, job_id)?.ok_or_else(Error::not_found)?;
    check_hiring(&job)?;
    let row = match (store::first_open(tx.conn, job_id)?, job.headcount) {
        (Some(row), Headcount::Limited | Headcount::Unlimited) => row,
        (None, Headcount::Limited) => {
            return Err(Error::new(Code::NotReady, "The job has no open opening; add one first."));
        }
        (None, Headcount::Unlimited) => {
            let number = store::last_number(tx.conn, job_id)?.saturating_add(1);
            let made = place(tx, permit, job_id, &[NewOpening::open(number)])?;
            let made = made.first().copied().ok_or_else(Error::not_found)?;
            store::find(tx.conn, made)?.ok_or_else(Error::not_found)?
        }
    };
    let id = row.id;
    reserve_row(tx, permit, row, application_id)?;
    Ok(id)
}

/// Gives a reserved opening free. On a closed job it closes instead of standing open.
///
/// # Errors
/// `illegal_transition` when it is not reserved.
pub fn release(tx: &mut Tx<'_>, permit: &Permit, id: OpeningId) -> Result<()> {
    let (job, mut row) = load(tx, id)?;
    row.state = row.state.apply(OpeningCommand::Release)?;
    let application_id = row.application_id.take();
    save_and_record(tx, permit, &row, application_id, EventKind::OpeningReleased)?;
    if job.state == JobState::Closed {
        row.version += 1;
        close_one(tx, permit, row)?;
    }
    Ok(())
}

/// Fills a reserved opening: its application was hired.
///
/// # Errors
/// `illegal_transition` when it is not reserved.
pub fn fill(tx: &mut Tx<'_>, permit: &Permit, id: OpeningId) -> Result<()> {
    let (_, mut row) = load(tx, id)?;
    row.state = row.state.apply(OpeningCommand::Fill)?;
    row.filled_at = Some(tx.occurred_at());
    save_and_record(tx, permit, &row, row.application_id, EventKind::OpeningFilled)
}

/// Locks and loads an opening behind its job.
fn load(tx: &mut Tx<'_>, id: OpeningId) -> Result<(Job, Opening)> {
    let job_id = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.job_id;
    dialect::lock(tx.conn, Root::Job, job_id.any())?;
    dialect::lock(tx.conn, Root::Opening, id.any())?;
    let job = jobs::store::find(tx.conn, job_id)?.ok_or_else(Error::not_found)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok((job, row))
}

fn check_hiring(job: &Job) -> Result<()> {
    if job.state.is_hiring() {
        return Ok(());
    }
    Err(Error::new(Code::NotReady, "Nobody is hired for a job that is a draft or closed."))
}

fn reserve_row(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut row: Opening,
    application_id: ApplicationId,
) -> Result<()> {
    row.state = row.state.apply(OpeningCommand::Reserve)?;
    row.application_id = Some(application_id);
    save_and_record(tx, permit, &row, row.application_id, EventKind::OpeningReserved)
}

fn save_and_record(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Opening,
    application_id: Option<ApplicationId>,
    kind: EventKind,
) -> Result<()> {
    let permit = permit.extend_to(row.id);
    store::save(tx, &permit, row)?;
    let mut event = Event::new(kind, row.id.into()).job(row.job_id);
    if let Some(application_id) = application_id {
        let application = applications::store::find(tx.conn, application_id)?;
        let application = application.filter(|application| application.job_id == row.job_id);
        let application =
            application.ok_or_else(|| Error::internal("an opening of another job was reserved"))?;
        event = event.application(application_id).candidate(application.candidate_id);
    }
    record(tx, &permit, &event)?;
    Ok(())
}
