"""A sitting as an iCalendar file (RFC 5545), for members' own calendars: the same event each time, in its newest form."""

from datetime import UTC, datetime

from services.commission.sitting.domain import Sitting

OCTETS = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def ical(sitting: Sitting, number: str, title: str, now: datetime) -> str:
    """`title`: what the body is called; `now`: when the file is made. No end is stated: no text says how long one sits."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Reglament//Sittings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{sitting.sitting}@reglament",
        f"SEQUENCE:{sitting.version}",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(sitting.starts_at)}",
        f"SUMMARY:{_text(f'{title} № {number}')}",
        f"LOCATION:{_text(sitting.place)}",
        f"STATUS:{'CANCELLED' if sitting.over else 'CONFIRMED'}",
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
