//! The words of the mails: one folder of templates per kind, compiled in.
//!
//! `templates/<slug>/` holds `subject.txt`, `body.txt` and `body.html`; `templates/footer.txt` ends
//! every text and `templates/layout.html` stands around every HTML body. A template that prints a
//! variable it was not given is an error, never a gap in a mail, and a value is always printed on
//! one line, so that a name cannot add a paragraph of its own.
//!
//! | kind | variables, beside `recipient_name`, `link`, `organization_name` |
//! |---|---|
//! | `interview_assigned` | `candidate_name`, `job_title`, `kit_name`, `starts_at_local` (with its zone), `slot` (`lead`, `second`, `bar_raiser`, `shadow` or `observer`) |
//! | `interview_scheduled` | `candidate_name`, `job_title`, `kit_name`, `starts_at_local` (with its zone), `minutes` (how long it takes), `changed`, `meeting_url`, `location`, `dial_in` (empty where there is none) |
//! | `interview_called_off` | `job_title`, `kit_name`, `starts_at_local` (with its zone), `why` (`off`, `released`, `given_up` or `removed`) |
//! | `candidate_interview_scheduled` | `job_title`, `starts_at_local` (with its zone), `minutes`, `changed`, `location`, `dial_in`, `panel` (names; empty where there is none); the link leads to the meeting |
//! | `candidate_interview_called_off` | `job_title`, `starts_at_local` (with its zone), `why` (`off`, `released` or `given_up`) |
//! | `scorecard_due` | `candidate_name`, `job_title`, `kit_name`, `due_at_local` (with its zone), `minutes` (what filling it in takes) |
//! | `debrief_revealed` | `candidate_name`, `job_title` |
//! | `decision_made` | `candidate_name`, `job_title`; the outcome stays behind the link |
//! | `set_up_for_success` | `candidate_name`, `job_title`; what the memo says stays behind the link |
//! | `approval_asked` | `candidate_name`, `job_title`, `step_name`, `in_place_of` (empty for a vote of one's own) |
//! | `offer_approved` | `candidate_name`, `job_title` |
//! | `session_reuse` | `signed_in_at_local`, `ended_at_local` (with their zone) |
//! | `invitation` | `inviter_name`, `expires_at_local` (with its zone) |
//! | `password_reset` | `minutes` (how long the link works) |
//! | `password_changed` | `changed_at_local` (with its zone) |
//! | `glass_broken` | `actor_name`, `job_title`, `reason`, `minutes` (how long it lasts) |
//! | `break_glass_sign_in` | `owner_name`, `broken_at_local` (with its zone) |
//! | `delegation_given` | `giver_name`, `delegate_name`, `starts_at_local`, `ends_at_local` (with their zone) |
//! | `delegation_ended` | `giver_name`, `delegate_name` |
//! | `handed_over` | `leaver_name`, `count` |
//! | `panelist_declined` | `panelist_name`, `candidate_name`, `job_title`, `kit_name`, `slot`, `starts_at_local` (with its zone) |
//! | `scorecard_handed_in` | `submitter_name`, `candidate_name`, `job_title`, `kit_name` |
//! | `time_asked` | `job_title`, `asked` (`slots` or `availability`), `minutes`, `expires_at_local` (with its zone); to candidates |
//! | `candidate_answered` | `candidate_name`, `job_title`, `kit_name`, `said` (`slot`, `availability`, `another_time` or `cannot_come`), `starts_at_local` (with its zone), `windows` (they gave some) |
//! | `debrief_question` | `candidate_name`, `job_title`, `due_at_local` (with its zone) |
//! | `debrief_stalled` | `candidate_name`, `job_title` |
//! | `decision_awaited` | `candidate_name`, `job_title`, `due_at_local` (with its zone) |
//! | `agreement_asked` | `candidate_name`, `job_title`, `due_at_local` (with its zone) |
//! | `agreement_escalated` | `decider_name`; nothing of the candidate, of whom its reader may not know |
//! | `signal_asked` | `candidate_name`, `job_title`; what is to be found out stays behind the link |
//! | `dissent_asked` | `candidate_name`, `job_title`, `due_at_local` (with its zone); the outcome stays behind the link |
//! | `digest` | `headline`, `owed` (each with `what`, `about`, `when`, `is_overdue`, `minutes`, `link`), `late` and `escalated` (each with `what`, `about`, `who`, `when`), `news` (each with `what`, `link`), `more` (how many are not listed) |
//! | `address_refused` | `candidate_name` |
//! | `chat_stopped` | `chat_host` |
//! | `note_mentioned` | `actor_name`, `candidate_name`; what the note says stays behind the link |
//! | `candidate_message` | `subject_line`, `paragraphs` (of lines), `language`; the words of whoever writes |
//! | `left_behind` | `leaver_name`, `candidate_name`, `job_title`, `what` (a sentence of ours) |

use std::fmt;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, context,
    escape_formatter,
};
use serde::Serialize;

use super::MailKind;
use super::line::one_line;

const LAYOUT: &str = "layout.html";
const FOOTER: &str = "footer.txt";

/// Parsed once; that the templates parse at all is proven by the tests that render each of them.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(environment);

/// The words of one mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without a break at its end.
    pub subject: String,
    /// The plain part, footer included.
    pub text: String,
    /// A whole HTML document.
    pub html: String,
}

/// A mail that cannot be written: a variable is missing, or a template is broken. Names the template
/// and line, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    detail: String,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mail cannot be rendered: {}", self.detail)
    }
}

impl std::error::Error for RenderError {}

impl From<&Error> for RenderError {
    fn from(error: &Error) -> Self {
        let place = match (error.name(), error.line()) {
            (Some(name), Some(line)) => format!(" in {name}, line {line}"),
            (Some(name), None) => format!(" in {name}"),
            (None, _) => String::new(),
        };
        // The error's own detail may quote a value, its kind does not.
        Self { detail: format!("{}{place}", error.kind()) }
    }
}

/// Writes the mail of that kind from the variables in the table above.
pub fn render(kind: MailKind, context: &impl Serialize) -> Result<Rendered, RenderError> {
    let environment = ENVIRONMENT.as_ref().map_err(RenderError::from)?;
    let variables = Value::from(Serde(context));
    fill(environment, kind, &variables).map_err(|error| RenderError::from(&error))
}

fn fill(
    environment: &Environment<'_>,
    kind: MailKind,
    variables: &Value,
) -> Result<Rendered, Error> {
    let print = |name: &str| environment.get_template(name)?.render(variables.clone());
    let subject = one_line(&print(&name(kind, "subject.txt"))?);
    let body = print(&name(kind, "body.txt"))?;
    // What it says of ratings is for those who give them.
    let inside = !kind.is_for_candidates();
    let footer =
        environment.get_template(FOOTER)?.render(context! { inside, ..variables.clone() })?;
    // "-- " on a line of its own lets mail programs fold the footer away (RFC 3676 §4.3).
    let text = format!("{}\n\n-- \n{}\n", body.trim(), footer.trim());
    let content = Value::from_safe_string(print(&name(kind, "body.html"))?);
    let html = environment
        .get_template(LAYOUT)?
        .render(context! { content, inside, subject => subject.as_str(), ..variables.clone() })?;
    Ok(Rendered { subject, text, html })
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| {
        if name.rsplit_once('.').is_some_and(|(_, ending)| ending == "html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.set_formatter(print_on_one_line);
    environment.add_template(LAYOUT, include_str!("templates/layout.html"))?;
    environment.add_template(FOOTER, include_str!("templates/footer.txt"))?;
    for kind in MailKind::ALL {
        for (file, source) in sources(kind) {
            environment.add_template_owned(name(kind, file), source)?;
        }
    }
    Ok(environment)
}

/// Safe text is HTML of our own making, which keeps its lines.
fn print_on_one_line(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if value.kind() == ValueKind::String && !value.is_safe() => {
            escape_formatter(out, state, &Value::from(one_line(text)))
        }
        _ => escape_formatter(out, state, value),
    }
}

fn name(kind: MailKind, file: &str) -> String {
    format!("{}/{file}", kind.slug())
}

macro_rules! folder {
    ($slug:literal) => {
        [
            ("subject.txt", include_str!(concat!("templates/", $slug, "/subject.txt"))),
            ("body.txt", include_str!(concat!("templates/", $slug, "/body.txt"))),
            ("body.html", include_str!(concat!("templates/", $slug, "/body.html"))),
        ]
    };
}

const fn sources(kind: MailKind) -> [(&'static str, &'static str); 3] {
    match kind {
        MailKind::InterviewAssigned => folder!("interview_assigned"),
        MailKind::InterviewScheduled => folder!("interview_scheduled"),
        MailKind::InterviewCalledOff => folder!("interview_called_off"),
        MailKind::CandidateInterviewScheduled => folder!("candidate_interview_scheduled"),
        MailKind::CandidateInterviewCalledOff => folder!("candidate_interview_called_off"),
        MailKind::ScorecardDue => folder!("scorecard_due"),
        MailKind::DebriefRevealed => folder!("debrief_revealed"),
        MailKind::DecisionMade => folder!("decision_made"),
        MailKind::SetUpForSuccess => folder!("set_up_for_success"),
        MailKind::ApprovalAsked => folder!("approval_asked"),
        MailKind::OfferApproved => folder!("offer_approved"),
        MailKind::SessionReuse => folder!("session_reuse"),
        MailKind::Invitation => folder!("invitation"),
        MailKind::PasswordReset => folder!("password_reset"),
        MailKind::PasswordChanged => folder!("password_changed"),
        MailKind::GlassBroken => folder!("glass_broken"),
        MailKind::BreakGlassSignIn => folder!("break_glass_sign_in"),
        MailKind::DelegationGiven => folder!("delegation_given"),
        MailKind::DelegationEnded => folder!("delegation_ended"),
        MailKind::HandedOver => folder!("handed_over"),
        MailKind::LeftBehind => folder!("left_behind"),
        MailKind::PanelistDeclined => folder!("panelist_declined"),
        MailKind::ScorecardHandedIn => folder!("scorecard_handed_in"),
        MailKind::TimeAsked => folder!("time_asked"),
        MailKind::CandidateAnswered => folder!("candidate_answered"),
        MailKind::DebriefQuestion => folder!("debrief_question"),
        MailKind::DebriefStalled => folder!("debrief_stalled"),
        MailKind::DecisionAwaited => folder!("decision_awaited"),
        MailKind::AgreementAsked => folder!("agreement_asked"),
        MailKind::AgreementEscalated => folder!("agreement_escalated"),
        MailKind::SignalAsked => folder!("signal_asked"),
        MailKind::DissentAsked => folder!("dissent_asked"),
        MailKind::Digest => folder!("digest"),
        MailKind::AddressRefused => folder!("address_refused"),
        MailKind::ChatStopped => folder!("chat_stopped"),
        MailKind::NoteMentioned => folder!("note_mentioned"),
        MailKind::CandidateMessage => folder!("candidate_message"),
    }
}

#[cfg(test)]
pub(super) mod probe {
    //! What the tests may see of the templates beside the finished mails.

    use std::collections::BTreeSet;

    use super::{ENVIRONMENT, MailKind, name};

    /// Every variable that the mail of this kind can print.
    pub(crate) fn variables(kind: MailKind) -> BTreeSet<String> {
        let environment = ENVIRONMENT.as_ref().unwrap();
        ["subject.txt", "body.txt", "body.html"]
            .into_iter()
            .flat_map(|file| {
                let template = environment.get_template(&name(kind, file)).unwrap();
                template.undeclared_variables(true)
            })
            .collect()
    }
}
