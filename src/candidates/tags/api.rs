//! The tags of a candidate over the API.

use actix_web::{HttpResponse, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::commands;
use crate::candidates::api::{Candidate, show};
use crate::error::Result;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{CandidateId, TagId, kinds};

/// A tag on a candidate.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateTag {
    id: TagId,
    #[schema(example = "Silver medallist")]
    name: String,
}

impl CandidateTag {
    /// The word.
    pub(in crate::candidates) fn name(&self) -> &str {
        &self.name
    }
}

impl From<(TagId, String)> for CandidateTag {
    fn from((id, name): (TagId, String)) -> Self {
        Self { id, name }
    }
}

/// All tags of a candidate.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceTags {
    /// In place of the ones before.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub(super) tag_ids: Vec<TagId>,
}

/// Tag a candidate
///
/// Gives the candidate these tags in place of the ones before. A tag that was archived may stay, but
/// not come anew.
#[utoipa::path(
    operation_id = "replaceCandidateTags", tag = "candidates", request_body = ReplaceTags,
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 200, description = "The candidate as it is now.", body = Candidate)),
)]
#[put("/candidates/{id}/tags")]
pub async fn replace_candidate_tags(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    body: Body<ReplaceTags>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}
