//! Permissions over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{
    Action, Actor, Holder, Holdings, KeyScope, OrgRole, Relation, Scope, TeamRole, everywhere,
    holders_of, holdings,
};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::{Ctx, Params, Shown};
use crate::ids::{ApplicationId, JobId};
use crate::jobs::hiring_team::{Membership, memberships};
use crate::loops::Place;

/// How many memberships of hiring teams are shown.
const TEAMS_MAX: usize = 200;

/// What the caller may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Permissions {
    /// The role in the organization.
    role: OrgRole,
    /// The scopes of the API key that asks; `null` for a person.
    scopes: Option<Vec<KeyScope>>,
    /// The roles on hiring teams, by job, newest first; at most 200.
    teams: Vec<TeamMembership>,
    /// Whether there are more than are shown.
    has_more_teams: bool,
    /// Every action of the policy.
    actions: Vec<Permission>,
}

/// A role on a hiring team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamMembership {
    job_id: JobId,
    role: TeamRole,
}

/// What is allowed of one action.
#[derive(Debug, Serialize, ToSchema)]
pub struct Permission {
    /// The word of the policy, the same that a denial names.
    #[schema(example = "manage_this_job")]
    action: &'static str,
    /// Whether the role in the organization allows it, on all but confidential jobs and one's own
    /// file as a candidate.
    everywhere: bool,
    /// The roles on a hiring team that allow it on their job.
    team_roles: Vec<TeamRole>,
    /// What one may be to a subject so that it is allowed on that alone.
    relations: Vec<Relation>,
    /// Whether it is allowed on the job or application that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<bool>,
}

/// About what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PermissionFilter {
    /// Also what is allowed on this job.
    job_id: Option<JobId>,
    /// Also what is allowed on this application.
    application_id: Option<ApplicationId>,
}

/// What may I do
///
/// The caller's role, their hiring teams and, for every action of the policy, through what it is
/// allowed; with an API key as far as its scopes go. With `job_id` or `application_id` also whether
/// it is allowed there, by the same question that a request is asked. What depends on how things
/// stand, as that an offer is approved, is not in it.
#[utoipa::path(
    operation_id = "getMyPermissions", tag = "sessions", params(PermissionFilter),
    responses((status = 200, description = "What the caller may do.", body = Permissions)),
)]
#[get("/me/permissions")]
pub async fn get_my_permissions(
    ctx: Ctx,
    Params(filter): Params<PermissionFilter>,
) -> Result<HttpResponse> {
    if filter.job_id.is_some() && filter.application_id.is_some() {
        let one = FieldError::query("application_id", "conflict", "Ask about one of the two.");
        return Err(Error::invalid_fields(vec![one]));
    }
    ctx.show(move |conn, actor| show(conn, actor, &filter)).await
}

fn show(conn: &mut Conn, actor: &Actor, filter: &PermissionFilter) -> Result<Shown<Permissions>> {
    let here = here(conn, actor, filter)?;
    let mut teams = memberships(conn, actor.user_id, TEAMS_MAX + 1)?;
    let has_more_teams = teams.len() > TEAMS_MAX;
    teams.truncate(TEAMS_MAX);
    let actions = Action::ALL.iter().filter(|action| !holders_of(**action).is_empty());
    let value = Permissions {
        role: actor.role,
        scopes: actor.via.as_ref().map(|grant| grant.scopes.clone()),
        teams: teams
            .into_iter()
            .map(|Membership { job_id, role }| TeamMembership { job_id, role })
            .collect(),
        has_more_teams,
        actions: actions.map(|action| permission(actor, *action, here.as_ref())).collect(),
    };
    Ok(Shown { version: 1, value })
}

fn permission(actor: &Actor, action: Action, here: Option<&Holdings>) -> Permission {
    let holders = if actor.in_scope(action) { holders_of(action) } else { Vec::new() };
    let team_roles = holders.iter().filter_map(|holder| match holder {
        Holder::Team(role) => Some(*role),
        Holder::Organization(_) | Holder::Relation(_) => None,
    });
    let relations = holders.iter().filter_map(|holder| match holder {
        Holder::Relation(relation) => Some(*relation),
        Holder::Organization(_) | Holder::Team(_) => None,
    });
    Permission {
        action: action.as_str(),
        everywhere: everywhere(actor, action),
        team_roles: team_roles.collect(),
        relations: relations.collect(),
        here: here.map(|holdings| holdings.allow(action)),
    }
}

/// What the actor holds towards what was asked about.
///
/// # Errors
/// `not_found` for what they may not read.
fn here(conn: &mut Conn, actor: &Actor, filter: &PermissionFilter) -> Result<Option<Holdings>> {
    if let Some(id) = filter.job_id {
        let held = holdings(conn, actor, &Scope::on_job(id, id))?;
        held.require(Action::ReadJob)?;
        return Ok(Some(held));
    }
    let Some(id) = filter.application_id else { return Ok(None) };
    let place = Place::of(conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = place.scope(conn, actor, id)?;
    let held = holdings(conn, actor, &scope)?;
    held.require(Action::ReadApplication)?;
    Ok(Some(held))
}
