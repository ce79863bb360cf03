"""Copying facts from log to log, verbatim, within one process; over Kafka relay and receiver do it."""

import asyncio
from collections.abc import Sequence

from shared.contracts.topics import BY_TYPE
from shared.kernel.follow import Effect, follow
from shared.kernel.log import OWN_PUBLIC, Log, NewRow, Row
from shared.transport.entering import enter
from shared.transport.parked import RecordPlace, Refused, Seal, park
from shared.transport.watermark import EVERY, complete_until, note
from shared.transport.wire import sent


def copied(row: Row, source: str) -> NewRow:
    """The row as its receivers keep it: everything as the owner wrote it, and where it came from."""
    return NewRow(row.id, row.stream, row.version, row.subject, row.type, row.data, row.meta, row.at, source)


async def copying(source: Log, target: Log, seal: Seal) -> None:
    """Follow the source's public facts and append them to the target's log; park what can't enter it."""

    async def handler(rows: Sequence[Row]) -> Effect:
        async def effect(connection: object) -> None:
            reasons = await enter(connection, [copied(r, source.service) for r in rows])
            await park(connection, seal, [_refused(source.service, rows[i], why) for i, why in reasons.items()])

        return effect

    await follow(source, _cursor(source), handler, target=target, where=OWN_PUBLIC, traced_as="copy")


def _refused(source: str, row: Row, reason: str) -> Refused:
    record = sent(source, row) if (source, row.type) in BY_TYPE else None
    return Refused(RecordPlace(f"log:{source}", row.type, 0, row.position), record, reason)


def _cursor(source: Log) -> str:
    return f"copy:{source.service}"


async def watermarks(source: Log, target: Log) -> None:
    """Tell the target, every second, up to which recorded instant the source's facts have come."""
    while True:
        if until := await complete_until(source, target, _cursor(source)):
            await note(target.pool, source.service, until)
        await asyncio.sleep(EVERY)
