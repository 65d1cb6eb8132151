//! The life of an application.

use crate::error::{Code, Error};
use crate::text_enum;

text_enum! {
    /// The life of an application.
    pub enum ApplicationStatus {
        /// It goes on.
        Active => "active",
        /// We said no.
        Rejected => "rejected",
        /// The candidate said no.
        Withdrawn => "withdrawn",
        /// The candidate accepted an offer.
        Hired => "hired",
    }
}

text_enum! {
    /// What can be asked of an application.
    pub enum Command {
        /// Go to another stage.
        Move => "move",
        /// End with our no.
        Reject => "reject",
        /// End with the candidate's no.
        Withdraw => "withdraw",
        /// Come back after our no.
        Reopen => "reopen",
        /// End with a hire.
        Hire => "hire",
    }
}

/// A row that says how an application ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// In `rejections`.
    Rejection,
    /// In `withdrawals`.
    Withdrawal,
    /// In `hires`.
    Hire,
}

/// A command that the life does not know from where the application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal {
    /// Where it stands.
    pub from: ApplicationStatus,
    /// What was asked.
    pub command: Command,
}

impl ApplicationStatus {
    /// Where a command leads.
    ///
    /// # Errors
    /// Where it leads nowhere.
    pub const fn apply(self, command: Command) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Active, Command::Move) | (Self::Rejected, Command::Reopen) => Ok(Self::Active),
            (Self::Active, Command::Reject) => Ok(Self::Rejected),
            (Self::Active, Command::Withdraw) => Ok(Self::Withdrawn),
            (Self::Active, Command::Hire) => Ok(Self::Hired),
            (Self::Active | Self::Withdrawn | Self::Hired, Command::Reopen)
            | (
                Self::Rejected | Self::Withdrawn | Self::Hired,
                Command::Move | Command::Reject | Command::Withdraw | Command::Hire,
            ) => Err(Illegal { from: self, command }),
        }
    }

    /// The one closing fact that is open while the application stands here.
    pub const fn fact(self) -> Option<Fact> {
        match self {
            Self::Active => None,
            Self::Rejected => Some(Fact::Rejection),
            Self::Withdrawn => Some(Fact::Withdrawal),
            Self::Hired => Some(Fact::Hire),
        }
    }
}

impl From<Illegal> for Error {
    fn from(illegal: Illegal) -> Self {
        let Illegal { from, command } = illegal;
        let detail = format!("The application is {from}; it knows no `{command}` from there.");
        Self::new(Code::IllegalTransition, detail)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use proptest::prelude::*;

    /// The whole life: a row per status, a column per command.
    const LIFE: &str = "
          | move   | reject   | withdraw  | reopen | hire
active    | active | rejected | withdrawn | -      | hired
rejected  | -      | -        | -         | active | -
withdrawn | -      | -        | -         | -      | -
hired     | -      | -        | -         | -      | -
";

    #[test]
    fn the_life_is_this_table() {
        let mut table = "\n          ".to_owned();
        for command in Command::ALL {
            write!(table, "| {:<1$} ", command.as_str(), width(*command)).unwrap();
        }
        for status in ApplicationStatus::ALL {
            write!(table, "\n{:<10}", status.as_str()).unwrap();
            for command in Command::ALL {
                let to = status.apply(*command).map_or("-", ApplicationStatus::as_str);
                write!(table, "| {to:<0$} ", width(*command)).unwrap();
            }
        }
        let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
        assert_eq!(lines, LIFE.lines().collect::<Vec<_>>());
    }

    /// The longest word in the column of a command.
    fn width(command: Command) -> usize {
        let led = ApplicationStatus::ALL.iter().filter_map(|status| status.apply(command).ok());
        led.map(|to| to.as_str().len()).chain([command.as_str().len()]).max().unwrap_or(0)
    }

    proptest! {
        /// Facts as rows: each is open or ended. A step that leaves a status ends its fact, a step
        /// that enters one opens its fact, and a refused step changes nothing.
        #[test]
        fn at_most_one_closing_fact_is_open_and_the_status_names_it(
            commands in prop::collection::vec(prop::sample::select(Command::ALL), 0..40)
        ) {
            let (mut status, mut rows): (_, Vec<(Fact, bool)>) = (ApplicationStatus::Active, Vec::new());
            for command in commands {
                let Ok(next) = status.apply(command) else { continue };
                if status.fact() != next.fact() {
                    for (fact, open) in &mut rows {
                        *open = *open && Some(*fact) != status.fact();
                    }
                    rows.extend(next.fact().map(|fact| (fact, true)));
                }
                status = next;
                let open: Vec<Fact> =
                    rows.iter().filter(|(_, open)| *open).map(|(fact, _)| *fact).collect();
                prop_assert_eq!(open, status.fact().into_iter().collect::<Vec<_>>());
            }
        }
    }
}
