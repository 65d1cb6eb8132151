//! The kinds of links, and how long each works.

use chrono::TimeDelta;

use crate::text_enum;

text_enum! {
    /// What a link does.
    pub enum CapabilityKind {
        /// Joins the organization.
        Invitation => "invitation",
        /// Gives its person another password.
        PasswordReset => "password_reset",
        /// Lets a candidate say when an interview takes place, or when they could come.
        Scheduling => "scheduling",
        /// Writes its person's scorecard of an interview, and hands it in.
        Scorecard => "scorecard",
        /// Shows its person's interviews to a program that follows them.
        Calendar => "calendar",
        /// Makes the organization and its first owner.
        Setup => "setup",
    }
}

impl CapabilityKind {
    /// How long a link works: as long as it takes people to get to it, and no longer than what it
    /// opens allows.
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Invitation => TimeDelta::days(7),
            Self::PasswordReset => TimeDelta::minutes(30),
            // From the day somebody is asked to interview until the last word about a late card.
            Self::Scorecard => TimeDelta::days(60),
            // As far ahead as times are offered.
            Self::Scheduling => TimeDelta::days(90),
            // Followed by programs, which do not notice when it ends: long, and taken back at any moment.
            Self::Calendar => TimeDelta::days(730),
            Self::Setup => TimeDelta::hours(24),
        }
    }
}
