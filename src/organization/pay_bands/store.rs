//! Queries on `pay_bands`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Band, PayPeriod};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::pay_bands;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
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

    /// Takes over the amounts, currency and period of a band.
    pub fn set_band(&mut self, band: Band) {
        band.currency().code().clone_into(&mut self.currency);
        self.period = band.period();
        self.minimum = band.minimum().minor_units;
        self.midpoint = band.midpoint().minor_units;
        self.maximum = band.maximum().minor_units;
    }
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: PayBandId) -> QueryResult<Option<PayBand>> {
    pay_bands::table.find(id).first(conn).optional()
}

/// The bands of a page of jobs.
pub fn find_all(conn: &mut Conn, ids: &[PayBandId]) -> QueryResult<Vec<PayBand>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    pay_bands::table.filter(pay_bands::id.eq_any(ids.iter().copied())).load(conn)
}

/// Whether there is such a pay band, and it is not archived.
pub fn is_usable(conn: &mut Conn, id: PayBandId) -> QueryResult<bool> {
    let usable = pay_bands::table.find(id).filter(pay_bands::archived_at.is_null());
    diesel::select(exists(usable)).get_result(conn)
}

/// One page, newest first.
pub fn list(
    conn: &mut Conn,
    level: Option<LevelId>,
    page: &PageRequest,
) -> QueryResult<Vec<PayBand>> {
    let mut query = pay_bands::table.into_boxed();
    if let Some(level) = level {
        query = query.filter(pay_bands::level_id.eq(level));
    }
    if let Some(before) = page.before {
        query = query.filter(pay_bands::id.lt(before));
    }
    query.order(pay_bands::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a pay band.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &PayBand) -> Result<()> {
    diesel::insert_into(pay_bands::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a pay band whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &PayBand) -> Result<()> {
    let now = tx.now();
    let unchanged = pay_bands::table.find(row.id).filter(pay_bands::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            pay_bands::name.eq(&row.name),
            pay_bands::level_id.eq(row.level_id),
            pay_bands::location.eq(&row.location),
            pay_bands::currency.eq(&row.currency),
            pay_bands::period.eq(row.period),
            pay_bands::minimum.eq(row.minimum),
            pay_bands::midpoint.eq(row.midpoint),
            pay_bands::maximum.eq(row.maximum),
            pay_bands::effective_on.eq(row.effective_on),
            pay_bands::archived_at.eq(row.archived_at),
            pay_bands::version.eq(row.version + 1),
            pay_bands::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
