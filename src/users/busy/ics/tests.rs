use super::*;

/// A file of these events.
fn file(events: &[&str]) -> String {
    let event = |lines: &&str| {
        let lines = lines.trim().replace('\n', "\r\n");
        format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n")
    };
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn now() -> Instant {
    Instant::from_utc(Utc.with_ymd_and_hms(2026, 11, 23, 8, 0, 0).unwrap())
}

/// What somebody in Berlin is busy with.
fn read(events: &[&str]) -> Vec<String> {
    let spans = busy(&file(events), Tz::Europe__Berlin, now()).unwrap();
    spans.iter().map(|span| format!("{}/{}", span.start, span.end)).collect()
}

fn one(event: &str) -> Vec<String> {
    read(&[event])
}

#[test]
fn an_event_is_busy_by_whatever_clock_it_is_written() {
    let noon = ["2026-12-01T11:00:00Z/2026-12-01T12:00:00Z"];
    for (start, end) in [
        ("DTSTART:20261201T110000Z", "DTEND:20261201T120000Z"),
        ("DTSTART;TZID=Europe/Berlin:20261201T120000", "DTEND;TZID=Europe/Berlin:20261201T130000"),
        ("DTSTART;TZID=W. Europe Standard Time:20261201T120000", "DURATION:PT1H"),
        ("DTSTART;TZID=\"America/New_York\":20261201T060000", "DURATION:PT60M"),
        ("DTSTART;TZID=Customized Time Zone:20261201T120000", "DURATION:+PT3600S"),
        ("DTSTART:20261201T120000", "DTEND:20261201T130000"),
    ] {
        assert_eq!(one(&format!("{start}\n{end}")), noon, "{start}");
    }
}

#[test]
fn what_takes_no_time_is_not_busy() {
    let event = "DTSTART:20261201T110000Z\nDTEND:20261201T120000Z";
    for free in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"] {
        assert!(one(&format!("{event}\n{free}")).is_empty(), "{free}");
    }
    for taken in ["TRANSP:OPAQUE", "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"] {
        assert_eq!(one(&format!("{event}\n{taken}")).len(), 1, "{taken}");
    }
    assert!(one("DTSTART:20261201T110000Z").is_empty(), "a moment");
    assert!(one("DTSTART:20261201T110000Z\nDTEND:20261201T100000Z").is_empty(), "backwards");
    assert!(one("SUMMARY:Whenever").is_empty());
}

#[test]
fn a_whole_day_is_one_where_the_person_is() {
    let day = ["2026-11-30T23:00:00Z/2026-12-01T23:00:00Z"];
    assert_eq!(one("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202"), day);
    assert_eq!(one("DTSTART;VALUE=DATE:20261201"), day);
    let two = ["2026-11-30T23:00:00Z/2026-12-02T23:00:00Z"];
    assert_eq!(one("DTSTART;VALUE=DATE:20261201\nDURATION:P2D"), two);
    // Twenty-three hours, and twenty-five.
    let spring = ["2027-03-27T23:00:00Z/2027-03-28T22:00:00Z"];
    assert_eq!(one("DTSTART;VALUE=DATE:20270328"), spring);
    let autumn = ["2027-10-30T22:00:00Z/2027-10-31T23:00:00Z"];
    assert_eq!(one("DTSTART;VALUE=DATE:20271031"), autumn);
}

#[test]
fn what_recurs_keeps_its_hour_when_the_clock_changes() {
    let weekly = "DTSTART;TZID=Europe/Berlin:20270319T090000\nDTEND;TZID=Europe/Berlin:20270319T100000\n\
        RRULE:FREQ=WEEKLY;COUNT=3";
    assert_eq!(
        one(weekly),
        [
            "2027-03-19T08:00:00Z/2027-03-19T09:00:00Z",
            "2027-03-26T08:00:00Z/2027-03-26T09:00:00Z",
            "2027-04-02T07:00:00Z/2027-04-02T08:00:00Z",
        ]
    );
    // Whoever is elsewhere changes theirs on another day.
    let newyork =
        "DTSTART;TZID=America/New_York:20270312T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2";
    assert_eq!(
        one(newyork),
        ["2027-03-12T14:00:00Z/2027-03-12T15:00:00Z", "2027-03-19T13:00:00Z/2027-03-19T14:00:00Z",]
    );
}

#[test]
fn a_rule_ends_as_it_says() {
    let daily = |until: &str| {
        let rule = format!("RRULE:FREQ=DAILY;UNTIL={until}");
        one(&format!("DTSTART;TZID=Europe/Berlin:20261201T090000\nDURATION:PT1H\n{rule}")).len()
    };
    assert_eq!(daily("20261203T080000Z"), 3);
    assert_eq!(daily("20261203T075959Z"), 2);
    assert_eq!(daily("20261203"), 3, "the whole day");
    assert_eq!(daily("20261203T090000"), 3, "by the clock of the event");
    let whole = "DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;UNTIL=20261215";
    assert_eq!(one(whole).len(), 3);
    // One that began long ago goes on up to the horizon, and no further.
    let old = "DTSTART:20010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    assert_eq!(one(old).len(), 401);
    let monday = "DTSTART:20010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=400";
    assert_eq!(one(monday).first().unwrap(), "2026-12-07T09:00:00Z/2026-12-07T10:00:00Z");
}

#[test]
fn times_that_are_left_out_added_or_stand_elsewhere_are_followed() {
    let daily = "UID:a\nDTSTART;TZID=Europe/Berlin:20261201T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5";
    let without = format!(
        "{daily}\nEXDATE;TZID=Europe/Berlin:20261202T090000,20261203T090000\nEXDATE:20261204T080000Z"
    );
    assert_eq!(
        one(&without),
        ["2026-12-01T08:00:00Z/2026-12-01T09:00:00Z", "2026-12-05T08:00:00Z/2026-12-05T09:00:00Z",]
    );
    let day = format!("{daily}\nEXDATE;VALUE=DATE:20261202");
    assert_eq!(one(&day).len(), 4);
    let more = format!("{daily}\nRDATE:20261210T080000Z");
    assert_eq!(one(&more).len(), 6);
    let moved = "UID:a\nRECURRENCE-ID;TZID=Europe/Berlin:20261202T090000\nDTSTART:20261202T140000Z\nDURATION:PT2H";
    let off = "UID:a\nRECURRENCE-ID:20261203T080000Z\nDTSTART:20261203T080000Z\nDURATION:PT1H\nSTATUS:CANCELLED";
    let other = "UID:b\nRECURRENCE-ID:20261204T080000Z\nDTSTART:20261220T080000Z\nDURATION:PT1H";
    let found = read(&[moved, daily, off, other]);
    assert_eq!(
        found,
        [
            "2026-12-01T08:00:00Z/2026-12-01T09:00:00Z",
            "2026-12-02T14:00:00Z/2026-12-02T16:00:00Z",
            "2026-12-04T08:00:00Z/2026-12-04T09:00:00Z",
            "2026-12-05T08:00:00Z/2026-12-05T09:00:00Z",
            "2026-12-20T08:00:00Z/2026-12-20T09:00:00Z",
        ]
    );
}

#[test]
fn intervals_are_merged_cut_and_in_order() {
    let found = read(&[
        "DTSTART:20261201T110000Z\nDTEND:20261201T120000Z",
        "DTSTART:20261201T090000Z\nDTEND:20261201T100000Z",
        "DTSTART:20261201T093000Z\nDTEND:20261201T110000Z",
        "DTSTART:20200101T000000Z\nDTEND:20261124T000000Z",
        "DTSTART:20260101T000000Z\nDTEND:20260102T000000Z",
        "DTSTART:20400101T000000Z\nDTEND:20400102T000000Z",
    ]);
    assert_eq!(
        found,
        ["2026-11-22T08:00:00Z/2026-11-24T00:00:00Z", "2026-12-01T09:00:00Z/2026-12-01T12:00:00Z",]
    );
}

#[test]
fn entries_of_ours_are_left_to_the_rules_of_double_booking() {
    let id: InterviewId = crate::ids::IdSource::counted().batch(now()).next_id();
    let event = "DTSTART:20261201T110000Z\nDTEND:20261201T120000Z";
    assert!(one(&format!("UID:{id}-panel@evenbar\n{event}")).is_empty());
    assert_eq!(one(&format!("UID:else-panel@evenbar\n{event}")).len(), 1);
}

#[test]
fn what_is_no_calendar_and_what_never_ends_is_refused() {
    let of = |text: &str| busy(text, Tz::UTC, now());
    for text in
        ["", "hello", "<html></html>", "BEGIN:VCALENDAR\r\n", "BEGIN:VCARD\r\nEND:VCARD\r\n"]
    {
        assert_eq!(of(text), Err(Failure::NotACalendar), "{text}");
    }
    assert_eq!(of(&file(&[])), Ok(Vec::new()));
    let event = "DTSTART:20261201T110000Z\nDTEND:20261201T120000Z";
    assert!(of(&file(&vec![event; 5_000])).is_ok());
    assert_eq!(of(&file(&vec![event; 5_001])), Err(Failure::TooManyEvents));
    let long = "DTSTART:19010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    assert_eq!(of(&file(&vec![long; 1_000])), Err(Failure::TooManyEvents));
    // What cannot be read of a rule is one time, and so is what recurs within a day.
    for rule in ["FREQ=NEVER", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=x", "nonsense"]
    {
        let event = format!("DTSTART:20261201T110000Z\nDURATION:PT1H\nRRULE:{rule}");
        assert_eq!(one(&event).len(), 1, "{rule}");
    }
}

#[test]
fn durations_are_read_as_they_are_written() {
    for (text, seconds) in
        [("PT1H", 3_600), ("P1DT2H3M4S", 93_784), ("P2W", 1_209_600), ("+PT15M", 900)]
    {
        assert_eq!(duration(text), TimeDelta::try_seconds(seconds), "{text}");
    }
    for text in ["", "1H", "-PT1H", "PT1X", "P99999999999999999999D"] {
        assert_eq!(duration(text), None, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fall_over(lines in "((DTSTART|DTEND|RRULE|EXDATE|RDATE|DURATION|UID)(;TZID=[A-Za-z/]{0,12})?:[ -~]{0,40}\r\n){0,6}") {
        let text = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n");
        let _read = busy(&text, Tz::Europe__Berlin, now());
    }
}
