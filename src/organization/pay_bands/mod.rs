//! Pay bands: what a level pays in a place, from a day on. Amounts are minor units.
//!
//! Table: `pay_bands`.

pub mod model;
pub(crate) mod store;

pub use model::{Band, BandPlacement, BandPosition, Incomparable, Ratio};

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// What an amount of pay is for.
    pub enum PayPeriod {
        /// `year`
        Year => "year",
        /// `month`
        Month => "month",
        /// `day`
        Day => "day",
        /// `hour`
        Hour => "hour",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
