//! An application as the caller may see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Action, Actor, holdings};
use crate::applications::ApplicationStatus;
use crate::applications::commands;
use crate::applications::store::{self, Closing, Named};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{CsvRow, Shown};
use crate::ids::{
    AnyId, ApplicationId, CandidateId, HireId, JobId, OfferId, OpeningId, RejectionId,
    RejectionReasonId, SourceId, StageId, UserId, WithdrawalId,
};
use crate::organization::field_definitions::values::Fields;
use crate::organization::field_definitions::{Custom, FieldNoun, FieldReach};

/// One candidate for one job.
#[derive(Debug, Serialize, ToSchema)]
pub struct Application {
    id: ApplicationId,
    candidate_id: CandidateId,
    #[schema(example = "Ada Lovelace")]
    candidate_name: String,
    job_id: JobId,
    #[schema(example = "Senior Engineer")]
    job_title: String,
    /// Where it stands, or stood when it ended.
    stage_id: StageId,
    #[schema(example = "On-site")]
    stage_name: String,
    status: ApplicationStatus,
    /// Where the candidate came from.
    source_id: Option<SourceId>,
    /// Who looks after it.
    owner_id: Option<UserId>,
    applied_at: Instant,
    /// Since when it stands in its stage.
    stage_entered_at: Instant,
    created_at: Instant,
    updated_at: Instant,
}

impl From<Named> for Application {
    fn from(named: Named) -> Self {
        let Named { application: row, candidate_name, job_title, stage_name } = named;
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            candidate_name,
            job_id: row.job_id,
            job_title,
            stage_id: row.stage_id,
            stage_name,
            status: row.status,
            source_id: row.source_id,
            owner_id: row.owner_id,
            applied_at: row.applied_at,
            stage_entered_at: row.stage_entered_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl CsvRow for Application {
    const HEADER: &'static [&'static str] = &[
        "id",
        "candidate_id",
        "candidate_name",
        "job_id",
        "job_title",
        "stage_id",
        "stage_name",
        "status",
        "source_id",
        "owner_id",
        "applied_at",
        "stage_entered_at",
        "created_at",
        "updated_at",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.candidate_id.to_string(),
            self.candidate_name.clone(),
            self.job_id.to_string(),
            self.job_title.clone(),
            self.stage_id.to_string(),
            self.stage_name.clone(),
            self.status.to_string(),
            self.source_id.map(|id| id.to_string()).unwrap_or_default(),
            self.owner_id.map(|id| id.to_string()).unwrap_or_default(),
            self.applied_at.to_string(),
            self.stage_entered_at.to_string(),
            self.created_at.to_string(),
            self.updated_at.to_string(),
        ]
    }
}

/// Our no.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationRejection {
    id: RejectionId,
    /// Why; `null` for those who may not read it.
    reason_id: Option<RejectionReasonId>,
    /// The reason in words; `null` for those who may not read it.
    #[schema(example = "Chose somebody else")]
    reason_name: Option<String>,
    /// `null` if there is none, or for those who may not read it.
    note: Option<String>,
    /// Who said no; `null` where that is not known.
    actor_id: Option<UserId>,
    occurred_at: Instant,
}

/// The candidate's no.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationWithdrawal {
    id: WithdrawalId,
    /// `null` if there is none, or for those who may not read it.
    note: Option<String>,
    /// Who recorded it; `null` where that is not known.
    actor_id: Option<UserId>,
    occurred_at: Instant,
}

/// The hire.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationHire {
    id: HireId,
    /// Through which offer; `null` for hires of the past.
    offer_id: Option<OfferId>,
    /// Which opening it filled; `null` where the job has no limit.
    opening_id: Option<OpeningId>,
    /// Who recorded it; `null` where that is not known.
    actor_id: Option<UserId>,
    occurred_at: Instant,
}

/// One candidate for one job, and how it ended. At most one of the three is there; the status says
/// which.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationDetail {
    #[serde(flatten)]
    application: Application,
    rejection: Option<ApplicationRejection>,
    withdrawal: Option<ApplicationWithdrawal>,
    hire: Option<ApplicationHire>,
    /// Who works here and named the candidate; `null` if nobody did, or for those who may not read it.
    referrer_id: Option<UserId>,
    custom: Custom,
}

impl ApplicationDetail {
    fn of(
        named: Named,
        closing: Closing,
        shows_reasons: bool,
        referrer_id: Option<UserId>,
        custom: Custom,
    ) -> Self {
        let Closing { rejection, rejection_reason_name, withdrawal, hire } = closing;
        Self {
            application: named.into(),
            rejection: rejection.map(|row| ApplicationRejection {
                id: row.id,
                reason_id: shows_reasons.then_some(row.rejection_reason_id),
                reason_name: rejection_reason_name.filter(|_| shows_reasons),
                note: row.note.filter(|_| shows_reasons),
                actor_id: row.actor_id.map(AnyId::typed),
                occurred_at: row.occurred_at,
            }),
            withdrawal: withdrawal.map(|row| ApplicationWithdrawal {
                id: row.id,
                note: row.note.filter(|_| shows_reasons),
                actor_id: row.actor_id.map(AnyId::typed),
                occurred_at: row.occurred_at,
            }),
            hire: hire.map(|row| ApplicationHire {
                id: row.id,
                offer_id: row.offer_id,
                opening_id: row.opening_id,
                actor_id: row.actor_id.map(AnyId::typed),
                occurred_at: row.occurred_at,
            }),
            referrer_id,
            custom,
        }
    }
}

/// One application in three statements, whoever asks, and one more if it has custom values.
pub(super) fn show(
    conn: &mut Conn,
    actor: &Actor,
    id: ApplicationId,
) -> Result<Shown<ApplicationDetail>> {
    let (named, closing) = store::find_with_closing(conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, standing) = commands::scope(conn, actor, &named.application)?;
    let holdings = holdings(conn, actor, &scope)?;
    holdings.require(Action::ReadApplication)?;
    let drives = holdings.allow(Action::MoveApplication) || holdings.allow(Action::ManageCandidate);
    let version = named.application.version;
    let fields = Fields::of(conn, FieldNoun::Application, [&named.application.custom])?;
    let custom = fields.shown(&named.application.custom, FieldReach::of(actor, &holdings));
    let referrer_id = named.application.referrer_id.filter(|_| drives);
    let shows_reasons = drives && !standing.owes;
    let value = ApplicationDetail::of(named, closing, shows_reasons, referrer_id, custom);
    Ok(Shown { version, value })
}
