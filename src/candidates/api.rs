//! Candidates over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::store;
use super::tags::api::CandidateTag;
use super::tags::store as tags;
use super::{ContactKind, commands};
use crate::access::{Action, Actor, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Locale, Zone, double_option};
use crate::http::{Body, CsvRow, Ctx, PathId, Shown};
use crate::ids::{AgencyId, CandidateId, TagId, UserId, kinds};
use crate::organization::field_definitions::values::Fields;
use crate::organization::field_definitions::{Custom, FieldNoun, FieldReach};

/// An e-mail address, phone number or link.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactPoint {
    kind: ContactKind,
    #[schema(example = "ada@example.com")]
    value: String,
    /// Since when the mail server takes no mail to it; no further one is tried until another address
    /// stands in its place.
    refused_at: Option<Instant>,
    /// What the mail server said.
    #[schema(example = "permanent error (550): 5.1.1 no such user")]
    refused_reason: Option<String>,
}

/// A person, once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Candidate {
    id: CandidateId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// Where the person lives, as typed.
    #[schema(example = "Berlin, Germany")]
    location: Option<String>,
    /// The person's IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// The person's language tag.
    #[schema(example = "en-GB")]
    locale: Option<String>,
    /// How the person is reached, in order of preference; `null` for those who may read the
    /// candidate, but not this.
    contact_points: Option<Vec<ContactPoint>>,
    /// The words that recruiting put on the person, by name; `null` for those who may read the
    /// candidate, but not this, among them the agency that brought the person in.
    tags: Option<Vec<CandidateTag>>,
    custom: Custom,
    /// The user who is this person, if they work here; `null` also for those who may not read how
    /// the person is reached.
    user_id: Option<UserId>,
    /// The agency that brought the person in; `null` also for those who may not read how the
    /// person is reached.
    agency_id: Option<AgencyId>,
    created_at: Instant,
    updated_at: Instant,
    /// Since when nothing is left of the person but ids and counts. The name is then `Anonymized candidate`.
    anonymized_at: Option<Instant>,
}

impl Candidate {
    pub(super) fn of(
        row: store::Candidate,
        contacts: Option<Vec<store::ContactPoint>>,
        tags: Option<Vec<(TagId, String)>>,
        custom: Custom,
    ) -> Self {
        let wire = |point: store::ContactPoint| ContactPoint {
            kind: point.kind,
            value: point.value,
            refused_at: point.refused_at,
            refused_reason: point.refused_reason,
        };
        Self {
            id: row.id,
            name: row.name,
            location: row.location,
            time_zone: row.time_zone,
            locale: row.locale,
            user_id: row.user_id.filter(|_| contacts.is_some()),
            agency_id: row.agency_id.filter(|_| contacts.is_some()),
            contact_points: contacts.map(|points| points.into_iter().map(wire).collect()),
            tags: tags.map(|tags| tags.into_iter().map(CandidateTag::from).collect()),
            custom,
            created_at: row.created_at,
            updated_at: row.updated_at,
            anonymized_at: row.anonymized_at,
        }
    }

    /// Which.
    pub(super) fn id(&self) -> CandidateId {
        self.id
    }

    /// Several candidates as the actor sees them, in the same order. An agency reaches whom it brought in, and still
    /// does not learn what recruiting notes.
    pub(super) fn all(
        conn: &mut Conn,
        actor: &Actor,
        rows: Vec<(store::Candidate, store::Seen)>,
    ) -> Result<Vec<Self>> {
        let external = actor.agency_id.is_some();
        let shown: Vec<CandidateId> =
            rows.iter().filter(|(_, seen)| seen.contacts).map(|(row, _)| row.id).collect();
        let mut contacts = store::contact_points(conn, &shown)?;
        let mut tags = tags::of(conn, &shown)?;
        let fields =
            Fields::of(conn, FieldNoun::Candidate, rows.iter().map(|(row, _)| &row.custom))?;
        let wire = |(row, shown): (store::Candidate, store::Seen)| {
            let recruiting = shown.contacts && !external;
            let reach = FieldReach { recruiting, compensation: shown.offers };
            let custom = fields.shown(&row.custom, reach);
            let contacts = shown.contacts.then(|| contacts.remove(&row.id).unwrap_or_default());
            let tags = recruiting.then(|| tags.remove(&row.id).unwrap_or_default());
            Self::of(row, contacts, tags, custom)
        };
        Ok(rows.into_iter().map(wire).collect())
    }
}

impl CsvRow for Candidate {
    const HEADER: &'static [&'static str] = &[
        "id",
        "name",
        "location",
        "time_zone",
        "locale",
        "emails",
        "phones",
        "links",
        "tags",
        "created_at",
        "updated_at",
    ];

    fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let contacts = |kind| {
            let points = self.contact_points.iter().flatten().filter(|point| point.kind == kind);
            points.map(|point| point.value.as_str()).collect::<Vec<_>>().join("; ")
        };
        let tags: Vec<&str> = self.tags.iter().flatten().map(CandidateTag::name).collect();
        vec![
            self.id.to_string(),
            self.name.clone(),
            text(&self.location),
            text(&self.time_zone),
            text(&self.locale),
            contacts(ContactKind::Email),
            contacts(ContactKind::Phone),
            contacts(ContactKind::Link),
            tags.join("; "),
            self.created_at.to_string(),
            self.updated_at.to_string(),
        ]
    }
}

/// An e-mail address, phone number or link to keep.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPointInput {
    pub(super) kind: ContactKind,
    /// A phone number is kept as typed and compared by its digits; a link is http or https.
    pub(super) value: Line<500>,
}

/// A person to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCandidate {
    pub(super) name: Line<200>,
    /// Where the person lives.
    pub(super) location: Option<Line<200>>,
    pub(super) time_zone: Option<Zone>,
    pub(super) locale: Option<Locale>,
    /// The user who is this person, if they work here. Nobody sees their own file, which the
    /// address of the account finds too.
    pub(super) user_id: Option<UserId>,
    /// How the person is reached, in order of preference.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub(super) contact_points: Vec<ContactPointInput>,
    #[serde(default)]
    pub(super) custom: Custom,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCandidate {
    pub(super) name: Option<Line<200>>,
    /// Where the person lives; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Line<200>>)]
    pub(super) location: Option<Option<Line<200>>>,
    /// The person's time zone; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Zone>)]
    pub(super) time_zone: Option<Option<Zone>>,
    /// The person's language; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Locale>)]
    pub(super) locale: Option<Option<Locale>>,
    /// The user who is this person, if they work here; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UserId>)]
    pub(super) user_id: Option<Option<UserId>>,
    /// The whole list, in place of the one before.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub(super) contact_points: Option<Vec<ContactPointInput>>,
    #[serde(default)]
    pub(super) custom: Custom,
}

/// Create a candidate
///
/// Adds a person. Nothing is refused as a duplicate; see the duplicate hints of the candidate.
#[utoipa::path(
    operation_id = "createCandidate", tag = "candidates", request_body = CreateCandidate,
    responses((status = 201, description = "The candidate.", body = Candidate)),
)]
#[post("/candidates")]
pub async fn create_candidate(ctx: Ctx, body: Body<CreateCandidate>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "candidates", show).await
}

/// Get a candidate
///
/// One person. Contact points and tags are there for those who recruit.
#[utoipa::path(
    operation_id = "getCandidate", tag = "candidates",
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 200, description = "The candidate.", body = Candidate)),
)]
#[get("/candidates/{id}")]
pub async fn get_candidate(ctx: Ctx, PathId(id): PathId<kinds::Candidate>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a candidate
///
/// Merge patch: absent fields stay, `null` clears, contact points are replaced as a whole.
#[utoipa::path(
    operation_id = "updateCandidate", tag = "candidates", request_body = UpdateCandidate,
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 200, description = "The candidate as it is now.", body = Candidate)),
)]
#[patch("/candidates/{id}")]
pub async fn update_candidate(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    body: Body<UpdateCandidate>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

pub(super) fn show(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<Shown<Candidate>> {
    let scope = candidate_scope(conn, actor, id)?;
    let holdings = holdings(conn, actor, &scope)?;
    holdings.require(Action::ReadCandidate)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let reach = FieldReach::of(actor, &holdings);
    let (mut contacts, mut tags) = (None, None);
    if holdings.allow(Action::ReadContactPoints) {
        contacts = Some(store::contact_points(conn, &[id])?.remove(&id).unwrap_or_default());
    }
    if reach.recruiting {
        tags = Some(tags::of(conn, &[id])?.remove(&id).unwrap_or_default());
    }
    let fields = Fields::of(conn, FieldNoun::Candidate, [&row.custom])?;
    let custom = fields.shown(&row.custom, reach);
    Ok(Shown { version: row.version, value: Candidate::of(row, contacts, tags, custom) })
}
