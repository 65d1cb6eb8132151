//! Whom to put on a panel.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::Result;
use crate::http::{Ctx, Params, PathId, Shown};
use crate::ids::{InterviewId, UserId, kinds};
use crate::interviews::assignment::AssignmentRule;
use crate::interviews::facts::{self, Suggestions};
use crate::loops::templates::Slot;

/// Whom to seat on an interview.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedPanelists {
    /// As what.
    slot: Slot,
    /// Whether the seat is for anybody, so that nobody is suggested.
    for_anybody: bool,
    /// The best first; people who sit there are left out.
    #[schema(max_items = 50)]
    people: Vec<SuggestedPanelist>,
}

/// Somebody who could be seated.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedPanelist {
    user_id: UserId,
    /// The rules that seating them would bend; each needs a reason.
    bent_rules: Vec<AssignmentRule>,
}

/// For which seat.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestionFilter {
    /// As what somebody is to sit there.
    slot: Slot,
}

/// List suggested panelists
///
/// For those who assign: the people for whom the seats of a slot are, with the rules that seating each
/// would bend; those first who bend the fewest, and of those who was asked least of late. How much
/// anybody does is not told, nor whether they have read a card of the application.
#[utoipa::path(
    operation_id = "listSuggestedPanelists", tag = "interviews",
    params(("id" = InterviewId, Path, description = "Which interview."), SuggestionFilter),
    responses((status = 200, description = "Whom to seat.", body = SuggestedPanelists)),
)]
#[get("/interviews/{id}/suggested-panelists")]
pub async fn list_suggested_panelists(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    Params(filter): Params<SuggestionFilter>,
) -> Result<HttpResponse> {
    let (slot, now) = (filter.slot, ctx.now());
    ctx.show(move |conn, actor| {
        let found = facts::suggest(conn, actor, now, (id, slot))?;
        Ok(Shown { version: found.version, value: SuggestedPanelists::of(slot, found) })
    })
    .await
}

impl SuggestedPanelists {
    fn of(slot: Slot, found: Suggestions) -> Self {
        let Suggestions { for_anybody, people, .. } = found;
        let people = people
            .into_iter()
            .map(|(user_id, bent_rules)| SuggestedPanelist { user_id, bent_rules });
        Self { slot, for_anybody, people: people.collect() }
    }
}
