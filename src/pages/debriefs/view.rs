//! What the page of a debrief shows.

use serde::Serialize;

use super::agreed::{Proposed, agreers, proposed};
use super::decided::{Decided, decided};
use super::drive::{Drive, drive};
use super::forms::{self, answer_field};
use super::judged::{Assessed, Attribute, Card, Voter, assessed, attributes, cards, voters};
use super::light::{Light, light};
use super::memo::{self, concern_field, finding_field};
use super::packet::Packet;
use super::round::{Again, again};
use super::talk::{Finding, Said, findings, said};
use crate::debriefs::{DebriefState, DebriefWay, Outcome, Telling, words};
use crate::ids::UserId;
use crate::loops::coverage::CoverageState;
use crate::loops::coverage::api::LoopCoverage;
use crate::loops::templates::Priority;
use crate::notifications::local;
use crate::pages::form::Form;
use crate::pages::scorecard_path;
use crate::scorecards::Recommendation;

/// What the template reads.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a form is on the page")]
pub(super) struct View<'p> {
    path: String,
    candidate_name: &'p str,
    job_title: &'p str,
    round: i32,
    state: String,
    decider: &'p str,
    driver: &'p str,
    /// Where it stands, in sentences.
    status: Vec<String>,
    /// The cards that the reader owes: where each is filled in, and what its kit is called.
    owed: Vec<(String, &'p str)>,
    peeks: Vec<Peek<'p>>,
    /// What was written on its course: what it is, and the text.
    course: Vec<(&'static str, &'p str)>,
    decision: Option<Decided<'p>>,
    /// What is decided on one card.
    light: Light<'p>,
    /// Those who have to agree, and what was proposed to them.
    agreers: Vec<&'p str>,
    proposed: Vec<Proposed<'p>>,
    findings: Vec<Finding<'p>>,
    comments: Vec<Said<'p>>,
    attributes: Vec<Attribute<'p>>,
    cards: Vec<Card<'p>>,
    voters: Vec<Voter<'p>>,
    assessments: Vec<Assessed<'p>>,
    coverage: Option<Coverage<'p>>,
    /// Whether it shows cards at all.
    is_open: bool,
    responds: bool,
    casts: bool,
    dissents: bool,
    proposes: bool,
    agrees: bool,
    asks: bool,
    decides: bool,
    informs: bool,
    drive: Drive<'p>,
    again: Again,
    choices: Choices<'p>,
    /// What was typed into forms that the page no longer has.
    unsent: Vec<(String, String)>,
}

/// The decider's look before the reveal.
#[derive(Serialize)]
struct Peek<'p> {
    who: &'p str,
    at: String,
    reason: Option<&'p str>,
}

/// What the forms let choose, and which fields they have.
#[derive(Serialize)]
struct Choices<'p> {
    /// The questions that are put to the reader, each with its field.
    questions: Vec<(String, String)>,
    recommendations: Vec<(&'static str, &'static str)>,
    /// Cards of others, and all cards.
    others_cards: Vec<(String, String)>,
    cards: Vec<(String, String)>,
    attributes: Vec<(String, &'p str)>,
    outcomes: Vec<(&'static str, &'static str)>,
    tellings: Vec<(&'static str, &'static str)>,
    levels: Vec<(String, &'p str)>,
    /// How many points there is room for on each side.
    for_rows: usize,
    against_rows: usize,
    concerns: Vec<String>,
    missed: Vec<String>,
}

/// Which interview rates what, and what came of it.
#[derive(Serialize)]
struct Coverage<'p> {
    /// The interviews, each with how many of its cards are in.
    columns: Vec<(&'p str, Option<String>)>,
    /// What is rated, whether it is a must-have, what all say, and what each interview says.
    rows: Vec<(&'p str, bool, &'static str, Vec<Option<&'static str>>)>,
}

/// The view of a packet, with what a form that came back holds.
pub(super) fn of<'p>(packet: &'p Packet, form: &Form) -> View<'p> {
    let debrief = &packet.debrief;
    let peeks = debrief.peeks.iter().map(|peek| Peek {
        who: packet.named.person(peek.user_id),
        at: packet.local(peek.occurred_at),
        reason: peek.reason.as_deref(),
    });
    let owed = packet.owed.iter().map(|(id, kit)| (scorecard_path(*id), kit.as_str()));
    let course = [
        ("Why it went on without cards that are missing", &debrief.forced_reason),
        ("Why it is a meeting", &debrief.meeting_reason),
        ("Notes of the meeting", &debrief.meeting_notes),
    ];
    let origin = debrief.origin.as_ref();
    let origin =
        origin.and_then(|one| Some((words::evidence(one.evidence), one.reason.as_deref()?)));
    let course = course.into_iter().filter_map(|(what, text)| Some((what, text.as_deref()?)));
    View {
        path: super::path_of(debrief.id),
        candidate_name: &packet.named.candidate_name,
        job_title: &packet.named.job_title,
        round: debrief.round,
        state: debrief.state.as_str().replace('_', " "),
        decider: packet.named.person(debrief.decider_id),
        driver: packet.named.person(debrief.driver_id),
        status: status(packet),
        owed: owed.collect(),
        peeks: peeks.collect(),
        course: origin.into_iter().chain(course).collect(),
        decision: decided(packet),
        light: light(packet),
        agreers: agreers(packet),
        proposed: proposed(packet),
        findings: findings(packet),
        comments: said(packet),
        attributes: attributes(packet),
        cards: cards(packet),
        voters: voters(packet),
        assessments: assessed(packet),
        coverage: packet.coverage.as_ref().map(coverage),
        is_open: debrief.cards.is_some(),
        responds: packet.responds(),
        casts: packet.casts(),
        dissents: packet.dissents(),
        proposes: packet.proposes(),
        agrees: packet.agrees(),
        asks: packet.asks(),
        decides: packet.decides(),
        informs: packet.informs(),
        drive: drive(packet),
        again: again(packet),
        choices: choices(packet, form),
        unsent: forms::unsent(packet, form),
    }
}

fn choices<'p>(packet: &'p Packet, form: &Form) -> Choices<'p> {
    let question = |id, kind, attribute: Option<_>| {
        let attribute = attribute.and_then(|id| packet.attribute(id));
        (answer_field(id), words::finding(kind, attribute))
    };
    let asked = packet.asked().map(|one| question(one.id, one.kind, one.attribute_id));
    let card = |card: &crate::debriefs::api::DebriefCard| {
        let named = &packet.named;
        let words = format!("{}, {}", named.person(card.author_id), named.kit(card.interview_id));
        (card.scorecard_id.to_string(), words)
    };
    let all = packet.debrief.cards.iter().flatten();
    let attribute = |one: &'p crate::debriefs::api::DebriefAttribute| {
        (one.attribute_id.to_string(), one.name.as_str())
    };
    Choices {
        questions: asked.collect(),
        recommendations: Recommendation::ALL
            .iter()
            .map(|one| (one.as_str(), words::recommendation(*one)))
            .collect(),
        others_cards: all
            .clone()
            .filter(|card| card.author_id != packet.reader)
            .map(card)
            .collect(),
        cards: all.map(card).collect(),
        attributes: packet.attributes().map(attribute).collect(),
        outcomes: Outcome::ALL.iter().map(|one| (one.as_str(), words::outcome(*one))).collect(),
        tellings: Telling::ALL.iter().map(|one| (one.as_str(), words::telling(*one))).collect(),
        levels: packet.levels.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect(),
        for_rows: memo::rows(form, "for"),
        against_rows: memo::rows(form, "against"),
        concerns: packet.concerns().map(|(card, _)| concern_field(card)).collect(),
        missed: packet.missed().map(|finding| finding_field(finding.id)).collect(),
    }
}

fn coverage(coverage: &LoopCoverage) -> Coverage<'_> {
    let counted = |submitted: Option<i64>, owing: Option<i64>| {
        Some(format!("{} of {} in", submitted?, submitted? + owing?))
    };
    let columns = coverage
        .interviews
        .iter()
        .map(|one| (one.kit_name.as_str(), counted(one.submitted, one.owing)));
    let rows = coverage.attributes.iter().map(|row| {
        let cells = coverage.interviews.iter().map(|column| {
            let cell = row.cells.iter().find(|cell| cell.interview_id == column.interview_id);
            cell.map(|cell| covered(cell.state))
        });
        (row.name.as_str(), row.priority == Priority::Must, covered(row.state), cells.collect())
    });
    Coverage { columns: columns.collect(), rows: rows.collect() }
}

fn covered(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Planned => "planned",
        CoverageState::Rated => "rated",
        CoverageState::NoSignal => "no signal",
        CoverageState::Contested => "contested",
    }
}

/// Where it stands. Whoever owes a card reads that theirs is awaited, and nothing that others did.
fn status(packet: &Packet) -> Vec<String> {
    if !packet.owed.is_empty() {
        let owed = if packet.owed.len() == 1 { "Your scorecard is" } else { "Your scorecards are" };
        return vec![format!("{owed} awaited. The debrief opens to you once you owe none.")];
    }
    let debrief = &packet.debrief;
    let local = |at: crate::clock::Instant| packet.local(at);
    let decider = packet.named.person(debrief.decider_id);
    let counted = debrief.counts.as_ref().map(|counts| {
        let are = if counts.expected == 1 { "card is" } else { "cards are" };
        format!("{} of {} {are} in.", counts.submitted, counts.expected)
    });
    let mut sentences: Vec<String> = Vec::new();
    match debrief.state {
        DebriefState::Planned => {
            sentences.push("No interview took place yet.".to_owned());
        }
        DebriefState::Gathering => {
            sentences.extend(counted);
            gathering(packet, &mut sentences);
        }
        DebriefState::Stalled => {
            sentences.extend(counted);
            stalled(packet, &mut sentences);
        }
        DebriefState::Revealed => sentences.push("The cards are open.".to_owned()),
        DebriefState::Discussing => discussing(packet, &mut sentences),
        DebriefState::Deciding => {
            let by = debrief.decide_by.map(|by| format!(", by {}", local(by)));
            let does = match debrief.way {
                DebriefWay::Written => "decides",
                DebriefWay::Light => "advances or declines",
            };
            sentences.push(format!("{decider} {does}{}.", by.unwrap_or_default()));
            sentences.extend(packet.agreement_awaited());
        }
        DebriefState::DissentWindow => {
            let until = debrief.dissent_until.map(|at| format!(" until {}", local(at)));
            let until = until.unwrap_or_default();
            sentences.push(format!("{decider} has decided. Whoever recommended otherwise can say so{until}; then the decision stands."));
        }
        DebriefState::Decided => {
            let at = debrief.decided_at.map(|at| format!(" since {}", local(at)));
            sentences.push(format!("The decision stands{}.", at.unwrap_or_default()));
            let by = debrief.inform_by.map(|by| format!(" by {}", local(by)));
            let driver = packet.named.person(debrief.driver_id);
            sentences.push(format!("{driver} tells the candidate{}.", by.unwrap_or_default()));
        }
        DebriefState::Closed => {
            let told =
                debrief.informed.as_ref().map(|one| format!(" since {}", local(one.occurred_at)));
            let told = told.unwrap_or_default();
            sentences.push(format!("The decision stands, and the candidate knows it{told}."));
        }
        DebriefState::Cancelled => sentences.push("It was called off.".to_owned()),
    }
    sentences
}

fn stalled(packet: &Packet, sentences: &mut Vec<String>) {
    let debrief = &packet.debrief;
    let driver = packet.named.person(debrief.driver_id);
    let without = match debrief.way {
        DebriefWay::Written => {
            let decider = packet.named.person(debrief.decider_id);
            format!(", or {decider} goes on without")
        }
        DebriefWay::Light => String::new(),
    };
    sentences.push("The last one was due, and too few are in to go on.".to_owned());
    sentences.push(format!("{driver} waits longer, waives or replaces somebody{without}."));
}

fn gathering(packet: &Packet, sentences: &mut Vec<String>) {
    let debrief = &packet.debrief;
    if let Some(request) = &debrief.signal_request {
        let attribute = packet.attribute(request.attribute_id).unwrap_or("something");
        let who = packet.named.person(request.user_id);
        sentences.push(format!("{who} asked to find out more about {attribute} first."));
    }
    if debrief.way == DebriefWay::Light {
        let decider = packet.named.person(debrief.decider_id);
        sentences.push(format!("{decider} decides on it once it is in."));
        return;
    }
    sentences.push(match packet.last_due {
        Some(due) => {
            format!("It opens when the last is in, or on {} if enough are in.", packet.local(due))
        }
        None => "It opens when the last is in.".to_owned(),
    });
}

fn discussing(packet: &Packet, sentences: &mut Vec<String>) {
    let debrief = &packet.debrief;
    if packet.awaits_meeting() {
        sentences.push("The cards are open, and it is held as a meeting.".to_owned());
        sentences.push("Its notes bring it before the decider.".to_owned());
        return;
    }
    sentences.push("The cards are open, and those concerned answer what differs.".to_owned());
    if let Some(due) = debrief.responses_due_at {
        sentences.push(format!("Answers are awaited until {}.", packet.local(due)));
    }
    let mut answered: Vec<&UserId> = debrief.responded.iter().flatten().collect();
    answered.dedup();
    if !answered.is_empty() {
        let names: Vec<&str> = answered.iter().map(|id| packet.named.person(**id)).collect();
        sentences.push(format!("Answered so far: {}.", names.join(", ")));
    }
    sentences.push(
        "You read what others answered once your answer is in, or the time is over.".to_owned(),
    );
}

impl Packet {
    /// An instant by the reader's clock.
    pub(super) fn local(&self, at: crate::clock::Instant) -> String {
        local(at, &self.time_zone)
    }
}
