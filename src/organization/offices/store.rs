//! Queries on `offices`.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::offices;
use crate::ids::{OfficeId, PayZoneId};
use crate::organization::store;

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is an office of that name, perhaps an archived one.";

/// A row of `offices`: a place where people work.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = offices, treat_none_as_default_value = false)]
pub struct Office {
    pub id: OfficeId,
    pub name: String,
    pub name_folded: String,
    pub time_zone: String,
    pub country: String,
    pub currency: String,
    pub pay_zone_id: Option<PayZoneId>,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

store::find!(offices, Office, OfficeId);
/// Which of these offices there are that are not archived.
pub fn usable_among(conn: &mut Conn, ids: &[OfficeId]) -> QueryResult<HashSet<OfficeId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let usable: Vec<OfficeId> = offices::table
        .filter(offices::id.eq_any(ids.iter().copied()))
        .filter(offices::archived_at.is_null())
        .select(offices::id)
        .load(conn)?;
    Ok(usable.into_iter().collect())
}

store::list!(offices, Office);
store::save!(
    offices,
    Office,
    TAKEN,
    [name, name_folded, time_zone, country, currency, pay_zone_id]
);
