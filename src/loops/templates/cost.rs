//! How much time a loop takes of people, before it starts. Pure.

use std::collections::BTreeMap;

use super::{Content, KitContent, Slot};

/// What writing a scorecard is taken to last: within the hour after the interview, a quarter of it.
pub const SCORECARD_MINUTES: i64 = 15;
/// What the debrief is taken to last, for each who owes a scorecard.
pub const DEBRIEF_MINUTES: i64 = 30;

/// What a loop costs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cost {
    /// Each kit, in order.
    pub kits: Vec<KitCost>,
    /// Each kind of seat that there is.
    pub slots: BTreeMap<Slot, SlotCost>,
}

/// What a kit costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KitCost {
    /// Of the candidate.
    pub candidate_minutes: i64,
    /// Of its panel, cards and debrief included.
    pub team_minutes: i64,
}

/// What a kind of seat costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SlotCost {
    /// How many such seats there are.
    pub seats: i64,
    /// Of all who sit there.
    pub team_minutes: i64,
}

/// What a loop with this content costs.
pub fn cost(content: &Content) -> Cost {
    let mut cost = Cost::default();
    for kit in &content.kits {
        let minutes = i64::from(kit.minutes);
        let mut team_minutes = 0;
        for slot in &kit.slots {
            let minutes = minutes_of(kit, slot.slot);
            let all = cost.slots.entry(slot.slot).or_default();
            all.seats += 1;
            all.team_minutes += minutes;
            team_minutes += minutes;
        }
        let candidate_minutes = if kit.kind.takes_candidate_time() { minutes } else { 0 };
        cost.kits.push(KitCost { candidate_minutes, team_minutes });
    }
    cost
}

/// What somebody in a seat spends.
fn minutes_of(kit: &KitContent, slot: Slot) -> i64 {
    let there = if kit.kind.takes_panel_time() { i64::from(kit.minutes) } else { 0 };
    let after = if slot.owes() { SCORECARD_MINUTES + DEBRIEF_MINUTES } else { 0 };
    there + after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loops::templates::{KitKind, Wanted};

    fn kit(kind: KitKind, minutes: i32, slots: &[Slot]) -> KitContent {
        KitContent {
            name: "Kit".to_owned(),
            kind,
            minutes,
            rubric_version_id: None,
            attributes: Vec::new(),
            slots: slots.iter().map(|slot| (*slot).into()).collect(),
            questions: Vec::new(),
            wanted: Wanted::default(),
        }
    }

    #[test]
    fn everybody_there_spends_the_interview_and_who_owes_a_card_more() {
        use Slot::{Lead, Second, Shadow};
        let kits = vec![
            kit(KitKind::Live, 60, &[Lead, Second, Shadow]),
            kit(KitKind::WorkSample, 120, &[Lead]),
            kit(KitKind::AsyncReview, 30, &[Lead]),
        ];
        let cost = cost(&Content { kits, ..Content::default() });
        let minutes = cost.kits.iter().map(|kit| (kit.candidate_minutes, kit.team_minutes));
        assert_eq!(minutes.collect::<Vec<_>>(), [(60, 270), (120, 45), (0, 75)]);
        let slots = cost.slots.iter().map(|(slot, cost)| (*slot, cost.seats, cost.team_minutes));
        let expected = [(Lead, 3, 225), (Second, 1, 105), (Shadow, 1, 60)];
        assert_eq!(slots.collect::<Vec<_>>(), expected);
    }
}
