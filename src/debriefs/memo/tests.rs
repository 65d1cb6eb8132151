//! What a memo must say.

use super::*;
use crate::clock::Instant;
use crate::ids::IdSource;
use Recommendation::{No, StrongNo, Yes};

fn grounds(ballots: &[Recommendation]) -> Grounds {
    let mut ids = IdSource::counted().batch(Instant::from_micros(0));
    let cards = ballots.iter().map(|ballot| (ids.next_id(), *ballot)).collect();
    Grounds {
        cards,
        attributes: HashSet::from([ids.next_id()]),
        newest: ballots.to_vec(),
        findings: Vec::new(),
        earlier: Vec::new(),
    }
}

fn memo(summary: &str) -> WriteMemo {
    WriteMemo {
        in_favour: vec![point(None, None)],
        against: Vec::new(),
        concerns_answered: Vec::new(),
        findings_answered: Vec::new(),
        summary: summary.parse().expect("a summary"),
        set_up_for_success: None,
    }
}

fn point(scorecard_id: Option<ScorecardId>, attribute_id: Option<AttributeId>) -> MemoPoint {
    MemoPoint {
        text: "Asked before building.".parse().expect("a point"),
        scorecard_id,
        attribute_id,
    }
}

fn answer(scorecard_id: ScorecardId) -> AnsweredConcern {
    AnsweredConcern { scorecard_id, answer: "A mentor is agreed.".parse().expect("an answer") }
}

fn wrong(result: Result<Memo>) -> Vec<String> {
    let fields = result.err().map(|error| error.fields).unwrap_or_default();
    fields.into_iter().map(|field| format!("{} {}", field.pointer, field.code)).collect()
}

#[test]
fn a_hire_names_its_level() {
    let grounds = grounds(&[Yes]);
    assert_eq!(wrong(write(Outcome::Hire, None, &memo("Yes."), &grounds)), ["/level_id required"]);
    let level = Some(IdSource::counted().batch(Instant::from_micros(0)).next_id());
    assert!(write(Outcome::Hire, level, &memo("Yes."), &grounds).is_ok());
    assert!(write(Outcome::Hold, None, &memo("Later."), &grounds).is_ok());
}

#[test]
fn a_memo_has_a_point() {
    let empty = WriteMemo { in_favour: Vec::new(), ..memo("No.") };
    assert_eq!(
        wrong(write(Outcome::NoHire, None, &empty, &grounds(&[No]))),
        ["/memo/for required"]
    );
    let against = WriteMemo { against: vec![point(None, None)], ..empty };
    assert!(write(Outcome::NoHire, None, &against, &grounds(&[No])).is_ok());
}

#[test]
fn every_strong_no_is_answered_by_itself() {
    let grounds = grounds(&[StrongNo, StrongNo, Yes]);
    let ids: Vec<ScorecardId> = grounds.cards.iter().map(|(id, _)| *id).collect();
    let answers = |ids: &[ScorecardId]| WriteMemo {
        concerns_answered: ids.iter().map(|id| answer(*id)).collect(),
        ..memo("No.")
    };
    let decide = |ids: &[ScorecardId]| wrong(write(Outcome::NoHire, None, &answers(ids), &grounds));
    let unanswered = "/memo/concerns_answered unanswered_concern";
    assert_eq!(decide(&[]), [unanswered, unanswered]);
    assert_eq!(decide(&ids[..1]), [unanswered]);
    assert_eq!(decide(&ids[..2]), [""; 0]);
    assert_eq!(decide(&ids), [""; 0]);
    let twice = [ids[0], ids[1], ids[0]];
    assert_eq!(decide(&twice), ["/memo/concerns_answered/2/scorecard_id duplicate"]);
}

#[test]
fn a_decision_against_the_majority_says_why_at_length() {
    let grounds = grounds(&[Yes, Yes, No]);
    assert_eq!(
        wrong(write(Outcome::NoHire, None, &memo(&"x".repeat(199)), &grounds)),
        ["/memo/summary too_short"]
    );
    assert!(write(Outcome::NoHire, None, &memo(&"é".repeat(200)), &grounds).is_ok());
    assert!(write(Outcome::Hold, None, &memo("Later."), &grounds).is_ok());
}

#[test]
fn a_point_refers_to_what_the_debrief_has() {
    let grounds = grounds(&[Yes]);
    let mut others = IdSource::counted().batch(Instant::from_micros(1_000_000));
    let known = point(Some(grounds.cards[0].0), grounds.attributes.iter().next().copied());
    let strange = point(Some(others.next_id()), Some(others.next_id()));
    let memo = WriteMemo {
        in_favour: vec![known, strange.clone()],
        against: vec![strange],
        ..memo("Later.")
    };
    let expected = [
        "/memo/for/1/scorecard_id unknown_reference",
        "/memo/for/1/attribute_id unknown_reference",
        "/memo/against/0/scorecard_id unknown_reference",
        "/memo/against/0/attribute_id unknown_reference",
    ];
    assert_eq!(wrong(write(Outcome::Hold, None, &memo, &grounds)), expected);
}

#[test]
fn the_hash_does_not_depend_on_the_order_of_members() {
    let memo = write(Outcome::Hold, None, &memo("Later."), &grounds(&[Yes])).expect("a memo");
    let document = memo.document().expect("a document");
    let mut turned = serde_json::Map::new();
    for (key, value) in document.0.as_object().expect("an object").iter().rev() {
        turned.insert(key.clone(), value.clone());
    }
    let turned = Document(serde_json::Value::Object(turned));
    assert_eq!(hash(&document).expect("a hash"), hash(&turned).expect("a hash"));
    let mut other = memo;
    other.outcome = Outcome::NoHire;
    assert_ne!(
        hash(&document).expect("a hash"),
        hash(&other.document().expect("one")).expect("a hash")
    );
}
