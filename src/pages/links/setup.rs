//! The link that the first start prints: makes the organization and its first owner.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Serialize;

use super::Link;
use crate::error::Result;
use crate::http::fields::{Locale, Zone};
use crate::organization::setup::api::{FirstOrganization, FirstOwner, SetUpOrganization, perform};
use crate::organization::setup::commands::check_link;
use crate::pages::form::{Fields, Form};
use crate::pages::render;
use crate::pages::visitor::language;

const FIELDS: Fields = &[
    ("organization_name", "Its name"),
    ("time_zone", "Time zone"),
    ("locale", "Language"),
    ("name", "Your name"),
    ("email", "Your e-mail address"),
    ("password", "A password"),
];

#[derive(Serialize)]
struct Beside {}

#[derive(Serialize)]
struct Done {
    organization_name: String,
    email: String,
    public_url: String,
}

/// The form.
pub(super) async fn show(link: &Link, req: &HttpRequest) -> Result<HttpResponse> {
    let (hash, now) = (link.hash.clone(), link.ctx.now());
    link.ctx.db().read(move |conn| check_link(conn, &hash, now)).await?;
    let locale = language(req).unwrap_or_else(|| "en".to_owned());
    form_page(link, &mut Form::empty(FIELDS).with("locale", locale), StatusCode::OK)
}

/// Sets up, through the same command as the API.
pub(super) async fn submit(
    link: &Link,
    req: &HttpRequest,
    body: &[u8],
    secret: &str,
) -> Result<HttpResponse> {
    let mut form = Form::read(FIELDS, req, body)?;
    link.guest.check(req, &form)?;
    let Some(input) = read(&mut form, secret) else {
        return form_page(link, &mut form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    perform(&link.ctx, &input).await?;
    let done = Done {
        organization_name: input.organization.name.to_text(),
        email: input.owner.email.to_text(),
        public_url: link.ctx.state().public_url.clone(),
    };
    Ok(render(StatusCode::OK, "setup_done.html", &done)?.finish())
}

fn form_page(link: &Link, form: &mut Form, status: StatusCode) -> Result<HttpResponse> {
    let mut page = form.render(status, "setup.html", &link.guest.proof(), &Beside {})?;
    link.guest.keep(&mut page);
    Ok(page.finish())
}

/// What the form asks for; none when something does not fit, all of which is then marked at once.
fn read(form: &mut Form, secret: &str) -> Option<SetUpOrganization> {
    let (organization_name, name) = (form.field("organization_name"), form.field("name"));
    let (time_zone, locale) = (form.field::<Zone>("time_zone"), form.field::<Locale>("locale"));
    let (typed_name, typed_email) = (form.text("name").to_owned(), form.text("email").to_owned());
    let email = form.field("email");
    let password = form.new_password("password", &typed_name, &typed_email);
    let (time_zone, locale) = (time_zone?, locale?);
    Some(SetUpOrganization {
        token: SecretString::from(secret.to_owned()),
        organization: FirstOrganization {
            name: organization_name?,
            locale: locale.clone(),
            time_zone: time_zone.clone(),
        },
        owner: FirstOwner { name: name?, email: email?, password: password?, time_zone, locale },
    })
}
