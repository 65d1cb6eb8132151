use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn user(number: u8) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(number)))
}

fn hash(number: u8) -> TermsHash {
    TermsHash::from_bytes([number; 32])
}

const SUBMITTER: u8 = 99;

fn planned(mode: StepMode, members: &[u8]) -> PlannedStep {
    let members = members.iter().map(|number| user(*number)).collect();
    PlannedStep { name: "Step".to_owned(), mode, members }
}

fn begin(plan: &[PlannedStep]) -> Passage {
    Passage::begin(hash(1), plan, user(SUBMITTER)).unwrap()
}

fn ballot(voter: u8, decision: VoteDecision) -> Ballot {
    Ballot { voter: user(voter), decision, terms_hash: hash(1), cast_by: None }
}

fn yes(voter: u8) -> Ballot {
    ballot(voter, VoteDecision::Approve)
}

fn no(voter: u8) -> Ballot {
    ballot(voter, VoteDecision::Reject)
}

fn cast_all(plan: &[PlannedStep], ballots: &[Ballot]) -> (Passage, Option<Effect>) {
    ballots.iter().fold((begin(plan), None), |(passage, _), ballot| {
        let (passage, effect) = passage.cast(ballot).unwrap();
        (passage, Some(effect))
    })
}

#[test]
fn the_lives_of_runs_and_steps() {
    let mut table = String::new();
    for state in RunState::ALL {
        for command in [RunCommand::Approve, RunCommand::Reject, RunCommand::Supersede] {
            let after = state.apply(command).map_or("-", RunState::as_str);
            writeln!(table, "run  {:<10} {:<9} {after}", state.as_str(), format!("{command:?}"))
                .unwrap();
        }
    }
    for state in StepState::ALL {
        for command in [StepCommand::Ask, StepCommand::Approve, StepCommand::Reject] {
            let after = state.apply(command).map_or("-", StepState::as_str);
            writeln!(table, "step {:<10} {:<9} {after}", state.as_str(), format!("{command:?}"))
                .unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn all_approves_with_the_last_member_and_rejects_with_the_first() {
    let plan = [planned(StepMode::All, &[1, 2])];
    assert_eq!(cast_all(&plan, &[yes(1)]).1, Some(Effect::Waiting));
    assert_eq!(cast_all(&plan, &[yes(1), yes(2)]).1, Some(Effect::Approved));
    assert_eq!(cast_all(&plan, &[no(1)]).1, Some(Effect::Rejected));
    assert_eq!(cast_all(&plan, &[yes(1), no(2)]).1, Some(Effect::Rejected));
}

#[test]
fn any_approves_with_the_first_and_rejects_with_the_last_member() {
    let plan = [planned(StepMode::Any, &[1, 2])];
    assert_eq!(cast_all(&plan, &[yes(2)]).1, Some(Effect::Approved));
    assert_eq!(cast_all(&plan, &[no(1)]).1, Some(Effect::Waiting));
    assert_eq!(cast_all(&plan, &[no(1), yes(2)]).1, Some(Effect::Approved));
    assert_eq!(cast_all(&plan, &[no(1), no(2)]).1, Some(Effect::Rejected));
}

#[test]
fn steps_are_asked_in_order() {
    let plan = [planned(StepMode::Any, &[1]), planned(StepMode::All, &[2, 3])];
    assert_eq!(begin(&plan).cast(&yes(2)), Err(Refusal::NotAsked));
    let (passage, effect) = cast_all(&plan, &[yes(1)]);
    assert_eq!(effect, Some(Effect::Asked { next: 1 }));
    let states: Vec<StepState> = passage.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Approved, StepState::Pending]);
    assert!(cast_all(&plan, &[yes(1), yes(2), yes(3)]).0.approves(hash(1)));
}

#[test]
fn a_vote_after_ones_step_ended_is_a_second_vote_or_not_asked_for() {
    let plan = [planned(StepMode::Any, &[1, 2]), planned(StepMode::All, &[3, 4])];
    let (passage, _) = cast_all(&plan, &[yes(1)]);
    assert_eq!(passage.clone().cast(&yes(1)), Err(Refusal::VotedAlready));
    assert_eq!(passage.cast(&yes(2)), Err(Refusal::NotAsked));
}

#[test]
fn somebody_on_two_steps_votes_on_each() {
    let plan = [planned(StepMode::All, &[1]), planned(StepMode::All, &[1, 2])];
    let (passage, _) = cast_all(&plan, &[yes(1)]);
    assert_eq!(passage.steps.last().unwrap().members.first().unwrap().vote, None);
    assert!(cast_all(&plan, &[yes(1), yes(1), yes(2)]).0.approves(hash(1)));
}

#[test]
fn a_vote_for_other_terms_does_not_count() {
    let plan = [planned(StepMode::Any, &[1])];
    let other = Ballot { terms_hash: hash(2), ..yes(1) };
    assert_eq!(begin(&plan).cast(&other), Err(Refusal::TermsChanged));
}

#[test]
fn a_vote_for_somebody_else_is_theirs_and_takes_one_who_decides_nothing_else() {
    let plan = [planned(StepMode::All, &[1, 2]), planned(StepMode::Any, &[3])];
    let by = |delegate, voter| Ballot { cast_by: Some(user(delegate)), ..yes(voter) };
    assert_eq!(begin(&plan).cast(&by(3, 1)), Err(Refusal::DecidesAlready));
    let (passage, _) = cast_all(&plan, &[by(7, 1)]);
    assert_eq!(passage.clone().cast(&yes(1)), Err(Refusal::VotedAlready));
    assert_eq!(passage.cast(&by(7, 2)), Err(Refusal::DecidesAlready));
    assert!(cast_all(&plan, &[by(7, 1), by(8, 2), yes(3)]).0.approves(hash(1)));
}

#[test]
fn an_ended_run_takes_no_votes() {
    let plan = [planned(StepMode::Any, &[1, 2])];
    let (approved, _) = cast_all(&plan, &[yes(1)]);
    assert_eq!(approved.cast(&yes(2)), Err(Refusal::Ended));
    assert_eq!(begin(&plan).supersede().cast(&yes(1)), Err(Refusal::Ended));
    let told_elsewhere = Passage { terms_hash: None, ..begin(&plan) };
    assert_eq!(told_elsewhere.cast(&yes(1)), Err(Refusal::Ended));
}

#[test]
fn a_superseded_approval_approves_nothing() {
    let (approved, _) = cast_all(&[planned(StepMode::Any, &[1])], &[yes(1)]);
    assert!(approved.approves(hash(1)));
    assert!(!approved.approves(hash(2)));
    assert!(!approved.supersede().approves(hash(1)));
}

#[test]
fn nobody_approves_their_own_submission() {
    let plan = [planned(StepMode::Any, &[1]), planned(StepMode::Any, &[2, SUBMITTER])];
    let refused = Passage::begin(hash(1), &plan, user(SUBMITTER));
    assert_eq!(refused, Err(Obstacle::SubmitterOn(1)));
    assert_eq!(Passage::begin(hash(1), &[], user(1)), Err(Obstacle::NoSteps));
    let nobody = [planned(StepMode::All, &[])];
    assert_eq!(Passage::begin(hash(1), &nobody, user(1)), Err(Obstacle::NobodyOn(0)));
}

fn any_plan() -> impl Strategy<Value = Vec<PlannedStep>> {
    let mode = prop_oneof![Just(StepMode::All), Just(StepMode::Any)];
    let members = proptest::sample::subsequence(vec![1_u8, 2, 3, 4, 5], 1..=4);
    proptest::collection::vec((mode, members), 1..=4)
        .prop_map(|steps| steps.iter().map(|(mode, members)| planned(*mode, members)).collect())
}

fn any_ballots() -> impl Strategy<Value = Vec<Ballot>> {
    // Most votes are for the right terms and say yes, so that runs come to their ends.
    let decision = prop_oneof![4 => Just(VoteDecision::Approve), 1 => Just(VoteDecision::Reject)];
    let hash = prop_oneof![6 => Just(hash(1)), 1 => Just(hash(2))];
    let cast_by = prop_oneof![3 => Just(None), 1 => (4_u8..=8).prop_map(Some)];
    let ballot =
        (1_u8..=6, cast_by, decision, hash).prop_map(|(voter, cast_by, decision, terms_hash)| {
            Ballot { voter: user(voter), cast_by: cast_by.map(user), decision, terms_hash }
        });
    proptest::collection::vec(ballot, 0..40)
}

/// Whether the accepted ballots for a step, counted from scratch, approve it.
fn carried(planned: &PlannedStep, accepted: &[Ballot]) -> bool {
    let approves = |member: &UserId| {
        accepted.iter().any(|b| b.voter == *member && b.decision == VoteDecision::Approve)
    };
    match planned.mode {
        StepMode::All => planned.members.iter().all(approves),
        StepMode::Any => planned.members.iter().any(approves),
    }
}

proptest! {
    #[test]
    fn no_sequence_of_votes_approves_a_run_whose_steps_did_not(
        plan in any_plan(),
        ballots in any_ballots(),
    ) {
        let mut passage = begin(&plan);
        let mut accepted: Vec<Vec<Ballot>> = vec![Vec::new(); plan.len()];
        for ballot in &ballots {
            let asked = passage.steps.iter().position(|step| step.state == StepState::Pending);
            let Ok((after, effect)) = passage.clone().cast(ballot) else { continue };
            let asked = asked.expect("a vote counts on a pending step");
            // A vote with another hash never counts, and nobody's counts twice on a step.
            prop_assert_eq!(ballot.terms_hash, hash(1));
            prop_assert!(plan[asked].members.contains(&ballot.voter));
            prop_assert!(accepted[asked].iter().all(|earlier| earlier.voter != ballot.voter));
            // Whoever votes in another's place has no other say in the run.
            if let Some(delegate) = ballot.cast_by {
                prop_assert!(plan.iter().all(|step| !step.members.contains(&delegate)));
                let earlier = accepted.iter().flatten();
                prop_assert!(earlier.into_iter().all(|other| other.cast_by != Some(delegate)));
            }
            accepted[asked].push(*ballot);
            prop_assert_eq!(after.state == RunState::Approved, effect == Effect::Approved);
            passage = after;
        }
        let steps_carried: Vec<bool> =
            plan.iter().zip(&accepted).map(|(step, ballots)| carried(step, ballots)).collect();
        for (step, carried) in passage.steps.iter().zip(&steps_carried) {
            prop_assert_eq!(step.state == StepState::Approved, *carried);
        }
        let all_carried = steps_carried.iter().all(|carried| *carried);
        prop_assert_eq!(passage.state == RunState::Approved, all_carried);
        prop_assert_eq!(passage.approves(hash(1)), all_carried);
        prop_assert!(!passage.approves(hash(2)));
        let pending = passage.steps.iter().filter(|step| step.state == StepState::Pending).count();
        prop_assert_eq!(pending, usize::from(passage.state == RunState::Pending));
    }
}
