//! The life of a job.

use crate::error::Illegal;
use crate::text_enum;

text_enum! {
    /// The life of a job: draft → open ⇄ paused → closed.
    pub enum JobState {
        /// Being written; nobody applies.
        Draft => "draft",
        /// Hiring.
        Open => "open",
        /// Hiring rests; what runs goes on.
        Paused => "paused",
        /// Hiring is over.
        Closed => "closed",
    }
}

text_enum! {
    /// Whether a job has a number of openings or hires without a limit.
    pub enum Headcount {
        /// One hire for each opening.
        Limited => "limited",
        /// An opening is made whenever one is needed.
        Unlimited => "unlimited",
    }
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobCommand {
    /// Open a draft.
    Publish,
    /// Let hiring rest.
    Pause,
    /// Take it up again.
    Resume,
    /// End it, from wherever it stands.
    Close,
}

impl JobState {
    /// The state after a command.
    ///
    /// # Errors
    /// When the life knows no such step.
    pub const fn apply(self, command: JobCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Draft, JobCommand::Publish) | (Self::Paused, JobCommand::Resume) => {
                Ok(Self::Open)
            }
            (Self::Open, JobCommand::Pause) => Ok(Self::Paused),
            (Self::Draft | Self::Open | Self::Paused, JobCommand::Close) => Ok(Self::Closed),
            (Self::Open | Self::Paused | Self::Closed, JobCommand::Publish)
            | (Self::Draft | Self::Paused | Self::Closed, JobCommand::Pause)
            | (Self::Draft | Self::Open | Self::Closed, JobCommand::Resume)
            | (Self::Closed, JobCommand::Close) => Err(Illegal),
        }
    }

    /// Whether somebody may be hired for the job.
    pub const fn is_hiring(self) -> bool {
        match self {
            Self::Open | Self::Paused => true,
            Self::Draft | Self::Closed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_life_of_a_job() {
        use JobCommand::{Close, Pause, Publish, Resume};
        use JobState::{Closed, Draft, Open, Paused};
        let table = [
            (Draft, [Ok(Open), Err(Illegal), Err(Illegal), Ok(Closed)]),
            (Open, [Err(Illegal), Ok(Paused), Err(Illegal), Ok(Closed)]),
            (Paused, [Err(Illegal), Err(Illegal), Ok(Open), Ok(Closed)]),
            (Closed, [Err(Illegal); 4]),
        ];
        for (state, expected) in table {
            let after = [Publish, Pause, Resume, Close].map(|command| state.apply(command));
            assert_eq!(after, expected, "{state}");
        }
    }
}
