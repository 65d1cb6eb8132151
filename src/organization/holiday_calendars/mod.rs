//! Calendars of public holidays: a country's, or those of a part of it.
//!
//! Tables: `holiday_calendars`, `holidays`. The days come from an iCalendar file or from the days
//! that the service knows by itself (`data/public-holidays`), and are replaced as a whole. A day
//! stands once in a calendar. A calendar that somebody goes by cannot be removed, only archived:
//! then nobody else takes it.

pub mod api;
mod built_in;
pub(crate) mod commands;
mod ics;
pub(crate) mod store;

pub use store::is_usable;

use std::borrow::Cow;

use crate::http::Operations;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// Where the days of a calendar come from.
    pub enum HolidaySource {
        /// An iCalendar file.
        Ics => "ics",
        /// The days that the service knows by itself.
        BuiltIn => "built_in",
    }
}

/// A day on which nobody works.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewHoliday {
    /// The day.
    pub on: NaiveDate,
    /// What it is called, in one line of at most 200 characters.
    pub name: String,
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_holiday_regions)
        .service(api::create_holiday_calendar)
        .service(api::list_holiday_calendars)
        .service(api::get_holiday_calendar)
        .service(api::update_holiday_calendar)
        .service(api::remove_holiday_calendar)
        .service(api::list_holidays)
        .service(api::replace_holidays);
}

/// What holidays are called at most, in characters.
const NAME_MAX: usize = 200;

/// Days in order, each once; several names of a day stand together.
fn in_order(mut days: Vec<NewHoliday>) -> Vec<NewHoliday> {
    days.sort();
    let mut merged: Vec<NewHoliday> = Vec::with_capacity(days.len());
    for day in days {
        match merged.last_mut() {
            Some(last) if last.on == day.on => {
                if last.name != day.name {
                    let both = format!("{}; {}", last.name, day.name);
                    last.name = both.chars().take(NAME_MAX).collect();
                }
            }
            _ => merged.push(day),
        }
    }
    merged
}

/// A country or a part of one: ISO 3166-1 alpha-2, or ISO 3166-2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// The code as a column takes it.
    pub fn to_text(&self) -> String {
        self.0.clone()
    }
}

impl std::str::FromStr for Region {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (country, part) = text.split_once('-').map_or((text, None), |(c, p)| (c, Some(p)));
        let country_fits = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let part_fits = part.is_none_or(|p| (1..=3).contains(&p.len()) && p.bytes().all(fits));
        if country_fits && part_fits {
            Ok(Self(text.to_owned()))
        } else {
            Err("not a code such as DE or DE-BE".to_owned())
        }
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Region {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A country or a part of one: ISO 3166-1 alpha-2, or ISO 3166-2."))
            .pattern(Some("^[A-Z]{2}(-[A-Z0-9]{1,3})?$"))
            .examples([serde_json::Value::String("DE-BE".to_owned())])
            .into()
    }
}
impl utoipa::ToSchema for Region {
    fn name() -> Cow<'static, str> {
        "Region".into()
    }
}
