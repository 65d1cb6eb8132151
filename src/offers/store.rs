//! Queries on `offers`, `offer_versions`.

use diesel::prelude::*;

use super::OfferState;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{offer_versions, offers};
use crate::db::types::Document;
use crate::ids::{
    ApplicationId, DecisionId, OfferId, OfferVersionId, OpeningId, PayBandId, UserId,
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
    pub terms_hash: Vec<u8>,
    pub pay_band_id: Option<PayBandId>,
    pub band: Option<Document>,
    pub created_by: Option<UserId>,
    pub created_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: OfferId) -> QueryResult<Option<Offer>> {
    offers::table.find(id).first(conn).optional()
}
