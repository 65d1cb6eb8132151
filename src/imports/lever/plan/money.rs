//! Pay bands in exact minor units.

use crate::imports::lever::wire::jobs::Band;
use crate::imports::lever::wire::values::Text;
use iso_currency::Currency;
use serde_json::Number;

/// A pay band that ought to exist, with both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandPlan {
    /// Lower end in minor units (cents), at least 0.
    pub min_minor: i64,
    /// Upper end in minor units, at least the lower end.
    pub max_minor: i64,
    /// The currency.
    pub currency: Currency,
    /// What the amounts are paid for.
    pub period: PayPeriod,
}

/// What an amount is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayPeriod {
    /// A year's work.
    Year,
    /// A month's work.
    Month,
    /// A day's work.
    Day,
    /// An hour's work.
    Hour,
}

/// Which part of a band has no home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandFault {
    /// No ISO 4217 currency with a known minor unit.
    Currency,
    /// A period that Evenbar does not have, such as a week.
    Interval,
    /// An end is missing, negative, too large, or finer than the currency's minor unit; or the
    /// lower end is above the upper.
    Amounts,
}

impl BandFault {
    /// The field of the band that is to blame.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Interval => "interval",
            Self::Amounts => "min",
        }
    }
}

/// Reads a band.
pub(super) fn band(band: &Band) -> Result<BandPlan, BandFault> {
    let code = band.currency.as_ref().map(Text::as_str).unwrap_or_default();
    let currency = Currency::from_code(code).ok_or(BandFault::Currency)?;
    let digits = currency.exponent().ok_or(BandFault::Currency)?;
    let period = match band.interval.as_ref().map(Text::as_str) {
        Some("per-year-salary") => PayPeriod::Year,
        Some("per-month-salary") => PayPeriod::Month,
        Some("per-day-wage") => PayPeriod::Day,
        Some("per-hour-wage") => PayPeriod::Hour,
        Some(_) | None => return Err(BandFault::Interval),
    };
    let minor = |end: &Option<Number>| {
        end.as_ref().and_then(|number| minor_units(number, digits)).ok_or(BandFault::Amounts)
    };
    let (min_minor, max_minor) = (minor(&band.min)?, minor(&band.max)?);
    if max_minor < min_minor {
        return Err(BandFault::Amounts);
    }
    Ok(BandPlan { min_minor, max_minor, currency, period })
}

/// The number in units of `10^-digits`, exactly, or nothing. It is read from its decimal form,
/// which for up to fifteen digits is the form that stood in the file.
fn minor_units(number: &Number, digits: u16) -> Option<i64> {
    let decimal = number.to_string();
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(digits).checked_sub(fraction.len())?;
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
        return None;
    }
    format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<(i64, i64, Currency, PayPeriod), BandFault>) {
        let wire: Band = serde_json::from_str(json).unwrap();
        let found =
            band(&wire).map(|band| (band.min_minor, band.max_minor, band.currency, band.period));
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn bands_are_exact_or_refused() {
        use Currency::{EUR, JPY, KWD, USD};
        let year = "\"interval\":\"per-year-salary\"";
        check(
            &format!(r#"{{"min":50000,"max":150000,"currency":"USD",{year}}}"#),
            Ok((5_000_000, 15_000_000, USD, PayPeriod::Year)),
        );
        check(
            r#"{"min":17.5,"max":17.50,"currency":"EUR","interval":"per-hour-wage"}"#,
            Ok((1_750, 1_750, EUR, PayPeriod::Hour)),
        );
        check(
            r#"{"min":0,"max":4000000.0,"currency":"JPY","interval":"per-month-salary"}"#,
            Ok((0, 4_000_000, JPY, PayPeriod::Month)),
        );
        check(
            r#"{"min":1.005,"max":2,"currency":"KWD","interval":"per-day-wage"}"#,
            Ok((1_005, 2_000, KWD, PayPeriod::Day)),
        );
        let refused = [
            (
                r#"{"min":1,"max":2,"currency":"DOLLARS","interval":"per-year-salary"}"#,
                BandFault::Currency,
            ),
            (
                r#"{"min":1,"max":2,"currency":"XAU","interval":"per-year-salary"}"#,
                BandFault::Currency,
            ),
            (
                r#"{"min":1,"max":2,"currency":"USD","interval":"per-week-salary"}"#,
                BandFault::Interval,
            ),
            (
                r#"{"min":2,"max":1,"currency":"USD","interval":"per-year-salary"}"#,
                BandFault::Amounts,
            ),
            (
                r#"{"min":-2,"max":1,"currency":"USD","interval":"per-year-salary"}"#,
                BandFault::Amounts,
            ),
            (
                r#"{"min":1.005,"max":2,"currency":"USD","interval":"per-year-salary"}"#,
                BandFault::Amounts,
            ),
            (
                r#"{"min":1,"max":1e300,"currency":"USD","interval":"per-year-salary"}"#,
                BandFault::Amounts,
            ),
            (
                r#"{"min":1,"max":9223372036854775807,"currency":"USD","interval":"per-year-salary"}"#,
                BandFault::Amounts,
            ),
            (r#"{"max":1,"currency":"USD","interval":"per-year-salary"}"#, BandFault::Amounts),
        ];
        for (json, fault) in refused {
            check(json, Err(fault));
        }
    }
}
