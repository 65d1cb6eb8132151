use serde_json::{Value, json};

use super::allowed::allowed;
use crate::mail::MailKind;
use crate::mail::samples::{self, everything};
use crate::mail::template::{Rendered, probe, render};

fn render_with(kind: MailKind, changes: &Value) -> Rendered {
    let mut variables = everything();
    for (name, value) in changes.as_object().unwrap() {
        variables[name] = value.clone();
    }
    render(kind, &variables).unwrap()
}

/// The mails whose words are ours.
fn ours() -> impl Iterator<Item = MailKind> {
    MailKind::ALL.into_iter().filter(|kind| *kind != MailKind::CandidateMessage)
}

/// Whether there is nothing to open: the layout shows a link only where one is given.
fn leads_nowhere(kind: MailKind) -> bool {
    kind == MailKind::CandidateInterviewCalledOff
}

/// Subject and telling lines of each mail.
#[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
fn expected() -> [(MailKind, &'static str, &'static [&'static str]); 36] {
    [
        (
            MailKind::InterviewAssigned,
            "You are on the panel: Ada Lovelace, Senior Engineer",
            &[
                "Interview:  System design",
                "Starts:     Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
                "Your part:  bar raiser",
                "That takes about three minutes; the day it is due, we remind you.",
            ],
        ),
        (
            MailKind::InterviewScheduled,
            "System design with Ada Lovelace, Senior Engineer",
            &[
                "Starts:     Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
                "Takes:      3 minutes",
                "Where:      Room 3, Berlin",
                "Meeting:    https://meet.acme.test/zoe",
            ],
        ),
        (
            MailKind::InterviewCalledOff,
            "You are off the panel: System design, Senior Engineer",
            &["You are no longer on the panel of this interview, and owe nothing for it:"],
        ),
        (
            MailKind::CandidateInterviewScheduled,
            "Your interview with Acme, Senior Engineer",
            &[
                "your interview with Acme is set.",
                "By phone:   +49 30 5550100",
                "You meet:   Ana, Ben",
                "Join the meeting here:",
            ],
        ),
        (
            MailKind::CandidateInterviewCalledOff,
            "Your interview with Acme does not take place, Senior Engineer",
            &["Was to be:  Thu 25 Mar 2027, 10:00 (Europe/Berlin)"],
        ),
        (
            MailKind::ScorecardDue,
            "Scorecard due: Ada Lovelace, Senior Engineer",
            &[
                "Interview:  System design",
                "Due:        Fri 26 Mar 2027, 18:00 (Europe/Berlin)",
                "Takes:      about 3 minutes",
            ],
        ),
        (
            MailKind::DebriefRevealed,
            "Debrief open: Ada Lovelace, Senior Engineer",
            &["Please read them before the decision is made; ten minutes are usually"],
        ),
        (
            MailKind::DecisionMade,
            "Decision recorded: Ada Lovelace, Senior Engineer",
            &["Nothing is owed. Reading the memo takes about two minutes. The candidate"],
        ),
        (
            MailKind::SetUpForSuccess,
            "For the first days: Ada Lovelace, Senior Engineer",
            &["them wrote down how to set them up for success."],
        ),
        (
            MailKind::ApprovalAsked,
            "Your approval is asked: offer for Ada Lovelace, Senior Engineer",
            &[
                "Step:   Finance",
                "For:    Fia Finance, who delegated it to you",
                "Takes:  about five minutes",
            ],
        ),
        (
            MailKind::OfferApproved,
            "Offer approved: Ada Lovelace, Senior Engineer",
            &[
                "Every approver has agreed to the offer for Ada Lovelace",
                "Next it can be extended to the candidate, which takes about two minutes",
            ],
        ),
        (
            MailKind::SessionReuse,
            "One of your sessions was ended",
            &[
                "Signed in:  Mon 22 Mar 2027, 09:00 (Europe/Berlin)",
                "Ended:      Wed 24 Mar 2027, 16:30 (Europe/Berlin)",
            ],
        ),
        (
            MailKind::Invitation,
            "Olga Owner invites you to hire with Acme",
            &[
                "Olga Owner invites you to join Acme on Evenbar,",
                "Joining takes about two minutes. The link is for you alone, works once,",
                "and ends Thu 1 Apr 2027, 10:00 (Europe/Berlin).",
            ],
        ),
        (
            MailKind::PasswordReset,
            "Choose another password for Evenbar",
            &["The link works once, for 3 minutes. If it was not you, there is"],
        ),
        (
            MailKind::PasswordChanged,
            "Your password for Evenbar was changed",
            &["Thu 25 Mar 2027, 10:00 (Europe/Berlin). Whoever was signed in is signed out."],
        ),
        (
            MailKind::GlassBroken,
            "Abe Admin looked behind the glass: Senior Engineer",
            &[
                "Senior Engineer, and can read it for 3 minutes from now.",
                "The only recruiter of this job left.",
            ],
        ),
        (
            MailKind::BreakGlassSignIn,
            "Olga Owner signed in to Evenbar with the break-glass password",
            &[
                "Passwords are switched off at Acme but for one break-glass account.",
                "Olga Owner signed in with it on Thu 25 Mar 2027, 10:00 (Europe/Berlin).",
            ],
        ),
        (
            MailKind::DelegationGiven,
            "Finn Finance votes in the place of Fia Finance for a time",
            &[
                "Finn Finance may vote on offers in the place of Fia Finance.",
                "From:   Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
                "Until:  Mon 29 Mar 2027, 00:00 (Europe/Berlin)",
            ],
        ),
        (
            MailKind::DelegationEnded,
            "Finn Finance no longer votes in the place of Fia Finance",
            &["A delegation was ended before its time: Finn Finance no longer"],
        ),
        (
            MailKind::HandedOver,
            "Lou Leaver left: you take over",
            &["Taken over:  7", "today: others may wait for some of it."],
        ),
        (
            MailKind::LeftBehind,
            "Lou Leaver left: Ada Lovelace, Senior Engineer",
            &[
                "Their seats on panels are free: 2.",
                "You are told because you run this hire. See soon whether somebody has to",
            ],
        ),
        (
            MailKind::AddressRefused,
            "Mail to Ada Lovelace does not arrive",
            &[
                "the mail server takes no mail to the address of Ada Lovelace. What",
                "another way, and put in the right address: mails then go there.",
            ],
        ),
        (
            MailKind::ChatStopped,
            "Notices no longer reach your chat",
            &["your chat at hooks.chat.test takes no notices any more, and none is tried."],
        ),
        (
            MailKind::NoteMentioned,
            "Abe Admin named you in a note about Ada Lovelace",
            &["Abe Admin named you in a note about Ada Lovelace. What it"],
        ),
        (
            MailKind::PanelistDeclined,
            "Pia Panelist cannot come: Ada Lovelace, Senior Engineer",
            &[
                "Starts:      Thu 25 Mar 2027, 10:00 (Europe/Berlin)",
                "They owe a scorecard until somebody else takes their place or they are",
            ],
        ),
        (
            MailKind::ScorecardHandedIn,
            "Rita Recruiter handed in your scorecard: Ada Lovelace, Senior Engineer",
            &[
                "Interview:  System design",
                "Please read what stands there; that takes about two minutes. You can",
            ],
        ),
        (
            MailKind::TimeAsked,
            "Choose a time for your interview: Senior Engineer",
            &[
                "(Senior Engineer). It takes 3 minutes.",
                "By:  Thu 1 Apr 2027, 10:00 (Europe/Berlin)",
            ],
        ),
        (
            MailKind::CandidateAnswered,
            "Ada Lovelace asks for another time: System design, Senior Engineer",
            &[
                "Interview:  System design",
                "What to do next: choose one of the times that they gave, and schedule the",
            ],
        ),
        (
            MailKind::DebriefQuestion,
            "A question for you: Ada Lovelace, Senior Engineer",
            &[
                "Answer by:  Fri 26 Mar 2027, 18:00 (Europe/Berlin)",
                "Takes:      about five minutes",
            ],
        ),
        (
            MailKind::DebriefStalled,
            "Scorecards are missing: Ada Lovelace, Senior Engineer",
            &["There are four ways on: wait longer, waive a card with a reason, put"],
        ),
        (
            MailKind::DecisionAwaited,
            "Your decision: Ada Lovelace, Senior Engineer",
            &["Decide by:  Fri 26 Mar 2027, 18:00 (Europe/Berlin)"],
        ),
        (
            MailKind::AgreementAsked,
            "Do you agree? Ada Lovelace, Senior Engineer",
            &["Answer by:  Fri 26 Mar 2027, 18:00 (Europe/Berlin)"],
        ),
        (
            MailKind::AgreementEscalated,
            "A decision of Dana Decider finds no agreement",
            &["You are told as the manager of Dana Decider. Nothing is owed. The"],
        ),
        (
            MailKind::SignalAsked,
            "More is to be found out: Ada Lovelace, Senior Engineer",
            &["needs a panel and a time."],
        ),
        (
            MailKind::DissentAsked,
            "You may add your view: Ada Lovelace, Senior Engineer",
            &["Until:      Fri 26 Mar 2027, 18:00 (Europe/Berlin)"],
        ),
        (
            MailKind::Digest,
            "2 things are with you, 1 of them overdue",
            &[
                "What you owe:",
                "* Scorecard: System design (overdue)",
                "  Grace Hopper, Compiler Engineer",
                "  https://evenbar.acme.test/l/def",
                "What others owe, in debriefs that you drive:",
                "* Ben: Debugging",
                "* Decision recorded: Grace Hopper",
                "And 4 more, in your queue.",
            ],
        ),
    ]
}

#[test]
fn each_mail_says_whose_move_it_is_how_long_it_takes_and_by_when() {
    for (kind, subject, lines) in expected() {
        let mail = render(kind, &everything()).unwrap();
        assert_eq!(mail.subject, subject);
        for line in lines {
            assert!(mail.text.lines().any(|found| found == *line), "{line}\n{}", mail.text);
        }
        assert!(mail.text.starts_with("Hello Zoë,\n\n"), "{}", mail.text);
        let link =
            if leads_nowhere(kind) { "" } else { "\nhttps://evenbar.acme.test/l/abc?x=1&y=2\n" };
        let end = format!("{link}\n-- \nSent by Evenbar for Acme.\n");
        assert!(mail.text.contains(&end), "{}", mail.text);
        let end = if kind.is_for_candidates() { "for Acme.\n" } else { "link.\n" };
        assert!(!mail.text.contains("\n\n\n") && mail.text.ends_with(end), "{}", mail.text);
        for (variable, value) in
            [("candidate_name", "Ada Lovelace"), ("job_title", "Senior Engineer")]
        {
            assert_eq!(mail.html.contains(value), allowed(kind).contains(&variable));
        }
    }
}

#[test]
fn templates_print_the_listed_variables_and_nothing_else() {
    for kind in MailKind::ALL {
        for variable in probe::variables(kind) {
            assert!(
                allowed(kind).contains(&variable.as_str()),
                "{} prints {variable}",
                kind.slug()
            );
        }
    }
}

/// What a candidate can say.
const SAID: [&str; 4] = ["slot", "availability", "another_time", "cannot_come"];

#[test]
fn a_missing_placeholder_is_an_error_that_names_the_template() {
    for kind in ours() {
        for missing in allowed(kind) {
            let mut variables = everything();
            variables.as_object_mut().unwrap().remove(missing);
            // A template that says one of several things names what each of them needs.
            let mut said = SAID.iter().filter_map(|said| {
                if let Some(switch) = variables.get_mut("said") {
                    *switch = json!(said);
                }
                render(kind, &variables).err()
            });
            let error = said.next().unwrap().to_string();
            assert!(error.contains("undefined value in "), "{error}");
            assert!(!error.contains("Ada"), "{error}");
        }
        assert!(render(kind, &()).is_err());
    }
}

#[test]
fn html_is_escaped_there_and_left_alone_in_the_text() {
    for kind in ours() {
        let mail = render_with(
            kind,
            &json!({
                "recipient_name": "<b onload=\"x\">O'Neil & Co</b>",
                "candidate_name": "<b onload=\"x\">O'Neil & Co</b>",
                "organization_name": "<img src=https://evil.test/x.png>",
            }),
        );
        assert!(!mail.html.contains("<b ") && !mail.html.contains("<img"), "{}", mail.html);
        assert!(mail.html.contains("&lt;b onload=&quot;x&quot;&gt;O&#x27;Neil &amp; Co&lt;"));
        assert!(mail.text.contains("<b onload=\"x\">O'Neil & Co</b>"), "{}", mail.text);
        assert_eq!(
            mail.subject.contains("O'Neil & Co"),
            allowed(kind).contains(&"candidate_name"),
            "{}",
            mail.subject
        );
    }
}

#[test]
fn a_name_with_line_breaks_adds_no_line_anywhere() {
    for kind in MailKind::ALL {
        let name = "Ada\r\n\r\nYour approval is withdrawn.\n\u{2028}Bcc: x";
        let names = json!({ "recipient_name": name, "candidate_name": name, "job_title": name });
        let mail = render_with(kind, &names);
        let plain = render(kind, &everything()).unwrap();
        assert_eq!(mail.text.lines().count(), plain.text.lines().count());
        assert_eq!(mail.html.lines().count(), plain.html.lines().count());
        assert_eq!(mail.subject.lines().count(), 1);
    }
}

#[test]
fn html_asks_the_network_for_nothing_and_links_once_by_button_and_once_in_full() {
    for kind in ours() {
        let html = render(kind, &everything()).unwrap().html;
        for request in ["src=", "url(", "@import", "<link", "<img", "<script", "<iframe"] {
            assert!(!html.contains(request), "{} has {request}", kind.slug());
        }
        // A digest leads to each thing that it names as well.
        let links = if kind == MailKind::Digest {
            4
        } else if leads_nowhere(kind) {
            1
        } else {
            2
        };
        assert_eq!(html.matches("href=\"https:&#x2f;&#x2f;evenbar.acme.test").count(), links);
        assert!(html.contains("prefers-color-scheme: dark") && html.contains("width=device-width"));
    }
}

#[test]
fn only_those_who_owe_a_scorecard_are_asked_for_one() {
    let text = |slot: &str| render_with(MailKind::InterviewAssigned, &json!({ "slot": slot })).text;
    for slot in ["lead", "second", "bar_raiser"] {
        assert!(text(slot).contains("please hand in your scorecard"), "{slot}");
    }
    assert!(text("shadow").contains("takes no part in the decision."));
    assert!(text("observer").contains("Nothing is owed afterwards."));
}

#[test]
fn one_minute_is_singular() {
    let mail = render_with(MailKind::ScorecardDue, &json!({ "minutes": 1 }));
    assert!(mail.text.contains("about 1 minute\n") && mail.html.contains("about 1 minute<"));
}

#[test]
fn a_candidate_reads_nothing_of_our_own_rules_and_no_link_that_there_is_not() {
    let changes = json!({ "link": "" });
    let mail = render_with(MailKind::CandidateInterviewScheduled, &changes);
    assert!(mail.text.ends_with("\n-- \nSent by Evenbar for Acme.\n"), "{}", mail.text);
    assert!(!mail.html.contains("Ratings") && !mail.html.contains("If the button"));
    assert!(!mail.text.contains("Join") && !mail.html.contains("Join"));
}

#[test]
fn the_sample_of_every_kind_is_a_whole_mail_that_asks_nobody_for_anything() {
    for kind in MailKind::ALL {
        let mail = render(kind, &samples::of(kind, "Analytical Engines")).unwrap();
        assert!(!mail.subject.is_empty() && mail.text.contains("Analytical Engines"), "{kind:?}");
        for asking in
            ["<img", "<script", "<link", "<iframe", "src=", "url(", "@import", "http-equiv"]
        {
            assert!(!mail.html.contains(asking), "{kind:?}: {asking}");
        }
    }
}

#[test]
fn what_somebody_wrote_to_a_candidate_stands_there_as_it_was_written() {
    let mail = render(MailKind::CandidateMessage, &samples::of(MailKind::CandidateMessage, "Acme"))
        .unwrap();
    assert_eq!(mail.subject, "Your application as Senior Engineer");
    let text = "Dear Zoë,\n\nthank you for the time that you took.\n\nKind regards\nRita Recruiter\n\n-- \n";
    assert_eq!(mail.text, format!("{text}Sent by Evenbar for Acme.\n"));
    assert!(mail.html.contains("<p>Kind regards<br>Rita Recruiter</p>"), "{}", mail.html);
    assert!(!mail.html.contains("href=") && mail.html.contains("<html lang=\"en\">"));
    let linked = json!([["Here: https://meet.acme.test/a?b=1&c=2 javascript:alert(1)"]]);
    let changes = json!({ "paragraphs": linked, "link": "" });
    let html = render_with(MailKind::CandidateMessage, &changes).html;
    assert_eq!(html.matches("href=").count(), 1);
    assert!(
        html.contains("href=\"https:&#x2f;&#x2f;meet.acme.test&#x2f;a?b=1&amp;c=2\">"),
        "{html}"
    );
    let hostile =
        json!([["Dear\r\n\u{202E}Bcc: x", "<img src=x onerror=\"y\"> {{ organization_name }}"]]);
    let mail = render_with(
        MailKind::CandidateMessage,
        &json!({ "paragraphs": hostile, "language": "de", "link": "" }),
    );
    assert!(
        mail.text
            .starts_with("Dear Bcc: x\n<img src=x onerror=\"y\"> {{ organization_name }}\n\n-- \n")
    );
    assert!(
        !mail.html.contains("<img") && mail.html.contains("<html lang=\"de\">"),
        "{}",
        mail.html
    );
}
