//! The person who signed in.

use actix_web::{HttpResponse, get, patch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::access::{Actor, KeyGrant, KeyScope, OrgRole};
use crate::api_keys;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Locale, MeetingUrl, UpTo, Zone, double_option};
use crate::http::{Body, Ctx, Shown};
use crate::ids::{ApiKeyId, HolidayCalendarId, JobId, ServiceAccountId, UserId};
use crate::text_enum;
use crate::users::commands::{self, ProfileChange};
use crate::users::{WeeklyHours, store};

text_enum! {
    /// What kind of caller it is.
    pub enum CallerKind {
        /// A person, in a session.
        User => "user",
        /// A program, with an API key.
        ServiceAccount => "service_account",
    }
}

/// The service account that asks, and the key that it does it with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Via {
    service_account_id: ServiceAccountId,
    #[schema(example = "Weekly report")]
    service_account_name: String,
    api_key_id: ApiKeyId,
    #[schema(example = "Reporting host")]
    api_key_name: String,
    /// What the key may do, as far as the person may.
    scopes: Vec<KeyScope>,
    /// The only jobs that it reaches; `null` for all of the person's.
    job_ids: Option<Vec<JobId>>,
    /// When the key ends.
    expires_at: Instant,
}

impl Via {
    fn load(conn: &mut Conn, actor: &Actor, grant: &KeyGrant) -> Result<Self> {
        let named = api_keys::named(conn, grant.key_id)?;
        Ok(Self {
            service_account_id: grant.service_account_id,
            service_account_name: named.account_name,
            api_key_id: grant.key_id,
            api_key_name: named.key_name,
            scopes: grant.scopes.clone(),
            job_ids: actor.narrowed_to.clone(),
            expires_at: named.expires_at,
        })
    }
}

/// Who asks: the person, or the one with whose reach a service account acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    kind: CallerKind,
    /// The service account and its key, if one asks.
    via: Option<Via>,
    /// The user.
    id: UserId,
    /// Their name.
    name: String,
    /// Their address.
    email: String,
    /// Their role in the organization.
    role: OrgRole,
    /// Their IANA time zone.
    time_zone: String,
    /// Their language.
    locale: String,
    /// When they work, by the clock on their wall.
    weekly_hours: WeeklyHours,
    /// Whose holidays are theirs.
    holiday_calendar_id: Option<HolidayCalendarId>,
    /// Who leads them.
    manager_id: Option<UserId>,
    /// How many interviews a day they hold at most, if they say; shown to nobody else.
    interviews_per_day: Option<i32>,
    /// How many a week.
    interviews_per_week: Option<i32>,
    /// Their standing room for meetings: where an interview that they lead takes place, unless
    /// somebody says otherwise.
    #[schema(example = "https://meet.example.com/ada")]
    meeting_room_url: Option<String>,
}

/// What to change of oneself; absent fields stay, `null` clears.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    name: Option<Line<120>>,
    /// The IANA time zone that one works in.
    time_zone: Option<Zone>,
    /// One's language.
    locale: Option<Locale>,
    /// When one works; `null` for Monday to Friday, 09:00 to 17:30.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<WeeklyHours>)]
    weekly_hours: Option<Option<WeeklyHours>>,
    /// Whose holidays are one's own; `null` for none.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<HolidayCalendarId>)]
    holiday_calendar_id: Option<Option<HolidayCalendarId>>,
    /// How many interviews a day one holds at most; `null` for as many as one's pools say.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UpTo<20>>)]
    interviews_per_day: Option<Option<UpTo<20>>>,
    /// How many a week, from Monday on.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UpTo<50>>)]
    interviews_per_week: Option<Option<UpTo<50>>>,
    /// One's standing room for meetings; `null` for none. Interviews that have a time keep the one
    /// that they have.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<MeetingUrl>)]
    meeting_room_url: Option<Option<MeetingUrl>>,
}

impl UpdateMe {
    fn change(&self) -> ProfileChange {
        ProfileChange {
            name: self.name.clone(),
            time_zone: self.time_zone.clone(),
            locale: self.locale.clone(),
            weekly_hours: self.weekly_hours.clone(),
            holiday_calendar_id: self.holiday_calendar_id,
            interviews_per_day: self.interviews_per_day.map(|limit| limit.map(UpTo::number)),
            interviews_per_week: self.interviews_per_week.map(|limit| limit.map(UpTo::number)),
            meeting_room_url: self.meeting_room_url.clone(),
        }
    }
}

/// Who am I
///
/// The person whose access token this is, with the role as it is now. With an API key it is the
/// person with whose reach the service account acts, and what the key allows of it.
#[utoipa::path(
    operation_id = "getMe", tag = "users",
    responses((status = 200, description = "The person who signed in.", body = Me)),
)]
#[get("/me")]
pub async fn get_me(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(|conn, actor| show(conn, actor, actor.user_id)).await
}

/// Update my profile
///
/// Merge patch: absent fields stay, `null` clears. Role and manager are for those who manage users.
#[utoipa::path(
    operation_id = "updateMe", tag = "users", request_body = UpdateMe,
    responses((status = 200, description = "The profile as it is now.", body = Me)),
)]
#[patch("/me")]
pub async fn update_me(ctx: Ctx, body: Body<UpdateMe>) -> Result<HttpResponse> {
    let (change, expected) = (body.change(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update_me(tx, actor, expected, &change))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: UserId) -> Result<Shown<Me>> {
    let row = store::find(conn, id)?.filter(|row| row.id == actor.user_id);
    let row = row.ok_or_else(Error::not_found)?;
    let weekly_hours = row.weekly_hours()?;
    let store::User { id, name, email, role, time_zone, locale, meeting_room_url, .. } = row;
    let (holiday_calendar_id, manager_id) = (row.holiday_calendar_id, row.manager_id);
    let (interviews_per_day, interviews_per_week) =
        (row.interviews_per_day, row.interviews_per_week);
    let via = actor.via.as_ref().map(|grant| Via::load(conn, actor, grant)).transpose()?;
    let kind = if via.is_some() { CallerKind::ServiceAccount } else { CallerKind::User };
    let value = Me {
        kind,
        via,
        id,
        name,
        email,
        role,
        time_zone,
        locale,
        weekly_hours,
        holiday_calendar_id,
        manager_id,
        interviews_per_day,
        interviews_per_week,
        meeting_room_url,
    };
    Ok(Shown { version: row.version, value })
}
