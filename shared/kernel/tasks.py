"""Tasks brought to their end."""

import asyncio
from typing import Any


async def ended(*tasks: "asyncio.Future[Any]") -> list[Any]:
    """Cancel and wait; returns their results or errors. A library's wait_for may lose a cancellation (Python 3.11), so it
    is given until it is heard."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1)
    return await asyncio.gather(*tasks, return_exceptions=True)
