//! The policy: one table of who holds what, printed by a snapshot test.

mod asked;
mod relation;

pub use relation::Relation;

use std::sync::LazyLock;

pub use asked::holders_of;
pub(super) use asked::{allows, grants, lacking, team_roles};

use super::{OrgRole, TeamRole};
use crate::text_enum;

text_enum! {
    /// Something that the policy decides on. The words read after "You may not".
    pub enum Action {
        /// Configure the organization: departments, levels, reasons, sources, settings.
        ManageOrganization => "manage_the_organization",
        /// Read the configuration.
        ReadOrganization => "read_the_organization",
        /// Have more measured about people.
        WidenPeopleMetrics => "widen_people_metrics",
        /// Read what is measured about groups of people.
        ReadPeopleMetrics => "read_people_metrics",
        /// Add, rename, merge and archive tags.
        ManageTags => "manage_tags",
        /// Define what candidates are written, for all jobs.
        ManageMessageTemplates => "manage_message_templates",
        /// Read the list of tags.
        ReadTags => "read_tags",
        /// Define pay bands.
        ManagePayBands => "manage_pay_bands",
        /// Read pay bands.
        ReadPayBands => "read_pay_bands",
        /// Add, change and deactivate users.
        ManageUsers => "manage_users",
        /// Make somebody an owner, or an owner something else.
        ManageOwners => "manage_owners",
        /// Read the directory of users.
        ReadUsers => "read_users",
        /// Read when people work, and whether they are away.
        ReadAvailability => "read_availability",
        /// Change one's own profile and time off.
        ManageOwnProfile => "manage_your_profile",
        /// Define rubrics, questions and loop templates.
        ManageRubrics => "manage_rubrics",
        /// Read rubrics, questions and loop templates.
        ReadRubrics => "read_rubrics",
        /// Define pools of interviewers and who is in them.
        ManagePools => "manage_pools",
        /// Read pools of interviewers.
        ReadPools => "read_pools",
        /// Define who approves.
        ManageApprovalChains => "manage_approval_chains",
        /// Let somebody vote in one's own place.
        Delegate => "delegate_your_approvals",
        /// Read who approves.
        ReadApprovalChains => "read_approval_chains",
        /// Draft a job.
        CreateJob => "create_jobs",
        /// Read a job.
        ReadJob => "read_this_job",
        /// Change a job, its openings and its pipeline.
        ManageJob => "manage_this_job",
        /// Change a job's hiring team.
        ManageHiringTeam => "manage_this_hiring_team",
        /// Add a candidate.
        CreateCandidate => "create_candidates",
        /// Read a candidate's name and applications.
        ReadCandidate => "read_this_candidate",
        /// Read a candidate's contact points.
        ReadContactPoints => "read_contact_points",
        /// Read a candidate's résumé and work samples.
        ReadResume => "read_the_resume",
        /// Read every file of a candidate.
        ReadAttachments => "read_attachments",
        /// Attach files to a candidate, and remove them.
        ManageAttachments => "manage_attachments",
        /// Read notes about a candidate.
        ReadNotes => "read_notes",
        /// Read the private notes of others.
        ReadPrivateNotes => "read_private_notes",
        /// Write notes about a candidate, and change one's own.
        WriteNotes => "write_notes",
        /// Read what candidates were written.
        ReadMessages => "read_messages",
        /// Write to candidates, and call off what is not sent yet.
        WriteMessages => "write_messages",
        /// Change a candidate.
        ManageCandidate => "manage_this_candidate",
        /// Anonymize candidates, hold them back from it, and read who is due.
        ManageRetention => "manage_retention",
        /// Export what is held about a candidate.
        ExportPersonalData => "export_personal_data",
        /// Add an application to a job.
        CreateApplication => "create_applications",
        /// Read an application.
        ReadApplication => "read_this_application",
        /// Move, reject, withdraw, reopen.
        MoveApplication => "move_this_application",
        /// Change several applications at once, each as far as one may change it.
        BatchApplications => "change_several_applications",
        /// Start a loop.
        StartLoop => "start_a_loop",
        /// Read loops and interviews.
        ReadInterview => "read_this_interview",
        /// Assign panelists, schedule, complete, cancel.
        ManageInterview => "manage_this_interview",
        /// Say whether one comes to an interview on whose panel one sits.
        RespondToInterview => "respond_to_this_interview",
        /// Record what an external assessment yielded.
        RecordAssessment => "record_assessment_results",
        /// Ask the panels of a loop to cover an attribute.
        AskProbe => "ask_for_a_probe",
        /// Write one's own scorecard.
        WriteScorecard => "write_a_scorecard",
        /// Hand in the scorecard of somebody who told their judgement.
        SubmitForOther => "hand_in_for_others",
        /// Read scorecards, as far as they are unsealed.
        ReadScorecard => "read_scorecards",
        /// Say that a scorecard is no longer owed.
        WaiveScorecard => "waive_a_scorecard",
        /// Read the debrief, as far as it is unsealed.
        ReadDebrief => "read_this_debrief",
        /// Wait longer for cards of a debrief, or hold it as a meeting.
        DriveDebrief => "drive_this_debrief",
        /// Answer what is put to one in a debrief, recommend otherwise, and agree to a decision.
        AnswerInDebrief => "answer_in_this_debrief",
        /// Decide.
        Decide => "decide",
        /// Draft, submit, extend and close an offer.
        ManageOffer => "manage_this_offer",
        /// Read an offer with its terms.
        ReadOffer => "read_this_offer",
        /// Vote on a step.
        Vote => "vote",
        /// Read the event feed.
        ReadEvents => "read_events",
        /// Read and export the audit log.
        ReadAudit => "read_the_audit_log",
        /// Read and retry deliveries.
        ManageDeliveries => "manage_deliveries",
        /// Read what other systems call things.
        ReadExternalRefs => "read_external_references",
        /// Define agencies, and which jobs are open to them.
        ManageAgencies => "manage_agencies",
        /// Read agencies.
        ReadAgencies => "read_agencies",
        /// Look at a job in which one has no part, for a reason and for a while.
        BreakGlass => "break_glass",
        /// Read the demo's mailbox.
        ReadDevMails => "read_development_mails",
        /// Explain to somebody what another one sees.
        ExplainVisibility => "explain_visibility",
        /// Make a service account that acts with one's own reach.
        CreateServiceAccount => "create_service_accounts",
        /// Read a service account and what its keys may do.
        ReadServiceAccount => "read_this_service_account",
        /// Change, hand over and deactivate a service account; revoke its keys.
        ManageServiceAccount => "manage_this_service_account",
        /// Make and rotate keys: whoever has one acts with the owner's reach.
        IssueApiKey => "issue_keys_of_this_service_account",
        /// The service itself; nobody holds it.
        System => "act_as_the_service",
        /// An import; nobody holds it.
        Import => "import",
        /// Apply by a job post, as somebody who is nobody yet; nobody holds it.
        ApplyByPost => "apply_by_a_job_post",
        /// The holder of a capability; nobody holds it.
        Capability => "use_a_capability",
        /// A person's own session; everybody does it, nobody holds it.
        OwnSession => "use_a_session",
    }
}

/// Through what somebody may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A role in the organization: reaches everything.
    Organization(OrgRole),
    /// A role on the hiring team: reaches the job and what belongs to it.
    Team(TeamRole),
    /// A relation to the subject: reaches the subject alone.
    Relation(Relation),
}

use Action as A;

const EVERYBODY: &[Action] = &[
    A::ReadOrganization,
    A::ReadUsers,
    A::ManageOwnProfile,
    A::Delegate,
    A::ReadRubrics,
    A::ReadPools,
    A::BatchApplications,
    A::CreateServiceAccount,
];

/// Administrators configure; content is for those with a part in it.
const ADMINISTRATION: &[Action] = &[
    A::ManageOrganization,
    A::ReadPeopleMetrics,
    A::ManageTags,
    A::ManageMessageTemplates,
    A::ReadTags,
    A::ManagePayBands,
    A::ReadPayBands,
    A::ManageUsers,
    A::ReadAvailability,
    A::ManageRubrics,
    A::ManagePools,
    A::ManageApprovalChains,
    A::ReadApprovalChains,
    A::CreateJob,
    A::ReadJob,
    A::ManageJob,
    A::ManageHiringTeam,
    A::ReadEvents,
    A::ReadAudit,
    A::ManageDeliveries,
    A::ReadExternalRefs,
    A::ReadServiceAccount,
    A::ManageServiceAccount,
    A::ManageAgencies,
    A::ReadAgencies,
    A::BreakGlass,
    A::ManageRetention,
];

const RECRUITING: &[Action] = &[
    A::ReadAvailability,
    A::ReadPayBands,
    A::ReadApprovalChains,
    A::ReadAgencies,
    A::ReadJob,
    A::ManageJob,
    A::ManageHiringTeam,
    A::ReadCandidate,
    A::ReadContactPoints,
    A::ReadResume,
    A::ReadAttachments,
    A::ReadNotes,
    A::ReadPrivateNotes,
    A::WriteNotes,
    A::ReadMessages,
    A::WriteMessages,
    A::ManageAttachments,
    A::ManageCandidate,
    A::CreateApplication,
    A::ReadApplication,
    A::MoveApplication,
    A::StartLoop,
    A::ReadInterview,
    A::ManageInterview,
    A::AskProbe,
    A::RecordAssessment,
    A::SubmitForOther,
    A::ReadScorecard,
    A::WaiveScorecard,
    A::ReadDebrief,
    A::DriveDebrief,
    A::ManageOffer,
    A::ReadOffer,
    A::ExplainVisibility,
];

const COORDINATION: &[Action] = &[
    A::ReadAvailability,
    A::ReadJob,
    A::ReadCandidate,
    A::ReadContactPoints,
    A::ReadResume,
    A::ReadAttachments,
    A::ReadNotes,
    A::WriteNotes,
    A::ReadMessages,
    A::WriteMessages,
    A::ManageAttachments,
    A::ManageCandidate,
    A::CreateApplication,
    A::ReadApplication,
    A::ReadInterview,
    A::ManageInterview,
    A::SubmitForOther,
    A::ReadDebrief,
];

const HIRING: &[Action] = &[
    A::ReadAvailability,
    A::ReadJob,
    A::ReadPayBands,
    A::ReadCandidate,
    A::ReadContactPoints,
    A::ReadResume,
    A::ReadAttachments,
    A::ReadNotes,
    A::WriteNotes,
    A::ReadMessages,
    A::WriteMessages,
    A::ReadApplication,
    A::MoveApplication,
    A::StartLoop,
    A::ReadInterview,
    A::ManageInterview,
    A::ReadScorecard,
    A::ReadDebrief,
    A::ReadOffer,
    A::ExplainVisibility,
];

/// Every request asks several times.
static TABLE: LazyLock<Vec<(Holder, Vec<Action>)>> = LazyLock::new(written);

/// The whole policy. A person may do what any of their holders may.
pub fn table() -> &'static [(Holder, Vec<Action>)] {
    &TABLE
}

/// The policy as it is read and reviewed, from top to bottom.
#[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
fn written() -> Vec<(Holder, Vec<Action>)> {
    let join = |lists: &[&[Action]]| lists.concat();
    vec![
        (
            Holder::Organization(OrgRole::Owner),
            join(&[
                EVERYBODY,
                ADMINISTRATION,
                &[A::ManageOwners, A::WidenPeopleMetrics, A::ReadDevMails],
            ]),
        ),
        (Holder::Organization(OrgRole::Admin), join(&[EVERYBODY, ADMINISTRATION])),
        (
            Holder::Organization(OrgRole::Recruiter),
            join(&[
                EVERYBODY,
                RECRUITING,
                &[
                    A::ReadPeopleMetrics,
                    A::ManageTags,
                    A::ManageMessageTemplates,
                    A::ReadTags,
                    A::ManageRubrics,
                    A::ManagePools,
                    A::CreateJob,
                    A::CreateCandidate,
                    A::ReadEvents,
                    A::ReadExternalRefs,
                    A::ManageRetention,
                    A::ExportPersonalData,
                ],
            ]),
        ),
        (
            Holder::Organization(OrgRole::Coordinator),
            join(&[EVERYBODY, COORDINATION, &[A::ReadTags, A::CreateCandidate]]),
        ),
        (Holder::Organization(OrgRole::Member), EVERYBODY.to_vec()),
        (Holder::Organization(OrgRole::External), vec![A::CreateCandidate, A::ManageOwnProfile]),
        (Holder::Team(TeamRole::HiringManager), HIRING.to_vec()),
        (Holder::Team(TeamRole::Recruiter), RECRUITING.to_vec()),
        (Holder::Team(TeamRole::Coordinator), COORDINATION.to_vec()),
        (Holder::Team(TeamRole::Interviewer), vec![A::ReadJob]),
        (
            Holder::Relation(Relation::Panelist),
            vec![
                A::ReadCandidate,
                A::ReadResume,
                A::ReadApplication,
                A::ReadInterview,
                A::RespondToInterview,
                A::WriteScorecard,
                A::ReadScorecard,
                A::ReadDebrief,
                A::AnswerInDebrief,
            ],
        ),
        (
            Holder::Relation(Relation::Decider),
            vec![
                A::ReadCandidate,
                A::ReadResume,
                A::ReadApplication,
                A::ReadInterview,
                A::AskProbe,
                A::ReadScorecard,
                A::ReadDebrief,
                A::DriveDebrief,
                A::Decide,
            ],
        ),
        (
            Holder::Relation(Relation::Driver),
            vec![
                A::ReadCandidate,
                A::ReadResume,
                A::ReadApplication,
                A::ReadInterview,
                A::AskProbe,
                A::ReadScorecard,
                A::ReadDebrief,
                A::DriveDebrief,
                A::WaiveScorecard,
            ],
        ),
        (
            Holder::Relation(Relation::Agreer),
            vec![
                A::ReadCandidate,
                A::ReadResume,
                A::ReadApplication,
                A::ReadInterview,
                A::ReadScorecard,
                A::ReadDebrief,
                A::AnswerInDebrief,
            ],
        ),
        (
            Holder::Relation(Relation::Approver),
            vec![A::ReadCandidate, A::ReadApplication, A::ReadOffer, A::Vote],
        ),
        (Holder::Relation(Relation::Author), vec![A::ReadScorecard]),
        (
            Holder::Relation(Relation::AccountOwner),
            vec![A::ReadServiceAccount, A::ManageServiceAccount, A::IssueApiKey],
        ),
        (
            Holder::Relation(Relation::Agency),
            vec![A::ReadCandidate, A::ReadContactPoints, A::ReadApplication],
        ),
        (Holder::Relation(Relation::AgencyOnJob), vec![A::ReadJob, A::CreateApplication]),
        (
            Holder::Relation(Relation::BreakGlass),
            vec![
                A::ReadJob,
                A::ManageHiringTeam,
                A::ReadCandidate,
                A::ReadContactPoints,
                A::ReadResume,
                A::ReadAttachments,
                A::ReadApplication,
                A::ReadInterview,
                A::ReadScorecard,
                A::ReadDebrief,
                A::ReadOffer,
                A::ExportPersonalData,
            ],
        ),
    ]
}
