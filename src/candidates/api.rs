//! Candidates over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store;
use super::tags::api::CandidateTag;
use super::tags::store as tags;
use super::{ContactKind, commands, model};
use crate::access::{Action, Actor, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Locale, Zone, double_option};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
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
    fn of(
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

/// Which candidates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidateFilter {
    /// Only those with this e-mail address, in upper or lower case.
    #[param(value_type = Option<String>, max_length = 254)]
    email: Option<Line<254>>,
    /// Only those with this tag.
    tag_id: Option<TagId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(CandidateFilter);

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

/// List candidates
///
/// The candidates that you may read, newest first. Contact points and tags are there for those who
/// recruit for a job that the person applied to; an e-mail address or a tag finds only such candidates.
#[utoipa::path(
    operation_id = "listCandidates", tag = "candidates", params(CandidateFilter),
    responses((status = 200, description = "One page of candidates.", body = PageOf<Candidate>)),
)]
#[get("/candidates")]
pub async fn list_candidates(
    ctx: Ctx,
    Params(filter): Params<CandidateFilter>,
) -> Result<HttpResponse> {
    let email = filter.email.as_ref().map(|email| model::fold(ContactKind::Email, email));
    let tag_id = filter.tag_id;
    ctx.list(&filter, move |conn, actor, page| {
        // An agency reaches whom it brought in, and still does not learn what recruiting notes.
        let external = actor.agency_id.is_some();
        if external && tag_id.is_some() {
            return Ok(Page::new(Vec::new()));
        }
        let wanted = store::Wanted { email_folded: email.as_deref(), tag_id };
        let rows = store::list(conn, actor, wanted, page)?;
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
            (row.id.any(), Candidate::of(row, contacts, tags, custom))
        };
        Ok(Page::new(rows.into_iter().map(wire).collect()))
    })
    .await
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
