//! The names of events and who may see them.

use crate::text_enum;

text_enum! {
    /// The visibility class of an event, so that each principal's feed is a query.
    pub enum Audience {
        /// Whoever may see the subject.
        Team => "team",
        /// Whoever may see the subject and owes nothing for the application.
        Sealed => "sealed",
        /// Those who decide on compensation.
        Compensation => "compensation",
        /// The author of a private note and its readers; or the person alone whom it is about.
        PrivateNote => "private_note",
        /// Owners and administrators.
        Administration => "administration",
    }
}

macro_rules! event_kinds {
    ($($variant:ident $text:tt $audience:ident $doc:literal),+ $(,)?) => {
        text_enum! {
            /// What happened: `noun.past_tense`. The list only grows.
            pub enum EventKind { $(#[doc = $doc] $variant => $text),+ }
        }
        impl EventKind {
            /// Whether it happens to a candidate of whom nothing is left too: that they were anonymized,
            /// that somebody read what remained, and that people who leave are no longer waited for.
            pub fn outlives_the_person(self) -> bool {
                let slug = self.as_str();
                ["candidate.anonymized", ".read", ".left_behind", ".handed_over"]
                    .iter()
                    .any(|end| slug.ends_with(end))
            }

            /// Who may see events of this kind, unless one is for fewer.
            pub const fn audience(self) -> Audience {
                match self { $(Self::$variant => Audience::$audience),+ }
            }
        }
    };
}

// Alphabetical.
event_kinds! {
    AgencyCreated "agency.created" Administration "An agency was added.",
    AgencyUpdated "agency.updated" Administration "An agency was changed.",
    AgreementAsked "agreement.asked" Sealed "Somebody is asked to agree to what a decider proposes.",
    AgreementGiven "agreement.given" Sealed "Somebody agrees to what a decider proposes.",
    AgreementRefused "agreement.refused" Sealed "Somebody does not agree to what a decider proposes, and said why.",
    ApiKeyCreated "api_key.created" Administration "A key was made for a service account.",
    ApiKeyRevoked "api_key.revoked" Administration "A key was ended.",
    ApiKeyRotated "api_key.rotated" Administration "A key got another secret.",
    ApplicationCreated "application.created" Team "A candidate applied.",
    ApplicationHired "application.hired" Team "An accepted offer hired the candidate.",
    ApplicationLeftBehind "application.left_behind" Team "Somebody left who sat on its panels or owed a scorecard; nobody takes their place.",
    ApplicationMoved "application.moved" Team "An application moved to another stage.",
    ApplicationRejected "application.rejected" Team "We said no.",
    ApplicationReopened "application.reopened" Team "A rejected application came back.",
    ApplicationUpdated "application.updated" Team "Fields of an application changed.",
    ApplicationWithdrawn "application.withdrawn" Team "The candidate said no.",
    ApplicationBatchCreated "application_batch.created" PrivateNote "Somebody changed several applications at once.",
    ApprovalChainCreated "approval_chain.created" Administration "A chain of approval steps was defined.",
    ApprovalChainLeftBehind "approval_chain.left_behind" Administration "Somebody left who stood alone on a step of a chain.",
    ApprovalChainUpdated "approval_chain.updated" Administration "A chain of approval steps was changed.",
    ApprovalRunApproved "approval_run.approved" Compensation "Every step approved.",
    ApprovalRunImported "approval_run.imported" Compensation "An approval from another system was kept.",
    ApprovalRunRejected "approval_run.rejected" Compensation "A step rejected.",
    ApprovalRunStarted "approval_run.started" Compensation "A version was submitted to its steps.",
    ApprovalStepAsked "approval_step.asked" Compensation "A step's members were asked to vote.",
    ApprovalStepHandedOver "approval_step.handed_over" Compensation "Somebody stands on a step in place of one who left, or the step does without them.",
    ApprovalStepLeftBehind "approval_step.left_behind" Compensation "Somebody left whose vote a step cannot do without.",
    AssessmentResultRead "assessment_result.read" Sealed "Somebody read the result of an assessment for the first time.",
    AssessmentResultRecorded "assessment_result.recorded" Team "The result of an external assessment came in.",
    AssessmentResultRevised "assessment_result.revised" Sealed "The result of an assessment was corrected.",
    AttachmentAdded "attachment.added" Team "A file was attached to a candidate, or to a scorecard and sealed with it.",
    AttachmentRemoved "attachment.removed" Team "A file was removed from a candidate, or from a scorecard and sealed with it.",
    AuditExported "audit.exported" Administration "Somebody exported the audit log.",
    AuditRead "audit.read" Administration "Somebody read the audit log; once per reader and hour.",
    BallotCast "ballot.cast" Sealed "Somebody recommends otherwise than before, and said why.",
    BreakGlassEnded "break_glass.ended" Administration "An administrator's look at a job was ended early.",
    BreakGlassOpened "break_glass.opened" Administration "An administrator looked at a job in which they have no part.",
    BusyCalendarRemoved "busy_calendar.removed" Administration "Somebody took the calendar of their busy times back.",
    BusyCalendarSet "busy_calendar.set" Administration "Somebody named a calendar of their busy times.",
    CandidateAddressRefused "candidate.address_refused" Team "The mail server takes no mail to an address of a candidate.",
    CandidateAnonymized "candidate.anonymized" Team "Nothing is left of a person but ids and counts.",
    CandidateCreated "candidate.created" Team "A person came in.",
    CandidatePersonalDataExported "candidate.personal_data_exported" Administration "What is held about a candidate was exported.",
    CandidateUpdated "candidate.updated" Team "Fields of a candidate changed.",
    CapabilityIssued "capability.issued" Administration "A link that acts was made.",
    CapabilityRevoked "capability.revoked" Administration "A link that acts was taken back.",
    CapabilityUsed "capability.used" Administration "A link acted.",
    ChatAddressFailed "chat_address.failed" Administration "Nothing is sent to the chat address of somebody any more.",
    ChatAddressRemoved "chat_address.removed" Administration "Somebody took their chat address back.",
    ChatAddressSet "chat_address.set" Administration "Somebody named a chat address.",
    DebriefAgreed "debrief.agreed" Sealed "Everybody agreed to what the decider proposes.",
    DebriefAgreersNamed "debrief.agreers_named" Sealed "Other people than before have to agree to a decision.",
    DebriefCancelled "debrief.cancelled" Sealed "The debrief was called off.",
    DebriefClosed "debrief.closed" Sealed "The candidate knows what was decided.",
    DebriefDecided "debrief.decided" Sealed "The decision stands.",
    DebriefDeciding "debrief.deciding" Sealed "The decider can decide.",
    DebriefDiscussing "debrief.discussing" Sealed "The panel was asked about what differs between its scorecards.",
    DebriefDissentWindow "debrief.dissent_window" Sealed "The decider decided, and those who see it otherwise may say so.",
    DebriefEscalated "debrief.escalated" Sealed "Those who have to agree do not, and the decision no longer waits for them.",
    DebriefExtended "debrief.extended" Sealed "A debrief waits longer for scorecards.",
    DebriefGathering "debrief.gathering" Team "The debrief began to gather scorecards.",
    DebriefHandedOver "debrief.handed_over" Team "Somebody decides or drives a debrief in place of one who left.",
    DebriefLeftBehind "debrief.left_behind" Team "Somebody left who decides or drives a debrief.",
    DebriefMeetingCalled "debrief.meeting_called" Sealed "A debrief is held as a meeting.",
    DebriefMeetingHeld "debrief.meeting_held" Sealed "The meeting of a debrief was held, and its notes are in.",
    DebriefPeeked "debrief.peeked" Team "The decider looked at the cards before they were revealed.",
    DebriefReopened "debrief.reopened" Sealed "Another round of a debrief began, because of what became known after the decision.",
    DebriefResumed "debrief.resumed" Sealed "A debrief that stood still waits for scorecards again.",
    DebriefRevealed "debrief.revealed" Sealed "The scorecards were revealed.",
    DebriefSignalAsked "debrief.signal_asked" Sealed "Before it is decided, another interview is to find out more.",
    DebriefStalled "debrief.stalled" Sealed "Scorecards are missing when the last one was due.",
    DelegationCreated "delegation.created" Administration "Somebody lets another one vote in their place.",
    DelegationEnded "delegation.ended" Administration "A delegation was ended before its time.",
    DeliveryRetried "delivery.retried" Administration "A dead delivery was put back into the queue.",
    DepartmentCreated "department.created" Administration "A department was added.",
    DepartmentUpdated "department.updated" Administration "A department was changed.",
    DissentStated "dissent.stated" Sealed "Somebody whose ballot differs from the decision answered it.",
    FieldDefinitionCreated "field_definition.created" Administration "A custom field was defined.",
    FieldDefinitionUpdated "field_definition.updated" Administration "A custom field was changed.",
    HiringTeamMemberAdded "hiring_team_member.added" Team "Somebody joined a hiring team.",
    HiringTeamMemberRemoved "hiring_team_member.removed" Team "Somebody left a hiring team.",
    HolidayCalendarCreated "holiday_calendar.created" Administration "A calendar of holidays was added.",
    HolidayCalendarRemoved "holiday_calendar.removed" Administration "A calendar of holidays that nobody went by was removed.",
    HolidayCalendarReplaced "holiday_calendar.replaced" Administration "A calendar of holidays got other days.",
    HolidayCalendarUpdated "holiday_calendar.updated" Administration "A calendar of holidays was renamed, archived or taken back into use.",
    IdentityConnected "identity.connected" Administration "An account was connected with an identity at the provider.",
    IdentityDisconnected "identity.disconnected" Administration "An account was parted from an identity at the provider.",
    InterviewAdded "interview.added" Team "An interview was added to a loop.",
    InterviewAvailabilityAsked "interview.availability_asked" Team "The candidate is asked when they could come.",
    InterviewAvailabilityGiven "interview.availability_given" Team "The candidate said when they could come.",
    InterviewCancelled "interview.cancelled" Team "An interview was cancelled.",
    InterviewCompleted "interview.completed" Team "An interview took place.",
    InterviewGivenUp "interview.given_up" Team "The candidate cannot come to an interview.",
    InterviewNoShow "interview.no_show" Team "Somebody did not come.",
    InterviewProposed "interview.proposed" Team "The candidate is offered times to choose from.",
    InterviewReleased "interview.released" Team "The time of an interview was given up.",
    InterviewRescheduleAsked "interview.reschedule_asked" Team "The candidate asks for another time.",
    InterviewScheduled "interview.scheduled" Team "An interview has a time.",
    InvitationAccepted "invitation.accepted" Administration "Somebody who was invited joined.",
    InvitationCreated "invitation.created" Administration "Somebody was invited.",
    InvitationResent "invitation.resent" Administration "An invitation was sent again, with another link.",
    InvitationWithdrawn "invitation.withdrawn" Administration "An invitation was taken back.",
    JobClosed "job.closed" Team "A job was closed.",
    JobCreated "job.created" Team "A job was drafted.",
    JobOpened "job.opened" Team "A job was opened.",
    JobPaused "job.paused" Team "A job was paused.",
    JobResumed "job.resumed" Team "A paused job was opened again.",
    JobUpdated "job.updated" Team "Fields of a job changed.",
    JobPostAnswered "job_post.answered" Team "Somebody sent the form of a post: to apply, once more, or as a program that fills in everything.",
    JobPostCreated "job_post.created" Team "A post of a job was drafted.",
    JobPostPublished "job_post.published" Team "A post was published.",
    JobPostUnpublished "job_post.unpublished" Team "A post was taken back.",
    JobPostUpdated "job_post.updated" Team "Fields of a post changed.",
    LevelCreated "level.created" Administration "A level was added.",
    LevelUpdated "level.updated" Administration "A level was changed.",
    LoopStarted "loop.started" Team "A loop template version was started for an application.",
    LoopProbeAsked "loop_probe.asked" Administration "The panels of a loop were asked to cover an attribute; they do not learn by whom.",
    LoopProbeWithdrawn "loop_probe.withdrawn" Administration "What the panels were asked to cover was taken back.",
    LoopTemplateCreated "loop_template.created" Administration "A loop template was added.",
    LoopTemplateUpdated "loop_template.updated" Administration "A loop template was renamed, archived or taken back into use.",
    LoopTemplateVersionDrafted "loop_template_version.drafted" Administration "A version of a loop template was drafted.",
    LoopTemplateVersionPublished "loop_template_version.published" Administration "A version of a loop template was published.",
    LoopTemplateVersionUpdated "loop_template_version.updated" Administration "A draft of a loop template was changed.",
    NoteAdded "note.added" PrivateNote "Somebody wrote a note about a candidate.",
    NoteRemoved "note.removed" PrivateNote "Somebody removed a note of theirs.",
    NoteUpdated "note.updated" PrivateNote "Somebody changed a note of theirs.",
    OfferAccepted "offer.accepted" Compensation "The candidate accepted.",
    OfferCreated "offer.created" Compensation "An offer was drafted.",
    OfferDeclined "offer.declined" Compensation "The candidate declined.",
    OfferExtended "offer.extended" Compensation "An approved version was extended to the candidate.",
    OfferRescinded "offer.rescinded" Compensation "An offer was taken back.",
    OfferVersionCreated "offer_version.created" Compensation "An offer got a new version of its terms.",
    OfficeCreated "office.created" Administration "An office was added.",
    OfficeUpdated "office.updated" Administration "An office was changed.",
    OpeningClosed "opening.closed" Team "An opening was closed without a hire.",
    OpeningCreated "opening.created" Team "A head was added to a job.",
    OpeningFilled "opening.filled" Team "An opening was filled.",
    OpeningReleased "opening.released" Team "A reserved opening was given free.",
    OpeningReserved "opening.reserved" Team "An opening was reserved for an offer.",
    OpeningUpdated "opening.updated" Team "Fields of an opening changed.",
    OrganizationSetUp "organization.set_up" Administration "The organization and its first owner were made.",
    OrganizationUpdated "organization.updated" Administration "The organization was changed.",
    PanelistAssigned "panelist.assigned" Team "Somebody was put on a panel.",
    PanelistRemoved "panelist.removed" Team "Somebody was taken off a panel.",
    PanelistResponded "panelist.responded" Team "Somebody said whether they come to an interview.",
    PanelistWaived "panelist.waived" Team "A scorecard is no longer owed.",
    PasswordResetRequested "password_reset.requested" Administration "Somebody asked for a new password, for an account or for none.",
    PayBandCreated "pay_band.created" Administration "A pay band was added.",
    PayBandUpdated "pay_band.updated" Administration "A pay band was changed.",
    PayZoneCreated "pay_zone.created" Administration "A pay zone was added.",
    PayZoneUpdated "pay_zone.updated" Administration "A pay zone was changed.",
    PipelineReplaced "pipeline.replaced" Team "A job got other stages.",
    PoolCreated "pool.created" Administration "A pool of interviewers was added.",
    PoolUpdated "pool.updated" Administration "A pool of interviewers was changed.",
    PoolMemberAdded "pool_member.added" Administration "Somebody was put into a pool.",
    PoolMemberPromoted "pool_member.promoted" Administration "Somebody held enough interviews for the next step of their training.",
    PoolMemberRemoved "pool_member.removed" Administration "Somebody left a pool.",
    PoolMemberUpdated "pool_member.updated" Administration "Somebody joined a pool as invited, stands elsewhere in it, or pauses.",
    ProposalMade "proposal.made" Sealed "The decider said what they mean to decide.",
    ProspectCreated "prospect.created" Team "A person of interest was noted.",
    ProspectUpdated "prospect.updated" Team "Fields of a prospect changed.",
    QuestionCreated "question.created" Administration "A question was added.",
    QuestionUpdated "question.updated" Administration "A question was worded anew, archived or taken back into use.",
    RejectionReasonCreated "rejection_reason.created" Administration "A rejection reason was added.",
    RejectionReasonUpdated "rejection_reason.updated" Administration "A rejection reason was changed.",
    ResponseSubmitted "response.submitted" Sealed "Somebody of the panel answered what was put to them.",
    RetentionHoldPlaced "retention_hold.placed" Administration "A candidate is to be kept whatever the rules say.",
    RetentionHoldReleased "retention_hold.released" Administration "A candidate need no longer be kept whatever the rules say.",
    RetentionPolicyChanged "retention_policy.changed" Administration "How long candidates are kept got a new version.",
    RetentionRunFinished "retention_run.finished" Administration "A night's look at how long candidates are kept is over.",
    RubricCreated "rubric.created" Administration "A rubric was added.",
    RubricUpdated "rubric.updated" Administration "A rubric was renamed, archived or taken back into use.",
    RubricVersionDrafted "rubric_version.drafted" Administration "A version of a rubric was drafted.",
    RubricVersionPublished "rubric_version.published" Administration "A version of a rubric was published.",
    RubricVersionUpdated "rubric_version.updated" Administration "A draft of a rubric was changed.",
    ScorecardRead "scorecard.read" Sealed "Somebody read another's card for the first time.",
    ScorecardRevised "scorecard.revised" Sealed "The author of a card that is in corrected it.",
    ScorecardStarted "scorecard.started" Team "A draft was begun.",
    ScorecardSubmitted "scorecard.submitted" Team "A scorecard came in.",
    ServiceAccountCreated "service_account.created" Administration "A program that acts for a person was made.",
    ServiceAccountDeactivated "service_account.deactivated" Administration "A service account was shut out.",
    ServiceAccountHandedOver "service_account.handed_over" Administration "A service account got another owner.",
    ServiceAccountReactivated "service_account.reactivated" Administration "A service account was let in again.",
    ServiceAccountUpdated "service_account.updated" Administration "A service account was changed.",
    SessionEnded "session.ended" Administration "A session was signed out or revoked.",
    SessionReuseDetected "session.reuse_detected" Administration "A used refresh token came again, and its session was ended.",
    SessionStarted "session.started" Administration "Somebody signed in.",
    SettingsChanged "settings.changed" Administration "Policy got a new version.",
    SigningKeyCreated "signing_key.created" Administration "A key to sign access tokens was made.",
    SigningKeyRemoved "signing_key.removed" Administration "A key that signed access tokens was removed.",
    SourceCreated "source.created" Administration "A source was added.",
    SourceUpdated "source.updated" Administration "A source was changed.",
    TagCreated "tag.created" Administration "A tag was added.",
    TagMerged "tag.merged" Administration "A tag was merged into another one.",
    TagUpdated "tag.updated" Administration "A tag was renamed, archived or taken back into use.",
    TimeOffCreated "time_off.created" Administration "Somebody will be away.",
    TimeOffRemoved "time_off.removed" Administration "Somebody is not away after all.",
    TimeOffUpdated "time_off.updated" Administration "Somebody is away at another time.",
    UserBrokeGlass "user.broke_glass" Administration "The break-glass owner signed in with a password while passwords are switched off.",
    UserCreated "user.created" Administration "A user was added.",
    UserDeactivated "user.deactivated" Administration "A user was deactivated.",
    UserDigestMade "user.digest_made" PrivateNote "Somebody is sent the digest of their day.",
    UserNotificationsChanged "user.notifications_changed" Administration "Somebody chose how they are told of what.",
    UserPasswordChanged "user.password_changed" Administration "Somebody chose another password.",
    UserReactivated "user.reactivated" Administration "A deactivated user came back.",
    UserSessionsEnded "user.sessions_ended" Administration "Several sessions of a user were ended at once.",
    UserTookOver "user.took_over" Administration "Somebody took over what stood on one who left.",
    UserUpdated "user.updated" Administration "A user was changed.",
    VoteCast "vote.cast" Compensation "An approver voted.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_kinds_are_alphabetical_and_name_a_noun_and_what_happened() {
        let words: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert!(words.is_sorted());
        for word in words {
            assert_eq!(word.split('.').count(), 2, "{word}");
        }
    }
}
