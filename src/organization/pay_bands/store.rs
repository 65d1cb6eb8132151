//! Queries on `pay_bands`.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Band, PayPeriod};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::pay_bands;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{LevelId, PayBandId, PayZoneId};
use crate::organization::money::Money;
use crate::organization::store::{self, page_of};

/// A row of `pay_bands`: what a level pays in a zone, from a day on. Amounts are minor units of the currency.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pay_bands, treat_none_as_default_value = false)]
pub struct PayBand {
    pub id: PayBandId,
    pub name: String,
    pub level_id: Option<LevelId>,
    pub pay_zone_id: Option<PayZoneId>,
    pub location: Option<String>,
    pub currency: String,
    pub period: PayPeriod,
    pub minimum: i64,
    pub midpoint: i64,
    pub maximum: i64,
    pub effective_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
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

    /// Whether it is in use and in force on a day.
    pub fn holds_on(&self, on: NaiveDate) -> bool {
        self.archived_at.is_none()
            && self.effective_on <= on
            && self.ends_on.is_none_or(|ends_on| ends_on >= on)
    }
}

store::find!(pay_bands, PayBand, PayBandId);
store::is_usable!(pay_bands, PayBandId);
store::save!(
    pay_bands,
    PayBand,
    "It stands there already.",
    [
        name,
        level_id,
        pay_zone_id,
        location,
        currency,
        period,
        minimum,
        midpoint,
        maximum,
        effective_on,
        ends_on,
    ]
);

/// The bands of a page of jobs.
pub fn find_all(conn: &mut Conn, ids: &[PayBandId]) -> QueryResult<Vec<PayBand>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    pay_bands::table.filter(pay_bands::id.eq_any(ids.iter().copied())).load(conn)
}

/// Which pay bands a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of this level.
    pub level_id: Option<LevelId>,
    /// Only those of this zone.
    pub pay_zone_id: Option<PayZoneId>,
    /// Only those in this currency.
    pub currency: Option<&'static str>,
    /// Only those in use and in force on this day.
    pub on: Option<NaiveDate>,
    /// Only those out of use, or in use.
    pub archived: Option<bool>,
}

/// One page, newest first.
pub fn list(conn: &mut Conn, wanted: &Wanted, page: &PageRequest) -> QueryResult<Vec<PayBand>> {
    let mut query = pay_bands::table.into_boxed();
    if let Some(level_id) = wanted.level_id {
        query = query.filter(pay_bands::level_id.eq(level_id));
    }
    if let Some(pay_zone_id) = wanted.pay_zone_id {
        query = query.filter(pay_bands::pay_zone_id.eq(pay_zone_id));
    }
    if let Some(currency) = wanted.currency {
        query = query.filter(pay_bands::currency.eq(currency));
    }
    if let Some(on) = wanted.on {
        query = query.filter(pay_bands::archived_at.is_null()).filter(in_force_on(on));
    }
    page_of!(pay_bands, query, wanted.archived, page).load(conn)
}

/// The days of a band include this one.
#[diesel::dsl::auto_type]
fn in_force_on(on: NaiveDate) -> _ {
    pay_bands::effective_on.le(on).and(pay_bands::ends_on.is_null().or(pay_bands::ends_on.ge(on)))
}

/// The bands in use that share a band's level, zone, currency and period, but not that band.
#[diesel::dsl::auto_type]
fn beside<'a>(row: &'a PayBand, level_id: LevelId, pay_zone_id: PayZoneId) -> _ {
    let id: PayBandId = row.id;
    let period: PayPeriod = row.period;
    let currency: &'a str = &row.currency;
    pay_bands::table
        .filter(pay_bands::id.ne(id))
        .filter(pay_bands::level_id.eq(level_id))
        .filter(pay_bands::pay_zone_id.eq(pay_zone_id))
        .filter(pay_bands::currency.eq(currency))
        .filter(pay_bands::period.eq(period))
        .filter(pay_bands::archived_at.is_null())
}

/// Whether another band in use of the same level, zone, currency and period shares a day with this
/// one. A band without level or zone stands alone.
pub fn overlaps(conn: &mut Conn, row: &PayBand) -> QueryResult<bool> {
    let (Some(level_id), Some(pay_zone_id)) = (row.level_id, row.pay_zone_id) else {
        return Ok(false);
    };
    let lasts = pay_bands::ends_on.is_null().or(pay_bands::ends_on.ge(row.effective_on));
    let mut others = beside(row, level_id, pay_zone_id).filter(lasts).into_boxed();
    if let Some(ends_on) = row.ends_on {
        others = others.filter(pay_bands::effective_on.le(ends_on));
    }
    let found: Option<PayBandId> = others.select(pay_bands::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// The band by which pay is measured on a day where this one is named: the one in force then of the
/// same level, zone, currency and period, or this one.
pub fn in_force(conn: &mut Conn, row: PayBand, on: NaiveDate) -> QueryResult<PayBand> {
    let (Some(level_id), Some(pay_zone_id), false) =
        (row.level_id, row.pay_zone_id, row.holds_on(on))
    else {
        return Ok(row);
    };
    let other = beside(&row, level_id, pay_zone_id).filter(in_force_on(on));
    let other: Option<PayBand> = other.select(pay_bands::all_columns).first(conn).optional()?;
    Ok(other.unwrap_or(row))
}
