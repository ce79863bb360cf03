"""When the clock of a case stood still, and which actions were given more time: what the facts say of its terms."""

from collections.abc import Iterable
from uuid import UUID

from shared.calendar.due import Pause
from shared.contracts.common import ExtendsTerm, StartsClock, StopsClock
from shared.procedure.facts import Fact, legal_order


def pauses(facts: Iterable[Fact]) -> tuple[Pause, ...]:
    """Each stretch in which no term ran: until the instant stated, or the first fact before it that starts the clock."""
    facts = list(facts)
    started: dict[UUID, list[Fact]] = {}
    for fact in facts:
        if isinstance(fact.body, StartsClock):
            started.setdefault(fact.body.stopped_by, []).append(fact)
    found = []
    for fact in facts:
        if isinstance(fact.body, StopsClock):
            end = min([fact.body.until, *(s.at for s in started.get(fact.id, ()))])
            found += [Pause(start=fact.at, end=end)] if end > fact.at else []
    return tuple(sorted(found, key=lambda pause: (pause.start, pause.end)))


def extensions(facts: Iterable[Fact]) -> dict[str, ExtendsTerm]:
    """By action, the latest fact that gave it more time."""
    given = sorted((f for f in facts if isinstance(f.body, ExtendsTerm)), key=legal_order)
    return {f.body.action: f.body for f in given if isinstance(f.body, ExtendsTerm)}
