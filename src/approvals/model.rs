//! The rules of approval, pure: a run passes its steps in order, the members of a step vote in
//! parallel, and every vote is for one hash of the terms.

use super::{RunState, StepMode, StepState, TermsHash, VoteDecision};
use crate::error::Illegal;
use crate::ids::UserId;

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCommand {
    /// The last step approved.
    Approve,
    /// A step rejected.
    Reject,
    /// A newer version took the place of the one that was submitted.
    Supersede,
}

/// What happens to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepCommand {
    /// Its turn came.
    Ask,
    /// Its members approved.
    Approve,
    /// Its members rejected.
    Reject,
}

impl RunState {
    /// The state after a command. An approval that nobody has used yet can still be superseded.
    ///
    /// # Errors
    /// When the command does not fit the state.
    pub const fn apply(self, command: RunCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Pending, RunCommand::Approve) => Ok(Self::Approved),
            (Self::Pending, RunCommand::Reject) => Ok(Self::Rejected),
            (Self::Pending | Self::Approved, RunCommand::Supersede) => Ok(Self::Superseded),
            (Self::Approved, RunCommand::Approve | RunCommand::Reject)
            | (
                Self::Rejected | Self::Superseded,
                RunCommand::Approve | RunCommand::Reject | RunCommand::Supersede,
            ) => Err(Illegal),
        }
    }
}

impl StepState {
    /// The state after a command.
    ///
    /// # Errors
    /// When the command does not fit the state.
    pub const fn apply(self, command: StepCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Waiting, StepCommand::Ask) => Ok(Self::Pending),
            (Self::Pending, StepCommand::Approve) => Ok(Self::Approved),
            (Self::Pending, StepCommand::Reject) => Ok(Self::Rejected),
            (Self::Waiting, StepCommand::Approve | StepCommand::Reject)
            | (Self::Pending, StepCommand::Ask)
            | (
                Self::Approved | Self::Rejected,
                StepCommand::Ask | StepCommand::Approve | StepCommand::Reject,
            ) => Err(Illegal),
        }
    }
}

/// A step that a submission asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// What it is called.
    pub name: String,
    /// Who of it must approve.
    pub mode: StepMode,
    /// Who may vote.
    pub members: Vec<UserId>,
}

/// A person on a step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// How they voted, once they did.
    pub vote: Option<VoteDecision>,
    /// Who cast that vote in their place, by a delegation.
    pub cast_by: Option<UserId>,
}

/// A step of a run, with the votes it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageStep {
    /// Who of it must approve.
    pub mode: StepMode,
    /// Where it stands.
    pub state: StepState,
    /// Who may vote.
    pub members: Vec<Member>,
}

/// A run with its steps in order: the passage of one version through its approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Where it stands.
    pub state: RunState,
    /// What is approved; approvals told by another system have none, and take no votes here.
    pub terms_hash: Option<TermsHash>,
    /// The steps in order.
    pub steps: Vec<PassageStep>,
}

/// A vote that somebody wants to cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ballot {
    /// Whose vote it is.
    pub voter: UserId,
    /// Who casts it in the voter's place, by a delegation.
    pub cast_by: Option<UserId>,
    /// How.
    pub decision: VoteDecision,
    /// Which terms the voter saw.
    pub terms_hash: TermsHash,
}

/// Why a passage cannot begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// There is nothing to pass.
    NoSteps,
    /// Nobody stands on this step, so that it could never end.
    NobodyOn(usize),
    /// Whoever submits stands on this step; nobody approves their own submission.
    SubmitterOn(usize),
}

/// Why a vote does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The run takes no votes any more, or never took any here.
    Ended,
    /// The voter is not a member of the step whose turn it is.
    NotAsked,
    /// The voter has voted.
    VotedAlready,
    /// Whoever would vote in another's place decides in this run already.
    DecidesAlready,
    /// The voter saw other terms.
    TermsChanged,
}

/// What a counted vote made of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The step waits for more votes.
    Waiting,
    /// The step approved and the next one is asked.
    Asked {
        /// The position of the next step.
        next: usize,
    },
    /// The last step approved, and with it the run.
    Approved,
    /// The step rejected, and with it the run.
    Rejected,
}

impl PassageStep {
    /// What the votes so far make of the step, if anything.
    fn outcome(&self) -> Option<StepCommand> {
        let all = |decision| self.members.iter().all(|member| member.vote == Some(decision));
        let any = |decision| self.members.iter().any(|member| member.vote == Some(decision));
        let (approved, rejected) = match self.mode {
            StepMode::All => (all(VoteDecision::Approve), any(VoteDecision::Reject)),
            StepMode::Any => (any(VoteDecision::Approve), all(VoteDecision::Reject)),
        };
        if approved {
            Some(StepCommand::Approve)
        } else if rejected {
            Some(StepCommand::Reject)
        } else {
            None
        }
    }
}

impl Passage {
    /// The passage of a version that is submitted: its first step is asked at once.
    ///
    /// # Errors
    /// An obstacle, decided now and not when somebody is asked.
    pub fn begin(
        terms_hash: TermsHash,
        plan: &[PlannedStep],
        submitter: UserId,
    ) -> Result<Self, Obstacle> {
        if plan.is_empty() {
            return Err(Obstacle::NoSteps);
        }
        let step = |(position, planned): (usize, &PlannedStep)| {
            if planned.members.is_empty() {
                return Err(Obstacle::NobodyOn(position));
            }
            if planned.members.contains(&submitter) {
                return Err(Obstacle::SubmitterOn(position));
            }
            let state = if position == 0 { StepState::Pending } else { StepState::Waiting };
            let members = planned.members.iter().map(|user_id| Member {
                user_id: *user_id,
                vote: None,
                cast_by: None,
            });
            Ok(PassageStep { mode: planned.mode, state, members: members.collect() })
        };
        let steps = plan.iter().enumerate().map(step).collect::<Result<_, _>>()?;
        Ok(Self { state: RunState::Pending, terms_hash: Some(terms_hash), steps })
    }

    /// Counts a vote on the pending step.
    ///
    /// # Errors
    /// A refusal; nothing is counted then.
    pub fn cast(mut self, ballot: &Ballot) -> Result<(Self, Effect), Refusal> {
        if self.state != RunState::Pending || self.terms_hash.is_none() {
            return Err(Refusal::Ended);
        }
        let asked = self.steps.iter().position(|step| step.state == StepState::Pending);
        let asked = asked.ok_or(Refusal::Ended)?;
        if ballot.cast_by.is_some_and(|delegate| self.decides(delegate)) {
            return Err(Refusal::DecidesAlready);
        }
        let voted = self.voted(ballot.voter);
        let step = self.steps.get_mut(asked).ok_or(Refusal::Ended)?;
        let member = step.members.iter_mut().find(|member| member.user_id == ballot.voter);
        let member = member.ok_or(if voted { Refusal::VotedAlready } else { Refusal::NotAsked })?;
        if member.vote.is_some() {
            return Err(Refusal::VotedAlready);
        }
        if self.terms_hash != Some(ballot.terms_hash) {
            return Err(Refusal::TermsChanged);
        }
        member.vote = Some(ballot.decision);
        member.cast_by = ballot.cast_by;
        let Some(outcome) = step.outcome() else { return Ok((self, Effect::Waiting)) };
        step.state = step.state.apply(outcome).map_err(ended)?;
        let effect = self.advance(asked, outcome).map_err(ended)?;
        Ok((self, effect))
    }

    /// What the end of the step at `position` makes of the run.
    fn advance(&mut self, position: usize, outcome: StepCommand) -> Result<Effect, Illegal> {
        match outcome {
            StepCommand::Ask => Err(Illegal),
            StepCommand::Reject => {
                self.state = self.state.apply(RunCommand::Reject)?;
                Ok(Effect::Rejected)
            }
            StepCommand::Approve => {
                let next = position + 1;
                let Some(step) = self.steps.get_mut(next) else {
                    self.state = self.state.apply(RunCommand::Approve)?;
                    return Ok(Effect::Approved);
                };
                step.state = step.state.apply(StepCommand::Ask)?;
                Ok(Effect::Asked { next })
            }
        }
    }

    /// Lets a newer version take the place of the submitted one. What was rejected stays rejected.
    pub fn supersede(mut self) -> Self {
        self.state = self.state.apply(RunCommand::Supersede).unwrap_or(self.state);
        self
    }

    /// Whether exactly these terms passed every step. The state of the run is not taken at its
    /// word: each step must stand approved.
    pub fn approves(&self, terms_hash: TermsHash) -> bool {
        self.state == RunState::Approved
            && self.terms_hash == Some(terms_hash)
            && !self.steps.is_empty()
            && self.steps.iter().all(|step| step.state == StepState::Approved)
    }

    /// Whether somebody has a say in the run: stands on a step, or voted in another's place.
    pub fn decides(&self, user_id: UserId) -> bool {
        let members = self.steps.iter().flat_map(|step| &step.members);
        members
            .into_iter()
            .any(|member| member.user_id == user_id || member.cast_by == Some(user_id))
    }

    /// Whether somebody voted on any step.
    fn voted(&self, user_id: UserId) -> bool {
        let members = self.steps.iter().flat_map(|step| &step.members);
        members.into_iter().any(|member| member.user_id == user_id && member.vote.is_some())
    }
}

/// A run whose states contradict each other takes no votes.
fn ended(_: Illegal) -> Refusal {
    Refusal::Ended
}

#[cfg(test)]
mod tests;
