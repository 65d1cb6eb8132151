//! Deciding lightly on the page: the card of a light stage is before its decider, who advances or declines.

use serde::Serialize;

use super::judged::{Card, card};
use super::packet::Packet;
use crate::debriefs::api::DecideLightly;
use crate::debriefs::{DebriefState, DebriefWay, LightOutcome, words};
use crate::ids::RejectionReasonId;
use crate::pages::form::Form;

/// The fields of the form, in the order of the page.
pub(super) const FIELDS: [(&str, &str); 3] = [
    ("light_outcome", "What you decide"),
    ("rejection_reason", "Why they are rejected"),
    ("light_reason", "Why you decide so"),
];

/// What the template reads of it.
#[derive(Serialize)]
pub(super) struct Light<'p> {
    /// Whether it is decided lightly.
    is_light: bool,
    /// Whether the reader decides now.
    decides: bool,
    outcomes: Vec<(&'static str, &'static str)>,
    /// For which reasons somebody is rejected.
    reasons: Vec<(String, &'p str)>,
    decided: Option<Decided<'p>>,
    /// The cards of stages that were decided lightly before.
    earlier: Vec<Card<'p>>,
}

/// What was decided.
#[derive(Serialize)]
struct Decided<'p> {
    outcome: &'static str,
    reason: Option<&'p str>,
    decider: &'p str,
    at: String,
}

/// What the page shows and offers.
pub(super) fn light(packet: &Packet) -> Light<'_> {
    let debrief = &packet.debrief;
    let reasons = packet.reasons.iter().map(|(id, name)| (id.to_string(), name.as_str()));
    let earlier = debrief.earlier_cards.iter().flatten();
    Light {
        is_light: debrief.way == DebriefWay::Light,
        decides: packet.decides_lightly(),
        outcomes: LightOutcome::ALL
            .iter()
            .map(|one| (one.as_str(), words::light_outcome(*one)))
            .collect(),
        reasons: reasons.collect(),
        decided: debrief.light_decision.as_ref().map(|one| Decided {
            outcome: words::light_outcome(one.outcome),
            reason: one.reason.as_deref(),
            decider: packet.named.person(one.decider_id),
            at: packet.local(one.occurred_at),
        }),
        earlier: earlier.map(|one| card(packet, one)).collect(),
    }
}

impl Packet {
    /// Whether the reader advances or declines now.
    pub(super) fn decides_lightly(&self) -> bool {
        self.debrief.way == DebriefWay::Light
            && self.debrief.state == DebriefState::Deciding
            && self.debrief.decider_id == self.reader
            && self.debrief.cards.is_some()
    }
}

/// What a form decides; none when something does not fit, which is then marked.
pub(super) fn decision(form: &mut Form) -> Option<DecideLightly> {
    let outcome = form.field::<LightOutcome>("light_outcome");
    let rejection_reason_id = match (&outcome, form.text("rejection_reason")) {
        (Some(LightOutcome::Advance), _) => Some(None),
        (_, "") => {
            form.refuse("rejection_reason", "Choose why, if they are rejected.");
            None
        }
        (_, chosen) => {
            let reason = chosen.parse::<RejectionReasonId>().ok();
            if reason.is_none() {
                form.refuse("rejection_reason", "There is no such reason.");
            }
            reason.map(Some)
        }
    };
    let reason = form.field("light_reason");
    Some(DecideLightly {
        outcome: outcome?,
        reason: reason?,
        to_stage_id: None,
        rejection_reason_id: rejection_reason_id?,
    })
}
