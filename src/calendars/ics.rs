//! Entries in iCalendar (RFC 5545, RFC 5546), as Gmail, Outlook and everybody else take them. Pure.
//!
//! Written here and not by the `icalendar` crate, which reads for us: it writes no VTIMEZONE, sorts
//! properties its own way and makes up identifiers and instants where one is forgotten.

use chrono::{DateTime, LocalResult, TimeZone, Utc};
use chrono_tz::Tz;

use super::zone;
use super::{Entry, Invitation, Method};

/// Who made it, for those who look into a file.
const PRODUCT: &str = "-//Evenbar//Evenbar//EN";
/// The longest line in octets, without its end (RFC 5545 §3.1).
const LINE_MAX: usize = 75;

/// Somebody in an entry.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    /// The name; may be empty.
    pub name: &'a str,
    /// The address.
    pub email: &'a str,
}

impl Invitation {
    /// The file of this invitation. The organizer is whoever sends it: mail programs show their
    /// buttons only then.
    pub fn write(&self, organizer: Party<'_>, attendee: Party<'_>) -> String {
        let mut file = File::begin();
        file.plain("METHOD", self.method.as_str());
        let wall = on_the_wall(&self.entry);
        if wall.is_some() {
            file.zone(self.entry.zone, self.entry.starts_at.utc());
        }
        file.event(&self.entry, wall, |file| {
            file.party("ORGANIZER", organizer);
            let asks = match self.method {
                Method::Request => ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE",
                Method::Cancel => "",
            };
            file.party(&format!("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{asks}"), attendee);
        });
        file.end()
    }
}

/// A file that a calendar follows. Times are in UTC there: calendars show them in the zone of
/// whoever looks, and one definition of a zone could not cover years of entries.
pub fn feed(name: &str, entries: &[Entry]) -> String {
    let mut file = File::begin();
    file.plain("METHOD", "PUBLISH");
    file.text("NAME", name);
    file.text("X-WR-CALNAME", name);
    file.plain("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    file.plain("X-PUBLISHED-TTL", "PT1H");
    for entry in entries {
        file.event(entry, None, |_| {});
    }
    file.end()
}

/// Both ends by the clock of the entry's zone, where that names the instants: when clocks are put back
/// an hour comes twice, and what touches it is said in UTC.
fn on_the_wall(entry: &Entry) -> Option<(String, String)> {
    let zone = entry.zone;
    let read = |at: DateTime<Utc>| {
        let local = at.with_timezone(&zone).naive_local();
        match zone.from_local_datetime(&local) {
            LocalResult::Single(_) => Some(local.format("%Y%m%dT%H%M%S").to_string()),
            LocalResult::Ambiguous(..) | LocalResult::None => None,
        }
    };
    if zone == Tz::UTC {
        return None;
    }
    read(entry.starts_at.utc()).zip(read(entry.ends_at.utc()))
}

fn in_utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

struct File(String);

impl File {
    fn begin() -> Self {
        let mut file = Self(String::new());
        file.line("BEGIN:VCALENDAR");
        file.plain("PRODID", PRODUCT);
        file.plain("VERSION", "2.0");
        file.plain("CALSCALE", "GREGORIAN");
        file
    }

    fn end(mut self) -> String {
        self.line("END:VCALENDAR");
        self.0
    }

    fn zone(&mut self, zone: Tz, at: DateTime<Utc>) {
        for line in zone::lines(zone, at) {
            self.line(&line);
        }
    }

    fn event(
        &mut self,
        entry: &Entry,
        wall: Option<(String, String)>,
        parties: impl FnOnce(&mut Self),
    ) {
        self.line("BEGIN:VEVENT");
        self.plain("UID", &entry.uid);
        self.plain("DTSTAMP", &in_utc(entry.stamp.utc()));
        self.plain("SEQUENCE", &entry.sequence.to_string());
        if let Some((start, end)) = wall {
            self.plain(&format!("DTSTART;TZID={}", entry.zone.name()), &start);
            self.plain(&format!("DTEND;TZID={}", entry.zone.name()), &end);
        } else {
            self.plain("DTSTART", &in_utc(entry.starts_at.utc()));
            self.plain("DTEND", &in_utc(entry.ends_at.utc()));
        }
        self.text("SUMMARY", &entry.summary);
        if !entry.notes.is_empty() {
            self.text("DESCRIPTION", &entry.notes.join("\n"));
        }
        if let Some(location) = &entry.location {
            self.text("LOCATION", location);
        }
        if let Some(url) = &entry.url {
            self.plain("URL", url);
        }
        self.plain("STATUS", if entry.cancelled { "CANCELLED" } else { "CONFIRMED" });
        self.plain("TRANSP", "OPAQUE");
        if entry.private {
            self.plain("CLASS", "PRIVATE");
        }
        parties(self);
        self.line("END:VEVENT");
    }

    /// A property whose value is no text; it holds what is ours, or an address that was checked.
    fn plain(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        self.line(&format!("{name}:{value}"));
    }

    /// A property of text (RFC 5545 §3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                '\n' => escaped.push_str("\\n"),
                c if c.is_control() => {}
                c => escaped.push(c),
            }
        }
        self.line(&format!("{name}:{escaped}"));
    }

    fn party(&mut self, property: &str, Party { name, email }: Party<'_>) {
        // A quoted parameter holds everything but quotes and control characters.
        let name: String = name.chars().filter(|c| !c.is_control() && *c != '"').collect();
        let named = if name.is_empty() { String::new() } else { format!(";CN=\"{name}\"") };
        self.line(&format!("{property}{named}:mailto:{}", as_uri(email)));
    }

    /// Folds a line where it grows too long, never inside a character.
    fn line(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LINE_MAX {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// An address as `mailto:` takes it (RFC 6068).
fn as_uri(email: &str) -> String {
    let mut uri = String::with_capacity(email.len());
    for c in email.chars() {
        if c.is_ascii_alphanumeric() || "-._~@+!$'*=".contains(c) {
            uri.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                uri.push('%');
                uri.push_str(&crate::digest::hex(&[byte]).to_uppercase());
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests;
