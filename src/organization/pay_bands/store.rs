//! Queries on `pay_bands`.

use diesel::prelude::*;

use super::{Band, PayPeriod};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::pay_bands;
use crate::error::{Error, Result};
use crate::ids::{LevelId, PayBandId};
use crate::organization::money::Money;

/// A row of `pay_bands`: what a level pays in a place, from a day on. Amounts are minor units of the currency.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pay_bands, treat_none_as_default_value = false)]
pub struct PayBand {
    pub id: PayBandId,
    pub name: String,
    pub level_id: Option<LevelId>,
    pub location: Option<String>,
    pub currency: String,
    pub period: PayPeriod,
    pub minimum: i64,
    pub midpoint: i64,
    pub maximum: i64,
    pub effective_on: chrono::NaiveDate,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl PayBand {
    /// The band, for arithmetic.
    ///
    /// # Errors
    /// `internal` when the row is no band, which no command writes.
    pub fn band(&self) -> Result<Band> {
        let money = |minor_units| Money::of(minor_units, &self.currency).map_err(Error::internal);
        let (minimum, midpoint) = (money(self.minimum)?, money(self.midpoint)?);
        Band::new(minimum, Some(midpoint), money(self.maximum)?, self.period)
            .map_err(|fault| Error::internal(format!("{}: {fault:?}", self.id)))
    }
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: PayBandId) -> QueryResult<Option<PayBand>> {
    pay_bands::table.find(id).first(conn).optional()
}
