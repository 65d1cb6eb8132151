//! The organization and its policy over the API.

use actix_web::{HttpResponse, get, patch, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    CandidateSeesPanel, Escalation, PeopleMetrics, Policy, RecruiterView, Reveal, commands, store,
};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Locale, Prose, Zone, maybe_whole};
use crate::http::{Body, Ctx, Shown};
use crate::ids::{OrganizationId, SettingsVersionId, UserId};

/// The organization that this deployment serves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organization {
    id: OrganizationId,
    #[schema(example = "Example Ltd")]
    name: String,
    /// The language of what it sends when nobody's own is known.
    #[schema(example = "en-GB")]
    locale: String,
    /// Its IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Organization> for Organization {
    fn from(row: store::Organization) -> Self {
        let store::Organization { id, name, locale, time_zone, created_at, updated_at, .. } = row;
        Self { id, name, locale, time_zone, created_at, updated_at }
    }
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    pub(crate) name: Option<Line<120>>,
    /// The language of what it sends when nobody's own is known.
    pub(crate) locale: Option<Locale>,
    /// Its IANA time zone.
    pub(crate) time_zone: Option<Zone>,
}

/// The policy of the organization, as its newest version states it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// The version. What began under an older one keeps it.
    id: SettingsVersionId,
    /// Versions are numbered from 1.
    #[schema(minimum = 1, example = 3)]
    number: i64,
    /// What somebody whose own evaluations are all in sees of others' before the reveal.
    reveal: Reveal,
    /// After how many hours of its author's own working time, from the end of its interview, a scorecard
    /// is due.
    #[schema(minimum = 1, maximum = 80, example = 8)]
    scorecard_due_working_hours: i32,
    /// What a recruiter or driver who sits on no panel sees before the reveal.
    recruiter_sees: RecruiterView,
    /// What is measured about the work of people here.
    people_metrics: PeopleMetrics,
    /// Why that was last widened; null while it never was, or after it was narrowed without a word.
    #[schema(example = "To plan panels for the autumn, agreed with the works council.")]
    people_metrics_reason: Option<String>,
    /// Whether a candidate learns beforehand whom they meet.
    candidate_sees_panel: CandidateSeesPanel,
    /// How much of a candidate's time a loop takes before its lint warns, in minutes.
    #[schema(minimum = 30, maximum = 2400, example = 480)]
    candidate_minutes_limit: i32,
    /// Who is told that a scorecard is late, beside its author.
    escalation: Escalation,
    /// Who stated it; null for the service itself.
    created_by: Option<UserId>,
    created_at: Instant,
}

/// The whole policy, stated anew.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceSettings {
    /// What somebody whose own evaluations are all in sees of others' before the reveal.
    reveal: Reveal,
    /// After how many hours of its author's own working time, from the end of its interview, a scorecard
    /// is due; 8 when it is absent.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 1, max = 80))]
    #[schema(minimum = 1, maximum = 80, example = 8)]
    scorecard_due_working_hours: Option<i32>,
    /// What a recruiter or driver who sits on no panel sees before the reveal.
    recruiter_sees: RecruiterView,
    /// What is measured about the work of people here; as before when it is absent. Only an owner
    /// widens it.
    people_metrics: Option<PeopleMetrics>,
    /// Why; required where more is measured than before. Everybody reads it.
    pub(super) people_metrics_reason: Option<Prose<500>>,
    /// Whether a candidate learns beforehand whom they meet; as before when it is absent.
    candidate_sees_panel: Option<CandidateSeesPanel>,
    /// How much of a candidate's time a loop takes before its lint warns, in minutes; as before when it
    /// is absent, 480 at first.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 30, max = 2400))]
    #[schema(minimum = 30, maximum = 2400, example = 480)]
    candidate_minutes_limit: Option<i32>,
    /// Who is told that a scorecard is late, beside its author; as before when it is absent.
    escalation: Option<Escalation>,
}

impl ReplaceSettings {
    /// The policy that it states after another one.
    pub(super) fn policy(&self, before: Policy) -> Policy {
        let scorecard_due_working_hours = self
            .scorecard_due_working_hours
            .unwrap_or(Policy::default().scorecard_due_working_hours);
        Policy {
            reveal: self.reveal,
            scorecard_due_working_hours,
            recruiter_sees: self.recruiter_sees,
            people_metrics: self.people_metrics.unwrap_or(before.people_metrics),
            candidate_sees_panel: self.candidate_sees_panel.unwrap_or(before.candidate_sees_panel),
            candidate_minutes_limit: self
                .candidate_minutes_limit
                .unwrap_or(before.candidate_minutes_limit),
            escalation: self.escalation.unwrap_or(before.escalation),
        }
    }
}

/// Get the organization
///
/// The one organization that this deployment serves. Everybody who signed in reads it.
#[utoipa::path(
    operation_id = "getOrganization", tag = "organization",
    responses((status = 200, description = "The organization.", body = Organization)),
)]
#[get("/organization")]
pub async fn get_organization(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(show_organization).await
}

/// Update the organization
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updateOrganization", tag = "organization", request_body = UpdateOrganization,
    responses((status = 200, description = "The organization as it is now.", body = Organization)),
)]
#[patch("/organization")]
pub async fn update_organization(ctx: Ctx, body: Body<UpdateOrganization>) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update_organization(tx, actor, expected, &input))
        .await?;
    ctx.changed(done, |conn, actor, _| show_organization(conn, actor)).await
}

/// Get the settings
///
/// The policy as its newest version states it. Everybody who signed in reads it: people know the
/// rules that they work under.
#[utoipa::path(
    operation_id = "getSettings", tag = "organization",
    responses((status = 200, description = "The policy.", body = Settings)),
)]
#[get("/settings")]
pub async fn get_settings(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(show_settings).await
}

/// Replace the settings
///
/// States the whole policy anew, as a version of its own. Debriefs and approvals that have begun
/// keep the version that they began under.
#[utoipa::path(
    operation_id = "replaceSettings", tag = "organization", request_body = ReplaceSettings,
    responses((status = 200, description = "The policy as it is now.", body = Settings)),
)]
#[put("/settings")]
pub async fn replace_settings(ctx: Ctx, body: Body<ReplaceSettings>) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace_settings(tx, actor, expected, &input))
        .await?;
    ctx.changed(done, |conn, actor, _| show_settings(conn, actor)).await
}

fn show_organization(conn: &mut Conn, actor: &Actor) -> Result<Shown<Organization>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::organization(conn)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}

fn show_settings(conn: &mut Conn, actor: &Actor) -> Result<Shown<Settings>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::newest(conn)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.number, value: Settings::of(&row)? })
}

impl Settings {
    /// The view of a version.
    ///
    /// # Errors
    /// `internal` for a stored document that is no policy.
    pub(super) fn of(row: &store::SettingsVersion) -> Result<Self> {
        let policy: Policy = row.settings.read()?;
        Ok(Self {
            id: row.id,
            number: row.number,
            reveal: policy.reveal,
            scorecard_due_working_hours: policy.scorecard_due_working_hours,
            recruiter_sees: policy.recruiter_sees,
            people_metrics: policy.people_metrics,
            people_metrics_reason: row.people_metrics_reason.clone(),
            candidate_sees_panel: policy.candidate_sees_panel,
            candidate_minutes_limit: policy.candidate_minutes_limit,
            escalation: policy.escalation,
            created_by: row.created_by,
            created_at: row.created_at,
        })
    }
}
