//! On which part of a desk an application lies.

use crate::ids::UserId;
use crate::text_enum;
use crate::turns::Mover;

text_enum! {
    /// A part of a desk.
    pub enum Section {
        /// What came in and nobody touched.
        New => "new",
        /// What waits for its reader.
        ForMe => "for_me",
        /// What waits for another recruiter.
        ForRecruiters => "for_recruiters",
        /// What waits for a panel.
        ForInterviewers => "for_interviewers",
        /// What waits for a decision or an approval.
        ForDeciders => "for_deciders",
        /// What waits for a candidate.
        ForCandidates => "for_candidates",
    }
}

/// What decides on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether nobody did anything with it since it came in.
    pub untouched: bool,
    /// Whether its reader recruits or coordinates for the job.
    pub recruits: bool,
    /// Who looks after it.
    pub owner: Option<UserId>,
    /// For whom it waits.
    pub mover: Mover,
}

impl Standing {
    /// The part on which it lies for a reader. What waits for whoever recruits waits for its owner, and without
    /// one for everybody who recruits or coordinates for the job.
    pub fn section(self, reader: UserId) -> Section {
        match self.mover {
            Mover::Recruiter if self.untouched => Section::New,
            Mover::Recruiter if self.owner.map_or(self.recruits, |owner| owner == reader) => {
                Section::ForMe
            }
            Mover::Recruiter => Section::ForRecruiters,
            Mover::Interviewer => Section::ForInterviewers,
            Mover::Decider | Mover::Approver => Section::ForDeciders,
            Mover::Candidate => Section::ForCandidates,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::ids::IdSource;

    #[test]
    fn what_waits_for_a_recruiter_waits_for_its_owner_first() {
        let mut ids = IdSource::counted().batch(Instant::from_micros(1_795_000_000_000_000));
        let (me, other): (UserId, UserId) = (ids.next_id(), ids.next_id());
        let (mover, untouched) = (Mover::Recruiter, false);
        let lies =
            |owner, recruits| Standing { untouched, recruits, owner, mover }.section(me).as_str();
        assert_eq!(lies(None, true), "for_me");
        assert_eq!(lies(None, false), "for_recruiters");
        assert_eq!(lies(Some(me), false), "for_me");
        assert_eq!(lies(Some(other), true), "for_recruiters");
    }

    #[test]
    fn everything_else_lies_by_whose_move_it_is() {
        let mut ids = IdSource::counted().batch(Instant::from_micros(1_795_000_000_000_000));
        let me: UserId = ids.next_id();
        let lies = |mover, untouched| {
            Standing { untouched, recruits: true, owner: None, mover }.section(me).as_str()
        };
        let movers = Mover::ALL.iter().map(|mover| [lies(*mover, false), lies(*mover, true)]);
        let expected = [
            ["for_me", "new"],
            ["for_interviewers", "for_interviewers"],
            ["for_deciders", "for_deciders"],
            ["for_deciders", "for_deciders"],
            ["for_candidates", "for_candidates"],
        ];
        assert_eq!(movers.collect::<Vec<_>>(), expected);
    }
}
