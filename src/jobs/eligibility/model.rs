//! Three shapes of rules about time zones, and what comes of them for one zone in one year.
//!
//! A rule is asked at noon UTC of 21 June and of 21 December, because clocks change in between: by the rules of each zone,
//! never by a fixed offset. Summer and winter are those of the north, whatever the zone: summer is June.

use chrono::{Datelike, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::http::fields::{Zone, whole};
use crate::text_enum;
use crate::users::TimeOfDay;

/// How many minutes a day has.
const DAY: i32 = 24 * 60;
/// The years whose clocks are known well enough.
pub const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

text_enum! {
    /// At which solstices a zone has to fit.
    pub enum RuleSeasons {
        /// At both of them.
        Both => "both",
        /// At one of them at least.
        Either => "either",
    }
}

text_enum! {
    /// A solstice, in the middle of the half-year for which it stands.
    pub enum Solstice {
        /// 21 June.
        June => "june",
        /// 21 December.
        December => "december",
    }
}

text_enum! {
    /// What comes of a rule for a zone. Summer and winter are those of the north.
    pub enum ZoneOutcome {
        /// It fits all year.
        Passes => "passes",
        /// It fits at the June solstice alone.
        PassesInSummerOnly => "passes_in_summer_only",
        /// It fits at the December solstice alone.
        PassesInWinterOnly => "passes_in_winter_only",
        /// It never fits.
        Fails => "fails",
    }
}

/// Offsets from UTC, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UtcBand {
    /// The westernmost offset, in minutes east of UTC: -480 is UTC-8.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = -720, max = 840))]
    #[schema(minimum = -720, maximum = 840, example = -480)]
    pub from_minutes: i32,
    /// The easternmost offset, in minutes east of UTC; not west of the other one.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = -720, max = 840))]
    #[schema(minimum = -720, maximum = 840, example = 60)]
    pub to_minutes: i32,
}

/// So many minutes from what the clocks of a zone show. The date counts: what shows the same time a day apart is 24 hours
/// away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AroundZone {
    /// The zone that is measured from.
    pub time_zone: Zone,
    /// The largest difference in minutes, either way.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 0, max = 1440))]
    #[schema(minimum = 0, maximum = 1440, example = 120)]
    pub minutes: i32,
}

/// From one time of the day to another by the same clock; one that ends before it begins goes on past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayHours {
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends.
    pub to: TimeOfDay,
}

/// Working hours that are shared with an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedHours {
    /// The zone of the office.
    pub time_zone: Zone,
    /// The office's day by its own clock.
    pub office_hours: DayHours,
    /// The day that somebody elsewhere works by their own clock; the same hours as the office's when it is absent.
    pub own_hours: Option<DayHours>,
    /// The fewest minutes that both share, whatever the date.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 1, max = 1440))]
    #[schema(minimum = 1, maximum = 1440, example = 240)]
    pub minutes: i32,
}

/// Which time zones fit: exactly one of the three shapes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeZoneRule {
    /// Offsets from UTC.
    #[validate(nested)]
    pub utc_band: Option<UtcBand>,
    /// So far from a zone.
    #[validate(nested)]
    pub around: Option<AroundZone>,
    /// Hours that are shared with an office.
    #[validate(nested)]
    pub overlap: Option<SharedHours>,
    /// At which solstices a zone has to fit; at both when it is absent.
    pub seasons: Option<RuleSeasons>,
}

/// A rule that is written down wrongly: where below the rule, and a sentence.
pub type Misfit = (&'static str, &'static str);

/// What a zone is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Band { from: i32, to: i32 },
    Around { zone: Tz, minutes: i32 },
    Overlap { zone: Tz, office: Hours, own: Hours, minutes: i32 },
}

/// Minutes of a day: when they begin, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hours {
    from: i32,
    length: i32,
}

impl Hours {
    fn of(hours: DayHours) -> Self {
        let (from, to) = (i32::from(hours.from.minutes()), i32::from(hours.to.minutes()));
        Self { from, length: if to > from { to - from } else { to + DAY - from } }
    }

    /// As it stands on the wall.
    fn shown(self) -> String {
        let clock = |minutes: i32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let end = self.from + self.length;
        format!("{}-{}", clock(self.from), clock(if end > DAY { end - DAY } else { end }))
    }

    /// How many minutes it shares with others when the two zones have these offsets. Of both somebody works every day,
    /// so the others' yesterday and tomorrow count as well.
    fn shared(self, offset: i32, others: Self, others_offset: i32) -> i32 {
        let begins = self.from - offset;
        let one_day = |day: i32| {
            let theirs = others.from - others_offset + day * DAY;
            let ends = (begins + self.length).min(theirs + others.length);
            (ends - begins.max(theirs)).max(0)
        };
        // Offsets differ by 26 hours at most.
        (-4..=4).map(one_day).sum()
    }
}

/// A rule that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneRule {
    shape: Shape,
    seasons: RuleSeasons,
}

/// A zone at one solstice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ZoneSeason {
    /// Which.
    pub solstice: Solstice,
    /// Whether it fits then.
    pub passes: bool,
    /// What the zone's clocks show then, in minutes east of UTC.
    #[schema(example = 120)]
    pub offset_minutes: i32,
    /// Why, as a sentence.
    #[schema(example = "At the June solstice Berlin is UTC+2, outside UTC-8..UTC+1.")]
    pub detail: String,
}

/// What comes of a rule for a zone in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ZoneEvaluation {
    /// What comes of it.
    pub outcome: ZoneOutcome,
    /// Whether that is enough for the rule, which may ask for one season alone.
    pub eligible: bool,
    /// June, then December.
    pub seasons: Vec<ZoneSeason>,
}

impl TimeZoneRule {
    /// The rule as it is asked.
    ///
    /// # Errors
    /// Where it is wrong, and why.
    pub fn read(&self) -> Result<ZoneRule, Misfit> {
        let shape = match (&self.utc_band, &self.around, &self.overlap) {
            (Some(band), None, None) => band.shape()?,
            (None, Some(around), None) => {
                Shape::Around { zone: zone_of(&around.time_zone)?, minutes: around.minutes }
            }
            (None, None, Some(overlap)) => overlap.shape()?,
            (Some(_) | None, Some(_) | None, Some(_) | None) => {
                return Err(("", "Give exactly one of utc_band, around and overlap."));
            }
        };
        Ok(ZoneRule { shape, seasons: self.seasons.unwrap_or(RuleSeasons::Both) })
    }
}

impl UtcBand {
    fn shape(&self) -> Result<Shape, Misfit> {
        if self.from_minutes > self.to_minutes {
            return Err(("/utc_band/to_minutes", "It lies west of the other end."));
        }
        Ok(Shape::Band { from: self.from_minutes, to: self.to_minutes })
    }
}

impl SharedHours {
    fn shape(&self) -> Result<Shape, Misfit> {
        let own = self.own_hours.unwrap_or(self.office_hours);
        for (hours, at) in
            [(self.office_hours, "/overlap/office_hours/to"), (own, "/overlap/own_hours/to")]
        {
            if hours.from == hours.to {
                return Err((at, "The day ends when it begins."));
            }
        }
        let (office, own) = (Hours::of(self.office_hours), Hours::of(own));
        if self.minutes > office.length.min(own.length) {
            return Err(("/overlap/minutes", "The days are shorter than that."));
        }
        let zone = zone_of(&self.time_zone)?;
        Ok(Shape::Overlap { zone, office, own, minutes: self.minutes })
    }
}

fn zone_of(zone: &Zone) -> Result<Tz, Misfit> {
    zone.parse().map_err(|_unknown| ("", "There is no such time zone."))
}

impl ZoneRule {
    /// What comes of the rule for a zone in a year.
    pub fn evaluate(&self, zone: Tz, year: i32) -> ZoneEvaluation {
        let seasons =
            [Solstice::June, Solstice::December].map(|solstice| self.at(zone, solstice, year));
        let [june, december] = seasons.each_ref().map(|season| season.passes);
        let outcome = match (june, december) {
            (true, true) => ZoneOutcome::Passes,
            (true, false) => ZoneOutcome::PassesInSummerOnly,
            (false, true) => ZoneOutcome::PassesInWinterOnly,
            (false, false) => ZoneOutcome::Fails,
        };
        let eligible = match self.seasons {
            RuleSeasons::Both => june && december,
            RuleSeasons::Either => june || december,
        };
        ZoneEvaluation { outcome, eligible, seasons: seasons.into() }
    }

    fn at(&self, zone: Tz, solstice: Solstice, year: i32) -> ZoneSeason {
        let offset = offset(zone, solstice, year);
        let (passes, detail) = self.shape.judge(zone, (solstice, year), offset);
        ZoneSeason { solstice, passes, offset_minutes: offset, detail }
    }
}

impl Shape {
    /// Whether a zone with this offset fits at a solstice, and why.
    fn judge(self, zone: Tz, (solstice, year): (Solstice, i32), here: i32) -> (bool, String) {
        let begins = format!("At the {} {} is {}", solstice.named(), place(zone), utc(here));
        match self {
            Self::Band { from, to } => {
                let passes = (from..=to).contains(&here);
                let side = if passes { "within" } else { "outside" };
                (passes, format!("{begins}, {side} {}..{}.", utc(from), utc(to)))
            }
            Self::Around { zone: base, minutes } => {
                let there = offset(base, solstice, year);
                let apart = (here - there).abs();
                let (base, there) = (place(base), utc(there));
                let (apart_by, most) = (span(apart), span(minutes));
                let detail =
                    format!("{begins}, {apart_by} from {base} ({there}); the limit is {most}.");
                (apart <= minutes, detail)
            }
            Self::Overlap { zone: base, office, own, minutes } => {
                let there = offset(base, solstice, year);
                let shared = office.shared(there, own, here);
                let (theirs, ours, base) = (own.shown(), office.shown(), place(base));
                let (there, shared_by, least) = (utc(there), span(shared), span(minutes));
                let detail = format!(
                    "{begins}: {theirs} there and {ours} in {base} ({there}) share {shared_by}; \
                     the rule asks for {least}."
                );
                (shared >= minutes, detail)
            }
        }
    }
}

impl Solstice {
    fn named(self) -> &'static str {
        match self {
            Self::June => "June solstice",
            Self::December => "December solstice",
        }
    }

    fn month(self) -> u32 {
        match self {
            Self::June => 6,
            Self::December => 12,
        }
    }
}

/// Minutes east of UTC at noon UTC of a solstice.
fn offset(zone: Tz, solstice: Solstice, year: i32) -> i32 {
    let noon = NaiveDate::from_ymd_opt(year, solstice.month(), 21)
        .and_then(|day| day.and_hms_opt(12, 0, 0));
    let noon = noon.unwrap_or_default();
    zone.offset_from_utc_datetime(&noon).fix().local_minus_utc() / 60
}

/// What people call a zone: its city.
fn place(zone: Tz) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// `UTC`, `UTC-8`, `UTC+5:30`.
fn utc(minutes: i32) -> String {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let sign = if minutes < 0 { '-' } else { '+' };
    match (hours, rest) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// `1 hour`, `3 hours 30 minutes`.
fn span(minutes: i32) -> String {
    let many =
        |count: i32, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match (minutes / 60, minutes % 60) {
        (hours, 0) => many(hours, "hour"),
        (0, rest) => many(rest, "minute"),
        (hours, rest) => format!("{} {}", many(hours, "hour"), many(rest, "minute")),
    }
}

/// The year of a day, as far as its clocks are known.
pub fn year_of(day: NaiveDate) -> i32 {
    day.year().clamp(*YEARS.start(), *YEARS.end())
}

#[cfg(test)]
mod tests;
