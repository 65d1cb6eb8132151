//! How long candidates are kept, over the API.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::http::{Body, Ctx, Shown};
use crate::ids::{RetentionPolicyId, UserId};
use crate::retention::RetentionMode;
use crate::retention::model::{OfficeRetention, RetentionDays};
use crate::retention::{commands, nightly, store};

/// How long candidates are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionPolicy {
    /// The version; null while nobody stated one.
    id: Option<RetentionPolicyId>,
    /// Versions are numbered from 1; 0 while nobody stated one.
    #[schema(minimum = 0)]
    number: i64,
    /// What a night's run does.
    mode: RetentionMode,
    /// Where no office says otherwise.
    days: RetentionDays,
    /// By office of the job. Of several the one that keeps longest counts.
    offices: Vec<OfficeRetention>,
    /// Who stated it.
    created_by: Option<UserId>,
    created_at: Option<Instant>,
}

/// How long candidates are kept from now on, as a whole.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceRetentionPolicy {
    /// What a night's run does.
    pub(in crate::retention) mode: RetentionMode,
    /// Where no office says otherwise.
    #[validate(nested)]
    pub(in crate::retention) days: RetentionDays,
    /// By office of the job.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    pub(in crate::retention) offices: Vec<OfficeRetention>,
}

/// Get how long candidates are kept
///
/// For how many days, by outcome and office, and what a night's run does about it. Everybody who signed in
/// reads it. Somebody is kept as long as the latest of their parts says, and as long as an application
/// lives or a hold stands.
#[utoipa::path(
    operation_id = "getRetentionPolicy", tag = "retention",
    responses((status = 200, description = "The policy.", body = RetentionPolicy)),
)]
#[get("/retention-policy")]
pub async fn get_retention_policy(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(show).await
}

/// Replace how long candidates are kept
///
/// States it anew, as a version of its own. Nobody is anonymized by it unless `mode` says so, and then from
/// the next night on.
#[utoipa::path(
    operation_id = "replaceRetentionPolicy", tag = "retention", request_body = ReplaceRetentionPolicy,
    responses((status = 200, description = "The policy as it is now.", body = RetentionPolicy)),
)]
#[put("/retention-policy")]
pub async fn replace_retention_policy(
    ctx: Ctx,
    body: Body<ReplaceRetentionPolicy>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace_policy(tx, actor, expected, &input))
        .await?;
    ctx.changed(done, |conn, actor, _| show(conn, actor)).await
}

fn show(conn: &mut Conn, actor: &Actor) -> Result<Shown<RetentionPolicy>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::newest_policy(conn)?;
    let rules = nightly::rules(row.as_ref())?;
    let value = RetentionPolicy {
        id: row.as_ref().map(|row| row.id),
        number: row.as_ref().map_or(0, |row| row.number),
        mode: row.as_ref().map_or(RetentionMode::List, |row| row.mode),
        days: rules.days,
        offices: rules.offices,
        created_by: row.as_ref().map(|row| row.created_by.typed()),
        created_at: row.map(|row| row.created_at),
    };
    Ok(Shown { version: value.number, value })
}
