//! The life of a user.

use crate::error::Illegal;
use crate::text_enum;

text_enum! {
    /// The life of a user: active ⇄ deactivated.
    pub enum UserState {
        /// Signs in.
        Active => "active",
        /// Does not sign in; what they did stays.
        Deactivated => "deactivated",
    }
}

/// What can happen to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserCommand {
    /// Shut out, at once.
    Deactivate,
    /// Let in again.
    Reactivate,
}

impl UserState {
    /// The state after a command.
    ///
    /// # Errors
    /// When the life knows no such step.
    pub const fn apply(self, command: UserCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Active, UserCommand::Deactivate) => Ok(Self::Deactivated),
            (Self::Deactivated, UserCommand::Reactivate) => Ok(Self::Active),
            (Self::Active, UserCommand::Reactivate)
            | (Self::Deactivated, UserCommand::Deactivate) => Err(Illegal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_deactivated_and_comes_back() {
        use UserCommand::{Deactivate, Reactivate};
        assert_eq!(UserState::Active.apply(Deactivate), Ok(UserState::Deactivated));
        assert_eq!(UserState::Deactivated.apply(Reactivate), Ok(UserState::Active));
        assert_eq!(UserState::Active.apply(Reactivate), Err(Illegal));
        assert_eq!(UserState::Deactivated.apply(Deactivate), Err(Illegal));
    }
}
