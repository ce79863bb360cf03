"""Running what runs for ever beside a test, and waiting for what it brings about."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from shared.kernel.tasks import ended

PATIENCE = 180
"""Seconds: only a broken program takes that long, on however loaded a machine."""


@asynccontextmanager
async def beside(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """The loops run within it; one that ends by an error fails the test."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        for outcome in await ended(*tasks):
            if isinstance(outcome, Exception):
                raise outcome


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Returns when it holds; PATIENCE without is a failure."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.005)
