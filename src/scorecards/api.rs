//! Scorecards over the API.

mod history;
mod on_behalf;
mod wire;

pub use history::{
    ReviseScorecard, RevisedContent, ScorecardHistory, ScorecardRevision, get_scorecard_history,
    revise_scorecard,
};
pub use on_behalf::{SubmitForPanelist, submit_for_panelist};
pub use wire::{RateAttribute, Rating, Scorecard, ScorecardView, UpdateScorecard};

use std::collections::HashMap;

use actix_web::{HttpResponse, get, patch, post, put};
use serde::Deserialize;
use utoipa::IntoParams;

use super::commands;
use super::seen::{self, Filter};
use crate::access::Actor;
use crate::attachments;
use crate::attachments::api::Attachment;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{AnyId, ApplicationId, InterviewId, ScorecardId, kinds};

/// Which scorecards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScorecardFilter {
    /// Only those of this application.
    application_id: Option<ApplicationId>,
    /// Only those of this interview.
    interview_id: Option<InterviewId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ScorecardFilter);

/// Start a scorecard
///
/// Begins your card for an interview on whose panel you sit. There is one per person and interview.
#[utoipa::path(
    operation_id = "startScorecard", tag = "scorecards",
    params(("id" = InterviewId, Path, description = "For which interview.")),
    responses((status = 201, description = "The draft.", body = Scorecard)),
)]
#[post("/interviews/{id}/scorecards")]
pub async fn start_scorecard(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = ctx.command(&input, move |tx, actor| commands::start(tx, actor, id)).await?;
    ctx.created(done, "scorecards", show).await
}

/// List scorecards
///
/// Your own cards, and those of others for applications that you have a part in, newest first.
/// While a card is sealed to you its row says that it exists, whose it is and whether it is in, and
/// nothing else. The first time you are shown what another's card says is recorded.
#[utoipa::path(
    operation_id = "listScorecards", tag = "scorecards", params(ScorecardFilter),
    responses((status = 200, description = "One page of scorecards.", body = PageOf<Scorecard>)),
)]
#[get("/scorecards")]
pub async fn list_scorecards(
    ctx: Ctx,
    Params(filter): Params<ScorecardFilter>,
) -> Result<HttpResponse> {
    let page = ctx.page_of(&filter)?;
    let ScorecardFilter { application_id, interview_id, .. } = filter;
    let (before, limit) = (page.before, page.fetch());
    let wanted = Filter { application_id, interview_id, before, limit, ..Filter::default() };
    let read = ctx.read(move |conn, actor| load(conn, actor, &wanted)).await?;
    note(&ctx, read.unnoted).await?;
    let rows = read.shown.into_iter().map(|(id, shown)| (id, shown.value)).collect();
    Ok(ctx.answer_page(&page, Page::new(rows)))
}

/// Get a scorecard
///
/// One card, as far as it is unsealed to you. The first time you are shown what another's card says
/// is recorded.
#[utoipa::path(
    operation_id = "getScorecard", tag = "scorecards",
    params(("id" = ScorecardId, Path, description = "Which scorecard.")),
    responses((status = 200, description = "The scorecard.", body = Scorecard)),
)]
#[get("/scorecards/{id}")]
pub async fn get_scorecard(ctx: Ctx, PathId(id): PathId<kinds::Scorecard>) -> Result<HttpResponse> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let mut read = ctx.read(move |conn, actor| load(conn, actor, &one)).await?;
    let (_, shown) = read.shown.pop().ok_or_else(Error::not_found)?;
    note(&ctx, read.unnoted).await?;
    ctx.answer(shown)
}

/// Save a scorecard
///
/// Keeps what you typed so far; absent fields stay, `null` clears, and `ratings` replaces the whole
/// list. Only you see a draft. `If-Match` is required, so that two devices never overwrite each
/// other unseen: 412 holds the card as it is now, beside what you typed.
#[utoipa::path(
    operation_id = "updateScorecard", tag = "scorecards", request_body = UpdateScorecard,
    params(
        ("id" = ScorecardId, Path, description = "Which scorecard."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The draft as it is now.", body = Scorecard)),
)]
#[patch("/scorecards/{id}")]
pub async fn update_scorecard(
    ctx: Ctx,
    PathId(id): PathId<kinds::Scorecard>,
    body: Body<UpdateScorecard>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let saved =
        ctx.command(&body, move |tx, actor| commands::save(tx, actor, id, expected, &input)).await;
    match saved {
        Ok(done) => ctx.changed(done, show).await,
        Err(refusal) => ctx.refused(refusal, move |conn, actor| show(conn, actor, id)).await,
    }
}

/// Submit a scorecard
///
/// Hands in your card. Every attribute of the kit is rated or marked as "no signal", and there is
/// an overall recommendation; "no decision" needs a reason. A submitted card never changes. With the
/// last card that is owed the debrief is revealed. `If-Match` is required.
#[utoipa::path(
    operation_id = "submitScorecard", tag = "scorecards",
    params(
        ("id" = ScorecardId, Path, description = "Which scorecard."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The card, submitted.", body = Scorecard)),
)]
#[put("/scorecards/{id}/submission")]
pub async fn submit_scorecard(
    ctx: Ctx,
    PathId(id): PathId<kinds::Scorecard>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.require_if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::submit(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// The files on cards.
type Files = HashMap<Option<ScorecardId>, Vec<Attachment>>;

/// Cards that were read, and which of them must be noted before they are shown.
struct Read {
    shown: Vec<(AnyId, Shown<Scorecard>)>,
    unnoted: Vec<ScorecardId>,
}

fn load(conn: &mut Conn, actor: &Actor, filter: &Filter) -> Result<Read> {
    let cards = seen::cards(conn, actor, filter)?;
    let unsealed: Vec<ScorecardId> =
        cards.iter().filter(|card| card.judgement.is_some()).map(|card| card.id).collect();
    let ratings =
        if unsealed.is_empty() { Vec::new() } else { seen::ratings(conn, actor, &unsealed)? };
    let mut files = Files::new();
    let bearing: Vec<ScorecardId> =
        cards.iter().filter(|card| card.has_files).map(|card| card.id).collect();
    for found in attachments::store::of_cards(conn, &bearing)? {
        files.entry(found.row.scorecard_id).or_default().push(found.into());
    }
    let must_be_noted = cards.iter().filter(|card| card.must_be_noted(actor.user_id));
    let unnoted = must_be_noted.map(|card| card.id).collect();
    let shown = cards.into_iter().map(|card| {
        let files = files.remove(&Some(card.id)).unwrap_or_default();
        (card.id.any(), wire::shown(card, &ratings, files))
    });
    let shown = shown.collect();
    Ok(Read { shown, unnoted })
}

/// The author's own card, which nobody needs to note.
pub(super) fn show(conn: &mut Conn, actor: &Actor, id: ScorecardId) -> Result<Shown<Scorecard>> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let mut read = load(conn, actor, &one)?;
    read.shown.pop().map(|(_, shown)| shown).ok_or_else(Error::not_found)
}

/// Notes, in a write of its own, that the caller is about to be shown these cards of others. When
/// that fails, they are not shown.
pub async fn note(ctx: &Ctx, cards: Vec<ScorecardId>) -> Result<()> {
    if cards.is_empty() {
        return Ok(());
    }
    ctx.write(move |tx, actor| commands::note_reads(tx, actor, &cards)).await
}
