//! `/account`: who am I, where am I signed in, and another password.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::form::{Fields, Form};
use super::oidc::{self, Identities};
use super::safety;
use super::sign_in::to_sign_in;
use super::visitor::{Entry, Visitor, begin, enter};
use super::{answer, render};
use crate::access::Permit;
use crate::error::{Error, Result};
use crate::http::{Ctx, Open};
use crate::identities::commands::has_password;
use crate::organization::settings;
use crate::sessions::SignInMethod;
use crate::users::password_resets::commands::change;
use crate::users::{self, store::User};

/// Where the account is.
const ACCOUNT: &str = "/account";
/// Where another password is chosen.
const PASSWORD: &str = "/account/password";

const PASSWORD_FIELDS: Fields =
    &[("current_password", "Your password until now"), ("new_password", "A new password")];

/// Registers the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(show_password).service(change_password);
}

#[derive(Serialize)]
struct Account {
    proof: String,
    organization_name: String,
    name: String,
    email: String,
    role: &'static str,
    time_zone: String,
    locale: String,
    has_password: bool,
    /// The identity provider, if there is one or the account has an identity.
    identities: Option<Identities>,
}

/// Who am I.
#[get("/account")]
async fn show(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    let visitor = match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => visitor,
        Ok(Err(_)) => return Ok(to_sign_in(ACCOUNT)),
        Err(error) => return answer(Err(error)),
    };
    answer(account(&visitor).await)
}

async fn account(visitor: &Visitor) -> Result<HttpResponse> {
    let proof = safety::proof_of(&visitor.ctx, visitor.claims.session_id);
    let state = Arc::clone(visitor.ctx.state());
    let shown = oidc::shown(&visitor.ctx, visitor.claims.session_id);
    let load = move |conn: &mut crate::db::Conn, actor: &crate::access::Actor| {
        let user = me(conn, actor.user_id)?;
        let identities = shown(conn, &user)?;
        let has_password = has_password(&user, &state.sign_in.rules);
        let organization = settings::store::organization(conn)?;
        Ok(Account {
            proof,
            organization_name: organization.map(|row| row.name).unwrap_or_default(),
            name: user.name,
            email: user.email,
            role: user.role.as_str(),
            time_zone: user.time_zone,
            locale: user.locale,
            has_password,
            identities,
        })
    };
    let account = visitor.ctx.read(load).await?;
    Ok(render(StatusCode::OK, "account.html", &account)?.finish())
}

fn me(conn: &mut crate::db::Conn, id: crate::ids::UserId) -> Result<User> {
    users::store::find_active(conn, id)?.ok_or_else(Error::unauthenticated)
}

#[derive(Serialize)]
struct Beside {
    email: String,
}

/// The form for another password.
#[get("/account/password")]
async fn show_password(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    answer(password_form(ctx, &req).await)
}

async fn password_form(ctx: Ctx, req: &HttpRequest) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(PASSWORD));
    };
    let user = load_me(&visitor).await?;
    form_page(&visitor, &mut Form::empty(PASSWORD_FIELDS), StatusCode::OK, user.email)
}

/// Another password, for whoever knows the one until now. Every other session ends; this browser
/// gets a new one.
#[post("/account/password")]
async fn change_password(
    Open(ctx): Open,
    req: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(set_password(ctx, &req, &body).await)
}

async fn set_password(ctx: Ctx, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(PASSWORD));
    };
    let mut form = Form::read(PASSWORD_FIELDS, req, body)?;
    safety::check(&visitor.ctx, req, &form, visitor.claims.session_id)?;
    let user = load_me(&visitor).await?;
    let (email, stored) = (user.email, user.password_hash);
    let current = form.password("current_password");
    let chosen = form.new_password("new_password");
    if current.expose_secret().is_empty() {
        form.refuse("current_password", "Fill this in.");
    }
    let passwords = &visitor.ctx.state().passwords;
    let Some(chosen) = chosen.filter(|_| !form.is_refused()) else {
        return form_page(&visitor, &mut form, StatusCode::UNPROCESSABLE_ENTITY, email);
    };
    if !passwords.matches(current, stored).await? {
        form.refuse("current_password", "That is not your password.");
        return form_page(&visitor, &mut form, StatusCode::UNPROCESSABLE_ENTITY, email);
    }
    let (hash, entry) =
        (passwords.hash(&chosen).await?, Entry::of(&visitor.ctx, SignInMethod::Password)?);
    let set = move |tx: &mut crate::db::Tx<'_>, actor: &crate::access::Actor| {
        let user = me(tx.conn, actor.user_id)?;
        let permit = Permit::for_own_session(user.id, user.id.any());
        change(tx, &permit, user, &hash)?;
        begin(tx, actor.user_id, &entry)
    };
    let session_id = visitor.ctx.act(set).await?;
    Ok(enter(&visitor.ctx, session_id, ACCOUNT))
}

/// The visitor, if a password of theirs would work.
async fn load_me(visitor: &Visitor) -> Result<User> {
    let user = visitor.ctx.read(|conn, actor| me(conn, actor.user_id)).await?;
    let rules = &visitor.ctx.state().sign_in.rules;
    if rules.password_works(&user.email_folded) { Ok(user) } else { Err(Error::not_found()) }
}

fn form_page(
    visitor: &Visitor,
    form: &mut Form,
    status: StatusCode,
    email: String,
) -> Result<HttpResponse> {
    let proof = safety::proof_of(&visitor.ctx, visitor.claims.session_id);
    let page = form.render(status, "account_password.html", &proof, &Beside { email })?;
    Ok(page.finish())
}
