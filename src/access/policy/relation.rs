//! What a person is to a subject.

use crate::text_enum;

text_enum! {
    /// What a person is to a subject, beyond roles.
    pub enum Relation {
        /// On the panel of an interview of the application.
        Panelist => "panelist",
        /// The named decider of a debrief of the application.
        Decider => "decider",
        /// The driver of a debrief of the application.
        Driver => "driver",
        /// Somebody without whose agreement a debrief of the application is not decided.
        Agreer => "agreer",
        /// Asked to approve, now or earlier.
        Approver => "approver",
        /// The author.
        Author => "author",
        /// With whose reach a service account acts.
        AccountOwner => "account_owner",
        /// Of the agency that brought the candidate or application in.
        Agency => "agency",
        /// Of an agency to which the job is open.
        AgencyOnJob => "agency_on_job",
        /// Broke the glass of the job, for a reason and for a while.
        BreakGlass => "break_glass",
    }
}
