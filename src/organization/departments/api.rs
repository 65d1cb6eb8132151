//! Departments over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, double_option};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{DepartmentId, UserId, kinds};

/// A department.
#[derive(Debug, Serialize, ToSchema)]
pub struct Department {
    id: DepartmentId,
    #[schema(example = "Engineering")]
    name: String,
    /// The department above it.
    parent_id: Option<DepartmentId>,
    /// Whose it is to lead.
    head_id: Option<UserId>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Department> for Department {
    fn from(row: store::Department) -> Self {
        Self {
            id: row.id,
            name: row.name,
            parent_id: row.parent_id,
            head_id: row.head_id,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A department to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDepartment {
    pub(super) name: Line<120>,
    /// The department above it.
    pub(super) parent_id: Option<DepartmentId>,
    /// Whose it is to lead: an active user.
    pub(super) head_id: Option<UserId>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDepartment {
    pub(super) name: Option<Line<120>>,
    /// The department above it; `null` makes it a root.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<DepartmentId>)]
    pub(super) parent_id: Option<Option<DepartmentId>>,
    /// Whose it is to lead; `null` for nobody.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UserId>)]
    pub(super) head_id: Option<Option<UserId>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which departments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DepartmentFilter {
    /// Only those right below this one.
    parent_id: Option<DepartmentId>,
    /// Only those with nothing above them.
    #[serde(default)]
    roots: bool,
    /// Only those out of use, or only those in use; all when it is absent.
    archived: Option<bool>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(DepartmentFilter);

/// Create a department
///
/// Adds a department, optionally below another one.
#[utoipa::path(
    operation_id = "createDepartment", tag = "organization", request_body = CreateDepartment,
    responses((status = 201, description = "The department.", body = Department)),
)]
#[post("/departments")]
pub async fn create_department(ctx: Ctx, body: Body<CreateDepartment>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "departments", show).await
}

/// List departments
///
/// All departments, newest first, archived ones included; or only what lies right below one, so that
/// the tree can be opened step by step.
#[utoipa::path(
    operation_id = "listDepartments", tag = "organization", params(DepartmentFilter),
    responses((status = 200, description = "One page of departments.", body = PageOf<Department>)),
)]
#[get("/departments")]
pub async fn list_departments(
    ctx: Ctx,
    Params(filter): Params<DepartmentFilter>,
) -> Result<HttpResponse> {
    let DepartmentFilter { parent_id, roots, archived, .. } = filter;
    let wanted = store::Wanted { parent_id, roots, archived };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, wanted, page)?;
        Ok(Page::new(
            rows.into_iter()
                .map(|row| (row.id.any(), row.into()))
                .collect::<Vec<(_, Department)>>(),
        ))
    })
    .await
}

/// Get a department
///
/// One department.
#[utoipa::path(
    operation_id = "getDepartment", tag = "organization",
    params(("id" = DepartmentId, Path, description = "Which department.")),
    responses((status = 200, description = "The department.", body = Department)),
)]
#[get("/departments/{id}")]
pub async fn get_department(
    ctx: Ctx,
    PathId(id): PathId<kinds::Department>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a department
///
/// Merge patch: absent fields stay, `null` clears. A new parent moves the department with all that
/// lies below it. Archiving is refused with `still_in_use` while a department below is in use, or a
/// job of it is not closed.
#[utoipa::path(
    operation_id = "updateDepartment", tag = "organization", request_body = UpdateDepartment,
    params(("id" = DepartmentId, Path, description = "Which department.")),
    responses((status = 200, description = "The department as it is now.", body = Department)),
)]
#[patch("/departments/{id}")]
pub async fn update_department(
    ctx: Ctx,
    PathId(id): PathId<kinds::Department>,
    body: Body<UpdateDepartment>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: DepartmentId) -> Result<Shown<Department>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
