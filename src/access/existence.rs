//! What shows that a subject exists, so that a refusal tells nothing that was not known.

use super::Action;
use Action as A;

impl Action {
    /// The action that shows that the subject exists; without it a refusal is a 404.
    #[expect(clippy::too_many_lines, reason = "one table, without a wildcard")]
    pub const fn seen_by(self) -> Option<Self> {
        match self {
            A::ReadJob | A::ManageJob | A::ManageHiringTeam | A::CreateApplication => {
                Some(A::ReadJob)
            }
            A::ReadCandidate
            | A::ReadContactPoints
            | A::ReadResume
            | A::ReadAttachments
            | A::ReadNotes
            | A::ReadPrivateNotes
            | A::WriteNotes
            | A::ReadMessages
            | A::WriteMessages
            | A::ManageAttachments
            | A::ExportPersonalData
            | A::ManageRetention
            | A::ManageCandidate => Some(A::ReadCandidate),
            A::ReadApplication | A::MoveApplication | A::StartLoop | A::ExplainVisibility => {
                Some(A::ReadApplication)
            }
            A::ReadInterview
            | A::ManageInterview
            | A::RespondToInterview
            | A::AskProbe
            | A::WriteScorecard
            | A::RecordAssessment
            | A::SubmitForOther => Some(A::ReadInterview),
            A::ReadScorecard
            | A::ReadDebrief
            | A::DriveDebrief
            | A::AnswerInDebrief
            | A::Decide
            | A::WaiveScorecard => Some(A::ReadDebrief),
            A::ManageOffer | A::ReadOffer | A::Vote => Some(A::ReadOffer),
            A::ReadServiceAccount | A::ManageServiceAccount | A::IssueApiKey => {
                Some(A::ReadServiceAccount)
            }
            A::ManageOrganization
            | A::ReadOrganization
            | A::WidenPeopleMetrics
            | A::ReadPeopleMetrics
            | A::ManageTags
            | A::ManageMessageTemplates
            | A::ReadTags
            | A::ManagePayBands
            | A::ReadPayBands
            | A::ManageUsers
            | A::ManageOwners
            | A::ReadUsers
            | A::ReadAvailability
            | A::ManageOwnProfile
            | A::ManageRubrics
            | A::ReadRubrics
            | A::ManagePools
            | A::ReadPools
            | A::ManageApprovalChains
            | A::Delegate
            | A::ReadApprovalChains
            | A::CreateJob
            | A::CreateCandidate
            | A::BatchApplications
            | A::ReadEvents
            | A::ReadAudit
            | A::ManageDeliveries
            | A::ReadExternalRefs
            | A::ManageAgencies
            | A::ReadAgencies
            | A::BreakGlass
            | A::ReadDevMails
            | A::CreateServiceAccount
            | A::System
            | A::Import
            | A::ApplyByPost
            | A::Capability
            | A::OwnSession => None,
        }
    }
}
