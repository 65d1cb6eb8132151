//! Asking for another password over the API.

use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::commands;
use crate::error::Result;
use crate::http::fields::Email;
use crate::http::{Body, Ctx, Open};

/// Whose password was lost.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePasswordReset {
    /// The address of the account.
    email: Email,
}

/// Ask for another password
///
/// Sends a link by mail that sets another password, once, within thirty minutes. The answer, and
/// the time that it takes, are the same whether or not there is such an account; an account gets
/// three of these mails an hour at most.
#[utoipa::path(
    operation_id = "createPasswordReset", tag = "sessions", request_body = CreatePasswordReset,
    security(()),
    responses((status = 202, description = "If there is such an account, a mail is on its way.")),
)]
#[post("/password-resets")]
pub async fn create_password_reset(
    Open(ctx): Open,
    input: Body<CreatePasswordReset>,
) -> Result<HttpResponse> {
    request(&ctx, &input.email).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Notes the address, for the API and for the page.
pub(crate) async fn request(ctx: &Ctx, email: &Email) -> Result<()> {
    let folded = email.folded();
    ctx.db().write(ctx.unit(), move |tx| commands::request(tx, &folded)).await?;
    Ok(())
}
