//! The life of a loop.

use super::{Illegal, LoopState};

impl LoopState {
    /// The state after the debrief decided.
    ///
    /// # Errors
    /// [`Illegal`] when the loop ended before.
    pub fn finish(self) -> Result<Self, Illegal> {
        match self {
            Self::Running => Ok(Self::Finished),
            Self::Finished | Self::Cancelled => {
                Err(Illegal { from: self.as_str(), command: "be finished" })
            }
        }
    }

    /// The state after another round of its debrief began.
    ///
    /// # Errors
    /// [`Illegal`] unless the debrief had decided.
    pub fn reopen(self) -> Result<Self, Illegal> {
        match self {
            Self::Finished => Ok(Self::Running),
            Self::Running | Self::Cancelled => {
                Err(Illegal { from: self.as_str(), command: "be taken up again" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_running_loop_is_finished() {
        assert_eq!(LoopState::Running.finish(), Ok(LoopState::Finished));
        assert!(LoopState::Finished.finish().is_err());
        assert!(LoopState::Cancelled.finish().is_err());
    }

    #[test]
    fn only_a_finished_loop_is_taken_up_again() {
        assert_eq!(LoopState::Finished.reopen(), Ok(LoopState::Running));
        assert!(LoopState::Running.reopen().is_err());
        assert!(LoopState::Cancelled.reopen().is_err());
    }
}
