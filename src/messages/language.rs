//! The languages that candidates are written to in, and how a time reads in each.

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

use crate::clock::Instant;
use crate::text_enum;

text_enum! {
    /// A language that candidates are written to in (BCP 47).
    pub enum Language {
        /// German.
        De => "de",
        /// English.
        En => "en",
        /// Spanish.
        Es => "es",
        /// French.
        Fr => "fr",
        /// Italian.
        It => "it",
        /// Dutch.
        Nl => "nl",
        /// Portuguese.
        Pt => "pt",
    }
}

/// Monday to Sunday, and January to December.
type Names = ([&'static str; 7], [&'static str; 12]);

const GERMAN: Names = (
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
);
const ENGLISH: Names = (
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
);
const SPANISH: Names = (
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
);
const FRENCH: Names = (
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
);
const ITALIAN: Names = (
    ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
    [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
);
const DUTCH: Names = (
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
);
const PORTUGUESE: Names = (
    [
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ],
    [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
);

impl Language {
    /// The language of a tag such as `de-AT`, if it is one of these.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.iter().copied().find(|known| known.as_str() == primary)
    }

    const fn names(self) -> &'static Names {
        match self {
            Self::De => &GERMAN,
            Self::En => &ENGLISH,
            Self::Es => &SPANISH,
            Self::Fr => &FRENCH,
            Self::It => &ITALIAN,
            Self::Nl => &DUTCH,
            Self::Pt => &PORTUGUESE,
        }
    }

    /// An instant as the clock of a zone shows it, with the name of the zone.
    pub fn when(self, instant: Instant, zone: Tz) -> String {
        let there = instant.utc().with_timezone(&zone);
        let (days, months) = self.names();
        let named = |names: &[&'static str], place: u32| {
            usize::try_from(place).ok().and_then(|place| names.get(place).copied()).unwrap_or("")
        };
        let weekday = named(days, there.weekday().num_days_from_monday());
        let (day, month, year) = (there.day(), named(months, there.month0()), there.year());
        let clock = format!("{:02}:{:02}", there.hour(), there.minute());
        let told = match self {
            Self::De => format!("{weekday}, {day}. {month} {year}, {clock} Uhr"),
            Self::En | Self::It | Self::Nl => format!("{weekday} {day} {month} {year}, {clock}"),
            Self::Es | Self::Pt => format!("{weekday}, {day} de {month} de {year}, {clock}"),
            Self::Fr => format!("{weekday} {day} {month} {year} à {clock}"),
        };
        format!("{told} ({})", zone.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_as_in_the_language_and_by_the_clock_of_the_zone() {
        // 2026-03-24T16:05:00Z, in the week before Berlin puts its clocks forward and after New York did.
        let instant = Instant::from_micros(1_774_368_300_000_000);
        let told = |language: Language, zone: Tz| language.when(instant, zone);
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(
            told(Language::De, berlin),
            "Dienstag, 24. März 2026, 17:05 Uhr (Europe/Berlin)"
        );
        let york = chrono_tz::America::New_York;
        assert_eq!(told(Language::En, york), "Tuesday 24 March 2026, 12:05 (America/New_York)");
        assert_eq!(told(Language::Fr, berlin), "mardi 24 mars 2026 à 17:05 (Europe/Berlin)");
        assert_eq!(
            told(Language::Es, berlin),
            "martes, 24 de marzo de 2026, 17:05 (Europe/Berlin)"
        );
        assert_eq!(told(Language::It, berlin), "martedì 24 marzo 2026, 17:05 (Europe/Berlin)");
        assert_eq!(told(Language::Nl, berlin), "dinsdag 24 maart 2026, 17:05 (Europe/Berlin)");
        let lisbon = chrono_tz::Europe::Lisbon;
        assert_eq!(
            told(Language::Pt, lisbon),
            "terça-feira, 24 de março de 2026, 16:05 (Europe/Lisbon)"
        );
    }

    #[test]
    fn a_region_does_not_change_the_language() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::De));
        assert_eq!(Language::of_tag("en"), Some(Language::En));
        assert_eq!(Language::of_tag("ja-JP"), None);
    }
}
