//! What is wrong in a version, what is new in it, and what it costs.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Actor, require_everywhere};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::fields::Key;
use crate::http::{Ctx, Params, PathId, Shown};
use crate::ids::{KitId, LoopTemplateVersionId, kinds};
use crate::loops::templates::cost::{self, cost};
use crate::loops::templates::diff::{KitChange, diff};
use crate::loops::templates::{
    Content, Finding, KitKind, LoopTemplateFindingCode, LoopTemplateFindingSeverity, NamedKit,
    NamedRubric, Slot, store,
};
use crate::organization::settings;

/// What the lint finds in a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateLint {
    /// From top to bottom; empty when nothing is wrong or doubtful.
    findings: Vec<LoopTemplateFinding>,
}

/// Something wrong or doubtful.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateFinding {
    severity: LoopTemplateFindingSeverity,
    code: LoopTemplateFindingCode,
    /// A sentence for people.
    #[schema(example = "Only this kit rates this must-have.")]
    detail: &'static str,
    /// JSON Pointer (RFC 6901) into the version.
    #[schema(example = "/kits/0/attributes/1")]
    pointer: String,
}

/// Which version to compare with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoopTemplateDiffFilter {
    /// Another version of the same loop template; the one before if it is absent.
    from: Option<LoopTemplateVersionId>,
}

/// What changed from one version of a loop template to another. Kits are the same when their names
/// are, attributes and questions when their keys are.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateDiff {
    /// None when there is no version before: everything is new.
    from_version_id: Option<LoopTemplateVersionId>,
    to_version_id: LoopTemplateVersionId,
    /// The names of kits that are new.
    #[schema(max_items = 20)]
    added: Vec<String>,
    /// The names of kits that are gone.
    #[schema(max_items = 20)]
    removed: Vec<String>,
    /// Kits that are in both, and differ.
    #[schema(max_items = 20)]
    changed: Vec<LoopTemplateDiffKit>,
    /// Whether the kits that stayed stand in another order.
    reordered: bool,
    /// The keys of attributes that must be covered from now on.
    #[schema(max_items = 40)]
    must_cover_added: Vec<String>,
    /// The keys of attributes that need not be covered any more.
    #[schema(max_items = 40)]
    must_cover_removed: Vec<String>,
}

/// What changed in a kit.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateDiffKit {
    name: String,
    /// Its type, where it differs.
    kind: Option<LoopTemplateDiffKind>,
    /// How long it takes, where that differs.
    minutes: Option<LoopTemplateDiffMinutes>,
    /// The rubric version, where it differs.
    rubric: Option<LoopTemplateDiffRubric>,
    /// The keys of attributes that it rates from now on.
    #[schema(max_items = 20)]
    attributes_added: Vec<String>,
    /// The keys of attributes that it rates no more.
    #[schema(max_items = 20)]
    attributes_removed: Vec<String>,
    /// The keys of attributes that became a must, or no longer are one.
    #[schema(max_items = 20)]
    priorities_changed: Vec<String>,
    /// The keys of questions that it asks from now on.
    #[schema(max_items = 30)]
    questions_added: Vec<String>,
    /// The keys of questions that it asks no more.
    #[schema(max_items = 30)]
    questions_removed: Vec<String>,
    /// The keys of questions that it asks in other words.
    #[schema(max_items = 30)]
    questions_reworded: Vec<String>,
    /// The seats, where they differ.
    slots: Option<LoopTemplateDiffSlots>,
    /// Whether attributes or questions that stayed stand in another order.
    reordered: bool,
}

/// A type before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateDiffKind {
    from: KitKind,
    to: KitKind,
}

/// Minutes before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateDiffMinutes {
    #[schema(minimum = 5, maximum = 480)]
    from: i32,
    #[schema(minimum = 5, maximum = 480)]
    to: i32,
}

/// A rubric version before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateDiffRubric {
    from: Option<NamedRubric>,
    to: Option<NamedRubric>,
}

/// Seats before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateDiffSlots {
    #[schema(max_items = 10)]
    from: Vec<Slot>,
    #[schema(max_items = 10)]
    to: Vec<Slot>,
}

/// What a loop costs before it starts, in minutes of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateCost {
    /// Of the candidate.
    #[schema(minimum = 0)]
    candidate_minutes: i64,
    /// How much that is at most before the lint warns, by the policy.
    #[schema(minimum = 30, maximum = 2400, example = 480)]
    candidate_minutes_limit: i64,
    /// Of all who sit on panels, cards and debrief included.
    #[schema(minimum = 0)]
    team_minutes: i64,
    /// What writing a scorecard is taken to last, for each who owes one.
    #[schema(minimum = 0, example = 15)]
    scorecard_minutes: i64,
    /// What the debrief is taken to last, for each who owes a scorecard.
    #[schema(minimum = 0, example = 30)]
    debrief_minutes: i64,
    /// Each interview, in order.
    #[schema(max_items = 20)]
    kits: Vec<LoopTemplateKitCost>,
    /// Each kind of seat that there is.
    #[schema(max_items = 5)]
    slots: Vec<LoopTemplateSlotCost>,
}

/// What an interview costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateKitCost {
    kit_id: KitId,
    name: String,
    /// Of the candidate.
    #[schema(minimum = 0)]
    candidate_minutes: i64,
    /// Of its panel, cards and debrief included.
    #[schema(minimum = 0)]
    team_minutes: i64,
}

/// What a kind of seat costs over all interviews.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateSlotCost {
    slot: Slot,
    /// How many such seats there are.
    #[schema(minimum = 1)]
    seats: i64,
    /// Of all who sit there, cards and debrief included.
    #[schema(minimum = 0)]
    team_minutes: i64,
}

/// Lint a loop template version
///
/// What is wrong or doubtful in a version. Errors keep it from being published; warnings do not: a
/// must-have that only one kit rates, more than three attributes in 45 minutes or less, a question
/// that is asked twice or in nearly the same words, more of the candidate's time than the policy has it
/// (`candidate_minutes_limit`, eight hours at first).
#[utoipa::path(
    operation_id = "lintLoopTemplateVersion", tag = "loops",
    params(("id" = LoopTemplateVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The findings.", body = LoopTemplateLint)),
)]
#[get("/loop-template-versions/{id}/lint")]
pub async fn lint_loop_template_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplateVersion>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| lint(conn, actor, id)).await
}

/// Compare two versions of a loop template
///
/// What a version changed: kits added and removed, and in those that stayed their type, minutes,
/// rubric, attributes, questions and seats. Without `from` the version is compared with the one before
/// it. Loops that run keep the version that they were started with: `GET /loops` lists them by
/// `loop_template_version_id` and `state`.
#[utoipa::path(
    operation_id = "diffLoopTemplateVersion", tag = "loops",
    params(("id" = LoopTemplateVersionId, Path, description = "Which version."), LoopTemplateDiffFilter),
    responses((status = 200, description = "The differences.", body = LoopTemplateDiff)),
)]
#[get("/loop-template-versions/{id}/diff")]
pub async fn diff_loop_template_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplateVersion>,
    Params(filter): Params<LoopTemplateDiffFilter>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| compare(conn, actor, id, filter.from)).await
}

/// Get what a loop costs
///
/// How much time a loop with this version takes of the candidate and of the team, before anybody is
/// invited. Who sits on a panel spends the minutes of the interview, unless the candidate works alone;
/// whoever owes a scorecard writes it and comes to the debrief.
#[utoipa::path(
    operation_id = "getLoopTemplateVersionCost", tag = "loops",
    params(("id" = LoopTemplateVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The minutes.", body = LoopTemplateCost)),
)]
#[get("/loop-template-versions/{id}/cost")]
pub async fn get_loop_template_version_cost(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplateVersion>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show_cost(conn, actor, id)).await
}

fn lint(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopTemplateVersionId,
) -> Result<Shown<LoopTemplateLint>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let content = store::content_of(conn, &row)?.1;
    let findings = content.lint(&store::names_of(conn, &content)?, limit(conn)?).into_iter();
    let findings = findings.map(|Finding { code, pointer }| LoopTemplateFinding {
        severity: code.severity(),
        code,
        detail: code.detail(),
        pointer,
    });
    Ok(Shown { version: row.version, value: LoopTemplateLint { findings: findings.collect() } })
}

fn compare(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopTemplateVersionId,
    from: Option<LoopTemplateVersionId>,
) -> Result<Shown<LoopTemplateDiff>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let siblings = store::versions_of(conn, &[row.loop_template_id])?;
    let before = match from {
        Some(from) => {
            let known = siblings.iter().find(|version| version.id == from);
            Some(known.ok_or_else(|| other_template(from))?)
        }
        None => siblings.iter().find(|other| other.number < row.number),
    };
    let new = named(conn, &row)?;
    let old = before.map(|before| named(conn, before)).transpose()?.unwrap_or_default();
    let diff = diff(&old.1, &new.1);
    let keys = |whole: &Content, other: &Content| {
        let lacking = whole.must_cover.iter().filter(|key| !other.must_cover.contains(key));
        lacking.map(Key::to_text).collect()
    };
    let names = |kits: Vec<&NamedKit>| kits.into_iter().map(|kit| kit.name.to_text()).collect();
    let value = LoopTemplateDiff {
        from_version_id: before.map(|before| before.id),
        to_version_id: id,
        added: names(diff.added),
        removed: names(diff.removed),
        changed: diff.changed.into_iter().map(show_change).collect(),
        reordered: diff.reordered,
        must_cover_added: keys(&new.0, &old.0),
        must_cover_removed: keys(&old.0, &new.0),
    };
    Ok(Shown { version: row.version, value })
}

/// A version by ids, and its kits by name.
fn named(conn: &mut Conn, row: &store::LoopTemplateVersion) -> Result<(Content, Vec<NamedKit>)> {
    let content = store::content_of(conn, row)?.1;
    let kits = content.named(&store::names_of(conn, &content)?).map_err(Error::internal)?;
    Ok((content, kits))
}

fn other_template(id: LoopTemplateVersionId) -> Error {
    let detail = format!("{id} is no version of this loop template.");
    Error::invalid_fields(vec![FieldError::query("from", "unknown_reference", detail)])
}

fn show_change(change: KitChange<'_>) -> LoopTemplateDiffKit {
    let KitChange {
        from, to, attributes, priorities_changed, questions, questions_reworded, ..
    } = &change;
    let texts = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    let seats = |kit: &NamedKit| kit.slots.iter().map(|one| one.slot).collect();
    LoopTemplateDiffKit {
        name: to.name.to_text(),
        kind: (from.kind != to.kind)
            .then_some(LoopTemplateDiffKind { from: from.kind, to: to.kind }),
        minutes: (from.minutes != to.minutes)
            .then_some(LoopTemplateDiffMinutes { from: from.minutes, to: to.minutes }),
        rubric: (from.rubric != to.rubric)
            .then(|| LoopTemplateDiffRubric { from: from.rubric.clone(), to: to.rubric.clone() }),
        attributes_added: texts(&attributes.added),
        attributes_removed: texts(&attributes.removed),
        priorities_changed: texts(priorities_changed),
        questions_added: texts(&questions.added),
        questions_removed: texts(&questions.removed),
        questions_reworded: texts(questions_reworded),
        slots: (from.slots != to.slots)
            .then(|| LoopTemplateDiffSlots { from: seats(from), to: seats(to) }),
        reordered: attributes.reordered || questions.reordered,
    }
}

/// How much of a candidate's time a loop may take, as the policy has it now.
fn limit(conn: &mut Conn) -> Result<i64> {
    Ok(i64::from(settings::store::current(conn)?.1.candidate_minutes_limit))
}

fn show_cost(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopTemplateVersionId,
) -> Result<Shown<LoopTemplateCost>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let (ids, content) = store::content_of(conn, &row)?;
    let cost = cost(&content);
    let kits = ids.into_iter().zip(&content.kits).zip(&cost.kits);
    let kits = kits.map(|((kit_id, kit), cost)| LoopTemplateKitCost {
        kit_id,
        name: kit.name.clone(),
        candidate_minutes: cost.candidate_minutes,
        team_minutes: cost.team_minutes,
    });
    let slots = cost.slots.iter().map(|(slot, cost)| LoopTemplateSlotCost {
        slot: *slot,
        seats: cost.seats,
        team_minutes: cost.team_minutes,
    });
    let value = LoopTemplateCost {
        candidate_minutes: content.candidate_minutes(),
        candidate_minutes_limit: limit(conn)?,
        team_minutes: cost.kits.iter().map(|kit| kit.team_minutes).sum(),
        scorecard_minutes: cost::SCORECARD_MINUTES,
        debrief_minutes: cost::DEBRIEF_MINUTES,
        kits: kits.collect(),
        slots: slots.collect(),
    };
    Ok(Shown { version: row.version, value })
}
