//! The form of a decision, and the memo that it writes.
//!
//! Points are numbered from 1 on each side; one without a text is none. There is always room for another.

use super::forms::optional_attribute;
use super::packet::Packet;
use crate::debriefs::Outcome;
use crate::debriefs::api::DecideDebrief;
use crate::debriefs::memo::{AnsweredConcern, AnsweredFinding, MemoPoint, WriteMemo};
use crate::debriefs::words;
use crate::http::fields::Prose;
use crate::ids::{FindingId, LevelId, ScorecardId};
use crate::pages::form::Form;

/// The sides of a memo, as fields begin, and what a point on each is called.
const SIDES: [(&str, &str); 2] = [("for", "A point for hiring"), ("against", "A point against it")];

/// How many points a side has at most.
const POINTS_MAX: usize = 30;
/// How many it begins with, and how many more come at once.
const POINTS: usize = 3;

/// The field that answers a card.
pub(super) fn concern_field(id: ScorecardId) -> String {
    format!("concern-{id}")
}

/// The field that answers a finding.
pub(super) fn finding_field(id: FindingId) -> String {
    format!("finding-{id}")
}

/// The fields of a decision for whoever takes it, in the order of the page.
pub(super) fn fields(packet: &Packet) -> Vec<(String, String)> {
    if !packet.decides() {
        return Vec::new();
    }
    let mut fields = vec![
        ("outcome".to_owned(), "What you decide".to_owned()),
        ("level".to_owned(), "The level to hire at".to_owned()),
    ];
    for (side, label) in SIDES {
        for number in 1..=POINTS_MAX {
            fields.push((format!("{side}-{number}"), format!("{label}, {number}")));
            fields.push((format!("{side}-{number}-card"), "From which card".to_owned()));
            fields.push((format!("{side}-{number}-attribute"), "About what".to_owned()));
        }
    }
    for (card, author) in packet.concerns() {
        let label = format!("Your answer to the “strong no” of {}", packet.named.person(author));
        fields.push((concern_field(card), label));
    }
    for finding in packet.missed() {
        let attribute = finding.attribute_id.and_then(|id| packet.attribute(id));
        let label = format!("Your answer to “{}”", words::finding(finding.kind, attribute));
        fields.push((finding_field(finding.id), label));
    }
    fields.push(("summary".to_owned(), "The decision in a few sentences".to_owned()));
    fields.push(("success".to_owned(), "How we set them up for success".to_owned()));
    fields
}

/// Whether a field is a text of the memo.
pub(super) fn is_text(id: &str) -> bool {
    let numbered = |side: &str| {
        let number = id.strip_prefix(side).and_then(|rest| rest.strip_prefix('-'));
        number.is_some_and(|number| number.parse::<usize>().is_ok())
    };
    ["summary", "success"].contains(&id)
        || id.starts_with("concern-")
        || id.starts_with("finding-")
        || SIDES.iter().any(|(side, _)| numbered(side))
}

/// How many points of a side the page shows.
pub(super) fn rows(form: &Form, side: &str) -> usize {
    let more = if form.text("then") == "more" { POINTS } else { 1 };
    let last = (1..=POINTS_MAX).rev().find(|number| is_used(form, side, *number));
    (last.unwrap_or(0) + more).clamp(POINTS, POINTS_MAX)
}

fn is_used(form: &Form, side: &str, number: usize) -> bool {
    ["", "-card", "-attribute"]
        .iter()
        .any(|part| !form.text(&format!("{side}-{number}{part}")).trim().is_empty())
}

/// The decision that a form writes down; none when something does not fit, which is then marked.
pub(super) fn decision(form: &mut Form, packet: &Packet) -> Option<DecideDebrief> {
    let outcome = form.field::<Outcome>("outcome");
    let level = match form.text("level") {
        "" => Some(None),
        chosen => chosen.parse::<LevelId>().ok().map(Some),
    };
    if level.is_none() {
        form.refuse("level", "There is no such level.");
    }
    let [in_favour, against] = SIDES.map(|(side, _)| points(form, side));
    let mut concerns_answered = Vec::new();
    for (scorecard_id, _) in packet.concerns() {
        if let Some(answer) = form.field::<Prose<4000>>(&concern_field(scorecard_id)) {
            concerns_answered.push(AnsweredConcern { scorecard_id, answer });
        }
    }
    let mut findings_answered = Vec::new();
    for finding in packet.missed() {
        if let Some(answer) = form.field::<Prose<4000>>(&finding_field(finding.id)) {
            findings_answered.push(AnsweredFinding { finding_id: finding.id, answer });
        }
    }
    let summary = form.field("summary");
    let success = form.optional("success");
    let memo = WriteMemo {
        in_favour,
        against,
        concerns_answered,
        findings_answered,
        summary: summary?,
        set_up_for_success: success?,
    };
    if form.is_refused() {
        return None;
    }
    Some(DecideDebrief { outcome: outcome?, level_id: level?, memo })
}

fn points(form: &mut Form, side: &str) -> Vec<MemoPoint> {
    let mut points = Vec::new();
    for number in 1..=POINTS_MAX {
        if !is_used(form, side, number) {
            continue;
        }
        let field = format!("{side}-{number}-card");
        let scorecard_id = match form.text(&field) {
            "" => Some(None),
            chosen => chosen.parse::<ScorecardId>().ok().map(Some),
        };
        if scorecard_id.is_none() {
            form.refuse(&field, "The debrief has no such card.");
        }
        let attribute_id = optional_attribute(form, &format!("{side}-{number}-attribute"));
        let text = form.field::<Prose<2000>>(&format!("{side}-{number}"));
        if let (Some(text), Some(scorecard_id), Some(attribute_id)) =
            (text, scorecard_id, attribute_id)
        {
            points.push(MemoPoint { text, scorecard_id, attribute_id });
        }
    }
    points
}

/// The field of what the command refuses at a place of its input.
pub(super) fn field_of(form: &Form, pointer: &str) -> Option<String> {
    match pointer {
        "/level_id" => return Some("level".to_owned()),
        "/memo/for" => return Some("for-1".to_owned()),
        "/memo/summary" => return Some("summary".to_owned()),
        _ => {}
    }
    let mut parts = pointer.strip_prefix("/memo/")?.split('/');
    let (side, index, part) = (parts.next()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
    let (side, _) = SIDES.iter().find(|(known, _)| *known == side)?;
    let part = match part {
        "scorecard_id" => "card",
        "attribute_id" => "attribute",
        _ => return None,
    };
    let mut used = (1..=POINTS_MAX).filter(|number| is_used(form, side, *number));
    used.nth(index).map(|number| format!("{side}-{number}-{part}"))
}
