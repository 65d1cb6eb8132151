//! My notification preferences over the API.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::model::Choices;
use super::{ChosenMail, Way, commands, store};
use crate::access::Actor;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::{Body, Ctx, Shown};
use crate::ids::UserId;
use crate::users::TimeOfDay;

/// How many minutes a day has.
const DAY: u16 = 24 * 60;

/// How you want to be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationPreferences {
    /// Whether you get one mail on a day of work with what you owe and what happened, if there is any.
    digest: bool,
    /// When, by your clock; null for when you begin to work.
    digest_at: Option<TimeOfDay>,
    /// Whether a mail that can wait does so until you work.
    quiet_hours: bool,
    /// Whether your manager is told, in the digest of the day, that a scorecard of yours is late by a working
    /// day. They are anyway where the policy of the organization says so.
    late_to_manager: bool,
    /// Every mail that is a matter of choice, and how it comes.
    mails: Vec<MailPreference>,
}

/// How a mail comes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailPreference {
    mail: ChosenMail,
    /// `off` only for what nobody waits for, or what comes to your chat: it then comes by mail while your
    /// chat takes nothing. What has a closer way for those who drive a debrief comes to
    /// them at once unless they choose.
    way: Way,
    /// Whether a notice without content comes to your chat address, if you named one; as usual when it is
    /// absent: of what usually comes at once.
    #[serde(default)]
    chat: Option<bool>,
}

/// How you want to be told from now on.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetNotificationPreferences {
    /// Whether you want the digest. What nobody waits for and would stand in it alone, is then not told by mail.
    digest: bool,
    /// When, by your clock, before midnight; null for when you begin to work.
    digest_at: Option<TimeOfDay>,
    /// Whether a mail that can wait does so until you work.
    quiet_hours: bool,
    /// Whether your manager is told, in the digest of the day, that a scorecard of yours is late by a working
    /// day; they are not when it is absent.
    #[serde(default)]
    late_to_manager: bool,
    /// How mails come; those that are not named come as usual.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    mails: Vec<MailPreference>,
}

impl SetNotificationPreferences {
    fn choices(&self) -> Result<Choices> {
        let mut wrong = Vec::new();
        let digest_at = self.digest_at.map(TimeOfDay::minutes);
        if digest_at.is_some_and(|minutes| minutes >= DAY) {
            let detail = "The day ends at 23:59.";
            wrong.push(FieldError::body("/digest_at", "range", detail));
        }
        let (mut ways, mut chats) = (BTreeMap::new(), BTreeMap::new());
        for (place, MailPreference { mail, way, chat }) in self.mails.iter().copied().enumerate() {
            if way == Way::Off && !mail.may_be_off() && chat != Some(true) {
                let detail = "Somebody waits for what it asks.";
                wrong.push(FieldError::body(format!("/mails/{place}/way"), "not_allowed", detail));
            }
            chats.extend(chat.map(|chat| (mail, chat)));
            if ways.insert(mail, way).is_some() {
                let detail = "It is named twice.";
                wrong.push(FieldError::body(format!("/mails/{place}/mail"), "duplicate", detail));
            }
        }
        if !wrong.is_empty() {
            return Err(Error::invalid_fields(wrong));
        }
        Ok(Choices {
            digest: self.digest,
            digest_at,
            quiet_hours: self.quiet_hours,
            late_to_manager: self.late_to_manager,
            ways,
            chats,
        })
    }
}

/// Get my notification preferences
///
/// How you are told of what you owe and what happened: what you chose, or what is usual.
#[utoipa::path(
    operation_id = "getMyNotificationPreferences", tag = "users",
    responses((status = 200, description = "The preferences.", body = NotificationPreferences)),
)]
#[get("/me/notification-preferences")]
pub async fn get_my_notification_preferences(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(|conn, actor| show(conn, actor, actor.user_id)).await
}

/// Set my notification preferences
///
/// How you want to be told from now on. Mails about your account, entries for your calendar and the
/// like come whatever you choose.
#[utoipa::path(
    operation_id = "setMyNotificationPreferences", tag = "users",
    request_body = SetNotificationPreferences,
    params(("If-Match" = Option<String>, Header)),
    responses((status = 200, description = "The preferences.", body = NotificationPreferences)),
)]
#[put("/me/notification-preferences")]
pub async fn set_my_notification_preferences(
    ctx: Ctx,
    body: Body<SetNotificationPreferences>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::choose(tx, actor, expected, &input.choices()?))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: UserId) -> Result<Shown<NotificationPreferences>> {
    if id != actor.user_id {
        return Err(Error::not_found());
    }
    let row = store::find(conn, id)?;
    let version = row.as_ref().map_or(0, |row| row.version);
    let choices = row.map(|row| row.choices()).transpose()?.unwrap_or_default();
    let way = |mail: &ChosenMail| MailPreference {
        mail: *mail,
        way: choices.way(*mail, mail.usual()),
        chat: Some(choices.chat(*mail)),
    };
    let value = NotificationPreferences {
        digest: choices.digest,
        digest_at: choices.digest_at.and_then(TimeOfDay::of_minutes),
        quiet_hours: choices.quiet_hours,
        late_to_manager: choices.late_to_manager,
        mails: ChosenMail::ALL.iter().map(way).collect(),
    };
    Ok(Shown { version, value })
}
