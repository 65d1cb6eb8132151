//! Queries on `pay_zones`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::pay_zones;
use crate::ids::PayZoneId;
use crate::organization::store;

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is a pay zone of that name, perhaps an archived one.";

/// A row of `pay_zones`: where pay is the same.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pay_zones, treat_none_as_default_value = false)]
pub struct PayZone {
    pub id: PayZoneId,
    pub name: String,
    pub name_folded: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

store::find!(pay_zones, PayZone, PayZoneId);
store::is_usable!(pay_zones, PayZoneId);
store::list!(pay_zones, PayZone);
store::save!(pay_zones, PayZone, TAKEN, [name, name_folded]);
