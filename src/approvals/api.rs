//! Approval runs and votes over the API.

use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::{self, Wanted, WholeRun, WholeStep};
use super::{
    RunState, RunSubjectKind, StepMode, StepState, TermsHash, VoteDecision, commands, delegations,
};
use crate::access::{Action, Actor, permit, visible_approval_runs};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, Page, PageOf, PageRequest, Params, PathId, Shown};
use crate::ids::{
    ApplicationId, ApprovalRunId, ApprovalStepId, JobId, OfferId, UserId, VoteId, kinds,
};
use crate::text_enum;

/// One passage of one version through its approval steps.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalRun {
    id: ApprovalRunId,
    subject: ApprovalSubject,
    /// The offer whose version it is about.
    offer_id: Option<OfferId>,
    /// The application that the offer is for.
    application_id: Option<ApplicationId>,
    job_id: Option<JobId>,
    /// What is approved: the hash of exactly these terms. Absent for approvals that another system
    /// told of; those take no votes here.
    terms_hash: Option<TermsHash>,
    state: RunState,
    /// The steps in the order in which they are asked.
    steps: Vec<ApprovalStep>,
    /// Who submitted it; they have no vote.
    started_by: Option<UserId>,
    started_at: Instant,
    ended_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// What an approval run is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalSubject {
    kind: RunSubjectKind,
    /// The id of the offer version or the job.
    #[schema(example = "offerver_01jbtqs4zpftrgk3xng0hjya2f")]
    id: String,
}

/// A step of an approval run.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalStep {
    id: ApprovalStepId,
    #[schema(example = "Finance")]
    name: String,
    /// Who of it must approve.
    mode: StepMode,
    state: StepState,
    members: Vec<ApprovalStepMember>,
    /// When its members were asked.
    asked_at: Option<Instant>,
    ended_at: Option<Instant>,
}

/// A person on a step of an approval run.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalStepMember {
    user_id: UserId,
    /// Their vote, once they cast it.
    vote: Option<ApprovalVote>,
}

/// A vote on a step of an approval run.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalVote {
    id: VoteId,
    /// Who cast it in the member's place, by a delegation; absent when they did themselves.
    cast_by: Option<UserId>,
    decision: VoteDecision,
    note: Option<String>,
    /// When it was cast.
    occurred_at: Instant,
}

impl From<WholeRun> for ApprovalRun {
    fn from(whole: WholeRun) -> Self {
        let WholeRun { run, offer_id, steps } = whole;
        let kind = run.subject_kind;
        Self {
            id: run.id,
            subject: ApprovalSubject { kind, id: run.subject_id.shown_as(kind.as_str()) },
            offer_id,
            application_id: run.application_id,
            job_id: run.job_id,
            terms_hash: run.terms_hash,
            state: run.state,
            steps: steps.into_iter().map(ApprovalStep::from).collect(),
            started_by: run.started_by,
            started_at: run.started_at,
            ended_at: run.ended_at,
            created_at: run.created_at,
            updated_at: run.updated_at,
        }
    }
}

impl From<WholeStep> for ApprovalStep {
    fn from(whole: WholeStep) -> Self {
        let store::Step { id, name, mode, state, asked_at, ended_at, .. } = whole.step;
        let member = |(user_id, vote): (UserId, Option<store::Vote>)| {
            let vote =
                vote.map(|store::Vote { id, cast_by, decision, note, occurred_at, .. }| {
                    ApprovalVote { id, cast_by, decision, note, occurred_at }
                });
            ApprovalStepMember { user_id, vote }
        };
        let members = whole.members.into_iter().map(member).collect();
        Self { id, name, mode, state, members, asked_at, ended_at }
    }
}

/// A vote to cast.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CastVote {
    pub(super) decision: VoteDecision,
    /// The hash of the terms that the voter read.
    pub(super) terms_hash: TermsHash,
    /// In whose place, by a delegation. It need not be said where there is only one such person.
    pub(super) on_behalf_of: Option<UserId>,
    /// Why; required to reject.
    pub(super) note: Option<Prose<2000>>,
}

text_enum! {
    /// Whose vote a run waits for.
    pub enum WaitingFor {
        /// The caller's.
        Me => "me",
    }
}

/// Which approval runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalRunFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Runs about offers for this application.
    application_id: Option<ApplicationId>,
    /// Runs in this state.
    state: Option<RunState>,
    /// `me`: runs whose pending step waits for the caller's vote.
    #[param(inline)]
    waiting_for: Option<WaitingFor>,
}

crate::paged!(ApprovalRunFilter);

/// List approval runs
///
/// The runs that the caller may see, newest first: those of offers that they may read, and those
/// that they stand on. With `waiting_for=me` the caller's queue: what waits for their vote.
#[utoipa::path(
    operation_id = "listApprovalRuns", tag = "approvals", params(ApprovalRunFilter),
    responses((status = 200, description = "One page of approval runs.", body = PageOf<ApprovalRun>)),
)]
#[get("/approval-runs")]
pub async fn list_approval_runs(
    ctx: Ctx,
    Params(filter): Params<ApprovalRunFilter>,
) -> Result<HttpResponse> {
    let ApprovalRunFilter { application_id, state, waiting_for, .. } = filter;
    ctx.list(&filter, move |conn, actor, page| {
        let waiting_for = waiting_for.map(|WaitingFor::Me| actor.user_id);
        let waiting_in_place = match waiting_for {
            Some(_) => delegations::awaited(conn, actor)?,
            None => Vec::new(),
        };
        let wanted = Wanted { application_id, state, waiting_for, waiting_in_place };
        list(conn, actor, &wanted, page)
    })
    .await
}

/// Get an approval run
///
/// One approval run with its steps, their members and the votes so far. Everybody who may read the
/// offer sees every vote with its note.
#[utoipa::path(
    operation_id = "getApprovalRun", tag = "approvals",
    params(("id" = ApprovalRunId, Path, description = "Which approval run.")),
    responses((status = 200, description = "The approval run.", body = ApprovalRun)),
)]
#[get("/approval-runs/{id}")]
pub async fn get_approval_run(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApprovalRun>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Cast a vote
///
/// Votes on the step whose turn it is, for exactly the terms with this hash; with another hash it is
/// a 409 `terms_changed`, and nothing is counted. Members of the step vote in parallel, each once,
/// and nobody votes on what they submitted. A delegate casts the vote of whoever delegated it; the
/// first of the two counts. The last vote of a step asks the next one, approves the
/// run, or rejects it. A rejection needs a note.
#[utoipa::path(
    operation_id = "castVote", tag = "approvals", request_body = CastVote,
    params(("id" = ApprovalRunId, Path, description = "Which approval run.")),
    responses((status = 201, description = "The approval run with the vote.", body = ApprovalRun)),
)]
#[post("/approval-runs/{id}/votes")]
pub async fn cast_vote(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApprovalRun>,
    body: Body<CastVote>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::vote(tx, actor, id, &input)).await?;
    ctx.created(done, "approval-runs", show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: ApprovalRunId) -> Result<Shown<ApprovalRun>> {
    let whole = store::whole(conn, id)?.ok_or_else(Error::not_found)?;
    let scope = commands::scope(conn, actor, &whole)?;
    permit(conn, actor, Action::ReadOffer, &scope)?;
    Ok(Shown { version: whole.run.version, value: whole.into() })
}

fn list(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    page: &PageRequest,
) -> Result<Page<ApprovalRun>> {
    let rows = store::list(conn, visible_approval_runs(actor), wanted, page)?;
    Ok(Page::new(rows.into_iter().map(|whole| (whole.run.id.any(), whole.into())).collect()))
}
