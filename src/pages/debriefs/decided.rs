//! What was decided, and why.

use serde::Serialize;

use super::packet::Packet;
use crate::debriefs::memo::{Memo, MemoPoint};
use crate::debriefs::words;

/// A decision with its memo.
#[derive(Serialize)]
pub(super) struct Decided<'p> {
    outcome: &'static str,
    level: Option<&'p str>,
    decider: &'p str,
    at: String,
    /// None to whoever may not read cards.
    memo: Option<Written<'p>>,
    hash: &'p str,
    /// Whether it stands, so that there is a document of it.
    stands: bool,
    dissent: Vec<Dissent<'p>>,
}

/// What a memo says.
#[derive(Serialize)]
struct Written<'p> {
    summary: &'p str,
    in_favour: Vec<Point<'p>>,
    against: Vec<Point<'p>>,
    /// What is answered, where it is on the page, and how.
    answered: Vec<(String, Option<String>, &'p str)>,
    success: Option<&'p str>,
}

/// A point with what it rests on.
#[derive(Serialize)]
struct Point<'p> {
    text: &'p str,
    /// The card and the attribute: where each is on the page, and what it is called.
    rests: Vec<(String, String)>,
}

/// Somebody who recommended otherwise.
#[derive(Serialize)]
struct Dissent<'p> {
    who: &'p str,
    recommendation: &'static str,
    statement: Option<&'p str>,
}

/// The decision, once there is one.
pub(super) fn decided(packet: &Packet) -> Option<Decided<'_>> {
    let decision = packet.debrief.decision.as_ref()?;
    let named = &packet.named;
    let dissent = decision.dissent.iter().flatten().map(|one| Dissent {
        who: named.person(one.user_id),
        recommendation: words::recommendation(one.recommendation),
        statement: one.statement.as_deref(),
    });
    let refusals = packet.debrief.refusals().map(|one| Dissent {
        who: named.person(one.user_id),
        recommendation: words::NOT_AGREED,
        statement: one.reason.as_deref(),
    });
    Some(Decided {
        outcome: words::outcome(decision.outcome),
        level: decision.level_id.map(|id| named.level(id)),
        decider: named.person(decision.decider_id),
        at: packet.local(decision.occurred_at),
        memo: decision.memo.as_ref().map(|memo| written(packet, memo)),
        hash: &decision.memo_hash,
        stands: packet.debrief.decided_at.is_some() && decision.memo.is_some(),
        dissent: dissent.chain(refusals).collect(),
    })
}

fn written<'p>(packet: &'p Packet, memo: &'p Memo) -> Written<'p> {
    let point = |point: &'p MemoPoint| {
        let card = point
            .scorecard_id
            .map(|id| (id.to_string(), format!("the card of {}", packet.author(id))));
        let attribute = point
            .attribute_id
            .and_then(|id| packet.attribute(id).map(|name| (id.to_string(), name.to_owned())));
        Point { text: &point.text, rests: card.into_iter().chain(attribute).collect() }
    };
    let concerns = memo.concerns_answered.iter().map(|one| {
        let card = one.scorecard_id;
        let what = format!("{} says “strong no”", packet.author(card));
        (what, Some(card.to_string()), &*one.answer)
    });
    let findings = memo.findings_answered.iter().map(|one| {
        let found = packet.findings().find(|finding| finding.id == one.finding_id);
        let attribute = found.and_then(|finding| finding.attribute_id);
        let what = found.map_or_else(
            || "Something that was found".to_owned(),
            |finding| words::finding(finding.kind, attribute.and_then(|id| packet.attribute(id))),
        );
        (what, attribute.map(|id| id.to_string()), &*one.answer)
    });
    Written {
        summary: &memo.summary,
        in_favour: memo.in_favour.iter().map(point).collect(),
        against: memo.against.iter().map(point).collect(),
        answered: concerns.chain(findings).collect(),
        success: memo.set_up_for_success.as_deref(),
    }
}
