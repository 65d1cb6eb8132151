//! Feedback templates become draft rubrics.
//!
//! Lever has no anchors, so none of them can be published as it is. A template without a scorecard
//! becomes a rubric without attributes.

use crate::imports::lever::wire::settings::{FeedbackTemplate, TemplateField};
use crate::imports::lever::wire::values::{Instant, LeverId, Text};
use crate::imports::report::Report;
use chrono::{DateTime, Utc};

/// Most levels of a draft's scale.
const LEVELS_MAX: usize = 10;

/// A draft rubric that ought to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RubricPlan {
    /// Lever's id of the template.
    pub id: LeverId,
    /// The title; several templates may share one.
    pub title: Option<Text>,
    /// The folder it is kept in.
    pub group: Option<Text>,
    /// What to do in the interview.
    pub instructions: Option<Text>,
    /// What the levels mean; absent if the template has no usable `score-system`.
    pub scale: Option<ScalePlan>,
    /// What is judged, from top to bottom.
    pub attributes: Vec<AttributePlan>,
    /// When it was made, if Lever says.
    pub created_at: Option<DateTime<Utc>>,
}

/// A scale of 1 to 10 levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalePlan {
    /// The heading.
    pub name: Option<Text>,
    /// The levels, lowest first, each value once.
    pub levels: Vec<LevelPlan>,
}

/// A level of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelPlan {
    /// The number that stands before the label in Lever.
    pub value: u16,
    /// The label without its number.
    pub label: Text,
}

/// A line of a scorecard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributePlan {
    /// What is judged.
    pub label: Text,
    /// What it means.
    pub description: Option<Text>,
    /// The heading of the scorecard that the line stands in.
    pub section: Option<Text>,
}

/// Reads the templates. Fields that are neither a scorecard nor the scale have no home.
pub(super) fn plan(templates: Vec<FeedbackTemplate>, report: &mut Report) -> Vec<RubricPlan> {
    templates.into_iter().map(|template| rubric(template, report)).collect()
}

fn rubric(template: FeedbackTemplate, report: &mut Report) -> RubricPlan {
    let id = template.id.as_str();
    let mut scale = None;
    let mut attributes = Vec::new();
    for field in &template.fields {
        let kind = field.kind.as_ref().map(Text::as_str).unwrap_or_default();
        match kind {
            "scorecard" => attributes.extend(lines(field, id, report)),
            "score-system" if scale.is_none() => {
                scale = read_scale(field);
                if scale.is_none() {
                    report.no_home("feedback_templates.fields[].options", Some(id));
                }
            }
            _ => {
                report.no_home(&format!("feedback_templates.fields[] ({})", shown(kind)), Some(id));
                continue;
            }
        }
        for name in field.extra.names() {
            report.no_home(&format!("feedback_templates.fields[].{name}"), Some(id));
        }
    }
    RubricPlan {
        title: template.text.as_ref().and_then(Text::trimmed),
        group: template.group.as_ref().and_then(|group| group.name.as_ref()?.trimmed()),
        instructions: template.instructions.as_ref().and_then(Text::trimmed),
        scale,
        attributes,
        created_at: template.created_at.map(Instant::utc),
        id: template.id,
    }
}

/// The type of a field, if it is one that Lever knows.
fn shown(kind: &str) -> &str {
    match kind {
        "score-system" | "score" | "text" | "textarea" | "yes-no" | "dropdown" | "code"
        | "date" | "file-upload" | "multiple-choice" | "multiple-select" | "rating-scale" => kind,
        _ => "another type",
    }
}

fn lines(field: &TemplateField, template: &str, report: &mut Report) -> Vec<AttributePlan> {
    let section = field.text.as_ref().and_then(Text::trimmed);
    let mut lines = Vec::new();
    for score in &field.scores {
        for name in score.extra.names() {
            report.no_home(&format!("feedback_templates.fields[].scores[].{name}"), Some(template));
        }
        let Some(label) = score.text.as_ref().and_then(Text::trimmed) else {
            report.no_home("feedback_templates.fields[].scores[] (no text)", Some(template));
            continue;
        };
        let description = score.description.as_ref().and_then(Text::trimmed);
        lines.push(AttributePlan { label, description, section: section.clone() });
    }
    lines
}

/// Reads options such as `4 - Strong Hire`. Without a number before each label nothing says which
/// end is up, so there is no scale then.
fn read_scale(field: &TemplateField) -> Option<ScalePlan> {
    let mut levels = Vec::new();
    for option in &field.options {
        levels.push(level(option.text.as_ref()?)?);
    }
    levels.sort_by_key(|level| level.value);
    levels.dedup_by_key(|level| level.value);
    let is_usable = (1..=LEVELS_MAX).contains(&levels.len()) && levels.len() == field.options.len();
    is_usable.then(|| ScalePlan { name: field.text.as_ref().and_then(Text::trimmed), levels })
}

fn level(option: &Text) -> Option<LevelPlan> {
    let (value, label) = option.as_str().split_once('-')?;
    Some(LevelPlan { value: value.trim().parse().ok()?, label: Text::new(label).trimmed()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    #[test]
    fn scored_lines_become_attributes_and_the_score_system_the_scale() {
        let (plan, report) = samples::plan_of(&[(
            "feedback_templates",
            r#"[{"id":"t-1","text":" Talk ","instructions":"","group":{"id":"g-1","name":"On site"},
                 "fields":[
                  {"type":"score-system","text":"Rating","required":true,"options":[
                   {"text":"4 - Strong - Hire"},{"text":"1 - No"},{"text":"3 - Hire"}]},
                  {"type":"scorecard","text":"Skills","scores":[
                   {"text":"Clarity","description":"Says it."},{"text":" "},{"text":"Care"}]},
                  {"type":"textarea","text":"Notes","required":true},
                  {"type":"Ada Lovelace"},
                  {"type":"score-system","options":[{"text":"1 - No"}]}]},
                {"id":"t-2","fields":[{"type":"score-system","options":[{"text":"Yes"}]}]}]"#,
        )]);
        let [talk, second] = plan.rubrics.as_slice() else { panic!("two rubrics") };
        assert_eq!(talk.title, Some(Text::new("Talk")));
        assert_eq!((&talk.group, &talk.instructions), (&Some(Text::new("On site")), &None));
        let levels: Vec<_> = talk
            .scale
            .iter()
            .flat_map(|scale| &scale.levels)
            .map(|level| (level.value, level.label.as_str()))
            .collect();
        assert_eq!(levels, [(1, "No"), (3, "Hire"), (4, "Strong - Hire")]);
        let attributes: Vec<_> = talk
            .attributes
            .iter()
            .map(|one| (one.label.as_str(), one.section.as_ref().map(Text::as_str)))
            .collect();
        assert_eq!(attributes, [("Clarity", Some("Skills")), ("Care", Some("Skills"))]);
        assert!(second.scale.is_none() && second.attributes.is_empty());
        let homeless: Vec<_> = report.fields_without_home().map(|(field, _)| field).collect();
        assert_eq!(
            homeless,
            [
                "feedback_templates.fields[] (another type)",
                "feedback_templates.fields[] (score-system)",
                "feedback_templates.fields[] (textarea)",
                "feedback_templates.fields[].options",
                "feedback_templates.fields[].required",
                "feedback_templates.fields[].scores[] (no text)",
                "feedback_templates.group.id",
            ]
        );
    }
}
