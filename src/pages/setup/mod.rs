//! `/setup`: the page behind the link that the first start prints.
//!
//! Opening it changes nothing, because programs that look into mails and chats follow links; the
//! form does, through the same command as the API.

mod form;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use self::form::Form;
use super::page;
use crate::error::{Code, Error, Result};
use crate::http::Open;
use crate::organization::setup::api::perform;
use crate::organization::setup::commands::check_link;
use crate::sessions::secret_hash;

/// Registers the page.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit);
}

/// The form, or why there is none.
#[get("/setup")]
async fn show(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    let pairs = url::form_urlencoded::parse(req.query_string().as_bytes());
    let token = pairs.into_iter().find(|(key, _)| key == "token");
    let token = token.map(|(_, value)| value.into_owned()).unwrap_or_default();
    let (hash, now) = (secret_hash(&token), ctx.now());
    match ctx.db().read(move |conn| check_link(conn, &hash, now)).await {
        Ok(_) => Form::empty(token).render(StatusCode::OK),
        Err(error) => refuse(error),
    }
}

/// Sets up, or shows the form again with what does not fit.
#[post("/setup")]
async fn submit(Open(ctx): Open, req: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    let given = req.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = given.split(';').next().unwrap_or("").trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail = "Send application/x-www-form-urlencoded.";
        return Err(Error::new(Code::UnsupportedMediaType, detail));
    }
    let mut form = Form::of(&body);
    let Some(input) = form.read() else {
        return form.render(StatusCode::UNPROCESSABLE_ENTITY);
    };
    match perform(&ctx, &input).await {
        Ok(_) => {
            let public_url = ctx.state().public_url.clone();
            let (organization_name, email) =
                (input.organization.name.to_text(), input.owner.email.to_text());
            page(StatusCode::OK, "setup_done.html", &Done { organization_name, email, public_url })
        }
        Err(error) => refuse(error),
    }
}

#[derive(Serialize)]
struct Done {
    organization_name: String,
    email: String,
    public_url: String,
}

#[derive(Serialize)]
struct Refused {
    title: &'static str,
    advice: &'static str,
}

/// A page for what a person can do something about; other failures stay problems.
fn refuse(error: Error) -> Result<HttpResponse> {
    let (status, title, advice) = if error.code == Code::SetUpAlready {
        let advice = "Sign in, or ask one of the owners to add you. If no owner can sign in any \
            more, run “evenbar admin owner” on the machine that Evenbar runs on.";
        (StatusCode::CONFLICT, "Evenbar is set up already", advice)
    } else if error.code == Code::Unauthenticated {
        let advice = "It works once, for a day, and only the newest one does. Start Evenbar again: \
            it prints another link.";
        (StatusCode::UNAUTHORIZED, "This link does not work", advice)
    } else {
        return Err(error);
    };
    page(status, "setup_refused.html", &Refused { title, advice })
}
