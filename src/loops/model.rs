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
}
