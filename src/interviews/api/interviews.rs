//! Interviews over the API.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::panel::Panelist;
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, MeetingUrl, Prose, Zone};
use crate::http::{Body, Ctx, NoBody, OptionalBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{
    ApplicationId, AttributeId, InterviewId, KitId, LoopId, RubricVersionId, UserId, kinds,
};
use crate::interviews::seen::{self, Filter, KitLine, Seats, SeenInterview, SeenSeat};
use crate::interviews::times::api::CandidateAsk;
use crate::interviews::times::store::asks;
use crate::interviews::{Absent, InterviewState, commands};
use crate::loops::templates::{KitKind, Priority};

/// An interview as it stands in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterviewSummary {
    id: InterviewId,
    /// The loop that it belongs to.
    loop_id: LoopId,
    application_id: ApplicationId,
    /// Which kit of the loop.
    kit_id: KitId,
    #[schema(example = "System design")]
    kit_name: String,
    kit_kind: KitKind,
    state: InterviewState,
    /// Somebody whose scorecard counts declined and was not replaced.
    needs_panel: bool,
    /// It took place, and every scorecard that counts is in or waived.
    evaluated: bool,
    /// Who did not come to a no-show.
    absent: Option<Absent>,
    starts_at: Option<Instant>,
    ends_at: Option<Instant>,
    /// The IANA zone of whoever chose the time.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// Where the panel and the candidate meet; the standing room of the lead where nobody named
    /// another place.
    #[schema(example = "https://meet.example.com/ada")]
    meeting_url: Option<String>,
    /// Where it takes place, when people come to it.
    #[schema(example = "Room 3, Torstraße 1, Berlin")]
    location: Option<String>,
    /// How to take part by phone.
    #[schema(example = "+49 30 5550100, PIN 1234")]
    dial_in: Option<String>,
    /// How often it got a time or another place; calendars follow it.
    #[schema(minimum = 0)]
    schedule_sequence: i32,
    /// Who sits on it, in the order of assignment.
    panel: Vec<Panelist>,
    created_at: Instant,
    updated_at: Instant,
}

/// An interview with its kit and panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct Interview {
    id: InterviewId,
    /// The loop that it belongs to.
    loop_id: LoopId,
    application_id: ApplicationId,
    /// What is judged, and by which anchors.
    kit: InterviewKit,
    state: InterviewState,
    /// Somebody whose scorecard counts declined and was not replaced.
    needs_panel: bool,
    /// It took place, and every scorecard that counts is in or waived.
    evaluated: bool,
    /// Who did not come to a no-show.
    absent: Option<Absent>,
    starts_at: Option<Instant>,
    ends_at: Option<Instant>,
    /// The IANA zone of whoever chose the time.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// Where the panel and the candidate meet; the standing room of the lead where nobody named
    /// another place.
    #[schema(example = "https://meet.example.com/ada")]
    meeting_url: Option<String>,
    /// Where it takes place, when people come to it.
    #[schema(example = "Room 3, Torstraße 1, Berlin")]
    location: Option<String>,
    /// How to take part by phone.
    #[schema(example = "+49 30 5550100, PIN 1234")]
    dial_in: Option<String>,
    /// How often it got a time or another place; calendars follow it.
    #[schema(minimum = 0)]
    schedule_sequence: i32,
    completed_at: Option<Instant>,
    cancelled_at: Option<Instant>,
    /// Why it was called off; null while you owe a scorecard for the application.
    cancelled_reason: Option<String>,
    /// Why it has another time; null while you owe a scorecard for the application.
    schedule_reason: Option<String>,
    /// Why somebody is in two interviews at once, or booked although something speaks against the time;
    /// null while you owe a scorecard for the application.
    override_reason: Option<String>,
    /// What the candidate asked by their link, oldest first: for another time, or not to come.
    #[schema(max_items = 3)]
    candidate_asks: Vec<CandidateAsk>,
    /// What to cover besides; nobody is told who asked for it, or why.
    #[schema(max_items = 20)]
    probes: Vec<InterviewProbe>,
    /// Who sits on it, in the order of assignment.
    panel: Vec<Panelist>,
    created_at: Instant,
    updated_at: Instant,
}

/// An attribute that the panel is asked to cover besides its kit.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterviewProbe {
    attribute_id: AttributeId,
    #[schema(example = "Testing")]
    name: String,
}

/// A kit as its panel reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterviewKit {
    id: KitId,
    #[schema(example = "System design")]
    name: String,
    kind: KitKind,
    /// How long it is planned to take.
    #[schema(minimum = 1)]
    minutes: i32,
    rubric_version_id: RubricVersionId,
    /// What to rate, in order.
    attributes: Vec<InterviewAttribute>,
}

/// Something that a kit judges.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterviewAttribute {
    attribute_id: AttributeId,
    #[schema(example = "Handles ambiguity")]
    name: String,
    description: Option<String>,
    priority: Priority,
    /// The lowest level that meets the bar.
    pass_level: i32,
    /// What each level looks like, lowest first.
    anchors: Vec<InterviewAnchor>,
}

/// What a level of an attribute looks like.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterviewAnchor {
    level: i32,
    #[schema(example = "Solid")]
    label: String,
    anchor: Option<String>,
}

/// A time for an interview.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleInterview {
    /// When it starts.
    pub starts_at: Instant,
    /// When it ends: 5 minutes to 8 hours later.
    pub ends_at: Instant,
    /// The IANA zone of whoever chose the time.
    pub time_zone: Zone,
    /// Why it is another time, for those who work on the application.
    pub reason: Option<Prose<1000>>,
    /// Where people meet; without it the standing room of whoever leads.
    pub meeting_url: Option<MeetingUrl>,
    /// Where it takes place, when people come to it.
    pub location: Option<Line<200>>,
    /// How to take part by phone.
    pub dial_in: Option<Line<200>>,
    /// Books people although they are in another interview at that time, or something speaks against it.
    #[serde(rename = "override")]
    pub overriding: Option<OverrideBooking>,
}

/// Why somebody is booked all the same.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideBooking {
    /// The reason, kept on the interview.
    pub reason: Prose<1000>,
}

/// Who did not come.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkInterviewNoShow {
    /// The candidate or whoever was to interview; left away when nobody knows.
    pub absent: Option<Absent>,
}

/// Why an interview is called off.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelInterview {
    /// The reason, for those who work on the application.
    pub reason: Option<Prose<1000>>,
}

/// Which interviews.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InterviewFilter {
    /// Only those of this application.
    application_id: Option<ApplicationId>,
    /// Only those on whose panel this person sits; of anybody but yourself those that are still to come.
    user_id: Option<UserId>,
    /// Only those that stand here.
    state: Option<InterviewState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(InterviewFilter);

/// List interviews
///
/// The interviews that you have a part in, newest first: on jobs that you work on, on whose panel
/// you sit, or whose debrief you decide or drive.
#[utoipa::path(
    operation_id = "listInterviews", tag = "interviews", params(InterviewFilter),
    responses((status = 200, description = "One page of interviews.", body = PageOf<InterviewSummary>)),
)]
#[get("/interviews")]
pub async fn list_interviews(
    ctx: Ctx,
    Params(filter): Params<InterviewFilter>,
) -> Result<HttpResponse> {
    let InterviewFilter { application_id, user_id, state, .. } = filter;
    ctx.list(&filter, move |conn, actor, page| {
        let (before, limit) = (page.before, page.fetch());
        let wanted = Filter { id: None, application_id, user_id, state, before, limit };
        Ok(Page::new(summaries(conn, actor, &wanted)?))
    })
    .await
}

/// Get an interview
///
/// One interview with its panel and its kit: what to judge, and what each level looks like.
#[utoipa::path(
    operation_id = "getInterview", tag = "interviews",
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "The interview.", body = Interview)),
)]
#[get("/interviews/{id}")]
pub async fn get_interview(ctx: Ctx, PathId(id): PathId<kinds::Interview>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Schedule an interview
///
/// Gives an interview a time and place, or another one, also after a no-show; what is absent of the
/// place, it has not. Everybody on the panel and the candidate get an entry for their calendar. Whoever owes a scorecard for it is
/// reminded when it ends, and everybody on the panel is asked again whether they come. Another time is asked
/// by the rules of everybody who sits there, as `assignPanelist` lists them, as far as they depend on it:
/// what speaks against it is named in `errors` (422), and somebody who owes a scorecard and is in another
/// interview then as well (409 `already_booked`), unless `override` says why. The application must be
/// active.
#[utoipa::path(
    operation_id = "scheduleInterview", tag = "interviews", request_body = ScheduleInterview,
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "The interview, confirmed.", body = Interview)),
)]
#[put("/interviews/{id}/schedule")]
pub async fn schedule_interview(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    body: Body<ScheduleInterview>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::schedule(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Complete an interview
///
/// Says that a confirmed interview took place. With the first one the debrief begins to gather
/// scorecards.
#[utoipa::path(
    operation_id = "completeInterview", tag = "interviews",
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "The interview, completed.", body = Interview)),
)]
#[put("/interviews/{id}/completion")]
pub async fn complete_interview(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::complete(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Cancel an interview
///
/// Calls off an interview that did not take place yet. Nobody owes a scorecard for it any more.
#[utoipa::path(
    operation_id = "cancelInterview", tag = "interviews", request_body = CancelInterview,
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "The interview, cancelled.", body = Interview)),
)]
#[put("/interviews/{id}/cancellation")]
pub async fn cancel_interview(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    body: Body<CancelInterview>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| {
            let reason = input.reason.as_ref().map(Prose::to_text);
            commands::cancel(tx, actor, id, expected, reason)
        })
        .await?;
    ctx.changed(done, show).await
}

/// Mark an interview as a no-show
///
/// Says that somebody did not come to a confirmed interview, and who. Nobody owes a scorecard for it,
/// unless it is given another time.
#[utoipa::path(
    operation_id = "markInterviewNoShow", tag = "interviews",
    request_body = Option<MarkInterviewNoShow>,
    params(("id" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "The interview, marked as a no-show.", body = Interview)),
)]
#[put("/interviews/{id}/no-show")]
pub async fn mark_interview_no_show(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    OptionalBody(body): OptionalBody<MarkInterviewNoShow>,
) -> Result<HttpResponse> {
    let (expected, absent) = (ctx.if_match()?, body.absent);
    let done = ctx
        .command(&body, move |tx, actor| commands::mark_no_show(tx, actor, id, expected, absent))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: InterviewId) -> Result<Shown<Interview>> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let row = seen::interviews(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let seats = seen::seats(conn, actor, Seats::Of(&[id]))?;
    let lines = seen::kit(conn, row.kit.id)?;
    let probes = seen::probes(conn, &row)?;
    let candidate_asks = asks(conn, id)?.into_iter().map(CandidateAsk::from).collect();
    let version = row.version;
    let value = Interview { candidate_asks, ..interview(row, lines, seats, probes) };
    Ok(Shown { version, value })
}

fn summaries(
    conn: &mut Conn,
    actor: &Actor,
    filter: &Filter,
) -> Result<Vec<(crate::ids::AnyId, InterviewSummary)>> {
    let rows = seen::interviews(conn, actor, filter)?;
    let ids: Vec<InterviewId> = rows.iter().map(|row| row.id).collect();
    let seats = seen::seats(conn, actor, Seats::Of(&ids))?;
    let summary = |row: SeenInterview| {
        let mine = seats.iter().filter(|seat| seat.interview_id == row.id).cloned().collect();
        (row.id.any(), summary(row, mine))
    };
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SeenInterview, seats: Vec<SeenSeat>) -> InterviewSummary {
    let (needs_panel, evaluated) = (row.needs_panel(&seats), row.evaluated(&seats));
    InterviewSummary {
        id: row.id,
        loop_id: row.loop_id,
        application_id: row.application_id,
        kit_id: row.kit.id,
        kit_name: row.kit.name,
        kit_kind: row.kit.kind,
        state: row.state,
        needs_panel,
        evaluated,
        absent: row.absent,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        time_zone: row.time_zone,
        meeting_url: row.meeting_url,
        location: row.location,
        dial_in: row.dial_in,
        schedule_sequence: row.schedule_sequence,
        panel: seats.into_iter().map(Panelist::from).collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn interview(
    row: SeenInterview,
    lines: Vec<KitLine>,
    seats: Vec<SeenSeat>,
    probes: Vec<(AttributeId, String)>,
) -> Interview {
    let (needs_panel, evaluated) = (row.needs_panel(&seats), row.evaluated(&seats));
    let probes = probes.into_iter();
    let kit = InterviewKit {
        id: row.kit.id,
        name: row.kit.name,
        kind: row.kit.kind,
        minutes: row.kit.minutes,
        rubric_version_id: row.kit.rubric_version_id,
        attributes: attributes(lines),
    };
    Interview {
        id: row.id,
        loop_id: row.loop_id,
        application_id: row.application_id,
        kit,
        state: row.state,
        needs_panel,
        evaluated,
        absent: row.absent,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        time_zone: row.time_zone,
        meeting_url: row.meeting_url,
        location: row.location,
        dial_in: row.dial_in,
        schedule_sequence: row.schedule_sequence,
        completed_at: row.completed_at,
        cancelled_at: row.cancelled_at,
        cancelled_reason: row.cancelled_reason,
        schedule_reason: row.schedule_reason,
        override_reason: row.override_reason,
        panel: seats.into_iter().map(Panelist::from).collect(),
        candidate_asks: Vec::new(),
        probes: probes.map(|(attribute_id, name)| InterviewProbe { attribute_id, name }).collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Lines come attribute by attribute, each with its levels.
fn attributes(lines: Vec<KitLine>) -> Vec<InterviewAttribute> {
    let mut attributes: Vec<InterviewAttribute> = Vec::new();
    for line in lines {
        let anchor =
            line.anchor.map(|(level, label, anchor)| InterviewAnchor { level, label, anchor });
        match attributes.last_mut() {
            Some(last) if last.attribute_id == line.attribute_id => last.anchors.extend(anchor),
            Some(_) | None => attributes.push(InterviewAttribute {
                attribute_id: line.attribute_id,
                name: line.name,
                description: line.description,
                priority: line.priority,
                pass_level: line.pass_level,
                anchors: anchor.into_iter().collect(),
            }),
        }
    }
    attributes
}
