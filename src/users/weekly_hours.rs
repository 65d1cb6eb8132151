//! When somebody works: the same every week, by the clock on their wall.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::Weekday;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// How many minutes a day has on the wall.
const DAY: u16 = 24 * 60;
/// How often somebody begins to work on one day.
const INTERVALS_MAX: usize = 3;

/// A minute of the day, written `09:00`; `24:00` is its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// So many minutes after the beginning of the day; none for more than a day has.
    pub fn of_minutes(minutes: u16) -> Option<Self> {
        (minutes <= DAY).then_some(Self(minutes))
    }

    /// Minutes since the beginning of the day.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let two = |digits: &str| {
            let plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| plain)
        };
        let parts = text.split_once(':').and_then(|(h, m)| Some((two(h)?, two(m)?)));
        parts
            .filter(|(_, minutes)| *minutes < 60)
            .map(|(hours, minutes)| hours * 60 + minutes)
            .filter(|minutes| *minutes <= DAY)
            .map(Self)
            .ok_or_else(|| "expected a time of the day such as 09:00".to_owned())
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for TimeOfDay {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A minute of the day by the clock on the wall; 24:00 is its end."))
            .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
            .examples([serde_json::Value::String("09:00".to_owned())])
            .into()
    }
}
impl ToSchema for TimeOfDay {
    fn name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }
}

/// From one minute of a day to a later one of the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkInterval {
    /// Its first minute.
    pub from: TimeOfDay,
    /// The minute after its last one.
    pub to: TimeOfDay,
}

/// The intervals of one day: in order, apart, three at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WorkDay(Vec<WorkInterval>);

impl WorkDay {
    /// The intervals in order.
    pub fn intervals(&self) -> &[WorkInterval] {
        &self.0
    }

    fn checked(intervals: Vec<WorkInterval>) -> Result<Self, &'static str> {
        if intervals.len() > INTERVALS_MAX {
            return Err("at most three intervals a day");
        }
        if intervals.iter().any(|interval| interval.from >= interval.to) {
            return Err("an interval ends after it begins, on the same day");
        }
        let apart = intervals.windows(2).all(|pair| match pair {
            [one, next] => one.to < next.from,
            _ => true,
        });
        if apart { Ok(Self(intervals)) } else { Err("intervals stand in order and apart") }
    }
}

impl<'de> Deserialize<'de> for WorkDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::checked(Vec::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl PartialSchema for WorkDay {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(Ref::from_schema_name("WorkInterval"))
            .max_items(Some(INTERVALS_MAX))
            .description(Some("The intervals of a day in order and apart; none on a day off."))
            .into()
    }
}
impl ToSchema for WorkDay {
    fn name() -> Cow<'static, str> {
        "WorkDay".into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((WorkInterval::name().into(), WorkInterval::schema()));
        schemas.push((TimeOfDay::name().into(), TimeOfDay::schema()));
    }
}

/// When somebody works in any week, by the clock on their wall. A day that is absent is a day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeeklyHours {
    /// Monday.
    pub monday: WorkDay,
    /// Tuesday.
    pub tuesday: WorkDay,
    /// Wednesday.
    pub wednesday: WorkDay,
    /// Thursday.
    pub thursday: WorkDay,
    /// Friday.
    pub friday: WorkDay,
    /// Saturday.
    pub saturday: WorkDay,
    /// Sunday.
    pub sunday: WorkDay,
}

impl WeeklyHours {
    /// The hours of one day of the week.
    pub fn on(&self, day: Weekday) -> &WorkDay {
        match day {
            Weekday::Mon => &self.monday,
            Weekday::Tue => &self.tuesday,
            Weekday::Wed => &self.wednesday,
            Weekday::Thu => &self.thursday,
            Weekday::Fri => &self.friday,
            Weekday::Sat => &self.saturday,
            Weekday::Sun => &self.sunday,
        }
    }

    /// What holds for somebody who says nothing: Monday to Friday, 09:00 to 17:30.
    pub fn usual() -> Self {
        let day = WorkDay(vec![WorkInterval { from: TimeOfDay(540), to: TimeOfDay(1050) }]);
        Self {
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day.clone(),
            friday: day,
            ..Self::default()
        }
    }
}

/// No day at all: what an absent day in a body means.
impl Default for WeeklyHours {
    fn default() -> Self {
        let off = WorkDay::default;
        Self {
            monday: off(),
            tuesday: off(),
            wednesday: off(),
            thursday: off(),
            friday: off(),
            saturday: off(),
            sunday: off(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_written_in_one_way() {
        let read = |text: &str| text.parse::<TimeOfDay>().map(TimeOfDay::minutes).ok();
        assert_eq!(
            (read("00:00"), read("17:30"), read("24:00")),
            (Some(0), Some(1050), Some(1440))
        );
        for text in ["9:00", "09:60", "24:01", "+9:00", "09:0", "0900", "09:00 "] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_intervals_of_a_day_stand_in_order_and_apart() {
        let read = |json: &str| serde_json::from_str::<WorkDay>(json).is_ok();
        assert!(read(r#"[{"from":"08:00","to":"12:00"},{"from":"13:00","to":"24:00"}]"#));
        assert!(read("[]"));
        assert!(!read(r#"[{"from":"08:00","to":"12:00"},{"from":"12:00","to":"17:00"}]"#));
        assert!(!read(r#"[{"from":"13:00","to":"17:00"},{"from":"08:00","to":"12:00"}]"#));
        assert!(!read(r#"[{"from":"22:00","to":"06:00"}]"#));
        let four = r#"[{"from":"01:00","to":"02:00"},{"from":"03:00","to":"04:00"},{"from":"05:00","to":"06:00"},{"from":"07:00","to":"08:00"}]"#;
        assert!(!read(four));
    }

    #[test]
    fn what_is_stored_reads_back() {
        let stored = serde_json::to_value(WeeklyHours::usual()).expect("a document");
        assert_eq!(stored["monday"][0]["to"], "17:30");
        assert_eq!(WeeklyHours::deserialize(stored).expect("hours"), WeeklyHours::usual());
    }
}
