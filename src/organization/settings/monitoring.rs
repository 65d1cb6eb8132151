//! The monitoring statement: what is recorded about the people who work with this, in plain words.
//!
//! A test compares [`SECTIONS`] with the migrations and the registry of personal data, so that no table
//! that tells of staff is forgotten.

use std::fmt::Write;

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Escalation, PeopleMetrics, Policy, store};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Ctx, Shown};

/// Something that is recorded about the people who work with this.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct MonitoringSection {
    #[schema(example = "Signing in")]
    title: &'static str,
    /// What is recorded.
    #[schema(example = "When you signed in, from which address and with which browser.")]
    recorded: &'static str,
    /// What for.
    #[schema(example = "So that you see whether somebody else used your account.")]
    purpose: &'static str,
    /// For how long.
    #[schema(example = "As long as your account exists.")]
    kept: &'static str,
    /// Who sees it.
    #[schema(example = "You.")]
    seen_by: &'static str,
    /// The tables that hold it, for those who run the service.
    tables: &'static [&'static str],
}

/// What is recorded about the people who work with this, and what is measured.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonitoringStatement {
    /// What is measured about the work of people here.
    people_metrics: PeopleMetrics,
    /// Who is told that a scorecard of yours is late.
    escalation: Escalation,
    /// Why that was last widened.
    people_metrics_reason: Option<String>,
    sections: Vec<MonitoringSection>,
    /// The whole statement as Markdown.
    text: String,
}

const STAYS: &str = "As long as your account exists. Erasing your account empties what is about you in \
    person; that something was done, and when, stays.";
const HISTORY: &str = "As long as the application that it belongs to; words about candidates go when the \
    candidate is erased.";

/// Everything that is recorded, by occasion.
const SECTIONS: &[MonitoringSection] = &[
    MonitoringSection {
        title: "Your account",
        recorded: "Your name, work address, role, time zone and language, who your manager is, for which \
            agency you work if you do, whether your account is active, a hash of your password but \
            never the password, your standing room for meetings, and which departments you lead.",
        purpose: "So that you can sign in, others know whom they work with, and times are shown in \
            your zone.",
        kept: STAYS,
        seen_by: "Everybody who works here sees all but the room, which you see and those who see an \
            interview there, and the hash, which nobody sees.",
        tables: &["users", "departments"],
    },
    MonitoringSection {
        title: "Joining",
        recorded: "That you were invited, by whom and when, when you joined, and whom you invited.",
        purpose: "So that nobody has an account here whom nobody let in.",
        kept: STAYS,
        seen_by: "Owners and administrators.",
        tables: &["invitations"],
    },
    MonitoringSection {
        title: "When you work",
        recorded: "Your weekly hours and your calendar of holidays, beside your account, and when you are \
            away. Why you are away is not asked. If you name the address of a calendar of yours: that \
            address, sealed, and when you are busy by it, from yesterday to 400 days ahead, without what it \
            is; when somebody last asked for it.",
        purpose: "So that nobody plans an interview for when you do not work.",
        kept: "As long as your account exists; an absence or a calendar that you remove is gone at once, \
            and your calendar when you leave.",
        seen_by: "You, owners and administrators. Those who schedule see your hours, whether you are \
            away, and when you are busy. The address of your calendar is shown to nobody, and to you as its \
            server and last four characters.",
        tables: &["time_off", "busy_calendars", "busy_intervals"],
    },
    MonitoringSection {
        title: "Signing in",
        recorded: "Each sign-in: when it was and how, from which network address, what your browser or \
            device called itself, when it was last renewed, and when it ended. What the organization's \
            identity provider calls you, and when you last came from there. Tokens and links that were \
            made for you, the one to your calendar included, as hashes. For a moment, an address for which a new password was asked.",
        purpose: "So that a stolen token is noticed and a lost device can be signed out.",
        kept: STAYS,
        seen_by: "You; owners and administrators, as long as the device is signed in. Nobody sees tokens \
            and links.",
        tables: &["sessions", "refresh_tokens", "capabilities", "identities", "password_resets"],
    },
    MonitoringSection {
        title: "What you change",
        recorded: "An event for everything that you change: what was done to what, when, by you, and \
            through which sign-in; never the words, ratings or amounts themselves. Which version of \
            the settings you stated.",
        purpose: "So that it can be shown later who did what, and that nobody changed the record.",
        kept: "For good: the events are a chain from which nothing can be taken out. It holds ids, not \
            names.",
        seen_by: "Owners, administrators and recruiters, each as far as they may see what it is about.",
        tables: &["events", "settings_versions"],
    },
    MonitoringSection {
        title: "Repeated requests",
        recorded: "That you sent a request with an idempotency key, and what it made.",
        purpose: "So that a request that is sent twice does its work once.",
        kept: "72 hours.",
        seen_by: "Nobody.",
        tables: &["idempotency_keys"],
    },
    MonitoringSection {
        title: "Programs of yours",
        recorded: "The service accounts that act for you and their keys: what they may do, who issued them, and \
            when and from which address each was last used.",
        purpose: "So that you and those who look after this see which programs act with your reach.",
        kept: STAYS,
        seen_by: "You, owners and administrators.",
        tables: &["service_accounts", "api_keys"],
    },
    MonitoringSection {
        title: "Views that you keep",
        recorded: "The questions that you keep by a name, and whether everybody is shown them. That you took a list \
            along as a file, and when.",
        purpose: "So that you and others need not ask anew, and it is known who has data outside of this.",
        kept: STAYS,
        seen_by: "You; everybody who works here what you share; owners and administrators that you exported.",
        tables: &["saved_views"],
    },
    MonitoringSection {
        title: "Your part in hiring",
        recorded: "On which hiring teams you are and in which role, which applications and prospects \
            you look after, whom you named, which loops you started, which notes you wrote and which name you, what you wrote to candidates and when, and whom you moved, rejected, reopened, \
            withdrew or hired, and when.",
        purpose: "So that it is clear whose move it is, and who decided what.",
        kept: HISTORY,
        seen_by: "Those who may read the job or the application.",
        tables: &[
            "hiring_team_members",
            "applications",
            "prospects",
            "prospect_moves",
            "notes",
            "note_mentions",
            "search_texts",
            "candidate_messages",
            "loops",
            "application_moves",
            "application_batches",
            "rejections",
            "withdrawals",
            "reopenings",
            "hires",
        ],
    },
    MonitoringSection {
        title: "Interviews and scorecards",
        recorded: "On which panels you sit and since when, and whether an interview meets in your room; your scorecards with their words and ratings, \
            when you began, saved and submitted them, or who handed one in for you or you for whom, and why; \
            whether they were late, and your ballots with why they changed. \
            What you answer when a debrief asks you, and what you say to a decision that you see otherwise. \
            Whether a card was waived, and why. Whether you said that you come to an interview, when and why, \
            and why you were booked for two at once, or at a time that does not suit your hours and limits, or \
            offered for one. What you asked a panel to cover besides its kit, and which results of assessments you \
            recorded. Which files you attached to a candidate or a scorecard, and removed.",
        purpose: "So that candidates are judged on evidence, and you are reminded of what is due.",
        kept: HISTORY,
        seen_by: "Others on the application, but nobody who still owes an evaluation of their own. \
            When your card is due is seen by you, and until it is in by those who drive the debrief or \
            recruit; the driver is told when it is late, and your manager that one of yours is late by a \
            working day if you chose so, or if the policy says so. Nobody is shown a list of late people \
            or of what you did, and no panel who asked it to cover something. Others see of your \
            interviews by your name those that are to come.",
        tables: &[
            "panelists",
            "scorecards",
            "interviews",
            "time_requests",
            "ballots",
            "responses",
            "dissents",
            "loop_probes",
            "assessment_results",
            "attachments",
        ],
    },
    MonitoringSection {
        title: "What you interview",
        recorded: "In which pools of interviewers you are, and what you are there: invited, in training or \
            qualified, since when, and until when you pause. For which seats of loop templates you are \
            named. How many interviews a day and a week you take, beside your account, if you say so.",
        purpose: "So that people sit on panels who learned it, and nobody on too many.",
        kept: "As long as your account exists; what you were in a pool that you leave is gone at once.",
        seen_by: "You and those who schedule see your pools and what you are there, you and those who \
            look after pools how far you are. Your limits are shown to you alone: whoever schedules is \
            told that you reached one, and never how many interviews you have. Whom they are suggested \
            comes in the order of who was asked least of late.",
        tables: &["pool_members", "panel_slot_people"],
    },
    MonitoringSection {
        title: "What you read",
        recorded: "The first time that you read somebody else's scorecard or the result of an assessment: which, when, and whether your own \
            was in by then. If you look as the decider before the reveal: when, and why. Other reading is not \
            recorded.",
        purpose: "So that it can be shown that judgements were made independently of each other.",
        kept: HISTORY,
        seen_by: "Whoever may read the cards of a debrief sees, once they are revealed, what each author \
            had read before handing in their own. That you looked before the reveal, as the decider, is \
            seen by everybody who may read the debrief.",
        tables: &["scorecard_reads", "assessment_reads", "debrief_peeks"],
    },
    MonitoringSection {
        title: "Looking where you have no part",
        recorded: "If you are an owner or administrator: into which job you looked without a part in it, \
            when, until when, and the reason that you gave.",
        purpose: "So that nobody looks at what candidates wrote and interviewers judged unnoticed.",
        kept: "For good.",
        seen_by: "Owners and administrators; whoever drives the job and every other owner are told by \
            mail at once.",
        tables: &["break_glass"],
    },
    MonitoringSection {
        title: "If you apply here",
        recorded: "That a candidate is you, where somebody said so.",
        purpose: "So that you are never shown your own file.",
        kept: "Until the candidate is erased.",
        seen_by: "Those who may read how the candidate is reached.",
        tables: &["candidates"],
    },
    MonitoringSection {
        title: "How long candidates are kept",
        recorded: "If you look after this: whom you anonymized, held back from it or exported, and why, and which \
            rules you stated.",
        purpose: "So that nobody's data is destroyed, kept or handed out unnoticed.",
        kept: "For good; your words about a hold go when the candidate is anonymized.",
        seen_by: "Owners, administrators and recruiters.",
        tables: &["anonymizations", "retention_holds", "retention_policies"],
    },
    MonitoringSection {
        title: "Decisions and approvals",
        recorded: "Which debriefs you decide or drive, or have to agree to; your decisions with their memos or reasons, what \
            you proposed, whether you agreed to it and why not, and what you asked to find out first; which offers you \
            wrote and submitted, which approvals you were asked for, your votes with their words, and \
            when. Whom you let vote in your place or vote for, from when to when, and who of the two \
            cast a vote.",
        purpose: "So that hiring and pay are decided in the open by those who answer for it.",
        kept: HISTORY,
        seen_by: "Those who may read the debrief or the offer.",
        tables: &[
            "debriefs",
            "decisions",
            "light_decisions",
            "debrief_agreers",
            "proposals",
            "agreements",
            "signal_requests",
            "debrief_rounds",
            "offer_versions",
            "approval_chain_members",
            "approval_runs",
            "approval_step_members",
            "votes",
            "delegations",
        ],
    },
    MonitoringSection {
        title: "Mails to you",
        recorded: "Which mail or notice in your chat is owed to you, when it was sent, and what the server \
            said if it failed. Whether you opened it is not recorded. How you chose to be told of what; if \
            you name the address of a chat: that address, sealed, and whether it takes notices.",
        purpose: "So that no notice is lost, and none is sent twice.",
        kept: STAYS,
        seen_by: "Owners and administrators, without the text of the mail; what you chose, you alone. \
            The address of your chat is shown to nobody, and to you as its server and last four characters.",
        tables: &["deliveries", "notification_preferences", "chat_addresses"],
    },
];

impl MonitoringStatement {
    fn of(policy: Policy, reason: Option<String>) -> Self {
        Self {
            text: markdown(policy, reason.as_deref()),
            people_metrics: policy.people_metrics,
            escalation: policy.escalation,
            people_metrics_reason: reason,
            sections: SECTIONS.to_vec(),
        }
    }
}

/// What a policy of measuring means.
const fn measured(metrics: PeopleMetrics) -> &'static str {
    match metrics {
        PeopleMetrics::Off => "Nothing is measured about anybody's work.",
        PeopleMetrics::OwnOnly => {
            "Figures about your own work are shown to you alone, when you ask: how many scorecards you \
             handed in and how many in time, what they recommend, how often you changed your mind in a \
             debrief and moved toward what most others said, and how many interviews you were in each week. \
             They are worked out at that moment and not kept. Nobody sees another's."
        }
        PeopleMetrics::Aggregate => {
            "Figures about your own work are shown to you alone, when you ask: how many scorecards you \
             handed in and how many in time, what they recommend, how often you changed your mind in a \
             debrief and moved toward what most others said, and how many interviews you were in each week. \
             The same figures, but for the weeks, are shown to owners, administrators and recruiters about \
             all together and about departments, of quarters that are over, where five people and more \
             contributed. They are worked out at that moment and not kept; nobody is listed by name."
        }
    }
}

/// What a policy of escalation means.
const fn told(escalation: Escalation) -> &'static str {
    match escalation {
        Escalation::Driver => {
            "That a scorecard of yours is late is told to whoever drives its debrief; to your manager only if \
             you chose so."
        }
        Escalation::Manager => {
            "That a scorecard of yours is late is told to whoever drives its debrief and, once it is late by a \
             working day, to your manager."
        }
    }
}

fn markdown(policy: Policy, reason: Option<&str>) -> String {
    let mut text = "# What is recorded about you\n\n## What is measured\n\n".to_owned();
    text.push_str(measured(policy.people_metrics));
    text.push('\n');
    // Writing to a string cannot fail.
    if let Some(reason) = reason {
        let _ = write!(text, "\nThe reason that was given: {reason}\n");
    }
    let _ = write!(text, "\n{}\n", told(policy.escalation));
    for section in SECTIONS {
        let MonitoringSection { title, recorded, purpose, kept, seen_by, .. } = section;
        let _ = write!(
            text,
            "\n## {title}\n\n- **What:** {recorded}\n- **Why:** {purpose}\n- **How long:** {kept}\n\
             - **Who sees it:** {seen_by}\n"
        );
    }
    text
}

/// Get the monitoring statement
///
/// What is recorded about the people who work with this, what for, for how long, and who sees it.
/// Everybody who signed in reads it, people of agencies too.
#[utoipa::path(
    operation_id = "getMonitoringStatement", tag = "organization",
    responses((status = 200, description = "The statement.", body = MonitoringStatement)),
)]
#[get("/settings/monitoring-statement")]
pub async fn get_monitoring_statement(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(|conn, _| show(conn)).await
}

fn show(conn: &mut Conn) -> Result<Shown<MonitoringStatement>> {
    let row = store::newest(conn)?.ok_or_else(Error::not_found)?;
    let policy: Policy = row.settings.read()?;
    let value = MonitoringStatement::of(policy, row.people_metrics_reason);
    Ok(Shown { version: row.number, value })
}
