//! Invented facts for every mail: for whoever looks at mails before anybody gets one, and for tests.

use serde_json::{Value, json};

use super::MailKind;

/// The facts of a sample of a kind, as that kind usually has them; `organization_name` is the reader's.
pub fn of(kind: MailKind, organization_name: &str) -> Value {
    let mut facts = everything();
    let mut set = |name: &str, value: Value| {
        if let Some(fact) = facts.get_mut(name) {
            *fact = value;
        }
    };
    set("organization_name", json!(organization_name));
    match kind {
        MailKind::InterviewScheduled
        | MailKind::CandidateInterviewScheduled
        | MailKind::GlassBroken
        | MailKind::PasswordReset
        | MailKind::TimeAsked => set("minutes", json!(60)),
        MailKind::InterviewCalledOff | MailKind::CandidateInterviewCalledOff => {
            set("why", json!("off"));
        }
        MailKind::ApprovalAsked => set("in_place_of", json!("")),
        MailKind::Digest | MailKind::ScorecardDue => {
            set("unsubscribe", json!("https://evenbar.acme.test/l/ghi"));
        }
        MailKind::InterviewAssigned
        | MailKind::DebriefRevealed
        | MailKind::DecisionMade
        | MailKind::OfferApproved
        | MailKind::SessionReuse
        | MailKind::Invitation
        | MailKind::PasswordChanged
        | MailKind::BreakGlassSignIn
        | MailKind::DelegationGiven
        | MailKind::DelegationEnded
        | MailKind::HandedOver
        | MailKind::LeftBehind
        | MailKind::PanelistDeclined
        | MailKind::ScorecardHandedIn
        | MailKind::CandidateAnswered
        | MailKind::DebriefQuestion
        | MailKind::DebriefStalled
        | MailKind::DecisionAwaited
        | MailKind::DissentAsked
        | MailKind::SetUpForSuccess
        | MailKind::AddressRefused
        | MailKind::AgreementAsked
        | MailKind::AgreementEscalated
        | MailKind::SignalAsked
        | MailKind::ChatStopped
        | MailKind::NoteMentioned
        | MailKind::CandidateMessage => {}
    }
    if matches!(kind, MailKind::CandidateInterviewCalledOff | MailKind::CandidateMessage) {
        // There is nothing to open.
        set("link", json!(""));
    }
    facts
}

/// Every variable that any mail may print; a rating, an outcome or an amount is none of them.
pub fn everything() -> Value {
    let mut everything = of_single_mails();
    let digest = json!({
        "headline": "2 things are with you, 1 of them overdue",
        "owed": [{
            "what": "Scorecard: System design", "about": "Grace Hopper, Compiler Engineer",
            "when": "Due Fri 26 Mar 2027, 18:00 (Europe/Berlin)", "is_overdue": true, "minutes": 3,
            "link": "https://evenbar.acme.test/l/def",
        }],
        "late": [{
            "who": "Ben", "what": "Debugging", "about": "Grace Hopper, Compiler Engineer",
            "when": "Was due Thu 25 Mar 2027, 18:00 (Europe/Berlin)",
        }],
        "escalated": [{
            "who": "Cyd", "what": "a scorecard", "about": "A hire that you have no part in",
            "when": "Was due Wed 24 Mar 2027, 18:00 (Europe/Berlin)",
        }],
        "news": [{ "what": "Decision recorded: Grace Hopper", "link": "https://evenbar.acme.test/d/1" }],
        "more": 4,
    });
    let message = json!({
        "subject_line": "Your application as Senior Engineer",
        "paragraphs": [
            ["Dear Zoë,"], ["thank you for the time that you took."], ["Kind regards", "Rita Recruiter"],
        ],
        "language": "en",
    });
    for own in [digest, message] {
        if let (Some(all), Value::Object(own)) = (everything.as_object_mut(), own) {
            all.extend(own);
        }
    }
    everything
}

fn of_single_mails() -> Value {
    json!({
        "recipient_name": "Zoë",
        "link": "https://evenbar.acme.test/l/abc?x=1&y=2",
        "organization_name": "Acme",
        "unsubscribe": "",
        "candidate_name": "Ada Lovelace",
        "job_title": "Senior Engineer",
        "kit_name": "System design",
        "slot": "bar_raiser",
        "due_at_local": "Fri 26 Mar 2027, 18:00 (Europe/Berlin)",
        "minutes": 3,
        "changed": false,
        "why": "removed",
        "meeting_url": "https://meet.acme.test/zoe",
        "location": "Room 3, Berlin",
        "dial_in": "+49 30 5550100",
        "panel": "Ana, Ben",
        "decider_name": "Dana Decider",
        "step_name": "Finance",
        "in_place_of": "Fia Finance",
        "giver_name": "Fia Finance",
        "delegate_name": "Finn Finance",
        "starts_at_local": "Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
        "ends_at_local": "Mon 29 Mar 2027, 00:00 (Europe/Berlin)",
        "leaver_name": "Lou Leaver",
        "count": 7,
        "what": "Their seats on panels are free: 2.",
        "signed_in_at_local": "Mon 22 Mar 2027, 09:00 (Europe/Berlin)",
        "ended_at_local": "Wed 24 Mar 2027, 16:30 (Europe/Berlin)",
        "inviter_name": "Olga Owner",
        "actor_name": "Abe Admin",
        "reason": "The only recruiter of this job left.",
        "expires_at_local": "Thu 1 Apr 2027, 10:00 (Europe/Berlin)",
        "changed_at_local": "Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
        "owner_name": "Olga Owner",
        "panelist_name": "Pia Panelist",
        "submitter_name": "Rita Recruiter",
        "asked": "slots",
        "said": "another_time",
        "chat_host": "hooks.chat.test",
        "windows": true,
        "broken_at_local": "Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
    })
}
