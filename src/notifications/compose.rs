//! From a delivery to a mail.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::digests::{self, Lines};
use super::preferences::Unwanted;
use super::{
    accounts, administration, answers, calendars, chat, debriefs, delegations, interviews, leaving,
    messages, notes, offers, refusals, seats, sessions, times,
};
use crate::calendars::Invitation;
use crate::candidates;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, CandidateId, CapabilityId, DeliveryId, UserId};
use crate::mail::template::{self, RenderError};
use crate::mail::{Address, Mail, MailKind};
use crate::organization::settings;
use crate::outbox::{Cause, Delivery, Recipient};
use crate::pages;
use crate::sessions::{DerivedSecrets, Purpose};
use crate::users;
use crate::users::store::User;

/// A mail whose facts are loaded and whose text is not yet rendered.
#[derive(Clone)]
pub struct Composed {
    kind: MailKind,
    to: Address,
    message_id: String,
    thread_root: Option<String>,
    sent_at: Instant,
    facts: Facts,
    /// The capability whose secret ends the link.
    capability: Option<CapabilityId>,
    /// What the reader's calendar is to do.
    calendar: Option<Invitation>,
    /// Who does without mails like this by the link in it.
    unsubscribes: Option<(UserId, Unwanted)>,
    /// What a digest says beside that.
    lines: Option<Lines>,
    /// Why the mail server takes no mail to its reader.
    refused: Option<String>,
    /// Who gets the answer.
    reply_to: Option<Address>,
}

/// Shows which mail it is and nothing of what it says.
impl std::fmt::Debug for Composed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Composed")
            .field("kind", &self.kind)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Serialize)]
struct Facts {
    recipient_name: String,
    link: String,
    organization_name: String,
    /// Where one does without mails like this; empty where one cannot.
    unsubscribe: String,
    #[serde(flatten)]
    own: Map<String, Value>,
}

/// What a family of events says in a mail, beside what every mail says.
pub(super) struct Content {
    /// Where the link leads: below the root of this service when it begins with a slash, else where
    /// it says; empty for a mail without a link.
    pub(super) path: String,
    /// The capability whose secret ends the path.
    pub(super) capability: Option<CapabilityId>,
    /// Whose thread it belongs to.
    pub(super) application_id: Option<ApplicationId>,
    /// The other variables of its template.
    pub(super) facts: Map<String, Value>,
    /// What the reader's calendar is to do.
    pub(super) calendar: Option<Invitation>,
}

impl Composed {
    /// Where its link leads, with the secret of one that acts.
    fn link(&self, derived: &DerivedSecrets) -> String {
        let secret = self.capability.map(|id| derived.secret(Purpose::Capability, id));
        self.facts.link.clone() + &secret.unwrap_or_default()
    }

    /// Where its link leads, if that is a page behind the sign-in and no link that acts.
    pub fn page(&self) -> Option<&str> {
        let is_page = self.capability.is_none() && !self.facts.link.is_empty();
        is_page.then_some(self.facts.link.as_str())
    }

    /// Renders the mail. The secret of a link that acts is derived here and stands nowhere else, so
    /// that the same delivery always holds the same link.
    ///
    /// # Errors
    /// A template that lacks a fact: a bug.
    pub fn render(&self, derived: &DerivedSecrets) -> std::result::Result<Mail, RenderError> {
        let mut facts = Facts { link: self.link(derived), ..self.facts.clone() };
        if let Some((user, what)) = self.unsubscribes {
            facts.unsubscribe.push_str(&pages::unsubscribe_path(derived, user, what));
        }
        if let Some(lines) = &self.lines {
            facts.own.extend(lines.render(derived)?);
        }
        let unsubscribe = Some(facts.unsubscribe.clone()).filter(|link| !link.is_empty());
        let rendered = template::render(self.kind, &facts)?;
        Ok(Mail {
            message_id: self.message_id.clone(),
            thread_root: self.thread_root.clone(),
            to: self.to.clone(),
            reply_to: self.reply_to.clone(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            list_unsubscribe: unsubscribe,
            calendar: self.calendar.clone(),
            kind: self.kind,
            sent_at: self.sent_at.utc(),
        })
    }

    /// Whether it is a digest that says nothing.
    pub fn says_nothing(&self) -> bool {
        self.lines.as_ref().is_some_and(Lines::is_empty)
    }

    /// The address that it goes to.
    pub fn address(&self) -> &str {
        &self.to.email
    }

    /// Why it is not tried: what the mail server said to a mail before it.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// The deliveries that are settled with this one.
    pub fn carries(&self) -> &[DeliveryId] {
        self.lines.as_ref().map_or(&[], |lines| &lines.carries)
    }
}

impl Lines {
    /// The lines with their links.
    fn render(
        &self,
        derived: &DerivedSecrets,
    ) -> std::result::Result<Map<String, Value>, RenderError> {
        let mut owed = self.owed.clone();
        for (line, capability) in &mut owed {
            if let (Some(id), Some(Value::String(link))) = (*capability, line.get_mut("link")) {
                link.push_str(&derived.secret(Purpose::Capability, id));
            }
        }
        let owed = owed.into_iter().map(|(line, _)| Value::Object(line)).collect();
        let mut news = Vec::with_capacity(self.news.len());
        for mail in &self.news {
            let what = mail.render(derived)?.subject;
            news.push(json!({ "what": what, "link": mail.link(derived) }));
        }
        let (late, escalated) = (self.late.clone(), self.escalated.clone());
        let lists = [("owed", owed), ("late", late), ("escalated", escalated), ("news", news)];
        let lists = lists.into_iter().map(|(name, lines)| (name.to_owned(), Value::Array(lines)));
        Ok(lists.collect())
    }
}

/// The mail of a delivery, or none when it is no longer owed: what it tells of has changed, or its
/// reader is gone or may not know it any more.
pub fn compose(
    conn: &mut Conn,
    delivery: &Delivery,
    cause: &Cause,
    public_url: &str,
    now: Instant,
) -> Result<Option<Composed>> {
    let unknown = || Error::internal("an unknown kind of mail");
    let kind = MailKind::from_slug(&delivery.kind).ok_or_else(unknown)?;
    let (mut lines, mut refused, mut reply_to) = (None, None, None);
    let found = match delivery.recipient()? {
        Recipient::User(id) if kind == MailKind::Digest => match reader(conn, kind, id)? {
            Some(reader) => {
                let times = (delivery.created_at, now);
                digests::compose(conn, &reader, public_url, times)?.map(|(content, said)| {
                    lines = Some(said);
                    (Address { name: reader.name, email: reader.email }, content)
                })
            }
            None => None,
        },
        Recipient::User(id) => to_user(conn, (kind, id), (delivery, cause), public_url, now)?,
        Recipient::Candidate(id) => {
            refused = candidates::store::addressee(conn, id)?.and_then(|person| person.refused);
            if kind == MailKind::CandidateMessage {
                reply_to = messages::reply_to(conn, cause.subject_id.typed())?;
            }
            to_candidate(conn, (kind, id), (delivery, cause), now)?
        }
    };
    let Some((to, content)) = found else {
        return Ok(None);
    };
    let organization = settings::store::organization(conn)?;
    let host = host(public_url);
    let unsubscribes = match (kind, delivery.recipient_id) {
        (MailKind::Digest, Some(user)) => Some((user, Unwanted::Digest)),
        (MailKind::ScorecardDue, Some(user)) => Some((user, Unwanted::Reminders)),
        _ => None,
    };
    Ok(Some(Composed {
        kind,
        message_id: format!("<{}@{host}>", delivery.id),
        thread_root: content.application_id.map(|id| format!("<application-{id}@{host}>")),
        sent_at: now,
        capability: content.capability,
        calendar: content.calendar,
        facts: Facts {
            recipient_name: to.name.clone(),
            link: link(public_url, content.path),
            organization_name: organization.map(|row| row.name).unwrap_or_default(),
            unsubscribe: unsubscribes.map(|_| public_url.to_owned()).unwrap_or_default(),
            own: content.facts,
        },
        unsubscribes,
        lines,
        refused,
        reply_to,
        to,
    }))
}

/// A path is one of this service.
fn link(public_url: &str, path: String) -> String {
    if path.starts_with('/') { format!("{public_url}{path}") } else { path }
}

/// What a mail says to somebody who works here, if they may still get it.
fn to_user(
    conn: &mut Conn,
    (kind, id): (MailKind, UserId),
    (delivery, cause): (&Delivery, &Cause),
    public_url: &str,
    now: Instant,
) -> Result<Option<(Address, Content)>> {
    let Some(recipient) = reader(conn, kind, id)? else {
        return Ok(None);
    };
    let subject = cause.subject_id;
    let content = match kind {
        MailKind::InterviewAssigned => {
            interviews::assigned(conn, &recipient, subject.typed(), public_url, now)?
        }
        MailKind::InterviewScheduled => {
            calendars::scheduled(conn, &recipient, (delivery, cause), public_url, now)?
        }
        MailKind::InterviewCalledOff => {
            calendars::called_off(conn, &recipient, cause, public_url, now)?
        }
        MailKind::ScorecardDue => interviews::due(conn, &recipient, delivery, cause, now)?,
        MailKind::DebriefRevealed => debriefs::revealed(conn, &recipient, subject.typed())?,
        MailKind::DecisionMade => debriefs::decided(conn, &recipient, subject.typed())?,
        MailKind::SetUpForSuccess => debriefs::set_up(conn, &recipient, subject.typed())?,
        MailKind::DebriefQuestion => debriefs::question(conn, &recipient, subject.typed())?,
        MailKind::DebriefStalled => debriefs::stalled(conn, &recipient, subject.typed())?,
        MailKind::DecisionAwaited => debriefs::awaited(conn, &recipient, subject.typed())?,
        MailKind::AgreementAsked => debriefs::agreement(conn, &recipient, subject.typed())?,
        MailKind::AgreementEscalated => debriefs::escalated(conn, &recipient, subject.typed())?,
        MailKind::SignalAsked => debriefs::signal(conn, &recipient, subject.typed())?,
        MailKind::DissentAsked => debriefs::dissent(conn, &recipient, subject.typed(), now)?,
        MailKind::ApprovalAsked => offers::approval_asked(conn, &recipient, subject.typed(), now)?,
        MailKind::OfferApproved => offers::offer_approved(conn, &recipient, subject.typed())?,
        MailKind::SessionReuse => sessions::reused(conn, &recipient, subject.typed())?,
        MailKind::Invitation => accounts::invitation(conn, &recipient, subject.typed(), now)?,
        MailKind::PasswordReset => accounts::reset(conn, subject.typed(), now)?,
        MailKind::PasswordChanged => Some(accounts::changed(&recipient, delivery)),
        MailKind::GlassBroken => administration::glass_broken(conn, &recipient, subject.typed())?,
        MailKind::BreakGlassSignIn => accounts::glass(conn, &recipient, delivery, subject.typed())?,
        MailKind::DelegationGiven => delegations::given(conn, &recipient, subject.typed(), now)?,
        MailKind::DelegationEnded => delegations::ended(conn, &recipient, subject.typed())?,
        MailKind::HandedOver => leaving::handed_over(conn, &recipient, cause)?,
        MailKind::LeftBehind => leaving::left_behind(conn, &recipient, cause)?,
        MailKind::PanelistDeclined => seats::panelist_declined(conn, &recipient, subject.typed())?,
        MailKind::CandidateAnswered => answers::answered(conn, &recipient, cause)?,
        MailKind::AddressRefused => refusals::address_refused(conn, &recipient, subject.typed())?,
        MailKind::ChatStopped => chat::stopped(conn, &recipient, subject.typed())?,
        MailKind::NoteMentioned => notes::mentioned(conn, &recipient, subject.typed())?,
        MailKind::ScorecardHandedIn => seats::handed_in(conn, &recipient, subject.typed(), now)?,
        MailKind::CandidateInterviewScheduled
        | MailKind::CandidateInterviewCalledOff
        | MailKind::TimeAsked
        | MailKind::CandidateMessage
        | MailKind::Digest => None,
    };
    let to = Address { name: recipient.name, email: recipient.email };
    Ok(content.map(|content| (to, content)))
}

/// What a mail says to a candidate, if they can be written to and it is still owed.
fn to_candidate(
    conn: &mut Conn,
    (kind, id): (MailKind, CandidateId),
    (delivery, cause): (&Delivery, &Cause),
    now: Instant,
) -> Result<Option<(Address, Content)>> {
    if kind == MailKind::TimeAsked {
        return times::time_asked(conn, id, cause.subject_id.typed(), now);
    }
    let Some(recipient) = candidates::store::addressee(conn, id)? else {
        return Ok(None);
    };
    let content: Option<Content> = match kind {
        MailKind::CandidateInterviewScheduled => {
            calendars::scheduled_for_candidate(conn, &recipient, (delivery, cause), now)?
        }
        MailKind::CandidateInterviewCalledOff => {
            calendars::called_off_for_candidate(conn, &recipient, cause, now)?
        }
        MailKind::CandidateMessage => messages::written(conn, cause.subject_id.typed())?,
        MailKind::InterviewAssigned
        | MailKind::InterviewScheduled
        | MailKind::InterviewCalledOff
        | MailKind::ScorecardDue
        | MailKind::DebriefRevealed
        | MailKind::DecisionMade
        | MailKind::ApprovalAsked
        | MailKind::OfferApproved
        | MailKind::SessionReuse
        | MailKind::Invitation
        | MailKind::PasswordReset
        | MailKind::PasswordChanged
        | MailKind::GlassBroken
        | MailKind::BreakGlassSignIn
        | MailKind::DelegationGiven
        | MailKind::DelegationEnded
        | MailKind::HandedOver
        | MailKind::LeftBehind
        | MailKind::PanelistDeclined
        | MailKind::CandidateAnswered
        | MailKind::ScorecardHandedIn
        | MailKind::AddressRefused
        | MailKind::ChatStopped
        | MailKind::NoteMentioned
        | MailKind::DebriefQuestion
        | MailKind::DebriefStalled
        | MailKind::DecisionAwaited
        | MailKind::AgreementAsked
        | MailKind::AgreementEscalated
        | MailKind::SignalAsked
        | MailKind::DissentAsked
        | MailKind::SetUpForSuccess
        | MailKind::Digest
        | MailKind::TimeAsked => None,
    };
    let to = Address { name: recipient.name, email: recipient.email };
    Ok(content.map(|content| (to, content)))
}

/// Whom a mail is for, if they may still get it: an invitation goes to somebody who has not joined,
/// every other mail to somebody who has.
fn reader(conn: &mut Conn, kind: MailKind, id: UserId) -> Result<Option<User>> {
    let found = if kind == MailKind::Invitation {
        users::store::find_invited(conn, id)
    } else {
        users::store::find_active(conn, id)
    };
    Ok(found?)
}

/// The host of the public URL as a message id takes it; an address in brackets does not fit there.
fn host(public_url: &str) -> String {
    let url = url::Url::parse(public_url).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    let fits = |host: &&str| !host.is_empty() && !host.starts_with('[');
    host.filter(fits).unwrap_or("localhost").to_owned()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_message_id_ends_with_the_host_that_people_know() {
        assert_eq!(host("https://hire.example.com"), "hire.example.com");
        assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8080"), "localhost");
        assert_eq!(host("no address"), "localhost");
    }
}
