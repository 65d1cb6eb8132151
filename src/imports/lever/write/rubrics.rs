//! Feedback templates become drafts of rubrics.

use super::unit::{Made, Source, Writer, line, prose};
use crate::error::Result;
use crate::imports::kind::Kind;
use crate::imports::lever::plan::rubrics::RubricPlan;
use crate::rubrics::commands::{NewRubric, create_inner};
use crate::rubrics::{AttributeContent, Content, LevelContent, Proposal, ScaleDirection};

/// Writes the rubrics of a plan. Lever says neither what a level looks like nor where the bar is,
/// so no level has an anchor, and the bar of a draft is the upper half of the scale.
pub(super) fn write(writer: &mut Writer<'_>, rubrics: &[RubricPlan]) -> Result<()> {
    for rubric in rubrics {
        note(writer, rubric);
        let title = rubric.title.as_ref();
        let name = title.map_or_else(|| "Untitled (Lever)".to_owned(), |title| line(title, 120));
        let content = content(rubric);
        let new = NewRubric { key: None, name, attribution: None, content };
        let source = Source {
            counted: Kind::Rubrics,
            file: Kind::FeedbackTemplates,
            kind: "feedback_template",
            id: rubric.id.as_str().to_owned(),
            at: rubric.created_at,
        };
        writer.keep(source, move |tx, permit, id| {
            create_inner(tx, permit, id, &new)?;
            Ok(Made::New(id))
        })?;
        writer.step();
    }
    Ok(())
}

fn note(writer: &mut Writer<'_>, rubric: &RubricPlan) {
    let id = Some(rubric.id.as_str());
    if rubric.group.is_some() {
        writer.report.no_home("feedback_templates.group.name", id);
    }
    if rubric.instructions.is_some() {
        writer.report.no_home("feedback_templates.instructions", id);
    }
    if rubric.attributes.iter().any(|attribute| attribute.section.is_some()) {
        writer.report.no_home("feedback_templates.fields[].text (heading of a scorecard)", id);
    }
}

fn content(rubric: &RubricPlan) -> Proposal {
    let levels: Vec<LevelContent> = rubric
        .scale
        .iter()
        .flat_map(|scale| &scale.levels)
        .zip(1..)
        .map(|(level, value)| LevelContent {
            value,
            label: line(&level.label, 80),
            meaning: None,
            anchor: None,
        })
        .collect();
    let pass_level = i32::try_from(levels.len() / 2 + 1).unwrap_or(1);
    let attributes = rubric.attributes.iter().map(|attribute| AttributeContent {
        key: None,
        name: line(&attribute.label, 120),
        description: prose(attribute.description.as_ref(), 2000),
        direction: ScaleDirection::Ascending,
        pass_level,
        levels: levels.clone(),
    });
    Content { attributes: attributes.collect() }
}
