use std::fmt::Write;

use super::*;
use Recommendation::{No, NoDecision, StrongNo, StrongYes, Yes};

#[test]
fn the_life_of_a_debrief() {
    let mut table = String::new();
    for from in DebriefState::ALL {
        for command in DebriefCommand::ALL {
            let to = from.apply(*command).map_or("-", DebriefState::as_str);
            writeln!(table, "{from:?} {command:?} {to}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

/// Every situation.
fn situations() -> impl Iterator<Item = Situation> {
    (0..2048_u16).map(|bits| {
        let bit = |index: u16| bits & (1 << index) != 0;
        Situation {
            progress: Progress { begun: bit(0), card_in: bit(1), waiting: bit(2) },
            active: bit(3),
            overdue: bit(4),
            enough: bit(5),
            clear: bit(6),
            meeting: bit(7),
            answered: bit(8),
            over: bit(9),
            light: bit(10),
        }
    })
}

#[test]
fn every_step_that_a_debrief_takes_by_itself_is_one_that_its_life_knows() {
    for state in DebriefState::ALL {
        for now in situations() {
            if let Some(step) = next_step(*state, &now) {
                assert!(state.apply(step).is_ok(), "{state:?} {now:?} {step:?}");
            }
        }
    }
}

#[test]
fn a_debrief_comes_to_rest_whatever_the_situation() {
    for state in DebriefState::ALL {
        for now in situations() {
            let (mut at, mut steps) = (*state, 0);
            while let Some(step) = next_step(at, &now) {
                at = at.apply(step).unwrap();
                steps += 1;
                assert!(steps <= 6, "{state:?} {now:?}");
            }
        }
    }
}

#[test]
fn nothing_is_revealed_before_a_card_is_in_and_nothing_while_one_is_not_yet_due() {
    for now in situations() {
        let step = next_step(DebriefState::Gathering, &now);
        if step == Some(DebriefCommand::Reveal) {
            let Progress { card_in, waiting, .. } = now.progress;
            assert!(card_in && !waiting || now.overdue && now.enough, "{now:?}");
        }
    }
}

#[test]
fn what_is_decided_lightly_is_never_revealed_and_comes_before_its_decider_with_its_card() {
    let ways = [DebriefState::Planned, DebriefState::Gathering, DebriefState::Stalled];
    for state in ways {
        for now in situations().filter(|now| now.light) {
            let step = next_step(state, &now);
            assert_ne!(step, Some(DebriefCommand::Reveal), "{state:?} {now:?}");
            if step == Some(DebriefCommand::TakeUp) {
                assert!(now.progress.card_in && !now.progress.waiting, "{state:?} {now:?}");
            }
        }
    }
    for now in situations().filter(|now| !now.light) {
        assert_ne!(next_step(DebriefState::Gathering, &now), Some(DebriefCommand::TakeUp));
    }
}

#[test]
fn what_ended_stays_ended() {
    for state in DebriefState::ALL.iter().filter(|state| state.has_ended()) {
        // But that the candidate is told of what was decided.
        let mut others = DebriefCommand::ALL.iter().filter(|one| **one != DebriefCommand::Close);
        assert!(others.all(|command| state.apply(*command).is_err()));
        assert!(situations().all(|now| next_step(*state, &now).is_none()));
        assert!(!STANDING.contains(state));
    }
    assert!(STANDING.iter().all(|state| !state.has_ended()));
}

#[test]
fn what_stands_before_the_decision_is_what_can_still_change_before_it() {
    for state in DebriefState::ALL {
        let listed = BEFORE_THE_DECISION.contains(state);
        assert_eq!(listed, state.is_before_the_decision(), "{state:?}");
    }
}

#[test]
fn two_refusals_are_discussed_and_the_third_is_not() {
    use AfterRefusal::{Discussed, Escalated};
    assert_eq!([0, 1, 2, 3].map(after_refusal), [Discussed, Discussed, Escalated, Escalated]);
}

#[test]
fn a_quorum_is_three_quarters_and_three_with_every_must_have_rated() {
    let turnout = |submitted, owed| Turnout {
        submitted,
        owed,
        missing_key_card: false,
        must_haves_rated: true,
    };
    assert!(is_quorum(turnout(3, 1)));
    assert!(!is_quorum(turnout(2, 0)));
    assert!(!is_quorum(turnout(3, 2)));
    assert!(is_quorum(turnout(6, 2)));
    assert!(!is_quorum(Turnout { missing_key_card: true, ..turnout(5, 1) }));
    assert!(!is_quorum(Turnout { must_haves_rated: false, ..turnout(5, 1) }));
}

#[test]
fn a_majority_counts_only_ballots_that_take_a_side() {
    assert!(goes_against_majority(&[No, StrongNo, Yes], Outcome::Hire));
    assert!(!goes_against_majority(&[No, Yes], Outcome::Hire));
    assert!(!goes_against_majority(&[No, Yes], Outcome::NoHire));
    assert!(goes_against_majority(&[NoDecision, NoDecision, StrongYes], Outcome::NoHire));
    assert!(!goes_against_majority(&[No, No], Outcome::Hold));
    assert!(!goes_against_majority(&[], Outcome::Hire));
}

#[test]
fn dissent_is_a_ballot_on_the_other_side() {
    assert!(dissents(StrongNo, Outcome::Hire));
    assert!(!dissents(NoDecision, Outcome::Hire));
    assert!(dissents(Yes, Outcome::NoHire));
    assert!(!dissents(No, Outcome::NoHire));
    assert!(Recommendation::ALL.iter().all(|ballot| !dissents(*ballot, Outcome::Hold)));
}
