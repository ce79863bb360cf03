"""Letters to the members of a sitting: who is convened, told of another time, reminded, and told that it is off. Pure.

A letter follows from the sitting's facts alone, and so does its id: nobody is told the same twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID, uuid5

from shared.contracts.commission import SittingCancelled, SittingScheduled

LETTERS = UUID("d0d7c2a5-5f6e-5a0e-8b51-8f4d1c9f3b7a")
CONVENED, MOVED, REMINDER = "convocation", "convocation-moved", "convocation-reminder"
CANCELLED, RELEASED = "convocation-cancelled", "convocation-released"


class Said(NamedTuple):
    """A fact about a sitting, with its place in the commission's stream."""

    id: UUID
    version: int
    body: SittingScheduled | SittingCancelled


@dataclass(frozen=True, slots=True)
class Letter:
    """What one member is told. `goes_at`: legal time from which it is; `application`: whose procedure gives the words;
    `sequence`: of the calendar's entry."""

    id: UUID
    member: UUID
    template: str
    goes_at: datetime
    starts_at: datetime
    place: str
    application: UUID
    sequence: int


def is_off(template: str) -> bool:
    """Whether it takes a convocation back."""
    return template in (CANCELLED, RELEASED)


def letters(facts: Sequence[Said], ahead: timedelta) -> list[Letter]:
    """Every letter about a sitting, by its facts up to the first that hasn't come; reminders go out so long `ahead`."""
    known = [fact for _, fact in takewhile(lambda pair: pair[0] == pair[1].version, enumerate(facts, 1))]
    scheduled = [fact.body for fact in known if isinstance(fact.body, SittingScheduled)]
    words_of = next((application for body in scheduled for application in body.agenda), None)
    if words_of is None:
        return []
    found: list[Letter] = []
    standing: dict[UUID, Letter] = {}
    for fact in known:
        for letter in list(_new(fact, standing, words_of)):
            if stood := standing.pop(letter.member, None):
                found += _reminder(stood, ahead, until=letter.goes_at)
            if not is_off(letter.template):
                standing[letter.member] = letter
            found.append(letter)
    return [*found, *(reminder for stood in standing.values() for reminder in _reminder(stood, ahead))]


def _new(fact: Said, standing: dict[UUID, Letter], words_of: UUID) -> Iterator[Letter]:
    """What this fact says to whom; to those whose time and place stay it says nothing."""
    match fact.body:
        case SittingScheduled() as body:
            for member in body.members:
                stood = standing.get(member)
                if stood is None or (stood.starts_at, stood.place) != (body.starts_at, body.place):
                    template = MOVED if stood else CONVENED
                    said = body.happened_at, body.starts_at, body.place, words_of, fact.version
                    yield Letter(_id(fact.id, member, template), member, template, *said)
            yield from (_off(RELEASED, fact, stood) for m, stood in standing.items() if m not in body.members)
        case SittingCancelled():
            yield from (_off(CANCELLED, fact, stood) for stood in standing.values())


def _off(template: str, fact: Said, stood: Letter) -> Letter:
    """It takes back what stood."""
    name = _id(fact.id, stood.member, template)
    return replace(stood, id=name, template=template, goes_at=fact.body.happened_at, sequence=fact.version)


def _reminder(stood: Letter, ahead: timedelta, until: datetime | None = None) -> Iterator[Letter]:
    """One for who was convened earlier than that, unless what stood was changed before."""
    at = stood.starts_at - ahead
    if stood.goes_at < at and (until is None or at < until):
        yield replace(stood, id=_id(stood.id, stood.member, REMINDER), template=REMINDER, goes_at=at)


def _id(by: UUID, member: UUID, template: str) -> UUID:
    return uuid5(LETTERS, f"{by}/{member}/{template}")
