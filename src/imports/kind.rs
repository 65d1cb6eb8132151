//! The kinds of record that an import counts.

use serde::Serialize;

/// What a row of the report counts.
///
/// The order of the variants is the order of the table: first what the files hold, then what is
/// made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// People who sign in.
    Users,
    /// Stages of the source's one pipeline.
    Stages,
    /// Reasons for closing an opportunity.
    ArchiveReasons,
    /// Where candidates came from.
    Sources,
    /// Labels on candidates.
    Tags,
    /// The source's stages and reasons once more, with types.
    DispositionStages,
    /// Advertised jobs.
    Postings,
    /// Approved heads.
    Requisitions,
    /// Definitions of the account's own fields on requisitions.
    RequisitionFields,
    /// Forms for interviewers.
    FeedbackTemplates,
    /// Scheduled interviews, grouped.
    Panels,
    /// One person's pursuit of one job, or of none yet.
    Opportunities,
    /// Inactive users made for ids that the source names but does not list.
    PlaceholderUsers,
    /// Stages and reasons made for ids that the source names but does not list.
    PlaceholderSettings,
    /// Departments of jobs.
    Departments,
    /// Jobs.
    Jobs,
    /// What people who look for work read of jobs.
    JobPosts,
    /// Pay bands of jobs.
    PayBands,
    /// Approvals that were started.
    Approvals,
    /// Draft rubrics.
    Rubrics,
    /// People, each once.
    Candidates,
    /// Candidate × job.
    Applications,
    /// Opportunities without an application.
    Prospects,
    /// Moves from stage to stage, the entry included.
    StageChanges,
    /// Closings with their reasons.
    Archivals,
}

impl Kind {
    /// The name in the table and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Stages => "stages",
            Self::ArchiveReasons => "archive_reasons",
            Self::Sources => "sources",
            Self::Tags => "tags",
            Self::DispositionStages => "disposition_stages",
            Self::Postings => "postings",
            Self::Requisitions => "requisitions",
            Self::RequisitionFields => "requisition_fields",
            Self::FeedbackTemplates => "feedback_templates",
            Self::Panels => "panels",
            Self::Opportunities => "opportunities",
            Self::PlaceholderUsers => "placeholder_users",
            Self::PlaceholderSettings => "placeholder_settings",
            Self::Departments => "departments",
            Self::Jobs => "jobs",
            Self::JobPosts => "job_posts",
            Self::PayBands => "pay_bands",
            Self::Approvals => "approvals",
            Self::Rubrics => "rubrics",
            Self::Candidates => "candidates",
            Self::Applications => "applications",
            Self::Prospects => "prospects",
            Self::StageChanges => "stage_changes",
            Self::Archivals => "archivals",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_what_serde_writes() {
        for kind in [Kind::Users, Kind::ArchiveReasons, Kind::PlaceholderSettings, Kind::Archivals]
        {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
