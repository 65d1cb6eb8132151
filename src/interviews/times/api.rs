//! Asking candidates for times over the API, and taking one by the secret of a link.

use actix_web::{HttpResponse, get, post, put};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::model::{Window, end_of};
use super::{CandidateAskKind, TimeRequestKind, commands, store};
use crate::access::Actor;
use crate::capabilities::NewLink;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Prose, Zone};
use crate::http::{Body, Ctx, Done, Open, PathId, Shown};
use crate::ids::{InterviewId, kinds};
use crate::interviews::InterviewState;
use crate::sessions::{Purpose, secret_hash};

/// What a candidate is asked about the time of an interview, and what they said.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeRequest {
    interview_id: InterviewId,
    /// Where the interview stands.
    interview_state: InterviewState,
    kind: TimeRequestKind,
    /// How long the interview takes.
    #[schema(minimum = 1)]
    minutes: i32,
    /// The starts that are offered, in order; none when the candidate is asked when they could come.
    #[schema(max_items = 50)]
    slots: Vec<OfferedSlot>,
    /// When the candidate could come, as they said.
    #[schema(max_items = 20)]
    windows: Vec<Window>,
    /// The IANA zone in which the candidate answered.
    #[schema(example = "America/New_York")]
    time_zone: Option<String>,
    /// Until when the candidate can answer.
    expires_at: Instant,
    /// When they did.
    answered_at: Option<Instant>,
    /// When it was over: answered, replaced, or the interview went on without it.
    closed_at: Option<Instant>,
    created_at: Instant,
    /// The candidate's link; in the answer that made it and nowhere else.
    #[schema(example = "https://hire.example.com/l/f3Xr0l7Y2m1oJd6cQw8uZkV5bTnS4hEa9gPiLsR0yMc")]
    link: Option<String>,
}

/// What a candidate asked by their link.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateAsk {
    kind: CandidateAskKind,
    /// Why, in the candidate's words.
    reason: Option<String>,
    asked_at: Instant,
}

impl From<store::CandidateAsk> for CandidateAsk {
    fn from(row: store::CandidateAsk) -> Self {
        let store::CandidateAsk { kind, reason, asked_at, .. } = row;
        Self { kind, reason, asked_at }
    }
}

/// A time that a candidate is offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedSlot {
    starts_at: Instant,
    ends_at: Instant,
    /// Whether it can be taken now: it is to come, nobody who must be there is in another interview, and
    /// nothing speaks against it that was not known when it was offered.
    free: bool,
}

/// Times to offer to a candidate.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferSlots {
    /// When the interview could start: 1 to 50 instants within the next 90 days. It takes as long as its
    /// kit says.
    #[validate(length(min = 1, max = 50, message = "1 to 50 starts."))]
    #[schema(min_items = 1, max_items = 50)]
    pub starts: Vec<Instant>,
    /// Until when one can be taken.
    pub expires_at: Instant,
    /// Offers starts although something speaks against them for somebody on the panel.
    #[serde(rename = "override")]
    pub overriding: Option<OverrideOffer>,
}

/// Why times are offered although something speaks against them.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideOffer {
    /// The reason, kept on the interview when the candidate takes one of the starts.
    pub reason: Prose<1000>,
}

/// A question for a candidate.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForAvailability {
    /// Until when it can be answered; within the next 90 days.
    pub expires_at: Instant,
}

/// A time that a candidate takes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseSlot {
    /// What stands behind `/l/` in the candidate's link.
    #[schema(value_type = String, max_length = 128)]
    pub token: SecretString,
    /// One of the starts that are offered.
    pub starts_at: Instant,
    /// The IANA zone of the candidate.
    pub time_zone: Zone,
}

/// The time of an interview as its candidate is told it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChosenSlot {
    starts_at: Instant,
    ends_at: Instant,
    #[schema(example = "America/New_York")]
    time_zone: String,
}

/// Offer times to a candidate
///
/// Lets the candidate of an interview choose one of some starts on a page of their own, and sends them
/// the link by mail if they have an address; it also stands in this answer, once. Whoever takes a start
/// first gets it: the same people may be offered to many candidates. What was offered or asked before is
/// replaced, and a time that was given is given up. Each start is asked by the rules of whoever sits there,
/// as `assignPanelist` lists them, now and once more when it is taken; what speaks against one is named in
/// `errors`, unless `override` says why. A start at which somebody who owes a scorecard is in another
/// interview is refused (409 `already_booked`).
#[utoipa::path(
    operation_id = "offerSlots", tag = "interviews", request_body = OfferSlots,
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "What the candidate is asked.", body = TimeRequest)),
)]
#[put("/interviews/{id}/offered-slots")]
pub async fn offer_slots(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    body: Body<OfferSlots>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let link = NewLink::draw(ctx.db(), &ctx.state().derived);
    let drawn = link.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::offer(tx, actor, id, expected, &input, &drawn))
        .await?;
    asked(&ctx, done, &link).await
}

/// Ask a candidate when they could come
///
/// Lets the candidate of an interview give up to 20 windows on a page of their own, and sends them the
/// link by mail if they have an address; it also stands in this answer, once. Read what they said with
/// `getTimeRequest`, then schedule. What was offered or asked before is replaced, and a time that was
/// given is given up.
#[utoipa::path(
    operation_id = "askForAvailability", tag = "interviews", request_body = AskForAvailability,
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "What the candidate is asked.", body = TimeRequest)),
)]
#[put("/interviews/{id}/availability-request")]
pub async fn ask_for_availability(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    body: Body<AskForAvailability>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let link = NewLink::draw(ctx.db(), &ctx.state().derived);
    let drawn = link.clone();
    let done = ctx
        .command(&body, move |tx, actor| {
            commands::ask_availability(tx, actor, id, expected, &input, &drawn)
        })
        .await?;
    asked(&ctx, done, &link).await
}

/// Get what a candidate is asked
///
/// What the candidate of an interview was asked last about its time, which starts are free now, and what
/// they said; for those who schedule.
#[utoipa::path(
    operation_id = "getTimeRequest", tag = "interviews",
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "What the candidate is asked.", body = TimeRequest)),
)]
#[get("/interviews/{id}/time-request")]
pub async fn get_time_request(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| show(conn, actor, id, now)).await
}

/// Choose a slot
///
/// Takes one of the times that a candidate is offered, with the secret of their link; the page behind
/// the link does the same. Of many who take the same time of the same people at once a single one gets
/// it, and the others 409 `slot_taken` with `free_slots`, those that are still free; so does a start that
/// has become impossible for whoever sits there. The same choice once more changes nothing.
#[utoipa::path(
    operation_id = "chooseSlot", tag = "interviews", request_body = ChooseSlot, security(()),
    responses((status = 200, description = "The time of the interview.", body = ChosenSlot)),
)]
#[post("/slot-choices")]
pub async fn choose_slot(Open(ctx): Open, input: Body<ChooseSlot>) -> Result<HttpResponse> {
    let (hash, choice) = (secret_hash(input.token.expose_secret()), input.clone());
    let unit = ctx.unit();
    let (chosen, replayed) = ctx
        .db()
        .write(unit, move |tx| {
            let time_zone = choice.time_zone.to_text();
            let done = commands::take(tx, &hash, choice.starts_at, &time_zone)?;
            let row =
                crate::interviews::store::find(tx.conn, done.id)?.ok_or_else(Error::not_found)?;
            let (Some(starts_at), Some(ends_at)) = (row.starts_at, row.ends_at) else {
                return Err(Error::not_found());
            };
            let time_zone = row.time_zone.unwrap_or(time_zone);
            Ok((ChosenSlot { starts_at, ends_at, time_zone }, done.replayed))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    if replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    Ok(response.json(chosen))
}

/// Shows a request that was made, with its link when it was made just now.
async fn asked(ctx: &Ctx, done: Done<kinds::Interview>, link: &NewLink) -> Result<HttpResponse> {
    let now = ctx.now();
    let secret = ctx.state().derived.secret(Purpose::Capability, link.id());
    let link = (!done.replayed).then(|| format!("{}/l/{secret}", ctx.state().public_url));
    ctx.changed(done, move |conn, actor, id| {
        let mut shown = show(conn, actor, id, now)?;
        shown.value.link = link;
        Ok(shown)
    })
    .await
}

fn show(
    conn: &mut Conn,
    actor: &Actor,
    id: InterviewId,
    now: Instant,
) -> Result<Shown<TimeRequest>> {
    let (interview, row, free) = commands::read(conn, actor, id, now)?;
    let slot = |starts_at| OfferedSlot {
        starts_at,
        ends_at: end_of(starts_at, row.minutes),
        free: free.contains(&starts_at),
    };
    let value = TimeRequest {
        interview_id: id,
        interview_state: interview.state,
        kind: row.kind,
        minutes: row.minutes,
        slots: row.starts()?.into_iter().map(slot).collect(),
        windows: row.windows()?,
        time_zone: row.time_zone,
        expires_at: row.expires_at,
        answered_at: row.answered_at,
        closed_at: row.closed_at,
        created_at: row.created_at,
        link: None,
    };
    Ok(Shown { version: interview.version, value })
}
