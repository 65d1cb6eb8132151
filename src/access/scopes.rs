//! What an API key may be allowed: each action of the policy lies in one scope, or in none.
//!
//! A scope narrows; it never gives. People judge: no key writes a scorecard or waives one, decides,
//! votes, adds, changes or removes users, breaks glass, explains what others see, makes keys or signs
//! in.

use super::Action;
use crate::text_enum;

text_enum! {
    /// What an API key may be allowed. A scope that writes reads as well.
    pub enum KeyScope {
        /// Read chains of approval.
        ApprovalChainsRead => "approval_chains:read",
        /// Define chains of approval.
        ApprovalChainsWrite => "approval_chains:write",
        /// Read the files of candidates, with whatever stands in them.
        AttachmentsRead => "attachments:read",
        /// Attach files to candidates, and remove them.
        AttachmentsWrite => "attachments:write",
        /// Read and export the audit log.
        AuditRead => "audit:read",
        /// Read candidates, prospects, applications and their moves.
        CandidatesRead => "candidates:read",
        /// Add and change candidates and applications: move, reject, withdraw, reopen.
        CandidatesWrite => "candidates:write",
        /// Read addresses, phone numbers and links of candidates.
        ContactPointsRead => "contact_points:read",
        /// Read and retry deliveries.
        DeliveriesWrite => "deliveries:write",
        /// Follow the event feed.
        EventsRead => "events:read",
        /// Read what other systems call things.
        ExternalRefsRead => "external_refs:read",
        /// Read loops, interviews, panels and pools of interviewers.
        InterviewsRead => "interviews:read",
        /// Start loops; assign panelists, schedule, complete, cancel; define pools of interviewers.
        InterviewsWrite => "interviews:write",
        /// Read jobs, openings, hiring teams and pipelines.
        JobsRead => "jobs:read",
        /// Draft and change jobs, openings, hiring teams and pipelines.
        JobsWrite => "jobs:write",
        /// Read what candidates were written.
        MessagesRead => "messages:read",
        /// Write to candidates.
        MessagesWrite => "messages:write",
        /// Read public notes about candidates.
        NotesRead => "notes:read",
        /// Write notes about candidates.
        NotesWrite => "notes:write",
        /// Read offers with their pay, and their approvals.
        OffersRead => "offers:read",
        /// Draft, submit, extend and close offers.
        OffersWrite => "offers:write",
        /// Read the organization and its configuration.
        OrganizationRead => "organization:read",
        /// Configure the organization.
        OrganizationWrite => "organization:write",
        /// Read pay bands, also those of jobs.
        PayBandsRead => "pay_bands:read",
        /// Define pay bands.
        PayBandsWrite => "pay_bands:write",
        /// Read rubrics, questions and loop templates.
        RubricsRead => "rubrics:read",
        /// Define rubrics, questions and loop templates.
        RubricsWrite => "rubrics:write",
        /// Read scorecards and debriefs, once they are revealed.
        ScorecardsRead => "scorecards:read",
        /// Read the directory of users.
        UsersRead => "users:read",
    }
}

impl KeyScope {
    /// The scope that this one brings with it.
    pub const fn implied(self) -> Option<Self> {
        match self {
            Self::ApprovalChainsWrite => Some(Self::ApprovalChainsRead),
            Self::AttachmentsWrite => Some(Self::AttachmentsRead),
            Self::CandidatesWrite => Some(Self::CandidatesRead),
            Self::InterviewsWrite => Some(Self::InterviewsRead),
            Self::JobsWrite => Some(Self::JobsRead),
            Self::MessagesWrite => Some(Self::MessagesRead),
            Self::NotesWrite => Some(Self::NotesRead),
            Self::OffersWrite => Some(Self::OffersRead),
            Self::OrganizationWrite => Some(Self::OrganizationRead),
            Self::PayBandsWrite => Some(Self::PayBandsRead),
            Self::RubricsWrite => Some(Self::RubricsRead),
            Self::ApprovalChainsRead
            | Self::AttachmentsRead
            | Self::AuditRead
            | Self::CandidatesRead
            | Self::ContactPointsRead
            | Self::DeliveriesWrite
            | Self::EventsRead
            | Self::ExternalRefsRead
            | Self::InterviewsRead
            | Self::JobsRead
            | Self::MessagesRead
            | Self::NotesRead
            | Self::OffersRead
            | Self::OrganizationRead
            | Self::PayBandsRead
            | Self::RubricsRead
            | Self::ScorecardsRead
            | Self::UsersRead => None,
        }
    }

    /// Whether having these allows this one.
    pub fn is_in(self, scopes: &[Self]) -> bool {
        scopes.iter().any(|scope| *scope == self || scope.implied() == Some(self))
    }
}

impl Action {
    /// The scope that an API key needs for it; without one no key ever does it.
    #[expect(clippy::too_many_lines, reason = "one table, without a wildcard")]
    pub const fn scope(self) -> Option<KeyScope> {
        match self {
            Self::ReadOrganization | Self::ReadAgencies | Self::ReadTags => {
                Some(KeyScope::OrganizationRead)
            }
            Self::ManageOrganization
            | Self::ManageAgencies
            | Self::ManageTags
            | Self::ManageMessageTemplates => Some(KeyScope::OrganizationWrite),
            Self::ReadPayBands => Some(KeyScope::PayBandsRead),
            Self::ManagePayBands => Some(KeyScope::PayBandsWrite),
            Self::ReadUsers | Self::ReadAvailability => Some(KeyScope::UsersRead),
            Self::ReadRubrics => Some(KeyScope::RubricsRead),
            Self::ManageRubrics => Some(KeyScope::RubricsWrite),
            Self::ReadApprovalChains => Some(KeyScope::ApprovalChainsRead),
            Self::ManageApprovalChains => Some(KeyScope::ApprovalChainsWrite),
            Self::ReadJob => Some(KeyScope::JobsRead),
            Self::CreateJob | Self::ManageJob | Self::ManageHiringTeam => Some(KeyScope::JobsWrite),
            Self::ReadCandidate | Self::ReadApplication => Some(KeyScope::CandidatesRead),
            Self::CreateCandidate
            | Self::ManageCandidate
            | Self::CreateApplication
            | Self::MoveApplication
            | Self::BatchApplications => Some(KeyScope::CandidatesWrite),
            Self::ReadContactPoints => Some(KeyScope::ContactPointsRead),
            Self::ReadResume | Self::ReadAttachments => Some(KeyScope::AttachmentsRead),
            Self::ManageAttachments => Some(KeyScope::AttachmentsWrite),
            Self::ReadMessages => Some(KeyScope::MessagesRead),
            Self::WriteMessages => Some(KeyScope::MessagesWrite),
            Self::ReadNotes => Some(KeyScope::NotesRead),
            Self::WriteNotes => Some(KeyScope::NotesWrite),
            Self::ReadInterview | Self::ReadPools => Some(KeyScope::InterviewsRead),
            Self::StartLoop
            | Self::ManageInterview
            | Self::RecordAssessment
            | Self::AskProbe
            | Self::ManagePools => Some(KeyScope::InterviewsWrite),
            Self::ReadScorecard | Self::ReadDebrief => Some(KeyScope::ScorecardsRead),
            Self::ReadOffer => Some(KeyScope::OffersRead),
            Self::ManageOffer => Some(KeyScope::OffersWrite),
            Self::ReadEvents => Some(KeyScope::EventsRead),
            Self::ReadAudit => Some(KeyScope::AuditRead),
            Self::ManageDeliveries => Some(KeyScope::DeliveriesWrite),
            Self::ReadExternalRefs => Some(KeyScope::ExternalRefsRead),
            Self::WidenPeopleMetrics
            | Self::ReadPeopleMetrics
            | Self::ManageUsers
            | Self::ManageOwners
            | Self::ManageOwnProfile
            | Self::Delegate
            | Self::BreakGlass
            | Self::RespondToInterview
            | Self::ReadPrivateNotes
            | Self::SubmitForOther
            | Self::WriteScorecard
            | Self::WaiveScorecard
            | Self::DriveDebrief
            | Self::AnswerInDebrief
            | Self::Decide
            | Self::Vote
            | Self::ReadDevMails
            | Self::ManageRetention
            | Self::ExportPersonalData
            | Self::ExplainVisibility
            | Self::CreateServiceAccount
            | Self::ReadServiceAccount
            | Self::ManageServiceAccount
            | Self::IssueApiKey
            | Self::System
            | Self::Import
            | Self::ApplyByPost
            | Self::Capability
            | Self::OwnSession => None,
        }
    }

    /// Whether it is about more than one job, or none: a key that is narrowed to jobs does not do it.
    pub(super) const fn is_beyond_jobs(self) -> bool {
        matches!(
            self,
            Self::CreateJob
                | Self::CreateCandidate
                | Self::ReadAudit
                | Self::ManageDeliveries
                | Self::ReadExternalRefs
        )
    }
}
