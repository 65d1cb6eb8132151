//! What the cards say: dots on scales, with the evidence side by side, recommendations and how they moved.

use serde::Serialize;

use super::packet::Packet;
use crate::assessments::api::RecordedContent;
use crate::debriefs::api::{Ballot, DebriefAttribute, DebriefCard};
use crate::debriefs::words;
use crate::ids::{ScorecardId, UserId};
use crate::loops::templates::Priority;

/// An attribute: its scale with a dot for every rating, and what was seen and heard.
#[derive(Serialize)]
pub(super) struct Attribute<'p> {
    id: String,
    name: &'p str,
    must: bool,
    /// The levels, lowest first.
    scale: Vec<Step<'p>>,
    /// Who saw no signal.
    no_signal: Vec<Dot<'p>>,
    evidence: Vec<Evidence<'p>>,
}

/// A level of a scale.
#[derive(Serialize)]
struct Step<'p> {
    level: i32,
    label: &'p str,
    passes: bool,
    /// Whether it is the lowest that meets the bar.
    is_bar: bool,
    dots: Vec<Dot<'p>>,
}

/// A rating.
#[derive(Serialize)]
struct Dot<'p> {
    name: &'p str,
    /// What stands in the dot.
    initials: String,
    card: String,
}

/// What one source says about an attribute.
#[derive(Serialize)]
struct Evidence<'p> {
    who: &'p str,
    kit: &'p str,
    /// The card; none for an assessment.
    card: Option<String>,
    level: String,
    text: Option<&'p str>,
}

/// A card.
#[derive(Serialize)]
pub(super) struct Card<'p> {
    id: String,
    who: &'p str,
    kit: &'p str,
    slot: Option<&'static str>,
    recommendation: &'static str,
    reason: Option<&'p str>,
    level: Option<&'p str>,
    summary: Option<&'p str>,
    /// Whether its author had read another card by then.
    read_before: bool,
    submitted_by: Option<&'p str>,
    at: Option<String>,
}

/// Somebody who recommends, and how that moved.
#[derive(Serialize)]
pub(super) struct Voter<'p> {
    name: &'p str,
    /// The ballots, oldest first.
    moves: Vec<Move<'p>>,
}

/// A ballot.
#[derive(Serialize)]
struct Move<'p> {
    words: &'static str,
    at: String,
    reason: Option<&'p str>,
    /// Whose card changed their mind, about what, and where that card is on the page.
    because: Option<(String, String)>,
}

/// What an external assessment yielded.
#[derive(Serialize)]
pub(super) struct Assessed<'p> {
    kit: &'p str,
    provider: &'p str,
    url: Option<&'p str>,
    score: String,
    percentile: Option<&'p str>,
    at: String,
    summary: Option<&'p str>,
}

/// The attributes with their dots.
pub(super) fn attributes(packet: &Packet) -> Vec<Attribute<'_>> {
    packet.attributes().map(|one| attribute(packet, one)).collect()
}

fn attribute<'p>(packet: &'p Packet, one: &'p DebriefAttribute) -> Attribute<'p> {
    let dots = |level: Option<i32>| {
        let here = one.dots.iter().filter(|dot| dot.level == level);
        here.map(|dot| packet.dot(dot.scorecard_id)).collect()
    };
    let anchors = packet.anchors.iter().filter(|anchor| anchor.attribute_id == one.attribute_id);
    let scale = anchors.map(|anchor| Step {
        level: anchor.level,
        label: &anchor.label,
        passes: anchor.level >= one.pass_level,
        is_bar: anchor.level == one.pass_level,
        dots: dots(Some(anchor.level)),
    });
    Attribute {
        id: one.attribute_id.to_string(),
        name: &one.name,
        must: one.priority == Priority::Must,
        scale: scale.collect(),
        no_signal: dots(None),
        evidence: evidence(packet, one),
    }
}

/// What cards and results say about an attribute, in the order in which they came in.
fn evidence<'p>(packet: &'p Packet, one: &'p DebriefAttribute) -> Vec<Evidence<'p>> {
    let level = |level: Option<i32>| {
        let known = packet
            .anchors
            .iter()
            .find(|anchor| anchor.attribute_id == one.attribute_id && Some(anchor.level) == level);
        known.map_or_else(
            || "No signal".to_owned(),
            |anchor| format!("{} · {}", anchor.level, anchor.label),
        )
    };
    let named = &packet.named;
    let of_cards = packet.cards.iter().filter_map(|card| {
        let mut mine = packet.ratings.iter().filter(|rating| rating.scorecard_id == card.id);
        let rating = mine.find(|rating| rating.attribute_id == one.attribute_id)?;
        Some(Evidence {
            who: named.person(card.author_id),
            kit: named.kit(card.interview_id),
            card: Some(card.id.to_string()),
            level: level(rating.level),
            text: rating.evidence.as_deref(),
        })
    });
    let results = packet.debrief.assessments.iter().flatten();
    let of_results = results.filter_map(|result| {
        let mut ratings = result.content.ratings.iter();
        let rating = ratings.find(|rating| rating.attribute_id == one.attribute_id)?;
        Some(Evidence {
            who: &result.content.provider,
            kit: named.kit(result.interview_id),
            card: None,
            level: level(rating.level),
            text: rating.evidence.as_deref(),
        })
    });
    of_cards.chain(of_results).collect()
}

/// The cards, oldest first.
pub(super) fn cards(packet: &Packet) -> Vec<Card<'_>> {
    packet.debrief.cards.iter().flatten().map(|one| card(packet, one)).collect()
}

/// A card with what it says.
pub(super) fn card<'p>(packet: &'p Packet, card: &DebriefCard) -> Card<'p> {
    let named = &packet.named;
    let text = packet.cards.iter().find(|one| one.id == card.scorecard_id);
    let text = text.and_then(|one| one.judgement.as_ref());
    Card {
        id: card.scorecard_id.to_string(),
        who: named.person(card.author_id),
        kit: named.kit(card.interview_id),
        slot: card.slot.map(words::slot),
        recommendation: card.recommendation.map_or("", words::recommendation),
        reason: text.and_then(|one| one.recommendation_reason.as_deref()),
        level: card.level_signal_id.map(|id| named.level(id)),
        summary: text.and_then(|one| one.summary.as_deref()),
        read_before: card.independent == Some(false),
        submitted_by: card.submitted_by.map(|id| named.person(id)),
        at: card.submitted_at.map(|at| packet.local(at)),
    }
}

/// Those who recommend, in the order in which they first did.
pub(super) fn voters(packet: &Packet) -> Vec<Voter<'_>> {
    let mut voters: Vec<(UserId, Vec<Move<'_>>)> = Vec::new();
    for ballot in packet.debrief.ballots.iter().flatten() {
        let moved = moved(packet, ballot);
        match voters.iter_mut().find(|(id, _)| *id == ballot.user_id) {
            Some((_, moves)) => moves.push(moved),
            None => voters.push((ballot.user_id, vec![moved])),
        }
    }
    let voter = |(id, moves)| Voter { name: packet.named.person(id), moves };
    voters.into_iter().map(voter).collect()
}

fn moved<'p>(packet: &'p Packet, ballot: &'p Ballot) -> Move<'p> {
    let because = ballot.because_of_id.map(|id| {
        let attribute = ballot.because_attribute_id.and_then(|id| packet.attribute(id));
        let about = attribute.map(|name| format!(" on {name}")).unwrap_or_default();
        (format!("the card of {}{about}", packet.author(id)), id.to_string())
    });
    Move {
        words: words::recommendation(ballot.recommendation),
        at: packet.local(ballot.occurred_at),
        reason: ballot.reason.as_deref(),
        because,
    }
}

/// What external assessments yielded.
pub(super) fn assessed(packet: &Packet) -> Vec<Assessed<'_>> {
    let results = packet.debrief.assessments.iter().flatten();
    results
        .map(|result| {
            let RecordedContent { provider, url, score, max_score, percentile, .. } =
                &result.content;
            Assessed {
                kit: packet.named.kit(result.interview_id),
                provider,
                url: url.as_deref(),
                score: format!("{score} of {max_score}"),
                percentile: percentile.as_deref(),
                at: packet.local(result.content.completed_at),
                summary: result.content.summary.as_deref(),
            }
        })
        .collect()
}

impl Packet {
    /// Who wrote a card of the debrief.
    pub(super) fn author(&self, id: ScorecardId) -> &str {
        let mut cards = self.debrief.cards.iter().chain(&self.debrief.earlier_cards).flatten();
        let card = cards.find(|card| card.scorecard_id == id);
        card.map_or("somebody", |card| self.named.person(card.author_id))
    }

    fn dot(&self, card: ScorecardId) -> Dot<'_> {
        let name = self.author(card);
        Dot { name, initials: initials(name), card: card.to_string() }
    }
}

/// The first letters of the first and the last part of a name.
fn initials(name: &str) -> String {
    let mut parts = name.split_whitespace();
    let ends = [parts.next(), parts.last()].into_iter().flatten();
    ends.filter_map(|part| part.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        for (name, letters) in [
            ("Ana Marija Kovač", "AK"),
            ("ana", "A"),
            ("", ""),
            ("łukasz  b", "ŁB"),
            ("李 明", "李明"),
        ] {
            assert_eq!(initials(name), letters);
        }
    }
}
