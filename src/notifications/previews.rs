//! Looking at every mail before anybody gets one: the real templates with invented facts.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, ETAG};
use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::preferences::ChosenMail;
use crate::access::{Action, require_everywhere};
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::http::{Ctx, Operations, PageOf, Params, Shown, etag_of};
use crate::mail::template::{self, Rendered};
use crate::mail::{MailKind, samples};
use crate::organization::settings;
use crate::text_enum;

text_enum! {
    /// As what a mail is shown.
    pub enum MailFormat {
        /// Its subject and both parts as JSON.
        Json => "json",
        /// The plain part alone.
        Text => "text",
        /// The HTML part alone.
        Html => "html",
    }
}

/// The style sheet of a mail stands in it. Nothing else is taken, and nobody is asked for anything.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// A mail that there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailSummary {
    /// Which mail.
    #[schema(example = "scorecard_due")]
    kind: &'static str,
    /// The subject of its sample.
    #[schema(example = "Scorecard due: Ada Lovelace, Senior Engineer")]
    subject: String,
    /// Whether it goes to candidates.
    is_for_candidates: bool,
    /// Whether its reader chooses whether and how it comes.
    is_optional: bool,
}

/// A sample of a mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailPreview {
    /// Which mail.
    #[schema(example = "scorecard_due")]
    kind: &'static str,
    subject: String,
    /// The plain part.
    text: String,
    /// The HTML part.
    html: String,
}

/// How to show it.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MailPreviewFilter {
    /// As what; `json` when it is absent.
    #[param(inline)]
    format: Option<MailFormat>,
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(list_mail_previews).service(get_mail_preview);
}

/// List mail previews
///
/// Every mail that this service sends, in the order in which a hire meets them, on one page: with the subject
/// of a sample, and whether it is a matter of choice. For those who configure the organization.
#[utoipa::path(
    operation_id = "listMailPreviews", tag = "deliveries",
    responses((status = 200, description = "The mails.", body = PageOf<MailSummary>)),
)]
#[get("/mail-previews")]
pub async fn list_mail_previews(ctx: Ctx) -> Result<HttpResponse> {
    let organization = organization_name(&ctx).await?;
    let row = |kind: MailKind| {
        Ok(MailSummary {
            kind: kind.slug(),
            subject: sample(kind, &organization)?.subject,
            is_for_candidates: kind.is_for_candidates(),
            is_optional: ChosenMail::of(kind).is_some() || kind == MailKind::Digest,
        })
    };
    let data = MailKind::ALL.into_iter().map(row).collect::<Result<Vec<_>>>()?;
    Ok(HttpResponse::Ok().json(PageOf { data, has_more: false, next_cursor: None }))
}

/// Get a mail preview
///
/// A mail as its reader gets it, with invented people and links that lead nowhere. With `format=text` or
/// `format=html` that part alone.
#[utoipa::path(
    operation_id = "getMailPreview", tag = "deliveries",
    params(
        ("kind" = String, Path, description = "Which mail.", max_length = 60, example = "scorecard_due"),
        MailPreviewFilter,
    ),
    responses((
        status = 200, description = "The mail.",
        content((MailPreview = "application/json"), (String = "text/plain"), (String = "text/html")),
    )),
)]
#[get("/mail-previews/{kind}")]
pub async fn get_mail_preview(
    ctx: Ctx,
    kind: web::Path<String>,
    Params(filter): Params<MailPreviewFilter>,
) -> Result<HttpResponse> {
    // Who asks is settled first.
    let organization = organization_name(&ctx).await?;
    let kind = MailKind::from_slug(&kind).ok_or_else(Error::not_found)?;
    let Rendered { subject, text, html } = sample(kind, &organization)?;
    let (media, body) = match filter.format.unwrap_or(MailFormat::Json) {
        MailFormat::Json => {
            let value = MailPreview { kind: kind.slug(), subject, text, html };
            return ctx.answer(Shown { version: 0, value });
        }
        MailFormat::Text => ("text/plain; charset=utf-8", text),
        MailFormat::Html => ("text/html; charset=utf-8", html),
    };
    let etag = etag_of(0, &sha256(body.as_bytes()));
    if ctx.knows(&etag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, etag)).insert_header((CONTENT_SECURITY_POLICY, POLICY));
    Ok(response.content_type(media).body(body))
}

/// What the organization is called, for whoever may look at its mails.
async fn organization_name(ctx: &Ctx) -> Result<String> {
    ctx.read(|conn, actor| {
        require_everywhere(actor, Action::ManageOrganization)?;
        let row = settings::store::organization(conn)?.ok_or_else(Error::not_found)?;
        Ok(row.name)
    })
    .await
}

fn sample(kind: MailKind, organization_name: &str) -> Result<Rendered> {
    let facts = samples::of(kind, organization_name);
    template::render(kind, &facts).map_err(|error| Error::internal(error.to_string()))
}
