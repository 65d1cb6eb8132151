//! Types of input fields that carry their own limits, so that the schema and the check are one.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// Characters that change how the text around them is shown, or that are not shown at all.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One line of text: 1 to `MAX` characters after trimming, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

/// Text of several lines: 1 to `MAX` characters after trimming, no control characters but line
/// breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(String);

macro_rules! text_field {
    ($name:ident, $schema:literal, $allowed:expr) => {
        impl<const MAX: usize> $name<MAX> {
            /// The text as a column takes it.
            pub fn to_text(&self) -> String {
                self.0.clone()
            }
        }
        impl<const MAX: usize> Deref for $name<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<const MAX: usize> std::str::FromStr for $name<MAX> {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                let allowed: fn(char) -> bool = $allowed;
                let text = text.trim();
                if text.is_empty() {
                    return Err("must not be empty".to_owned());
                }
                if text.chars().count() > MAX {
                    return Err(format!("at most {MAX} characters"));
                }
                if text.chars().any(|c| (c.is_control() && !allowed(c)) || is_deceptive(c)) {
                    return Err("control and direction characters are not allowed".to_owned());
                }
                Ok(Self(text.to_owned()))
            }
        }
        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
        impl<const MAX: usize> PartialSchema for $name<MAX> {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(format!(concat!($schema, " of at most {} characters."), MAX)))
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .examples([serde_json::Value::String("Text".to_owned())])
                    .into()
            }
        }
        impl<const MAX: usize> ToSchema for $name<MAX> {
            fn name() -> Cow<'static, str> {
                format!("{}{MAX}", stringify!($name)).into()
            }
        }
    };
}
text_field!(Line, "One line", |_| false);
text_field!(Prose, "Text", |c| matches!(c, '\n' | '\r' | '\t'));

macro_rules! parsed_field {
    ($name:ident, $example:literal, $max:literal, $doc:literal, $format:expr, $parse:expr) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text as a column takes it.
            pub fn to_text(&self) -> String {
                self.0.clone()
            }
        }
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                if text.len() > $max {
                    return Err(concat!("at most ", $max, " characters").to_owned());
                }
                let parse: fn(&str) -> Result<String, String> = $parse;
                parse(text).map(Self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let format: Option<SchemaFormat> = $format;
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some($doc))
                    .format(format)
                    .max_length(Some($max))
                    .examples([serde_json::Value::String($example.to_owned())])
                    .into()
            }
        }
        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

parsed_field!(
    Email,
    "ada@example.com",
    254,
    "An e-mail address; its domain is kept in lower case.",
    Some(SchemaFormat::KnownFormat(KnownFormat::Email)),
    |text| {
        let text = text.trim();
        let plain = email_address::Options::default().without_display_text().with_required_tld();
        let parsed = email_address::EmailAddress::parse_with_options(text, plain)
            .map_err(|_| "not an e-mail address".to_owned())?;
        Ok(format!("{}@{}", parsed.local_part(), parsed.domain().to_lowercase()))
    }
);

parsed_field!(Zone, "Europe/Berlin", 64, "An IANA time zone.", None, |text| {
    let zone: chrono_tz::Tz = text.parse().map_err(|_| "not an IANA time zone".to_owned())?;
    Ok(zone.name().to_owned())
});

/// The key of a custom field.
fn is_key(text: &str) -> bool {
    let tail = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    text.bytes().next().is_some_and(|first| first.is_ascii_lowercase()) && text.bytes().all(tail)
}

parsed_field!(
    Key,
    "notice_period",
    60,
    "A key: lower case letters, digits and underscores, beginning with a letter.",
    None,
    |text| if is_key(text) {
        Ok(text.to_owned())
    } else {
        Err("not a key such as notice_period".to_owned())
    }
);

/// A link that a browser opens.
///
/// # Errors
/// A sentence for everything that is no http or https link with a host.
pub fn web_link(text: &str) -> Result<String, String> {
    let parsed = url::Url::parse(text).ok().filter(url::Url::has_host);
    match parsed {
        Some(url) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
        _ => Err("a link begins with https:// or http:// and names a host".to_owned()),
    }
}

parsed_field!(
    MeetingUrl,
    "https://meet.example.com/ada",
    500,
    "Where people meet: an address that begins with https://.",
    Some(SchemaFormat::Custom("uri".to_owned())),
    |text| {
        let url = url::Url::parse(text.trim()).ok();
        let fits = |url: &url::Url| url.scheme() == "https" && url.has_host();
        url.filter(fits)
            .map(String::from)
            .ok_or_else(|| "an address begins with https:// and names a host".to_owned())
    }
);

parsed_field!(
    Score,
    "87.5",
    14,
    "An exact number: up to nine digits, and up to four behind a point.",
    None,
    |text| if ten_thousandths(text).is_some() {
        Ok(text.to_owned())
    } else {
        Err("not a number such as 87.5".to_owned())
    }
);

impl Score {
    /// One, as [`Score::ten_thousandths`] counts.
    pub const ONE: i64 = 10_000;

    /// The number in ten-thousandths, which is exact.
    pub fn ten_thousandths(&self) -> i64 {
        ten_thousandths(&self.0).unwrap_or_default()
    }
}

/// An exact number in ten-thousandths; none for what is none.
fn ten_thousandths(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(whole, 9) || !digits(rest, 4) {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * Score::ONE + format!("{rest:0<4}").parse::<i64>().ok()?)
}

parsed_field!(Country, "DE", 2, "A country: two letters of ISO 3166-1.", None, |text| {
    let known = rust_iso3166::from_alpha2(text);
    known
        .map(|country| country.alpha2.to_owned())
        .ok_or_else(|| "not a country such as DE".to_owned())
});

parsed_field!(
    Locale,
    "en-GB",
    35,
    "A language tag (BCP 47): a language, optionally a region.",
    None,
    |text| {
        let (language, region) = text.split_once('-').map_or((text, None), |(l, r)| (l, Some(r)));
        let language_fits =
            (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        let region_fits =
            region.is_none_or(|r| r.len() == 2 && r.bytes().all(|b| b.is_ascii_uppercase()));
        if language_fits && region_fits {
            Ok(text.to_owned())
        } else {
            Err("not a language tag such as en-GB".to_owned())
        }
    }
);

parsed_field!(
    AddressRange,
    "203.0.113.0/24",
    43,
    "An IP address, or a range of them in CIDR notation; IPv4 or IPv6.",
    None,
    |text| {
        let alone = |text: &str| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
        let range = text.parse::<ipnet::IpNet>().or_else(|_| alone(text));
        let range =
            range.map_err(|_| "not an address or range such as 203.0.113.0/24".to_owned())?;
        Ok(range.trunc().to_string())
    }
);

impl Email {
    /// What identifies the account: the whole address in lower case. Dots and `+` stay.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Reads a whole number that JSON may write as `15` or `15.0`; JSON Schema calls both integers.
///
/// # Errors
/// A fraction, or a number outside `i32`.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let fits = |value: f64| value.fract() == 0.0 && value.abs() < 2_147_483_648.0;
    let narrow = |wide: i64| {
        i32::try_from(wide).map_err(|_| D::Error::custom("a whole number is too large"))
    };
    match (number.as_i64(), number.as_f64()) {
        (Some(wide), _) => narrow(wide),
        // The text of an integral float below 2^31 is exact.
        (None, Some(value)) if fits(value) => {
            format!("{value:.0}").parse().map_err(|_| D::Error::custom("expected a whole number"))
        }
        _ => Err(D::Error::custom("expected a whole number")),
    }
}

/// The same for a field that may be absent.
///
/// # Errors
/// A fraction, or a number outside `i32`.
pub fn maybe_whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole")] i32);
    Ok(Option::<Whole>::deserialize(deserializer)?.map(|Whole(number)| number))
}

/// A whole number from 1 to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct UpTo<const MAX: i32>(i32);

impl<const MAX: i32> UpTo<MAX> {
    /// The number as a column takes it.
    pub fn number(self) -> i32 {
        self.0
    }
}

impl<'de, const MAX: i32> Deserialize<'de> for UpTo<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = whole(deserializer)?;
        let fits = (1..=MAX).contains(&number);
        fits.then_some(Self(number)).ok_or_else(|| D::Error::custom(format!("from 1 to {MAX}")))
    }
}

impl<const MAX: i32> PartialSchema for UpTo<MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some(format!("A whole number from 1 to {MAX}.")))
            .minimum(Some(1))
            .maximum(Some(MAX))
            .examples([serde_json::Value::from(2)])
            .into()
    }
}
impl<const MAX: i32> ToSchema for UpTo<MAX> {
    fn name() -> Cow<'static, str> {
        format!("UpTo{MAX}").into()
    }
}

/// A day of the calendar, written `2026-11-22` and in no other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Day(chrono::NaiveDate);

impl Day {
    /// The day as a column takes it.
    pub fn date(self) -> chrono::NaiveDate {
        self.0
    }
}

impl From<chrono::NaiveDate> for Day {
    fn from(date: chrono::NaiveDate) -> Self {
        Self(date)
    }
}

impl std::str::FromStr for Day {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let year = text.get(..4).and_then(|year| year.parse::<u16>().ok());
        let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        match (date, year) {
            // chrono also reads `2026-1-2` and years of other lengths; databases differ on those.
            (Some(date), Some(1900..=2999)) if text.len() == 10 => Ok(Self(date)),
            _ => Err("expected a day such as 2026-11-22, between 1900 and 2999".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A day of the calendar, between 1900 and 2999."))
            .pattern(Some("^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$"))
            .examples([serde_json::Value::String("2026-11-22".to_owned())])
            .into()
    }
}
impl ToSchema for Day {
    fn name() -> Cow<'static, str> {
        "Day".into()
    }
}

/// The three states of a merge-patch field (RFC 7396): absent keeps, null clears, a value sets.
/// Use with `#[serde(default, with = "…double_option")]` on `Option<Option<T>>`.
pub use serde_with::rust::double_option;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_bounded() {
        assert_eq!("  Ada ".parse::<Line<5>>().map(|line| line.to_text()), Ok("Ada".to_owned()));
        assert!("Ada L.".parse::<Line<5>>().is_err());
        assert!("   ".parse::<Line<5>>().is_err());
        assert!("a\nb".parse::<Line<5>>().is_err());
        assert!("a\u{202e}b".parse::<Line<5>>().is_err());
        assert!("a\nb".parse::<Prose<5>>().is_ok());
    }

    #[test]
    fn an_address_keeps_its_local_part_and_lowers_its_domain() {
        let email: Email = "Ada.L+x@EXAMPLE.com".parse().expect("an address");
        assert_eq!(&*email, "Ada.L+x@example.com");
        assert_eq!(email.folded(), "ada.l+x@example.com");
        assert!("Ada <ada@example.com>".parse::<Email>().is_err());
        assert!("ada".parse::<Email>().is_err());
    }

    #[test]
    fn people_meet_where_nobody_listens_in() {
        let read = |text: &str| text.parse::<MeetingUrl>().map(|url| url.to_text()).ok();
        let room = "https://meet.example.com/ada?pwd=x";
        assert_eq!(read(room).as_deref(), Some(room));
        assert_eq!(read("https://a.example/b c").as_deref(), Some("https://a.example/b%20c"));
        for wrong in ["http://meet.example.com", "meet.example.com/ada", "https://", "tel:+49"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read(&format!("https://a.example/{}", "x".repeat(500))), None);
    }

    #[test]
    fn a_score_is_exact() {
        let read = |text: &str| text.parse::<Score>().map(|score| score.ten_thousandths()).ok();
        assert_eq!(read("87.5"), Some(875_000));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("999999999.9999"), Some(9_999_999_999_999));
        for wrong in ["", "-1", "1.", ".5", "1e3", "1,5", "1.00001", "1000000000", "NaN", " 1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        let read = |text: &str| text.parse::<Day>().map(|day| day.date().to_string()).ok();
        assert_eq!(read("2028-02-29").as_deref(), Some("2028-02-29"));
        for text in
            ["2026-1-2", "2026-02-29", "20260102", "1899-12-31", "+12026-01-01", "2026-01-02 "]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_zero_fraction() {
        let read = |json: &str| whole(&mut serde_json::Deserializer::from_str(json)).ok();
        assert_eq!(read("15"), Some(15));
        assert_eq!(read("15.0"), Some(15));
        assert_eq!(read("15.5"), None);
        assert_eq!(read("99999999999"), None);
        assert_eq!(read("\"15\""), None);
    }
}
