"""Private facts: an aggregate's own events, by eventsourcing's domain layer, as frozen pydantic models.

Ids, instants and who acted are not in an event: the unit of work writes them beside it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar, cast

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate
from eventsourcing.utils import get_topic
from pydantic import BaseModel, ConfigDict

from shared.contracts.personal import Keys

ENVELOPE = {"originator_id", "originator_version", "originator_topic", "timestamp"}
UNSTAMPED = datetime(1970, 1, 1, tzinfo=UTC)


class DomainEvent(BaseModel, CanMutateAggregate[str]):
    """A private fact. When its fields change, raise `class_version` and add `upcast_v1_v2(data)`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    class_version: ClassVar[int] = 1

    originator_id: str
    originator_version: int
    timestamp: datetime

    @staticmethod
    def create_timestamp() -> datetime:
        return UNSTAMPED

    def _as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)


class Aggregate(BaseAggregate[str]):
    """Facts and rules of one thing. Its id is its stream: `<kind>:<id>`, made by the subclass's `create_id`.

    `stood_on`: commands that write elsewhere rest on it (`UnitOfWork.stand_on`), so its own writers wait for them."""

    stood_on = False

    class Event(DomainEvent):
        pass

    class Created(DomainEvent, CanInitAggregate[str]):
        originator_topic: str


A = TypeVar("A", bound=Aggregate)


class EventNames:
    """The names under which private facts are stored; never an import path, so that classes may move."""

    def __init__(self, *tables: Mapping[str, type[Any]]) -> None:
        self.classes: dict[str, type[DomainEvent]] = {name: cls for table in tables for name, cls in table.items()}
        self.names = {cls: name for name, cls in self.classes.items()}

    def dump(self, event: DomainEvent, keys: Keys) -> str:
        return event.model_dump_json(exclude=ENVELOPE, context=keys)

    def load(self, stored: str, version: int, data: str, envelope: dict[str, Any], keys: Keys) -> DomainEvent:
        cls = self.classes[stored]
        fields = json.loads(data)
        for old in range(version, cls.class_version):
            getattr(cls, f"upcast_v{old}_v{old + 1}")(fields)
        return cls.model_validate({**fields, **envelope}, context=keys)


def replay(_: type[A], events: Iterable[DomainEvent]) -> A | None:
    """The aggregate as its events leave it; None when there are none."""
    aggregate: Any = None
    for event in events:
        aggregate = event.mutate(aggregate)
    return cast("A | None", aggregate)


def envelope(cls: type[Aggregate], stream: str, version: int, at: datetime) -> dict[str, Any]:
    """What eventsourcing needs beside the data of an event to replay it."""
    created = {"originator_topic": get_topic(cls)} if version == 1 else {}
    return {"originator_id": stream, "originator_version": version, "timestamp": at, **created}
