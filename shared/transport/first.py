"""Several loops of which none goes on without the others."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from shared.kernel.tasks import ended


async def first_of(*loops: Coroutine[Any, Any, None]) -> None:
    """Run these until the first returns or fails, and end the others. Raises what it raised."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await ended(*tasks)
