//! Drafting, submitting, extending and closing offers.

mod draft;
mod resolve;
mod submit;

pub(super) use draft::{create, revise};
pub(super) use resolve::{accept, decline, extend};
pub use resolve::{lock_live, rescind_for};
pub(super) use submit::submit;

use super::OfferState;
use super::model::{Hindrance, Negotiation};
use super::store::{self, Offer, OfferVersion, Pursuit};
use crate::access::{Action, Actor, Permit, Scope, owes, permit, standing};
use crate::applications::ApplicationStatus;
use crate::approvals::commands::{Belongings, obstructed};
use crate::approvals::model::{Passage, PlannedStep};
use crate::approvals::store as runs;
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::debriefs::{Outcome, store as debriefs};
use crate::error::{Code, Error, Illegal, Result};
use crate::events::{Event, EventKind};
use crate::ids::{ApplicationId, OfferId, OfferVersionId, OpeningId};
use crate::jobs::openings::{self, OpeningState};

/// A locked offer with its current version.
struct Loaded {
    offer: Offer,
    version: OfferVersion,
    pursuit: Pursuit,
    passage: Option<Passage>,
}

impl Loaded {
    /// What the rules see.
    fn negotiation(&self) -> Negotiation {
        Negotiation {
            state: self.offer.state,
            terms_hash: self.version.terms_hash,
            run: self.passage.clone(),
        }
    }

    /// An event about something of this offer.
    fn event(&self, kind: EventKind, permit: &Permit) -> Event {
        event(kind, permit, self.pursuit)
    }

    /// Refuses to go on for an application that ended.
    fn require_active(&self) -> Result<()> {
        require_active(self.pursuit)
    }
}

fn event(kind: EventKind, permit: &Permit, pursuit: Pursuit) -> Event {
    Event::new(kind, permit.subject())
        .job(pursuit.job_id)
        .candidate(pursuit.candidate_id)
        .application(pursuit.application_id)
}

fn require_active(pursuit: Pursuit) -> Result<()> {
    if pursuit.status == ApplicationStatus::Active {
        return Ok(());
    }
    Err(Error::new(Code::IllegalTransition, "The application is not active."))
}

/// Locks an offer with everything that its commands may touch, and loads it: the job, which whoever
/// takes or frees an opening holds, the opening, the application, then itself.
fn load(tx: &mut Tx<'_>, id: OfferId) -> Result<Loaded> {
    let (offer, pursuit) = store::find_pursued(tx.conn, id)?.ok_or_else(Error::not_found)?;
    lock_around(tx, &offer, pursuit)?;
    let (offer, pursuit) = store::find_pursued(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let (version, _) = store::newest_versions(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let run = runs::whole_of_version(tx.conn, version.id)?;
    Ok(Loaded { offer, version, pursuit, passage: run.map(|run| run.passage()) })
}

fn lock_around(tx: &mut Tx<'_>, offer: &Offer, pursuit: Pursuit) -> Result<()> {
    dialect::lock(tx.conn, Root::Job, pursuit.job_id.any())?;
    let opening_id = match offer.opening_id {
        Some(opening_id) => Some(opening_id),
        // The one that a submission would pick; nobody else picks it while the job is locked.
        None => openings::store::first_open(tx.conn, pursuit.job_id)?.map(|opening| opening.id),
    };
    if let Some(opening_id) = opening_id {
        dialect::lock(tx.conn, Root::Opening, opening_id.any())?;
    }
    dialect::lock(tx.conn, Root::Application, pursuit.application_id.any())?;
    dialect::lock(tx.conn, Root::Offer, offer.id.any())
}

/// Whether an application holds an opening.
fn holds(tx: &mut Tx<'_>, id: OpeningId, application_id: ApplicationId) -> Result<bool> {
    let opening = openings::store::find(tx.conn, id)?;
    Ok(opening.is_some_and(|opening| {
        opening.state == OpeningState::Reserved && opening.application_id == Some(application_id)
    }))
}

/// Gives the opening free that the offer's application holds, if it does.
fn release(tx: &mut Tx<'_>, permit: &Permit, loaded: &Loaded) -> Result<()> {
    let Some(opening_id) = loaded.offer.opening_id else { return Ok(()) };
    if holds(tx, opening_id, loaded.pursuit.application_id)? {
        openings::commands::release(tx, permit, opening_id)?;
    }
    Ok(())
}

/// Asks whether the actor may do this with the offer, and whether they saw it as it is.
fn permit_on(tx: &mut Tx<'_>, actor: &Actor, loaded: &Loaded, expected: i64) -> Result<Permit> {
    let scope = scope(tx.conn, actor, loaded.offer.id, loaded.pursuit)?;
    let permit = permit(tx.conn, actor, Action::ManageOffer, &scope)?;
    if loaded.offer.version == expected { Ok(permit) } else { Err(Error::stale()) }
}

/// What an actor is to an offer.
pub(super) fn scope(
    conn: &mut Conn,
    actor: &Actor,
    id: OfferId,
    pursuit: Pursuit,
) -> Result<Scope> {
    let standing = standing(conn, actor, pursuit.application_id)?;
    Ok(Scope::on_job(id, pursuit.job_id).standing(standing))
}

/// What a caller is told of a hindrance.
fn hindered(hindrance: Hindrance, plan: &[PlannedStep]) -> Error {
    match hindrance {
        Hindrance::Illegal => Illegal.into(),
        Hindrance::Obstructed(obstacle) => obstructed(obstacle, plan),
        Hindrance::NotApproved => {
            Error::new(Code::NotReady, "These terms have not passed every approval step.")
        }
        Hindrance::ExpiresTooEarly => Error::invalid("/expires_at", "too_early", "Later than now."),
        Hindrance::Expired => Error::new(Code::NotReady, "The offer has expired."),
    }
}

/// The decision that an offer rests on. Whether there is one is not told to somebody who owes a
/// card for the application: to them the debrief still gathers.
fn decision_to_hire(
    tx: &mut Tx<'_>,
    actor: &Actor,
    pursuit: Pursuit,
) -> Result<debriefs::Decision> {
    if owes(tx.conn, actor.user_id, pursuit.application_id)? {
        let detail = "You owe a scorecard for this application; hand it in first.";
        return Err(Error::new(Code::NotReady, detail));
    }
    let missing =
        || Error::new(Code::DecisionMissing, "Nobody has decided to hire this candidate.");
    debriefs::decision_of(tx.conn, pursuit.application_id)?
        .filter(|decision| decision.outcome == Outcome::Hire)
        .ok_or_else(missing)
}

/// Locks the offer of a version for a vote on it, and says what the version belongs to.
pub fn lock_version(tx: &mut Tx<'_>, id: OfferVersionId) -> Result<Option<Belongings>> {
    let Some((_, offer, pursuit)) = store::of_version(tx.conn, id)? else { return Ok(None) };
    dialect::lock(tx.conn, Root::Application, pursuit.application_id.any())?;
    dialect::lock(tx.conn, Root::Offer, offer.id.any())?;
    Ok(Some(belongings(pursuit)))
}

fn belongings(pursuit: Pursuit) -> Belongings {
    let Pursuit { application_id, candidate_id, job_id, .. } = pursuit;
    Belongings { application_id, candidate_id, job_id }
}

/// Lets the offer of a version follow its run, which has ended. The event of the run tells of it.
///
/// # Errors
/// `illegal_transition` when the offer does not wait for this run.
pub fn settle(
    tx: &mut Tx<'_>,
    permit: &Permit,
    version_id: OfferVersionId,
    run: Passage,
) -> Result<()> {
    let (version, offer, _) =
        store::of_version(tx.conn, version_id)?.ok_or_else(Error::not_found)?;
    if offer.current_version_id != Some(version.id) {
        return Err(Illegal.into());
    }
    let negotiation = Negotiation { state: offer.state, terms_hash: version.terms_hash, run: None };
    let state: OfferState = negotiation.settle(run).map_err(|h| hindered(h, &[]))?.state;
    store::save(tx, &permit.extend_to(offer.id), &Offer { state, ..offer })
}
