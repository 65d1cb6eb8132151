//! The life of a user.

use crate::error::Illegal;
use crate::text_enum;

text_enum! {
    /// The life of a user: invited → active ⇄ deactivated; an invitation that is withdrawn leads from
    /// invited to deactivated.
    pub enum UserState {
        /// Signs in.
        Active => "active",
        /// Does not sign in; what they did stays.
        Deactivated => "deactivated",
        /// Was asked to join and has not yet: does not sign in, and nothing can be asked of them.
        Invited => "invited",
    }
}

/// What can happen to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserCommand {
    /// Joins, as invited.
    Accept,
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
            (Self::Active | Self::Invited, UserCommand::Deactivate) => Ok(Self::Deactivated),
            (Self::Deactivated, UserCommand::Reactivate) | (Self::Invited, UserCommand::Accept) => {
                Ok(Self::Active)
            }
            (Self::Active, UserCommand::Accept | UserCommand::Reactivate)
            | (Self::Deactivated, UserCommand::Accept | UserCommand::Deactivate)
            | (Self::Invited, UserCommand::Reactivate) => Err(Illegal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_joins_once_is_deactivated_and_comes_back() {
        use UserCommand::{Accept, Deactivate, Reactivate};
        use UserState::{Active, Deactivated, Invited};
        let lives = [
            (Invited, [Ok(Active), Ok(Deactivated), Err(Illegal)]),
            (Active, [Err(Illegal), Ok(Deactivated), Err(Illegal)]),
            (Deactivated, [Err(Illegal), Err(Illegal), Ok(Active)]),
        ];
        for (state, expected) in lives {
            let found = [Accept, Deactivate, Reactivate].map(|command| state.apply(command));
            assert_eq!(found, expected, "{state:?}");
        }
    }
}
