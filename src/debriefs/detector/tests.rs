use proptest::prelude::*;

use super::*;
use crate::clock::Instant;
use crate::ids::IdSource;
use Recommendation::{No, NoDecision, StrongNo, StrongYes, Yes};

/// Two must-haves and one attribute that is good to have, all passing at level 3.
fn judged() -> Vec<Judged> {
    let mut ids = IdSource::counted().batch(Instant::from_micros(0));
    [Priority::Must, Priority::Must, Priority::Nice]
        .map(|priority| Judged { id: ids.next_id(), priority, pass_level: 3 })
        .to_vec()
}

/// Cards with these recommendations and levels; a level of zero is no signal.
fn cards(judged: &[Judged], said: &[(Recommendation, &[i32])]) -> Vec<Card> {
    let mut ids = IdSource::counted().batch(Instant::from_micros(1_000_000));
    let card = |(recommendation, levels): &(Recommendation, &[i32])| Card {
        id: ids.next_id(),
        recommendation: *recommendation,
        ratings: judged
            .iter()
            .zip(*levels)
            .map(|(attribute, level)| (attribute.id, (*level > 0).then_some(*level)))
            .collect(),
    };
    said.iter().map(card).collect()
}

/// Each finding as a line: what it is, about which attribute, resting on which cards.
fn told(said: &[(Recommendation, &[i32])]) -> Vec<String> {
    told_beside(&[], said)
}

/// The same beside the levels of an external assessment.
fn told_beside(levels: &[i32], said: &[(Recommendation, &[i32])]) -> Vec<String> {
    let judged = judged();
    let measured: Vec<Measured> = judged
        .iter()
        .zip(levels)
        .map(|(attribute, level)| (attribute.id, (*level > 0).then_some(*level)))
        .collect();
    let cards = cards(&judged, said);
    let line = |finding: Finding| {
        let about = finding.attribute.map(|id| judged.iter().position(|one| one.id == id));
        let about = about.flatten().map_or("-".to_owned(), |index| index.to_string());
        let rests: Vec<String> = finding
            .cards
            .iter()
            .filter_map(|id| cards.iter().position(|card| card.id == *id))
            .map(|index| index.to_string())
            .collect();
        format!("{} {} {about} {}", finding.severity, finding.kind, rests.join(","))
    };
    detect(&judged, &cards, &measured).into_iter().map(line).collect()
}

#[test]
fn a_clear_hire_leaves_nothing_to_discuss() {
    assert_eq!(told(&[(StrongYes, &[3, 4, 3]), (Yes, &[3, 4, 3])]), Vec::<String>::new());
}

#[test]
fn one_source_one_level_and_a_lukewarm_yes_are_notes() {
    assert_eq!(
        told(&[(Yes, &[3, 4, 3]), (Yes, &[4, 0, 3])]),
        ["note lukewarm - 0,1", "note one_level_apart 0 0,1", "note single_source 1 0"]
    );
}

#[test]
fn a_strong_no_is_put_to_its_author_and_to_those_who_say_yes() {
    assert_eq!(
        told(&[(StrongNo, &[3, 3, 3]), (No, &[3, 3, 3]), (Yes, &[3, 3, 3])]),
        ["blocking strong_no - 0,2", "blocking split - 0,1,2"]
    );
    assert_eq!(told(&[(StrongNo, &[3, 3, 3]), (No, &[3, 3, 3])]), ["blocking strong_no - 0"]);
}

#[test]
fn a_must_have_below_the_line_is_put_to_whoever_rated_it() {
    assert_eq!(
        told(&[(StrongYes, &[2, 3, 1]), (Yes, &[3, 3, 0])]),
        ["blocking below_the_line 0 0,1", "note one_level_apart 0 0,1"]
    );
}

#[test]
fn a_conflict_is_put_to_both_ends_and_is_a_note_where_the_attribute_is_good_to_have() {
    assert_eq!(
        told(&[(StrongYes, &[3, 3, 1]), (Yes, &[4, 3, 3]), (Yes, &[5, 3, 2])]),
        ["blocking conflict 0 0,2", "note conflict 2 0,1"]
    );
}

#[test]
fn a_gap_is_put_to_those_who_had_no_signal() {
    assert_eq!(told(&[(StrongYes, &[3, 0, 0]), (Yes, &[3])]), ["blocking gap 1 0"]);
    assert_eq!(told(&[(StrongYes, &[3]), (Yes, &[3])]), ["blocking gap 1 "]);
}

#[test]
fn what_an_assessment_measured_counts_like_a_rating_and_nobody_is_asked_about_it() {
    let said: &[(Recommendation, &[i32])] = &[(StrongYes, &[3, 0, 4]), (Yes, &[3, 0, 4])];
    assert_eq!(told_beside(&[], said), ["blocking gap 1 0,1"]);
    assert_eq!(told_beside(&[0, 3], said), ["note single_source 1 "]);
    assert_eq!(told_beside(&[0, 2], said), ["blocking below_the_line 1 ", "note single_source 1 "]);
    assert_eq!(told_beside(&[5, 3], said), ["blocking conflict 0 0,1", "note single_source 1 "]);
}

#[test]
fn whoever_decides_neither_way_is_a_note() {
    assert_eq!(told(&[(StrongYes, &[3, 3, 3]), (NoDecision, &[3, 3, 3])]), ["note undecided - 1"]);
}

#[test]
fn everybody_against_is_as_clear_as_everybody_for() {
    assert_eq!(told(&[(No, &[3, 3, 3]), (No, &[3, 3, 3])]), Vec::<String>::new());
}

proptest! {
    #[test]
    fn findings_depend_on_what_is_said_and_not_on_the_order_of_cards(
        said in prop::collection::vec((0..5_usize, prop::collection::vec(0..6_i32, 3)), 1..6),
        turn in 0..6_usize,
    ) {
        let judged = judged();
        let said: Vec<(Recommendation, &[i32])> = said
            .iter()
            .map(|(index, levels)| (Recommendation::ALL[*index], levels.as_slice()))
            .collect();
        let cards = cards(&judged, &said);
        let mut turned = cards.clone();
        turned.rotate_left(turn % cards.len());
        let found = detect(&judged, &cards, &[]);
        prop_assert_eq!(&found, &detect(&judged, &turned, &[]));
        // What is found rests on cards that are there, and blocks exactly where it is said to.
        for finding in &found {
            prop_assert!(finding.cards.iter().all(|id| cards.iter().any(|card| card.id == *id)));
        }
        let must_fails = judged.iter().filter(|one| one.priority == Priority::Must).any(|one| {
            let levels: Vec<i32> = cards
                .iter()
                .flat_map(|card| card.ratings.iter().filter(|(id, _)| *id == one.id))
                .filter_map(|(_, level)| *level)
                .collect();
            levels.is_empty()
                || levels.iter().any(|level| *level < one.pass_level)
                || levels.iter().any(|a| levels.iter().any(|b| a - b >= 2))
        });
        let sides = |side| cards.iter().any(|card| card.recommendation.side() == side);
        let contested = cards.iter().any(|card| card.recommendation == StrongNo)
            || sides(Side::Yes) && sides(Side::No);
        let clear = found.iter().all(|finding| finding.severity == Severity::Note);
        prop_assert_eq!(clear, !must_fails && !contested);
    }
}
