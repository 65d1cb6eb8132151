//! Definitions of custom fields over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{FieldAudience, FieldNoun, FieldType, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Key, Line};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{FieldDefinitionId, kinds};

/// A field that the organization added to a noun.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldDefinition {
    id: FieldDefinitionId,
    noun: FieldNoun,
    /// By which its values are found in `custom`.
    #[schema(example = "notice_period")]
    key: String,
    /// What people read.
    #[schema(example = "Notice period")]
    name: String,
    #[serde(rename = "type")]
    kind: FieldType,
    /// What is chosen from; null for a type that is not chosen.
    options: Option<Vec<String>>,
    audience: FieldAudience,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl FieldDefinition {
    /// The view of a row.
    ///
    /// # Errors
    /// `internal` for stored options that are none.
    fn of(row: store::FieldDefinition) -> Result<Self> {
        let options = row.kind.has_options().then(|| row.options()).transpose()?;
        Ok(Self {
            id: row.id,
            noun: row.noun,
            key: row.key,
            name: row.name,
            kind: row.kind,
            options,
            audience: row.audience,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A field to define. Noun, key and type stay what they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateFieldDefinition {
    pub(crate) noun: FieldNoun,
    pub(crate) key: Key,
    /// What people read.
    pub(crate) name: Line<120>,
    #[serde(rename = "type")]
    pub(crate) kind: FieldType,
    /// What is chosen from; for selects, and for them alone.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub(crate) options: Option<Vec<Line<100>>>,
    pub(crate) audience: FieldAudience,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateFieldDefinition {
    /// What people read.
    pub(crate) name: Option<Line<120>>,
    /// What is chosen from, in place of the options before. Values that are no option any more stay
    /// where they are.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub(crate) options: Option<Vec<Line<100>>>,
    pub(crate) audience: Option<FieldAudience>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Which fields.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FieldDefinitionFilter {
    /// Only those of this noun.
    noun: Option<FieldNoun>,
    /// Only those out of use, or only those in use; all when it is absent.
    archived: Option<bool>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(FieldDefinitionFilter);

/// Create a field definition
///
/// Adds a field to a noun. Its values are set and shown as `custom` of the noun.
#[utoipa::path(
    operation_id = "createFieldDefinition", tag = "organization",
    request_body = CreateFieldDefinition,
    responses((status = 201, description = "The field.", body = FieldDefinition)),
)]
#[post("/field-definitions")]
pub async fn create_field_definition(
    ctx: Ctx,
    body: Body<CreateFieldDefinition>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "field-definitions", show).await
}

/// List field definitions
///
/// All fields, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listFieldDefinitions", tag = "organization", params(FieldDefinitionFilter),
    responses((status = 200, description = "One page of fields.", body = PageOf<FieldDefinition>)),
)]
#[get("/field-definitions")]
pub async fn list_field_definitions(
    ctx: Ctx,
    Params(filter): Params<FieldDefinitionFilter>,
) -> Result<HttpResponse> {
    let (noun, archived) = (filter.noun, filter.archived);
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, noun, archived, page)?.into_iter();
        let shown = rows.map(|row| Ok((row.id.any(), FieldDefinition::of(row)?)));
        Ok(Page::new(shown.collect::<Result<_>>()?))
    })
    .await
}

/// Get a field definition
///
/// One field.
#[utoipa::path(
    operation_id = "getFieldDefinition", tag = "organization",
    params(("id" = FieldDefinitionId, Path, description = "Which field.")),
    responses((status = 200, description = "The field.", body = FieldDefinition)),
)]
#[get("/field-definitions/{id}")]
pub async fn get_field_definition(
    ctx: Ctx,
    PathId(id): PathId<kinds::FieldDefinition>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a field definition
///
/// Merge patch: absent fields stay. Values are kept whatever changes; those of an archived field are
/// not shown.
#[utoipa::path(
    operation_id = "updateFieldDefinition", tag = "organization",
    request_body = UpdateFieldDefinition,
    params(("id" = FieldDefinitionId, Path, description = "Which field.")),
    responses((status = 200, description = "The field as it is now.", body = FieldDefinition)),
)]
#[patch("/field-definitions/{id}")]
pub async fn update_field_definition(
    ctx: Ctx,
    PathId(id): PathId<kinds::FieldDefinition>,
    body: Body<UpdateFieldDefinition>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: FieldDefinitionId) -> Result<Shown<FieldDefinition>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: FieldDefinition::of(row)? })
}
