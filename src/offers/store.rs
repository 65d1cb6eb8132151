//! Queries on `offers` and `offer_versions`.

use diesel::prelude::*;

use super::OfferState;
use crate::access::{Condition, Permit};
use crate::applications::ApplicationStatus;
use crate::approvals::TermsHash;
use crate::clock::Instant;
use crate::db::schema::{applications, decisions, offer_versions, offers};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::debriefs::store::Decision;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{
    ApplicationId, CandidateId, DecisionId, JobId, OfferId, OfferVersionId, OpeningId, PayBandId,
    UserId,
};

/// A row of `offers`: an offer to one application, against one opening.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = offers, treat_none_as_default_value = false)]
pub struct Offer {
    pub id: OfferId,
    pub application_id: ApplicationId,
    pub opening_id: Option<OpeningId>,
    pub decision_id: DecisionId,
    pub state: OfferState,
    pub current_version_id: Option<OfferVersionId>,
    pub extended_at: Option<Instant>,
    pub expires_at: Option<Instant>,
    pub resolved_at: Option<Instant>,
    pub decline_reason: Option<String>,
    pub acceptance_note: Option<String>,
    pub custom: Document,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `offer_versions`: terms, immutable, with the hash that approvals bind to; the pay band as it stood.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = offer_versions, treat_none_as_default_value = false)]
pub struct OfferVersion {
    pub id: OfferVersionId,
    pub offer_id: OfferId,
    pub number: i32,
    pub terms: Document,
    pub terms_hash: TermsHash,
    pub pay_band_id: Option<PayBandId>,
    pub band: Option<Document>,
    pub created_by: Option<UserId>,
    pub created_at: Instant,
}

/// What of its application an offer needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Pursuit {
    /// Which application.
    pub application_id: ApplicationId,
    /// Whose.
    pub candidate_id: CandidateId,
    /// For which job.
    pub job_id: JobId,
    /// Where the application stands.
    pub status: ApplicationStatus,
}

/// The columns of a [`Pursuit`].
type PursuitColumns =
    (applications::id, applications::candidate_id, applications::job_id, applications::status);
const PURSUIT: PursuitColumns =
    (applications::id, applications::candidate_id, applications::job_id, applications::status);

/// One offer with what it needs to know of its application.
pub fn find_pursued(conn: &mut Conn, id: OfferId) -> QueryResult<Option<(Offer, Pursuit)>> {
    offers::table
        .inner_join(applications::table.on(applications::id.eq(offers::application_id)))
        .filter(offers::id.eq(id))
        .select((offers::all_columns, PURSUIT))
        .first(conn)
        .optional()
}

/// The same with the decision that the offer rests on.
pub fn find_decided(
    conn: &mut Conn,
    id: OfferId,
) -> QueryResult<Option<(Offer, Pursuit, Decision)>> {
    offers::table
        .inner_join(applications::table.on(applications::id.eq(offers::application_id)))
        .inner_join(decisions::table.on(decisions::id.eq(offers::decision_id)))
        .filter(offers::id.eq(id))
        .select((offers::all_columns, PURSUIT, decisions::all_columns))
        .first(conn)
        .optional()
}

/// The offer of a version, with what it needs to know of its application.
pub fn of_version(
    conn: &mut Conn,
    id: OfferVersionId,
) -> QueryResult<Option<(OfferVersion, Offer, Pursuit)>> {
    offer_versions::table
        .inner_join(offers::table.on(offers::id.eq(offer_versions::offer_id)))
        .inner_join(applications::table.on(applications::id.eq(offers::application_id)))
        .filter(offer_versions::id.eq(id))
        .select((offer_versions::all_columns, offers::all_columns, PURSUIT))
        .first(conn)
        .optional()
}

/// The offer that stands in the way of another one for the same application.
pub fn live_of(conn: &mut Conn, application_id: ApplicationId) -> QueryResult<Option<Offer>> {
    let live: Vec<OfferState> =
        OfferState::ALL.iter().copied().filter(|state| state.is_live()).collect();
    offers::table
        .filter(offers::application_id.eq(application_id))
        .filter(offers::state.eq_any(live))
        .order(offers::id.desc())
        .first(conn)
        .optional()
}

/// The current version of an offer, which is the newest, and the one before it.
pub fn newest_versions(
    conn: &mut Conn,
    id: OfferId,
) -> QueryResult<Option<(OfferVersion, Option<OfferVersion>)>> {
    let rows: Vec<OfferVersion> = offer_versions::table
        .filter(offer_versions::offer_id.eq(id))
        .order(offer_versions::number.desc())
        .limit(2)
        .load(conn)?;
    let mut rows = rows.into_iter();
    Ok(rows.next().map(|newest| (newest, rows.next())))
}

/// The version of an offer with this number.
pub fn version_numbered(
    conn: &mut Conn,
    id: OfferId,
    number: i32,
) -> QueryResult<Option<OfferVersion>> {
    offer_versions::table
        .filter(offer_versions::offer_id.eq(id))
        .filter(offer_versions::number.eq(number))
        .first(conn)
        .optional()
}

/// Which offers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// For this application.
    pub application_id: Option<ApplicationId>,
    /// In this state.
    pub state: Option<OfferState>,
}

/// Id, number and hash of an offer's current version.
type VersionKey = (OfferVersionId, i32, TermsHash);

/// One page of offers with their current versions, newest first.
pub fn list(
    conn: &mut Conn,
    visible: Condition<offers::table>,
    wanted: &Wanted,
    page: &PageRequest,
) -> QueryResult<Vec<(Offer, Option<VersionKey>)>> {
    let mut rows = offers::table.select(offers::id).into_boxed();
    rows = rows.filter(visible);
    if let Some(application_id) = wanted.application_id {
        rows = rows.filter(offers::application_id.eq(application_id));
    }
    if let Some(state) = wanted.state {
        rows = rows.filter(offers::state.eq(state));
    }
    if let Some(before) = page.before {
        rows = rows.filter(offers::id.lt(before));
    }
    let ids: Vec<OfferId> = rows.order(offers::id.desc()).limit(page.fetch()).load(conn)?;
    offers::table
        .left_join(
            offer_versions::table.on(offers::current_version_id.eq(offer_versions::id.nullable())),
        )
        .filter(offers::id.eq_any(ids))
        .order(offers::id.desc())
        .select((
            offers::all_columns,
            (offer_versions::id, offer_versions::number, offer_versions::terms_hash).nullable(),
        ))
        .load(conn)
}

/// Inserts an offer.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Offer) -> Result<()> {
    diesel::insert_into(offers::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Inserts a version.
pub(super) fn insert_version(tx: &mut Tx<'_>, _permit: &Permit, row: &OfferVersion) -> Result<()> {
    diesel::insert_into(offer_versions::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves an offer whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Offer) -> Result<()> {
    let now = tx.now();
    let unchanged = offers::table.find(row.id).filter(offers::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            offers::opening_id.eq(row.opening_id),
            offers::decision_id.eq(row.decision_id),
            offers::state.eq(row.state),
            offers::current_version_id.eq(row.current_version_id),
            offers::extended_at.eq(row.extended_at),
            offers::expires_at.eq(row.expires_at),
            offers::resolved_at.eq(row.resolved_at),
            offers::decline_reason.eq(&row.decline_reason),
            offers::acceptance_note.eq(&row.acceptance_note),
            offers::version.eq(row.version + 1),
            offers::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
