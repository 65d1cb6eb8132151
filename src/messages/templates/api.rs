//! Templates over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, Reach, Scope, holdings, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Prose};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{JobId, MessageTemplateId, kinds};
use crate::messages::{Language, MessagePurpose};

/// What candidates are written for a purpose.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageTemplate {
    id: MessageTemplateId,
    /// The job that it is of; null for one of the organization.
    job_id: Option<JobId>,
    purpose: MessagePurpose,
    #[schema(example = "After the first call")]
    name: String,
    language: Language,
    #[schema(example = "Your application as {{job.title}}")]
    subject: String,
    #[schema(
        example = "Dear {{candidate.first_name}},\n\nthank you for the call.\n\n{{sender.name}}"
    )]
    body: String,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::MessageTemplate> for MessageTemplate {
    fn from(row: store::MessageTemplate) -> Self {
        Self {
            id: row.id,
            job_id: row.job_id,
            purpose: row.purpose,
            name: row.name,
            language: row.language,
            subject: row.subject,
            body: row.body,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A template to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMessageTemplate {
    /// The job that it is of; without one it is of the organization.
    pub(super) job_id: Option<JobId>,
    /// What it is for.
    pub(super) purpose: MessagePurpose,
    pub(super) name: Line<120>,
    /// The language that it is written in.
    pub(super) language: Language,
    /// One line with placeholders.
    #[schema(example = "Your application as {{job.title}}")]
    pub(super) subject: Line<200>,
    /// Plain text with placeholders; empty lines part paragraphs.
    #[schema(
        example = "Dear {{candidate.first_name}},\n\nthank you for the call.\n\n{{sender.name}}"
    )]
    pub(super) body: Prose<20000>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMessageTemplate {
    pub(super) name: Option<Line<120>>,
    /// One line with placeholders.
    pub(super) subject: Option<Line<200>>,
    /// Plain text with placeholders.
    pub(super) body: Option<Prose<20000>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which templates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageTemplateFilter {
    /// Only those of this job.
    job_id: Option<JobId>,
    /// Only those for this purpose.
    #[param(inline)]
    purpose: Option<MessagePurpose>,
    /// Only those in this language.
    #[param(inline)]
    language: Option<Language>,
    /// Only those out of use, or only those in use; all when it is absent.
    archived: Option<bool>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(MessageTemplateFilter);

/// Create a message template
///
/// Adds what candidates are written, for one job or for all. Placeholders: `{{candidate.first_name}}`,
/// `{{candidate.name}}`, `{{job.title}}`, `{{sender.name}}`, `{{organization.name}}`; for `interview_details` and
/// `update` also `{{interview.time}}`, `{{interview.minutes}}`, `{{interview.place}}`, `{{interview.link}}`. Any
/// other is 422 with its line and column.
#[utoipa::path(
    operation_id = "createMessageTemplate", tag = "messages", request_body = CreateMessageTemplate,
    responses((status = 201, description = "The template.", body = MessageTemplate)),
)]
#[post("/message-templates")]
pub async fn create_message_template(
    ctx: Ctx,
    body: Body<CreateMessageTemplate>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "message-templates", show).await
}

/// List message templates
///
/// The organization's templates and those of the jobs that you may read, newest first.
#[utoipa::path(
    operation_id = "listMessageTemplates", tag = "messages", params(MessageTemplateFilter),
    responses((status = 200, description = "One page of templates.", body = PageOf<MessageTemplate>)),
)]
#[get("/message-templates")]
pub async fn list_message_templates(
    ctx: Ctx,
    Params(filter): Params<MessageTemplateFilter>,
) -> Result<HttpResponse> {
    let MessageTemplateFilter { job_id, purpose, language, archived, .. } = filter;
    let wanted = store::Wanted { job_id, purpose, language, archived };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, wanted, Reach::of(actor, Action::ReadJob), page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.id.any(), MessageTemplate::from(row))).collect()))
    })
    .await
}

/// Get a message template
///
/// One template.
#[utoipa::path(
    operation_id = "getMessageTemplate", tag = "messages",
    params(("id" = MessageTemplateId, Path, description = "Which template.")),
    responses((status = 200, description = "The template.", body = MessageTemplate)),
)]
#[get("/message-templates/{id}")]
pub async fn get_message_template(
    ctx: Ctx,
    PathId(id): PathId<kinds::MessageTemplate>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a message template
///
/// Merge patch: absent fields stay. What it is for, its language and its job never change. Messages that were
/// written by it stay as they are.
#[utoipa::path(
    operation_id = "updateMessageTemplate", tag = "messages", request_body = UpdateMessageTemplate,
    params(
        ("id" = MessageTemplateId, Path, description = "Which template."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, description = "The template as it is now.", body = MessageTemplate)),
)]
#[patch("/message-templates/{id}")]
pub async fn update_message_template(
    ctx: Ctx,
    PathId(id): PathId<kinds::MessageTemplate>,
    body: Body<UpdateMessageTemplate>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: MessageTemplateId) -> Result<Shown<MessageTemplate>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    if let Some(job_id) = row.job_id {
        holdings(conn, actor, &Scope::on_job(id, job_id))?.require(Action::ReadJob)?;
    }
    Ok(Shown { version: row.version, value: row.into() })
}
