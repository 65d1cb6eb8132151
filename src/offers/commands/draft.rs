//! Drafting an offer and giving it new terms.

use super::{
    Loaded, decision_to_hire, event, hindered, load, permit_on, release, require_active, scope,
};
use crate::access::{Action, Actor, Permit, Scope, permit, standing};
use crate::applications::store as applications;
use crate::approvals::TermsHash;
use crate::approvals::commands as approvals;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::debriefs::store::Decision;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, JobId, OfferId, OfferVersionId, OpeningId};
use crate::jobs::openings::{self, OpeningState};
use crate::jobs::store as jobs;
use crate::offers::api::{CreateOffer, CreateOfferVersion};
use crate::offers::band::OfferBand;
use crate::offers::model::Negotiation;
use crate::offers::store::{self, Offer, OfferVersion, Pursuit};
use crate::offers::terms::OfferTerms;
use crate::organization::levels::store as levels;
use crate::organization::pay_bands::store as pay_bands;
use crate::organization::settings::store as settings;

/// Drafts an offer with its first version.
pub(in crate::offers) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application_id: ApplicationId,
    input: &CreateOffer,
) -> Result<OfferId> {
    dialect::lock(tx.conn, Root::Application, application_id.any())?;
    let pursuit = pursuit_of(tx, application_id)?;
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_new(tx, actor, id, pursuit)?;
    require_active(pursuit)?;
    let decision = decision_to_hire(tx, actor, pursuit)?;
    if store::live_of(tx.conn, application_id)?.is_some() {
        return Err(Error::new(Code::AlreadyExists, "The application has an offer."));
    }
    check_opening(tx, pursuit.job_id, input.opening_id)?;
    check_terms(tx, &input.terms, &decision)?;
    let terms_hash = hash(&input.terms)?;
    let version = version(tx, actor, id, pursuit, 1, &input.terms)?;
    let offer = Offer {
        id,
        application_id,
        opening_id: input.opening_id,
        decision_id: decision.id,
        state: Negotiation::draft(terms_hash).state,
        current_version_id: Some(version.id),
        extended_at: None,
        expires_at: None,
        resolved_at: None,
        decline_reason: None,
        acceptance_note: None,
        custom: Document::empty(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &offer)?;
    store::insert_version(tx, &permit, &version)?;
    let created = event(EventKind::OfferCreated, &permit, pursuit);
    record(tx, &permit, &created.id("offer_version_id", version.id))?;
    Ok(id)
}

fn pursuit_of(tx: &mut Tx<'_>, application_id: ApplicationId) -> Result<Pursuit> {
    let row = applications::find(tx.conn, application_id)?.ok_or_else(Error::not_found)?;
    let (candidate_id, job_id, status) = (row.candidate_id, row.job_id, row.status);
    Ok(Pursuit { application_id, candidate_id, job_id, status })
}

/// Whoever may not see the application is told that there is none; whoever sees it, but makes no
/// offers, is told that they may not.
fn permit_new(tx: &mut Tx<'_>, actor: &Actor, id: OfferId, pursuit: Pursuit) -> Result<Permit> {
    let standing = standing(tx.conn, actor, pursuit.application_id)?;
    let application = Scope::on_job(pursuit.application_id, pursuit.job_id);
    permit(tx.conn, actor, Action::ReadApplication, &application.standing(standing))?;
    let scope = scope(tx.conn, actor, id, pursuit)?;
    permit(tx.conn, actor, Action::ManageOffer, &scope).map_err(|error| {
        if error.code == Code::NotFound {
            Error::new(Code::Forbidden, "You may not make offers for this job.")
        } else {
            error
        }
    })
}

/// Gives an offer new terms. What approvers said of the old ones is superseded.
pub(in crate::offers) fn revise(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfferId,
    expected: i64,
    input: &CreateOfferVersion,
) -> Result<OfferVersionId> {
    let loaded = load(tx, id)?;
    let permit = permit_on(tx, actor, &loaded, expected)?;
    loaded.require_active()?;
    let revised = loaded.negotiation().revise(hash(&input.terms)?).map_err(|h| hindered(h, &[]))?;
    let decision = decision_to_hire(tx, actor, loaded.pursuit)?;
    check_terms(tx, &input.terms, &decision)?;
    let number = loaded.version.number + 1;
    let version = version(tx, actor, id, loaded.pursuit, number, &input.terms)?;
    let opening_id = other_opening(tx, &permit, &loaded, input.opening_id)?;
    let superseded = approvals::supersede(tx, &permit, loaded.version.id)?;
    store::insert_version(tx, &permit, &version)?;
    let offer = Offer {
        state: revised.state,
        opening_id,
        decision_id: decision.id,
        current_version_id: Some(version.id),
        ..loaded.offer.clone()
    };
    store::save(tx, &permit, &offer)?;
    let before: OfferTerms = loaded.version.terms.read()?;
    let changed: Vec<&'static str> =
        input.terms.changes_since(&before).iter().map(|change| change.field.as_str()).collect();
    let permit = permit.extend_to(version.id);
    let made = loaded.event(EventKind::OfferVersionCreated, &permit).id("offer_id", id);
    let made = made.number("number", number.into()).changed(&changed);
    let made = superseded.map_or(made.clone(), |run| made.id("superseded_run_id", run));
    record(tx, &permit, &made)?;
    Ok(version.id)
}

/// The opening after a revision: another one if it is named. One that was reserved goes free then.
fn other_opening(
    tx: &mut Tx<'_>,
    permit: &Permit,
    loaded: &Loaded,
    wanted: Option<OpeningId>,
) -> Result<Option<OpeningId>> {
    let had = loaded.offer.opening_id;
    if wanted.is_none() || wanted == had {
        return Ok(had);
    }
    check_opening(tx, loaded.pursuit.job_id, wanted)?;
    release(tx, permit, loaded)?;
    Ok(wanted)
}

/// An opening that an offer names is an open one of the job.
fn check_opening(tx: &mut Tx<'_>, job_id: JobId, id: Option<OpeningId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let opening = openings::store::find(tx.conn, id)?.filter(|opening| opening.job_id == job_id);
    let opening = opening.ok_or_else(|| Error::unknown_reference("/opening_id"))?;
    if opening.state == OpeningState::Open {
        return Ok(());
    }
    Err(Error::new(Code::NotReady, "The opening is not open."))
}

/// What the terms alone cannot tell: the level is the decision's, and amounts add up.
fn check_terms(tx: &mut Tx<'_>, terms: &OfferTerms, decision: &Decision) -> Result<()> {
    if !terms.has_one_currency() {
        let detail = "The sign-on is paid in the currency of base pay.";
        return Err(Error::invalid("/terms/sign_on", "currency_mismatch", detail));
    }
    if levels::find(tx.conn, terms.level_id)?.is_none() {
        return Err(Error::unknown_reference("/terms/level_id"));
    }
    if decision.level_id.is_some_and(|level_id| level_id != terms.level_id) {
        let detail = "The decision to hire names another level.";
        return Err(Error::invalid("/terms/level_id", "level_differs", detail));
    }
    Ok(())
}

fn hash(terms: &OfferTerms) -> Result<TermsHash> {
    terms.hash().map_err(Error::internal)
}

/// A version with the pay band by which the job pays today, as it stands.
fn version(
    tx: &mut Tx<'_>,
    actor: &Actor,
    offer_id: OfferId,
    pursuit: Pursuit,
    number: i32,
    terms: &OfferTerms,
) -> Result<OfferVersion> {
    let job = jobs::find(tx.conn, pursuit.job_id)?.ok_or_else(Error::not_found)?;
    let band = match job.pay_band_id {
        Some(id) => pay_bands::find(tx.conn, id)?,
        None => None,
    };
    let today = settings::today(tx.conn, tx.occurred_at())?;
    let band = band.map(|band| pay_bands::in_force(tx.conn, band, today)).transpose()?;
    let placed = band.as_ref().map(|band| OfferBand::of(band, terms)).transpose()?;
    Ok(OfferVersion {
        id: tx.id(),
        offer_id,
        number,
        terms: Document::of(terms)?,
        terms_hash: hash(terms)?,
        pay_band_id: band.map(|band| band.id),
        band: placed.as_ref().map(Document::of).transpose()?,
        created_by: Some(actor.user_id),
        created_at: tx.now(),
    })
}
