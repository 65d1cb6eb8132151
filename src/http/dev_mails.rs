//! The demo's mailbox over the API. Outside of a demo there is no such thing.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Ctx, Mode, PageOf, Params};
use crate::access::{Action, require_everywhere};
use crate::clock::Instant;
use crate::error::{Error, FieldError, Result};
use crate::mail::transport::{MAX_LISTED, StoredMail};

/// How many mails are listed when nobody asks for a number.
const LIMIT_DEFAULT: usize = 50;

/// A mail that would have left if this were no demo.
#[derive(Debug, Serialize, ToSchema)]
pub struct DevMail {
    /// The same for every try to send it.
    message_id: String,
    /// Which mail.
    #[schema(example = "interview_assigned")]
    kind: String,
    /// Name of the person it is for.
    to_name: String,
    /// Address of the person it is for.
    to_email: String,
    subject: String,
    /// The plain part.
    text: String,
    /// The HTML part.
    html: String,
    sent_at: Instant,
}

impl From<StoredMail> for DevMail {
    fn from(mail: StoredMail) -> Self {
        Self {
            message_id: mail.message_id,
            kind: mail.kind.slug().to_owned(),
            to_name: mail.to.name,
            to_email: mail.to.email,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            sent_at: Instant::from_utc(mail.sent_at),
        }
    }
}

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DevMailFilter {
    /// How many mails to list at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
}

/// List the demo's mails
///
/// The newest mails of the demo's mailbox, newest first, on one page. Only in a demo, and only for
/// its owner; elsewhere there is no such list.
#[utoipa::path(
    operation_id = "listDevMails", tag = "deliveries", params(DevMailFilter),
    responses((status = 200, description = "The newest mails.", body = PageOf<DevMail>)),
)]
#[get("/dev/mails")]
pub async fn list_dev_mails(
    ctx: Ctx,
    Params(filter): Params<DevMailFilter>,
) -> Result<HttpResponse> {
    let state = ctx.state();
    let is_demo = state.mode == Mode::Demo;
    // Who asks is settled first.
    ctx.read(move |_, actor| {
        if is_demo {
            require_everywhere(actor, Action::ReadDevMails)
        } else {
            Err(Error::not_found())
        }
    })
    .await?;
    let limit = filter.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=MAX_LISTED).contains(&limit) {
        let detail = format!("Between 1 and {MAX_LISTED}.");
        return Err(Error::invalid_fields(vec![FieldError::query("limit", "range", detail)]));
    }
    let mailer = state.mailer.clone();
    let mails = web::block(move || mailer.read_folder(limit)).await.map_err(Error::internal)?;
    let data = mails.map_err(Error::internal)?.into_iter().map(DevMail::from).collect();
    Ok(HttpResponse::Ok().json(PageOf::<DevMail> { data, has_more: false, next_cursor: None }))
}
