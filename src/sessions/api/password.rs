//! One's own password over the API, and comparing one without letting anybody guess.

use actix_web::{HttpResponse, put};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::error::{Error, Result};
use crate::http::{Body, Ctx};
use crate::ids::UserId;
use crate::sessions::passwords::Compared;
use crate::sessions::throttle::Guesser;
use crate::sessions::{NewPassword, commands};
use crate::users;
use crate::users::store::User;

/// Another password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password as it is.
    #[schema(value_type = String, format = Password, max_length = 1024)]
    current_password: SecretString,
    /// The password as it shall be.
    new_password: NewPassword,
}

/// Change my password
///
/// Sets another password for your account, and signs out every device of yours but the one that
/// asks. Whoever is wrong about the current password several times has to wait: 429 with
/// `Retry-After`.
#[utoipa::path(
    operation_id = "changePassword", tag = "sessions", request_body = ChangePassword,
    responses((status = 204, description = "The password is another one.")),
)]
#[put("/me/password")]
pub async fn change_password(ctx: Ctx, input: Body<ChangePassword>) -> Result<HttpResponse> {
    let me = ctx
        .read(|conn, actor| users::store::find(conn, actor.user_id)?.ok_or_else(Error::not_found))
        .await?;
    input.new_password.check_for("/new_password", &me.name, &me.email)?;
    let fits = is_own_password(&ctx, &me, input.current_password.clone()).await?;
    let known = me.password_hash.filter(|_| fits).ok_or_else(|| {
        let detail = "This is not your password.";
        Error::invalid("/current_password", "wrong_password", detail)
    })?;
    let hash = ctx.state().passwords.hash(&input.new_password).await?;
    ctx.act(move |tx, actor| commands::change_password(tx, actor, &known, &hash)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether this is the password of somebody who signed in, for the API and for the page. Guessing it
/// is slowed down as signing in is; whoever signed in has a budget of their own, like an address
/// that is known.
///
/// # Errors
/// `too_many_requests`.
pub(crate) async fn is_own_password(ctx: &Ctx, me: &User, password: SecretString) -> Result<bool> {
    let throttle = ctx.state().passwords.throttle();
    let guesser = throttle.guesser(&me.email_folded, ctx.client_address());
    let account = (Some(me.id), me.password_hash.clone());
    Ok(guess(ctx, guesser, true, account, password).await?.fits)
}

/// Compares a password with the one of an account, or of nobody, unless whoever guesses must wait.
///
/// # Errors
/// `too_many_requests`.
pub(super) async fn guess(
    ctx: &Ctx,
    guesser: Guesser,
    known: bool,
    (user_id, stored): (Option<UserId>, Option<String>),
    password: SecretString,
) -> Result<Compared> {
    let (passwords, now) = (&ctx.state().passwords, ctx.now());
    let admitted = passwords.throttle().admit(guesser, known, now)?;
    if admitted.slows_account {
        // Who it is stands in the directory; the address of a person never stands in the log.
        tracing::warn!(
            user.id = user_id.map(|id| id.to_string()),
            "Many wrong passwords came for one account, which is slowed down from now on."
        );
    }
    let compared = passwords.compare(password, stored).await;
    match &compared {
        Ok(compared) if compared.fits => passwords.throttle().succeeded(admitted, now),
        Ok(_) => metrics::counter!("evenbar_sign_in_failures_total").increment(1),
        Err(_) => passwords.throttle().withdraw(admitted, now),
    }
    compared
}
