//! Between the forms of a debrief's page and what they do.
//!
//! All forms of the page share one list of fields, so that each can be shown beside the others. A field that
//! belongs to something is called by its id: `answer-finding_…`. What comes back is kept even where it is
//! no longer asked for, so that it can be shown.

use std::collections::BTreeSet;

use super::drive::{self, Pull};
use super::packet::Packet;
use super::{light, memo, round};
use crate::debriefs::api::{
    AgreeToProposal, AskForSignal, BecauseOf, CastBallot, GivenAnswer, InformCandidate,
    ProposeDecision, RespondToDebrief, StateDissent,
};
use crate::debriefs::words;
use crate::error::Error;
use crate::http::fields::Prose;
use crate::ids::{AttributeId, FindingId, LevelId, ScorecardId};
use crate::pages::form::{FieldList, Form};

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Answers open questions.
    Respond,
    /// Casts another ballot.
    Ballot,
    /// Says something to the decision.
    Dissent,
    /// Proposes a decision.
    Propose,
    /// Agrees to a proposal, or does not.
    Agree,
    /// Asks for more signal.
    Ask,
    /// Decides.
    Decide,
    /// Advances or declines.
    DecideLightly,
    /// Says that the candidate knows.
    Inform,
    /// Begins another round.
    Begin,
    /// Drives it.
    Drive(Pull),
}

/// The fields that belong to nothing in particular, in the order of the page.
const OWN: [(&str, &str); 16] = [
    ("comment", "Anything else"),
    ("recommendation", "What you recommend now"),
    ("because_card", "Whose card changed your mind"),
    ("because_attribute", "What in it"),
    ("reason", "Why"),
    ("statement", "What you say to the decision"),
    ("proposed", "What you mean to decide"),
    ("proposed_level", "The level to hire them at"),
    ("proposal_reason", "Why you would decide so"),
    ("agrees", "Whether you agree"),
    ("agreement_reason", "Why you do or do not"),
    ("agreement_card", "Which card speaks against it"),
    ("agreement_attribute", "What in that card"),
    ("signal_attribute", "What to find out more about"),
    ("signal_reason", "Why the cards do not say enough"),
    ("how", "How they were told"),
];

/// The longest name of a field that is kept though the page does not know it.
const NAME_MAX: usize = 80;
/// How many of them are kept.
const STRANGE_MAX: usize = 200;

/// The field that answers a question.
pub(super) fn answer_field(id: FindingId) -> String {
    format!("answer-{id}")
}

/// The fields of the page, and what else a body brings.
pub(super) fn list_of(packet: &Packet, body: &[u8]) -> FieldList {
    let mut fields: Vec<(String, String)> = Vec::new();
    for question in packet.asked() {
        let attribute = question.attribute_id.and_then(|id| packet.attribute(id));
        let label = words::finding(question.kind, attribute);
        fields.push((answer_field(question.id), format!("Your answer to “{label}”")));
    }
    fields.extend(
        OWN.iter()
            .chain(&drive::FIELDS)
            .chain(&light::FIELDS)
            .chain(&round::FIELDS)
            .map(|(id, label)| ((*id).to_owned(), (*label).to_owned())),
    );
    fields.extend(memo::fields(packet));
    fields.extend(["base", "then"].map(|id| (id.to_owned(), String::new())));
    let known: BTreeSet<String> = fields.iter().map(|(id, _)| id.clone()).collect();
    let strange = url::form_urlencoded::parse(body).map(|(key, _)| key.into_owned());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let strange: BTreeSet<String> = strange
        .filter(|key| key.len() <= NAME_MAX && key.chars().all(plain) && key != "proof")
        .filter(|key| !known.contains(key))
        .take(STRANGE_MAX)
        .collect();
    fields.extend(strange.into_iter().map(|key| (key, "What you typed".to_owned())));
    FieldList::of(fields)
}

/// The forms before anybody typed.
pub(super) fn blank(packet: &Packet) -> Form {
    Form::empty(list_of(packet, b"")).keeping_all()
}

/// The response that a form gives; none when something does not fit, which is then marked.
pub(super) fn response(form: &mut Form, packet: &Packet) -> Option<RespondToDebrief> {
    let questions: Vec<FindingId> = packet.asked().map(|question| question.id).collect();
    let mut answers = Vec::new();
    for finding_id in &questions {
        if let Some(answer) = form.field::<Prose<4000>>(&answer_field(*finding_id)) {
            answers.push(GivenAnswer { finding_id: *finding_id, answer });
        }
    }
    let comment = form.optional::<Prose<4000>>("comment")?;
    if questions.is_empty() && comment.is_none() && packet.responds() {
        form.refuse("comment", "Say something.");
    }
    (!form.is_refused()).then_some(RespondToDebrief { answers, comment })
}

/// The ballot that a form casts; none when something does not fit, which is then marked.
pub(super) fn ballot(form: &mut Form) -> Option<CastBallot> {
    let recommendation = form.field("recommendation");
    let card = form.text("because_card").parse::<ScorecardId>().ok();
    if card.is_none() {
        form.refuse("because_card", "Choose a card.");
    }
    let attribute = optional_attribute(form, "because_attribute");
    let reason = form.field("reason");
    let because_of = BecauseOf { scorecard_id: card?, attribute_id: attribute? };
    Some(CastBallot { recommendation: recommendation?, reason: reason?, because_of })
}

/// What a form says to the decision; none when it does not fit, which is then marked.
pub(super) fn dissent(form: &mut Form) -> Option<StateDissent> {
    form.field("statement").map(|statement| StateDissent { statement })
}

/// What a form proposes; none when something does not fit, which is then marked.
pub(super) fn proposal(form: &mut Form) -> Option<ProposeDecision> {
    let outcome = form.field("proposed");
    let level = match form.text("proposed_level") {
        "" => Some(None),
        chosen => chosen.parse::<LevelId>().ok().map(Some),
    };
    if level.is_none() {
        form.refuse("proposed_level", "There is no such level.");
    }
    let reason = form.field("proposal_reason");
    Some(ProposeDecision { outcome: outcome?, level_id: level?, reason: reason? })
}

/// Whether a form agrees; none when something does not fit, which is then marked.
pub(super) fn agreement(form: &mut Form) -> Option<AgreeToProposal> {
    let agrees = match form.text("agrees") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    if agrees.is_none() {
        form.refuse("agrees", "Choose one.");
    }
    let reason = form.optional("agreement_reason");
    let attribute = optional_attribute(form, "agreement_attribute");
    let because_of = match form.text("agreement_card") {
        "" => Some(None),
        chosen => chosen.parse::<ScorecardId>().ok().map(Some),
    };
    if because_of.is_none() {
        form.refuse("agreement_card", "Choose a card.");
    }
    let attribute_id = attribute?;
    let because_of = because_of?.map(|scorecard_id| BecauseOf { scorecard_id, attribute_id });
    Some(AgreeToProposal { agrees: agrees?, reason: reason?, because_of })
}

/// What a form asks to find out; none when something does not fit, which is then marked.
pub(super) fn signal(form: &mut Form) -> Option<AskForSignal> {
    let attribute = optional_attribute(form, "signal_attribute");
    if attribute == Some(None) {
        form.refuse("signal_attribute", "Choose one.");
    }
    let reason = form.field("signal_reason");
    Some(AskForSignal { attribute_id: attribute??, reason: reason?, kit_id: None })
}

/// How a form says that the candidate was told, just now; none when it does not fit, which is then marked.
pub(super) fn informed(form: &mut Form) -> Option<InformCandidate> {
    form.field("how").map(|how| InformCandidate { how, informed_at: None })
}

/// The attribute that a field names, if it names one; none when there is no such attribute.
pub(super) fn optional_attribute(form: &mut Form, id: &str) -> Option<Option<AttributeId>> {
    let chosen = form.text(id);
    if chosen.is_empty() {
        return Some(None);
    }
    let read = chosen.parse().ok();
    if read.is_none() {
        form.refuse(id, "There is no such attribute.");
    }
    read.map(Some)
}

/// Marks what a command refused at its fields; what belongs to none stands above the form.
pub(super) fn mark(form: &mut Form, act: Act, error: Error) {
    for wrong in error.fields {
        let field = match (act, wrong.pointer.as_str()) {
            (Act::Respond, "/comment") => Some("comment".to_owned()),
            (Act::Ballot, "/recommendation") => Some("recommendation".to_owned()),
            (Act::Ballot, "/because_of/scorecard_id") => Some("because_card".to_owned()),
            (Act::Ballot, "/because_of/attribute_id") => Some("because_attribute".to_owned()),
            (Act::Propose, "/outcome") => Some("proposed".to_owned()),
            (Act::Propose, "/level_id") => Some("proposed_level".to_owned()),
            (Act::Agree, "/reason") => Some("agreement_reason".to_owned()),
            (Act::Agree, "/because_of/attribute_id") => Some("agreement_attribute".to_owned()),
            (Act::Agree, _) => Some("agreement_card".to_owned()),
            (Act::Ask, _) => Some("signal_attribute".to_owned()),
            (Act::Decide, pointer) => memo::field_of(form, pointer),
            (Act::DecideLightly, _) => Some("rejection_reason".to_owned()),
            (Act::Drive(Pull::Extend), _) => Some("until".to_owned()),
            (
                Act::Respond
                | Act::Ballot
                | Act::Dissent
                | Act::Propose
                | Act::Inform
                | Act::Begin
                | Act::Drive(_),
                _,
            ) => None,
        };
        match field {
            Some(field) => form.refuse(&field, detail(act, &field, &wrong.detail)),
            None => form.refuse_all(wrong.detail),
        }
    }
}

/// What is said at a field: for a choice that the command does not know, in words of the page.
fn detail<'w>(act: Act, field: &str, said: &'w str) -> &'w str {
    match (act, field) {
        (Act::Ballot, "because_card") => "Choose another's card in this debrief.",
        (Act::Agree, "agreement_card") => "Choose the card that speaks against it.",
        (Act::Ballot, "because_attribute") | (Act::Agree, "agreement_attribute") => {
            "That card does not rate it."
        }
        (
            Act::Respond
            | Act::Ballot
            | Act::Dissent
            | Act::Propose
            | Act::Agree
            | Act::Ask
            | Act::Decide
            | Act::DecideLightly
            | Act::Inform
            | Act::Begin
            | Act::Drive(_),
            _,
        ) => said,
    }
}

/// What was typed into forms that the page no longer has, with what it was typed for.
pub(super) fn unsent(packet: &Packet, form: &Form) -> Vec<(String, String)> {
    let is_shown = |id: &str| {
        let answers = id.starts_with("answer-") || id == "comment";
        (answers && packet.responds())
            || (id == "reason" && packet.casts())
            || (id == "statement" && packet.dissents())
            || (id == "proposal_reason" && packet.proposes())
            || (id == "agreement_reason" && packet.agrees())
            || (id == "signal_reason" && packet.asks())
            || (id == "light_reason" && packet.decides_lightly())
            || (id == "round_reason" && packet.rounds.begins)
            || packet.still_drives(id)
            || (memo::is_text(id) && packet.decides())
    };
    let is_text = |id: &str| {
        id.starts_with("answer-")
            || [
                "comment",
                "reason",
                "statement",
                "proposal_reason",
                "agreement_reason",
                "signal_reason",
                "light_reason",
                "round_reason",
                "waiver_reason",
                "force_reason",
                "meeting_reason",
                "notes",
            ]
            .contains(&id)
            || memo::is_text(id)
    };
    let typed = form.typed().filter(|(id, _, _)| is_text(id) && !is_shown(id));
    typed.map(|(_, label, text)| (label.to_owned(), text.to_owned())).collect()
}
