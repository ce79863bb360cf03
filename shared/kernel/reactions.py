"""Reactions: when a fact is in the log, then a command of this service follows, exactly once.

The reactions to a batch share one unit of work, committed with the cursor. A fact that fails is parked; a fact
whose ground hasn't come waits; both hold back only their subject.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.kernel import held
from shared.kernel.follow import TROUBLE, Effect, Moved, Waiting, follow
from shared.kernel.held import Held, Hold
from shared.kernel.log import PUBLIC, Conflict, Log, Place, Row, append
from shared.kernel.work import UnitOfWork
from shared.telemetry.spans import said_of, span, taken_up

Reaction = Callable[[UnitOfWork, Row], Awaitable[None]]
OpenWork = Callable[[], Awaitable[UnitOfWork]]


class _Spoilt(Exception):
    """The unit of work is of no use: a reaction that failed had changed it, or has to read afresh."""


@dataclass(slots=True)
class _Outcome:
    """`behind`: subjects of which something was parked before; what came now stands behind it."""

    work: UnitOfWork
    behind: frozenset[str] = frozenset()
    holds: list[Hold] = field(default_factory=list)
    released: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reactor:
    """The reactions of one service under one cursor; `reactions` by event name."""

    name: str
    log: Log
    open_work: OpenWork
    reactions: Mapping[str, Reaction]

    async def run(self) -> None:
        await follow(self.log, self.name, self.handle, where=PUBLIC)

    async def handle(self, rows: Sequence[Row]) -> Effect | None:
        """React to these facts and to what was held back for their sake."""
        came = [key for r in rows for key in (r.subject or "", str(r.id))]
        waiting = await held.touched(self.log, self.name, came)
        fresh = [r for r in rows if r.type in self.reactions]
        if not fresh and not waiting:
            return None
        outcome = await self._react_to(fresh, waiting, frozenset(h.subject for h in waiting if h.error))
        return lambda connection: self._write(connection, outcome)

    async def retry(self, subject: str, discarding: UUID | None = None) -> None:
        """React anew to what is held back of this subject, in order, but not to the fact that is given up.

        Raises Moved, Conflict: try again.
        """
        waiting = [h for h in await held.touched(self.log, self.name, [subject]) if h.subject == subject]
        outcome = await self._react_to([], [h for h in waiting if h.fact != discarding], frozenset())
        outcome.released += [h.place for h in waiting if h.fact == discarding]
        async with self.log.pool.acquire() as connection, connection.transaction():
            await self._write(connection, outcome)
            if not await held.holds_only(connection, self.name, subject, [h.place for h in waiting]):
                raise Moved
        self.log.ring()

    async def _react_to(self, fresh: Sequence[Row], waiting: Sequence[Held], parked: frozenset[str]) -> _Outcome:
        todo = sorted([*await self.log.at([h.place for h in waiting]), *fresh], key=lambda r: r.place)
        was_held = {h.place for h in waiting}
        stopped: dict[UUID, Hold | None] = {}
        while True:
            with suppress(_Spoilt):
                return await self._attempt(todo, was_held, parked, stopped)

    async def _attempt(
        self, todo: Sequence[Row], was_held: set[Place], parked: frozenset[str], stopped: dict[UUID, Hold | None]
    ) -> _Outcome:
        outcome, blocked = _Outcome(await self.open_work()), set(parked)
        await outcome.work.expect({row.subject for row in todo if row.subject} - blocked)
        for row in todo:
            subject = row.subject or ""
            if subject in blocked:
                if row.place not in was_held:
                    outcome.holds.append(Hold(subject, row.place, row.id))
            elif hold := stopped.get(row.id) or await self._react(outcome.work, row, stopped):
                outcome.holds.append(hold)
                blocked.add(subject)
            elif row.place in was_held:
                outcome.released.append(row.place)
        outcome.behind = parked & {h.subject for h in outcome.holds}
        return outcome

    async def _react(self, work: UnitOfWork, row: Row, stopped: dict[UUID, Hold | None]) -> Hold | None:
        """Nothing when it is done; else why the fact is held back, noted in `stopped` too."""
        work.cause, work.correlation = row.id, json.loads(row.meta).get("correlation", "")
        written = len(work.rows)
        try:
            with taken_up(row), span(f"reaction {row.type}", said_of(row)):
                await self.reactions[row.type](work, row)
        except Waiting as waiting:
            hold = Hold(row.subject or "", row.place, row.id, awaits=waiting.awaits)
        except (*TROUBLE, Conflict):
            raise
        except Exception as error:
            if row.id not in stopped:  # between two of its readings somebody may have committed: once more, afresh
                stopped[row.id] = None
                raise _Spoilt from error
            hold = Hold(row.subject or "", row.place, row.id, error=held.why(error))
        else:
            return None
        stopped[row.id] = hold
        if work.touched(written):
            raise _Spoilt
        return hold

    async def _write(self, connection: Any, outcome: _Outcome) -> None:
        if outcome.work.rows:
            await append(connection, [outcome.work.batch()])
        if not await held.still_parked(connection, self.name, outcome.behind):
            raise Moved
        await held.hold(connection, self.name, outcome.holds)
        if outcome.released and not await held.release(connection, self.name, outcome.released):
            raise Moved
