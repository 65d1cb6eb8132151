//! Submitting an offer to its approvers.

use super::{Loaded, belongings, decision_to_hire, hindered, load_with, permit_on};
use crate::access::{Actor, Permit};
use crate::approvals::chains::store as chains;
use crate::approvals::commands::{Submission, start};
use crate::approvals::model::PlannedStep;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result};
use crate::ids::{OfferId, OpeningId};
use crate::jobs::openings::OpeningState;
use crate::jobs::store::{self as jobs, Job};
use crate::jobs::{Headcount, openings};
use crate::offers::store::{self, Offer};

/// Submits the current version: an opening is reserved, and the first step is asked.
pub(in crate::offers) fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfferId,
    expected: i64,
) -> Result<OfferId> {
    let (offer, pursuit) = store::find_pursued(tx.conn, id)?.ok_or_else(Error::not_found)?;
    // Whoever picks an opening holds the job, so that two offers never pick the same one.
    dialect::lock(tx.conn, Root::Job, pursuit.job_id.any())?;
    let opening_id = match offer.opening_id {
        Some(opening_id) => Some(opening_id),
        None => openings::store::first_open(tx.conn, pursuit.job_id)?.map(|opening| opening.id),
    };
    let loaded = load_with(tx, &offer, pursuit, opening_id)?;
    let permit = permit_on(tx, actor, &loaded, expected)?;
    loaded.require_active()?;
    let job = jobs::find(tx.conn, pursuit.job_id)?.ok_or_else(Error::not_found)?;
    let plan = plan(tx, &job)?;
    let pending = loaded
        .negotiation()
        .submit(&plan, actor.user_id)
        .map_err(|hindrance| hindered(hindrance, &plan))?;
    decision_to_hire(tx, loaded.pursuit)?;
    let opening_id = reserve(tx, &permit, &loaded, &job, opening_id)?;
    let state = pending.state;
    store::save(tx, &permit, &Offer { state, opening_id, ..loaded.offer.clone() })?;
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

/// Reserves the opening, unless this application holds it from an earlier submission. A job
/// without a limit needs none.
fn reserve(
    tx: &mut Tx<'_>,
    permit: &Permit,
    loaded: &Loaded,
    job: &Job,
    opening_id: Option<OpeningId>,
) -> Result<Option<OpeningId>> {
    match (opening_id, job.headcount) {
        (Some(id), Headcount::Limited | Headcount::Unlimited) => {
            let application_id = loaded.pursuit.application_id;
            let held = openings::store::find(tx.conn, id)?.is_some_and(|opening| {
                opening.state == OpeningState::Reserved
                    && opening.application_id == Some(application_id)
            });
            if !held {
                openings::commands::reserve(tx, permit, id, application_id)?;
            }
            Ok(Some(id))
        }
        (None, Headcount::Unlimited) => Ok(None),
        (None, Headcount::Limited) => {
            Err(Error::new(Code::NotReady, "The job has no open opening."))
        }
    }
}
