//! Messages over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::letter::{self, Draft, paragraphs};
use super::store;
use super::{
    Language, MessageDirection, MessageEnd, MessagePurpose, MessageState, SendAt, ZoneOf, commands,
};
use crate::access::{self, Action, Actor, Reach, candidate_scope, holdings};
use crate::applications::commands::scope;
use crate::applications::store as applications;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Prose};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{ApplicationId, CandidateId, InterviewId, MessageId, MessageTemplateId, kinds};
use crate::mail::MailKind;
use crate::mail::template::{self, Rendered};

/// A mail to a candidate, as it was written; or one that went by another way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    id: MessageId,
    application_id: ApplicationId,
    candidate_id: CandidateId,
    purpose: MessagePurpose,
    direction: MessageDirection,
    state: MessageState,
    /// The person or the service account that wrote or recorded it.
    author_id: String,
    /// By which template; null for one in words of its own, and for ours.
    template_id: Option<MessageTemplateId>,
    language: Language,
    #[schema(example = "Your application as Senior Engineer")]
    subject: String,
    #[schema(example = "Dear Ada,\n\nwe will write to you soon.")]
    body: String,
    /// The address that it went to; null until it is on its way, and for those who read no addresses.
    recipient: Option<String>,
    /// When it goes out; null for one that was recorded.
    send_at: Option<Instant>,
    /// The zone by which that was chosen.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// Whose zone that is.
    time_zone_of: Option<ZoneOf>,
    /// When the mail server took it; for one that was recorded, when it was written.
    sent_at: Option<Instant>,
    /// The interview that it tells of.
    interview_id: Option<InterviewId>,
    /// Why it was not sent.
    ended_because: Option<MessageEnd>,
    /// What the mail server said, without the address.
    ended_detail: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

impl Message {
    fn of(row: store::Message, reads_addresses: bool) -> Self {
        let is_person = row.author_id == row.sender_id.any();
        let noun = if is_person { "user" } else { "service_account" };
        Self {
            id: row.id,
            application_id: row.application_id,
            candidate_id: row.candidate_id,
            purpose: row.purpose,
            direction: row.direction,
            state: row.state,
            author_id: row.author_id.shown_as(noun),
            template_id: row.template_id,
            language: row.language,
            subject: row.subject,
            body: row.body,
            recipient: row.recipient.filter(|_| reads_addresses),
            send_at: row.send_at,
            time_zone: row.time_zone,
            time_zone_of: row.time_zone_of,
            sent_at: row.sent_at,
            interview_id: row.interview_id,
            ended_because: row.ended_because,
            ended_detail: row.ended_detail,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A mail that went by another way.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordedMessage {
    /// Who wrote to whom.
    pub(super) direction: MessageDirection,
    /// When it was written.
    pub(super) occurred_at: Instant,
}

/// A message to write: by a template, by whatever template there is for a purpose, or in words of its own.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMessage {
    /// By which template.
    pub(super) template_id: Option<MessageTemplateId>,
    /// What for. Without a template and words of its own, the one that there is for it is taken: in the
    /// candidate's language, of the job before that of the organization. `update` where there are words and no
    /// purpose.
    pub(super) purpose: Option<MessagePurpose>,
    /// The subject in words of its own, with placeholders.
    pub(super) subject: Option<Line<200>>,
    /// The text in words of its own, with placeholders.
    pub(super) body: Option<Prose<20000>>,
    /// In which language, in place of the candidate's.
    pub(super) language: Option<Language>,
    /// The interview that it tells of; the next one where none is named.
    pub(super) interview_id: Option<InterviewId>,
    /// When it goes out; `now` when it is absent.
    #[serde(default)]
    pub(super) send_at: SendAt,
    /// That it went by another way: it is kept with its own words, and never sent.
    #[validate(nested)]
    pub(super) recorded: Option<RecordedMessage>,
}

impl CreateMessage {
    pub(super) fn draft(&self, at: &'static str) -> Draft<'_> {
        Draft {
            at,
            template_id: self.template_id,
            purpose: self.purpose,
            subject: self.subject.as_deref(),
            body: self.body.as_deref(),
            language: self.language,
            interview_id: self.interview_id,
        }
    }
}

/// The message that goes with a rejection; without a template and words of its own, the one that there is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionMessage {
    /// By which template, of those for `rejected`.
    pub(super) template_id: Option<MessageTemplateId>,
    /// The subject in words of its own, with placeholders.
    pub(super) subject: Option<Line<200>>,
    /// The text in words of its own, with placeholders.
    pub(super) body: Option<Prose<20000>>,
    /// In which language, in place of the candidate's.
    pub(super) language: Option<Language>,
    /// When it goes out; `now` when it is absent.
    #[serde(default)]
    pub(super) send_at: SendAt,
}

impl RejectionMessage {
    pub(super) fn draft(&self) -> Draft<'_> {
        Draft {
            at: "/message",
            template_id: self.template_id,
            purpose: Some(MessagePurpose::Rejected),
            subject: self.subject.as_deref(),
            body: self.body.as_deref(),
            language: self.language,
            interview_id: None,
        }
    }
}

/// What would be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagePreview {
    purpose: MessagePurpose,
    template_id: Option<MessageTemplateId>,
    language: Language,
    /// To which address; null where the candidate has none, and for those who read no addresses.
    to: Option<String>,
    /// Where an answer goes.
    reply_to: String,
    subject: String,
    /// The words of the message.
    body: String,
    /// The plain part of the mail.
    text: String,
    /// Its HTML part.
    html: String,
    /// When it would go out.
    send_at: Instant,
    /// The zone by which that is chosen.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    time_zone_of: ZoneOf,
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(MessageFilter);

/// Write a message
///
/// Writes a mail to the candidate of an application. It goes out at its time, until when it can be called off, and
/// only if the application then stands where its purpose says. Placeholders such as `{{candidate.first_name}}` are
/// filled now: what is unknown or cannot be filled is 422. With `recorded` it is a mail that went by another way.
#[utoipa::path(
    operation_id = "createMessage", tag = "messages", request_body = CreateMessage,
    params(("id" = ApplicationId, Path, description = "For which application.")),
    responses((status = 201, description = "The message.", body = Message)),
)]
#[post("/applications/{id}/messages")]
pub async fn create_message(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<CreateMessage>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input)).await?;
    ctx.created(done, "messages", show).await
}

/// Preview a message
///
/// What would be sent, to the byte, and when. Nothing is kept, and the application need not stand yet where the
/// purpose says.
#[utoipa::path(
    operation_id = "createMessagePreview", tag = "messages", request_body = CreateMessage,
    params(("id" = ApplicationId, Path, description = "For which application.")),
    responses((status = 200, description = "The mail.", body = MessagePreview)),
)]
#[post("/applications/{id}/message-previews")]
pub async fn create_message_preview(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<CreateMessage>,
) -> Result<HttpResponse> {
    let (input, now) = (body.clone(), ctx.now());
    let previewed = ctx
        .read(move |conn, actor| {
            let row = applications::find(conn, id)?.ok_or_else(Error::not_found)?;
            let (scope, _) = scope(conn, actor, &row)?;
            let holdings = holdings(conn, actor, &scope)?;
            holdings.require(Action::WriteMessages)?;
            if input.recorded.is_some() {
                let detail = "What went by another way is not sent.";
                return Err(Error::invalid("/recorded", "not_both", detail));
            }
            let letter = letter::write(conn, actor.user_id, &row, &input.draft(""), now)?;
            let send_at = input.send_at.resolve(now, letter.facts.zone, "/send_at")?;
            Ok((letter, send_at, holdings.allow(Action::ReadContactPoints)))
        })
        .await?;
    let (letter, send_at, reads_addresses) = previewed;
    let facts = &letter.facts;
    let printed = serde_json::json!({
        "recipient_name": facts.candidate.name,
        "link": "",
        "unsubscribe": "",
        "organization_name": facts.organization.name,
        "subject_line": letter.subject,
        "paragraphs": paragraphs(&letter.body),
        "language": letter.language.as_str(),
    });
    let rendered = template::render(MailKind::CandidateMessage, &printed);
    let Rendered { subject, text, html } =
        rendered.map_err(|error| Error::internal(error.to_string()))?;
    let value = MessagePreview {
        purpose: letter.purpose,
        template_id: letter.template_id,
        language: letter.language,
        to: facts.addressee.as_ref().filter(|_| reads_addresses).map(|one| one.email.clone()),
        reply_to: facts.sender.email.clone(),
        time_zone: facts.zone.name().to_owned(),
        time_zone_of: facts.zone_of,
        body: letter.body,
        subject,
        text,
        html,
        send_at,
    };
    ctx.answer(Shown { version: 0, value })
}

/// List the messages of an application
///
/// What was written to the candidate and what was recorded, newest first. Whoever owes a scorecard for the
/// application reads none but their own.
#[utoipa::path(
    operation_id = "listApplicationMessages", tag = "messages",
    params(("id" = ApplicationId, Path, description = "Of which application."), MessageFilter),
    responses((status = 200, description = "One page of messages.", body = PageOf<Message>)),
)]
#[get("/applications/{id}/messages")]
pub async fn list_application_messages(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    Params(filter): Params<MessageFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let reads_addresses = readable(conn, actor, id)?;
        let rows = store::of_application(conn, id, actor.user_id, page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.id.any(), Message::of(row, reads_addresses))).collect()))
    })
    .await
}

/// List the messages of a candidate
///
/// The same of all applications whose messages you read.
#[utoipa::path(
    operation_id = "listCandidateMessages", tag = "messages",
    params(("id" = CandidateId, Path, description = "Of which candidate."), MessageFilter),
    responses((status = 200, description = "One page of messages.", body = PageOf<Message>)),
)]
#[get("/candidates/{id}/messages")]
pub async fn list_candidate_messages(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    Params(filter): Params<MessageFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let scope = candidate_scope(conn, actor, id)?;
        let holdings = holdings(conn, actor, &scope)?;
        holdings.require(Action::ReadMessages)?;
        let reads_addresses = holdings.allow(Action::ReadContactPoints);
        let reader = (Reach::of(actor, Action::ReadMessages), actor.user_id);
        let rows = store::of_candidate(conn, id, reader, page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.id.any(), Message::of(row, reads_addresses))).collect()))
    })
    .await
}

/// Get a message
///
/// One message, as it was written.
#[utoipa::path(
    operation_id = "getMessage", tag = "messages",
    params(("id" = MessageId, Path, description = "Which message.")),
    responses((status = 200, description = "The message.", body = Message)),
)]
#[get("/messages/{id}")]
pub async fn get_message(ctx: Ctx, PathId(id): PathId<kinds::Message>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Call a message off
///
/// Calls off a message that is not on its way yet.
#[utoipa::path(
    operation_id = "cancelMessage", tag = "messages",
    params(
        ("id" = MessageId, Path, description = "Which message."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, description = "The message, called off.", body = Message)),
)]
#[put("/messages/{id}/cancellation")]
pub async fn cancel_message(
    ctx: Ctx,
    PathId(id): PathId<kinds::Message>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::cancel(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Asks whether somebody reads the messages of an application, and says whether they read addresses.
fn readable(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Result<bool> {
    let row = applications::find(conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = scope(conn, actor, &row)?;
    let holdings = access::holdings(conn, actor, &scope)?;
    holdings.require(Action::ReadMessages)?;
    Ok(holdings.allow(Action::ReadContactPoints))
}

fn show(conn: &mut Conn, actor: &Actor, id: MessageId) -> Result<Shown<Message>> {
    let found = store::find_known(conn, id, actor.user_id)?.ok_or_else(Error::not_found)?;
    let row = applications::find(conn, found.application_id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = scope(conn, actor, &row)?;
    let holdings = access::holdings(conn, actor, &scope)?;
    // Whoever may not read messages is not told that there is one.
    if !holdings.allow(Action::ReadMessages) {
        return Err(Error::not_found());
    }
    let reads_addresses = holdings.allow(Action::ReadContactPoints);
    Ok(Shown { version: found.version, value: Message::of(found, reads_addresses) })
}
