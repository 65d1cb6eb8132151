//! Setting up over the API.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, post};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::commands::{self, Beginning};
use crate::error::Result;
use crate::http::fields::{Email, Line, Locale, Zone};
use crate::http::{Body, Ctx, Open};
use crate::organization::settings::api::Organization;
use crate::organization::settings::commands::NewOrganization;
use crate::sessions::{NewPassword, secret_hash};
use crate::users::api::User;

/// What a deployment begins with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpOrganization {
    /// The token of the link that the first start printed.
    #[schema(value_type = String, max_length = 128)]
    pub(crate) token: SecretString,
    #[validate(nested)]
    pub(crate) organization: FirstOrganization,
    #[validate(nested)]
    pub(crate) owner: FirstOwner,
}

/// The organization to make.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstOrganization {
    pub(crate) name: Line<120>,
    /// The language of what it sends when nobody's own is known.
    pub(crate) locale: Locale,
    /// Its IANA time zone.
    pub(crate) time_zone: Zone,
}

/// Its first owner.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstOwner {
    pub(crate) name: Line<120>,
    /// What the owner signs in with.
    pub(crate) email: Email,
    pub(crate) password: NewPassword,
    /// The IANA time zone that the owner works in.
    pub(crate) time_zone: Zone,
    /// The owner's language.
    pub(crate) locale: Locale,
}

/// What a deployment began with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetUp {
    organization: Organization,
    /// Signs in with createSession.
    owner: User,
}

/// Set up the organization
///
/// Makes the organization and its first owner with the token of the link that the first start
/// printed. The token works once, for a day; starting Evenbar again prints a new one. Afterwards
/// the owner signs in and adds everybody else.
#[utoipa::path(
    operation_id = "setUp", tag = "organization", request_body = SetUpOrganization, security(()),
    responses((status = 201, description = "The organization and its first owner.", body = SetUp)),
)]
#[post("/setup")]
pub async fn set_up(Open(ctx): Open, input: Body<SetUpOrganization>) -> Result<HttpResponse> {
    let made = perform(&ctx, &input).await?;
    Ok(HttpResponse::Created().insert_header((LOCATION, "/api/v1/organization")).json(made))
}

/// Sets up, for the API and for the page. The password is hashed only for a token that works.
///
/// # Errors
/// `set_up_already`; `unauthenticated` for a token that does not work.
pub(crate) async fn perform(ctx: &Ctx, input: &SetUpOrganization) -> Result<SetUp> {
    let (token_hash, now) = (secret_hash(input.token.expose_secret()), ctx.now());
    let hash = token_hash.clone();
    ctx.db().read(move |conn| commands::check_link(conn, &hash, now)).await?;
    let FirstOwner { name, email, password, .. } = &input.owner;
    password.check_for("/owner/password", &name.to_text(), &email.to_text())?;
    let password_hash = ctx.state().passwords.hash(&input.owner.password).await?;
    let beginning = beginning(input, password_hash);
    let (organization, owner) =
        ctx.db().write(ctx.unit(), move |tx| commands::set_up(tx, &token_hash, &beginning)).await?;
    Ok(SetUp { organization: organization.into(), owner: User::of(owner, None) })
}

fn beginning(input: &SetUpOrganization, password_hash: String) -> Beginning {
    let SetUpOrganization { organization, owner, .. } = input;
    Beginning {
        organization: NewOrganization {
            name: organization.name.to_text(),
            locale: organization.locale.to_text(),
            time_zone: organization.time_zone.to_text(),
        },
        owner: commands::owner(
            owner.name.to_text(),
            owner.email.clone(),
            owner.time_zone.to_text(),
            owner.locale.to_text(),
            password_hash,
        ),
    }
}
