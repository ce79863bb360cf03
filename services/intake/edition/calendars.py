"""Calendars in intake's own log: each time that their data change, what is used from then on and why."""

from typing import Any

from pydantic_core import from_json

from shared.calendar.calendar import release
from shared.calendar.rules import Rules, rules
from shared.contracts.intake import CalendarPublished
from shared.kernel.work import UnitOfWork


async def publish_calendar(work: UnitOfWork, name: str) -> str:
    """Say by which data this calendar counts; what was said last changes nothing. Every service works its open due
    instants out anew when it starts with other data."""
    rows = sorted(await work.facts(name), key=lambda row: row.version)
    said = [work.read(CalendarPublished, row) for row in rows]
    last, now = (said[-1] if said else None), rules(name)
    if last is None or last.release != release(name):
        known = from_json(last.rules) if last else {}
        fact = CalendarPublished(
            happened_at=work.now,
            release=release(name),
            replaces=last and last.release,
            confirmed=_confirmed(now, known),
            corrected=_corrected(now, known),
            rules=now.model_dump_json(by_alias=True),
        )
        work.record(name, fact)
    return name


def _confirmed(now: Rules, known: dict[str, Any]) -> dict[str, str]:
    """The years confirmed since, or further, and by what."""
    before = {year: said["until"] for year, said in known.get("confirmed", {}).items()}
    return {str(y): said.source for y, said in now.confirmed.items() if before.get(str(y)) != str(said.until)}


def _corrected(now: Rules, known: dict[str, Any]) -> dict[str, str]:
    """The days corrected since, and by what."""
    before = [(c["day"], c["working"]) for c in known.get("corrections", [])]
    return {str(c.day): c.source for c in now.corrections if (str(c.day), c.working) not in before}
