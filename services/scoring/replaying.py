"""Aggregates from the rows that a read model is folded from; nothing here is personal, so no keys are needed."""

import json
from typing import TypeVar

from services.scoring.stored import NAMES
from shared.kernel.events import Aggregate, envelope, replay
from shared.kernel.log import Row
from shared.kernel.vault import Keys

A = TypeVar("A", bound=Aggregate)
NOBODYS = Keys({})


def replayed(cls: type[A], rows: list[Row]) -> A:
    """The aggregate whose whole stream these rows are."""
    events = (
        NAMES.load(
            row.type,
            json.loads(row.meta)["class_version"],
            row.data,
            envelope(cls, row.stream, row.version, row.at),
            NOBODYS,
        )
        for row in rows
    )
    aggregate = replay(cls, events)
    assert aggregate
    return aggregate
