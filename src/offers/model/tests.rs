use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::approvals::model::{Ballot, Refusal};
use crate::approvals::{StepMode, StepState, VoteDecision};

fn user(number: u8) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(number)))
}

fn hash(number: u8) -> TermsHash {
    TermsHash::from_bytes([number; 32])
}

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

fn plan() -> Vec<PlannedStep> {
    let step = |name: &str, mode, members: &[u8]| PlannedStep {
        name: name.to_owned(),
        mode,
        members: members.iter().map(|number| user(*number)).collect(),
    };
    vec![step("Finance", StepMode::Any, &[1, 2]), step("Director", StepMode::All, &[2, 3])]
}

fn yes(voter: u8, terms: u8) -> Ballot {
    Ballot {
        voter: user(voter),
        cast_by: None,
        decision: VoteDecision::Approve,
        terms_hash: hash(terms),
    }
}

/// What the command that casts a vote does: count it, and let the offer follow its run.
fn vote(offer: Negotiation, ballot: &Ballot) -> Result<Negotiation, Refusal> {
    let run = offer.run.clone().ok_or(Refusal::Ended)?;
    let (run, _) = run.cast(ballot)?;
    offer.settle(run).map_err(|_not_waiting| Refusal::Ended)
}

fn approved() -> Negotiation {
    let votes = [yes(1, 7), yes(2, 7), yes(3, 7)];
    let submitted = Negotiation::draft(hash(7)).submit(&plan(), user(9)).unwrap();
    votes.iter().fold(submitted, |offer, ballot| vote(offer, ballot).unwrap())
}

#[test]
fn the_life_of_an_offer() {
    let mut table = format!("{:<10}", "");
    for command in OfferCommand::ALL {
        write!(table, " {:<10}", format!("{command:?}")).unwrap();
    }
    for state in OfferState::ALL {
        write!(table, "\n{:<10}", state.as_str()).unwrap();
        for command in OfferCommand::ALL {
            let after = state.apply(command).map_or("-", OfferState::as_str);
            write!(table, " {after:<10}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn terms_that_every_step_approved_are_extended_and_accepted() {
    let extended = approved().extend(at(100), at(10)).unwrap();
    assert_eq!(extended.state, OfferState::Extended);
    assert_eq!(extended.clone().accept(Some(at(100)), at(99)).unwrap().state, OfferState::Accepted);
    assert_eq!(extended.decline().unwrap().state, OfferState::Declined);
}

#[test]
fn an_offer_expires_at_its_instant() {
    let extended = approved().extend(at(100), at(10)).unwrap();
    assert_eq!(extended.clone().accept(Some(at(100)), at(100)), Err(Hindrance::Expired));
    assert_eq!(extended.accept(None, at(10)), Err(Hindrance::Expired));
    assert_eq!(approved().extend(at(10), at(10)), Err(Hindrance::ExpiresTooEarly));
}

#[test]
fn new_terms_lose_the_approval_of_the_old_ones() {
    let revised = approved().revise(hash(8)).unwrap();
    assert_eq!(revised.state, OfferState::Draft);
    assert_eq!(revised.clone().extend(at(100), at(10)), Err(Hindrance::Illegal));
    let pending = revised.submit(&plan(), user(9)).unwrap();
    assert_eq!(vote(pending.clone(), &yes(1, 7)), Err(Refusal::TermsChanged));
    assert!(vote(pending, &yes(1, 8)).is_ok());
}

#[test]
fn what_the_candidate_holds_is_not_revised() {
    let extended = approved().extend(at(100), at(10)).unwrap();
    assert_eq!(extended.revise(hash(8)), Err(Hindrance::Illegal));
}

#[test]
fn an_approval_of_other_terms_extends_nothing() {
    let changed_behind_its_back = Negotiation { terms_hash: hash(8), ..approved() };
    assert_eq!(changed_behind_its_back.extend(at(100), at(10)), Err(Hindrance::NotApproved));
    let without_run = Negotiation { run: None, ..approved() };
    assert_eq!(without_run.extend(at(100), at(10)), Err(Hindrance::NotApproved));
}

#[derive(Debug, Clone)]
enum Act {
    Revise(TermsHash),
    Submit(Vec<PlannedStep>, UserId),
    Vote(Ballot),
    Extend(Instant),
    Accept,
    Decline,
    Rescind,
}

fn any_plan() -> impl Strategy<Value = Vec<PlannedStep>> {
    let mode = prop_oneof![Just(StepMode::All), Just(StepMode::Any)];
    let members = proptest::sample::subsequence(vec![1_u8, 2, 3], 1..=3);
    proptest::collection::vec((mode, members), 0..=3).prop_map(|steps| {
        let step = |(mode, members): (StepMode, Vec<u8>)| PlannedStep {
            name: "Step".to_owned(),
            mode,
            members: members.into_iter().map(user).collect(),
        };
        steps.into_iter().map(step).collect()
    })
}

fn any_act() -> impl Strategy<Value = Act> {
    let decision = prop_oneof![8 => Just(VoteDecision::Approve), 1 => Just(VoteDecision::Reject)];
    let ballot = (1_u8..=3, decision, 0_u8..=1).prop_map(|(voter, decision, terms)| Ballot {
        cast_by: None,
        voter: user(voter),
        decision,
        terms_hash: hash(terms),
    });
    prop_oneof![
        1 => (0_u8..=1).prop_map(|terms| Act::Revise(hash(terms))),
        3 => (any_plan(), 3_u8..=5).prop_map(|(plan, who)| Act::Submit(plan, user(who))),
        12 => ballot.prop_map(Act::Vote),
        3 => (5_i64..=20).prop_map(|seconds| Act::Extend(at(seconds))),
        1 => Just(Act::Accept),
        1 => Just(Act::Decline),
        1 => Just(Act::Rescind),
    ]
}

fn perform(offer: Negotiation, act: &Act) -> Option<Negotiation> {
    match act {
        Act::Revise(terms) => offer.revise(*terms).ok(),
        Act::Submit(plan, submitter) => offer.submit(plan, *submitter).ok(),
        Act::Vote(ballot) => vote(offer, ballot).ok(),
        Act::Extend(expires_at) => offer.extend(*expires_at, at(10)).ok(),
        Act::Accept => offer.accept(Some(at(20)), at(10)).ok(),
        Act::Decline => offer.decline().ok(),
        Act::Rescind => offer.rescind().ok(),
    }
}

/// Whether the votes that were counted since the submission, told from scratch, carry every step.
fn carried(plan: &[PlannedStep], votes: &[(usize, Ballot)], terms: TermsHash) -> bool {
    let approves = |position: usize, member: &UserId| {
        votes.iter().any(|(step, ballot)| {
            *step == position
                && ballot.voter == *member
                && ballot.terms_hash == terms
                && ballot.decision == VoteDecision::Approve
        })
    };
    !plan.is_empty()
        && plan.iter().enumerate().all(|(position, step)| match step.mode {
            StepMode::All => step.members.iter().all(|member| approves(position, member)),
            StepMode::Any => step.members.iter().any(|member| approves(position, member)),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_sequence_extends_terms_that_some_step_has_not_approved(
        acts in proptest::collection::vec(any_act(), 0..60),
    ) {
        let mut offer = Negotiation::draft(hash(0));
        // The history that the rule is told from: terms, plan, submitter, counted votes.
        let mut terms = hash(0);
        let mut submitted: Option<(Vec<PlannedStep>, UserId)> = None;
        let mut votes: Vec<(usize, Ballot)> = Vec::new();
        for act in &acts {
            let asked = offer.run.as_ref().and_then(|run| {
                run.steps.iter().position(|step| step.state == StepState::Pending)
            });
            let Some(after) = perform(offer.clone(), act) else { continue };
            match act {
                Act::Revise(new) => {
                    (terms, submitted, votes) = (*new, None, Vec::new());
                }
                Act::Submit(plan, submitter) => submitted = Some((plan.clone(), *submitter)),
                Act::Vote(ballot) => votes.push((asked.unwrap(), *ballot)),
                Act::Extend(_) | Act::Accept | Act::Decline | Act::Rescind => {}
            }
            let reached = after.state == OfferState::Extended && offer.state != OfferState::Extended;
            offer = after;
            prop_assert_eq!(offer.terms_hash, terms);
            if reached {
                let (plan, submitter) = submitted.as_ref().expect("only what was submitted is extended");
                prop_assert!(carried(plan, &votes, terms));
                prop_assert!(votes.iter().all(|(_, ballot)| ballot.voter != *submitter));
                let run = offer.run.as_ref().unwrap();
                prop_assert_eq!(run.state, RunState::Approved);
            }
        }
    }
}
