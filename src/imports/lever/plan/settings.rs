//! The pipeline's stages and the reasons for closing.

use super::Plan;
use crate::imports::lever::wire::settings::{
    ArchiveReason, DispositionStage, DispositionStages, Stage,
};
use crate::imports::lever::wire::values::{LeverId, Text};
use crate::imports::report::Report;
use std::collections::{HashMap, HashSet};

/// A stage that ought to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagePlan {
    /// Lever's id, mostly a UUID, for built-in stages a word.
    pub id: LeverId,
    /// The name; absent for a placeholder or where Lever gives none.
    pub name: Option<Text>,
    /// The type; absent if Lever does not say.
    pub stage_type: Option<StageType>,
    /// Whether the stage is made for an id that the account names but does not list.
    pub is_placeholder: bool,
}

/// The type of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageType {
    /// Lever's `lead` and `applicant`.
    Review,
    /// Lever's `screen`.
    Screen,
    /// Lever's `onsite`.
    Onsite,
    /// Lever's `offer`.
    Offer,
}

/// A reason for closing that ought to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonPlan {
    /// Lever's id.
    pub id: LeverId,
    /// The name; absent for a placeholder or where Lever gives none.
    pub name: Option<Text>,
    /// Whether it says that the person was hired.
    pub is_hired: bool,
    /// Whether it may still be chosen; false for a placeholder.
    pub is_active: bool,
    /// Whether the reason is made for an id that the account names but does not list.
    pub is_placeholder: bool,
}

/// The listed stages in the order of `stages`, then those only in `disposition_stages` by rank.
pub(super) fn stages(
    listed: &[Stage],
    dispositions: &[DispositionStages],
    report: &mut Report,
) -> Vec<StagePlan> {
    let mut typed: Vec<&DispositionStage> =
        dispositions.iter().flat_map(|disposition| &disposition.stages).collect();
    typed.sort_by(|a, b| {
        a.rank.unwrap_or(f64::INFINITY).total_cmp(&b.rank.unwrap_or(f64::INFINITY))
    });
    let type_of: HashMap<&LeverId, Option<StageType>> =
        typed.iter().map(|stage| (&stage.id, stage_type(stage, report))).collect();
    let from_list = listed.iter().map(|stage| (&stage.id, &stage.text));
    let from_types = typed.iter().map(|stage| (&stage.id, &stage.text));
    let mut seen = HashSet::new();
    from_list
        .chain(from_types)
        .filter(|(id, _)| seen.insert(*id))
        .map(|(id, text)| StagePlan {
            id: id.clone(),
            name: text.as_ref().and_then(Text::trimmed),
            stage_type: type_of.get(id).copied().flatten(),
            is_placeholder: false,
        })
        .collect()
}

fn stage_type(stage: &DispositionStage, report: &mut Report) -> Option<StageType> {
    if stage.has_interview == Some(true) {
        report.no_home("disposition_stages.stages[].hasInterview", Some(stage.id.as_str()));
    }
    match stage.pipeline.as_ref().map(Text::as_str) {
        Some("lead" | "applicant") => Some(StageType::Review),
        Some("screen") => Some(StageType::Screen),
        Some("onsite") => Some(StageType::Onsite),
        Some("offer") => Some(StageType::Offer),
        Some(_) => {
            report.no_home("disposition_stages.stages[].pipeline", Some(stage.id.as_str()));
            None
        }
        None => None,
    }
}

/// The listed reasons in the order of `archive_reasons`, then those only in `disposition_stages`.
pub(super) fn reasons(
    listed: Vec<ArchiveReason>,
    dispositions: Vec<DispositionStages>,
    report: &mut Report,
) -> Vec<ReasonPlan> {
    let mut seen = HashSet::new();
    listed
        .into_iter()
        .chain(dispositions.into_iter().flat_map(|disposition| disposition.archive_reasons))
        .filter(|reason| seen.insert(reason.id.clone()))
        .map(|reason| {
            let kind = reason.kind.as_ref().map(Text::as_str);
            if !matches!(kind, Some("hired" | "non-hired") | None) {
                report.no_home("archive_reasons.type", Some(reason.id.as_str()));
            }
            ReasonPlan {
                name: reason.text.as_ref().and_then(Text::trimmed),
                is_hired: kind == Some("hired"),
                is_active: reason.status.is_none_or(|status| status != "inactive"),
                is_placeholder: false,
                id: reason.id,
            }
        })
        .collect()
}

/// Adds a stage or reason for every id that a pursuit names and the account does not list.
pub(super) fn add_placeholders(plan: &mut Plan) {
    let named_stages = plan.pursuits.iter().flat_map(|pursuit| {
        pursuit.stage.iter().chain(pursuit.changes.iter().map(|change| &change.to))
    });
    let stages = super::missing(plan.stages.iter().map(|stage| &stage.id), named_stages);
    let named_reasons =
        plan.pursuits.iter().filter_map(|pursuit| pursuit.closing.as_ref()?.reason.as_ref());
    let reasons = super::missing(plan.reasons.iter().map(|reason| &reason.id), named_reasons);
    plan.stages.extend(stages.into_iter().map(|id| StagePlan {
        id,
        name: None,
        stage_type: None,
        is_placeholder: true,
    }));
    plan.reasons.extend(reasons.into_iter().map(|id| ReasonPlan {
        id,
        name: None,
        is_hired: false,
        is_active: false,
        is_placeholder: true,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    #[test]
    fn stages_keep_the_lists_order_and_take_their_types() {
        let (plan, report) = samples::plan_of(&[
            ("stages", r#"[{"id":"s-2","text":"Talk"},{"id":"s-1","text":"New"}]"#),
            (
                "disposition_stages",
                r#"{"stages":[{"id":"s-4","pipeline":"archive","rank":9.5},
                              {"id":"s-3","pipeline":"offer","rank":9},
                              {"id":"s-2","pipeline":"onsite","rank":2,"hasInterview":true}],
                    "archiveReasons":[{"id":"r-1","type":"hired"}]}"#,
            ),
            (
                "opportunities",
                r#"[{"id":"o-1","createdAt":1,"stage":"s-8",
                     "stageChanges":[{"toStageId":"s-9","updatedAt":1}],
                     "archived":{"reason":"r-9","archivedAt":2}}]"#,
            ),
        ]);
        let stages: Vec<_> = plan
            .stages
            .iter()
            .map(|stage| (stage.id.as_str(), stage.stage_type, stage.is_placeholder))
            .collect();
        assert_eq!(
            stages,
            [
                ("s-2", Some(StageType::Onsite), false),
                ("s-1", None, false),
                ("s-3", Some(StageType::Offer), false),
                ("s-4", None, false),
                ("s-8", None, true),
                ("s-9", None, true),
            ]
        );
        let reasons: Vec<_> = plan
            .reasons
            .iter()
            .map(|reason| (reason.id.as_str(), reason.is_hired, reason.is_placeholder))
            .collect();
        assert_eq!(reasons, [("r-1", true, false), ("r-9", false, true)]);
        let homeless: Vec<_> = report.fields_without_home().map(|(field, _)| field).collect();
        assert_eq!(
            homeless,
            ["disposition_stages.stages[].hasInterview", "disposition_stages.stages[].pipeline"]
        );
    }

    #[test]
    fn the_reasons_own_file_comes_first() {
        let (plan, _) = samples::plan_of(&[
            (
                "archive_reasons",
                r#"[{"id":"r-1","text":"Hired","type":"hired","status":"active"},
                    {"id":"r-2","text":"Old","type":"non-hired","status":"inactive"}]"#,
            ),
            ("disposition_stages", r#"{"archiveReasons":[{"id":"r-1","type":null}]}"#),
        ]);
        let reasons: Vec<_> = plan
            .reasons
            .iter()
            .map(|reason| (reason.id.as_str(), reason.is_hired, reason.is_active))
            .collect();
        assert_eq!(reasons, [("r-1", true, true), ("r-2", false, false)]);
    }
}
