"""A state body whose managing of state property is evaluated."""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from eventsourcing.domain import event

from shared.kernel.events import Aggregate, DomainEvent
from shared.procedure.basics import Names

NAMESPACE = UUID("6f0b1c58-2a64-5d3e-9d0c-47b1f2022047")
"""Ids that follow from what they name: the same body, the same evaluation, whoever registers or opens it."""


class BodyKind(StrEnum):
    """Whom the sheet's heading names (order 47, annex 2)."""

    SECTOR_BODY = "sector-body"
    LOCAL_EXECUTIVE_BODY = "local-executive-body"
    AKIM_APPARATUS = "akim-apparatus"


class StateBody(Aggregate):
    """A sector's authorised body, a local executive body, or an akim's apparatus."""

    class Registered(Aggregate.Created):
        body: UUID
        bin: str
        name: Names
        kind: BodyKind
        at: datetime

    class Renamed(Aggregate.Event):
        name: Names
        kind: BodyKind
        at: datetime

    @staticmethod
    def id_of(bin: str) -> UUID:
        return uuid5(NAMESPACE, bin)

    @staticmethod
    def create_id(body: UUID) -> str:
        return f"state-body:{body}"

    @event(Registered)
    def __init__(self, body: UUID, bin: str, name: Names, kind: BodyKind, at: datetime) -> None:
        self.body, self.bin, self.name, self.kind = body, bin, name, kind

    def rename(self, name: Names, kind: BodyKind, at: datetime) -> None:
        """What it is called and is from now on; the same again changes nothing."""
        if (name, kind) != (self.name, self.kind):
            self._renamed(name, kind, at)

    @event(Renamed)
    def _renamed(self, name: Names, kind: BodyKind, at: datetime) -> None:
        self.name, self.kind = name, kind


STORED: dict[str, type[DomainEvent]] = {
    "state-body.registered": StateBody.Registered,
    "state-body.renamed": StateBody.Renamed,
}
