//! `/sign-in` and `/sign-out`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::form::{FieldList, Fields, Form};
use super::safety::{self, Guest};
use super::visitor::{Entry, Visitor, begin, enter, leave};
use super::{answer, board, debriefs, oidc, organization_name, scorecards, see_other};
use crate::db::Tx;
use crate::error::{Code, Result};
use crate::http::fields::Email;
use crate::http::{Ctx, Open};
use crate::sessions::{self, SignInMethod};

const FIELDS: Fields =
    &[("email", "Your e-mail address"), ("password", "Your password"), ("next", "Then")];

/// The pages that somebody may be sent on to after they signed in: known ones of ours, so that no
/// link to the sign-in leads anywhere else. The first is where everybody else arrives.
const LANDINGS: [&str; 4] =
    ["/account", "/account/password", super::queue::QUEUE, super::desk::DESK];

/// Registers the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit).service(sign_out);
}

/// What the page says beside the form.
#[derive(Serialize)]
struct Beside {
    organization_name: String,
    /// Whether there is a form for an address and a password.
    local_passwords: bool,
    /// Other ways in: what the button says, and the page that it leads to.
    elsewhere: Vec<(String, String)>,
}

/// Where to go after signing in.
pub(super) fn landing(next: &str) -> &str {
    let is_known = LANDINGS.contains(&next)
        || scorecards::is_path(next)
        || debriefs::is_path(next)
        || board::is_path(next);
    if is_known { next } else { LANDINGS[0] }
}

/// Sends somebody who has not signed in to the form, and back to the page afterwards.
pub(super) fn to_sign_in(next: &str) -> HttpResponse {
    see_other(&format!("/sign-in?next={}", landing(next))).finish()
}

/// The form; somebody who signed in before goes on.
#[get("/sign-in")]
async fn show(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    answer(form_or_on(ctx, &req).await)
}

async fn form_or_on(ctx: Ctx, req: &HttpRequest) -> Result<HttpResponse> {
    let pairs = url::form_urlencoded::parse(req.query_string().as_bytes());
    let next = pairs.into_iter().find(|(key, _)| key == "next");
    let next = next.map(|(_, value)| value).unwrap_or_default();
    let next = landing(&next);
    let Err(ctx) = Visitor::of(ctx, req).await? else {
        return Ok(see_other(next).finish());
    };
    let guest = Guest::of(req)?;
    let mut form = Form::empty(FIELDS).with("next", next);
    form_page(&ctx, &guest, &mut form, StatusCode::OK).await
}

/// Signs in, with a new session whatever the browser held before.
#[post("/sign-in")]
async fn submit(Open(ctx): Open, req: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    answer(sign_in(&ctx, &req, &body).await)
}

async fn sign_in(ctx: &Ctx, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let guest = Guest::of(req)?;
    let mut form = Form::read(FIELDS, req, body)?;
    guest.check(req, &form)?;
    let (email, password) = (form.field::<Email>("email"), form.password("password"));
    let Some(email) = email else {
        return form_page(ctx, &guest, &mut form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let checked = match sessions::api::check_credentials(ctx, &email, password).await {
        Err(error) if error.code == Code::Unauthenticated => {
            form.refuse_all("The address or the password is wrong.");
            return form_page(ctx, &guest, &mut form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        outcome => outcome?,
    };
    let entry = Entry::of(ctx, SignInMethod::Password)?;
    let start = move |tx: &mut Tx<'_>| {
        sessions::commands::note_glass(tx, checked)?;
        begin(tx, checked.user_id, &entry)
    };
    let session_id = ctx.db().write(ctx.unit(), start).await?;
    Ok(enter(ctx, session_id, landing(form.text("next"))))
}

async fn form_page(
    ctx: &Ctx,
    guest: &Guest,
    form: &mut Form,
    status: StatusCode,
) -> Result<HttpResponse> {
    let organization_name = organization_name(ctx).await?;
    let elsewhere = oidc::way_in(ctx, landing(form.text("next"))).into_iter().collect();
    let local_passwords = ctx.state().sign_in.rules.has_passwords();
    let beside = Beside { organization_name, local_passwords, elsewhere };
    let mut page = form.render(status, "sign_in.html", &guest.proof(), &beside)?;
    guest.keep(&mut page);
    Ok(page.finish())
}

/// Signs out.
#[post("/sign-out")]
async fn sign_out(Open(ctx): Open, req: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    answer(end(ctx, &req, &body).await)
}

async fn end(ctx: Ctx, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let mut response = see_other("/sign-in");
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        leave(&mut response);
        return Ok(response.finish());
    };
    let form = Form::read(FieldList::of([]), req, body)?;
    safety::check(&visitor.ctx, req, &form, visitor.claims.session_id)?;
    visitor.ctx.act(sessions::commands::end).await?;
    leave(&mut response);
    Ok(response.finish())
}
