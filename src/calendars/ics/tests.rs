use chrono_tz::Tz;

use super::*;
use crate::clock::Instant;

fn at(text: &str) -> Instant {
    serde_json::from_value(serde_json::Value::from(text)).unwrap()
}

fn invitation(zone: Tz, starts_at: &str, ends_at: &str) -> Invitation {
    let entry = Entry {
        uid: "int_1-panel@evenbar".to_owned(),
        sequence: 3,
        cancelled: false,
        starts_at: at(starts_at),
        ends_at: at(ends_at),
        zone,
        summary: "Design; a, b \\ c: Zoë".to_owned(),
        notes: vec!["Job: Engineer".to_owned(), "x".repeat(100)],
        location: Some("Room 3, Berlin".to_owned()),
        url: Some("https://hire.example.com/card".to_owned()),
        private: true,
        stamp: at("2026-11-23T08:00:00Z"),
    };
    Invitation { method: Method::Request, entry }
}

fn written(invitation: &Invitation) -> String {
    let organizer = Party { name: "Acme \"Hiring\"", email: "hiring@acme.test" };
    invitation.write(organizer, Party { name: "Zoë", email: "zoë%x@acme.test" })
}

#[test]
fn an_invitation_is_whole_and_holds_its_one_reader() {
    let whole =
        written(&invitation(Tz::Europe__Berlin, "2027-03-25T09:00:00Z", "2027-03-25T10:00:00Z"));
    assert!(!whole.replace("\r\n", "").contains(['\r', '\n']));
    assert!(whole.split("\r\n").all(|line| line.len() <= 75), "{whole}");
    let lines = whole.replace("\r\n ", "");
    for line in [
        "METHOD:REQUEST",
        "UID:int_1-panel@evenbar",
        "DTSTAMP:20261123T080000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Europe/Berlin:20270325T100000",
        "DTEND;TZID=Europe/Berlin:20270325T110000",
        "SUMMARY:Design\\; a\\, b \\\\ c: Zoë",
        "LOCATION:Room 3\\, Berlin",
        "STATUS:CONFIRMED",
        "CLASS:PRIVATE",
        "ORGANIZER;CN=\"Acme Hiring\":mailto:hiring@acme.test",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=\"Zoë\":mailto:zo%C3%AB%25x@acme.test",
    ] {
        assert_eq!(lines.lines().filter(|found| *found == line).count(), 1, "{line}\n{lines}");
    }
    assert_eq!(lines.matches("ATTENDEE").count(), 1);
}

#[test]
fn a_cancellation_says_so_twice_and_asks_for_no_answer() {
    let asked = invitation(Tz::UTC, "2027-03-25T09:00:00Z", "2027-03-25T10:00:00Z");
    let whole = written(&super::super::entry::called_off(asked.entry));
    assert!(whole.contains("METHOD:CANCEL\r\n") && whole.contains("STATUS:CANCELLED\r\n"));
    assert!(!whole.contains("RSVP") && !whole.contains("DESCRIPTION") && !whole.contains("URL:"));
    assert!(whole.contains("DTSTART:20270325T090000Z\r\n"), "{whole}");
}

#[test]
fn the_hour_that_comes_twice_is_said_in_utc() {
    let written = |start, end| written(&invitation(Tz::Europe__Berlin, start, end));
    let twice = written("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z");
    assert!(twice.contains("DTSTART:20271031T003000Z"), "{twice}");
    assert!(twice.contains("DTEND:20271031T013000Z") && !twice.contains("TZID"), "{twice}");
    let after = written("2027-10-31T02:30:00Z", "2027-10-31T03:30:00Z");
    assert!(after.contains("DTSTART;TZID=Europe/Berlin:20271031T033000"), "{after}");
}

#[test]
fn a_feed_is_in_utc_and_names_nobody() {
    let one = invitation(Tz::Europe__Berlin, "2027-03-25T09:00:00Z", "2027-03-25T10:00:00Z").entry;
    let whole = feed("Interviews", &[one.clone(), one]);
    assert_eq!(whole.matches("BEGIN:VEVENT").count(), 2);
    assert!(whole.contains("DTSTART:20270325T090000Z") && whole.contains("METHOD:PUBLISH"));
    assert!(!whole.contains("ORGANIZER") && !whole.contains("ATTENDEE"));
}
