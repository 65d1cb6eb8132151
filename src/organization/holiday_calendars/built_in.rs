//! The holidays that the service knows by itself, made by `data/public-holidays/generate.py`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;

use super::{NewHoliday, in_order};

const DATA: &str = include_str!("../../../data/public-holidays/public-holidays.tsv");

/// The lines of each region.
static REGIONS: LazyLock<BTreeMap<&str, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut regions: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for line in DATA.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split('\t');
        if let (Some(region), Some(name), Some(days)) = (parts.next(), parts.next(), parts.next()) {
            regions.entry(region).or_default().push((name, days));
        }
    }
    regions
});

/// The first and the last year that the days are known of.
pub(super) fn years() -> (i32, i32) {
    let head = DATA.lines().next().unwrap_or_default();
    let mut numbers = head.split([' ', ';']).filter_map(|word| word.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// The regions whose days are known, by code.
pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.keys().copied()
}

/// The days of a region, in order; none when they are not known.
pub(super) fn days(region: &str) -> Option<Vec<NewHoliday>> {
    let (first, last) = years();
    let mut found = Vec::new();
    for (name, days) in REGIONS.get(region)? {
        for day in days.split(' ') {
            let mut add = |text: String| {
                let on: Option<NaiveDate> = text.parse().ok();
                found.extend(on.map(|on| NewHoliday { on, name: (*name).to_owned() }));
            };
            match day.strip_prefix('*') {
                Some(rest) => (first..=last).for_each(|year| add(format!("{year}{rest}"))),
                None => add(day.to_owned()),
            }
        }
    }
    Some(in_order(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_days_in_every_year() {
        let (first, last) = years();
        assert_eq!(last - first, 9);
        assert!(regions().count() > 140);
        for region in regions() {
            let days = days(region).expect("days");
            for year in first..=last {
                let of_year = format!("{year}-");
                let count =
                    days.iter().filter(|day| day.on.to_string().starts_with(&of_year)).count();
                assert!((5..=60).contains(&count), "{region} has {count} days in {year}");
            }
        }
    }

    #[test]
    fn a_part_of_a_country_has_days_of_its_own() {
        let on = |region: &str, day: &str| {
            let days = days(region).expect("days");
            days.into_iter().find(|holiday| holiday.on.to_string() == day).map(|day| day.name)
        };
        assert_eq!(on("DE-BE", "2027-03-08").as_deref(), Some("Women's Day"));
        assert_eq!(on("DE", "2027-03-08"), None);
        assert_eq!(on("DE", "2035-10-03").as_deref(), Some("German Unity Day"));
        assert_eq!(days("XX"), None);
    }
}
