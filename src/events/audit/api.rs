//! The audit log over the API.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::export::{self, Span};
use super::store::{self, Wanted};
use super::{SHOWN, commands, reach};
use crate::access::{Action, Actor, require_everywhere};
use crate::api_keys;
use crate::clock::Instant;
use crate::db::{Conn, Origin, Tx};
use crate::error::{Error, FieldError, Result};
use crate::events::api::EventSubject;
use crate::events::store::{EventRow, LogRow};
use crate::events::{Audience, EventKind, chain};
use crate::http::{Ctx, Page, PageOf, PageRequest, Params};
use crate::ids::{
    AnyId, ApplicationId, CandidateId, EventId, JobId, ServiceAccountId, SessionId, UserId,
};
use crate::users::store as users;

/// Who or what acted, by the name that they have now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `user`, `service_account`, `system` or `import`.
    #[schema(example = "user")]
    kind: String,
    /// Which user or service account; `null` for the service itself and for imports.
    #[schema(example = "user_01jd3z3z3z3z3z3z3z3z3z3z3z")]
    id: Option<String>,
    /// Their name as it is now.
    #[schema(example = "Rosa Recruiter")]
    name: Option<String>,
    /// With whose reach a service account acted, or for whom a person did.
    on_behalf_of: Option<UserId>,
}

/// Something that happened, with its place in the chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    id: EventId,
    /// Its place in the chain. Places have no gaps; those whose content is not for administration are
    /// left out.
    #[schema(minimum = 1)]
    position: i64,
    kind: EventKind,
    /// When it happened; long ago for what an import tells.
    occurred_at: Instant,
    /// When it was recorded here.
    recorded_at: Instant,
    origin: Origin,
    actor: AuditActor,
    /// The session that it was done in.
    session_id: Option<SessionId>,
    /// The request that it was done by, as in `X-Request-Id` and in the log.
    request_id: Option<String>,
    subject: EventSubject,
    job_id: Option<JobId>,
    candidate_id: Option<CandidateId>,
    application_id: Option<ApplicationId>,
    /// For whom it is otherwise to see.
    audience: Audience,
    /// Ids, codes, numbers and, as `changed`, the names of changed fields; never personal data, free
    /// text, ratings or pay.
    #[schema(value_type = Object)]
    payload: Value,
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Only what this one did.
    #[param(max_length = 60, example = "user_01jd3z3z3z3z3z3z3z3z3z3z3z")]
    actor_id: Option<String>,
    /// Only what happened to this, whatever it is.
    #[param(max_length = 60, example = "offer_01jd3z3z3z3z3z3z3z3z3z3z3z")]
    subject_id: Option<String>,
    /// Only those of this kind.
    kind: Option<EventKind>,
    /// Only what was recorded at this instant or later.
    from: Option<Instant>,
    /// Only what was recorded before this instant.
    to: Option<Instant>,
    /// Only what belongs to this job.
    job_id: Option<JobId>,
    /// Only what belongs to this candidate.
    candidate_id: Option<CandidateId>,
    /// Only what belongs to this application.
    application_id: Option<ApplicationId>,
    /// Only what this request did.
    #[param(pattern = "^[A-Za-z0-9_-]{8,64}$")]
    request_id: Option<String>,
    /// Only what was done in this session.
    session_id: Option<SessionId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(AuditFilter);

impl AuditFilter {
    fn wanted(self) -> Result<Wanted> {
        Ok(Wanted {
            actor_id: any_id("actor_id", self.actor_id.as_deref())?,
            subject_id: any_id("subject_id", self.subject_id.as_deref())?,
            kind: self.kind,
            from: self.from,
            to: self.to,
            job_id: self.job_id,
            candidate_id: self.candidate_id,
            application_id: self.application_id,
            request_id: self.request_id.map(request_id).transpose()?,
            session_id: self.session_id,
        })
    }
}

fn any_id(name: &'static str, text: Option<&str>) -> Result<Option<AnyId>> {
    let wrong = |_| FieldError::query(name, "invalid_value", "That is no id.");
    let parse =
        |text: &str| text.parse().map_err(|error| Error::invalid_fields(vec![wrong(error)]));
    text.map(parse).transpose()
}

fn request_id(text: String) -> Result<String> {
    if crate::http::is_request_id(&text) {
        return Ok(text);
    }
    let detail = "8 to 64 letters, digits, hyphens and underscores.";
    Err(Error::invalid_fields(vec![FieldError::query("request_id", "invalid_value", detail)]))
}

/// Read the audit log
///
/// Who did what to what, newest first, for owners and administrators. What tells how people are
/// judged or paid, confidential jobs, and your own candidacy are left out. A page looks through a few
/// thousand entries at most, so it may be short, or empty, and yet have more behind it. That you read
/// the log is itself recorded, once an hour.
#[utoipa::path(
    operation_id = "listAudit", tag = "audit", params(AuditFilter),
    responses((status = 200, description = "One page of the log.", body = PageOf<AuditEntry>)),
)]
#[get("/audit")]
pub async fn list_audit(ctx: Ctx, Params(filter): Params<AuditFilter>) -> Result<HttpResponse> {
    let request = ctx.page_of(&filter)?;
    let (wanted, now) = (filter.wanted()?, ctx.now());
    let read = move |conn: &mut Conn, actor: &Actor| {
        require_everywhere(actor, Action::ReadAudit)?;
        Ok((page(conn, actor, &wanted, &request)?, commands::is_noted(conn, actor, now)?))
    };
    let (page, is_noted) = ctx.read(read).await?;
    if !is_noted {
        note(&ctx, commands::note_read).await?;
    }
    Ok(ctx.answer_page(&request, page))
}

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditSpan {
    /// From this position on.
    #[param(minimum = 1)]
    from_position: Option<i64>,
    /// Up to this position, and not beyond the newest.
    #[param(minimum = 1)]
    to_position: Option<i64>,
    /// From the first entry that was recorded at this instant or later.
    from: Option<Instant>,
    /// Up to the entry before the first one that was recorded at this instant or later.
    to: Option<Instant>,
}

/// Export the audit log
///
/// One line of JSON per entry, oldest first, for keeping the log elsewhere and checking it there.
/// `hash` is SHA-256 over the bytes of `previous_hash` and, as canonical JSON (RFC 8785), the line
/// without these two. Of what is not for administration a line has `withheld` and the hashes alone.
/// The last line has `complete` and the head of the chain; an export without it was torn. Every
/// export is itself recorded. `examples/verify-audit.py` checks one. Whoever owes a scorecard waits
/// until it is in (409 `not_ready`): the hashes are made of what is sealed, too.
#[utoipa::path(
    operation_id = "exportAudit", tag = "audit", params(AuditSpan),
    responses((
        status = 200, description = "The lines.", body = String, content_type = "application/x-ndjson",
    )),
)]
#[get("/audit/export")]
pub async fn export_audit(ctx: Ctx, Params(wanted): Params<AuditSpan>) -> Result<HttpResponse> {
    let span = ctx
        .read(move |conn, actor| {
            require_everywhere(actor, Action::ReadAudit)?;
            export::require_nothing_owed(conn, actor)?;
            wanted.span(conn)
        })
        .await?;
    let (from, to) = (span.from, span.to);
    note(&ctx, move |tx, actor| commands::note_export(tx, actor, from, to)).await?;
    let name = format!("attachment; filename=\"evenbar-audit-{from}-{to}.ndjson\"");
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header(("Content-Disposition", name))
        .streaming(export::lines(ctx, span)))
}

impl AuditSpan {
    fn span(&self, conn: &mut Conn) -> Result<Span> {
        for (name, position) in
            [("from_position", self.from_position), ("to_position", self.to_position)]
        {
            if position.is_some_and(|position| position < 1) {
                let field = FieldError::query(name, "range", "At least 1.");
                return Err(Error::invalid_fields(vec![field]));
            }
        }
        let head = chain::head(conn)?;
        let behind = head.position + 1;
        let mut place =
            |instant| Ok::<_, Error>(store::position_at(conn, instant)?.unwrap_or(behind));
        let since = self.from.map(&mut place).transpose()?;
        let until = self.to.map(&mut place).transpose()?.map(|position| position - 1);
        let from = self.from_position.max(since).unwrap_or(1);
        let to = [self.to_position, until].into_iter().flatten().fold(head.position, i64::min);
        Ok(Span { from, to, head })
    }
}

/// Records a reading, in a write of its own. When that fails, nothing is shown.
async fn note<F>(ctx: &Ctx, note: F) -> Result<()>
where
    F: Fn(&mut Tx<'_>, &Actor) -> Result<()> + Send + 'static,
{
    ctx.write(note).await
}

fn page(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    request: &PageRequest,
) -> Result<Page<AuditEntry>> {
    if wanted.kind.is_some_and(|kind| !SHOWN.contains(&kind.audience())) {
        return Ok(Page::new(Vec::new()));
    }
    let found = store::find(conn, (wanted, &reach(actor)), request.before, request.fetch())?;
    let names = names(conn, &found.rows)?;
    let rows = found.rows.into_iter().map(|(place, row)| {
        let name = row.actor_id.and_then(|id| names.get(&id)).cloned();
        (row.id.any(), shown(place, row, name))
    });
    Ok(Page::windowed(rows.collect(), found.looked_until))
}

/// The names of those who acted, people and programs.
fn names(conn: &mut Conn, rows: &[(LogRow, EventRow)]) -> Result<HashMap<AnyId, String>> {
    let of = |kind: &str| -> BTreeSet<AnyId> {
        let theirs = rows.iter().filter(|(_, row)| row.actor_kind == kind);
        theirs.filter_map(|(_, row)| row.actor_id).collect()
    };
    let people: Vec<UserId> = of("user").into_iter().map(AnyId::typed).collect();
    let programs: Vec<ServiceAccountId> =
        of("service_account").into_iter().map(AnyId::typed).collect();
    let people = users::names(conn, &people)?.into_iter().map(|(id, name)| (id.any(), name));
    let programs = api_keys::account_names(conn, &programs)?;
    Ok(people.chain(programs.into_iter().map(|(id, name)| (id.any(), name))).collect())
}

fn shown(place: LogRow, row: EventRow, name: Option<String>) -> AuditEntry {
    let actor_id = row.actor_id.map(|id| id.shown_as(&row.actor_kind));
    let subject_id = row.subject_id.shown_as(&row.subject_kind);
    AuditEntry {
        id: row.id,
        position: place.position,
        kind: row.kind,
        occurred_at: row.occurred_at,
        recorded_at: row.recorded_at,
        origin: row.origin,
        actor: AuditActor {
            kind: row.actor_kind,
            id: actor_id,
            name,
            on_behalf_of: row.on_behalf_of.map(AnyId::typed),
        },
        session_id: row.session_id,
        request_id: row.request_id,
        subject: EventSubject::new(row.subject_kind, subject_id),
        job_id: row.job_id,
        candidate_id: row.candidate_id,
        application_id: row.application_id,
        audience: row.audience,
        payload: row.payload.0,
    }
}
