//! The life of an opening.

use crate::error::Illegal;
use crate::text_enum;

text_enum! {
    /// The life of an opening: open ⇄ reserved → filled, or open → closed.
    pub enum OpeningState {
        /// Free.
        Open => "open",
        /// Kept for an offer.
        Reserved => "reserved",
        /// Somebody was hired.
        Filled => "filled",
        /// Given up without a hire.
        Closed => "closed",
    }
}

/// What can happen to an opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpeningCommand {
    /// Keep it for an offer.
    Reserve,
    /// Give it free again.
    Release,
    /// Hire.
    Fill,
    /// Give it up.
    Close,
}

impl OpeningState {
    /// The state after a command.
    ///
    /// # Errors
    /// When the life knows no such step.
    pub const fn apply(self, command: OpeningCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Open, OpeningCommand::Reserve) => Ok(Self::Reserved),
            (Self::Reserved, OpeningCommand::Release) => Ok(Self::Open),
            (Self::Reserved, OpeningCommand::Fill) => Ok(Self::Filled),
            (Self::Open, OpeningCommand::Close) => Ok(Self::Closed),
            (Self::Open, OpeningCommand::Release | OpeningCommand::Fill)
            | (Self::Reserved, OpeningCommand::Reserve | OpeningCommand::Close)
            | (
                Self::Filled | Self::Closed,
                OpeningCommand::Reserve
                | OpeningCommand::Release
                | OpeningCommand::Fill
                | OpeningCommand::Close,
            ) => Err(Illegal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_life_of_an_opening() {
        use OpeningCommand::{Close, Fill, Release, Reserve};
        use OpeningState::{Closed, Filled, Open, Reserved};
        let table = [
            (Open, [Ok(Reserved), Err(Illegal), Err(Illegal), Ok(Closed)]),
            (Reserved, [Err(Illegal), Ok(Open), Ok(Filled), Err(Illegal)]),
            (Filled, [Err(Illegal); 4]),
            (Closed, [Err(Illegal); 4]),
        ];
        for (state, expected) in table {
            let after = [Reserve, Release, Fill, Close].map(|command| state.apply(command));
            assert_eq!(after, expected, "{state}");
        }
    }
}
