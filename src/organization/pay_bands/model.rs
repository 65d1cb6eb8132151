//! The exact arithmetic of a pay band. Nothing here is a float.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PayPeriod;
use crate::organization::money::{Currency, Money};
use crate::text_enum;

text_enum! {
    /// Where an amount lies in a band. The ends of the band lie within.
    pub enum BandPosition {
        /// Less than the minimum.
        Below => "below",
        /// From the minimum to the maximum.
        Within => "within",
        /// More than the maximum.
        Above => "above",
    }
}

/// A band whose minimum, midpoint and maximum ascend and share a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    minimum: i64,
    midpoint: i64,
    maximum: i64,
    currency: Currency,
    period: PayPeriod,
}

/// Why three amounts are no band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandFault {
    /// The midpoint has another currency than the minimum.
    MidpointCurrency,
    /// The maximum has another currency than the minimum.
    MaximumCurrency,
    /// The maximum is below the minimum.
    MaximumBelowMinimum,
    /// The midpoint is not between minimum and maximum.
    MidpointOutside,
}

text_enum! {
    /// Why an amount has no place in a band.
    pub enum Incomparable {
        /// It is in another currency.
        Currency => "currency",
        /// It is for another period.
        Period => "period",
    }
}

/// An exact ratio in lowest terms, with the decimal that people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ratio {
    /// Negative when the ratio is.
    #[schema(example = 1753)]
    pub numerator: i64,
    /// Always positive.
    #[schema(example = 2000, minimum = 1)]
    pub denominator: i64,
    /// Four decimals, a tie rounded to the even digit.
    #[schema(example = "0.8765", pattern = r"^-?[0-9]+\.[0-9]{4}$")]
    pub decimal: String,
}

/// The place of an amount in a band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BandPlacement {
    /// Below, within or above the band.
    pub position: BandPosition,
    /// The amount divided by the midpoint; null when the midpoint is zero.
    pub compa_ratio: Option<Ratio>,
    /// How far from the minimum to the maximum: below 0 and above 1 outside the band; null for a
    /// band without width.
    pub range_penetration: Option<Ratio>,
}

impl Band {
    /// A band; without a midpoint it is the exact middle, a tie rounded to the even minor unit.
    ///
    /// # Errors
    /// The first fault.
    pub fn new(
        minimum: Money,
        midpoint: Option<Money>,
        maximum: Money,
        period: PayPeriod,
    ) -> Result<Self, BandFault> {
        if maximum.currency != minimum.currency {
            return Err(BandFault::MaximumCurrency);
        }
        if midpoint.is_some_and(|midpoint| midpoint.currency != minimum.currency) {
            return Err(BandFault::MidpointCurrency);
        }
        let currency = minimum.currency;
        let (minimum, maximum) = (minimum.minor_units, maximum.minor_units);
        if maximum < minimum {
            return Err(BandFault::MaximumBelowMinimum);
        }
        let midpoint = midpoint.map_or_else(|| middle(minimum, maximum), |money| money.minor_units);
        if !(minimum..=maximum).contains(&midpoint) {
            return Err(BandFault::MidpointOutside);
        }
        Ok(Self { minimum, midpoint, maximum, currency, period })
    }

    /// The least that is paid.
    pub fn minimum(self) -> Money {
        self.money(self.minimum)
    }

    /// What compa-ratios are measured by.
    pub fn midpoint(self) -> Money {
        self.money(self.midpoint)
    }

    /// The most that is paid.
    pub fn maximum(self) -> Money {
        self.money(self.maximum)
    }

    /// The currency of all three.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// What the amounts are for.
    pub fn period(self) -> PayPeriod {
        self.period
    }

    /// The place of an amount for a period. Nothing is converted: neither currencies, which need
    /// a dated rate, nor periods, which need working hours.
    ///
    /// # Errors
    /// When the amount is in another currency or for another period.
    pub fn place(self, amount: Money, period: PayPeriod) -> Result<BandPlacement, Incomparable> {
        if amount.currency != self.currency {
            return Err(Incomparable::Currency);
        }
        if period != self.period {
            return Err(Incomparable::Period);
        }
        let amount = amount.minor_units;
        let position = match (amount.cmp(&self.minimum), amount.cmp(&self.maximum)) {
            (Ordering::Less, _) => BandPosition::Below,
            (_, Ordering::Greater) => BandPosition::Above,
            (Ordering::Equal | Ordering::Greater, Ordering::Less | Ordering::Equal) => {
                BandPosition::Within
            }
        };
        Ok(BandPlacement {
            position,
            compa_ratio: Ratio::of(amount, self.midpoint),
            range_penetration: Ratio::of(amount - self.minimum, self.maximum - self.minimum),
        })
    }

    fn money(self, minor_units: i64) -> Money {
        Money { minor_units, currency: self.currency }
    }
}

/// The middle of two amounts of zero or more, a tie rounded to the even one.
fn middle(low: i64, high: i64) -> i64 {
    let floor = low + (high - low) / 2;
    let is_tie = (high - low) % 2 == 1;
    if is_tie && floor % 2 == 1 { floor + 1 } else { floor }
}

impl Ratio {
    /// The ratio of two amounts of minor units; none over zero.
    pub fn of(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let divisor = gcd(numerator.checked_abs()?, denominator);
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        Some(Self { numerator, denominator, decimal: decimal(numerator, denominator) })
    }
}

/// The greatest common divisor of a number of zero or more and a positive one.
fn gcd(mut a: i64, mut b: i64) -> i64 {
    while a != 0 {
        (a, b) = (b % a, a);
    }
    b
}

/// Four decimals, a tie rounded to the even digit.
fn decimal(numerator: i64, denominator: i64) -> String {
    let (scaled, denominator) = (i128::from(numerator) * 10_000, i128::from(denominator));
    let (floor, rest) = (scaled.div_euclid(denominator), scaled.rem_euclid(denominator));
    let rounded = match (2 * rest).cmp(&denominator) {
        Ordering::Less => floor,
        Ordering::Equal => floor + floor.rem_euclid(2),
        Ordering::Greater => floor + 1,
    };
    let sign = if rounded < 0 { "-" } else { "" };
    let size = rounded.abs();
    format!("{sign}{}.{:04}", size / 10_000, size % 10_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::organization::money::MINOR_UNITS_MAX;

    fn money(amount: &str, code: &str) -> Money {
        Money::parse(amount, Currency::parse(code).expect("a currency")).expect("an amount")
    }

    fn euros(amount: &str) -> Money {
        money(amount, "EUR")
    }

    fn band(minimum: &str, maximum: &str) -> Band {
        Band::new(euros(minimum), None, euros(maximum), PayPeriod::Year).expect("a band")
    }

    #[test]
    fn a_missing_midpoint_is_the_exact_middle_and_a_tie_goes_to_the_even_cent() {
        assert_eq!(band("100.00", "200.00").midpoint(), euros("150.00"));
        assert_eq!(band("0.00", "0.01").midpoint(), euros("0.00"));
        assert_eq!(band("0.01", "0.02").midpoint(), euros("0.02"));
        assert_eq!(band("0.02", "0.03").midpoint(), euros("0.02"));
        assert_eq!(band("70.00", "70.00").midpoint(), euros("70.00"));
    }

    #[test]
    fn three_amounts_that_do_not_ascend_in_one_currency_are_no_band() {
        let of = |min, mid, max| Band::new(min, mid, max, PayPeriod::Year).err();
        let (one, two, three) = (euros("1.00"), euros("2.00"), euros("3.00"));
        let dollars = money("2.00", "USD");
        assert_eq!(of(one, Some(two), three), None);
        assert_eq!(of(one, Some(one), one), None);
        assert_eq!(of(two, None, one), Some(BandFault::MaximumBelowMinimum));
        assert_eq!(of(two, Some(one), three), Some(BandFault::MidpointOutside));
        assert_eq!(of(one, Some(three), two), Some(BandFault::MidpointOutside));
        assert_eq!(of(one, None, dollars), Some(BandFault::MaximumCurrency));
        assert_eq!(of(one, Some(dollars), three), Some(BandFault::MidpointCurrency));
    }

    #[test]
    fn an_amount_has_a_position_a_compa_ratio_and_a_range_penetration() {
        let band = band("80000.00", "120000.00");
        let check = |amount: &str, position, compa: &str, penetration: &str| {
            let placed = band.place(euros(amount), PayPeriod::Year).expect("comparable");
            let shown = |ratio: Option<Ratio>| ratio.map(|ratio| ratio.decimal);
            assert_eq!(placed.position, position, "{amount}");
            assert_eq!(shown(placed.compa_ratio).as_deref(), Some(compa), "{amount}");
            assert_eq!(shown(placed.range_penetration).as_deref(), Some(penetration), "{amount}");
        };
        check("79999.99", BandPosition::Below, "0.8000", "0.0000");
        check("70000.00", BandPosition::Below, "0.7000", "-0.2500");
        check("80000.00", BandPosition::Within, "0.8000", "0.0000");
        check("87650.00", BandPosition::Within, "0.8765", "0.1912");
        check("120000.00", BandPosition::Within, "1.2000", "1.0000");
        check("120000.01", BandPosition::Above, "1.2000", "1.0000");
        check("140000.00", BandPosition::Above, "1.4000", "1.5000");
    }

    #[test]
    fn a_ratio_is_in_lowest_terms_and_keeps_what_the_decimal_loses() {
        let band = band("80000.00", "120000.00");
        let placed = band.place(euros("87650.00"), PayPeriod::Year).expect("comparable");
        let ratio = placed.compa_ratio.expect("a ratio");
        assert_eq!((ratio.numerator, ratio.denominator), (1753, 2000));
    }

    #[test]
    fn a_tie_of_the_fourth_decimal_goes_to_the_even_digit() {
        let shown = |numerator, denominator| Ratio::of(numerator, denominator).map(|r| r.decimal);
        assert_eq!(shown(1, 20_000).as_deref(), Some("0.0000"));
        assert_eq!(shown(3, 20_000).as_deref(), Some("0.0002"));
        assert_eq!(shown(5, 20_000).as_deref(), Some("0.0002"));
        assert_eq!(shown(-1, 20_000).as_deref(), Some("0.0000"));
        assert_eq!(shown(-3, 20_000).as_deref(), Some("-0.0002"));
        assert_eq!(shown(-5, 20_000).as_deref(), Some("-0.0002"));
        assert_eq!(shown(2, 3).as_deref(), Some("0.6667"));
        assert_eq!(shown(-2, 3).as_deref(), Some("-0.6667"));
    }

    #[test]
    fn a_band_without_width_has_no_penetration_and_one_around_zero_no_compa_ratio() {
        let flat =
            band("70.00", "70.00").place(euros("71.00"), PayPeriod::Year).expect("comparable");
        assert_eq!(flat.position, BandPosition::Above);
        assert_eq!(flat.range_penetration, None);
        let unpaid =
            band("0.00", "0.00").place(euros("0.00"), PayPeriod::Year).expect("comparable");
        assert_eq!((unpaid.position, unpaid.compa_ratio), (BandPosition::Within, None));
    }

    #[test]
    fn other_currencies_and_periods_have_no_place_in_a_band() {
        let band = band("80000.00", "120000.00");
        assert_eq!(band.place(money("1.00", "USD"), PayPeriod::Year), Err(Incomparable::Currency));
        assert_eq!(band.place(euros("1.00"), PayPeriod::Month), Err(Incomparable::Period));
    }

    /// A band and an amount in a currency of no, two or three decimals.
    fn placed() -> impl Strategy<Value = (Band, Money)> {
        let minor = 0..=MINOR_UNITS_MAX;
        (prop::sample::select(vec!["JPY", "EUR", "KWD"]), [minor.clone(), minor.clone(), minor])
            .prop_map(|(code, [one, other, amount])| {
                let of = |minor| Money::of(minor, code).expect("a currency");
                let (low, high) = (one.min(other), one.max(other));
                let band = Band::new(of(low), None, of(high), PayPeriod::Month).expect("a band");
                (band, of(amount))
            })
    }

    /// Whether a ratio is the exact one of these, in lowest terms, and its decimal the nearest, the
    /// even one of two.
    fn is_exact(ratio: &Ratio, numerator: i128, denominator: i128) -> bool {
        let (over, under) = (i128::from(ratio.numerator), i128::from(ratio.denominator));
        let shown: i128 = ratio.decimal.replace('.', "").parse().expect("digits");
        let off = 2 * (shown * denominator - numerator * 10_000).abs();
        let is_lowest = under > 0 && (2..50).all(|n| over % n != 0 || under % n != 0);
        over * denominator == numerator * under
            && is_lowest
            && (off < denominator || (off == denominator && shown % 2 == 0))
    }

    proptest! {
        #[test]
        fn the_place_of_an_amount_is_exact_in_currencies_of_no_two_and_three_decimals(
            (band, amount) in placed(),
        ) {
            let read = Money::parse(&amount.amount(), amount.currency).expect("as it is written");
            let placed = band.place(read, PayPeriod::Month).expect("comparable");
            let wide = |money: Money| i128::from(money.minor_units);
            let (low, mid, high) = (wide(band.minimum()), wide(band.midpoint()), wide(band.maximum()));
            let amount = wide(amount);
            prop_assert!((low + high - 2 * mid).abs() <= 1);
            if let Some(ratio) = placed.compa_ratio {
                prop_assert!(is_exact(&ratio, amount, mid));
            } else {
                prop_assert_eq!(mid, 0);
            }
            if let Some(ratio) = placed.range_penetration {
                prop_assert!(is_exact(&ratio, amount - low, high - low));
            } else {
                prop_assert_eq!(low, high);
            }
            let position = match amount {
                below if below < low => BandPosition::Below,
                above if above > high => BandPosition::Above,
                _ => BandPosition::Within,
            };
            prop_assert_eq!(placed.position, position);
        }

        #[test]
        fn the_decimal_is_never_further_off_than_half_of_its_last_digit(
            numerator in -MINOR_UNITS_MAX..MINOR_UNITS_MAX,
            denominator in 1..MINOR_UNITS_MAX,
        ) {
            let ratio = Ratio::of(numerator, denominator).expect("a ratio");
            let shown: i128 = ratio.decimal.replace('.', "").parse().expect("digits");
            let off = shown * i128::from(denominator) - i128::from(numerator) * 10_000;
            prop_assert!(2 * off.abs() <= i128::from(denominator));
            prop_assert_eq!(
                i128::from(ratio.numerator) * i128::from(denominator),
                i128::from(numerator) * i128::from(ratio.denominator)
            );
        }
    }
}
