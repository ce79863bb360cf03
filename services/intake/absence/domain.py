"""When an executor is away, and who acts for them meanwhile."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from eventsourcing.domain import event

from services.intake.absence.refusals import ActsForThemselves, AwayAlready, BackBeforeAway, NotAway
from shared.kernel.events import Aggregate, DomainEvent


class Away(NamedTuple):
    """From the first day away until the first day back."""

    deputy: UUID
    since: date
    until: date

    def on(self, day: date) -> bool:
        return self.since <= day < self.until


class Absences(Aggregate):
    """The absences of one executor of one provider."""

    class Recorded(Aggregate.Created):
        executor: UUID
        provider: str
        deputy: UUID
        since: date
        until: date

    class Added(Aggregate.Event):
        deputy: UUID
        since: date
        until: date

    class CameBack(Aggregate.Event):
        """Earlier than was said: `day` is the first day back."""

        day: date

    @staticmethod
    def create_id(executor: UUID, provider: str) -> str:
        return f"absences:{executor}:{provider}"

    @event(Recorded)
    def __init__(self, executor: UUID, provider: str, deputy: UUID, since: date, until: date) -> None:
        self.executor, self.provider = executor, provider
        self.away: list[Away] = [Away(deputy, since, until)]

    # -- rules

    def add(self, deputy: UUID, since: date, until: date) -> None:
        """Another absence. The same again changes nothing. Raises AwayAlready."""
        new = Away(deputy, since, until)
        if new in self.away:
            return
        if other := next((a for a in self.away if a.since < until and since < a.until), None):
            raise AwayAlready(since=other.since, until=other.until)
        self._added(deputy, since, until)

    def come_back(self, day: date) -> None:
        """End the absence that covers this day. Back since then already: nothing changes. Raises NotAway."""
        if any(a.until == day for a in self.away):
            return
        if not any(a.on(day) for a in self.away):
            raise NotAway(day=day)
        self._came_back(day)

    # -- state

    @event(Added)
    def _added(self, deputy: UUID, since: date, until: date) -> None:
        self.away.append(Away(deputy, since, until))

    @event(CameBack)
    def _came_back(self, day: date) -> None:
        self.away = [a._replace(until=day) if a.on(day) else a for a in self.away]


def must_be_possible(executor: UUID, deputy: UUID, since: date, until: date) -> None:
    """Raises ActsForThemselves, BackBeforeAway."""
    if executor == deputy:
        raise ActsForThemselves
    if until <= since:
        raise BackBeforeAway(since=since)


STORED: dict[str, type[DomainEvent]] = {
    "absences.recorded": Absences.Recorded,
    "absences.added": Absences.Added,
    "absences.came-back": Absences.CameBack,
}
