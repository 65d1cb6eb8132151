//! What a delegation reaches, pure.

use std::collections::HashSet;

use crate::ids::DepartmentId;
use crate::organization::money::Money;
use crate::organization::pay_bands::PayPeriod;

/// The limits of a delegation; an absent one is none.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// The highest base pay. Another currency or period does not compare, and is outside.
    pub max_base: Option<(Money, PayPeriod)>,
    /// The departments with all below them.
    pub departments: Option<HashSet<DepartmentId>>,
    /// The track and the highest rank on it. Other tracks do not compare, and are outside.
    pub max_level: Option<(String, i32)>,
}

/// What of a run the limits are held against.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Base pay.
    pub base: Money,
    /// What base pay is for.
    pub period: PayPeriod,
    /// The department of the job.
    pub department_id: Option<DepartmentId>,
    /// Track and rank of the level, if it is known.
    pub level: Option<(String, i32)>,
}

impl Limits {
    /// Whether a run is within the limits. What is not known is outside.
    pub fn admit(&self, facts: &Facts) -> bool {
        let base = self.max_base.is_none_or(|(max, period)| {
            max.currency == facts.base.currency
                && period == facts.period
                && facts.base.minor_units <= max.minor_units
        });
        let department = self.departments.as_ref().is_none_or(|departments| {
            facts.department_id.is_some_and(|department| departments.contains(&department))
        });
        let level = self.max_level.as_ref().is_none_or(|(track, rank)| {
            facts.level.as_ref().is_some_and(|(of, at)| of == track && at <= rank)
        });
        base && department && level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::ids::IdSource;

    fn money(amount: i64, currency: &str) -> Money {
        Money::of(amount, currency).expect("money")
    }

    fn facts() -> Facts {
        let level = Some(("engineering".to_owned(), 5));
        let (base, period) = (money(9_000_000, "EUR"), PayPeriod::Year);
        Facts { base, period, department_id: None, level }
    }

    #[test]
    fn a_delegation_without_limits_reaches_everything() {
        assert!(Limits::default().admit(&facts()));
    }

    #[test]
    fn base_pay_compares_in_one_currency_for_one_period() {
        let limits = |amount, currency, period| Limits {
            max_base: Some((money(amount, currency), period)),
            ..Limits::default()
        };
        assert!(limits(9_000_000, "EUR", PayPeriod::Year).admit(&facts()));
        assert!(!limits(8_999_999, "EUR", PayPeriod::Year).admit(&facts()));
        assert!(!limits(9_000_000, "USD", PayPeriod::Year).admit(&facts()));
        assert!(!limits(9_000_000, "EUR", PayPeriod::Month).admit(&facts()));
    }

    #[test]
    fn what_is_not_known_is_outside() {
        let id: DepartmentId = IdSource::counted().batch(Instant::from_micros(0)).next_id();
        let limits = Limits { departments: Some(HashSet::from([id])), ..Limits::default() };
        assert!(!limits.admit(&facts()));
        assert!(limits.admit(&Facts { department_id: Some(id), ..facts() }));
        let level = |track: &str, rank| Limits {
            max_level: Some((track.to_owned(), rank)),
            ..Limits::default()
        };
        assert!(level("engineering", 5).admit(&facts()));
        assert!(!level("engineering", 4).admit(&facts()));
        assert!(!level("design", 9).admit(&facts()));
        assert!(!level("engineering", 5).admit(&Facts { level: None, ..facts() }));
    }
}
