//! Which variables each mail may print.

use crate::mail::MailKind;

/// By kind, with those of every mail.
#[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
pub(super) fn allowed(kind: MailKind) -> Vec<&'static str> {
    let own: &[&str] = match kind {
        MailKind::InterviewAssigned => {
            &["candidate_name", "job_title", "kit_name", "starts_at_local", "slot"]
        }
        MailKind::InterviewScheduled => &[
            "candidate_name",
            "job_title",
            "kit_name",
            "starts_at_local",
            "minutes",
            "changed",
            "meeting_url",
            "location",
            "dial_in",
        ],
        MailKind::InterviewCalledOff => &["job_title", "kit_name", "starts_at_local", "why"],
        MailKind::CandidateInterviewScheduled => {
            &["job_title", "starts_at_local", "minutes", "changed", "location", "dial_in", "panel"]
        }
        MailKind::CandidateInterviewCalledOff => &["job_title", "starts_at_local", "why"],
        MailKind::ScorecardDue => {
            &["candidate_name", "job_title", "kit_name", "due_at_local", "minutes"]
        }
        MailKind::ApprovalAsked => &["candidate_name", "job_title", "step_name", "in_place_of"],
        MailKind::DebriefRevealed
        | MailKind::DebriefStalled
        | MailKind::DecisionMade
        | MailKind::SetUpForSuccess
        | MailKind::SignalAsked
        | MailKind::OfferApproved => &["candidate_name", "job_title"],
        MailKind::DebriefQuestion
        | MailKind::DecisionAwaited
        | MailKind::AgreementAsked
        | MailKind::DissentAsked => &["candidate_name", "job_title", "due_at_local"],
        MailKind::AgreementEscalated => &["decider_name"],
        MailKind::Digest => &["headline", "owed", "late", "escalated", "news", "more"],
        MailKind::AddressRefused => &["candidate_name"],
        MailKind::ChatStopped => &["chat_host"],
        MailKind::NoteMentioned => &["actor_name", "candidate_name"],
        MailKind::SessionReuse => &["signed_in_at_local", "ended_at_local"],
        MailKind::Invitation => &["inviter_name", "expires_at_local"],
        MailKind::PasswordReset => &["minutes"],
        MailKind::PasswordChanged => &["changed_at_local"],
        MailKind::GlassBroken => &["actor_name", "job_title", "reason", "minutes"],
        MailKind::BreakGlassSignIn => &["owner_name", "broken_at_local"],
        MailKind::DelegationGiven => {
            &["giver_name", "delegate_name", "starts_at_local", "ends_at_local"]
        }
        MailKind::DelegationEnded => &["giver_name", "delegate_name"],
        MailKind::HandedOver => &["leaver_name", "count"],
        MailKind::LeftBehind => &["leaver_name", "candidate_name", "job_title", "what"],
        MailKind::PanelistDeclined => {
            &["panelist_name", "candidate_name", "job_title", "kit_name", "slot", "starts_at_local"]
        }
        MailKind::ScorecardHandedIn => {
            &["submitter_name", "candidate_name", "job_title", "kit_name"]
        }
        MailKind::CandidateMessage => &["subject_line", "paragraphs"],
        MailKind::TimeAsked => &["job_title", "asked", "minutes", "expires_at_local"],
        MailKind::CandidateAnswered => {
            &["candidate_name", "job_title", "kit_name", "said", "starts_at_local", "windows"]
        }
    };
    let all = ["recipient_name", "link", "organization_name", "unsubscribe"];
    all.into_iter().chain(own.iter().copied()).collect()
}
