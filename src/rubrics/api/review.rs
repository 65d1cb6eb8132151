//! What is wrong in a version, and what is new in it.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Actor, require_everywhere};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::{Ctx, Params, PathId, Shown};
use crate::ids::{RubricVersionId, kinds};
use crate::rubrics::{
    AttributeContent, Change, Finding, RubricFindingCode, RubricFindingSeverity, diff, store,
};

/// What the lint finds in a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricLint {
    /// From top to bottom; empty when nothing is wrong or doubtful.
    findings: Vec<RubricFinding>,
}

/// Something wrong or doubtful.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricFinding {
    severity: RubricFindingSeverity,
    code: RubricFindingCode,
    /// A sentence for people.
    #[schema(example = "The worst, the middle and the best level need an anchor.")]
    detail: &'static str,
    /// JSON Pointer (RFC 6901) into the version.
    #[schema(example = "/attributes/0/levels/2/anchor")]
    pointer: String,
}

/// Which version to compare with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RubricDiffFilter {
    /// Another version of the same rubric; the one before if it is absent.
    from: Option<RubricVersionId>,
}

/// What changed from one version of a rubric to another. Attributes are the same when their keys are.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricDiff {
    /// None when there is no version before: everything is new.
    from_version_id: Option<RubricVersionId>,
    to_version_id: RubricVersionId,
    /// Attributes that are new.
    #[schema(max_items = 20)]
    added: Vec<RubricDiffAttribute>,
    /// Attributes that are gone.
    #[schema(max_items = 20)]
    removed: Vec<RubricDiffAttribute>,
    /// Attributes that are in both and have another name.
    #[schema(max_items = 20)]
    renamed: Vec<RubricDiffName>,
    /// Attributes that are in both and differ in anything else.
    #[schema(max_items = 20)]
    changed: Vec<RubricDiffChange>,
    /// Whether the attributes that stayed stand in another order.
    reordered: bool,
}

/// An attribute by key and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricDiffAttribute {
    key: String,
    name: String,
}

/// An attribute under two names.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricDiffName {
    key: String,
    from: String,
    to: String,
}

/// What changed in an attribute besides its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricDiffChange {
    key: String,
    /// Its name in the newer version.
    name: String,
    description_changed: bool,
    /// Whether direction, values, labels or meanings of the levels differ.
    scale_changed: bool,
    /// The level that meets the bar, where it differs.
    pass_level: Option<RubricDiffLevel>,
    /// The anchors that differ.
    #[schema(max_items = 20)]
    anchors: Vec<RubricDiffAnchor>,
}

/// A level before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricDiffLevel {
    #[schema(minimum = 1, maximum = 10)]
    from: i32,
    #[schema(minimum = 1, maximum = 10)]
    to: i32,
}

/// An anchor before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricDiffAnchor {
    /// The value of its level.
    #[schema(minimum = -1000, maximum = 1000)]
    value: i32,
    from: Option<String>,
    to: Option<String>,
}

/// Lint a rubric version
///
/// What is wrong or doubtful in a version. Errors keep it from being published; warnings do not: two
/// levels with one label or anchor, a bar that even the worst level meets, a level without anchor and
/// meaning.
#[utoipa::path(
    operation_id = "lintRubricVersion", tag = "rubrics",
    params(("id" = RubricVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The findings.", body = RubricLint)),
)]
#[get("/rubric-versions/{id}/lint")]
pub async fn lint_rubric_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::RubricVersion>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| lint(conn, actor, id)).await
}

/// Compare two versions of a rubric
///
/// What a version changed: attributes added, removed and renamed, scales, bars and anchors. An
/// attribute is the same in both when its key is. Without `from` the version is compared with the one
/// before it.
#[utoipa::path(
    operation_id = "diffRubricVersion", tag = "rubrics",
    params(("id" = RubricVersionId, Path, description = "Which version."), RubricDiffFilter),
    responses((status = 200, description = "The differences.", body = RubricDiff)),
)]
#[get("/rubric-versions/{id}/diff")]
pub async fn diff_rubric_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::RubricVersion>,
    Params(filter): Params<RubricDiffFilter>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| compare(conn, actor, id, filter.from)).await
}

fn lint(conn: &mut Conn, actor: &Actor, id: RubricVersionId) -> Result<Shown<RubricLint>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let findings = store::content_of(conn, id)?.1.lint().into_iter();
    let findings = findings.map(|Finding { code, pointer }| RubricFinding {
        severity: code.severity(),
        code,
        detail: code.detail(),
        pointer,
    });
    Ok(Shown { version: row.version, value: RubricLint { findings: findings.collect() } })
}

fn compare(
    conn: &mut Conn,
    actor: &Actor,
    id: RubricVersionId,
    from: Option<RubricVersionId>,
) -> Result<Shown<RubricDiff>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let siblings = store::versions_of(conn, &[row.rubric_id])?;
    let before = match from {
        Some(from) => {
            let known = siblings.iter().any(|version| version.id == from);
            Some(known.then_some(from).ok_or_else(|| other_rubric(from))?)
        }
        None => siblings.iter().find(|other| other.number < row.number).map(|other| other.id),
    };
    let ids: Vec<RubricVersionId> = before.into_iter().chain([id]).collect();
    let mut contents = store::contents_of(conn, &ids)?;
    let new = contents.remove(&id).unwrap_or_default().1;
    // Compared with itself, a version changed nothing.
    let old = match before {
        Some(before) if before == id => new.clone(),
        Some(before) => contents.remove(&before).unwrap_or_default().1,
        None => crate::rubrics::Content::default(),
    };
    let value = show_diff(before, id, diff(&old, &new));
    Ok(Shown { version: row.version, value })
}

fn other_rubric(id: RubricVersionId) -> Error {
    let detail = format!("{id} is no version of this rubric.");
    Error::invalid_fields(vec![FieldError::query("from", "unknown_reference", detail)])
}

fn show_diff(
    from: Option<RubricVersionId>,
    to: RubricVersionId,
    diff: crate::rubrics::Diff<'_>,
) -> RubricDiff {
    let named = |attributes: Vec<&AttributeContent>| {
        let named = attributes.into_iter().map(|attribute| RubricDiffAttribute {
            key: attribute.key.clone(),
            name: attribute.name.clone(),
        });
        named.collect()
    };
    let renamed = diff.changed.iter().filter(|change| change.from.name != change.to.name);
    let renamed = renamed.map(|change| RubricDiffName {
        key: change.to.key.clone(),
        from: change.from.name.clone(),
        to: change.to.name.clone(),
    });
    RubricDiff {
        from_version_id: from,
        to_version_id: to,
        renamed: renamed.collect(),
        changed: diff.changed.iter().filter_map(show_change).collect(),
        added: named(diff.added),
        removed: named(diff.removed),
        reordered: diff.reordered,
    }
}

/// What changed besides the name, if anything did.
fn show_change(change: &Change<'_>) -> Option<RubricDiffChange> {
    let Change { from, to, scale_changed, anchors } = change;
    let pass_level = (from.pass_level != to.pass_level)
        .then_some(RubricDiffLevel { from: from.pass_level, to: to.pass_level });
    let anchors = anchors.iter().map(|one| RubricDiffAnchor {
        value: one.value,
        from: one.from.map(str::to_owned),
        to: one.to.map(str::to_owned),
    });
    let shown = RubricDiffChange {
        key: to.key.clone(),
        name: to.name.clone(),
        description_changed: from.description != to.description,
        scale_changed: *scale_changed,
        pass_level,
        anchors: anchors.collect(),
    };
    let differs = shown.description_changed
        || shown.scale_changed
        || shown.pass_level.is_some()
        || !shown.anchors.is_empty();
    differs.then_some(shown)
}
