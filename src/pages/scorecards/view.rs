//! What the template of a card shows beside its form.

use serde::Serialize;

use super::fields::NO_SIGNAL;
use super::files::{self, Listed, listed};
use super::sheet::{Judged, Sheet};
use crate::attachments::AttachmentKind;
use crate::ids::LevelId;
use crate::interviews::model::owes_by_slot;
use crate::loops::templates::Priority;
use crate::notifications::local;
use crate::scorecards::Recommendation;
use crate::scorecards::api::RevisedContent;

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
    /// Whether the card is in and is being corrected.
    correcting: bool,
    can_be_corrected: bool,
    submitted_at: Option<String>,
    /// Who handed it in for its author, and why.
    submitted_by: Option<&'s str>,
    submitted_reason: Option<&'s str>,
    revised_at: Option<String>,
    revised_reason: Option<&'s str>,
    revised_after_reading: bool,
    /// Whether its author has read another card of the application by now.
    has_read: bool,
    /// What it said before the last correction, where that was something else.
    before: Was<'s>,
    /// When the draft was kept last; none before the first time.
    saved_at: Option<String>,
    questions: &'s [(String, Vec<String>)],
    probes: &'s [String],
    attributes: Vec<Attribute<'s>>,
    no_signal: &'static str,
    levels: Vec<(String, &'s str)>,
    recommendations: Vec<(&'static str, &'static str)>,
    signed_in: bool,
    /// Where the page is.
    path: &'s str,
    /// What the candidate sent.
    files: Vec<Listed<'s>>,
    /// What is attached to the card.
    attached: Vec<Listed<'s>>,
    /// What can be attached.
    kinds: Vec<(&'static str, &'static str)>,
}

/// What stood in a field before the last correction; none where it was the same.
#[derive(Serialize)]
struct Was<'s> {
    summary: Option<&'s str>,
    recommendation: Option<&'static str>,
    recommendation_reason: Option<&'s str>,
    level_signal: Option<&'s str>,
}

/// What an interviewer has to attach.
const ATTACHED: [AttachmentKind; 2] = [AttachmentKind::WorkSample, AttachmentKind::Other];

/// What stands for an empty text that was filled by a correction.
const NOTHING: &str = "nothing";

/// What stood there before, if it was something else.
fn other<'s>(before: Option<&'s str>, now: Option<&str>) -> Option<&'s str> {
    (before != now).then(|| before.unwrap_or(NOTHING))
}

impl<'s> Was<'s> {
    fn of(sheet: &'s Sheet) -> Self {
        let before = sheet.before();
        let now = sheet.card.as_ref().and_then(|card| card.judgement.as_ref());
        let (Some(before), Some(now)) = (before, now) else {
            return Self {
                summary: None,
                recommendation: None,
                recommendation_reason: None,
                level_signal: None,
            };
        };
        let name = |id: LevelId| sheet.levels.iter().find(|(known, _)| *known == id);
        let level = before.level_signal_id.and_then(name).map(|(_, name)| name.as_str());
        let changed = before.recommendation != now.recommendation;
        Self {
            summary: other(before.summary.as_deref(), now.summary.as_deref()),
            recommendation: before.recommendation.filter(|_| changed).map(words),
            recommendation_reason: other(
                before.recommendation_reason.as_deref(),
                now.recommendation_reason.as_deref(),
            ),
            level_signal: (before.level_signal_id != now.level_signal_id)
                .then(|| level.unwrap_or(NOTHING)),
        }
    }
}

impl Sheet {
    fn before(&self) -> Option<&RevisedContent> {
        self.handed_in.as_ref().and_then(|handed_in| handed_in.before.as_ref())
    }

    /// Level and evidence of an attribute before the last correction, where they were others.
    fn was_rated(&self, attribute: &Judged) -> (Option<String>, Option<&str>) {
        let Some(before) = self.before() else { return (None, None) };
        let was = before.ratings.iter().find(|rating| rating.attribute_id == attribute.id);
        let now = self.ratings.iter().find(|rating| rating.attribute_id == attribute.id);
        let (Some(was), Some(now)) = (was, now) else { return (None, None) };
        let level = (was.level != now.level).then(|| attribute.words(was.level));
        (level, other(was.evidence.as_deref(), now.evidence.as_deref()))
    }
}

impl View<'_> {
    /// The same card, open to be corrected.
    pub(super) fn correcting(self) -> Self {
        Self { is_in: false, correcting: true, ..self }
    }
}

#[derive(Serialize)]
struct Attribute<'s> {
    number: usize,
    name: &'s str,
    description: Option<&'s str>,
    must: bool,
    levels: Vec<Level<'s>>,
    /// Level and evidence before the last correction, where they were others.
    was_level: Option<String>,
    was_evidence: Option<&'s str>,
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
pub(super) fn of<'s>(sheet: &'s Sheet, path: &'s str, signed_in: bool) -> View<'s> {
    let here = |instant| local(instant, &sheet.time_zone);
    let attributes = sheet.attributes.iter().zip(1..).map(|(attribute, number)| {
        let (was_level, was_evidence) = sheet.was_rated(attribute);
        Attribute {
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
            was_level,
            was_evidence,
        }
    });
    let handed_in = sheet.handed_in.as_ref();
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
        correcting: false,
        can_be_corrected: sheet.can_be_corrected(),
        submitted_by: handed_in.and_then(|handed_in| handed_in.by.as_deref()),
        submitted_reason: judgement.and_then(|judgement| judgement.submitted_reason.as_deref()),
        revised_at: judgement.and_then(|judgement| judgement.revised_at).map(here),
        revised_reason: judgement.and_then(|judgement| judgement.revised_reason.as_deref()),
        revised_after_reading: judgement.and_then(|judgement| judgement.revised_after_reading)
            == Some(true),
        has_read: handed_in.is_some_and(|handed_in| handed_in.has_read),
        before: Was::of(sheet),
        submitted_at: sheet.card.as_ref().and_then(|card| card.submitted_at).map(here),
        saved_at: judgement.map(|judgement| here(judgement.updated_at)),
        questions: &sheet.questions,
        probes: &sheet.probes,
        attributes: attributes.collect(),
        no_signal: NO_SIGNAL,
        levels: sheet.levels.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect(),
        recommendations: Recommendation::ALL.iter().map(|r| (r.as_str(), words(*r))).collect(),
        signed_in,
        path,
        files: listed(path, &sheet.files),
        attached: listed(path, &sheet.attached),
        kinds: ATTACHED.iter().map(|kind| (kind.as_str(), files::words(*kind))).collect(),
    }
}
