//! Noting prospects.

use super::api::CreateProspect;
use super::store::{self, Prospect, ProspectMove};
use crate::access::{Action, Actor, Permit, candidate_scope, permit};
use crate::applications::commands::check_people;
use crate::candidates::store as candidates;
use crate::clock::Instant;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{AnyId, CandidateId, ProspectId, RejectionReasonId, SourceId, UserId};
use crate::users::leaving::{HandOver, ObligationKind};

/// A prospect to note.
#[derive(Debug, Clone)]
pub struct NewProspect {
    /// Who.
    pub candidate_id: CandidateId,
    /// Where the person came from.
    pub source_id: Option<SourceId>,
    /// Who looks after the person.
    pub owner_id: Option<UserId>,
    /// Where the person stands, in words.
    pub stage_name: Option<String>,
    /// Since when nobody pursues it.
    pub closed_at: Option<Instant>,
    /// Why nobody does.
    pub rejection_reason_id: Option<RejectionReasonId>,
    /// Where the person stood, oldest first.
    pub moves: Vec<PastProspectMove>,
}

/// A move of a prospect that another system told of.
#[derive(Debug, Clone)]
pub struct PastProspectMove {
    /// The stage that was left; none for the entry.
    pub from_name: Option<String>,
    /// The stage that was entered.
    pub to_name: String,
    /// Who moved it, where that is known.
    pub actor_id: Option<AnyId>,
    /// When.
    pub occurred_at: Instant,
}

/// Notes that a candidate is of interest.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    candidate_id: CandidateId,
    input: &CreateProspect,
) -> Result<ProspectId> {
    let scope = candidate_scope(tx.conn, actor, candidate_id)?;
    let id: ProspectId = tx.id();
    let permit = permit(tx.conn, actor, Action::ManageCandidate, &scope)?.extend_to(id);
    candidates::find(tx.conn, candidate_id)?.ok_or_else(Error::not_found)?;
    check_people(tx, input.source_id, input.owner_id)?;
    let new = NewProspect {
        candidate_id,
        source_id: input.source_id,
        owner_id: input.owner_id,
        stage_name: input.stage_name.as_ref().map(crate::http::fields::Line::to_text),
        closed_at: None,
        rejection_reason_id: None,
        moves: Vec::new(),
    };
    insert(tx, &permit, new)
}

/// Notes the permit's prospect, as checked or as another system told.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, new: NewProspect) -> Result<ProspectId> {
    let (id, now): (ProspectId, _) = (permit.subject().id.typed(), tx.now());
    let row = Prospect {
        id,
        candidate_id: new.candidate_id,
        source_id: new.source_id,
        owner_id: new.owner_id,
        stage_name: new.stage_name,
        closed_at: new.closed_at,
        rejection_reason_id: new.rejection_reason_id,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut moves = Vec::with_capacity(new.moves.len());
    for past in new.moves {
        moves.push(ProspectMove {
            id: tx.id(),
            prospect_id: id,
            from_name: past.from_name,
            to_name: past.to_name,
            actor_id: past.actor_id,
            occurred_at: past.occurred_at,
            recorded_at: now,
        });
    }
    store::insert(tx, permit, &row, &moves)?;
    let event = Event::new(EventKind::ProspectCreated, id.into()).candidate(new.candidate_id);
    record(tx, permit, &event)?;
    Ok(id)
}

/// How many prospects are taken at a time.
const BATCH: i64 = 500;

/// Gives the prospects that somebody who leaves owns to a successor, or to nobody.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let successor = hand.to(ObligationKind::ProspectOwner);
    loop {
        let rows = store::owned_by(tx.conn, hand.leaver, BATCH)?;
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<ProspectId> = rows.iter().map(|(id, _)| *id).collect();
        store::give(tx, permit, &ids, successor)?;
        for (id, candidate_id) in &rows {
            let event = Event::new(EventKind::ProspectUpdated, (*id).into());
            let event = event.candidate(*candidate_id).changed(&["owner_id"]);
            record(tx, &permit.extend_to(*id), &event)?;
        }
        if let Some(successor) = successor {
            hand.took(successor, rows.len());
        }
    }
}
