//! Who has to agree, to what, and what they said.

use serde::Serialize;
use utoipa::ToSchema;

use super::Debrief;
use crate::clock::Instant;
use crate::debriefs::Outcome;
use crate::debriefs::store::agreement::{Agreement, Proposal};
use crate::ids::{AgreementId, AttributeId, LevelId, ProposalId, ScorecardId, UserId};

/// What a decider means to decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefProposal {
    pub(crate) id: ProposalId,
    pub(crate) outcome: Outcome,
    /// The level to hire at.
    pub(crate) level_id: Option<LevelId>,
    pub(crate) reason: String,
    /// Whether it is what people are asked about, or what was agreed to in the end; another proposal and
    /// another discussion end it.
    pub(crate) is_standing: bool,
    /// Who decided then.
    pub(crate) user_id: UserId,
    /// What those who have to agree said to it, oldest first.
    pub(crate) agreements: Vec<DebriefAgreement>,
    pub(crate) occurred_at: Instant,
    /// Since when the decision waits for no agreement any more, because this was refused once too often.
    pub(crate) escalated_at: Option<Instant>,
}

/// What somebody who has to agree said to a proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefAgreement {
    pub(crate) id: AgreementId,
    pub(crate) user_id: UserId,
    pub(crate) agrees: bool,
    /// Why; always there for a refusal.
    pub(crate) reason: Option<String>,
    /// The card that speaks against it.
    pub(crate) because_of_id: Option<ScorecardId>,
    /// The attribute in it.
    pub(crate) because_attribute_id: Option<AttributeId>,
    pub(crate) occurred_at: Instant,
}

impl From<&Agreement> for DebriefAgreement {
    fn from(row: &Agreement) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            agrees: row.agrees,
            reason: row.reason.clone(),
            because_of_id: row.because_of_id,
            because_attribute_id: row.because_attribute_id,
            occurred_at: row.occurred_at,
        }
    }
}

impl Debrief {
    /// What was proposed, and what was said to it.
    pub(in crate::debriefs::api) fn show_proposals(
        &mut self,
        proposals: Vec<Proposal>,
        given: &[Agreement],
    ) {
        let proposal = |row: Proposal| {
            let of_it = given.iter().filter(|one| one.proposal_id == row.id);
            DebriefProposal {
                id: row.id,
                outcome: row.outcome,
                level_id: row.level_id,
                reason: row.reason,
                is_standing: row.ended_at.is_none(),
                user_id: row.user_id,
                agreements: of_it.map(DebriefAgreement::from).collect(),
                occurred_at: row.occurred_at,
                escalated_at: row.escalated_at,
            }
        };
        self.proposals = Some(proposals.into_iter().map(proposal).collect());
    }

    /// The refusals that stand beside the decision: those to the last proposal, where agreement was no longer
    /// awaited.
    pub(crate) fn refusals(&self) -> impl Iterator<Item = &DebriefAgreement> {
        let last = self.proposals.iter().flatten().filter(|one| one.is_standing);
        last.filter(|one| one.escalated_at.is_some())
            .flat_map(|one| &one.agreements)
            .filter(|one| !one.agrees)
    }
}
