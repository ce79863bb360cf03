"""How others' facts enter a log: together, or one by one when something among them can't."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from shared.kernel.log import COPY_LOCK, Forked, NewRow, copy

POISON = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What lies in the record itself: it would fail again."""


async def enter(connection: Any, rows: Sequence[NewRow]) -> dict[int, str]:
    """Append what can enter the log; returns why the others can't, by their index. Within the caller's transaction."""
    if not rows:
        return {}
    await connection.execute(COPY_LOCK)  # outside the savepoints: rolling one back would let go of it
    if await _refusal(connection, rows) is None:
        return {}
    reasons = {index: await _refusal(connection, [row]) for index, row in enumerate(rows)}
    return {index: reason for index, reason in reasons.items() if reason}


async def _refusal(connection: Any, rows: Sequence[NewRow]) -> str | None:
    try:
        async with connection.transaction():
            await copy(connection, rows)
    except Forked as forked:
        return f"another fact has its place or its id: {forked}"
    except POISON as error:
        return f"the log can't hold it: {type(error).__name__}"  # the message may quote it
    return None
