//! The event feed: what happened, in order, for programs that follow along.

use actix_web::{HttpResponse, get};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::store::{self, EventRow, Reader, Wanted};
use super::{Audience, EventKind};
use crate::access::{Action, Actor, Reach, everywhere, require_everywhere};
use crate::clock::Instant;
use crate::db::{Conn, Origin};
use crate::error::{Code, Error, FieldError, Result};
use crate::http::{Ctx, Params};
use crate::ids::{AnyId, ApplicationId, CandidateId, EventId, JobId, UserId};
use crate::sessions::{DerivedSecrets, SealedFor};

/// The largest page.
const LIMIT_MAX: i64 = 100;
/// The page size when none is asked for.
const LIMIT_DEFAULT: i64 = 20;
/// How many positions one request looks through where no index leads to the events that are asked
/// for. A page may then be empty and yet have more behind it.
const WINDOW: i64 = 5_000;

/// Who or what acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventActor {
    /// `user`, `service_account`, `system` or `import`.
    #[schema(example = "user")]
    kind: String,
    /// Which user or service account; `null` for the service itself and for imports.
    #[schema(example = "user_01jd3z3z3z3z3z3z3z3z3z3z3z")]
    id: Option<String>,
    /// With whose reach a service account acted.
    on_behalf_of: Option<UserId>,
}

/// What something happened to.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventSubject {
    /// The noun.
    #[schema(example = "application")]
    kind: String,
    #[schema(example = "app_01jd3z3z3z3z3z3z3z3z3z3z3z")]
    id: String,
}

impl EventSubject {
    pub(super) fn new(kind: String, id: String) -> Self {
        Self { kind, id }
    }
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct FeedEvent {
    id: EventId,
    /// Its place in the log, without gaps; null to whoever does not read the audit, whom it would tell
    /// how much happened that they may not see.
    #[schema(minimum = 1)]
    position: Option<i64>,
    kind: EventKind,
    /// When it happened; long ago for what an import tells.
    occurred_at: Instant,
    /// When it was recorded here.
    recorded_at: Instant,
    origin: Origin,
    actor: EventActor,
    subject: EventSubject,
    job_id: Option<JobId>,
    candidate_id: Option<CandidateId>,
    application_id: Option<ApplicationId>,
    /// Ids, codes, numbers and names of changed fields; never personal data, free text, ratings or
    /// pay.
    #[schema(value_type = Object)]
    payload: Value,
}

impl FeedEvent {
    fn new(row: EventRow, position: Option<i64>) -> Self {
        let actor_id = row.actor_id.map(|id| id.shown_as(&row.actor_kind));
        let on_behalf_of = row.on_behalf_of.map(AnyId::typed);
        let subject_id = row.subject_id.shown_as(&row.subject_kind);
        Self {
            id: row.id,
            position,
            kind: row.kind,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            origin: row.origin,
            actor: EventActor { kind: row.actor_kind, id: actor_id, on_behalf_of },
            subject: EventSubject { kind: row.subject_kind, id: subject_id },
            job_id: row.job_id,
            candidate_id: row.candidate_id,
            application_id: row.application_id,
            payload: row.payload.0,
        }
    }
}

/// One page of the feed, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events of this page; it may be empty although there are more.
    data: Vec<FeedEvent>,
    /// Whether there is more already. If not, come back later with the cursor.
    has_more: bool,
    /// What to send as `cursor` next time; always there.
    next_cursor: String,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Only those of this application.
    application_id: Option<ApplicationId>,
    /// Only those that happened to this, whatever it is.
    #[param(max_length = 60, example = "offer_01jd3z3z3z3z3z3z3z3z3z3z3z")]
    subject_id: Option<String>,
    /// Only those of this kind.
    kind: Option<EventKind>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page; without it the feed begins at the beginning. It stands for a place in
    /// the log and goes with any filters.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Read the event feed
///
/// What happened, oldest first: the one list in this order, for it is read by going along. Every
/// page names the cursor for the next request, also when there is nothing more yet. A program that
/// keeps the cursor misses nothing and sees nothing twice. Owners and administrators get what
/// happened to jobs and configuration; recruiters also what happened to debriefs and offers, except
/// for applications for which they still owe an evaluation.
#[utoipa::path(
    operation_id = "listEvents", tag = "events", params(EventFilter),
    responses((status = 200, description = "One page of the feed.", body = EventPage)),
)]
#[get("/events")]
pub async fn list_events(ctx: Ctx, Params(filter): Params<EventFilter>) -> Result<HttpResponse> {
    let (wanted, limit) = (filter.wanted()?, filter.page_size()?);
    let derived = &ctx.state().derived;
    let after = filter.cursor.as_deref().map_or(Ok(0), |cursor| decode(derived, cursor))?;
    let (data, next, has_more) =
        ctx.read(move |conn, actor| read(conn, actor, wanted, after, limit)).await?;
    let page = EventPage { data, has_more, next_cursor: encode(derived, next)? };
    Ok(HttpResponse::Ok().json(page))
}

impl EventFilter {
    fn wanted(&self) -> Result<Wanted> {
        let unknown = || FieldError::query("subject_id", "invalid_value", "That is no id.");
        let parse = |text: &String| {
            text.parse::<AnyId>().map_err(|_| Error::invalid_fields(vec![unknown()]))
        };
        let subject_id = self.subject_id.as_ref().map(parse).transpose()?;
        Ok(Wanted { application_id: self.application_id, subject_id, kind: self.kind })
    }

    fn page_size(&self) -> Result<i64> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        let detail = format!("Between 1 and {LIMIT_MAX}.");
        Err(Error::invalid_fields(vec![FieldError::query("limit", "range", detail)]))
    }
}

/// What somebody may read of the feed; see the table of this module. Events are ids and codes, so a
/// key that may follow the feed sees what its owner may know to exist, on the jobs that it is narrowed
/// to: not only what its other scopes show. What happened to judgements and offers takes theirs.
fn reader(actor: &Actor) -> Reader {
    let owner = actor.unscoped();
    let (user_id, reach) = (actor.user_id, Reach::of(&owner, Action::ReadApplication));
    let always = vec![Audience::Team];
    let mut reader = Reader { user_id, reach, always, unsealed: Vec::new() };
    if everywhere(&owner, Action::ManageOrganization) {
        reader.always.push(Audience::Administration);
    }
    if everywhere(actor, Action::ReadDebrief) {
        reader.unsealed.push(Audience::Sealed);
    }
    if everywhere(actor, Action::ReadOffer) {
        reader.unsealed.push(Audience::Compensation);
    }
    reader
}

fn read(
    conn: &mut Conn,
    actor: &Actor,
    wanted: Wanted,
    after: i64,
    limit: i64,
) -> Result<(Vec<FeedEvent>, i64, bool)> {
    require_everywhere(actor, Action::ReadEvents)?;
    // The end is read first: whatever is sealed meanwhile comes with the next page.
    let end = store::newest(conn)?.map_or(0, |newest| newest.position);
    if after > end {
        return Err(refused("The cursor is ahead of the log, as after restoring an older backup."));
    }
    let indexed = wanted.application_id.is_some() || wanted.subject_id.is_some();
    let until = if indexed { end } else { end.min(after.saturating_add(WINDOW)) };
    let mut rows = store::feed(conn, &reader(actor), wanted, (after, until), limit + 1)?;
    let shown = usize::try_from(limit).unwrap_or(0);
    let overflows = rows.len() > shown;
    rows.truncate(shown);
    let last = rows.last().map_or(after, |(position, _)| *position);
    let next = if overflows { last } else { until };
    let audits = everywhere(actor, Action::ReadAudit);
    let event = |(position, row)| FeedEvent::new(row, Some(position).filter(|_| audits));
    Ok((rows.into_iter().map(event).collect(), next, next < end))
}

fn encode(derived: &DerivedSecrets, position: i64) -> Result<String> {
    // As long for every position.
    let sealed = derived.seal(SealedFor::FeedCursor, FEED, &format!("{position:019}"))?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

fn decode(derived: &DerivedSecrets, cursor: &str) -> Result<i64> {
    let sealed = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    let position = derived.open(SealedFor::FeedCursor, FEED, &sealed);
    position
        .and_then(|position| position.parse().ok())
        .ok_or_else(|| refused("Start again without a cursor."))
}

/// Whose a cursor is: anybody's who reads the feed, for a service account may change its key.
const FEED: &str = "feed";

fn refused(detail: &'static str) -> Error {
    Error::new(Code::InvalidCursor, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Account, OrgRole};
    use crate::clock::Instant;
    use crate::ids::IdSource;

    #[test]
    fn what_each_role_reads_is_this_table() {
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        let user_id = ids.next_id();
        let words = |classes: Vec<Audience>| {
            classes.iter().map(|class| class.as_str()).collect::<Vec<_>>().join(" ")
        };
        let lines: Vec<String> = OrgRole::ALL
            .iter()
            .map(|role| {
                let (email_folded, agency_id) = (String::new(), None);
                Actor::in_absence(Account { user_id, role: *role, email_folded, agency_id })
            })
            .filter(|actor| everywhere(actor, Action::ReadEvents))
            .map(|actor| (actor.role, reader(&actor)))
            .map(|(role, reader)| {
                format!("{role}: {} | unsealed: {}", words(reader.always), words(reader.unsealed))
            })
            .collect();
        assert_eq!(
            lines,
            [
                "owner: team administration | unsealed: ",
                "admin: team administration | unsealed: ",
                "recruiter: team | unsealed: sealed compensation",
            ]
        );
    }

    #[test]
    fn a_cursor_survives_its_wire_form_and_no_other_text_is_one() {
        let (ours, others) = (DerivedSecrets::of_key(b"ours"), DerivedSecrets::of_key(b"others"));
        let cursor = encode(&ours, 4711).unwrap();
        assert_eq!(decode(&ours, &cursor).ok(), Some(4711));
        assert!(decode(&others, &cursor).is_err());
        assert!(decode(&ours, "AAAA").is_err());
        // It tells nothing by its length, nor by being the same again.
        assert_eq!(cursor.len(), encode(&ours, 1).unwrap().len());
        assert_ne!(cursor, encode(&ours, 4711).unwrap());
    }
}
