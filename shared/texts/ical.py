"""A meeting as an iCalendar file (RFC 5545), for one's own calendar: the same event each time, in its newest form."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

OCTETS = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Meeting:
    """What stands in the file. `sequence`: higher with each change, whoever makes the file. No end is stated: no text says
    how long one sits."""

    id: UUID
    sequence: int
    starts_at: datetime
    place: str
    title: str
    cancelled: bool = False


def ical(meeting: Meeting, now: datetime) -> str:
    """`now`: when the file is made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Reglament//Sittings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{meeting.id}@reglament",
        f"SEQUENCE:{meeting.sequence}",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(meeting.starts_at)}",
        f"SUMMARY:{_text(meeting.title)}",
        f"LOCATION:{_text(meeting.place)}",
        f"STATUS:{'CANCELLED' if meeting.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    return value.translate(ESCAPED)


def _folded(line: str) -> str:
    """In pieces of at most 75 octets, each after the first begun by a blank; never within a character."""
    pieces, piece = [], ""
    for character in line:
        if len(f"{piece}{character}".encode()) > OCTETS:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece])
