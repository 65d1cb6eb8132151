//! Who has to agree to the decision, what is proposed to them, and what they say.

use serde::Serialize;

use super::packet::Packet;
use crate::debriefs::DebriefState;
use crate::debriefs::api::{DebriefAgreement, DebriefProposal};
use crate::debriefs::words;

/// Something that the decider meant to decide.
#[derive(Serialize)]
pub(super) struct Proposed<'p> {
    outcome: &'static str,
    level: Option<&'p str>,
    reason: &'p str,
    who: &'p str,
    at: String,
    is_standing: bool,
    answers: Vec<Answer<'p>>,
}

/// What somebody said to it.
#[derive(Serialize)]
struct Answer<'p> {
    who: &'p str,
    agrees: bool,
    at: String,
    text: Option<&'p str>,
    /// The card and the attribute that speak against it: where each is on the page, and what it is called.
    because: Vec<(String, String)>,
}

/// Those who have to agree.
pub(super) fn agreers(packet: &Packet) -> Vec<&str> {
    let people = packet.debrief.agree_required.iter().flatten();
    people.map(|id| packet.named.person(*id)).collect()
}

/// What was proposed, newest first.
pub(super) fn proposed(packet: &Packet) -> Vec<Proposed<'_>> {
    packet.debrief.proposals.iter().flatten().rev().map(|one| of(packet, one)).collect()
}

fn of<'p>(packet: &'p Packet, one: &'p DebriefProposal) -> Proposed<'p> {
    let answer = |given: &'p DebriefAgreement| {
        let card = given
            .because_of_id
            .map(|id| (id.to_string(), format!("the card of {}", packet.author(id))));
        let attribute = given
            .because_attribute_id
            .and_then(|id| packet.attribute(id).map(|name| (id.to_string(), name.to_owned())));
        Answer {
            who: packet.named.person(given.user_id),
            agrees: given.agrees,
            at: packet.local(given.occurred_at),
            text: given.reason.as_deref(),
            because: card.into_iter().chain(attribute).collect(),
        }
    };
    Proposed {
        outcome: words::outcome(one.outcome),
        level: one.level_id.map(|id| packet.named.level(id)),
        reason: &one.reason,
        who: packet.named.person(one.user_id),
        at: packet.local(one.occurred_at),
        is_standing: one.is_standing,
        answers: one.agreements.iter().map(answer).collect(),
    }
}

impl Packet {
    /// Whether agreement is awaited before it is decided.
    fn awaits_agreement(&self) -> bool {
        self.debrief.state == DebriefState::Deciding
            && !self.was_escalated()
            && self.debrief.agree_required.as_ref().is_some_and(|people| !people.is_empty())
    }

    /// What is proposed now.
    fn standing(&self) -> Option<&DebriefProposal> {
        self.debrief.proposals.iter().flatten().find(|one| one.is_standing)
    }

    /// Whether agreement is no longer awaited, because it was refused once too often.
    fn was_escalated(&self) -> bool {
        self.standing().is_some_and(|one| one.escalated_at.is_some())
    }

    /// Whether the reader proposes a decision now.
    pub(super) fn proposes(&self) -> bool {
        self.awaits_agreement() && self.decides()
    }

    /// Whether the reader is asked whether they agree.
    pub(super) fn agrees(&self) -> bool {
        let named = self.debrief.agree_required.iter().flatten().any(|id| *id == self.reader);
        let answered =
            |one: &DebriefProposal| one.agreements.iter().any(|given| given.user_id == self.reader);
        self.awaits_agreement() && named && self.standing().is_some_and(|one| !answered(one))
    }

    /// What is said about agreement as long as it is before its decider.
    pub(super) fn agreement_awaited(&self) -> Option<String> {
        if self.was_escalated() {
            return Some(
                "It was not agreed to three times, and waits for agreement no more.".to_owned(),
            );
        }
        if !self.awaits_agreement() {
            return None;
        }
        let people = agreers(self).join(" and ");
        let given = |one: &DebriefProposal| {
            let required = self.debrief.agree_required.iter().flatten();
            required
                .clone()
                .all(|id| one.agreements.iter().any(|given| given.user_id == *id && given.agrees))
        };
        Some(match self.standing() {
            Some(one) if given(one) => format!("{people} agreed to what is proposed."),
            Some(_) => format!("What is proposed waits for {people} to agree."),
            None => format!("Before that {people} has to agree to what is proposed."),
        })
    }
}
