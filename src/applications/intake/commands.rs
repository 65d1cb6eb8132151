//! Taking what somebody sends who applies by a job post.

use super::api::ApplyToJobPost;
use super::store::{self, Answer, Consent};
use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::applications::commands::place;
use crate::applications::store::Application;
use crate::attachments::commands::{ToAttach, attach_as_candidate};
use crate::candidates::commands::{self as candidates, NewCandidate};
use crate::candidates::{Contact, ContactKind};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Zone;
use crate::ids::{ApplicationId, CandidateId, JobPostId, StageId};
use crate::jobs::posts::model::{PostQuestion, check_answers};
use crate::jobs::posts::store::{self as posts, JobPost};
use crate::organization::sources;
use crate::pipelines;
use crate::text_enum;

text_enum! {
    /// What became of a form that was sent.
    pub enum FormOutcome {
        /// It made an application.
        Applied => "applied",
        /// Somebody with the same address has an active application for the job.
        Repeated => "repeated",
        /// A program filled in what no person sees.
        Trapped => "trapped",
    }
}

/// Takes a form: makes a candidate with an application, or makes nothing and does not tell.
///
/// # Errors
/// `not_found` for a post that not everybody reads; `invalid`; `not_ready` for a job without stages.
pub fn receive(
    tx: &mut Tx<'_>,
    id: JobPostId,
    form: &ApplyToJobPost,
    resume: Option<&ToAttach>,
) -> Result<FormOutcome> {
    let job_id = posts::find(tx.conn, id)?.ok_or_else(Error::not_found)?.job_id;
    lock(tx.conn, Root::Job, job_id.any())?;
    let found = posts::find_with_reach(tx.conn, id)?.filter(|(_, is_public)| *is_public);
    let (post, _) = found.ok_or_else(Error::not_found)?;
    let questions = post.questions()?;
    let (contacts, answers) = check(&post, &questions, form)?;
    let first = pipelines::store::first(tx.conn, job_id)?;
    let stage_id =
        first.ok_or_else(|| Error::new(Code::NotReady, "Nobody can apply here yet."))?.id;
    let repeated = store::has_active(tx.conn, &form.email.folded(), job_id)?;
    let outcome = match (form.is_trapped(), repeated) {
        (true, _) => FormOutcome::Trapped,
        (false, true) => FormOutcome::Repeated,
        (false, false) => FormOutcome::Applied,
    };
    if outcome != FormOutcome::Applied {
        let permit = Permit::for_applicant(id, None);
        record(tx, &permit, &answered(&post, outcome))?;
        return Ok(outcome);
    }
    let (candidate_id, application_id) = make(tx, &post, stage_id, form, contacts)?;
    let permit = Permit::for_applicant(id, Some(candidate_id));
    keep(tx, &permit, &post, application_id, answers)?;
    if let Some(resume) = resume {
        attach_as_candidate(tx, &permit, candidate_id, resume)?;
    }
    let event = answered(&post, outcome).candidate(candidate_id).application(application_id);
    record(tx, &permit, &event)?;
    Ok(outcome)
}

/// Makes a candidate with an application in a stage.
fn make(
    tx: &mut Tx<'_>,
    post: &JobPost,
    stage_id: StageId,
    form: &ApplyToJobPost,
    contacts: Vec<Contact>,
) -> Result<(CandidateId, ApplicationId)> {
    let (candidate_id, application_id) = (tx.id(), tx.id());
    let permit = Permit::for_applicant(candidate_id, Some(candidate_id));
    let new = NewCandidate {
        name: form.name.to_text(),
        location: None,
        time_zone: form.time_zone.as_ref().map(Zone::to_text),
        locale: Some(post.language.clone()),
        user_id: None,
        agency_id: None,
        contacts,
        custom: Document::empty(),
    };
    candidates::insert(tx, &permit, new)?;
    let (now, applied_at) = (tx.now(), tx.occurred_at());
    let row = Application {
        id: application_id,
        candidate_id,
        job_id: post.job_id,
        stage_id,
        status: ApplicationStatus::Active,
        source_id: sources::store::first_applied(tx.conn)?,
        owner_id: None,
        referrer_id: None,
        agency_id: None,
        applied_at,
        stage_entered_at: applied_at,
        custom: Document::empty(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    place(tx, &permit.extend_to(application_id), &row, None)?;
    Ok((candidate_id, application_id))
}

/// An answer that fits, with its question.
type Checked<'q> = (&'q PostQuestion, serde_json::Value);

/// What was sent fits the post; all that is wrong is named at once.
fn check<'q>(
    post: &JobPost,
    questions: &'q [PostQuestion],
    form: &ApplyToJobPost,
) -> Result<(Vec<Contact>, Vec<Checked<'q>>)> {
    let mut wrong = Vec::new();
    let mut refuse = |pointer: String, code: &'static str, detail: String| {
        wrong.push(FieldError::body(pointer, code, detail));
    };
    if !form.consent.given {
        let detail = "Without it nothing may be kept of you.";
        refuse("/consent/given".to_owned(), "required", detail.to_owned());
    }
    if form.consent.text_version != post.consent_version {
        let detail = "The text is another one by now; read it again.";
        refuse("/consent/text_version".to_owned(), "stale", detail.to_owned());
    }
    let phone =
        form.phone.as_ref().map(|phone| ("/phone".to_owned(), ContactKind::Phone, &**phone));
    let links = form.links.iter().enumerate();
    let links = links.map(|(n, link)| (format!("/links/{n}"), ContactKind::Link, &**link));
    let mut contacts = vec![Contact::kept(ContactKind::Email, &form.email)];
    for (pointer, kind, value) in phone.into_iter().chain(links) {
        match Contact::checked(kind, value) {
            Ok(contact) if contacts.contains(&contact) => {
                refuse(pointer, "duplicate", "Name it once.".to_owned());
            }
            Ok(contact) => contacts.push(contact),
            Err(why) => refuse(pointer, "invalid_value", why),
        }
    }
    let answers = match check_answers(questions, &form.answers.0) {
        Ok(answers) => answers,
        Err(others) => {
            wrong.extend(others);
            Vec::new()
        }
    };
    if wrong.is_empty() { Ok((contacts, answers)) } else { Err(Error::invalid_fields(wrong)) }
}

/// Keeps what was agreed to and answered.
fn keep(
    tx: &mut Tx<'_>,
    permit: &Permit,
    post: &JobPost,
    application_id: ApplicationId,
    answers: Vec<Checked<'_>>,
) -> Result<()> {
    let consent = Consent {
        id: tx.id(),
        application_id,
        job_post_id: post.id,
        text: post.consent_text.clone(),
        text_version: post.consent_version,
        given_at: tx.occurred_at(),
    };
    let rows: Vec<Answer> = (0..)
        .zip(answers)
        .map(|(position, (question, answer))| Answer {
            id: tx.id(),
            application_id,
            position,
            key: question.key.to_text(),
            kind: question.kind,
            question: question.text.to_text(),
            answer: Some(Document(answer)),
        })
        .collect();
    store::insert(tx, &permit.extend_to(application_id), &consent, &rows)
}

fn answered(post: &JobPost, outcome: FormOutcome) -> Event {
    let event = Event::new(EventKind::JobPostAnswered, post.id.into()).job(post.job_id);
    event.code("outcome", outcome.as_str())
}
