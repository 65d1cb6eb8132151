//! Loop templates over the API.

pub mod review;
pub mod versions;

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use self::versions::LoopTemplateContent;
use super::commands::NewLoopTemplate;
use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Key, Line};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{LoopTemplateId, LoopTemplateVersionId, kinds};
use crate::rubrics::VersionState;

/// A loop template with its versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplate {
    id: LoopTemplateId,
    /// What names it in every installation; it never changes.
    #[schema(example = "backend_engineer_onsite")]
    key: String,
    #[schema(example = "Backend engineer, onsite")]
    name: String,
    /// Whose work it is, and under which licence, if it is not the organization's own.
    attribution: Option<String>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    /// Its versions, newest first.
    #[schema(max_items = 100)]
    versions: Vec<LoopTemplateVersionSummary>,
    created_at: Instant,
    updated_at: Instant,
}

/// That a loop template has a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateVersionSummary {
    id: LoopTemplateVersionId,
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 100)]
    number: i32,
    state: VersionState,
    /// When it was published.
    published_at: Option<Instant>,
}

impl LoopTemplate {
    fn of(row: store::LoopTemplate, versions: &[store::LoopTemplateVersion]) -> Self {
        let store::LoopTemplate {
            id,
            key,
            name,
            attribution,
            archived_at,
            created_at,
            updated_at,
            ..
        } = row;
        let versions = versions.iter().filter(|version| version.loop_template_id == id);
        let versions = versions.map(|version| LoopTemplateVersionSummary {
            id: version.id,
            number: version.number,
            state: version.state,
            published_at: version.published_at,
        });
        let versions = versions.collect();
        Self { id, key, name, attribution, archived_at, versions, created_at, updated_at }
    }
}

/// A loop template to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLoopTemplate {
    /// What names it in every installation; made of the name if it is absent.
    key: Option<Key>,
    name: Line<120>,
    /// Whose work it is, and under which licence, if it is not the organization's own.
    attribution: Option<Line<300>>,
    /// The content of version 1, a draft.
    #[validate(nested)]
    version: LoopTemplateContent,
}

impl CreateLoopTemplate {
    fn to_new(&self) -> NewLoopTemplate {
        NewLoopTemplate {
            key: self.key.as_ref().map(Key::to_text),
            name: self.name.to_text(),
            attribution: self.attribution.as_ref().map(Line::to_text),
            content: self.version.to_model(),
        }
    }
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLoopTemplate {
    pub(super) name: Option<Line<120>>,
    /// Whose work it is; null clears it.
    #[serde(default, with = "crate::http::fields::double_option")]
    pub(super) attribution: Option<Option<Line<300>>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which loop templates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoopTemplateFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those out of use, or only those in use.
    archived: Option<bool>,
}

crate::paged!(LoopTemplateFilter);

/// Create a loop template
///
/// Adds a loop template with version 1 as a draft. Each kit judges by a published rubric version
/// and rates attributes of that version; in a draft it may have none yet. A key that another loop
/// template has answers 409 `already_exists`.
#[utoipa::path(
    operation_id = "createLoopTemplate", tag = "loops", request_body = CreateLoopTemplate,
    responses((status = 201, description = "The loop template.", body = LoopTemplate)),
)]
#[post("/loop-templates")]
pub async fn create_loop_template(
    ctx: Ctx,
    body: Body<CreateLoopTemplate>,
) -> Result<HttpResponse> {
    let new = body.to_new();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &new)).await?;
    ctx.created(done, "loop-templates", show).await
}

/// List loop templates
///
/// All loop templates with their versions, newest first, archived ones included unless `archived`
/// says otherwise.
#[utoipa::path(
    operation_id = "listLoopTemplates", tag = "loops", params(LoopTemplateFilter),
    responses((status = 200, description = "One page of loop templates.", body = PageOf<LoopTemplate>)),
)]
#[get("/loop-templates")]
pub async fn list_loop_templates(
    ctx: Ctx,
    Params(filter): Params<LoopTemplateFilter>,
) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadRubrics)?;
        let rows = store::list(conn, page, archived)?;
        let ids: Vec<LoopTemplateId> = rows.iter().map(|row| row.id).collect();
        let versions = store::versions_of(conn, &ids)?;
        let shown = rows.into_iter().map(|row| (row.id.any(), LoopTemplate::of(row, &versions)));
        Ok(Page::new(shown.collect()))
    })
    .await
}

/// Get a loop template
///
/// One loop template with its versions; the kits stand in each version.
#[utoipa::path(
    operation_id = "getLoopTemplate", tag = "loops",
    params(("id" = LoopTemplateId, Path, description = "Which loop template.")),
    responses((status = 200, description = "The loop template.", body = LoopTemplate)),
)]
#[get("/loop-templates/{id}")]
pub async fn get_loop_template(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplate>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a loop template
///
/// Merge patch: absent fields stay. Archiving takes the template out of use; loops that run with
/// one of its versions go on.
#[utoipa::path(
    operation_id = "updateLoopTemplate", tag = "loops", request_body = UpdateLoopTemplate,
    params(("id" = LoopTemplateId, Path, description = "Which loop template.")),
    responses((status = 200, description = "The loop template as it is now.", body = LoopTemplate)),
)]
#[patch("/loop-templates/{id}")]
pub async fn update_loop_template(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplate>,
    body: Body<UpdateLoopTemplate>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: LoopTemplateId) -> Result<Shown<LoopTemplate>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let versions = store::versions_of(conn, &[id])?;
    Ok(Shown { version: row.version, value: LoopTemplate::of(row, &versions) })
}
