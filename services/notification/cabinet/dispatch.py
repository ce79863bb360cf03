"""One reader of the view for all sockets of a process: each change is read once and put where it is watched."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from services.notification.cabinet import reads
from services.notification.cabinet.mailbox import Mailbox
from services.notification.cabinet.reads import Shown
from shared.kernel.follow import TROUBLE
from shared.kernel.log import START, Log, Place
from shared.telemetry.log import log_failure

NET = 0.25
PAUSE = 0.5


@dataclass(eq=False, slots=True)
class Watch:
    """What a socket watches: an account's applications, or one application."""

    mailbox: Mailbox
    account: UUID | None = None
    application: str | None = None

    def of(self, changes: "Changes") -> list[Shown]:
        """What of these it watches."""
        return changes.by_account.get(self.account, []) + changes.by_application.get(self.application, [])


class Changes:
    """Changed rows by what sockets watch: thousands of sockets each find theirs without looking through all."""

    def __init__(self, rows: Iterable[Shown]) -> None:
        self.by_account: dict[UUID | None, list[Shown]] = {}
        self.by_application: dict[str | None, list[Shown]] = {}
        for row in rows:
            self.by_account.setdefault(row.account, []).append(row)
            self.by_application.setdefault(row.application, []).append(row)


@dataclass(eq=False, slots=True)
class Dispatcher:
    """Runs while somebody watches. It wakes by the log's bell, and looks anyway for what another process did."""

    log: Log
    _watches: set[Watch] = field(default_factory=set)
    _seen: Place = START
    _task: asyncio.Task[None] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def watched(self) -> int:
        """How many sockets watch."""
        return len(self._watches)

    @asynccontextmanager
    async def watching(self, watch: Watch) -> AsyncIterator[None]:
        """Within it the mailbox gets every change that comes after the place that its cursor names."""
        async with self._lock:
            if not self._watches:
                self._seen = await reads.seen(self.log)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
            self._watches.add(watch)
        try:
            after = watch.mailbox.cursor.place
            watch.mailbox.offer(*await reads.changed(self.log, after, watch.account, watch.application))
            yield
        finally:
            self._watches.discard(watch)
            if not self._watches and self._task:
                self._task.cancel()
                self._task = None

    async def _run(self) -> None:
        bell = asyncio.Event()
        self.log.readers.add(bell)
        try:
            while True:
                bell.clear()
                await self._dispatch_or_pause()
                await _rung(bell)
        finally:
            self.log.readers.discard(bell)

    async def _dispatch_or_pause(self) -> None:
        """No error ends it: the sockets would stay open and hear nothing more. What wasn't handed out comes again."""
        try:
            await self._dispatch()
        except TROUBLE:
            await asyncio.sleep(PAUSE)
        except Exception as error:
            log_failure("dispatch-failed", error)
            await asyncio.sleep(PAUSE)

    async def _dispatch(self) -> None:
        rows, seen = await reads.changed(self.log, self._seen)
        changes = Changes(rows)
        for watch in self._watches if rows or seen != self._seen else ():
            watch.mailbox.offer(watch.of(changes), seen)
        self._seen = seen


async def _rung(bell: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(NET):
            await bell.wait()
    except TimeoutError:
        return
