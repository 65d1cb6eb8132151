use super::*;

fn rule(json: serde_json::Value) -> ZoneRule {
    serde_json::from_value::<TimeZoneRule>(json).unwrap().read().unwrap()
}

fn band(from: i32, to: i32) -> ZoneRule {
    rule(serde_json::json!({ "utc_band": { "from_minutes": from, "to_minutes": to } }))
}

fn around(zone: &str, minutes: i32) -> ZoneRule {
    rule(serde_json::json!({ "around": { "time_zone": zone, "minutes": minutes } }))
}

fn overlap(zone: &str, hours: [&str; 2], minutes: i32) -> ZoneRule {
    let [from, to] = hours;
    rule(serde_json::json!({ "overlap": {
        "time_zone": zone, "office_hours": { "from": from, "to": to }, "minutes": minutes,
    } }))
}

use ZoneOutcome::{Fails, Passes, PassesInSummerOnly, PassesInWinterOnly};

/// Rules, zones, and what comes of them in 2026.
#[track_caller]
fn assert_table(table: &[(ZoneRule, Tz, ZoneOutcome)]) {
    for (rule, zone, outcome) in table {
        let found = rule.evaluate(*zone, 2026);
        assert_eq!(found.outcome, *outcome, "{zone}: {found:?}");
        assert_eq!(found.eligible, *outcome == Passes, "{zone}: {found:?}");
    }
}

#[test]
fn a_band_is_met_by_what_the_clocks_show_and_not_by_a_fixed_offset() {
    let americas_to_berlin_in_winter = band(-480, 60);
    assert_table(&[
        (americas_to_berlin_in_winter, Tz::Europe__Berlin, PassesInWinterOnly),
        (americas_to_berlin_in_winter, Tz::Europe__Lisbon, Passes),
        // Never changes its clocks.
        (americas_to_berlin_in_winter, Tz::America__Phoenix, Passes),
        (band(-420, -300), Tz::America__Los_Angeles, PassesInSummerOnly),
        (band(-420, -300), Tz::America__Phoenix, Passes),
        // The south has its summer time in December.
        (band(600, 600), Tz::Australia__Sydney, PassesInSummerOnly),
        (band(660, 660), Tz::Australia__Sydney, PassesInWinterOnly),
        (band(600, 600), Tz::Australia__Brisbane, Passes),
        // Halves and quarters of an hour.
        (band(330, 330), Tz::Asia__Kolkata, Passes),
        (band(300, 329), Tz::Asia__Kolkata, Fails),
        (band(345, 345), Tz::Asia__Kathmandu, Passes),
        (band(-150, -150), Tz::America__St_Johns, PassesInSummerOnly),
        (band(630, 660), Tz::Australia__Lord_Howe, Passes),
        (band(0, 0), Tz::UTC, Passes),
        (band(840, 840), Tz::Pacific__Kiritimati, Passes),
    ]);
}

#[test]
fn both_zones_change_their_clocks_when_one_is_measured_from_the_other() {
    assert_table(&[
        (around("Europe/Berlin", 60), Tz::Europe__London, Passes),
        (around("Europe/Berlin", 60), Tz::Europe__Helsinki, Passes),
        // Kolkata stays where it is; Berlin comes nearer in summer.
        (around("Europe/Berlin", 210), Tz::Asia__Kolkata, PassesInSummerOnly),
        (around("Europe/Berlin", 270), Tz::Asia__Kolkata, Passes),
        // Lagos is nearer in winter.
        (around("Europe/Berlin", 0), Tz::Africa__Lagos, PassesInWinterOnly),
        (around("UTC", 180), Tz::Europe__Athens, Passes),
        (around("UTC", 120), Tz::Europe__Athens, PassesInWinterOnly),
        // Two hours by the clock, and a day.
        (around("Pacific/Auckland", 180), Tz::Pacific__Honolulu, Fails),
        (around("Australia/Melbourne", 120), Tz::Pacific__Auckland, Passes),
    ]);
}

#[test]
fn shared_hours_are_counted_past_midnight_and_past_the_date_line() {
    let pacific = overlap("America/Los_Angeles", ["10:00", "18:00"], 240);
    let late_owl = rule(serde_json::json!({ "overlap": {
        "time_zone": "America/Los_Angeles", "office_hours": { "from": "10:00", "to": "18:00" },
        "own_hours": { "from": "15:00", "to": "01:00" }, "minutes": 240,
    } }));
    assert_table(&[
        (pacific, Tz::America__New_York, Passes),
        (pacific, Tz::Europe__Berlin, Fails),
        (late_owl, Tz::Europe__Berlin, Passes),
        // Of different days, and yet at the same time: six hours in June, seven in December.
        (overlap("Pacific/Auckland", ["10:00", "18:00"], 360), Tz::Pacific__Honolulu, Passes),
        (
            overlap("Pacific/Auckland", ["10:00", "18:00"], 420),
            Tz::Pacific__Honolulu,
            PassesInWinterOnly,
        ),
        (overlap("Pacific/Auckland", ["10:00", "18:00"], 421), Tz::Pacific__Honolulu, Fails),
        (overlap("Pacific/Kiritimati", ["09:00", "17:00"], 480), Tz::Pacific__Honolulu, Passes),
        (overlap("Asia/Kolkata", ["09:00", "18:00"], 330), Tz::Europe__Berlin, PassesInSummerOnly),
        (overlap("Europe/London", ["00:00", "24:00"], 1440), Tz::Asia__Tokyo, Passes),
        // A night shift goes on past midnight.
        (overlap("Europe/London", ["22:00", "06:00"], 480), Tz::Europe__Lisbon, Passes),
        (overlap("Europe/London", ["22:00", "06:00"], 480), Tz::Europe__Paris, Fails),
    ]);
}

#[test]
fn each_season_is_explained_by_a_sentence() {
    let told = |rule: ZoneRule, zone: Tz| {
        let seasons = rule.evaluate(zone, 2026).seasons.into_iter();
        seasons.map(|season| season.detail).collect::<Vec<_>>()
    };
    assert_eq!(
        told(band(-480, 60), Tz::Europe__Berlin),
        [
            "At the June solstice Berlin is UTC+2, outside UTC-8..UTC+1.",
            "At the December solstice Berlin is UTC+1, within UTC-8..UTC+1.",
        ]
    );
    assert_eq!(
        told(around("Europe/Berlin", 210), Tz::Asia__Kolkata),
        [
            "At the June solstice Kolkata is UTC+5:30, 3 hours 30 minutes from Berlin (UTC+2); \
             the limit is 3 hours 30 minutes.",
            "At the December solstice Kolkata is UTC+5:30, 4 hours 30 minutes from Berlin (UTC+1); \
             the limit is 3 hours 30 minutes.",
        ]
    );
    assert_eq!(
        told(overlap("America/Los_Angeles", ["10:00", "18:00"], 60), Tz::America__New_York)[0],
        "At the June solstice New York is UTC-4: 10:00-18:00 there and 10:00-18:00 in Los Angeles \
         (UTC-7) share 5 hours; the rule asks for 1 hour."
    );
}

#[test]
fn one_season_is_enough_where_the_rule_says_so() {
    let either = rule(serde_json::json!({
        "utc_band": { "from_minutes": -480, "to_minutes": 60 }, "seasons": "either",
    }));
    let found = either.evaluate(Tz::Europe__Berlin, 2026);
    assert_eq!((found.outcome, found.eligible), (PassesInWinterOnly, true));
    assert!(!either.evaluate(Tz::Asia__Tokyo, 2026).eligible);
}

#[test]
fn the_clocks_of_the_year_that_is_asked_about_count() {
    // Turkey stayed on summer time in 2016.
    let winter = |year| band(120, 120).evaluate(Tz::Europe__Istanbul, year).seasons[1].passes;
    assert_eq!([2015, 2020].map(winter), [true, false]);
    assert_eq!(year_of(NaiveDate::from_ymd_opt(2150, 1, 1).unwrap()), 2099);
}

#[test]
fn a_rule_is_exactly_one_shape_that_can_be_met() {
    let misfit = |json: serde_json::Value| {
        serde_json::from_value::<TimeZoneRule>(json).unwrap().read().map(drop).unwrap_err().0
    };
    let band = serde_json::json!({ "from_minutes": 60, "to_minutes": 0 });
    let near = serde_json::json!({ "time_zone": "UTC", "minutes": 60 });
    let shared = |from: &str, to: &str, minutes: i32| {
        serde_json::json!({ "overlap": {
            "time_zone": "UTC", "office_hours": { "from": from, "to": to }, "minutes": minutes,
        } })
    };
    assert_eq!(misfit(serde_json::json!({})), "");
    assert_eq!(misfit(serde_json::json!({ "utc_band": band, "around": near })), "");
    assert_eq!(misfit(serde_json::json!({ "utc_band": band })), "/utc_band/to_minutes");
    assert_eq!(misfit(shared("09:00", "09:00", 60)), "/overlap/office_hours/to");
    assert_eq!(misfit(shared("09:00", "17:00", 481)), "/overlap/minutes");
}
