#!/usr/bin/env python3
"""Checks an export of Evenbar's audit log without Evenbar.

    verify-audit.py FILE [--head "POSITION HASH"]

FILE is what GET /api/v1/audit/export answered with; - is standard input. --head is a line that
`evenbar admin audit-head` printed, or that the service logged, and that was kept elsewhere: the
export must then hold that link of the chain. Needs Python 3.8 and nothing else.

Found are: a changed byte in a line that is shown, a missing line, swapped lines, a torn export, and,
with --head, a history that was rewritten as a whole. Of a withheld line only its place is checked.
"""

import argparse
import hashlib
import json
import sys


class Broken(Exception):
    """The export does not hold."""


def canonical(value):
    """The bytes of RFC 8785: what Evenbar writes has ASCII names and whole numbers."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def check_entry(entry, previous):
    """Checks one line against the hash before it, and gives its own hash."""
    place = f"position {entry.get('position')}"
    try:
        said, follows = entry.pop("hash"), entry.pop("previous_hash")
    except KeyError as name:
        raise Broken(f"{place} has no {name}") from None
    if previous is not None and follows != previous:
        raise Broken(f"{place} does not follow the one before")
    if not entry.get("withheld"):
        found = hashlib.sha256(bytes.fromhex(follows) + canonical(entry)).hexdigest()
        if found != said:
            raise Broken(f"the content of {place} does not match its hash")
    return said


def verify(lines, head=None):
    """Checks the lines of an export; gives its last line and how many entries are withheld."""
    position, previous, withheld, end, seen_head = None, None, 0, None, False
    written = 0
    for number, line in enumerate(lines, 1):
        if end is not None:
            raise Broken(f"line {number} stands behind the end")
        try:
            entry = json.loads(line)
        except ValueError:
            raise Broken(f"line {number} is not JSON: the export was torn") from None
        if entry.get("complete"):
            end = entry
            continue
        expected = None if position is None else position + 1
        position = int(entry["position"])
        if expected is not None and position != expected:
            raise Broken(f"position {expected} is missing")
        if position == 1:
            previous = "0" * 64
        withheld += bool(entry.get("withheld"))
        previous = check_entry(entry, previous)
        seen_head = seen_head or head == (position, previous)
        written += 1
        if written == 1:
            first = position
    if end is None:
        raise Broken("the last line is missing: the export was torn")
    if written != end["lines"]:
        raise Broken(f"there are {written} lines, not {end['lines']}")
    if written and (first, position) != (int(end["from_position"]), int(end["to_position"])):
        raise Broken("the export does not reach from where to where it says")
    if written and position == int(end["head"]["position"]) and previous != end["head"]["hash"]:
        raise Broken("the newest entry is not the head of the chain")
    if head is not None and not seen_head:
        raise Broken(f"it does not hold position {head[0]} with the hash that was kept")
    return end, withheld


def main():
    parser = argparse.ArgumentParser(description="Checks an export of Evenbar's audit log.")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--head", metavar='"POSITION HASH"')
    arguments = parser.parse_args()
    head = None
    if arguments.head:
        position, _, digest = arguments.head.partition(" ")
        head = (int(position), digest.strip())
    stream = sys.stdin.buffer if arguments.file == "-" else open(arguments.file, "rb")
    try:
        with stream:
            end, withheld = verify(stream, head)
    except Broken as broken:
        print(f"The export does not hold: {broken}.", file=sys.stderr)
        return 1
    print(
        f"The export holds: {end['lines']} entries, {end['from_position']} to {end['to_position']}"
        f" of {end['head']['position']}, {withheld} of them withheld."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
