use std::fmt::Write;

use chrono::TimeDelta;

use super::*;

/// So many hours after the application entered its stage.
fn at(hour: i64) -> Instant {
    Instant::from_micros(1_795_000_000_000_000) + TimeDelta::hours(hour)
}

/// Ten hours after.
const NOW: i64 = 10;

fn seat(submitted_at: Option<Instant>) -> SeatFacts {
    let (assigned_at, due_at) = (at(1), Some(at(9)));
    SeatFacts { slot: Slot::Lead, assigned_at, due_at, submitted_at, waived_at: None }
}

/// A live interview that changed last two hours after, with a lead who owes a card.
fn interview(state: InterviewState) -> InterviewFacts {
    InterviewFacts {
        kit_kind: KitKind::Live,
        state,
        ends_at: None,
        completed_at: None,
        updated_at: at(2),
        question: Question::Nothing,
        seats: vec![seat(None)],
    }
}

fn asked(state: InterviewState, answered: Option<i64>, expires: i64) -> InterviewFacts {
    let (answered_at, expires_at) = (answered.map(at), at(expires));
    let question = Question::Asked { at: at(3), answered_at, expires_at };
    InterviewFacts { question, ..interview(state) }
}

fn over() -> InterviewFacts {
    InterviewFacts { ends_at: Some(at(4)), ..interview(InterviewState::Confirmed) }
}

fn judged() -> InterviewFacts {
    InterviewFacts { seats: vec![seat(Some(at(6)))], ..over() }
}

fn debrief(state: DebriefState) -> DebriefFacts {
    let (discussing_at, decided_at) = (Some(at(7)), Some(at(8)));
    DebriefFacts { state, awaits_meeting: false, discussing_at, decided_at, updated_at: at(9) }
}

fn offer(state: OfferState) -> OfferFacts {
    OfferFacts { state, asked_at: Some(at(5)), extended_at: Some(at(6)), updated_at: at(7) }
}

fn facts(interviews: Vec<InterviewFacts>) -> Facts {
    Facts { interviews, ..Facts::default() }
}

/// Whose move it is, and for how many hours since the stage was entered.
fn told(facts: &Facts) -> String {
    let Turn { mover, since } = facts.turn(at(0), at(NOW));
    format!("{mover} {}", (since - at(0)).num_hours())
}

#[test]
fn an_interview_waits_for_its_time_its_meeting_and_its_cards() {
    use InterviewState as S;
    let ahead = InterviewFacts { ends_at: Some(at(11)), ..interview(S::Confirmed) };
    let unsure = InterviewFacts { question: Question::Unknown, ..interview(S::Proposed) };
    let waived = SeatFacts { waived_at: Some(at(5)), ..seat(None) };
    let held = InterviewFacts { completed_at: Some(at(5)), ..interview(S::Completed) };
    let watched = SeatFacts { slot: Slot::Shadow, ..seat(None) };
    let sample = InterviewFacts { kit_kind: KitKind::WorkSample, ..interview(S::Draft) };
    let test = InterviewFacts { seats: Vec::new(), ..sample };
    let late = SeatFacts { assigned_at: at(8), ..seat(None) };
    let table = [
        ("nothing is known", facts(vec![]), "recruiter 0"),
        ("it has no time", facts(vec![interview(S::Draft)]), "recruiter 2"),
        ("times are offered", facts(vec![asked(S::Proposed, None, 20)]), "candidate 3"),
        ("the offer ran out", facts(vec![asked(S::Proposed, None, 9)]), "recruiter 9"),
        ("they said when", facts(vec![asked(S::AwaitingAvailability, Some(5), 20)]), "recruiter 5"),
        ("an importer asked", facts(vec![interview(S::Proposed)]), "recruiter 2"),
        ("the panel reads it", facts(vec![unsure]), "candidate 2"),
        ("it is to come", facts(vec![ahead.clone()]), "interviewer 2"),
        ("it is over", facts(vec![over()]), "interviewer 4"),
        ("it took place", facts(vec![held.clone()]), "interviewer 5"),
        (
            "somebody came later",
            facts(vec![InterviewFacts { seats: vec![late], ..over() }]),
            "interviewer 8",
        ),
        ("the card is in", facts(vec![judged()]), "recruiter 6"),
        (
            "the card is waived",
            facts(vec![InterviewFacts { seats: vec![waived], ..over() }]),
            "recruiter 5",
        ),
        (
            "only a shadow came",
            facts(vec![InterviewFacts { seats: vec![watched], ..over() }]),
            "recruiter 4",
        ),
        ("nobody came", facts(vec![interview(S::NoShow)]), "recruiter 2"),
        ("a sample is judged", facts(vec![sample]), "interviewer 1"),
        ("a test has no result", facts(vec![test]), "recruiter 2"),
        ("one is over, one has no time", facts(vec![interview(S::Draft), over()]), "interviewer 4"),
        (
            "one is asked about, one has no time",
            facts(vec![interview(S::Draft), asked(S::Proposed, None, 20)]),
            "candidate 3",
        ),
        ("one has no time, one is to come", facts(vec![ahead, interview(S::Draft)]), "recruiter 2"),
        ("two are over", facts(vec![held, over()]), "interviewer 4"),
    ];
    for (what, facts, expected) in table {
        assert_eq!(told(&facts), expected, "{what}");
    }
}

#[test]
fn a_debrief_waits_for_whoever_has_to_act_in_it() {
    let mut table = String::new();
    for state in DebriefState::ALL {
        let facts = Facts { debriefs: vec![debrief(*state)], ..facts(vec![judged()]) };
        writeln!(table, "{state} {}", told(&facts)).unwrap();
    }
    let expected = "planned recruiter 9\ngathering recruiter 9\nstalled recruiter 9\n\
        revealed recruiter 9\ndiscussing interviewer 7\ndeciding decider 9\n\
        dissent_window interviewer 8\ndecided recruiter 9\nclosed recruiter 9\n\
        cancelled recruiter 9\n";
    assert_eq!(table, expected);
    let meeting = DebriefFacts { awaits_meeting: true, ..debrief(DebriefState::Discussing) };
    let facts = Facts { debriefs: vec![meeting], ..facts(vec![judged()]) };
    assert_eq!(told(&facts), "recruiter 9");
}

#[test]
fn an_offer_waits_for_votes_for_the_candidate_or_for_who_writes_it() {
    let mut table = String::new();
    for state in OfferState::ALL {
        let debriefs = vec![debrief(DebriefState::Deciding)];
        let facts = Facts { debriefs, offer: Some(offer(*state)), ..facts(vec![over()]) };
        writeln!(table, "{state} {}", told(&facts)).unwrap();
    }
    let expected = "draft recruiter 7\npending approver 5\napproved recruiter 7\n\
        rejected recruiter 7\nextended candidate 6\naccepted recruiter 7\ndeclined decider 9\n\
        rescinded decider 9\n";
    assert_eq!(table, expected);
}

#[test]
fn who_owes_a_card_is_told_the_same_however_far_the_debrief_is() {
    // The others' cards are in, and the debrief goes on without the one that is owed.
    let sealed = facts(vec![over(), judged()]);
    assert_eq!(told(&sealed), "interviewer 4");
    let open = Facts { debriefs: vec![debrief(DebriefState::Deciding)], ..sealed };
    assert_eq!(told(&open), "decider 9");
}

#[test]
fn a_card_is_late_that_is_owed_and_was_due() {
    let off = InterviewFacts { ..interview(InterviewState::NoShow) };
    let all = facts(vec![over(), judged(), off]);
    assert_eq!((all.late(at(NOW)), all.late(at(9))), (1, 0));
}
