//! What speaks against deciding at once: the differences and the gaps between scorecards.
//!
//! Deterministic, and the same for everybody who reads the same cards. No score is computed: levels are
//! compared with each other and with the level that passes, recommendations with each other.

use std::collections::BTreeSet;

use crate::ids::{AttributeId, ScorecardId};
use crate::loops::templates::Priority;
use crate::scorecards::Recommendation;
use crate::scorecards::model::Side;
use crate::text_enum;

text_enum! {
    /// What a finding says.
    pub enum FindingKind {
        /// Somebody says "strong no".
        StrongNo => "strong_no",
        /// Some recommend to hire and some recommend against it.
        Split => "split",
        /// A rating of a must-have lies below the level that passes.
        BelowTheLine => "below_the_line",
        /// Two ratings of an attribute lie two levels apart or more.
        Conflict => "conflict",
        /// Nobody has a rating of a must-have.
        Gap => "gap",
        /// One person alone has a rating of a must-have.
        SingleSource => "single_source",
        /// Everybody recommends to hire, and nobody strongly.
        Lukewarm => "lukewarm",
        /// Ratings of an attribute lie one level apart.
        OneLevelApart => "one_level_apart",
        /// Somebody recommends neither.
        Undecided => "undecided",
        /// Somebody does not agree to what the decider proposes; nothing that cards say by themselves.
        Refusal => "refusal",
    }
}

impl FindingKind {
    /// Whether a decision answers it: a must-have lies below the line, or nobody rated it.
    pub const fn is_missed_must_have(self) -> bool {
        match self {
            Self::BelowTheLine | Self::Gap => true,
            Self::StrongNo
            | Self::Split
            | Self::Conflict
            | Self::SingleSource
            | Self::Lukewarm
            | Self::OneLevelApart
            | Self::Undecided
            | Self::Refusal => false,
        }
    }
}

text_enum! {
    /// What a finding does.
    pub enum Severity {
        /// It is discussed before the decision.
        Blocking => "blocking",
        /// It is shown, and holds nobody up.
        Note => "note",
    }
}

/// An attribute that the loop judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Which one.
    pub id: AttributeId,
    /// The strongest priority that a kit of the loop gives it.
    pub priority: Priority,
    /// The lowest level that passes.
    pub pass_level: i32,
}

/// What a card that counts says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Which one.
    pub id: ScorecardId,
    /// Its overall recommendation.
    pub recommendation: Recommendation,
    /// Its ratings: a level, or that there was no signal.
    pub ratings: Vec<(AttributeId, Option<i32>)>,
}

/// The level that an external assessment gives to an attribute, or that there was no signal. Nobody is
/// asked about it.
pub type Measured = (AttributeId, Option<i32>);

/// A difference or a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it says.
    pub kind: FindingKind,
    /// What it does.
    pub severity: Severity,
    /// The attribute that it is about; none for the overall recommendations.
    pub attribute: Option<AttributeId>,
    /// The cards that it rests on, whose authors are asked; none where nobody has anything to say.
    pub cards: BTreeSet<ScorecardId>,
}

/// How far apart two ratings of an attribute conflict.
const CONFLICT: i32 = 2;

/// What is found between cards, the blocking first, then the overall recommendations before the
/// attributes, and those in the order in which the loop judges them.
pub fn detect(judged: &[Judged], cards: &[Card], measured: &[Measured]) -> Vec<Finding> {
    let mut found = overall(cards);
    for attribute in judged {
        found.extend(about(attribute, cards, measured));
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

fn overall(cards: &[Card]) -> Vec<Finding> {
    let those = |holds: fn(Recommendation) -> bool| -> BTreeSet<ScorecardId> {
        cards.iter().filter(|card| holds(card.recommendation)).map(|card| card.id).collect()
    };
    let yes = those(|said| said.side() == Side::Yes);
    let no = those(|said| said.side() == Side::No);
    let strong_no = those(|said| said == Recommendation::StrongNo);
    let strong_yes = those(|said| said == Recommendation::StrongYes);
    let neither = those(|said| said.side() == Side::Neither);
    let finding = |kind, severity, cards| Finding { kind, severity, attribute: None, cards };
    let mut found = Vec::new();
    if !strong_no.is_empty() {
        // Whoever recommends to hire has something to say to it.
        let cards = strong_no.union(&yes).copied().collect();
        found.push(finding(FindingKind::StrongNo, Severity::Blocking, cards));
    }
    if !yes.is_empty() && !no.is_empty() {
        let cards = yes.union(&no).copied().collect();
        found.push(finding(FindingKind::Split, Severity::Blocking, cards));
    }
    if !yes.is_empty() && yes.len() == cards.len() && strong_yes.is_empty() {
        found.push(finding(FindingKind::Lukewarm, Severity::Note, yes));
    }
    if !neither.is_empty() {
        found.push(finding(FindingKind::Undecided, Severity::Note, neither));
    }
    found
}

fn about(attribute: &Judged, cards: &[Card], measured: &[Measured]) -> Vec<Finding> {
    let must = attribute.priority == Priority::Must;
    let by_card = cards.iter().flat_map(|card| {
        let of_it = card.ratings.iter().filter(|(id, _)| *id == attribute.id);
        of_it.map(|(_, level)| (Some(card.id), *level))
    });
    let of_it = measured.iter().filter(|(id, _)| *id == attribute.id);
    let said: Vec<(Option<ScorecardId>, Option<i32>)> =
        by_card.chain(of_it.map(|(_, level)| (None, *level))).collect();
    let rated: Vec<(Option<ScorecardId>, i32)> =
        said.iter().filter_map(|(card, level)| level.map(|level| (*card, level))).collect();
    let finding =
        |kind, severity, cards| Finding { kind, severity, attribute: Some(attribute.id), cards };
    let bounds = rated.iter().map(|(_, level)| *level);
    let Some((lowest, highest)) = bounds.clone().min().zip(bounds.max()) else {
        // Those who had no signal may have more to say than a level.
        let asked = said.into_iter().filter_map(|(card, _)| card).collect();
        return must
            .then(|| finding(FindingKind::Gap, Severity::Blocking, asked))
            .into_iter()
            .collect();
    };
    let everybody = || rated.iter().filter_map(|(card, _)| *card).collect::<BTreeSet<_>>();
    let furthest = || {
        let ends = rated.iter().filter(|(_, level)| *level == lowest || *level == highest);
        ends.filter_map(|(card, _)| *card).collect::<BTreeSet<_>>()
    };
    let mut found = Vec::new();
    if must && lowest < attribute.pass_level {
        found.push(finding(FindingKind::BelowTheLine, Severity::Blocking, everybody()));
    }
    if highest - lowest >= CONFLICT {
        let severity = if must { Severity::Blocking } else { Severity::Note };
        found.push(finding(FindingKind::Conflict, severity, furthest()));
    } else if highest > lowest {
        found.push(finding(FindingKind::OneLevelApart, Severity::Note, furthest()));
    }
    if must && rated.len() == 1 {
        found.push(finding(FindingKind::SingleSource, Severity::Note, everybody()));
    }
    found
}

#[cfg(test)]
mod tests;
