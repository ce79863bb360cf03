"""Bells between the processes of a service: what one commits wakes the followers of the others.

The notice goes after the commit, on a connection of its own: within the writing transaction it would make all commits of
the cluster wait for each other. It may be lost; followers look anyway, once a second.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from shared.kernel.log import Log

CHANNEL, FACTS, VIEWS = "log", "facts", "views"
APART = 0.001
"""Seconds between two notices: what is committed meanwhile shares the next."""


async def ring_between_processes(log: Log) -> None:
    """Tell other processes what is committed here and hear what they commit, until the connection is lost.

    Raises ConnectionError then, or what connecting raises.
    """
    connection = await asyncpg.connect(log.dsn, server_settings={"application_name": f"{log.service}-bells"})
    lost = asyncio.Event()

    def heard(_: Any, teller: int, __: str, what: str) -> None:
        if teller != connection.get_server_pid():
            log.wake(what != VIEWS)

    connection.add_termination_listener(lambda _: lost.set())
    losing = asyncio.ensure_future(lost.wait())
    telling = asyncio.ensure_future(_tell(connection, log, heard))
    try:
        await asyncio.wait({losing, telling}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        losing.cancel()
        telling.cancel()
        connection.terminate()
    raise ConnectionError("the bells' connection is lost")


async def _tell(connection: Any, log: Log, heard: Callable[..., None]) -> None:
    """One after the other: the connection does one thing at a time."""
    await connection.add_listener(CHANNEL, heard)
    log.wake()
    while True:
        await log.committed.wait()
        what = FACTS if log.facts_committed else VIEWS
        log.facts_committed = False
        log.committed.clear()
        await connection.execute(f"notify {CHANNEL}, '{what}'")
        await asyncio.sleep(APART)
