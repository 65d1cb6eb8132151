//! The link of a lost password: sets another one, and ends every session of its person.
//!
//! It does not sign in: whoever has only the mailbox must still bring what they chose.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::Link;
use crate::capabilities::CapabilityKind;
use crate::capabilities::commands::{dead_link, require};
use crate::db::Tx;
use crate::error::Result;
use crate::pages::form::{Fields, Form};
use crate::pages::render;
use crate::users::password_resets::commands::{person, reset};

const FIELDS: Fields = &[("password", "A new password")];

/// What the page says beside the form.
#[derive(Serialize)]
struct Beside {
    email: String,
}

#[derive(Serialize)]
struct Done {}

/// The form.
pub(super) async fn show(link: &Link) -> Result<HttpResponse> {
    let beside = load(link).await?;
    form_page(link, &mut Form::empty(FIELDS), StatusCode::OK, &beside)
}

/// Sets the password.
pub(super) async fn submit(link: &Link, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let mut form = Form::read(FIELDS, req, body)?;
    link.guest.check(req, &form)?;
    let beside = load(link).await?;
    let Some(password) = form.new_password("password", "", &beside.email) else {
        return form_page(link, &mut form, StatusCode::UNPROCESSABLE_ENTITY, &beside);
    };
    let password_hash = link.ctx.state().passwords.hash(&password).await?;
    let hash = link.hash.clone();
    let set = move |tx: &mut Tx<'_>| reset(tx, &hash, &password_hash);
    link.ctx.db().write(link.ctx.unit(), set).await?;
    Ok(render(StatusCode::OK, "reset_done.html", &Done {})?.finish())
}

async fn load(link: &Link) -> Result<Beside> {
    let (hash, now) = (link.hash.clone(), link.ctx.now());
    let state = Arc::clone(link.ctx.state());
    let load = move |conn: &mut crate::db::Conn| {
        let found = require(conn, &hash, CapabilityKind::PasswordReset, now)?;
        let person = person(conn, &found)?;
        if !state.sign_in.rules.password_works(&person.email_folded) {
            return Err(dead_link());
        }
        Ok(Beside { email: person.email })
    };
    link.ctx.db().read(load).await
}

fn form_page(
    link: &Link,
    form: &mut Form,
    status: StatusCode,
    beside: &Beside,
) -> Result<HttpResponse> {
    let mut page = form.render(status, "reset.html", &link.guest.proof(), beside)?;
    link.guest.keep(&mut page);
    Ok(page.finish())
}
