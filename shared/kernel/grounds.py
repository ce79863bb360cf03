"""What a command was decided on without writing to it: nobody else may write there before the command has committed.

Many stand on a stream side by side; whoever writes to it waits for them and comes after all of them, or comes first and has
them decide again.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

SHARED = "select pg_advisory_xact_lock_shared(7162004, hashtext($1))"
ALONE = "select pg_advisory_xact_lock(7162004, hashtext($1))"
CHANGED = (
    "select exists(select from unnest($1::text[], $2::int[]) g(stream, version)"
    " join events e on e.stream = g.stream and e.version > g.version)"
)


class Ground(NamedTuple):
    """A stream as a command found it; `version` None where the command writes to it itself."""

    stream: str
    version: int | None


@asynccontextmanager
async def within(pool: Any, grounds: Iterable[Ground]) -> AsyncIterator[Any]:
    """What to append on: locks last as long as a transaction, and only where there are grounds is one needed."""
    if not any(True for _ in grounds):
        yield pool
        return
    async with pool.acquire() as connection, connection.transaction():
        yield connection


async def stand(connection: Any, grounds: Iterable[Ground]) -> bool:
    """Lock the grounds until the transaction ends; False when somebody wrote to one since it was read."""
    alone = {g.stream for g in grounds if g.version is None}
    read = sorted({(g.stream, g.version) for g in grounds if g.version is not None})
    for stream in sorted({g.stream for g in grounds}):  # in one order, so that nobody waits for each other
        await connection.execute(ALONE if stream in alone else SHARED, stream)
    if not read:
        return True
    return not await connection.fetchval(CHANGED, [s for s, _ in read], [v for _, v in read])
