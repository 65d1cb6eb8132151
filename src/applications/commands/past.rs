//! Applications whose story another system tells.
//!
//! What happened is kept as told, and nothing is decided again: a candidate may have several active
//! applications for one job, the job may be closed, and whoever moved may be unknown. Each step is
//! recorded as an event of its own time.

use super::event;
use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::applications::store::{self, Application, Hire, Move, Rejection, Withdrawal};
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::types::Document;
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::{
    AnyId, ApplicationId, CandidateId, HireId, JobId, RejectionId, RejectionReasonId, SourceId,
    StageId, UserId, WithdrawalId,
};

/// An application of the past.
#[derive(Debug, Clone)]
pub struct PastApplication {
    /// Who.
    pub candidate_id: CandidateId,
    /// For which job.
    pub job_id: JobId,
    /// Where it stands, or stood when it ended.
    pub stage_id: StageId,
    /// Where the candidate came from.
    pub source_id: Option<SourceId>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// When the candidate applied.
    pub applied_at: Instant,
    /// Its moves, oldest first, the entry included.
    pub moves: Vec<PastMove>,
    /// How it ended; none while it is active.
    pub closing: Option<PastClosing>,
    /// Values of the organization's own fields, an object.
    pub custom: Document,
}

/// A move of the past.
#[derive(Debug, Clone)]
pub struct PastMove {
    /// The stage that was left; none for the entry.
    pub from_stage_id: Option<StageId>,
    /// The stage that was entered.
    pub to_stage_id: StageId,
    /// Who moved it, where that is known.
    pub actor_id: Option<AnyId>,
    /// When.
    pub occurred_at: Instant,
}

/// How an application of the past ended.
#[derive(Debug, Clone)]
pub enum PastClosing {
    /// With our no.
    Rejected {
        /// Why; where that is not known, a reason that says so.
        reason_id: RejectionReasonId,
        /// What was noted.
        note: Option<String>,
        /// Who, where that is known.
        actor_id: Option<AnyId>,
        /// When.
        occurred_at: Instant,
    },
    /// With the candidate's no.
    Withdrawn {
        /// What was noted.
        note: Option<String>,
        /// Who, where that is known.
        actor_id: Option<AnyId>,
        /// When.
        occurred_at: Instant,
    },
    /// With a hire.
    Hired {
        /// Who, where that is known.
        actor_id: Option<AnyId>,
        /// When.
        occurred_at: Instant,
    },
}

impl PastClosing {
    const fn status(&self) -> ApplicationStatus {
        match self {
            Self::Rejected { .. } => ApplicationStatus::Rejected,
            Self::Withdrawn { .. } => ApplicationStatus::Withdrawn,
            Self::Hired { .. } => ApplicationStatus::Hired,
        }
    }
}

/// Adds the permit's application as it was told.
pub fn insert_past(
    tx: &mut Tx<'_>,
    permit: &Permit,
    past: PastApplication,
) -> Result<ApplicationId> {
    let (id, now): (ApplicationId, _) = (permit.subject().id.typed(), tx.now());
    let entered = past.moves.last().map_or(past.applied_at, |last| last.occurred_at);
    let row = Application {
        id,
        candidate_id: past.candidate_id,
        job_id: past.job_id,
        stage_id: past.stage_id,
        status: past.closing.as_ref().map_or(ApplicationStatus::Active, PastClosing::status),
        source_id: past.source_id,
        owner_id: past.owner_id,
        referrer_id: None,
        agency_id: None,
        applied_at: past.applied_at,
        stage_entered_at: entered,
        custom: past.custom,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    let told_at = tx.occurred_at();
    record_at(tx, permit, past.applied_at, &event(EventKind::ApplicationCreated, &row))?;
    insert_moves(tx, permit, &row, past.moves)?;
    if let Some(closing) = past.closing {
        insert_closing(tx, permit, &row, closing)?;
    }
    tx.unit.occurred_at = told_at;
    Ok(id)
}

fn insert_moves(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Application,
    moves: Vec<PastMove>,
) -> Result<()> {
    let recorded_at = tx.now();
    let mut rows = Vec::with_capacity(moves.len());
    for PastMove { from_stage_id, to_stage_id, actor_id, occurred_at } in moves {
        let id = tx.id();
        rows.push(Move {
            id,
            application_id: row.id,
            from_stage_id,
            to_stage_id,
            actor_id,
            occurred_at,
            recorded_at,
        });
        if let Some(from) = from_stage_id {
            let event = event(EventKind::ApplicationMoved, row).id("move_id", id);
            let event = event.id("from_stage_id", from).id("to_stage_id", to_stage_id);
            record_at(tx, permit, occurred_at, &event)?;
        }
    }
    store::insert_moves(tx, permit, &rows)
}

#[expect(clippy::too_many_lines, reason = "three rows, each with all its columns")]
fn insert_closing(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Application,
    closing: PastClosing,
) -> Result<()> {
    let (application_id, recorded_at, ended_at) = (row.id, tx.now(), None);
    match closing {
        PastClosing::Rejected { reason_id, note, actor_id, occurred_at } => {
            let id: RejectionId = tx.id();
            let rejection_reason_id = reason_id;
            store::insert_rejection(
                tx,
                permit,
                &Rejection {
                    id,
                    application_id,
                    rejection_reason_id,
                    note,
                    actor_id,
                    occurred_at,
                    recorded_at,
                    ended_at,
                },
            )?;
            let event = event(EventKind::ApplicationRejected, row).id("rejection_id", id);
            record_at(tx, permit, occurred_at, &event)
        }
        PastClosing::Withdrawn { note, actor_id, occurred_at } => {
            let id: WithdrawalId = tx.id();
            store::insert_withdrawal(
                tx,
                permit,
                &Withdrawal {
                    id,
                    application_id,
                    note,
                    actor_id,
                    occurred_at,
                    recorded_at,
                    ended_at,
                },
            )?;
            let event = event(EventKind::ApplicationWithdrawn, row).id("withdrawal_id", id);
            record_at(tx, permit, occurred_at, &event)
        }
        PastClosing::Hired { actor_id, occurred_at } => {
            let id: HireId = tx.id();
            let (offer_id, opening_id) = (None, None);
            store::insert_hire(
                tx,
                permit,
                &Hire {
                    id,
                    application_id,
                    offer_id,
                    opening_id,
                    actor_id,
                    occurred_at,
                    recorded_at,
                    ended_at,
                },
            )?;
            let event = event(EventKind::ApplicationHired, row).id("hire_id", id);
            record_at(tx, permit, occurred_at, &event)
        }
    }
}

/// Records an event of the past at its own time.
fn record_at(tx: &mut Tx<'_>, permit: &Permit, at: Instant, event: &Event) -> Result<()> {
    tx.unit.occurred_at = at;
    record(tx, permit, event)?;
    Ok(())
}
