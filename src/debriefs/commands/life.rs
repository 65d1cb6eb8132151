//! What a debrief does by itself.

use chrono::TimeDelta;

use super::agree;
use super::decide::dissenters;
use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::debriefs::detector::detect;
use crate::debriefs::model::{DebriefCommand, Situation, Turnout, is_quorum, next_step};
use crate::debriefs::store::discussion::{self, Finding, Rests};
use crate::debriefs::store::signal::{self, SignalRequest};
use crate::debriefs::store::{self, Ballot, Debrief, agreement, turnout};
use crate::debriefs::{DebriefState, DebriefWay};
use crate::error::{Error, Result};
use crate::events::{Audience, EventKind, record};
use crate::ids::{DebriefId, LoopId, UserId};
use crate::loops::templates::{Priority, Slot};
use crate::loops::{self, Place};
use crate::scorecards::store::Scorecard;
use crate::timers::{self, TimerKind};
use crate::users::after_working_time;

/// A working day: how long somebody has to answer, to dissent, and to decide lightly.
pub(super) const WORKING_DAY: TimeDelta = TimeDelta::hours(8);

/// How much of the decider's working time a decision may take.
const TO_DECIDE: TimeDelta = TimeDelta::hours(16);

/// How much of the driver's working time may pass until the candidate knows what was decided.
const TO_INFORM: TimeDelta = TimeDelta::hours(16);

/// Lets the debrief of a loop go on after something in the loop changed: a card that came in, was
/// waived or is no longer owed, an interview that took place, got another time or was called off. The
/// caller holds the lock of the application, so two last cards that come in at once reveal it exactly
/// once.
pub fn evaluate(tx: &mut Tx<'_>, permit: &Permit, place: &Place, loop_id: LoopId) -> Result<()> {
    match store::newest_of_loop(tx.conn, loop_id)? {
        Some(debrief) => go_on(tx, permit, place, debrief).map(drop),
        None => Ok(()),
    }
}

/// Lets a debrief go on because a deadline in it passed.
///
/// # Errors
/// `not_found`.
pub fn wake(tx: &mut Tx<'_>, id: DebriefId) -> Result<()> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, before.application_id)?;
    dialect::lock(tx.conn, Root::Debrief, id.any())?;
    let debrief = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    go_on(tx, &Permit::for_system(id), &place, debrief).map(drop)
}

/// Whether the debrief of a loop has come to a decision, though others may still speak to it, or was
/// called off: what it rests on stays as it is from then on.
pub fn is_closed(conn: &mut Conn, loop_id: LoopId) -> Result<bool> {
    let newest = store::newest_of_loop(conn, loop_id)?;
    Ok(newest.is_some_and(|debrief| !debrief.state.is_before_the_decision()))
}

/// Takes a submitted card that counts: freezes its recommendation as the author's first ballot,
/// unless the debrief has decided, and lets the debrief go on.
pub fn receive(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    loop_id: LoopId,
    card: &Scorecard,
) -> Result<()> {
    let Some(debrief) = store::newest_of_loop(tx.conn, loop_id)? else {
        return Ok(());
    };
    if let Some(recommendation) =
        card.recommendation.filter(|_| debrief.state.is_before_the_decision())
    {
        let ballot = Ballot {
            id: tx.id(),
            debrief_id: debrief.id,
            user_id: card.author_id,
            scorecard_id: Some(card.id),
            recommendation,
            reason: None,
            because_of_id: None,
            because_attribute_id: None,
            occurred_at: tx.occurred_at(),
        };
        store::insert_ballot(tx, &permit.extend_to(debrief.id), &ballot)?;
    }
    agree::ask_late(tx, permit, place, &debrief, card.author_id)?;
    go_on(tx, permit, place, debrief).map(drop)
}

/// Takes every step that is due, and sets when the next one may be.
pub(super) fn go_on(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    mut debrief: Debrief,
) -> Result<DebriefId> {
    if debrief.state.has_ended() {
        return Ok(debrief.id);
    }
    dialect::lock(tx.conn, Root::Debrief, debrief.id.any())?;
    let permit = permit.extend_to(debrief.id);
    loop {
        let (situation, next) = situation(tx, place, &debrief)?;
        let Some(step) = next_step(debrief.state, &situation) else {
            timers::set(tx, &permit, TimerKind::Debrief, next)?;
            return Ok(debrief.id);
        };
        take(tx, &permit, place, &mut debrief, step)?;
    }
}

/// What the next step depends on, and when that changes by itself.
fn situation(
    tx: &mut Tx<'_>,
    place: &Place,
    debrief: &Debrief,
) -> Result<(Situation, Option<Instant>)> {
    let now = tx.now();
    let active = place.status == ApplicationStatus::Active;
    let light = debrief.way == DebriefWay::Light;
    let situation = Situation { active, light, ..Situation::default() };
    match debrief.state {
        _ if !active => Ok((situation, None)),
        DebriefState::Planned | DebriefState::Gathering | DebriefState::Stalled => {
            let mut waiting = turnout::waiting(tx.conn, debrief.loop_id)?;
            let mut progress = waiting.progress();
            let asked = more_asked(tx, debrief)?;
            if let Some(asked) = &asked {
                waiting = waiting.only(asked.interview_id);
                progress.waiting = waiting.progress().waiting;
            }
            let last_due = waiting.last_due(debrief.extended_until);
            let overdue = last_due.is_some_and(|due| due <= now);
            let enough = overdue && asked.is_none() && !light && {
                let turnout = turned_out(tx, debrief, &waiting)?;
                is_quorum(turnout)
            };
            let next = last_due.filter(|_| !overdue && progress.waiting);
            Ok((Situation { progress, overdue, enough, ..situation }, next))
        }
        DebriefState::Revealed | DebriefState::Discussing => {
            let open = open_questions(tx.conn, debrief)?;
            let responses = discussion::responses(tx.conn, debrief.id)?;
            let answered = open.asked().iter().all(|person| {
                responses
                    .iter()
                    .any(|one| one.discussion == debrief.discussions && one.user_id == *person)
            });
            let meeting = debrief.awaits_meeting();
            let (over, next) = passed(debrief.responses_due_at, now);
            let clear = open.questions.is_empty();
            Ok((Situation { clear, meeting, answered, over, ..situation }, next))
        }
        DebriefState::DissentWindow => {
            let (passed, next) = passed(debrief.dissent_until, now);
            let over = passed || all_have_spoken(tx.conn, debrief.id)?;
            Ok((Situation { over, ..situation }, next))
        }
        DebriefState::Deciding
        | DebriefState::Decided
        | DebriefState::Closed
        | DebriefState::Cancelled => Ok((situation, None)),
    }
}

/// What a debrief that was revealed waits for: of all cards, those of the interview that was added.
fn more_asked(tx: &mut Tx<'_>, debrief: &Debrief) -> Result<Option<SignalRequest>> {
    if debrief.reveals == 0 { Ok(None) } else { Ok(signal::of(tx.conn, debrief.id)?) }
}

/// Whether everybody who sees a decision otherwise has said so.
fn all_have_spoken(conn: &mut Conn, id: DebriefId) -> Result<bool> {
    let statements = discussion::statements(conn, id)?;
    let spoken = |person: &UserId| statements.iter().any(|one| one.user_id == *person);
    Ok(dissenters(conn, id)?.iter().all(spoken))
}

/// Whether an instant has passed, and itself while it has not.
fn passed(at: Option<Instant>, now: Instant) -> (bool, Option<Instant>) {
    let over = at.is_some_and(|at| at <= now);
    (over, at.filter(|_| !over))
}

fn turned_out(tx: &mut Tx<'_>, debrief: &Debrief, waiting: &turnout::Waiting) -> Result<Turnout> {
    let judged = turnout::judged(tx.conn, debrief.loop_id)?;
    let cards = turnout::cards(tx.conn, debrief.loop_id)?;
    let measured = turnout::measured(tx.conn, debrief.loop_id)?;
    let rated = |id| {
        let by_card = cards.iter().flat_map(|card| &card.ratings);
        by_card.chain(&measured).any(|(of, level)| *of == id && level.is_some())
    };
    let mut musts = judged.iter().filter(|one| one.priority == Priority::Must);
    let key = |seat: &turnout::Awaited| {
        seat.slot == Slot::BarRaiser || seat.user_id == debrief.decider_id
    };
    Ok(Turnout {
        submitted: waiting.submitted(),
        owed: waiting.owed().count(),
        missing_key_card: waiting.owed().any(key),
        must_haves_rated: musts.all(|one| rated(one.id)),
    })
}

/// Those who are asked something in a discussion and have not answered yet; nobody while a meeting is
/// awaited, and in no other state.
pub fn asked(conn: &mut Conn, debrief: &Debrief) -> Result<Vec<UserId>> {
    if debrief.state != DebriefState::Discussing || debrief.awaits_meeting() {
        return Ok(Vec::new());
    }
    let mut people = open_questions(conn, debrief)?.asked();
    let responses = discussion::responses(conn, debrief.id)?;
    let now = responses.iter().filter(|one| one.discussion == debrief.discussions);
    let answered: Vec<UserId> = now.map(|one| one.user_id).collect();
    people.retain(|person| !answered.contains(person));
    Ok(people)
}

/// The open questions of a debrief, with those who are asked.
pub(super) struct OpenQuestions {
    pub(super) questions: Vec<Finding>,
    pub(super) rests: Vec<Rests>,
}

impl OpenQuestions {
    /// Those who are asked, once each.
    pub(super) fn asked(&self) -> Vec<UserId> {
        let mut people: Vec<UserId> = self
            .rests
            .iter()
            .filter(|rest| self.questions.iter().any(|one| one.id == rest.finding_id))
            .map(|rest| rest.author_id)
            .collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Whether a question is put to somebody.
    pub(super) fn asks(&self, question: &Finding, person: UserId) -> bool {
        let of_it = self.rests.iter().filter(|rest| rest.finding_id == question.id);
        of_it.into_iter().any(|rest| rest.author_id == person)
    }
}

/// The open questions of a debrief: those of its discussion, or of the one to come.
pub(super) fn open_questions(conn: &mut Conn, debrief: &Debrief) -> Result<OpenQuestions> {
    let lasts = debrief.state == DebriefState::Discussing;
    let which = if lasts { debrief.discussions } else { debrief.discussions + 1 };
    let mut questions = discussion::findings(conn, debrief.id)?;
    questions.retain(|finding| finding.asked_in == Some(which));
    Ok(OpenQuestions { questions, rests: discussion::rests(conn, debrief.id)? })
}

/// One step of a debrief's life, saved and recorded.
pub(super) fn take(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    debrief: &mut Debrief,
    step: DebriefCommand,
) -> Result<()> {
    debrief.state = debrief.state.apply(step)?;
    let at = Some(tx.occurred_at());
    let kind = match step {
        DebriefCommand::Gather => {
            debrief.gathering_at = at;
            EventKind::DebriefGathering
        }
        DebriefCommand::Stall => {
            debrief.stalled_at = at;
            EventKind::DebriefStalled
        }
        DebriefCommand::Resume => {
            debrief.stalled_at = None;
            EventKind::DebriefResumed
        }
        DebriefCommand::Reveal => {
            reveal(tx, permit, debrief)?;
            EventKind::DebriefRevealed
        }
        DebriefCommand::Discuss => {
            discuss(tx, permit, debrief)?;
            EventKind::DebriefDiscussing
        }
        DebriefCommand::TakeUp => {
            let (decider, now) = (debrief.decider_id, tx.now());
            let time = match debrief.way {
                DebriefWay::Written => TO_DECIDE,
                DebriefWay::Light => WORKING_DAY,
            };
            let by = after_working_time(tx.conn, &[decider], now, time)?;
            debrief.decide_by = by.get(&decider).copied();
            EventKind::DebriefDeciding
        }
        DebriefCommand::AskMore => {
            agreement::end_proposal(tx, permit, debrief.id)?;
            (debrief.decide_by, debrief.extended_until) = (None, None);
            EventKind::DebriefSignalAsked
        }
        DebriefCommand::Decide => EventKind::DebriefDissentWindow,
        DebriefCommand::Settle | DebriefCommand::DecideLightly => {
            debrief.decided_at = at;
            let (driver, now) = (debrief.driver_id, tx.now());
            let by = after_working_time(tx.conn, &[driver], now, TO_INFORM)?;
            debrief.inform_by = by.get(&driver).copied();
            finish_loop(tx, permit, debrief.loop_id)?;
            EventKind::DebriefDecided
        }
        DebriefCommand::Close => EventKind::DebriefClosed,
        DebriefCommand::Cancel => EventKind::DebriefCancelled,
    };
    store::save(tx, permit, debrief)?;
    let event = place.event(kind, debrief.id).id("loop_id", debrief.loop_id);
    // That there is another round tells that the one before was decided.
    let event = if debrief.round > 1 { event.only_for(Audience::Sealed) } else { event };
    record(tx, permit, &event)?;
    Ok(())
}

/// What a reveal brings: what is found between the cards by now.
fn reveal(tx: &mut Tx<'_>, permit: &Permit, debrief: &mut Debrief) -> Result<()> {
    debrief.revealed_at = debrief.revealed_at.or(Some(tx.occurred_at()));
    debrief.reveals += 1;
    let judged = turnout::judged(tx.conn, debrief.loop_id)?;
    let cards = turnout::cards(tx.conn, debrief.loop_id)?;
    let measured = turnout::measured(tx.conn, debrief.loop_id)?;
    let found = detect(&judged, &cards, &measured);
    discussion::insert_findings(tx, &permit.extend_to(debrief.id), debrief, &found)?;
    Ok(())
}

/// What a discussion begins with: nothing is proposed any more, and there is a time to answer unless it is a
/// meeting.
fn discuss(tx: &mut Tx<'_>, permit: &Permit, debrief: &mut Debrief) -> Result<()> {
    debrief.discussions += 1;
    debrief.discussing_at = Some(tx.occurred_at());
    agreement::end_proposal(tx, permit, debrief.id)?;
    debrief.decide_by = None;
    debrief.responses_due_at = if debrief.awaits_meeting() {
        None
    } else {
        let asked = open_questions(tx.conn, debrief)?.asked();
        let now = tx.now();
        after_working_time(tx.conn, &asked, now, WORKING_DAY)?.into_values().max()
    };
    Ok(())
}

fn finish_loop(tx: &mut Tx<'_>, permit: &Permit, id: LoopId) -> Result<()> {
    let mut finished = loops::store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    finished.state = finished.state.finish()?;
    loops::store::save(tx, &permit.extend_to(finished.id), &finished)
}
