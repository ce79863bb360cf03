"""`follow`: the one loop that reads a service's log, for reactions, views, copies and the relay.

The handler reads and returns an effect; effect and cursor are committed together, the cursor last and by
compare-and-set, so a second worker changes nothing. Trouble of the surroundings is retried for ever, with back-off.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import asyncpg

from shared.kernel import points
from shared.kernel.log import EVERYTHING, LOST, READ, START, Conflict, Log, OutcomeUnknown, Place, Row
from shared.kernel.tasks import heed_cancellation
from shared.telemetry.spans import each

FIRST = "insert into cursors(name) values($1) on conflict do nothing"
WHERE = "select tx, position from cursors where name = $1"
MOVE = "update cursors set tx = $4, position = $5 where name = $1 and tx = $2 and position = $3"
HIDDEN = "select exists(select from events where tx >= pg_snapshot_xmin(pg_current_snapshot())) as hidden"
"""Facts that can't be read yet, since an older transaction is still under way."""
LOOK = f"select facts.*, hidden from ({HIDDEN}) h left join ({READ}) facts on true order by tx, position"
"""Both as of one instant: what the one leaves out, the other tells."""
SOON, LATER, NET, BATCH = 0.001, 0.25, 1.0, 500
AGAIN, LATEST, PATIENCE = 0.05, 2.0, 200

Effect = Callable[[Any], Awaitable[object]]
"""Writes on the connection that moves the cursor."""
Handler = Callable[[list[Row]], Awaitable[Effect | None]]


class Waiting(Exception):
    """A fact can't be taken up yet: what it needs hasn't come. `awaits`: subjects or ids of facts."""

    def __init__(self, *awaits: str) -> None:
        super().__init__(", ".join(awaits))
        self.awaits = awaits


class Moved(Exception):
    """Another worker moved this cursor."""


TROUBLE = (
    *LOST,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    OutcomeUnknown,
)
"""The surroundings' errors: never parked, always retried."""


async def stands(log: Log, name: str) -> Place | None:
    """How far this follower has come; None when it hasn't begun."""
    row = await log.pool.fetchrow(WHERE, name)
    return row.place if row else None


async def cursor(log: Log, name: str) -> Place:
    """Where this follower stands; it begins at the start."""
    if (place := await stands(log, name)) is not None:
        return place
    await log.pool.execute(FIRST, name)
    return START


@dataclass(slots=True)
class _Pace:
    """How much is read at once, and how long to wait before the next look."""

    limit: int
    size: int
    pause: float = SOON
    again: float = AGAIN
    overtaken: int = 0
    asked: float = 0.0

    async def place(self, target: Log, name: str) -> Place:
        """Where the cursor stands, and that it was asked for now."""
        self.asked = monotonic()
        return await cursor(target, name)

    def moved_on(self) -> None:
        self.size, self.pause, self.again, self.overtaken = min(self.limit, self.size * 2), SOON, AGAIN, 0

    async def overtaken_by(self, lost: Exception) -> None:
        """Somebody keeps winning: smaller bites. A conflict that doesn't pass is our error."""
        heed_cancellation()
        self.size, self.overtaken = max(1, self.size // 8), self.overtaken + 1
        if isinstance(lost, Conflict) and self.overtaken > PATIENCE:
            raise lost
        await asyncio.sleep(0.002)

    async def troubled(self) -> None:
        heed_cancellation()
        await asyncio.sleep(self.again)
        self.again = min(self.again * 2, LATEST)

    async def nothing_new(self, bell: asyncio.Event, hidden: bool) -> bool:
        """Until rung, or a while: one that doubles where facts are hidden. Returns whether to ask for the cursor again."""
        self.again = AGAIN
        pause, self.pause = (self.pause, min(self.pause * 2, LATER)) if hidden else (NET, SOON)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):  # wait_for may lose a cancellation (Python 3.11)
                await bell.wait()
            self.pause = SOON
        return monotonic() - self.asked > NET


async def follow(
    source: Log,
    name: str,
    handler: Handler,
    *,
    target: Log | None = None,
    where: str = EVERYTHING,
    limit: int = BATCH,
    traced_as: str | None = None,
    writes_facts: bool = True,
) -> None:
    """Hand the log's facts to the handler, in order, from the cursor `name` kept in `target` (default: the log).

    `traced_as`: what the spans are called in which a fact is taken; none where the handler makes its own.
    `writes_facts`: whether effects put facts into the target, for which its other followers are to be woken.
    Ends only by an error of the handler's own, or by a conflict that doesn't pass.
    """
    target, bell, pace, after = target or source, asyncio.Event(), _Pace(limit, limit), None
    source.followers[target.service, name.partition(":")[0]] = target, name, where
    with _hearing(source, bell):
        while True:
            bell.clear()
            try:
                after = after or await pace.place(target, name)
                rows, hidden = await _look(source, after, where, pace.size)
                if rows:
                    with each(traced_as, rows):
                        after = await _take(target, name, handler, after, rows, writes_facts)
                    pace.moved_on()
                    continue
            except (Moved, Conflict) as lost:
                after = None
                await pace.overtaken_by(lost)
                continue
            except TROUBLE:
                after = None
                await pace.troubled()
                continue
            if await pace.nothing_new(bell, hidden):
                after = None  # a rebuild may have set the cursor back


@contextmanager
def _hearing(source: Log, bell: asyncio.Event) -> Iterator[None]:
    source.bells.add(bell)
    try:
        yield
    finally:
        source.bells.discard(bell)


async def _look(source: Log, after: Place, where: str, limit: int) -> tuple[list[Row], bool]:
    """The next facts, and whether others are hidden."""
    found = await source.pool.fetch(LOOK % where, *after, limit)
    return [row for row in found if row["id"]], found[0]["hidden"]


async def _take(target: Log, name: str, handler: Handler, after: Place, rows: list[Row], writes_facts: bool) -> Place:
    effect = await handler(rows)
    last = rows[-1].place
    points.reached("follower: before effect")
    async with target.pool.acquire() as connection, _together(connection, effect):
        if effect:
            await effect(connection)
        points.reached("follower: before cursor")
        if await connection.execute(MOVE, name, *after, *last) != "UPDATE 1":
            raise Moved
        points.reached("follower: before commit")
    points.reached("follower: committed")
    if effect:
        target.ring(writes_facts)
    return last


def _together(connection: Any, effect: Effect | None) -> AbstractAsyncContextManager[Any]:
    """Effect and cursor are committed together; a cursor alone is one statement."""
    return connection.transaction() if effect else nullcontext()
