//! Users over the API.

pub mod me;

use std::collections::HashMap;

use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::leaving::api::DeactivateUser;
use super::{UserState, WeeklyHours, commands, leaving, store, time_off};
use crate::access::{Action, Actor, OrgRole, require_everywhere, somewhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Email, Line, Locale, Zone, double_option};
use crate::http::{Body, Ctx, NoBody, OptionalBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{AgencyId, HolidayCalendarId, UserId, kinds};
use crate::sessions::NewPassword;

/// A person who signs in, or a placeholder for one that an import only names.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    id: UserId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.com")]
    email: String,
    /// The role in the organization.
    role: OrgRole,
    state: UserState,
    /// The IANA time zone that they work in.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Their language.
    #[schema(example = "en-GB")]
    locale: String,
    /// The agency that an external recruiter works for; `null` for everybody else.
    agency_id: Option<AgencyId>,
    /// Who leads them.
    manager_id: Option<UserId>,
    /// When they are there: for themselves, those who schedule and those who manage users.
    availability: Option<Availability>,
    created_at: Instant,
    updated_at: Instant,
}

/// When somebody is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Availability {
    /// When they work, by the clock on their wall.
    weekly_hours: WeeklyHours,
    /// Whose holidays are theirs.
    holiday_calendar_id: Option<HolidayCalendarId>,
    /// Whether they are away at this moment. Why is not known.
    away: bool,
}

impl User {
    /// A user without or with when they are there.
    pub(crate) fn of(row: store::User, availability: Option<Availability>) -> Self {
        let store::User { id, name, email, role, state, time_zone, locale, manager_id, .. } = row;
        let (agency_id, created_at, updated_at) = (row.agency_id, row.created_at, row.updated_at);
        Self {
            id,
            name,
            email,
            role,
            state,
            time_zone,
            locale,
            agency_id,
            manager_id,
            availability,
            created_at,
            updated_at,
        }
    }
}

/// A user to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    pub(crate) name: Line<120>,
    /// What they sign in with; one account per address.
    pub(crate) email: Email,
    /// The role in the organization; only an owner makes owners.
    pub(crate) role: OrgRole,
    /// The IANA time zone that they work in.
    pub(crate) time_zone: Zone,
    /// Their language.
    pub(crate) locale: Locale,
    /// The agency that an external recruiter works for, and nobody else.
    pub(crate) agency_id: Option<AgencyId>,
    /// A first password; without one they cannot sign in with a password.
    pub(crate) password: Option<NewPassword>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    pub(crate) name: Option<Line<120>>,
    /// The role in the organization; only an owner makes or unmakes owners.
    pub(crate) role: Option<OrgRole>,
    /// The IANA time zone that they work in.
    pub(crate) time_zone: Option<Zone>,
    /// Their language.
    pub(crate) locale: Option<Locale>,
    /// The agency that an external recruiter works for; `null` for nobody else's.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<AgencyId>)]
    pub(crate) agency_id: Option<Option<AgencyId>>,
    /// When they work; `null` for Monday to Friday, 09:00 to 17:30.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<WeeklyHours>)]
    weekly_hours: Option<Option<WeeklyHours>>,
    /// Whose holidays are theirs; `null` for none.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<HolidayCalendarId>)]
    holiday_calendar_id: Option<Option<HolidayCalendarId>>,
    /// Who leads them, an active user; `null` for nobody. Nobody stands above themselves.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UserId>)]
    pub(crate) manager_id: Option<Option<UserId>>,
}

impl UpdateUser {
    pub(super) fn profile(&self) -> commands::ProfileChange {
        commands::ProfileChange {
            name: self.name.clone(),
            time_zone: self.time_zone.clone(),
            locale: self.locale.clone(),
            weekly_hours: self.weekly_hours.clone(),
            holiday_calendar_id: self.holiday_calendar_id,
            ..commands::ProfileChange::default()
        }
    }
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// Only those with this role.
    role: Option<OrgRole>,
    /// Only those in this state.
    state: Option<UserState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(UserFilter);

/// Create a user
///
/// Adds a person to the organization. With a password they can sign in at once. Only an owner
/// adds owners.
#[utoipa::path(
    operation_id = "createUser", tag = "users", request_body = CreateUser,
    responses((status = 201, description = "The user.", body = User)),
)]
#[post("/users")]
pub async fn create_user(ctx: Ctx, body: Body<CreateUser>) -> Result<HttpResponse> {
    let input = body.clone();
    if let Some(password) = &input.password {
        password.check_for("/password", &input.name.to_text(), &input.email.to_text())?;
    }
    let hash = hash_for_manager(&ctx, &input).await?;
    let done = ctx
        .command(&body, move |tx, actor| commands::create(tx, actor, &input, hash.as_deref()))
        .await?;
    ctx.created(done, "users", shower(&ctx)).await
}

/// Hashing is dear: it is done before the transaction, and only for those who may add users.
async fn hash_for_manager(ctx: &Ctx, input: &CreateUser) -> Result<Option<String>> {
    let Some(password) = &input.password else {
        return Ok(None);
    };
    ctx.read(|_, actor| require_everywhere(actor, Action::ManageUsers)).await?;
    if !ctx.state().sign_in.rules.password_works(&input.email.folded()) {
        let detail = "Passwords are switched off; people sign in at the identity provider.";
        return Err(Error::invalid("/password", "not_allowed", detail));
    }
    ctx.state().passwords.hash(password).await.map(Some)
}

/// List users
///
/// The directory of the organization, newest first, deactivated users and placeholders of imports
/// included.
#[utoipa::path(
    operation_id = "listUsers", tag = "users", params(UserFilter),
    responses((status = 200, description = "One page of users.", body = PageOf<User>)),
)]
#[get("/users")]
pub async fn list_users(ctx: Ctx, Params(filter): Params<UserFilter>) -> Result<HttpResponse> {
    let wanted = store::Wanted { role: filter.role, state: filter.state };
    let now = ctx.now();
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadUsers)?;
        let sees = somewhere(actor, Action::ReadAvailability);
        let rows = store::list(conn, wanted, sees, page)?;
        let shown = present(conn, actor, rows, now)?;
        Ok(Page::new(shown.into_iter().map(|user| (user.id.any(), user)).collect()))
    })
    .await
}

/// Get a user
///
/// One user.
#[utoipa::path(
    operation_id = "getUser", tag = "users",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "The user.", body = User)),
)]
#[get("/users/{id}")]
pub async fn get_user(ctx: Ctx, PathId(id): PathId<kinds::User>) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| show(conn, actor, id, now)).await
}

/// Update a user
///
/// Merge patch: absent fields stay. A new role holds from the next request on. Only an owner makes
/// or unmakes owners, and the last active owner stays one.
#[utoipa::path(
    operation_id = "updateUser", tag = "users", request_body = UpdateUser,
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "The user as they are now.", body = User)),
)]
#[patch("/users/{id}")]
pub async fn update_user(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    body: Body<UpdateUser>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, shower(&ctx)).await
}

/// Deactivate a user
///
/// Shuts a user out: sessions, links, keys and delegations end at once, and they can no longer sign in.
/// What they did stays. What stands on them goes to a successor or is released in the same moment; what
/// needs somebody is a 409 `successor_required` that names it, unless it is urgent. Look at the
/// obligations first. Doing it again changes nothing, or hands over what was left behind. The last
/// active owner cannot be deactivated, and nobody deactivates themselves.
#[utoipa::path(
    operation_id = "deactivateUser", tag = "users", request_body = Option<DeactivateUser>,
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "The user, deactivated.", body = User)),
)]
#[put("/users/{id}/deactivation")]
pub async fn deactivate_user(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    OptionalBody(body): OptionalBody<DeactivateUser>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let links = leaving::api::draw_links(&ctx, id, &input).await?;
    let done = ctx
        .command(&body, move |tx, actor| {
            leaving::commands::deactivate(tx, actor, id, expected, &input, &links)
        })
        .await?;
    ctx.changed(done, shower(&ctx)).await
}

/// Reactivate a user
///
/// Lets a deactivated user sign in again. Sessions that had ended stay ended.
#[utoipa::path(
    operation_id = "reactivateUser", tag = "users",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 204, description = "The user is active again.")),
)]
#[delete("/users/{id}/deactivation")]
pub async fn reactivate_user(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::reactivate(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

/// Shows a user as of the moment of the request.
fn shower(
    ctx: &Ctx,
) -> impl FnOnce(&mut Conn, &Actor, UserId) -> Result<Shown<User>> + Send + 'static {
    let now = ctx.now();
    move |conn, actor, id| show(conn, actor, id, now)
}

fn show(conn: &mut Conn, actor: &Actor, id: UserId, now: Instant) -> Result<Shown<User>> {
    require_everywhere(actor, Action::ReadUsers)?;
    let found = store::find_seen(conn, id, somewhere(actor, Action::ReadAvailability))?;
    let row = found.ok_or_else(Error::not_found)?;
    let version = row.0.version;
    let user = present(conn, actor, vec![row], now)?.pop().ok_or_else(Error::not_found)?;
    Ok(Shown { version, value: user })
}

/// Users as the actor may see them: one statement more for those whose hours they may see.
fn present(
    conn: &mut Conn,
    actor: &Actor,
    rows: Vec<(store::User, bool)>,
    now: Instant,
) -> Result<Vec<User>> {
    let sees = |row: &store::User, sees: bool| sees || row.id == actor.user_id;
    let seen: Vec<UserId> =
        rows.iter().filter(|(row, all)| sees(row, *all)).map(|(row, _)| row.id).collect();
    let absences = if seen.is_empty() {
        HashMap::new()
    } else {
        time_off::store::around(conn, &seen, now, now)?
    };
    let present = |(row, all): (store::User, bool)| {
        let away = |row: &store::User| {
            let zone = row.zone();
            let absences = absences.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            absences.iter().any(|absence| absence.covers(now, zone))
        };
        let availability = if sees(&row, all) {
            Some(Availability {
                weekly_hours: row.weekly_hours()?,
                holiday_calendar_id: row.holiday_calendar_id,
                away: away(&row),
            })
        } else {
            None
        };
        Ok(User::of(row, availability))
    };
    rows.into_iter().map(present).collect()
}
