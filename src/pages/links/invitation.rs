//! The link of an invitation: joins, and signs in.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::Link;
use crate::capabilities::CapabilityKind;
use crate::capabilities::commands::require;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Locale, Zone};
use crate::organization::settings;
use crate::pages::form::{Fields, Form};
use crate::pages::oidc::way_in;
use crate::pages::visitor::{Entry, begin, enter, language};
use crate::sessions::SignInMethod;
use crate::users;
use crate::users::invitations::commands::{Joining, accept, invited};
use crate::users::store::User;

const FIELDS: Fields = &[
    ("name", "Your name"),
    ("password", "A password"),
    ("time_zone", "Your time zone"),
    ("locale", "Your language"),
];

/// What the page says beside the form.
#[derive(Serialize)]
struct Beside {
    organization_name: String,
    inviter_name: Option<String>,
    email: String,
    /// Whether they choose a password.
    local_passwords: bool,
    /// Another way to join: what the button says, and the page that it leads to.
    elsewhere: Option<(String, String)>,
}

/// The form, filled in as whoever invited thought.
pub(super) async fn show(link: &Link, req: &HttpRequest) -> Result<HttpResponse> {
    let (user, beside) = load(link).await?;
    let locale = language(req).unwrap_or_else(|| user.locale.clone());
    let mut form = Form::empty(FIELDS)
        .with("name", user.name)
        .with("time_zone", user.time_zone)
        .with("locale", locale);
    form_page(link, &mut form, StatusCode::OK, &beside)
}

/// Joins.
pub(super) async fn submit(link: &Link, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let mut form = Form::read(FIELDS, req, body)?;
    link.guest.check(req, &form)?;
    let (_, beside) = load(link).await?;
    if !beside.local_passwords {
        return Err(Error::not_found());
    }
    let name = form.field::<Line<120>>("name");
    let typed = form.text("name").to_owned();
    let password = form.new_password("password", &typed, &beside.email);
    let (time_zone, locale) = (form.field::<Zone>("time_zone"), form.field::<Locale>("locale"));
    let (Some(name), Some(password), Some(time_zone), Some(locale)) =
        (name, password, time_zone, locale)
    else {
        return form_page(link, &mut form, StatusCode::UNPROCESSABLE_ENTITY, &beside);
    };
    let joining = Joining {
        name: name.to_text(),
        time_zone: time_zone.to_text(),
        locale: locale.to_text(),
        password_hash: Some(link.ctx.state().passwords.hash(&password).await?),
    };
    let (hash, entry) = (link.hash.clone(), Entry::of(&link.ctx, SignInMethod::Link)?);
    let join = move |tx: &mut Tx<'_>| {
        let user_id = accept(tx, &hash, &joining)?;
        begin(tx, user_id, &entry)
    };
    let session_id = link.ctx.db().write(link.ctx.unit(), join).await?;
    Ok(enter(&link.ctx, session_id, "/account"))
}

async fn load(link: &Link) -> Result<(User, Beside)> {
    let (hash, now) = (link.hash.clone(), link.ctx.now());
    let (state, elsewhere) = (Arc::clone(link.ctx.state()), way_in(&link.ctx, "/account"));
    let load = move |conn: &mut crate::db::Conn| {
        let found = require(conn, &hash, CapabilityKind::Invitation, now)?;
        let (row, user) = invited(conn, &found)?;
        let inviter = match row.invited_by {
            Some(id) => users::store::find(conn, id)?,
            None => None,
        };
        let organization = settings::store::organization(conn)?;
        let beside = Beside {
            organization_name: organization.map(|row| row.name).unwrap_or_default(),
            inviter_name: inviter.map(|inviter| inviter.name),
            email: user.email.clone(),
            local_passwords: state.sign_in.rules.password_works(&user.email_folded),
            elsewhere,
        };
        Ok((user, beside))
    };
    link.ctx.db().read(load).await
}

fn form_page(
    link: &Link,
    form: &mut Form,
    status: StatusCode,
    beside: &Beside,
) -> Result<HttpResponse> {
    let mut page = form.render(status, "invitation.html", &link.guest.proof(), beside)?;
    link.guest.keep(&mut page);
    Ok(page.finish())
}
