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
use super::visitor::{Entry, Visitor, begin, enter, leave};
use super::{Newest, answer, render, see_other};
use crate::access::Permit;
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Open, PageRequest};
use crate::identities::commands::has_password;
use crate::ids::SessionId;
use crate::notifications::local;
use crate::organization::settings;
use crate::sessions::api::password::is_own_password;
use crate::sessions::{self, SignInMethod};
use crate::users::password_resets::commands::change;
use crate::users::{self, store::User};

/// Where the account is.
pub(crate) const ACCOUNT: &str = "/account";
/// Where another password is chosen.
const PASSWORD: &str = "/account/password";

const PASSWORD_FIELDS: Fields =
    &[("current_password", "Your password until now"), ("new_password", "A new password")];

/// Registers the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(end_session).service(show_password).service(change_password);
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
    sessions: Vec<Session>,
    /// The identity provider, if there is one or the account has an identity.
    identities: Option<Identities>,
}

/// A device that is signed in.
#[derive(Serialize)]
struct Session {
    id: String,
    device: String,
    method: &'static str,
    address: Option<String>,
    began_at: String,
    used_at: String,
    current: bool,
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
    let (now, newest) = (visitor.ctx.now(), PageRequest::read(&Newest, "")?);
    let state = Arc::clone(visitor.ctx.state());
    let shown = oidc::shown(&visitor.ctx, visitor.claims.session_id);
    let load = move |conn: &mut crate::db::Conn, actor: &crate::access::Actor| {
        let user = me(conn, actor.user_id)?;
        let rows = sessions::store::live(conn, actor.user_id, now, &newest)?.into_iter();
        let sessions = rows.map(|row| session(row, &user.time_zone, actor.session_id)).collect();
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
            sessions,
            has_password,
            identities,
        })
    };
    let account = visitor.ctx.read(load).await?;
    Ok(render(StatusCode::OK, "account.html", &account)?.finish())
}

fn session(row: sessions::store::Session, time_zone: &str, current: SessionId) -> Session {
    let method = match row.method {
        SignInMethod::Cli => "on the machine of Evenbar",
        SignInMethod::Demo => "in the demo",
        SignInMethod::Link => "by a link in a mail",
        SignInMethod::Oidc => "at the identity provider",
        SignInMethod::Password => "with a password",
    };
    Session {
        id: row.id.to_string(),
        device: device_name(row.user_agent.as_deref().unwrap_or_default()),
        method,
        address: row.address,
        began_at: local(row.created_at, time_zone),
        used_at: local(row.last_used_at, time_zone),
        current: row.id == current,
    }
}

/// What people call a device: the best-known words of what it calls itself.
fn device_name(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => {
            let short: String = user_agent.chars().take(40).collect();
            if short.is_empty() { "A device without a name".to_owned() } else { short }
        }
    }
}

const SESSION_FIELDS: Fields = &[("session", "Session")];

/// Signs one device out; this one, if it is the one.
#[post("/account/sessions")]
async fn end_session(Open(ctx): Open, req: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    answer(end(ctx, &req, &body).await)
}

async fn end(ctx: Ctx, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in(ACCOUNT));
    };
    let form = Form::read(SESSION_FIELDS, req, body)?;
    safety::check(&visitor.ctx, req, &form, visitor.claims.session_id)?;
    let id: SessionId = form.text("session").parse().map_err(|_| Error::not_found())?;
    let ended = visitor.ctx.act(move |tx, actor| sessions::commands::end_one(tx, actor, id)).await;
    // Whoever presses the button of a device that is signed out by now has what they want.
    match ended {
        Err(error) if error.code == Code::NotFound => {}
        outcome => {
            outcome?;
        }
    }
    let mut response = see_other(ACCOUNT);
    if id == visitor.claims.session_id {
        leave(&mut response);
    }
    Ok(response.finish())
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
    let email = user.email.clone();
    let current = form.password("current_password");
    let chosen = form.new_password("new_password", &user.name, &user.email);
    if current.expose_secret().is_empty() {
        form.refuse("current_password", "Fill this in.");
    }
    let passwords = &visitor.ctx.state().passwords;
    let Some(chosen) = chosen.filter(|_| !form.is_refused()) else {
        return form_page(&visitor, &mut form, StatusCode::UNPROCESSABLE_ENTITY, email);
    };
    if !is_own_password(&visitor.ctx, &user, current).await? {
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

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn a_device_is_called_what_people_call_it() {
        let agents = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("a program of ours", "a program of ours"),
            ("", "A device without a name"),
        ];
        for (agent, name) in agents {
            assert_eq!(device_name(agent), name);
        }
    }
}
