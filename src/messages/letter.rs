//! From what somebody wants to write to the words that go out.

use super::facts::{self, Facts};
use super::merge::{Misfit, parse};
use super::templates::store as templates;
use super::{Language, MessagePurpose, built_in};
use crate::applications::store::Application;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::ids::{InterviewId, MessageTemplateId, UserId};

/// What somebody wants to write: by a template, in words of their own, or whatever there is for a purpose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft<'a> {
    /// Where it stands in the body of the request: what the pointers of errors begin with.
    pub(super) at: &'static str,
    pub(super) template_id: Option<MessageTemplateId>,
    pub(super) purpose: Option<MessagePurpose>,
    pub(super) subject: Option<&'a str>,
    pub(super) body: Option<&'a str>,
    pub(super) language: Option<Language>,
    pub(super) interview_id: Option<InterviewId>,
}

/// A message with everything in its place.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) purpose: MessagePurpose,
    pub(super) template_id: Option<MessageTemplateId>,
    pub(super) language: Language,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) facts: Facts,
}

/// The words before anything is put in its place, and what the pointers of errors name.
struct Source {
    purpose: MessagePurpose,
    template_id: Option<MessageTemplateId>,
    language: Language,
    subject: String,
    body: String,
    pointers: (String, String),
}

/// Writes a message to the candidate of an application.
///
/// # Errors
/// `invalid` for a template, an interview or placeholders that do not fit, each with its pointer.
pub(super) fn write(
    conn: &mut Conn,
    sender: UserId,
    application: &Application,
    draft: &Draft<'_>,
    now: Instant,
) -> Result<Letter> {
    let mut facts = Facts::of(conn, sender, application)?;
    let source = source(conn, application, draft, &facts)?;
    let mut wrong = Vec::new();
    let pointed = |pointer: &str, misfits: Vec<Misfit>| -> Vec<FieldError> {
        let field = |misfit: Misfit| FieldError::body(pointer, misfit.code, misfit.detail);
        misfits.into_iter().map(field).collect()
    };
    let (of_subject, of_body) = (&source.pointers.0, &source.pointers.1);
    let parsed = match (parse(&source.subject, source.purpose), parse(&source.body, source.purpose))
    {
        (Ok(subject), Ok(body)) => (subject, body),
        (subject, body) => {
            wrong.extend(pointed(of_subject, subject.err().unwrap_or_default()));
            wrong.extend(pointed(of_body, body.err().unwrap_or_default()));
            return Err(Error::invalid_fields(wrong));
        }
    };
    let tells = parsed.0.fields().chain(parsed.1.fields()).any(super::MergeField::is_of_interview);
    if let Some(id) = draft.interview_id {
        let pointer = format!("{}/interview_id", draft.at);
        facts.interview = Some(facts::named_interview(conn, (application.id, id), pointer, now)?);
    } else if tells || source.purpose == MessagePurpose::InterviewDetails {
        facts.interview = facts::next_interview(conn, application.id, now)?;
    }
    let value = |field| facts.value(field, source.language);
    match (parsed.0.fill(value), parsed.1.fill(value)) {
        (Ok(subject), Ok(body)) => Ok(Letter {
            purpose: source.purpose,
            template_id: source.template_id,
            language: source.language,
            subject,
            body,
            facts,
        }),
        (subject, body) => {
            wrong.extend(pointed(of_subject, subject.err().unwrap_or_default()));
            wrong.extend(pointed(of_body, body.err().unwrap_or_default()));
            Err(Error::invalid_fields(wrong))
        }
    }
}

fn source(
    conn: &mut Conn,
    application: &Application,
    draft: &Draft<'_>,
    facts: &Facts,
) -> Result<Source> {
    let at = draft.at;
    match (draft.template_id, draft.subject, draft.body) {
        (Some(id), None, None) => named(conn, application, draft, id),
        (Some(_), _, _) => {
            let detail = "A message is written by a template or in words of its own, not both.";
            Err(Error::invalid(format!("{at}/template_id"), "not_both", detail))
        }
        (None, Some(subject), Some(body)) => Ok(Source {
            purpose: draft.purpose.unwrap_or(MessagePurpose::Update),
            template_id: None,
            language: draft.language.unwrap_or_else(|| languages(facts).0),
            subject: subject.to_owned(),
            body: body.replace("\r\n", "\n"),
            pointers: (format!("{at}/subject"), format!("{at}/body")),
        }),
        (None, Some(_), None) => Err(required(at, "body")),
        (None, None, Some(_)) => Err(required(at, "subject")),
        (None, None, None) => match draft.purpose {
            Some(purpose) => best(conn, application, draft, purpose, facts),
            None => Err(required(at, "template_id")),
        },
    }
}

fn required(at: &str, field: &str) -> Error {
    let detail = "Name a template or a purpose, or write subject and body.";
    Error::invalid(format!("{at}/{field}"), "required", detail)
}

/// The candidate's language, and the organization's.
fn languages(facts: &Facts) -> (Language, Language) {
    let usual = Language::of_tag(&facts.organization.locale).unwrap_or(Language::En);
    let theirs = facts.candidate.locale.as_deref().and_then(Language::of_tag);
    (theirs.unwrap_or(usual), usual)
}

/// The template that somebody names: in use, and of the job of the application or of the organization.
fn named(
    conn: &mut Conn,
    application: &Application,
    draft: &Draft<'_>,
    id: MessageTemplateId,
) -> Result<Source> {
    let pointer = format!("{}/template_id", draft.at);
    let row = templates::find(conn, id)?;
    let fits = |row: &templates::MessageTemplate| {
        row.archived_at.is_none() && row.job_id.is_none_or(|job| job == application.job_id)
    };
    let Some(row) = row.filter(fits) else {
        let detail = "There is no such template in use for this job.";
        return Err(Error::invalid(pointer, "unknown_reference", detail));
    };
    if draft.purpose.is_some_and(|purpose| purpose != row.purpose) {
        let detail = format!("The template is for `{}`.", row.purpose);
        return Err(Error::invalid(pointer, "another_purpose", detail));
    }
    Ok(of_template(row, pointer))
}

fn of_template(row: templates::MessageTemplate, pointer: String) -> Source {
    Source {
        purpose: row.purpose,
        template_id: Some(row.id),
        language: row.language,
        subject: row.subject,
        body: row.body,
        pointers: (pointer.clone(), pointer),
    }
}

/// What there is for a purpose: in the candidate's language, then in the organization's; of the job, then of the
/// organization, and of several the oldest; and where there is none, our own words.
fn best(
    conn: &mut Conn,
    application: &Application,
    draft: &Draft<'_>,
    purpose: MessagePurpose,
    facts: &Facts,
) -> Result<Source> {
    let (theirs, usual) = languages(facts);
    let first = draft.language.unwrap_or(theirs);
    let pointer = format!("{}/purpose", draft.at);
    let rows = templates::in_use_for(conn, application.job_id, purpose, &[first, usual])?;
    let rank =
        |row: &templates::MessageTemplate| (row.language != first, row.job_id.is_none(), row.id);
    if let Some(row) = rows.into_iter().min_by_key(rank) {
        return Ok(of_template(row, pointer));
    }
    let own = [first, usual].into_iter();
    let own = own.filter_map(|language| Some((language, built_in::words(purpose, language)?)));
    let (language, (subject, body)) =
        own.into_iter().next().unwrap_or((Language::En, built_in::english(purpose)));
    Ok(Source {
        purpose,
        template_id: None,
        language,
        subject: subject.to_owned(),
        body: body.to_owned(),
        pointers: (pointer.clone(), pointer),
    })
}

/// The lines of a text by paragraphs, as a mail prints them.
pub fn paragraphs(body: &str) -> Vec<Vec<&str>> {
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in body.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => last.push(line),
            Some(last) if last.is_empty() => {}
            Some(_) | None => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.retain(|lines| !lines.is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn blank_lines_part_paragraphs_however_many_they_are() {
        let found = paragraphs("\n Dear Ada,\n\n \n\nline one\nline two\n");
        assert_eq!(found, [vec!["Dear Ada,"], vec!["line one", "line two"]]);
        assert!(paragraphs(" \n").is_empty());
    }
}
