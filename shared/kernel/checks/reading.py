"""How far those who read a log have come."""

import asyncio

from shared.kernel.follow import stands
from shared.kernel.log import PUBLIC, Log

PATIENCE, AGAIN = 10.0, 0.05


async def caught_up(log: Log, reader: str, where: str = PUBLIC, patience: float = PATIENCE) -> bool:
    """Whether the reader of such facts comes, within so many seconds, to what is there now."""
    head = await log.head(where)
    for _ in range(round(patience / AGAIN)):
        if (at := await stands(log, reader)) is not None and at >= head:
            return True
        await asyncio.sleep(AGAIN)
    return False
