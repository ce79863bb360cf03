"""Append one private and one public fact, checked, by many writers of one process."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.domain import event

from shared.calendar.clock import SystemClock
from shared.contracts.common import PublicFact, StepDone
from shared.contracts.intake import ApplicationAdmitted
from shared.kernel.events import Aggregate, DomainEvent, EventNames
from shared.kernel.log import Batch, Log
from shared.kernel.vault import Vault
from shared.kernel.work import SYSTEM, Service, UnitOfWork
from tests.benchmarks.frame import Goal, Line, Report, Scale, take_turns
from tests.benchmarks.postgres import floor_table, fresh_log, pgbench, server

MOST = 40_000
"""Commands a second that facts are got ready for."""
GOALS = {1: Goal(0.6, 0.8), 16: Goal(1.0, 1.3), 64: Goal(1.2, 1.6)}


class Checked(Aggregate):
    """What one command is about."""

    class Admitted(Aggregate.Created):
        application: UUID
        step: str
        at: datetime

    @staticmethod
    def create_id(application: UUID) -> str:
        return f"application:{application}"

    @event(Admitted)
    def __init__(self, application: UUID, step: str, at: datetime) -> None:
        self.application, self.at = application, at


def publish(_: DomainEvent, aggregate: Any, __: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    at = aggregate.at
    step = StepDone(
        step="check",
        action="check",
        paragraph="§5.2",
        outcome="admitted",
        role="executor",
        happened_at=at,
        since=at,
        due=at,
        rests_on=(aggregate.application,),
    )
    yield str(aggregate.application), ApplicationAdmitted(happened_at=at, step=step)


SERVICE = Service("intake", EventNames(cast("Mapping[str, type[Any]]", {"checked": Checked.Admitted})), publish)


async def decided(log: Log, vault: Vault) -> UnitOfWork:
    """A new application is checked: its own fact and the one for others."""
    work = UnitOfWork(log, SERVICE, vault, await SystemClock().now(), SYSTEM, correlation=str(uuid4()))
    work.save(Checked(uuid4(), "check", datetime.now(UTC)))
    return work


def facts(sample: Batch) -> Batch:
    """The same two facts in streams of their own."""
    name = str(uuid4())
    rows = (row._replace(id=uuid4(), stream=f"{row.stream.partition(':')[0]}:{name}") for row in sample.rows)
    return Batch(tuple(row._replace(subject=name) if row.subject else row for row in rows))


async def rate(writers: int, seconds: float, write_one: Callable[[], Awaitable[None]]) -> float:
    """Commands in a second."""
    end, done = time.perf_counter() + seconds, 0

    async def write() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await write_one()
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(writers)))
    return done / (time.perf_counter() - begun)


async def measure(scale: Scale) -> Report:
    ready = {n: Line(f"{n} writers", "commands/s", goal) for n, goal in GOALS.items()}
    made = {n: Line(f"{n} writers, facts made too", "commands/s") for n in GOALS}
    lines, seconds = [*ready.values(), *made.values()], scale.of(2, 1)
    with server() as postgres:
        log = await fresh_log(postgres, "intake")
        vault = Vault(cast("asyncpg.Pool[asyncpg.Record]", log.pool))
        sample = (await decided(log, vault)).batch()
        payload = sum(len(row.data) + len(row.meta) for row in sample.rows)

        def appending() -> Callable[[], Awaitable[None]]:
            ready_facts = iter([facts(sample) for _ in range(int(seconds * MOST))])
            gc.freeze()

            async def append() -> None:
                await log.append(next(ready_facts, None) or facts(sample))

            return append

        async def command() -> None:
            await (await decided(log, vault)).commit()

        async def floor() -> dict[str, float]:
            values = {n: await pgbench(postgres, n, seconds, payload) for n in GOALS}
            return {lines[n].name: value for lines in (ready, made) for n, value in values.items()}

        async def subject() -> dict[str, float]:
            found = {ready[n].name: await rate(n, seconds, appending()) for n in GOALS}
            return found | {made[n].name: await rate(n, seconds, command) for n in GOALS}

        await rate(16, 1, command)
        async with floor_table(postgres):
            await take_turns(scale.rounds, lines, floor, subject)
        await log.close()
    return Report(
        "Append one private and one public fact, checked",
        f"`pgbench -n -M prepared -c WRITERS -j 1 -T {seconds:g}` with `insert into facts values "
        f"(gen_random_uuid()::text, 1, :data)`, one row of {payload} bytes, as many as the two facts have together",
        "`Log.append` of two ready facts, one statement that refuses a version that is taken (group commit). Facts made too: "
        "`UnitOfWork.save` of a new aggregate and `commit`, so the event made and validated, translated into the public "
        "fact, both with who and why, chained by their hashes",
        lines,
        [
            "pgbench is a program in C that sends text which it has; making facts in Python costs more than appending them.",
            "The ready facts' ids are made before the clock runs; the floor's server makes its own while it does.",
        ],
    )
