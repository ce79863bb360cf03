"""Tasks brought to their end."""

import asyncio
from typing import Any

CLOSING = 15.0
"""Seconds: longer than the longest request for which a client waits while it closes (ten)."""


def heed_cancellation() -> None:
    """Raise the cancellation that an error took the place of: what a cancelled task closes on its way out may fail too.

    For loops that go on after any error.
    """
    if (task := asyncio.current_task()) and task.cancelling():
        raise asyncio.CancelledError


async def ended(*tasks: "asyncio.Future[Any]") -> list[Any]:
    """Cancel and wait; returns their results or errors.

    A library's wait_for may lose a cancellation (Python 3.11), so it is given again; not soon, since it would break off
    what is being closed because of the first.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CLOSING)
    return await asyncio.gather(*tasks, return_exceptions=True)
