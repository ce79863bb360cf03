"""One service at work: its store, its loops, and how its commands are performed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from uuid import UUID
from weakref import WeakValueDictionary

from prometheus_client import Counter

from shared.calendar.clock import Clock
from shared.kernel.follow import TROUBLE, Moved, Waiting
from shared.kernel.held import touched
from shared.kernel.log import Answer, Conflict, Log, OutcomeUnknown
from shared.kernel.measuring import Measure, measuring
from shared.kernel.missing import Missing, RestoredBehind
from shared.kernel.reactions import Reaction, Reactor
from shared.kernel.tasks import ended, heed_cancellation
from shared.kernel.vault import Vault
from shared.kernel.views import Projector, View
from shared.kernel.work import SYSTEM, Service, UnitOfWork, Who
from shared.telemetry.correlation import current_correlation
from shared.telemetry.log import log_failure
from shared.telemetry.metrics import LOOP_FAILURES, RETRIES, counted, expected_of
from shared.telemetry.service import serving
from shared.telemetry.spans import span
from shared.web.idempotency import IdempotencyKey
from shared.web.refusal import KeyReused, NotFound, NotOpenYet, Unavailable

ANSWERED = "select body, status, result from answers where scope = $1 and key = $2"
FORGET_ANSWERS = "delete from answers where at < now() - interval '1 day'"
TRIES = 40
BACK_OFF = 0.1, 10.0

Command = Callable[[UnitOfWork], Awaitable[str]]
"""Does the work in a unit of work and returns the id of its result."""
Loop = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Performed:
    """What a command did: the id of its result, and the token by which the cabinet waits for it."""

    result: str
    token: str


@dataclass
class Node:
    """A service with its surroundings. `loops` run until `stop`; one that fails starts again and shows in /ready.

    `measures`: gauges of its own, read every few seconds."""

    service: Service
    log: Log
    vault: Vault
    clock: Clock
    reactions: Mapping[str, Reaction] = field(default_factory=dict)
    views: tuple[View, ...] = ()
    loops: dict[str, Loop] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)
    missing: Missing = field(init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def __post_init__(self) -> None:
        self.missing = Missing(self.log)

    # -- commands

    async def work(self, who: Who = SYSTEM, cause: UUID | None = None) -> UnitOfWork:
        """A new unit of work at this legal instant. Raises RestoredBehind."""
        await self.missing.refuse()
        correlation = str(current_correlation() or "")
        return UnitOfWork(self.log, self.service, self.vault, await self.clock.now(), who, correlation, cause)

    async def perform(self, command: Command, who: Who, key: IdempotencyKey | None = None) -> Performed:
        """Perform a command once, however often it is sent under its key; decide again when somebody was faster.

        Raises what the command refuses with, KeyReused, or Unavailable when the store can't say.
        """
        with serving(self.service.name), span("command"), counted(self.service.name):
            if key is None:
                return await self._decide(command, who, None)
            lock = self._locks.setdefault((key.scope, key.key), asyncio.Lock())
            async with lock:  # a parallel repetition waits for the first
                return await self._decide(command, who, key)

    async def _decide(self, command: Command, who: Who, key: IdempotencyKey | None) -> Performed:
        for attempt in range(TRIES):
            try:
                return await self._once(command, who, key)
            except (Conflict, *TROUBLE) as error:
                RETRIES.labels(self.service.name, type(error).__name__).inc()
                if key is None and isinstance(error, OutcomeUnknown):
                    raise Unavailable from error  # without a key, doing it again might do it twice
            await asyncio.sleep(_pause(attempt))
        raise Unavailable

    async def _once(self, command: Command, who: Who, key: IdempotencyKey | None) -> Performed:
        if key and (answered := await self.answered(key)):
            return answered
        work = await self.work(who)
        try:
            result = await command(work)
        except Waiting as waiting:
            raise NotOpenYet(awaited=", ".join(waiting.awaits)) from waiting
        await work.commit(_answer(key, result, work.token()) if key else None)
        return Performed(result, work.token())

    async def answered(self, key: IdempotencyKey) -> Performed | None:
        """What the command did that came under this key before; None when none did. Raises KeyReused."""
        row = await self.log.pool.fetchrow(ANSWERED, key.scope, key.key)
        if row is None:
            return None
        if row["body"] != key.body_digest:
            raise KeyReused
        return Performed(**json.loads(row["result"]))

    # -- loops

    @property
    def projectors(self) -> list[Projector]:
        return [Projector(view, self.log, self.vault) for view in self.views]

    @property
    def reactor(self) -> Reactor:
        return Reactor(f"{self.service.name}-reactions", self.log, self.work, self.reactions)

    async def retry(self, reader: str, subject: str, discarding: UUID | None = None) -> None:
        """Take up anew what this reader holds back of the subject, but for a fact that is given up.

        Raises NotFound when this reader holds nothing of the subject, or not that fact, or is a view, whose folds pass
        over no fact; Unavailable when somebody else keeps being faster.
        """
        readers: dict[str, Callable[[str], Awaitable[None]]] = {self.reactor.name: self.reactor.retry}
        if discarding is None:
            readers |= {p.view.name: p.retry for p in self.projectors}
        else:
            readers[self.reactor.name] = partial(self.reactor.retry, discarding=discarding)
        held_back = {h.fact for h in await touched(self.log, reader, [subject]) if h.subject == subject}
        if reader not in readers or not held_back or discarding not in {None, *held_back}:
            raise NotFound
        for attempt in range(TRIES):
            with suppress(Moved, Conflict, *TROUBLE):
                return await readers[reader](subject)
            await asyncio.sleep(_pause(attempt))
        raise Unavailable

    async def start(self) -> None:
        """Build the read models that are missing, then run every loop."""
        for projector in self.projectors:
            await projector.ensure()
            self.loops[f"view:{projector.view.name}"] = projector.run
        if self.reactions:
            self.loops["reactions"] = self.reactor.run
        self.loops["answers"] = self._forget_answers
        self.loops["measures"] = partial(measuring, self.log, self.measures)
        self.run(self.loops)

    def run(self, loops: Mapping[str, Loop]) -> None:
        """Run just these loops until `stop`: what answers requests while another process does the work needs no more."""
        expected_of(self.service.name)
        self._tasks += [asyncio.create_task(self._keep(name, loop), name=name) for name, loop in loops.items()]

    async def stop(self) -> None:
        await ended(*self._tasks)
        self._tasks = []

    async def readiness(self) -> dict[str, str]:
        """What isn't well, by name: loops that failed and are to start again, read models that aren't built yet, a log
        that was restored behind its neighbours, the store when it doesn't answer."""
        try:
            async with asyncio.timeout(2):
                unbuilt = {f"view:{p.view.name}": "NotBuilt" for p in self.projectors if not await p.is_built()}
                with suppress(RestoredBehind):
                    await self.missing.refuse()
        except Exception as error:
            return {**self.failing, "store": type(error).__name__}
        return self.failing | unbuilt | ({"log": RestoredBehind.__name__} if self.missing.facts else {})

    async def _keep(self, name: str, loop: Loop) -> None:
        with serving(self.service.name):
            await self._keep_going(name, loop, LOOP_FAILURES.labels(self.service.name, name))

    async def _keep_going(self, name: str, loop: Loop, failures: Counter) -> None:
        shortest, longest = BACK_OFF
        pause = shortest
        while True:
            begun = monotonic()
            try:
                await loop()
            except Exception as error:
                heed_cancellation()
                self.failing[name] = type(error).__name__
                failures.inc()
                log_failure("loop-failed", error, service=self.service.name, loop=name)
            pause = shortest if monotonic() - begun > longest else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
            self.failing.pop(name, None)

    async def _forget_answers(self) -> None:
        while True:
            await self.log.pool.execute(FORGET_ANSWERS)
            await asyncio.sleep(600)


def _pause(attempt: int) -> float:
    return float(min(0.001 * 2**attempt, 0.1))


def _answer(key: IdempotencyKey, result: str, token: str) -> Answer:
    return Answer(key.scope, key.key, key.body_digest, 200, json.dumps({"result": result, "token": token}))
