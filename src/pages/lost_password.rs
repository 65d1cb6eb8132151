//! `/password-reset`: asks for a link to another password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::form::{Fields, Form};
use super::safety::Guest;
use super::{answer, render};
use crate::error::Result;
use crate::http::fields::Email;
use crate::http::{Ctx, Open};
use crate::users::password_resets::api::request;

const FIELDS: Fields = &[("email", "Your e-mail address")];

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit);
}

#[derive(Serialize)]
struct Beside {}

#[derive(Serialize)]
struct Sent {
    email: String,
}

/// The form.
#[get("/password-reset")]
async fn show(req: HttpRequest) -> Result<HttpResponse> {
    let guest = Guest::of(&req)?;
    answer(form_page(&guest, &mut Form::empty(FIELDS), StatusCode::OK))
}

/// Notes the address. What is said is the same whether or not there is an account.
#[post("/password-reset")]
async fn submit(Open(ctx): Open, req: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    answer(ask(&ctx, &req, &body).await)
}

async fn ask(ctx: &Ctx, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let guest = Guest::of(req)?;
    let mut form = Form::read(FIELDS, req, body)?;
    guest.check(req, &form)?;
    let Some(email) = form.field::<Email>("email") else {
        return form_page(&guest, &mut form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    request(ctx, &email).await?;
    let sent = Sent { email: email.to_text() };
    Ok(render(StatusCode::OK, "lost_password_sent.html", &sent)?.finish())
}

fn form_page(guest: &Guest, form: &mut Form, status: StatusCode) -> Result<HttpResponse> {
    let mut page = form.render(status, "lost_password.html", &guest.proof(), &Beside {})?;
    guest.keep(&mut page);
    Ok(page.finish())
}
