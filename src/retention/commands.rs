//! Anonymizing, holding, and stating how long candidates are kept.

use super::api::AnonymizeCandidate;
use super::api::holds::{PlaceRetentionHold, ReleaseRetentionHold};
use super::api::policy::ReplaceRetentionPolicy;
use super::model::Rules;
use super::store::{self, Anonymization, Hold, PolicyVersion};
use super::{AnonymizationReason, RetentionMode};
use crate::access::{Action, Actor, Permit, candidate_scope, permit, permit_known};
use crate::applications::ApplicationStatus;
use crate::candidates;
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{CandidateId, OfficeId, RetentionHoldId, RetentionPolicyId};
use crate::organization::{offices, settings};
use crate::scorecards::commands::note_reads;

/// Anonymizes a candidate.
///
/// # Errors
/// `candidate_anonymized`; `not_ready` while an application lives or a hold stands; `not_found`,
/// `forbidden`.
pub(super) fn anonymize(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CandidateId,
    input: &AnonymizeCandidate,
) -> Result<CandidateId> {
    lock(tx.conn, Root::Candidate, id.any())?;
    let scope = candidate_scope(tx.conn, actor, id)?;
    let permit = permit(tx.conn, actor, Action::ManageRetention, &scope)?;
    require_someone(tx, id)?;
    let hindrances = hindrances(tx, id)?;
    if !hindrances.is_empty() {
        return Err(Error::new(Code::NotReady, hindrances.join(" ")));
    }
    leave_a_shell(tx, &permit, id, input.reason)?;
    Ok(id)
}

/// Leaves nothing of the permit's candidate, who is locked, but ids and counts.
pub(super) fn leave_a_shell(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: CandidateId,
    reason: AnonymizationReason,
) -> Result<()> {
    let row = Anonymization {
        id: tx.id(),
        candidate_id: id,
        reason,
        actor_id: permit.actor_id(),
        created_at: tx.now(),
        scrubbed_at: None,
    };
    store::erase(tx, permit, id)?;
    store::insert(tx, permit, &row)?;
    let event = Event::new(EventKind::CandidateAnonymized, id.into()).candidate(id);
    record(tx, permit, &event.code("reason", reason.as_str()))?;
    Ok(())
}

/// What stands in the way of anonymizing somebody, in sentences.
pub(super) fn hindrances(tx: &mut Tx<'_>, id: CandidateId) -> Result<Vec<String>> {
    let applications = store::applications_of(tx.conn, id)?;
    let mut hindrances = Vec::new();
    if applications.iter().any(|(_, status)| *status == ApplicationStatus::Active) {
        hindrances.push("An application of theirs is not closed.".to_owned());
    }
    let now = tx.now();
    for (_, hold) in store::standing(tx.conn, &[id], now)? {
        hindrances.push(format!("They are held: {hold}."));
    }
    Ok(hindrances)
}

fn require_someone(tx: &mut Tx<'_>, id: CandidateId) -> Result<()> {
    if candidates::store::is_anonymized(tx.conn, id)? {
        return Err(Error::new(Code::CandidateAnonymized, "They were anonymized already."));
    }
    Ok(())
}

/// Holds a candidate back from being anonymized.
///
/// # Errors
/// `invalid` for an end that is past; `candidate_anonymized`, `not_found`, `forbidden`.
pub(super) fn hold(
    tx: &mut Tx<'_>,
    actor: &Actor,
    candidate_id: CandidateId,
    input: &PlaceRetentionHold,
) -> Result<RetentionHoldId> {
    lock(tx.conn, Root::Candidate, candidate_id.any())?;
    let scope = candidate_scope(tx.conn, actor, candidate_id)?;
    let id: RetentionHoldId = tx.id();
    let permit = permit(tx.conn, actor, Action::ManageRetention, &scope)?.extend_to(id);
    require_someone(tx, candidate_id)?;
    let now = tx.now();
    if input.ends_at.is_some_and(|ends_at| ends_at <= now) {
        return Err(Error::invalid("/ends_at", "range", "It is past."));
    }
    let row = Hold {
        id,
        candidate_id,
        reason: Some(input.reason.to_text()),
        ends_at: input.ends_at,
        created_by: actor.reader_id(),
        released_at: None,
        released_by: None,
        released_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_hold(tx, &permit, &row)?;
    let event = Event::new(EventKind::RetentionHoldPlaced, id.into()).candidate(candidate_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Releases a hold.
///
/// # Errors
/// `illegal_transition` for one that is over; `stale`, `not_found`, `forbidden`.
pub(super) fn release(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RetentionHoldId,
    expected: Option<i64>,
    input: &ReleaseRetentionHold,
) -> Result<RetentionHoldId> {
    let found = store::find_hold(tx.conn, id)?.ok_or_else(Error::not_found)?;
    lock(tx.conn, Root::Candidate, found.candidate_id.any())?;
    let scope = candidate_scope(tx.conn, actor, found.candidate_id)?;
    let permit = permit(tx.conn, actor, Action::ManageRetention, &scope)?.extend_to(id);
    let row = store::find_hold(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let now = tx.now();
    if row.released_at.is_some() || row.ends_at.is_some_and(|ends_at| ends_at <= now) {
        return Err(Error::new(Code::IllegalTransition, "It is over already."));
    }
    let candidate_id = row.candidate_id;
    let released = Hold {
        released_at: Some(now),
        released_by: Some(actor.reader_id()),
        released_reason: Some(input.reason.to_text()),
        ..row
    };
    store::save_hold(tx, &permit, &released)?;
    let event = Event::new(EventKind::RetentionHoldReleased, id.into()).candidate(candidate_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// States how long candidates are kept.
///
/// # Errors
/// `invalid` for an office that is not there or named twice; `stale`, `forbidden`.
pub(super) fn replace_policy(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    input: &ReplaceRetentionPolicy,
) -> Result<RetentionPolicyId> {
    let id: RetentionPolicyId = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    settings::store::hold(tx)?;
    let newest = store::newest_policy(tx.conn)?;
    let number = newest.as_ref().map_or(0, |row| row.number);
    check_version(expected, number)?;
    check_offices(tx, input)?;
    let rules = Rules { days: input.days, offices: input.offices.clone() };
    let before = newest.as_ref().map_or(RetentionMode::List, |row| row.mode);
    let mut changed = Vec::new();
    if before != input.mode {
        changed.push("mode");
    }
    if super::nightly::rules(newest.as_ref())? != rules {
        changed.push("rules");
    }
    let row = PolicyVersion {
        id,
        number: number + 1,
        mode: input.mode,
        rules: Document::of(&rules)?,
        created_by: actor.reader_id(),
        created_at: tx.now(),
    };
    store::insert_policy(tx, &permit, &row)?;
    let event = Event::new(EventKind::RetentionPolicyChanged, id.into());
    let event = event.number("number", row.number).code("mode", row.mode.as_str());
    record(tx, &permit, &event.changed(&changed))?;
    Ok(id)
}

fn check_offices(tx: &mut Tx<'_>, input: &ReplaceRetentionPolicy) -> Result<()> {
    let ids: Vec<OfficeId> = input.offices.iter().map(|office| office.office_id).collect();
    let usable = offices::store::usable_among(tx.conn, &ids)?;
    let mut wrong = Vec::new();
    for (index, office) in input.offices.iter().enumerate() {
        let pointer = format!("/offices/{index}/office_id");
        let twice =
            input.offices.iter().take(index).any(|other| other.office_id == office.office_id);
        if twice {
            wrong.push(FieldError::body(pointer, "duplicate", "It stands in the list already."));
        } else if !usable.contains(&office.office_id) {
            wrong.push(FieldError::body(pointer, "unknown_reference", "There is no such office."));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

/// Records that somebody exported what is held about a candidate, and with it read the cards in it.
///
/// # Errors
/// `not_ready` while the actor owes a scorecard about them; `not_found`, `forbidden`.
pub(super) fn note_export(tx: &mut Tx<'_>, actor: &Actor, id: CandidateId) -> Result<()> {
    let scope = candidate_scope(tx.conn, actor, id)?;
    let permit = permit(tx.conn, actor, Action::ExportPersonalData, &scope)?;
    let event = Event::new(EventKind::CandidatePersonalDataExported, id.into()).candidate(id);
    record(tx, &permit, &event)?;
    let cards = store::given_cards(tx.conn, id)?;
    note_reads(tx, actor, &cards)
}
