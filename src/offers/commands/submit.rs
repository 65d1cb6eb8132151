//! Submitting an offer to its approvers.

use super::{Loaded, belongings, decision_to_hire, hindered, holds, load, permit_on};
use crate::access::{Actor, Permit};
use crate::approvals::chains::store as chains;
use crate::approvals::commands::{Submission, start};
use crate::approvals::model::PlannedStep;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::ids::{OfferId, OpeningId};
use crate::jobs::openings;
use crate::jobs::store::{self as jobs, Job};
use crate::offers::store::{self, Offer, Pursuit};

/// Submits the current version: an opening is reserved, and the first step is asked.
pub(in crate::offers) fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfferId,
    expected: i64,
) -> Result<OfferId> {
    let loaded = load(tx, id)?;
    let permit = permit_on(tx, actor, &loaded, expected)?;
    loaded.require_active()?;
    let job = jobs::find(tx.conn, loaded.pursuit.job_id)?.ok_or_else(Error::not_found)?;
    let plan = plan(tx, &job)?;
    let pending = loaded
        .negotiation()
        .submit(&plan, actor.user_id)
        .map_err(|hindrance| hindered(hindrance, &plan))?;
    decision_to_hire(tx, actor, loaded.pursuit)?;
    let opening_id = Some(reserve(tx, &permit, &loaded)?);
    let state = pending.state;
    store::save(tx, &permit, &Offer { opening_id, state, ..loaded.offer.clone() })?;
    let passage = pending.run.ok_or_else(|| Error::internal("a submission without a passage"))?;
    let submission = Submission {
        version_id: loaded.version.id,
        of: belongings(loaded.pursuit),
        plan: &plan,
        passage: &passage,
        submitter: actor.user_id,
    };
    start(tx, &permit, &submission)?;
    Ok(id)
}

/// The steps of the job's approval chain.
fn plan(tx: &mut Tx<'_>, job: &Job) -> Result<Vec<PlannedStep>> {
    let none = || Error::new(Code::NotReady, "The job has no approval chain in use.");
    let chain_id = job.approval_chain_id.ok_or_else(none)?;
    let chain = chains::find(tx.conn, chain_id)?.filter(|chain| chain.archived_at.is_none());
    let chain = chain.ok_or_else(none)?;
    Ok(chains::steps(tx.conn, chain.id)?)
}

/// Reserves the opening that the offer names, or else the first open one. What the application
/// holds from an earlier submission stays as it is.
fn reserve(tx: &mut Tx<'_>, permit: &Permit, loaded: &Loaded) -> Result<OpeningId> {
    let Pursuit { application_id, job_id, .. } = loaded.pursuit;
    let Some(id) = loaded.offer.opening_id else {
        return openings::commands::reserve_for_job(tx, permit, job_id, application_id);
    };
    if !holds(tx, id, application_id)? {
        openings::commands::reserve(tx, permit, id, application_id)?;
    }
    Ok(id)
}
