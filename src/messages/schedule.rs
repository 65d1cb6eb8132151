//! When a message goes out.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::text_enum;
use crate::users::WeeklyHours;
use crate::working_time::Calendar;

/// How long a message that goes out now waits, so that it can still be called off.
const GRACE: TimeDelta = TimeDelta::minutes(2);
/// How far ahead a message is scheduled at most.
const AHEAD_MAX: TimeDelta = TimeDelta::days(90);
/// When a morning begins, in minutes of the day.
const MORNING: u16 = 9 * 60;

text_enum! {
    /// Whose time zone a message goes by.
    pub enum ZoneOf {
        /// The candidate's own.
        Candidate => "candidate",
        /// That of an office of the job, where the candidate's is not known.
        Office => "office",
        /// The organization's, where the job has no office.
        Organization => "organization",
    }
}

/// When a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SendAt {
    /// In two minutes, until when it can be called off.
    #[default]
    Now,
    /// At nine in the morning from Monday to Friday, by the candidate's clock.
    CandidateMorning,
    /// At an instant.
    At(Instant),
}

impl SendAt {
    /// The instant.
    ///
    /// # Errors
    /// `invalid` at the pointer for an instant that is over, or further ahead than ninety days.
    pub fn resolve(self, now: Instant, zone: Tz, pointer: impl Into<String>) -> Result<Instant> {
        match self {
            Self::Now => Ok(now + GRACE),
            Self::CandidateMorning => {
                let calendar = Calendar::new(zone, WeeklyHours::usual(), [], []);
                let none = || Error::internal("a week without a morning");
                calendar.next_time_of_day(now, MORNING).ok_or_else(none)
            }
            Self::At(at) if at > now && at <= now + AHEAD_MAX => Ok(at),
            Self::At(_) => {
                let detail = "An instant to come, within ninety days.";
                Err(Error::invalid(pointer, "out_of_range", detail))
            }
        }
    }
}

impl FromStr for SendAt {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            "candidate_morning" => Ok(Self::CandidateMorning),
            other => serde_json::from_value(serde_json::Value::String(other.to_owned()))
                .map(Self::At)
                .map_err(|_| {
                    "expected now, candidate_morning or an instant such as 2026-11-22T17:30:00Z"
                        .to_owned()
                }),
        }
    }
}

impl<'de> Deserialize<'de> for SendAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl PartialSchema for SendAt {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "When it goes out: `now`, which waits two minutes, until when it can be called off; \
                 `candidate_morning`, the next nine o'clock from Monday to Friday by the candidate's clock; or an \
                 instant (RFC 3339) within ninety days.",
            ))
            .max_length(Some(40))
            .examples([serde_json::Value::String("candidate_morning".to_owned())])
            .into()
    }
}

impl ToSchema for SendAt {
    fn name() -> Cow<'static, str> {
        "SendAt".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).unwrap()
    }

    fn morning(now: &str, zone: Tz) -> String {
        SendAt::CandidateMorning.resolve(at(now), zone, "/send_at").unwrap().to_string()
    }

    #[test]
    fn a_morning_is_nine_by_the_candidates_clock_on_either_side_of_a_change_of_clocks() {
        let berlin = chrono_tz::Europe::Berlin;
        // On the Friday before the clocks go forward nine is 08:00Z, on the Monday after it 07:00Z.
        assert_eq!(morning("2026-03-27T07:59:59Z", berlin), "2026-03-27T08:00:00Z");
        assert_eq!(morning("2026-03-27T08:00:00Z", berlin), "2026-03-30T07:00:00Z");
        // And back.
        assert_eq!(morning("2026-10-23T12:00:00Z", berlin), "2026-10-26T08:00:00Z");
        let york = chrono_tz::America::New_York;
        assert_eq!(morning("2026-03-06T20:00:00Z", york), "2026-03-09T13:00:00Z");
        // Without summer time, beyond the date line, and by quarters of an hour.
        assert_eq!(morning("2026-07-03T00:00:00Z", chrono_tz::Asia::Tokyo), "2026-07-06T00:00:00Z");
        let line = chrono_tz::Pacific::Kiritimati;
        assert_eq!(morning("2026-11-22T12:00:00Z", line), "2026-11-22T19:00:00Z");
        assert_eq!(
            morning("2026-11-23T00:00:00Z", chrono_tz::Asia::Kathmandu),
            "2026-11-23T03:15:00Z"
        );
        // A zone whose clocks change by half an hour.
        let howe = chrono_tz::Australia::Lord_Howe;
        assert_eq!(morning("2026-10-02T00:00:00Z", howe), "2026-10-04T22:00:00Z");
        assert_eq!(morning("2026-10-01T00:00:00Z", howe), "2026-10-01T22:30:00Z");
    }

    #[test]
    fn an_instant_lies_ahead_and_not_too_far() {
        let now = at("2026-11-23T08:00:00Z");
        let told = |text: &str| {
            text.parse::<SendAt>().unwrap().resolve(now, Tz::UTC, "/send_at").map_err(|e| e.code)
        };
        assert_eq!(told("now"), Ok(at("2026-11-23T08:02:00Z")));
        assert_eq!(told("2026-11-24T10:00:00+02:00"), Ok(at("2026-11-24T08:00:00Z")));
        assert!(told("2026-11-23T08:00:00Z").is_err() && told("2027-03-23T08:00:00Z").is_err());
        assert!("tomorrow".parse::<SendAt>().is_err());
    }
}
