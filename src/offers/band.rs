//! The pay band as it stood when a version was made, with the exact place of base pay in it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::terms::OfferTerms;
use crate::error::Result;
use crate::http::fields::Day;
use crate::ids::PayBandId;
use crate::organization::money::Money;
use crate::organization::pay_bands::store::PayBand;
use crate::organization::pay_bands::{BandPlacement, PayPeriod};

/// A pay band as it stood when the version was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferBand {
    pay_band_id: PayBandId,
    #[schema(example = "Senior engineer, Germany")]
    name: String,
    minimum: Money,
    /// What compa-ratios are measured by.
    midpoint: Money,
    maximum: Money,
    /// What the amounts are for.
    period: PayPeriod,
    /// From when on.
    effective_on: Day,
    /// The place of base pay in it; null when base pay is in another currency or for another
    /// period, because no rate is pinned to the version.
    placement: Option<BandPlacement>,
}

impl OfferBand {
    /// The band as it stands, with the place of these terms in it.
    ///
    /// # Errors
    /// `internal` for a stored row that is no band.
    pub fn of(row: &PayBand, terms: &OfferTerms) -> Result<Self> {
        let band = row.band()?;
        Ok(Self {
            pay_band_id: row.id,
            name: row.name.clone(),
            minimum: band.minimum(),
            midpoint: band.midpoint(),
            maximum: band.maximum(),
            period: band.period(),
            effective_on: row.effective_on.into(),
            placement: band.place(terms.base, terms.period).ok(),
        })
    }
}
