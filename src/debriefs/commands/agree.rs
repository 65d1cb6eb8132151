//! Those without whose agreement a debrief is not decided: who they are, what they are asked, and what
//! becomes of a refusal. They can hold a decision up, and never decide.

use super::decide::{require_level, require_no_referrer};
use super::life::{go_on, take};
use super::{Held, hold_written};
use crate::access::{self, Action, Actor, Permit};
use crate::db::Tx;
use crate::debriefs::api::{AgreeToProposal, NameAgreers, ProposeDecision};
use crate::debriefs::detector::{Finding, FindingKind, Severity};
use crate::debriefs::model::{AfterRefusal, DebriefCommand, after_refusal};
use crate::debriefs::store::agreement::{self, Agreement, Proposal};
use crate::debriefs::store::{self, Debrief, discussion, turnout};
use crate::debriefs::{DebriefState, Outcome};
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::http::fields::Prose;
use crate::ids::{AgreementId, AttributeId, DebriefId, LevelId, ProposalId, ScorecardId, UserId};
use crate::loops::Place;

/// Names those who have to agree: nobody, one or two, and nobody else any more. Whoever is new among them is
/// asked about what is proposed.
///
/// # Errors
/// `forbidden` for whoever owes a card; `stale`; `illegal_transition` once it is decided; `invalid` for
/// somebody who cannot, and for the decider.
pub fn name_agreers(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &NameAgreers,
) -> Result<DebriefId> {
    let mut held = hold_written(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    if !held.debrief.state.is_before_the_decision() {
        return Err(held.illegal("have other people agree"));
    }
    check_agreers(tx, &held.place, held.debrief.decider_id, "/user_ids", &input.user_ids)?;
    let before = agreement::agreers(tx.conn, id)?;
    agreement::name_agreers(tx, &held.permit, id, &input.user_ids)?;
    let is_other = before != input.user_ids;
    store::save(tx, &held.permit, &mut held.debrief)?;
    let event = held.place.event(EventKind::DebriefAgreersNamed, id);
    record(tx, &held.permit, &event.id("loop_id", held.debrief.loop_id))?;
    let new = input.user_ids.iter().copied().filter(|person| !before.contains(person));
    if is_other {
        agreers_changed(tx, &held.permit, &held.place, &held.debrief, new)?;
    }
    Ok(id)
}

/// Asks whoever is new among those who have to agree, and sees whether the others have.
pub(in crate::debriefs) fn agreers_changed(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    debrief: &Debrief,
    new: impl IntoIterator<Item = UserId>,
) -> Result<()> {
    let new: Vec<UserId> = new.into_iter().collect();
    ask(tx, permit, place, debrief, &new)?;
    settle(tx, permit, place, debrief)
}

/// Refuses people who cannot be asked to agree: the decider, and whoever takes no part in judging.
///
/// # Errors
/// `invalid`, each at its place in the list that the pointer names.
pub(crate) fn check_agreers(
    tx: &mut Tx<'_>,
    place: &Place,
    decider: UserId,
    pointer: &'static str,
    people: &[UserId],
) -> Result<()> {
    let mut wrong = Vec::new();
    for (index, person) in people.iter().enumerate() {
        let at = format!("{pointer}/{index}");
        if people.iter().take(index).any(|before| before == person) {
            wrong.push(FieldError::body(at, "duplicate", "A person is named once."));
        } else if *person == decider {
            let detail = "Whoever decides does not agree with themselves.";
            wrong.push(FieldError::body(at, "is_decider", detail));
        } else if let Err(error) = place.require_judge(tx, pointer, *person) {
            if error.fields.is_empty() {
                return Err(error);
            }
            wrong.extend(
                error.fields.into_iter().map(|one| FieldError { pointer: at.clone(), ..one }),
            );
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

/// Puts to those who have to agree what the decider means to decide. What was proposed before, and what was
/// answered to it, counts no more.
///
/// # Errors
/// `forbidden` for everybody but the named decider; `stale`; `illegal_transition` unless it is before its
/// decider, while nobody has to agree, and once agreement is no longer awaited; `invalid` for the same
/// proposal again.
pub fn propose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &ProposeDecision,
) -> Result<DebriefId> {
    let mut held = hold_written(tx, actor, id, Action::Decide)?;
    if held.debrief.decider_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only the named decider proposes a decision."));
    }
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    if held.debrief.state != DebriefState::Deciding {
        return Err(held.illegal("take a proposal"));
    }
    require_no_referrer(tx, actor, &held)?;
    let agreers = agreement::agreers(tx.conn, id)?;
    let before = agreement::standing_proposal(tx.conn, id)?;
    if agreers.is_empty() || before.as_ref().is_some_and(|one| one.escalated_at.is_some()) {
        let detail = "Nobody has to agree; decide.";
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    require_level(tx, input.level_id)?;
    if input.outcome == Outcome::Hire && input.level_id.is_none() {
        return Err(Error::invalid("/level_id", "required", "Name the level to hire at."));
    }
    if before.is_some_and(|one| (one.outcome, one.level_id) == (input.outcome, input.level_id)) {
        return Err(Error::invalid("/outcome", "unchanged", "That is what is proposed already."));
    }
    let row = Proposal {
        id: tx.id(),
        debrief_id: id,
        outcome: input.outcome,
        level_id: input.level_id,
        reason: input.reason.to_text(),
        user_id: actor.user_id,
        occurred_at: tx.occurred_at(),
        escalated_at: None,
        ended_at: None,
    };
    let permit = held.permit.extend_to(row.id);
    agreement::end_proposal(tx, &permit, id)?;
    agreement::insert_proposal(tx, &permit, &row)?;
    store::save(tx, &held.permit, &mut held.debrief)?;
    record(tx, &permit, &held.place.event(EventKind::ProposalMade, row.id).id("debrief_id", id))?;
    ask(tx, &held.permit, &held.place, &held.debrief, &agreers)?;
    Ok(id)
}

/// What people are asked to agree to now.
fn awaited(tx: &mut Tx<'_>, debrief: &Debrief) -> Result<Option<Proposal>> {
    let standing = agreement::standing_proposal(tx.conn, debrief.id)?;
    let asks = debrief.state == DebriefState::Deciding;
    Ok(standing.filter(|one| asks && one.escalated_at.is_none()))
}

/// Asks people about what is proposed, if something is, but nobody who owes a card for the application: they
/// are asked once theirs is in.
fn ask(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    debrief: &Debrief,
    people: &[UserId],
) -> Result<()> {
    let Some(proposal) = awaited(tx, debrief)? else { return Ok(()) };
    for person in people {
        if access::owes(tx.conn, *person, debrief.application_id)? {
            continue;
        }
        let event = place.event(EventKind::AgreementAsked, debrief.id);
        record(tx, permit, &event.id("proposal_id", proposal.id).id("user_id", *person))?;
    }
    Ok(())
}

/// Asks somebody who handed in a card whether they agree, if that is what a debrief waits for.
pub(super) fn ask_late(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    debrief: &Debrief,
    person: UserId,
) -> Result<()> {
    if agreement::agreers(tx.conn, debrief.id)?.contains(&person) {
        ask(tx, &permit.extend_to(debrief.id), place, debrief, &[person])?;
    }
    Ok(())
}

/// Agrees to what the decider proposes, or refuses because of a card. A refusal leads back to the panel, which
/// is asked about it; the third one does not any more, and the decision no longer waits for agreement.
///
/// # Errors
/// `forbidden` for whoever does not have to agree, or owes a card; `illegal_transition` unless something is
/// proposed, and once agreement is no longer awaited; `already_exists`; `invalid` for a refusal without a
/// reason or a card of the debrief.
pub fn agree(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    input: &AgreeToProposal,
) -> Result<AgreementId> {
    let held = hold_written(tx, actor, id, Action::AnswerInDebrief)?;
    held.require_nothing_owed()?;
    if !agreement::agreers(tx.conn, id)?.contains(&actor.user_id) {
        let detail = "Whoever was named to agree to the decision does.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    let proposal = awaited(tx, &held.debrief)?.ok_or_else(|| held.illegal("be agreed to"))?;
    let evidence = evidence(tx, &held.debrief, input)?;
    let refused = agreement::agreements(tx.conn, id)?.iter().filter(|one| !one.agrees).count();
    let row = Agreement {
        id: tx.id(),
        debrief_id: id,
        proposal_id: proposal.id,
        user_id: actor.user_id,
        agrees: input.agrees,
        reason: input.reason.as_ref().map(Prose::to_text),
        because_of_id: evidence.map(|(card, _)| card),
        because_attribute_id: evidence.and_then(|(_, attribute)| attribute),
        occurred_at: tx.occurred_at(),
    };
    let permit = held.permit.extend_to(row.id);
    agreement::insert_agreement(tx, &permit, &row)?;
    let kind = if row.agrees { EventKind::AgreementGiven } else { EventKind::AgreementRefused };
    record(tx, &permit, &held.place.event(kind, row.id).id("debrief_id", id))?;
    if row.agrees {
        settle(tx, &held.permit, &held.place, &held.debrief)?;
    } else {
        match after_refusal(refused) {
            AfterRefusal::Discussed => discuss(tx, held, row.because_attribute_id)?,
            AfterRefusal::Escalated => escalate(tx, held, proposal.id)?,
        }
    }
    Ok(row.id)
}

/// The card that an answer rests on, and the attribute in it.
///
/// # Errors
/// `invalid` for a refusal that rests on none or says nothing, and for what the debrief does not have.
fn evidence(
    tx: &mut Tx<'_>,
    debrief: &Debrief,
    input: &AgreeToProposal,
) -> Result<Option<(ScorecardId, Option<AttributeId>)>> {
    let mut wrong = Vec::new();
    if !input.agrees && input.reason.is_none() {
        wrong.push(FieldError::body("/reason", "required", "Say why you do not agree."));
    }
    if !input.agrees && input.because_of.is_none() {
        let detail = "Name the card that speaks against it.";
        wrong.push(FieldError::body("/because_of", "required", detail));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let Some(because) = &input.because_of else { return Ok(None) };
    let cards = turnout::cards(tx.conn, debrief.loop_id)?;
    let card = cards.iter().find(|card| card.id == because.scorecard_id);
    let card = card.ok_or_else(|| Error::unknown_reference("/because_of/scorecard_id"))?;
    if let Some(attribute) = because.attribute_id
        && !card.ratings.iter().any(|(rated, _)| *rated == attribute)
    {
        return Err(Error::unknown_reference("/because_of/attribute_id"));
    }
    Ok(Some((card.id, because.attribute_id)))
}

/// Puts what somebody does not agree to back to the panel: to those who rated the attribute that it is about,
/// or to everybody who handed in a card.
fn discuss(tx: &mut Tx<'_>, held: Held, attribute: Option<AttributeId>) -> Result<()> {
    let Held { place, mut debrief, permit, .. } = held;
    let cards = turnout::cards(tx.conn, debrief.loop_id)?;
    let speaks = |ratings: &[(AttributeId, Option<i32>)]| match attribute {
        Some(attribute) => ratings.iter().any(|(rated, _)| *rated == attribute),
        None => true,
    };
    let cards = cards.into_iter().filter(|card| speaks(&card.ratings)).map(|card| card.id);
    let (kind, severity) = (FindingKind::Refusal, Severity::Blocking);
    let refusal = Finding { kind, severity, attribute, cards: cards.collect() };
    discussion::insert_findings(tx, &permit, &debrief, &[refusal])?;
    take(tx, &permit, &place, &mut debrief, DebriefCommand::Discuss)?;
    go_on(tx, &permit, &place, debrief).map(drop)
}

/// No longer waits for agreement: the refusals stand beside whatever is decided.
fn escalate(tx: &mut Tx<'_>, mut held: Held, id: ProposalId) -> Result<()> {
    agreement::escalate(tx, &held.permit, id)?;
    store::save(tx, &held.permit, &mut held.debrief)?;
    let event = held.place.event(EventKind::DebriefEscalated, held.debrief.id);
    record(tx, &held.permit, &event.id("loop_id", held.debrief.loop_id))?;
    Ok(())
}

/// Says that everybody who has to agree has, or that nobody has to any more.
fn settle(tx: &mut Tx<'_>, permit: &Permit, place: &Place, debrief: &Debrief) -> Result<()> {
    let Some(proposal) = awaited(tx, debrief)? else { return Ok(()) };
    let agreers = agreement::agreers(tx.conn, debrief.id)?;
    if missing(tx, &proposal, &agreers)?.is_empty() {
        let event = place.event(EventKind::DebriefAgreed, debrief.id);
        record(tx, permit, &event.id("loop_id", debrief.loop_id))?;
    }
    Ok(())
}

/// Those who have to agree and have not agreed to what is proposed.
fn missing(tx: &mut Tx<'_>, proposal: &Proposal, agreers: &[UserId]) -> Result<Vec<UserId>> {
    let given = agreement::agreements(tx.conn, proposal.debrief_id)?;
    let agrees = |person: &UserId| {
        let of_it = given.iter().filter(|one| one.proposal_id == proposal.id);
        of_it.clone().any(|one| one.user_id == *person && one.agrees)
    };
    Ok(agreers.iter().copied().filter(|person| !agrees(person)).collect())
}

/// Refuses to decide what was not proposed, or not agreed to by everybody who has to, as long as that is
/// awaited.
///
/// # Errors
/// `not_ready`, with everybody who is missing.
pub(super) fn require_agreement(
    tx: &mut Tx<'_>,
    debrief: &Debrief,
    decided: (Outcome, Option<LevelId>),
) -> Result<()> {
    let agreers = agreement::agreers(tx.conn, debrief.id)?;
    let proposed = agreement::standing_proposal(tx.conn, debrief.id)?;
    let is_escalated = proposed.as_ref().is_some_and(|one| one.escalated_at.is_some());
    if agreers.is_empty() || is_escalated {
        return Ok(());
    }
    let same = proposed.filter(|one| (one.outcome, one.level_id) == decided);
    let fields: Vec<FieldError> = if let Some(proposal) = same {
        let lacks = missing(tx, &proposal, &agreers)?.into_iter().map(|person| {
            let detail = format!("{person} has to agree, and has not.");
            FieldError::body("/outcome", "agreement_missing", detail)
        });
        lacks.collect()
    } else {
        let detail = "Propose this to those who have to agree first.";
        vec![FieldError::body("/outcome", "not_proposed", detail)]
    };
    if fields.is_empty() {
        return Ok(());
    }
    let detail = "Somebody has to agree to the decision first; see errors.";
    Err(Error { fields, ..Error::new(Code::NotReady, detail) })
}
