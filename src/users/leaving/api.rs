//! What stands on a person, over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::obligations::{self, FOUND_MAX};
use super::{HandOver, ObligationKind};
use crate::access::{Action, Actor, nameable, require_everywhere};
use crate::capabilities::NewLink;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::{Ctx, PathId, Shown};
use crate::ids::{ApplicationId, JobId, UserId, kinds};
use crate::interviews;
use crate::users;

/// Something that stands on a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Obligation {
    kind: ObligationKind,
    /// The id of the seat, debrief, step, chain, team member, application, prospect, department, user
    /// or service account; absent where the caller may not know which.
    #[schema(example = "debrief_01jbtqs4zpftrgk3xng0hjya2f")]
    id: Option<String>,
    /// The job that it belongs to.
    job_id: Option<JobId>,
    /// The application that it belongs to.
    application_id: Option<ApplicationId>,
    /// Whether somebody has to take it over; anything else can also be released.
    needs_successor: bool,
}

/// How much of one kind stands on a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationTotal {
    kind: ObligationKind,
    /// How many; a thousand are counted at most.
    count: usize,
    /// How many of them somebody has to take over.
    needing_successor: usize,
}

/// What stands on a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Obligations {
    /// One row for each kind of which there is something.
    totals: Vec<ObligationTotal>,
    /// One row per thing, the first hundred of each kind.
    data: Vec<Obligation>,
}

/// To whom the things of one kind go.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KindHandOver {
    kind: ObligationKind,
    /// Who takes them over; `null` releases them.
    successor_id: Option<UserId>,
}

/// How a person is shut out.
#[derive(Debug, Default, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeactivateUser {
    /// Who takes over what stands on them: an active user who works here.
    successor_id: Option<UserId>,
    /// Somebody else, or nobody, for some kinds of things. A scorecard that is owed for an interview
    /// that took place is waived in any case: nobody else was there.
    #[validate(length(max = 12))]
    hand_over: Vec<KindHandOver>,
    /// Shut them out even if something lacks a successor: it is left behind, and whoever drives or
    /// recruits is told by mail.
    pub(super) urgent: bool,
}

impl DeactivateUser {
    /// What is to be handed over, and to whom.
    ///
    /// # Errors
    /// `invalid` for a kind that stands there twice, and for the person themselves.
    pub(super) fn hand_over(&self, leaver: UserId) -> Result<HandOver> {
        let mut wrong = Vec::new();
        for (index, one) in self.hand_over.iter().enumerate() {
            if self.hand_over.iter().take(index).any(|other| other.kind == one.kind) {
                let pointer = format!("/hand_over/{index}/kind");
                wrong.push(FieldError::body(pointer, "duplicate", "A kind is named once."));
            }
        }
        for (pointer, successor) in self.named() {
            if successor == leaver {
                let detail = "Nobody succeeds themselves.";
                wrong.push(FieldError::body(pointer, "own_succession", detail));
            }
        }
        if !wrong.is_empty() {
            return Err(Error::invalid_fields(wrong));
        }
        let by_kind = self.hand_over.iter().map(|one| (one.kind, one.successor_id)).collect();
        Ok(HandOver::new(leaver, self.successor_id, by_kind))
    }

    /// Everybody who is named, with where they stand in the body.
    pub(super) fn named(&self) -> impl Iterator<Item = (String, UserId)> {
        let one = self.successor_id.map(|id| ("/successor_id".to_owned(), id));
        let others = self.hand_over.iter().enumerate().filter_map(|(index, one)| {
            Some((format!("/hand_over/{index}/successor_id"), one.successor_id?))
        });
        one.into_iter().chain(others)
    }
}

/// List the obligations of a user
///
/// What stands on a person, for themselves and those who manage users: seats on panels, scorecards and
/// votes that they owe, debriefs that they decide or drive, places on approval chains, roles on hiring
/// teams, applications and prospects that they own, departments that they head, people whom they lead,
/// and service accounts. Ids only: who may read the things themselves is another question. As long as you
/// owe a scorecard for an application, its debriefs stand there whatever became of them, and votes on it do
/// not.
#[utoipa::path(
    operation_id = "listObligations", tag = "users",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "What stands on the user.", body = Obligations)),
)]
#[get("/users/{id}/obligations")]
pub async fn list_obligations(ctx: Ctx, PathId(id): PathId<kinds::User>) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| show(conn, actor, id, now)).await
}

/// The links by which mails lead successors to the cards that they will owe: as many as seats stand on the
/// person now. They are drawn before the transaction, where nothing is hashed; a seat that is given in
/// between goes over without one, and its mails lead by way of the sign-in.
pub(crate) async fn draw_links(
    ctx: &Ctx,
    id: UserId,
    input: &DeactivateUser,
) -> Result<Vec<NewLink>> {
    if input.named().next().is_none() {
        return Ok(Vec::new());
    }
    let seats = ctx
        .read(move |conn, _| Ok(interviews::store::seats_standing_on(conn, id, FOUND_MAX)?.len()))
        .await?;
    Ok((0..seats).map(|_| NewLink::draw(ctx.db(), &ctx.state().derived)).collect())
}

/// How many things of one kind are listed.
const SHOWN_MAX: usize = 100;

fn show(conn: &mut Conn, actor: &Actor, id: UserId, now: Instant) -> Result<Shown<Obligations>> {
    if id != actor.user_id {
        require_everywhere(actor, Action::ManageUsers)?;
    }
    let user = users::store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let found = obligations::of(conn, id, Some(actor.user_id), now)?;
    let (mut totals, mut shown) = (Vec::new(), Vec::new());
    for kind in ObligationKind::ALL.iter().copied() {
        let of_kind = || found.iter().filter(move |one| one.kind == kind);
        let count = of_kind().take(usize::try_from(FOUND_MAX).unwrap_or(usize::MAX)).count();
        if count > 0 {
            let needing_successor = of_kind().filter(|one| one.needs_successor).count();
            totals.push(ObligationTotal { kind, count, needing_successor });
            shown.extend(of_kind().take(SHOWN_MAX).copied());
        }
    }
    let jobs: Vec<JobId> = shown.iter().filter_map(|one| one.job_id).collect();
    let applications: Vec<ApplicationId> =
        shown.iter().filter_map(|one| one.application_id).collect();
    let known = nameable(conn, actor, id, &jobs, &applications)?;
    let present = |one: super::Obligation| {
        let super::Obligation { kind, subject, job_id, application_id, needs_successor } = one;
        if known.allows(job_id, application_id) {
            let id = Some(subject.id.shown_as(subject.noun));
            return Obligation { kind, id, job_id, application_id, needs_successor };
        }
        Obligation { kind, id: None, job_id: None, application_id: None, needs_successor }
    };
    let data = shown.into_iter().map(present).collect();
    Ok(Shown { version: user.version, value: Obligations { totals, data } })
}
