//! Adding and changing templates.

use super::api::{CreateMessageTemplate, UpdateMessageTemplate};
use super::store::{self, MessageTemplate};
use crate::access::{self, Action, Actor, Permit, Scope, permit_known};
use crate::db::Tx;
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Line, Prose};
use crate::ids::{JobId, MessageTemplateId};
use crate::jobs;
use crate::messages::MessagePurpose;
use crate::messages::merge::parse;

/// How many templates a job has at most, and the organization beside them.
const TEMPLATES_MAX: i64 = 500;

/// Adds a template.
///
/// # Errors
/// `forbidden`; `invalid` for a job that there is not, and for placeholders that there are not, each with its place.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateMessageTemplate,
) -> Result<MessageTemplateId> {
    let id: MessageTemplateId = tx.id();
    if let Some(job_id) = input.job_id
        && jobs::store::find(tx.conn, job_id)?.is_none()
    {
        return Err(Error::unknown_reference("/job_id"));
    }
    let permit = match permit(tx, actor, id, input.job_id) {
        Err(refused) if refused.code == Code::NotFound => {
            return Err(Error::unknown_reference("/job_id"));
        }
        permit => permit?,
    };
    if store::count(tx.conn, input.job_id)? >= TEMPLATES_MAX {
        let detail = format!("There are at most {TEMPLATES_MAX} templates.");
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    let now = tx.now();
    let row = MessageTemplate {
        id,
        job_id: input.job_id,
        purpose: input.purpose,
        name: input.name.to_text(),
        language: input.language,
        subject: input.subject.to_text(),
        body: input.body.replace("\r\n", "\n"),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check(&row.subject, &row.body, row.purpose)?;
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::MessageTemplateCreated, &row))?;
    Ok(id)
}

/// Changes a template: its name, its words, or whether it is in use.
///
/// # Errors
/// `not_found`, `forbidden`, `stale`; `invalid` as above.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: MessageTemplateId,
    expected: Option<i64>,
    input: &UpdateMessageTemplate,
) -> Result<MessageTemplateId> {
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx, actor, id, row.job_id)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("subject", &mut row.subject, input.subject.as_ref().map(Line::to_text));
    let body = input.body.as_ref().map(|body: &Prose<20000>| body.replace("\r\n", "\n"));
    changes.set("body", &mut row.body, body);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    check(&row.subject, &row.body, row.purpose)?;
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::MessageTemplateUpdated, &row).changed(changes.names()))?;
    Ok(id)
}

/// Templates of a job are its recruiters' matter, those of the organization belong to its configuration.
fn permit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: MessageTemplateId,
    job_id: Option<JobId>,
) -> Result<Permit> {
    match job_id {
        Some(job_id) => {
            access::permit(tx.conn, actor, Action::ManageJob, &Scope::on_job(id, job_id))
        }
        None => permit_known(actor, Action::ManageMessageTemplates, id),
    }
}

/// Every placeholder is one that there is.
fn check(subject: &str, body: &str, purpose: MessagePurpose) -> Result<()> {
    let mut wrong = Vec::new();
    for (pointer, text) in [("/subject", subject), ("/body", body)] {
        let misfits = parse(text, purpose).err().unwrap_or_default();
        wrong
            .extend(misfits.into_iter().map(|one| FieldError::body(pointer, one.code, one.detail)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

fn event(kind: EventKind, row: &MessageTemplate) -> Event {
    let event = Event::new(kind, row.id.into()).code("purpose", row.purpose.as_str());
    match row.job_id {
        Some(job_id) => event.job(job_id),
        None => event,
    }
}
