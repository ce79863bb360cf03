"""How far those who read a log have come."""

import asyncio

from shared.kernel.log import PUBLIC, Log, Place

CURSOR = "select tx, position from cursors where name = $1"
PATIENCE, AGAIN = 10.0, 0.05


async def stands(log: Log, reader: str) -> Place | None:
    row = await log.pool.fetchrow(CURSOR, reader)
    return row.place if row else None


async def caught_up(log: Log, reader: str, patience: float = PATIENCE) -> bool:
    """Whether the reader comes, within so many seconds, to what is there now."""
    head = await log.head(PUBLIC)
    for _ in range(round(patience / AGAIN)):
        if (at := await stands(log, reader)) is not None and at >= head:
            return True
        await asyncio.sleep(AGAIN)
    return False
