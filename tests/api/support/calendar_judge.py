"""What an independent reader of iCalendar finds in the mails that a test's server kept.

    calendar_judge.py FOLDER

Prints a JSON list, one thing for each mail of FOLDER that is for a calendar, in the order in which
they came. Instants are in UTC; `starts_by_definition` and `ends_by_definition` are what the zone that
the file itself defines makes of the same clock, so that a wrong definition is found out.
"""

import datetime
import email
import email.policy
import json
import pathlib
import sys

from icalendar import Calendar


def instant(value, zone=None):
    """An instant in UTC; by another definition of its zone, if one is given."""
    if zone is not None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def judge(message):
    """The entry in a mail, or nothing."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    found = [part for part in parts if part.get_content_type() == "text/calendar"]
    if not found:
        return None
    [part] = found
    text = part.get_content()
    files = [each for each in parts if each.get_filename() == "invite.ics"]
    calendar = Calendar.from_ical(text)
    [event] = calendar.events
    zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.timezones}
    tzid = event["DTSTART"].params.get("TZID")
    own = zones[tzid] if tzid else None
    start, end = event.decoded("DTSTART"), event.decoded("DTEND")
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]

    def said(name):
        return str(event[name]) if name in event else ""

    lines = text.replace("\r\n", "\n").split("\n")
    return {
        "kind": message["X-Evenbar-Kind"],
        "layout": [each.get_content_type() for each in message.walk()],
        "mime_method": part.get_param("method"),
        "method": str(calendar["METHOD"]),
        "attached": [each.get_content().decode().replace("\r\n", "\n") for each in files] == ["\n".join(lines)],
        "uid": said("UID"),
        "sequence": int(event["SEQUENCE"]),
        "status": said("STATUS"),
        "stamp": instant(event.decoded("DTSTAMP")),
        "zone": tzid,
        "starts_at": instant(start),
        "ends_at": instant(end),
        "starts_by_definition": instant(start, own),
        "ends_by_definition": instant(end, own),
        "organizer": str(event["ORGANIZER"]),
        "attendees": [str(each) for each in attendees],
        "summary": said("SUMMARY"),
        "description": said("DESCRIPTION"),
        "location": said("LOCATION"),
        "url": said("URL"),
        "whole": "\n".join(lines).replace("\n ", ""),
        "defects": [str(defect) for each in (calendar, event) for defect in each.errors]
        + [line for line in lines if len(line.encode()) > 75],
    }


def main(folder):
    found = []
    for path in sorted(pathlib.Path(folder).glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        entry = judge(message)
        if entry is not None:
            found.append({"recipient": message["To"].addresses[0].addr_spec, **entry})
    print(json.dumps(found))


main(*sys.argv[1:])
