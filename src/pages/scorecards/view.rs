//! What the template of a card shows beside its form.

use serde::Serialize;

use super::fields::NO_SIGNAL;
use super::sheet::Sheet;
use crate::interviews::model::owes_by_slot;
use crate::loops::templates::Priority;
use crate::notifications::local;
use crate::scorecards::Recommendation;

/// What the page shows.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each decides on a sentence of the page")]
pub(super) struct View<'s> {
    interview_id: String,
    candidate_name: &'s str,
    job_title: &'s str,
    kit_name: &'s str,
    minutes: i32,
    /// When the interview begins, by the clock of whoever reads.
    starts_at: Option<String>,
    due_at: Option<String>,
    slot: String,
    /// Whether the card takes part in the decision.
    counts: bool,
    reveals_early: bool,
    shows_recruiters: bool,
    is_in: bool,
    submitted_at: Option<String>,
    /// When the draft was kept last; none before the first time.
    saved_at: Option<String>,
    questions: &'s [(String, Vec<String>)],
    probes: &'s [String],
    attributes: Vec<Attribute<'s>>,
    no_signal: &'static str,
    levels: Vec<(String, &'s str)>,
    recommendations: Vec<(&'static str, &'static str)>,
    signed_in: bool,
}

#[derive(Serialize)]
struct Attribute<'s> {
    number: usize,
    name: &'s str,
    description: Option<&'s str>,
    must: bool,
    levels: Vec<Level<'s>>,
}

#[derive(Serialize)]
struct Level<'s> {
    level: String,
    label: &'s str,
    anchor: Option<&'s str>,
}

/// The words of the recommendations, from the lowest to the highest.
fn words(recommendation: Recommendation) -> &'static str {
    match recommendation {
        Recommendation::StrongNo => "Strong no",
        Recommendation::No => "No",
        Recommendation::Yes => "Yes",
        Recommendation::StrongYes => "Strong yes",
        Recommendation::NoDecision => "No decision, because …",
    }
}

/// The view of a sheet.
pub(super) fn of(sheet: &Sheet, signed_in: bool) -> View<'_> {
    let here = |instant| local(instant, &sheet.time_zone);
    let attributes = sheet.attributes.iter().zip(1..).map(|(attribute, number)| Attribute {
        number,
        name: &attribute.name,
        description: attribute.description.as_deref(),
        must: attribute.priority == Priority::Must,
        levels: attribute
            .levels
            .iter()
            .map(|(level, label, anchor)| Level {
                level: level.to_string(),
                label,
                anchor: anchor.as_deref(),
            })
            .collect(),
    });
    let judgement = sheet.card.as_ref().and_then(|card| card.judgement.as_ref());
    View {
        interview_id: sheet.interview.id.to_string(),
        candidate_name: &sheet.candidate_name,
        job_title: &sheet.job_title,
        kit_name: &sheet.interview.kit.name,
        minutes: sheet.interview.kit.minutes,
        starts_at: sheet.interview.starts_at.map(here),
        due_at: sheet.seat.due_at.map(here),
        slot: sheet.seat.slot.as_str().replace('_', " "),
        counts: owes_by_slot(sheet.seat.slot),
        reveals_early: sheet.reveals_early,
        shows_recruiters: sheet.shows_recruiters,
        is_in: sheet.is_in(),
        submitted_at: sheet.card.as_ref().and_then(|card| card.submitted_at).map(here),
        saved_at: judgement.map(|judgement| here(judgement.updated_at)),
        questions: &sheet.questions,
        probes: &sheet.probes,
        attributes: attributes.collect(),
        no_signal: NO_SIGNAL,
        levels: sheet.levels.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect(),
        recommendations: Recommendation::ALL.iter().map(|r| (r.as_str(), words(*r))).collect(),
        signed_in,
    }
}
