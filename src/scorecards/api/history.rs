//! Correcting a card, and what it said before.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{UpdateScorecard, note, show};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{AttributeId, LevelId, ScorecardId, kinds};
use crate::scorecards::seen::{self, Filter, SeenCard};
use crate::scorecards::store::{self, Rating, Scorecard};
use crate::scorecards::{Recommendation, commands};

/// A correction of a card that is in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviseScorecard {
    /// Why.
    pub reason: Prose<1000>,
    /// What to change; absent fields stay, `null` clears, and `ratings` replaces the whole list.
    #[validate(nested)]
    pub content: UpdateScorecard,
}

/// What a card said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RevisedContent {
    pub(crate) recommendation: Option<Recommendation>,
    pub(crate) recommendation_reason: Option<String>,
    /// The level at which the author saw the candidate.
    pub(crate) level_signal_id: Option<LevelId>,
    pub(crate) summary: Option<String>,
    pub(crate) ratings: Vec<RevisedRating>,
}

/// A rating that a card gave.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RevisedRating {
    pub(crate) attribute_id: AttributeId,
    /// The level; null is "no signal".
    pub(crate) level: Option<i32>,
    /// What was seen and heard.
    pub(crate) evidence: Option<String>,
}

impl RevisedContent {
    /// What a card says.
    pub fn of(card: &Scorecard, ratings: &[Rating]) -> Self {
        let ratings = ratings.iter().map(|rating| RevisedRating {
            attribute_id: rating.attribute_id,
            level: rating.level,
            evidence: rating.evidence.clone(),
        });
        Self {
            recommendation: card.recommendation,
            recommendation_reason: card.recommendation_reason.clone(),
            level_signal_id: card.level_signal_id,
            summary: card.summary.clone(),
            ratings: ratings.collect(),
        }
    }
}

/// What a card said before it was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScorecardHistory {
    scorecard_id: ScorecardId,
    /// Oldest first, without what it says now; null while the card is sealed to you.
    revisions: Option<Vec<ScorecardRevision>>,
}

/// What a card said from one moment to the next.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScorecardRevision {
    /// What was handed in first is number 1.
    #[schema(minimum = 1)]
    number: i32,
    /// Null once the candidate was anonymized.
    content: Option<RevisedContent>,
    /// Why it was made; null for what was handed in first.
    reason: Option<String>,
    /// Whether its author had read another card of the application by then; null for what was handed
    /// in first, of which the card says it.
    after_reading: Option<bool>,
    handed_in_at: Instant,
}

impl TryFrom<store::ScorecardRevision> for ScorecardRevision {
    type Error = Error;

    fn try_from(row: store::ScorecardRevision) -> Result<Self> {
        let store::ScorecardRevision { number, reason, after_reading, handed_in_at, .. } = row;
        Ok(Self { number, content: row.content.read_kept()?, reason, after_reading, handed_in_at })
    }
}

/// Revise a scorecard
///
/// Corrects your card after it came in. What it said is kept beside it, for whoever may read it; the
/// correction says whether you had by then read another card of the application, and your ballot
/// stays as it was. Not once the debrief has decided. `If-Match` is required.
#[utoipa::path(
    operation_id = "reviseScorecard", tag = "scorecards", request_body = ReviseScorecard,
    params(
        ("id" = ScorecardId, Path, description = "Which scorecard."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The card, corrected.", body = super::Scorecard)),
)]
#[put("/scorecards/{id}/revision")]
pub async fn revise_scorecard(
    ctx: Ctx,
    PathId(id): PathId<kinds::Scorecard>,
    body: Body<ReviseScorecard>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let revised = ctx
        .command(&body, move |tx, actor| commands::revise(tx, actor, id, expected, &input))
        .await;
    match revised {
        Ok(done) => ctx.changed(done, show).await,
        Err(refusal) => ctx.refused(refusal, move |conn, actor| show(conn, actor, id)).await,
    }
}

/// Get a scorecard's history
///
/// What a card said before its author corrected it, as far as the card is unsealed to you. The first
/// time you are shown what another's card says is recorded.
#[utoipa::path(
    operation_id = "getScorecardHistory", tag = "scorecards",
    params(("id" = ScorecardId, Path, description = "Which scorecard.")),
    responses((status = 200, description = "What it said before.", body = ScorecardHistory)),
)]
#[get("/scorecards/{id}/history")]
pub async fn get_scorecard_history(
    ctx: Ctx,
    PathId(id): PathId<kinds::Scorecard>,
) -> Result<HttpResponse> {
    let (shown, unnoted) = ctx.read(move |conn, actor| history(conn, actor, id)).await?;
    note(&ctx, unnoted).await?;
    ctx.answer(shown)
}

/// The history as the actor may see it, and the card if it must be noted that they do.
fn history(
    conn: &mut Conn,
    actor: &Actor,
    id: ScorecardId,
) -> Result<(Shown<ScorecardHistory>, Vec<ScorecardId>)> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let card: SeenCard = seen::cards(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let Some(judgement) = &card.judgement else {
        let value = ScorecardHistory { scorecard_id: id, revisions: None };
        return Ok((Shown { version: 1, value }, Vec::new()));
    };
    let rows = store::revisions(conn, id)?.into_iter();
    let revisions: Vec<ScorecardRevision> =
        rows.map(ScorecardRevision::try_from).collect::<Result<_>>()?;
    let unnoted = if card.must_be_noted(actor.user_id) && !revisions.is_empty() {
        vec![id]
    } else {
        Vec::new()
    };
    let value = ScorecardHistory { scorecard_id: id, revisions: Some(revisions) };
    Ok((Shown { version: judgement.version, value }, unnoted))
}
