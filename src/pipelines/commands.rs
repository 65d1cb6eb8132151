//! Giving a job its stages.

use super::api::{NewStage, ReplacePipeline};
use super::store::{self, Stage};
use super::{StageDecision, StageKind};
use crate::access::{Actor, Permit};
use crate::db::Tx;
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::{JobId, StageId};
use crate::jobs;

/// A stage to add; its place in the list is its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageFacts {
    /// What it is called.
    pub name: String,
    /// Its type.
    pub kind: StageKind,
    /// How it is decided.
    pub decision: StageDecision,
}

/// The pipeline of a job that names none.
pub fn default_stages() -> Vec<StageFacts> {
    [
        ("Review", StageKind::Review, StageDecision::None),
        ("Screen", StageKind::Screen, StageDecision::Light),
        ("Onsite", StageKind::Onsite, StageDecision::Debrief),
        ("Offer", StageKind::Offer, StageDecision::None),
    ]
    .map(|(name, kind, decision)| StageFacts { name: name.to_owned(), kind, decision })
    .to_vec()
}

/// Stages as they were asked for.
pub fn stages_of(input: &[NewStage]) -> Vec<StageFacts> {
    let facts = |stage: &NewStage| StageFacts {
        name: stage.name.to_text(),
        kind: stage.kind,
        decision: stage.decision,
    };
    input.iter().map(facts).collect()
}

/// Gives a new job its stages; part of adding it, so that no event of its own is due. Returns
/// their ids in order.
pub fn place(
    tx: &mut Tx<'_>,
    permit: &Permit,
    job_id: JobId,
    stages: &[StageFacts],
) -> Result<Vec<StageId>> {
    let rows: Vec<Stage> = (1_i32..)
        .zip(stages.iter().cloned())
        .map(|(position, StageFacts { name, kind, decision })| Stage {
            id: tx.id(),
            job_id,
            position,
            name,
            kind,
            decision,
        })
        .collect();
    store::insert(tx, permit, &rows)?;
    Ok(rows.into_iter().map(|stage| stage.id).collect())
}

/// Gives a job other stages.
///
/// # Errors
/// `still_in_use` once an application stands on the job.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    job_id: JobId,
    expected: Option<i64>,
    input: &ReplacePipeline,
) -> Result<JobId> {
    let (permit, job) = jobs::commands::manage(tx, actor, job_id, expected)?;
    store::delete(tx, &permit, job_id)?;
    let stages = place(tx, &permit, job_id, &stages_of(&input.stages))?;
    jobs::store::save(tx, &permit, &job)?;
    let count = i64::try_from(stages.len()).unwrap_or(i64::MAX);
    let event = Event::new(EventKind::PipelineReplaced, job_id.into()).job(job_id);
    record(tx, &permit, &event.number("stages", count))?;
    Ok(job_id)
}
