//! Saved views over the API.

use actix_web::{HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{SharedWith, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::exports::ListNoun;
use crate::http::fields::Line;
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{SavedViewId, UserId, kinds};

/// A question that somebody keeps. Whoever uses it asks the list themselves: it shows nobody more than they
/// may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedView {
    id: SavedViewId,
    /// Whose it is.
    user_id: UserId,
    #[schema(example = "Waiting for two weeks")]
    name: String,
    /// Of which list.
    noun: ListNoun,
    /// The parameters of the list, as they stand in its URL.
    #[schema(example = "status=active&sort=stage_entered_at")]
    query: String,
    shared_with: SharedWith,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::SavedView> for SavedView {
    fn from(row: store::SavedView) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            name: row.name,
            noun: row.noun,
            query: row.query,
            shared_with: row.shared_with,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A question to keep.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSavedView {
    pub(super) name: Line<80>,
    /// Of which list.
    pub(super) noun: ListNoun,
    /// The parameters of the list, as they stand in its URL, without `cursor` and without the address of a
    /// candidate.
    pub(super) query: Line<2000>,
    pub(super) shared_with: SharedWith,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSavedView {
    pub(super) name: Option<Line<80>>,
    /// The parameters of the list, in place of the ones before.
    pub(super) query: Option<Line<2000>>,
    pub(super) shared_with: Option<SharedWith>,
}

/// Which views.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SavedViewFilter {
    /// Only those of this list.
    noun: Option<ListNoun>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(SavedViewFilter);

/// Keep a view
///
/// Keeps the parameters of a list by a name, after reading them as the list would. Somebody keeps at most 100.
#[utoipa::path(
    operation_id = "createSavedView", tag = "saved_views", request_body = CreateSavedView,
    responses((status = 201, description = "The view.", body = SavedView)),
)]
#[post("/saved-views")]
pub async fn create_saved_view(ctx: Ctx, body: Body<CreateSavedView>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "saved-views", show).await
}

/// List views
///
/// The views that you keep and those that are shared with everybody, in use, newest first.
#[utoipa::path(
    operation_id = "listSavedViews", tag = "saved_views", params(SavedViewFilter),
    responses((status = 200, description = "One page of views.", body = PageOf<SavedView>)),
)]
#[get("/saved-views")]
pub async fn list_saved_views(
    ctx: Ctx,
    Params(filter): Params<SavedViewFilter>,
) -> Result<HttpResponse> {
    let noun = filter.noun;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ManageOwnProfile)?;
        let rows = store::list(conn, actor, noun, page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.id.any(), SavedView::from(row))).collect()))
    })
    .await
}

/// Get a view
///
/// One view: of your own, also when it is out of use, or one that is shared with everybody.
#[utoipa::path(
    operation_id = "getSavedView", tag = "saved_views",
    params(("id" = SavedViewId, Path, description = "Which view.")),
    responses((status = 200, description = "The view.", body = SavedView)),
)]
#[get("/saved-views/{id}")]
pub async fn get_saved_view(
    ctx: Ctx,
    PathId(id): PathId<kinds::SavedView>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a view
///
/// Merge patch of a view of your own: absent fields stay.
#[utoipa::path(
    operation_id = "updateSavedView", tag = "saved_views", request_body = UpdateSavedView,
    params(("id" = SavedViewId, Path, description = "Which view.")),
    responses((status = 200, description = "The view as it is now.", body = SavedView)),
)]
#[patch("/saved-views/{id}")]
pub async fn update_saved_view(
    ctx: Ctx,
    PathId(id): PathId<kinds::SavedView>,
    body: Body<UpdateSavedView>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Archive a view
///
/// Takes a view of your own out of use. Nobody is shown it any more but you, by its id.
#[utoipa::path(
    operation_id = "archiveSavedView", tag = "saved_views",
    params(("id" = SavedViewId, Path, description = "Which view.")),
    responses((status = 204, description = "The view is out of use.")),
)]
#[delete("/saved-views/{id}")]
pub async fn archive_saved_view(
    ctx: Ctx,
    PathId(id): PathId<kinds::SavedView>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::archive(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, id: SavedViewId) -> Result<Shown<SavedView>> {
    require_everywhere(actor, Action::ManageOwnProfile)?;
    let row = store::find(conn, id)?.filter(|row| row.is_for(actor));
    let row = row.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
