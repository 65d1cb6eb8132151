//! The life of an offer, pure: its state, the hash of its current terms, and the run that those
//! terms have to pass. No sequence of commands extends terms that some step has not approved.

use super::OfferState;
use crate::approvals::model::{Obstacle, Passage, PlannedStep};
use crate::approvals::{RunState, TermsHash};
use crate::clock::Instant;
use crate::error::Illegal;
use crate::ids::UserId;

/// What happens to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferCommand {
    /// It gets new terms.
    Revise,
    /// Its terms go to their approvers.
    Submit,
    /// Every step approved.
    Approve,
    /// A step rejected.
    Reject,
    /// It goes to the candidate.
    Extend,
    /// The candidate says yes.
    Accept,
    /// The candidate says no.
    Decline,
    /// We take it back, or the application ends.
    Rescind,
}

impl OfferCommand {
    /// Every command, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Revise,
        Self::Submit,
        Self::Approve,
        Self::Reject,
        Self::Extend,
        Self::Accept,
        Self::Decline,
        Self::Rescind,
    ];
}

impl OfferState {
    /// The state after a command. What was extended is never revised: the candidate holds it.
    ///
    /// # Errors
    /// When the command does not fit the state.
    pub const fn apply(self, command: OfferCommand) -> Result<Self, Illegal> {
        use OfferCommand as C;
        match (self, command) {
            (Self::Draft | Self::Pending | Self::Approved | Self::Rejected, C::Revise) => {
                Ok(Self::Draft)
            }
            (Self::Draft, C::Submit) => Ok(Self::Pending),
            (Self::Pending, C::Approve) => Ok(Self::Approved),
            (Self::Pending, C::Reject) => Ok(Self::Rejected),
            (Self::Approved, C::Extend) => Ok(Self::Extended),
            (Self::Extended, C::Accept) => Ok(Self::Accepted),
            (Self::Extended, C::Decline) => Ok(Self::Declined),
            (
                Self::Draft | Self::Pending | Self::Approved | Self::Rejected | Self::Extended,
                C::Rescind,
            ) => Ok(Self::Rescinded),
            (Self::Draft, C::Approve | C::Reject | C::Extend | C::Accept | C::Decline)
            | (Self::Pending, C::Submit | C::Extend | C::Accept | C::Decline)
            | (Self::Approved, C::Submit | C::Approve | C::Reject | C::Accept | C::Decline)
            | (
                Self::Rejected,
                C::Submit | C::Approve | C::Reject | C::Extend | C::Accept | C::Decline,
            )
            | (Self::Extended, C::Revise | C::Submit | C::Approve | C::Reject | C::Extend)
            | (
                Self::Accepted | Self::Declined | Self::Rescinded,
                C::Revise
                | C::Submit
                | C::Approve
                | C::Reject
                | C::Extend
                | C::Accept
                | C::Decline
                | C::Rescind,
            ) => Err(Illegal),
        }
    }

    /// Whether it stands in the way of another offer for the same application.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Draft
            | Self::Pending
            | Self::Approved
            | Self::Rejected
            | Self::Extended
            | Self::Accepted => true,
            Self::Declined | Self::Rescinded => false,
        }
    }
}

/// An offer as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiation {
    /// Where the offer stands.
    pub state: OfferState,
    /// The hash of the current version's terms.
    pub terms_hash: TermsHash,
    /// The run of the current version, once it was submitted.
    pub run: Option<Passage>,
}

/// Why an offer cannot do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Its life knows no such step.
    Illegal,
    /// The approvers cannot be asked.
    Obstructed(Obstacle),
    /// The current terms did not pass every step.
    NotApproved,
    /// It would expire before it is extended.
    ExpiresTooEarly,
    /// It expired.
    Expired,
}

impl From<Illegal> for Hindrance {
    fn from(_: Illegal) -> Self {
        Self::Illegal
    }
}

impl Negotiation {
    /// A new draft.
    pub const fn draft(terms_hash: TermsHash) -> Self {
        Self { state: OfferState::Draft, terms_hash, run: None }
    }

    /// New terms: what approvers said of the old ones is superseded.
    ///
    /// # Errors
    /// When the offer is out, or over.
    pub fn revise(self, terms_hash: TermsHash) -> Result<Self, Hindrance> {
        let state = self.state.apply(OfferCommand::Revise)?;
        Ok(Self { state, terms_hash, run: None })
    }

    /// The current terms go to their approvers.
    ///
    /// # Errors
    /// When the offer is no draft, or an obstacle stands in the way of the approvers.
    pub fn submit(self, plan: &[PlannedStep], submitter: UserId) -> Result<Self, Hindrance> {
        let state = self.state.apply(OfferCommand::Submit)?;
        let run =
            Passage::begin(self.terms_hash, plan, submitter).map_err(Hindrance::Obstructed)?;
        Ok(Self { state, run: Some(run), ..self })
    }

    /// The run of the current terms got a vote; its end is the end of the offer's passage.
    ///
    /// # Errors
    /// When the offer waits for no votes.
    pub fn settle(self, run: Passage) -> Result<Self, Hindrance> {
        let state = match run.state {
            RunState::Pending => self.state,
            RunState::Approved => self.state.apply(OfferCommand::Approve)?,
            RunState::Rejected => self.state.apply(OfferCommand::Reject)?,
            RunState::Superseded => return Err(Hindrance::Illegal),
        };
        Ok(Self { state, run: Some(run), ..self })
    }

    /// The offer goes to the candidate: only terms that passed every step, exactly as they are.
    ///
    /// # Errors
    /// When it is not approved, or would have expired.
    pub fn extend(self, expires_at: Instant, now: Instant) -> Result<Self, Hindrance> {
        let state = self.state.apply(OfferCommand::Extend)?;
        let approved = self.run.as_ref().is_some_and(|run| run.approves(self.terms_hash));
        if !approved {
            return Err(Hindrance::NotApproved);
        }
        if expires_at <= now {
            return Err(Hindrance::ExpiresTooEarly);
        }
        Ok(Self { state, ..self })
    }

    /// The candidate says yes, in time.
    ///
    /// # Errors
    /// When it is not out, or expired.
    pub fn accept(self, expires_at: Option<Instant>, now: Instant) -> Result<Self, Hindrance> {
        let state = self.state.apply(OfferCommand::Accept)?;
        if expires_at.is_none_or(|expires_at| now >= expires_at) {
            return Err(Hindrance::Expired);
        }
        Ok(Self { state, ..self })
    }

    /// The candidate says no, in time or not.
    ///
    /// # Errors
    /// When it is not out.
    pub fn decline(self) -> Result<Self, Hindrance> {
        let state = self.state.apply(OfferCommand::Decline)?;
        Ok(Self { state, ..self })
    }

    /// The offer is taken back; approvers are asked nothing any more.
    ///
    /// # Errors
    /// When it is over.
    pub fn rescind(self) -> Result<Self, Hindrance> {
        let state = self.state.apply(OfferCommand::Rescind)?;
        Ok(Self { state, run: self.run.map(Passage::supersede), ..self })
    }
}

#[cfg(test)]
mod tests;
