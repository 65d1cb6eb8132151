//! Queries on `message_templates`.

use diesel::prelude::*;

use crate::access::{Reach, readable_jobs};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{jobs, message_templates};
use crate::http::PageRequest;
use crate::ids::{JobId, MessageTemplateId};
use crate::messages::{Language, MessagePurpose};
use crate::organization::store;

/// A row of `message_templates`: what candidates are written for a purpose in a language.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = message_templates, treat_none_as_default_value = false)]
pub struct MessageTemplate {
    pub id: MessageTemplateId,
    /// The job that it is of; none for one of the organization.
    pub job_id: Option<JobId>,
    pub purpose: MessagePurpose,
    pub name: String,
    pub language: Language,
    pub subject: String,
    pub body: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

store::find!(message_templates, MessageTemplate, MessageTemplateId);
store::save!(message_templates, MessageTemplate, "It stands there already.", [name, subject, body]);

/// Which templates a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only those of this job.
    pub job_id: Option<JobId>,
    /// Only those for this purpose.
    pub purpose: Option<MessagePurpose>,
    /// Only those in this language.
    pub language: Option<Language>,
    /// Only those out of use, or only those in use.
    pub archived: Option<bool>,
}

/// One page of the organization's templates and of those of jobs in reach, newest first.
pub fn list(
    conn: &mut Conn,
    wanted: Wanted,
    reach: Reach,
    page: &PageRequest,
) -> QueryResult<Vec<MessageTemplate>> {
    let readable = jobs::table.filter(readable_jobs(reach)).select(jobs::id.nullable());
    let mut query = message_templates::table
        .filter(message_templates::job_id.is_null().or(message_templates::job_id.eq_any(readable)))
        .into_boxed();
    if let Some(job_id) = wanted.job_id {
        query = query.filter(message_templates::job_id.eq(job_id));
    }
    if let Some(purpose) = wanted.purpose {
        query = query.filter(message_templates::purpose.eq(purpose));
    }
    if let Some(language) = wanted.language {
        query = query.filter(message_templates::language.eq(language));
    }
    store::page_of!(message_templates, query, wanted.archived, page).load(conn)
}

/// The templates in use for a purpose in some languages, of a job and of the organization.
pub fn in_use_for(
    conn: &mut Conn,
    job_id: JobId,
    purpose: MessagePurpose,
    languages: &[Language],
) -> QueryResult<Vec<MessageTemplate>> {
    message_templates::table
        .filter(message_templates::purpose.eq(purpose))
        .filter(message_templates::language.eq_any(languages.iter().copied()))
        .filter(message_templates::archived_at.is_null())
        .filter(message_templates::job_id.is_null().or(message_templates::job_id.eq(job_id)))
        .load(conn)
}

/// How many templates there are of a job, or of the organization.
pub fn count(conn: &mut Conn, job_id: Option<JobId>) -> QueryResult<i64> {
    let all = message_templates::table.count();
    match job_id {
        Some(id) => all.filter(message_templates::job_id.eq(id)).get_result(conn),
        None => all.filter(message_templates::job_id.is_null()).get_result(conn),
    }
}
