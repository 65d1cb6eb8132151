//! Debriefs over the API.

mod agree;
mod discuss;
mod drive;
mod export;
mod independence;
mod light;
mod round;
mod signal;
mod wire;

pub use agree::{
    AgreeToProposal, NameAgreers, ProposeDecision, agree_to_proposal, name_agreers,
    propose_decision,
};
pub use discuss::{
    BecauseOf, CastBallot, GivenAnswer, RespondToDebrief, StateDissent, cast_ballot,
    respond_to_debrief, state_dissent,
};
pub use drive::{
    CallMeeting, ExtendDebrief, ForceReveal, HoldMeeting, InformCandidate, call_meeting,
    extend_debrief, force_reveal, hold_meeting, inform_candidate,
};
pub(crate) use export::document;
pub use export::export_memo;
pub use independence::{EarlierReading, Independence, IndependenceCard, get_independence};
pub use light::{DecideLightly, LightDecision, decide_lightly};
pub use round::{BeginRound, DebriefOrigin, begin_round};
pub use signal::{AskForSignal, ask_for_signal};
pub use wire::{
    Ballot, Debrief, DebriefAgreement, DebriefAssessment, DebriefAttribute, DebriefCard,
    DebriefCounts, DebriefDecision, DebriefDot, DebriefFinding, DebriefPeek, DebriefProposal,
    DebriefResponse, DebriefSignalRequest, DebriefSummary, DebriefView, Dissent, FindingAnswer,
    Informed,
};

use actix_web::{HttpResponse, get, put};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::memo::WriteMemo;
use super::seen::{self, Filter, SeenDebrief};
use super::store::agreement;
use super::store::discussion::{self, Response};
use super::store::signal as asked;
use super::{DebriefState, DebriefWay, Outcome, commands, peek, store};
use crate::access::Actor;
use crate::assessments;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, Done, Page, PageOf, Params, PathId, Shown};
use crate::ids::{
    ApplicationId, AssessmentResultId, DebriefId, LevelId, ResponseId, ScorecardId, kinds,
};
use crate::scorecards;
use crate::scorecards::seen::{SeenCard, SeenRating};

/// A decision to write down.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideDebrief {
    /// What is decided.
    pub outcome: Outcome,
    /// The level to hire at; required to hire.
    pub level_id: Option<LevelId>,
    /// The reasons, frozen with the decision.
    #[validate(nested)]
    pub memo: WriteMemo,
}

/// A look at the cards before they are revealed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeekAtDebrief {
    /// Why it cannot wait; whoever may read the debrief and owes nothing reads it.
    pub reason: Prose<1000>,
}

/// Which debriefs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DebriefFilter {
    /// Only those of this application.
    application_id: Option<ApplicationId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(DebriefFilter);

/// List debriefs
///
/// The debriefs that you have a part in, newest first. As long as you owe a scorecard for the
/// application, a debrief that goes on reads `gathering`.
#[utoipa::path(
    operation_id = "listDebriefs", tag = "debriefs", params(DebriefFilter),
    responses((status = 200, description = "One page of debriefs.", body = PageOf<DebriefSummary>)),
)]
#[get("/debriefs")]
pub async fn list_debriefs(
    ctx: Ctx,
    Params(filter): Params<DebriefFilter>,
) -> Result<HttpResponse> {
    let application_id = filter.application_id;
    ctx.list(&filter, move |conn, actor, page| {
        let wanted = Filter { id: None, application_id, before: page.before, limit: page.fetch() };
        let rows = seen::debriefs(conn, actor, &wanted)?;
        Ok(Page::new(rows.iter().map(|row| (row.id.any(), wire::summary(row))).collect()))
    })
    .await
}

/// Get a debrief
///
/// One debrief, as far as it is unsealed to you. As long as you owe a scorecard for the application
/// it reads `gathering` and shows nothing else. After that it shows how many cards are in, until it
/// is revealed: then the recommendations, the ratings as dots per attribute, the ballots, and in the
/// end the decision with those who dissent.
#[utoipa::path(
    operation_id = "getDebrief", tag = "debriefs",
    params(("id" = DebriefId, Path, description = "Which debrief.")),
    responses((status = 200, description = "The debrief.", body = Debrief)),
)]
#[get("/debriefs/{id}")]
pub async fn get_debrief(ctx: Ctx, PathId(id): PathId<kinds::Debrief>) -> Result<HttpResponse> {
    let loaded = ctx.read(move |conn, actor| load(conn, actor, id)).await?;
    note(&ctx, loaded.unnoted).await?;
    ctx.answer(loaded.shown)
}

/// Decide
///
/// Writes down what the named decider decided, with a memo that is frozen by its hash, and finishes
/// the loop. The memo answers every card that says "strong no" by itself, and explains at length a
/// decision against the majority of ballots. `If-Match` is required.
#[utoipa::path(
    operation_id = "decideDebrief", tag = "debriefs", request_body = DecideDebrief,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief with its decision.", body = Debrief)),
)]
#[put("/debriefs/{id}/decision")]
pub async fn decide_debrief(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<DecideDebrief>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::decide(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Look before the reveal
///
/// Unseals the cards to the named decider while the debrief still gathers, from now on. It needs a
/// reason; that they looked is shown to everybody who may read the debrief, and stands in its
/// independence record. A decider who sits on a panel of the application waits for the reveal.
#[utoipa::path(
    operation_id = "peekAtDebrief", tag = "debriefs", request_body = PeekAtDebrief,
    params(("id" = DebriefId, Path, description = "Which debrief.")),
    responses((status = 200, description = "The debrief, with the look.", body = Debrief)),
)]
#[put("/debriefs/{id}/peek")]
pub async fn peek_at_debrief(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<PeekAtDebrief>,
) -> Result<HttpResponse> {
    let reason = body.reason.to_text();
    let done =
        ctx.command(&body, move |tx, actor| peek::peek(tx, actor, id, reason.clone())).await?;
    answer(&ctx, id, done).await
}

/// Answers a change with the debrief as the actor may see it now.
async fn answer(ctx: &Ctx, id: DebriefId, done: Done<kinds::Debrief>) -> Result<HttpResponse> {
    let loaded = ctx.read(move |conn, actor| load(conn, actor, id)).await?;
    note(ctx, loaded.unnoted).await?;
    ctx.answer_change(done, loaded.shown)
}

/// What a packet tells of that the reader was not shown before: cards of others, and results.
pub(crate) type Unnoted = (Vec<ScorecardId>, Vec<AssessmentResultId>);

/// Notes what is about to be shown.
pub(crate) async fn note(ctx: &Ctx, (cards, results): Unnoted) -> Result<()> {
    scorecards::api::note(ctx, cards).await?;
    assessments::api::note(ctx, results).await
}

/// A debrief as somebody may see it.
pub(crate) struct Loaded {
    pub(crate) shown: Shown<Debrief>,
    /// What it now tells them of; noted once it is shown.
    pub(crate) unnoted: Unnoted,
    /// The cards that it shows, with their texts.
    pub(crate) cards: Vec<SeenCard>,
    /// What these rate.
    pub(crate) ratings: Vec<SeenRating>,
}

/// The debrief as the actor may see it, and of what it now tells them.
pub(crate) fn load(conn: &mut Conn, actor: &Actor, id: DebriefId) -> Result<Loaded> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let row = seen::debriefs(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let version = row.phase().version;
    let value = Debrief::sealed(&row, store::peeks(conn, id)?);
    let mut loaded = Loaded {
        shown: Shown { version, value },
        unnoted: Unnoted::default(),
        cards: Vec::new(),
        ratings: Vec::new(),
    };
    if row.opened.is_none() {
        return Ok(loaded);
    }
    let debrief = &mut loaded.shown.value;
    debrief.show_counts(seen::counts(conn, row.loop_id)?);
    let named = agreement::ever_named(conn, id)?;
    debrief.show_agreers(&named);
    let origin = if row.round > 1 { store::round::of(conn, id)? } else { None };
    debrief.origin = origin.map(|one| DebriefOrigin::of(one, row.reads_cards));
    let state = row.phase().state;
    let stands = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    if state != DebriefState::Planned {
        debrief.show_course(&stands, row.reads_cards);
    }
    if row.way == DebriefWay::Light {
        show_light(conn, actor, &row, &mut loaded)?;
        return Ok(loaded);
    }
    if row.shows_packet() {
        show_packet(conn, actor, &row, &mut loaded)?;
        show_earlier(conn, actor, &row, &mut loaded)?;
        let debrief = &mut loaded.shown.value;
        show_discussion(conn, actor, &stands, debrief)?;
        show_what_comes_first(conn, &stands, !named.is_empty(), debrief)?;
    }
    if let DebriefState::DissentWindow | DebriefState::Decided | DebriefState::Closed = state
        && let Some(decision) = store::decision(conn, id)?
    {
        let statements = discussion::statements(conn, id)?;
        loaded.shown.value.show_decision(decision, statements, row.reads_cards)?;
    }
    Ok(loaded)
}

/// What was found, and what the panel answered. As long as a discussion lasts, whoever has not responded
/// in it reads no response of others, and not that somebody moved.
fn show_discussion(
    conn: &mut Conn,
    actor: &Actor,
    stands: &store::Debrief,
    debrief: &mut Debrief,
) -> Result<()> {
    let findings = discussion::findings(conn, stands.id)?;
    let rests = discussion::rests(conn, stands.id)?;
    let mut responses = discussion::responses(conn, stands.id)?;
    let lasts = stands.state == DebriefState::Discussing;
    let is_now = |one: &Response| lasts && one.discussion == stands.discussions;
    let mine = |one: &Response| one.user_id == actor.user_id && actor.via.is_none();
    let in_it = responses.iter().any(|one| is_now(one) && mine(one));
    let now = responses.iter().filter(|one| is_now(one));
    let responded = now.map(|one| one.user_id).collect();
    responses.retain(|one| !is_now(one) || in_it || mine(one));
    if lasts && !in_it {
        debrief.hide_moves_of_others(actor.user_id, stands.discussing_at);
    }
    let ids: Vec<ResponseId> = responses.iter().map(|one| one.id).collect();
    let answers = discussion::answers(conn, &ids)?;
    debrief.show_discussion(findings, &rests, responses, answers, responded);
    Ok(())
}

/// What is to be found out, and to be agreed to, before it is decided. Where nobody was ever named to agree
/// nothing was proposed.
fn show_what_comes_first(
    conn: &mut Conn,
    stands: &store::Debrief,
    has_agreers: bool,
    debrief: &mut Debrief,
) -> Result<()> {
    let waits = matches!(stands.state, DebriefState::Gathering | DebriefState::Stalled);
    if waits || stands.reveals > 1 {
        debrief.show_signal_request(asked::of(conn, stands.id)?);
    }
    if has_agreers {
        let proposals = agreement::proposals(conn, stands.id)?;
        debrief.show_proposals(proposals, &agreement::agreements(conn, stands.id)?);
    }
    Ok(())
}

/// What the decider of a light stage has before them, and what they decided. To whoever may not read the card
/// that is only whether the application goes on.
fn show_light(
    conn: &mut Conn,
    actor: &Actor,
    row: &SeenDebrief,
    loaded: &mut Loaded,
) -> Result<()> {
    if !row.phase().is_open() {
        return Ok(());
    }
    let cards = if row.reads_cards {
        scorecards::seen::unsealed_of(conn, actor, vec![row.loop_id])?
    } else {
        Vec::new()
    };
    let reads_card = !cards.is_empty();
    if reads_card {
        let ids: Vec<ScorecardId> = cards.iter().map(|card| card.id).collect();
        loaded.ratings = scorecards::seen::ratings(conn, actor, &ids)?;
        let attributes = store::attributes(conn, row.loop_id)?;
        loaded.shown.value.show_cards(&cards, &loaded.ratings, attributes);
        let unread = cards.iter().filter(|card| card.must_be_noted(actor.user_id));
        loaded.unnoted.0 = unread.map(|card| card.id).collect();
        loaded.cards = cards;
    }
    let decision = store::light::of(conn, row.id)?;
    loaded.shown.value.light_decision = decision.map(|one| LightDecision::of(one, reads_card));
    Ok(())
}

/// The cards of stages that were decided lightly before, which join the packet.
fn show_earlier(
    conn: &mut Conn,
    actor: &Actor,
    row: &SeenDebrief,
    loaded: &mut Loaded,
) -> Result<()> {
    if !row.follows_light {
        return Ok(());
    }
    let loops = store::light::loops_of(conn, row.application_id)?;
    let mut cards = scorecards::seen::unsealed_of(conn, actor, loops)?;
    let revealed_at = row.phase().revealed_at;
    cards.retain(|card| card.submitted_at.zip(revealed_at).is_some_and(|(came, at)| came <= at));
    loaded.shown.value.show_earlier(&cards);
    let unread = cards.iter().filter(|card| card.must_be_noted(actor.user_id));
    loaded.unnoted.0.extend(unread.map(|card| card.id));
    loaded.cards.extend(cards);
    Ok(())
}

/// The cards that are open to the reader, and what is judged in them.
fn show_packet(
    conn: &mut Conn,
    actor: &Actor,
    row: &SeenDebrief,
    loaded: &mut Loaded,
) -> Result<()> {
    let debrief = &mut loaded.shown.value;
    loaded.cards = scorecards::seen::unsealed_of(conn, actor, vec![row.loop_id])?;
    let ids: Vec<ScorecardId> = loaded.cards.iter().map(|card| card.id).collect();
    loaded.ratings = scorecards::seen::ratings(conn, actor, &ids)?;
    let attributes = store::attributes(conn, row.loop_id)?;
    let ballots = store::ballots(conn, row.id)?;
    debrief.show_cards(&loaded.cards, &loaded.ratings, attributes);
    debrief.show_ballots(ballots);
    let results = assessments::seen::unsealed_of(conn, actor, row.loop_id)?;
    let ids: Vec<AssessmentResultId> = results.iter().map(|result| result.id).collect();
    debrief.show_results(&results, &assessments::store::ratings_of(conn, &ids)?);
    let cards = loaded.cards.iter().filter(|card| card.must_be_noted(actor.user_id));
    let results = results.iter().filter(|result| result.must_be_noted());
    loaded.unnoted =
        (cards.map(|card| card.id).collect(), results.map(|result| result.id).collect());
    Ok(())
}
