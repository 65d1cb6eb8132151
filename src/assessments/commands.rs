//! Recording, correcting and reading results.

use super::api::{RecordAssessmentResult, RecordedContent};
use super::model::{CORRECTIONS_MAX, wrong};
use super::seen::{self, Which};
use super::store::{self, AssessmentRating, AssessmentRead, AssessmentResult, AssessmentRevision};
use crate::access::{self, Action, Actor, Permit};
use crate::db::Tx;
use crate::db::types::Document;
use crate::debriefs;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::http::fields::{Line, MeetingUrl, Prose, Score};
use crate::ids::{AssessmentResultId, InterviewId};
use crate::interviews::InterviewState;
use crate::interviews::commands::{complete_by_result, lock};
use crate::interviews::store::Interview;
use crate::loops::templates::{KitKind, store as templates};
use crate::loops::{Illegal, Place};
use crate::scorecards::commands::check_ratings;

/// Records what an assessment yielded, which completes its interview, or corrects what was recorded.
/// Whoever records it has read it.
///
/// # Errors
/// `forbidden` to somebody who owes a card for the application; `illegal_transition` for an interview of
/// another kind or that was called off, and once the debrief has decided; `precondition_required` and
/// `invalid` for a correction without version or reason; `stale`, `not_found`.
pub fn record_result(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    input: &RecordAssessmentResult,
) -> Result<AssessmentResultId> {
    let (place, interview) = lock(tx, id)?;
    let (scope, standing) = place.scope(tx.conn, actor, id)?;
    let permit = access::permit(tx.conn, actor, Action::RecordAssessment, &scope)?;
    if standing.owes && actor.via.is_none() {
        let detail = "While you owe a scorecard for the application you record no result for it.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    require_assessment(tx, &interview)?;
    let mut wrong = wrong(input, tx.now());
    if let Err(refusal) = check_ratings(tx, interview.kit_id, &input.ratings) {
        wrong.extend(refusal.fields);
    }
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    match store::find_of(tx.conn, id)? {
        None => first(tx, actor, &permit, (&place, interview), input),
        Some(row) => {
            let known = seen::results(tx.conn, actor, Which::Interview(id))?.pop();
            let version = known.ok_or_else(Error::not_found)?.version();
            match expected {
                None => {
                    Err(Error::new(Code::PreconditionRequired, "It has a result; send If-Match."))
                }
                Some(expected) if expected != version => Err(Error::stale()),
                Some(_) => correct(tx, &permit, (&place, &interview), row, input),
            }
        }
    }
}

fn require_assessment(tx: &mut Tx<'_>, interview: &Interview) -> Result<()> {
    let kit = templates::find_kit(tx.conn, interview.kit_id)?.ok_or_else(Error::not_found)?;
    if kit.kind != KitKind::ExternalAssessment {
        return Err(Illegal { from: kit.kind.as_str(), command: "have a result recorded" }.into());
    }
    if interview.state.is_off() {
        return Err(Illegal { from: interview.state.as_str(), command: "have a result" }.into());
    }
    Ok(())
}

fn first(
    tx: &mut Tx<'_>,
    actor: &Actor,
    permit: &Permit,
    (place, mut interview): (&Place, Interview),
    input: &RecordAssessmentResult,
) -> Result<AssessmentResultId> {
    let id: AssessmentResultId = tx.id();
    let at = tx.occurred_at();
    let mut row = AssessmentResult {
        id,
        interview_id: interview.id,
        application_id: interview.application_id,
        provider: String::new(),
        url: None,
        score: String::new(),
        max_score: String::new(),
        percentile: None,
        completed_at: at,
        summary: None,
        recorded_by: actor.reader_id(),
        recorded_at: at,
        revision: 1,
        revised_at: None,
        revised_reason: None,
        version: 1,
        updated_at: tx.now(),
    };
    fill(&mut row, input);
    let own = permit.extend_to(id);
    store::insert(tx, &own, &row)?;
    rate(tx, &own, id, input)?;
    let event = place
        .event(EventKind::AssessmentResultRecorded, id)
        .id("interview_id", interview.id)
        .id("loop_id", interview.loop_id);
    record(tx, &own, &event)?;
    note(tx, &own, actor, place, id, false)?;
    if interview.state != InterviewState::Completed {
        complete_by_result(tx, &permit.extend_to(interview.id), place, &mut interview)?;
    }
    debriefs::evaluate(tx, permit, place, interview.loop_id)?;
    Ok(id)
}

fn correct(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (place, interview): (&Place, &Interview),
    mut row: AssessmentResult,
    input: &RecordAssessmentResult,
) -> Result<AssessmentResultId> {
    let Some(reason) = input.reason.as_ref().map(Prose::to_text) else {
        return Err(Error::invalid("/reason", "required", "Say why the result is corrected."));
    };
    if debriefs::is_closed(tx.conn, interview.loop_id)? {
        return Err(Illegal { from: "decided upon", command: "be corrected" }.into());
    }
    if row.revision > CORRECTIONS_MAX {
        let detail = format!("A result is corrected at most {CORRECTIONS_MAX} times.");
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    let permit = permit.extend_to(row.id);
    let ratings = store::ratings_of(tx.conn, &[row.id])?;
    let kept = AssessmentRevision {
        id: tx.id(),
        assessment_result_id: row.id,
        number: row.revision,
        content: Document::of(&RecordedContent::of(&row, &ratings))?,
        reason: row.revised_reason.clone(),
        recorded_at: row.revised_at.unwrap_or(row.recorded_at),
    };
    store::insert_revision(tx, &permit, &kept)?;
    fill(&mut row, input);
    row.revision += 1;
    row.revised_at = Some(tx.occurred_at());
    row.revised_reason = Some(reason);
    store::save(tx, &permit, &row)?;
    rate(tx, &permit, row.id, input)?;
    let event = place
        .event(EventKind::AssessmentResultRevised, row.id)
        .id("interview_id", interview.id)
        .number("revision", i64::from(row.revision));
    record(tx, &permit, &event)?;
    Ok(row.id)
}

fn fill(row: &mut AssessmentResult, input: &RecordAssessmentResult) {
    row.provider = Line::to_text(&input.provider);
    row.url = input.url.as_ref().map(MeetingUrl::to_text);
    row.score = input.score.to_text();
    row.max_score = input.max_score.to_text();
    row.percentile = input.percentile.as_ref().map(Score::to_text);
    row.completed_at = input.completed_at;
    row.summary = input.summary.as_ref().map(Prose::to_text);
}

fn rate(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: AssessmentResultId,
    input: &RecordAssessmentResult,
) -> Result<()> {
    let mut rows = Vec::new();
    for rating in &input.ratings {
        rows.push(AssessmentRating {
            id: tx.id(),
            assessment_result_id: id,
            attribute_id: rating.attribute_id,
            level: rating.level.flatten(),
            evidence: rating.evidence.as_ref().map(Prose::to_text),
        });
    }
    store::replace_ratings(tx, permit, &rows)
}

/// Notes that the actor is about to be shown these results.
///
/// # Errors
/// `not_found` when the actor may no longer read them; then nothing is to be shown.
pub fn note_reads(tx: &mut Tx<'_>, actor: &Actor, ids: &[AssessmentResultId]) -> Result<()> {
    for (id, application) in store::applications_of(tx.conn, ids)? {
        let place = Place::of(tx.conn, application)?.ok_or_else(Error::not_found)?;
        let (scope, standing) = place.scope(tx.conn, actor, application)?;
        let permit = access::permit(tx.conn, actor, Action::ReadScorecard, &scope)?;
        note(tx, &permit.extend_to(id), actor, &place, id, standing.owes)?;
    }
    Ok(())
}

fn note(
    tx: &mut Tx<'_>,
    permit: &Permit,
    actor: &Actor,
    place: &Place,
    id: AssessmentResultId,
    reader_owed: bool,
) -> Result<()> {
    let row = AssessmentRead {
        id: tx.id(),
        assessment_result_id: id,
        reader_id: actor.reader_id(),
        reader_owed,
        occurred_at: tx.occurred_at(),
    };
    // Two first readings at once are one.
    if store::insert_read(tx, permit, &row)? {
        let reader = if reader_owed { "owes" } else { "owes_nothing" };
        let event = place.event(EventKind::AssessmentResultRead, id).code("reader", reader);
        record(tx, permit, &event)?;
    }
    Ok(())
}
