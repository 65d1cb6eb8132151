//! Many made-up applications at once, for a crowd (`crate::crowd`).

use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::applications::store::{self, Application, Hire, Move, Rejection, Withdrawal};
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::types::Document;
use crate::error::Result;
use crate::ids::{ApplicationId, CandidateId, JobId, RejectionReasonId, SourceId, StageId, UserId};

/// An application made up.
#[derive(Debug, Clone)]
pub struct Crowded {
    /// Who.
    pub candidate_id: CandidateId,
    /// For which job.
    pub job_id: JobId,
    /// How it stands.
    pub status: ApplicationStatus,
    /// Who looks after it, and made every step of it.
    pub owner_id: UserId,
    /// Where the candidate came from.
    pub source_id: Option<SourceId>,
    /// Why, where it is rejected.
    pub reason_id: RejectionReasonId,
    /// The stages that were entered, oldest first, each with when; one at least.
    pub entered: Vec<(StageId, Instant)>,
}

/// The rows of many applications, by table.
#[derive(Debug, Default)]
struct Rows {
    applications: Vec<Application>,
    moves: Vec<Move>,
    rejections: Vec<Rejection>,
    withdrawals: Vec<Withdrawal>,
    hires: Vec<Hire>,
}

/// Adds applications with their histories as rows alone: no event tells of each.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, crowd: &[Crowded]) -> Result<()> {
    let mut rows = Rows::default();
    for one in crowd {
        one.write(tx, &mut rows);
    }
    store::insert_many(tx, permit, &rows.applications)?;
    store::insert_moves(tx, permit, &rows.moves)?;
    store::insert_closings(tx, permit, (&rows.rejections, &rows.withdrawals, &rows.hires))
}

impl Crowded {
    fn write(&self, tx: &mut Tx<'_>, rows: &mut Rows) {
        let (Some((_, applied_at)), Some((stage_id, stage_entered_at))) =
            (self.entered.first().copied(), self.entered.last().copied())
        else {
            return;
        };
        let (id, now): (ApplicationId, _) = (tx.id(), tx.now());
        rows.applications.push(Application {
            id,
            candidate_id: self.candidate_id,
            job_id: self.job_id,
            stage_id,
            status: self.status,
            source_id: self.source_id,
            owner_id: Some(self.owner_id),
            referrer_id: None,
            agency_id: None,
            applied_at,
            stage_entered_at,
            custom: Document::empty(),
            version: 1,
            created_at: now,
            updated_at: now,
        });
        let mut from_stage_id = None;
        for (to_stage_id, occurred_at) in self.entered.iter().copied() {
            rows.moves.push(Move {
                id: tx.id(),
                application_id: id,
                from_stage_id,
                to_stage_id,
                actor_id: Some(self.owner_id.any()),
                occurred_at,
                recorded_at: now,
            });
            from_stage_id = Some(to_stage_id);
        }
        self.close(tx, rows, id, stage_entered_at);
    }

    /// The row that says how it ended, at once after its last move.
    fn close(&self, tx: &mut Tx<'_>, rows: &mut Rows, id: ApplicationId, occurred_at: Instant) {
        let (application_id, recorded_at, ended_at) = (id, tx.now(), None);
        let (actor_id, note) = (Some(self.owner_id.any()), None);
        match self.status {
            ApplicationStatus::Active => {}
            ApplicationStatus::Rejected => rows.rejections.push(Rejection {
                id: tx.id(),
                application_id,
                rejection_reason_id: self.reason_id,
                note,
                actor_id,
                occurred_at,
                recorded_at,
                ended_at,
            }),
            ApplicationStatus::Withdrawn => rows.withdrawals.push(Withdrawal {
                id: tx.id(),
                application_id,
                note,
                actor_id,
                occurred_at,
                recorded_at,
                ended_at,
            }),
            ApplicationStatus::Hired => rows.hires.push(Hire {
                id: tx.id(),
                application_id,
                offer_id: None,
                opening_id: None,
                actor_id,
                occurred_at,
                recorded_at,
                ended_at,
            }),
        }
    }
}
