"""How long terms are, so that those of one scale can be compared and added."""

from typing import NamedTuple

from reglament.law.procedures.words import spell_term
from shared.calendar.term import Term, Unit

SCALES: dict[Unit, tuple[Unit, int]] = {
    "minutes": ("minutes", 1),
    "hours": ("minutes", 60),
    "working_days": ("working_days", 1),
    "months": ("months", 1),
}
"""In which unit each is counted, and how many of it one makes. How many days a month has, or hours a day, no term says."""


class Length(NamedTuple):
    scale: Unit
    number: int


def length(term: Term) -> Length:
    scale, each = SCALES[term.unit]
    return Length(scale, each * term.count)


def differ(one: Term | None, other: Term | None) -> bool:
    """Whether these are two terms: an hour is sixty minutes, and none is another than any."""
    return (one and length(one)) != (other and length(other))


def within(scale: Unit, term: Term | None) -> int:
    """What the term counts in this scale; nothing, if it is of another."""
    found = length(term) if term else None
    return found.number if found and found.scale == scale else 0


def written(term: Term | None) -> str:
    """The term within a finding's key: `3-working-days`."""
    return spell_term(term).replace(" ", "-")
