//! Queries on `application_answers`, `application_consents`.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::candidates::ContactKind;
use crate::clock::Instant;
use crate::db::schema::{application_answers, application_consents, applications, contact_points};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::Result;
use crate::ids::{ApplicationAnswerId, ApplicationConsentId, ApplicationId, JobId, JobPostId};
use crate::jobs::posts::model::PostQuestionKind;

/// A row of `application_answers`: an answer, beside the question as it was asked.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_answers, treat_none_as_default_value = false)]
pub struct Answer {
    pub id: ApplicationAnswerId,
    pub application_id: ApplicationId,
    /// Its place among the answers, from 0.
    pub position: i32,
    pub key: String,
    pub kind: PostQuestionKind,
    pub question: String,
    /// None once it was erased.
    pub answer: Option<Document>,
}

/// A row of `application_consents`: what somebody agreed to.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_consents, treat_none_as_default_value = false)]
pub struct Consent {
    pub id: ApplicationConsentId,
    pub application_id: ApplicationId,
    pub job_post_id: JobPostId,
    pub text: String,
    pub text_version: i32,
    pub given_at: Instant,
}

/// Whether somebody with this folded address has an active application for a job. Ask it under the job's lock.
pub fn has_active(conn: &mut Conn, email_folded: &str, job_id: JobId) -> QueryResult<bool> {
    let active = applications::table
        .inner_join(
            contact_points::table.on(contact_points::candidate_id.eq(applications::candidate_id)),
        )
        .filter(contact_points::kind.eq(ContactKind::Email))
        .filter(contact_points::value_folded.eq(email_folded))
        .filter(applications::job_id.eq(job_id))
        .filter(applications::status.eq(ApplicationStatus::Active));
    diesel::select(exists(active)).get_result(conn)
}

/// What somebody agreed to when they applied by a post.
pub fn consent_of(conn: &mut Conn, id: ApplicationId) -> QueryResult<Option<Consent>> {
    application_consents::table
        .filter(application_consents::application_id.eq(id))
        .first(conn)
        .optional()
}

/// The answers of an application in the order of the questions.
pub fn answers_of(conn: &mut Conn, id: ApplicationId) -> QueryResult<Vec<Answer>> {
    application_answers::table
        .filter(application_answers::application_id.eq(id))
        .order(application_answers::position)
        .load(conn)
}

/// Keeps what somebody agreed to and answered.
pub fn insert(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    consent: &Consent,
    answers: &[Answer],
) -> Result<()> {
    diesel::insert_into(application_consents::table).values(consent).execute(tx.conn)?;
    if !answers.is_empty() {
        each!(tx.conn, c => diesel::insert_into(application_answers::table).values(answers).execute(c))?;
    }
    Ok(())
}
