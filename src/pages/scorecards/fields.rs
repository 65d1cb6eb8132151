//! Between a card and its form.
//!
//! Fields of attributes are numbered from 1 in the order of the kit, which a loop has pinned:
//! `level-1`, `evidence-1`. A level is a number, or [`NO_SIGNAL`]. `base` says what stood in each field
//! when the page was shown.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::http::fields::Prose;
use crate::ids::LevelId;
use crate::pages::form::{FieldList, Form};
use crate::scorecards::Recommendation;
use crate::scorecards::api::{RateAttribute, UpdateScorecard};
use crate::scorecards::merge::{self, Fingerprint, Merged};

/// What the form says for "no signal".
pub(super) const NO_SIGNAL: &str = "none";

/// The fields that are no attribute's, in the order of the page.
const OWN: [(&str, &str); 5] = [
    ("summary", "What a reader should know first"),
    ("level_signal", "The level you saw"),
    ("recommendation", "Your recommendation"),
    ("recommendation_reason", "Why"),
    ("private_notes", "Notes for yourself"),
];

/// The field that only a correction has.
pub(super) const REASON: (&str, &str) = ("reason", "Why you correct it");

/// The fields of a card, in the order of the page.
pub(super) fn list_of(sheet: &Sheet) -> FieldList {
    let rated = sheet.attributes.iter().zip(1..).flat_map(|(attribute, number)| {
        let evidence = format!("{}, what you saw and heard", attribute.name);
        [
            (format!("level-{number}"), attribute.name.clone()),
            (format!("evidence-{number}"), evidence),
        ]
    });
    let own = OWN.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned()));
    let own = own.chain([(REASON.0.to_owned(), REASON.1.to_owned())]);
    let hidden = ["base", "then"].map(|id| (id.to_owned(), String::new()));
    FieldList::of(rated.chain(own).chain(hidden))
}

/// What is kept of a card, by field, in the order of the page.
fn kept(sheet: &Sheet) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (attribute, number) in sheet.attributes.iter().zip(1..) {
        let rating = sheet.ratings.iter().find(|rating| rating.attribute_id == attribute.id);
        let level = rating.map(|rating| match rating.level {
            Some(level) => level.to_string(),
            None if rating.no_signal => NO_SIGNAL.to_owned(),
            None => String::new(),
        });
        let evidence = rating.and_then(|rating| rating.evidence.clone());
        fields.push((format!("level-{number}"), level.unwrap_or_default()));
        fields.push((format!("evidence-{number}"), evidence.unwrap_or_default()));
    }
    let judgement = sheet.card.as_ref().and_then(|card| card.judgement.as_ref());
    let values = [
        judgement.and_then(|judgement| judgement.summary.clone()),
        judgement.and_then(|judgement| judgement.level_signal_id).map(|id| id.to_string()),
        judgement.and_then(|judgement| judgement.recommendation).map(|r| r.as_str().to_owned()),
        judgement.and_then(|judgement| judgement.recommendation_reason.clone()),
        sheet.card.as_ref().and_then(|card| card.private_notes.clone()),
    ];
    let own = OWN.iter().map(|(id, _)| (*id).to_owned());
    fields.extend(own.zip(values.map(Option::unwrap_or_default)));
    fields
}

/// The form as the card stands.
pub(super) fn form_of(sheet: &Sheet) -> Form {
    let mut form = Form::empty(list_of(sheet)).keeping_all();
    for (id, value) in kept(sheet) {
        form.set(&id, value);
    }
    form
}

/// What stands in each field now, as the form carries it.
pub(super) fn base_of(sheet: &Sheet) -> String {
    let kept = kept(sheet);
    let prints: Vec<Fingerprint> = kept.iter().map(|(_, value)| Fingerprint::of(value)).collect();
    let words: Vec<&str> = prints.iter().map(Fingerprint::as_str).collect();
    words.join(" ")
}

/// Whether a field is a text, of which two can stand one after the other.
fn is_text(id: &str) -> bool {
    id.starts_with("evidence-")
        || ["summary", "recommendation_reason", "private_notes"].contains(&id)
}

/// Brings together what was typed and what another page saved since it was shown. Returns what stood
/// in the fields that both changed.
pub(super) fn merge(form: &mut Form, sheet: &Sheet) -> BTreeMap<String, String> {
    let base = form.text("base").to_owned();
    // A form without a base was never shown anything: it knows of nothing that is kept.
    let mut prints = base.split_ascii_whitespace();
    let mut others = BTreeMap::new();
    for (id, kept) in kept(sheet) {
        let print = prints.next().map_or_else(|| Fingerprint::of(""), Fingerprint::sent);
        let side = if is_text(&id) { merge::text } else { merge::choice };
        let Merged { value, other } = side(&print, form.text(&id), &kept);
        form.set(&id, value);
        if let Some(other) = other {
            others.insert(id, other);
        }
    }
    others
}

/// Marks the fields that two pages wrote to.
pub(super) fn mark(form: &mut Form, others: &BTreeMap<String, String>) {
    for id in others.keys() {
        let why = if is_text(id) {
            "Both texts stand here. Keep what should stay."
        } else {
            "Another page had another choice. This one stands unless you change it."
        };
        form.refuse(id, why);
    }
}

/// What the form means; none when something does not fit, all of which is then marked.
pub(super) fn read(form: &mut Form, sheet: &Sheet) -> Option<UpdateScorecard> {
    let mut ratings = Vec::new();
    let mut fits = true;
    for (attribute, number) in sheet.attributes.iter().zip(1..) {
        let (level_id, evidence_id) = (format!("level-{number}"), format!("evidence-{number}"));
        let level = match form.text(&level_id) {
            "" => None,
            NO_SIGNAL => Some(None),
            level => {
                let level = level.parse().ok().filter(|level| attribute.has(*level));
                if level.is_none() {
                    form.refuse(&level_id, "There is no such level.");
                    fits = false;
                }
                level.map(Some)
            }
        };
        let evidence = form.optional::<Prose<10000>>(&evidence_id);
        fits &= evidence.is_some();
        let evidence = evidence.flatten();
        if level.is_some() || evidence.is_some() {
            ratings.push(RateAttribute { attribute_id: attribute.id, level, evidence });
        }
    }
    let summary = form.optional("summary");
    let level = form.text("level_signal").to_owned();
    let level = (!level.is_empty()).then(|| level.parse::<LevelId>());
    let recommendation = form.optional::<Recommendation>("recommendation");
    let reason = form.optional("recommendation_reason");
    let level = level.transpose().ok().filter(|level| level.is_none_or(|id| is_offered(sheet, id)));
    if level.is_none() {
        form.refuse("level_signal", "There is no such level.");
    }
    let notes = form.optional("private_notes");
    let (summary, level, recommendation) = (summary?, level?, recommendation?);
    fits.then_some(UpdateScorecard {
        private_notes: Some(notes?),
        recommendation: Some(recommendation),
        recommendation_reason: Some(reason?),
        level_signal_id: Some(level),
        summary: Some(summary),
        ratings: Some(ratings),
    })
}

/// Whether a form says anything else than what is kept.
pub(super) fn differs(form: &Form, sheet: &Sheet) -> bool {
    kept(sheet).iter().any(|(id, kept)| Fingerprint::of(form.text(id)) != Fingerprint::of(kept))
}

/// Whether the form lets choose a level.
fn is_offered(sheet: &Sheet, id: LevelId) -> bool {
    sheet.levels.iter().any(|(known, _)| *known == id)
}

/// Whether a form says nothing at all.
pub(super) fn is_empty(input: &UpdateScorecard) -> bool {
    input.ratings.as_ref().is_none_or(Vec::is_empty)
        && input.recommendation.flatten().is_none()
        && input.level_signal_id.flatten().is_none()
        && input.summary.as_ref().and_then(Option::as_ref).is_none()
        && input.recommendation_reason.as_ref().and_then(Option::as_ref).is_none()
        && input.private_notes.as_ref().and_then(Option::as_ref).is_none()
}

/// Whether the card can be handed in; what it lacks is marked.
pub(super) fn is_complete(form: &mut Form, sheet: &Sheet) -> bool {
    for (_, number) in sheet.attributes.iter().zip(1..) {
        let id = format!("level-{number}");
        if form.text(&id).is_empty() {
            form.refuse(&id, "Rate it, or say that there was no signal.");
        }
    }
    let recommendation = form.text("recommendation").to_owned();
    if recommendation.is_empty() {
        form.refuse("recommendation", "Give an overall recommendation.");
    }
    let undecided = recommendation == Recommendation::NoDecision.as_str();
    if undecided && form.text("recommendation_reason").trim().is_empty() {
        form.refuse("recommendation_reason", "Say why there is no decision.");
    }
    !form.is_refused()
}
