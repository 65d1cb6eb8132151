//! Pay bands: what a level pays in a pay zone, from a day on.
//!
//! Table: `pay_bands`. A band is never deleted, it is archived. Of the bands in use of one level, zone,
//! currency and period at most one is in force on a day, which is decided under the organization's
//! lock: pay is raised by a successor, which ends the band before it in the same transaction. A band
//! without a level or a zone stands alone, such as one that another system only gave a name and a
//! place; the rule begins when it gets both. A job names a band; its offers are measured by whichever
//! band of the same level, zone, currency and period is in force on the day they are written.
//!
//! Minimum, midpoint and maximum
//! ascend in one currency; they are minor units and never floats. Offers keep a copy of the band
//! as it stood, so changing one rewrites no history.

pub mod api;
pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use model::{Band, BandFault, BandPlacement, BandPosition, Incomparable, Ratio};

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// What an amount of pay is for.
    pub enum PayPeriod {
        /// A year's work.
        Year => "year",
        /// A month's work.
        Month => "month",
        /// A day's work.
        Day => "day",
        /// An hour's work.
        Hour => "hour",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_pay_band)
        .service(api::list_pay_bands)
        .service(api::get_pay_band)
        .service(api::update_pay_band)
        .service(api::succeed_pay_band)
        .service(api::place_in_pay_band);
}
