"""A small system that dies at a named point and starts again from its stores, as often as a test wants."""

import asyncio
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.log import Log, Row
from shared.kernel.node import Node
from shared.kernel.tasks import ended
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View
from shared.kernel.work import SYSTEM
from shared.telemetry.correlation import correlated
from shared.transport.copying import copying
from shared.web.idempotency import IdempotencyKey
from tests.faults import counting
from tests.faults.journal import Told
from tests.faults.recording import SEAL, admitting, when_admitted_then_note
from tests.kafka.running import Link
from tests.support.stores import ROOT, FixedClock, fresh_log, fresh_vault, tiny_service
from tests.support.waiting import eventually

CRASHES, CASES = 20, 5
CALL = re.compile(r'points\.reached\("([^"]+)"\)')
NAMES = UUID(int=4)
TABLE = "create table {table}(subject text primary key, facts int not null)"


def points_in(folder: str) -> list[str]:
    """Every point that the code in this folder names."""
    texts = (path.read_text() for path in (ROOT / "shared" / folder).glob("*.py"))
    return sorted({point for text in texts for point in CALL.findall(text)})


def case(number: int) -> str:
    return str(uuid5(NAMES, f"case {number}"))


class Crash(BaseException):
    """The process is gone in this instant: nothing that catches errors may catch it."""


async def nothing(_: Log, __: Vault, ___: Sequence[Row]) -> None: ...


def number(subject: str, rows: list[Row], _: Any) -> Folded:
    return [{"subject": subject, "facts": len(rows)}]


NUMBERS = View("numbers", TABLE, lambda _: True, nothing, number)


@dataclass
class World:
    """Intake, which reacts to its own facts, and the commission, which has copies of all and a view of them.

    `link`: the Kafka between them; None copies log to log.
    """

    stores: dict[str, Log]
    vault: Vault
    link: Link | None
    chance: random.Random = field(default_factory=random.Random)
    nodes: dict[str, Node] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    armed: str = ""
    crashed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        HERE.set(self)
        logs = {name: await Log(name, store.dsn, size=4).open() for name, store in self.stores.items()}
        intake = Node(tiny_service("intake"), logs["intake"], self.vault, FixedClock(), REACTIONS)
        commission = Node(tiny_service("commission"), logs["commission"], self.vault, FixedClock(), views=(NUMBERS,))
        if self.link:
            intake.loops["relay"] = partial(self.link.relay, intake.log)
            commission.loops["receiver"] = partial(self.link.receive, commission.log)
        else:
            commission.loops["copy"] = partial(copying, intake.log, commission.log, SEAL)
        self.nodes = {"intake": intake, "commission": commission}
        for node in self.nodes.values():
            await node.start()
        self.crashed.clear()

    async def die(self) -> None:
        """All connections fall, whatever they were doing; then nothing runs any more."""
        for node in self.nodes.values():
            node.log.pool.terminate()
        for node in self.nodes.values():
            await node.stop()

    async def close(self) -> None:
        await self.die()
        for store in self.stores.values():
            await store.close()
        await self.vault.pool.close()

    async def crash_at(self, point: str, first: int) -> None:
        """Two commands, of which the second has to pass the point, and a new start after it."""
        before = asyncio.ensure_future(self.admit(first))
        await asyncio.sleep(self.chance.uniform(0, 0.01))
        self.armed = point
        after = asyncio.ensure_future(self.admit(first + 1))
        await self.crashed.wait()
        await self.die()
        await self.start()
        await asyncio.gather(before, after)

    async def admit(self, command: int) -> None:
        """A command that writes one more fact about its application each time that it takes effect, sent until it is
        acknowledged."""
        key = uuid5(NAMES, str(command))
        application = case(command % CASES)
        performed = None
        while performed is None:
            dying = asyncio.ensure_future(self.crashed.wait())
            asked = asyncio.ensure_future(self._perform(key, application))
            await asyncio.wait({asked, dying}, return_when=asyncio.FIRST_COMPLETED)
            with suppress(Exception):
                performed = asked.result() if asked.done() else None
            await ended(asked, dying)
            await asyncio.sleep(0.002)
        self.told.append(Told(str(key), "POST /admission", "body", *performed))

    async def _perform(self, key: UUID, application: str) -> tuple[str, str]:
        with correlated(key):
            asked = admitting(application), SYSTEM, IdempotencyKey("clerk", str(key), "body")
            done = await self.nodes["intake"].perform(*asked)
        return done.result, done.token

    async def quiet(self) -> None:
        async def read() -> bool:
            return not await counting.behind(self.nodes)

        await eventually(read)

    async def damage(self) -> list[str]:
        return await counting.damage({name: node.log for name, node in self.nodes.items()}, self.told)

    async def facts(self, service: str) -> dict[str, int]:
        """How many facts a service knows about each subject."""
        rows = await self.nodes[service].log.pool.fetch("select subject, count(*) from events group by subject")
        return {r["subject"]: r["count"] for r in rows}

    async def shown(self) -> dict[str, int]:
        rows = await self.nodes["commission"].log.pool.fetch("select * from views.numbers")
        return {r["subject"]: r["facts"] for r in rows}


HERE: ContextVar[World] = ContextVar("world")
"""Whose code runs: several worlds may share a process."""


def reached(point: str) -> None:
    """In the place of the kernel's function: here a world's process dies, when this is where it has to."""
    world = HERE.get()
    if point == world.armed:
        world.armed = ""
        world.crashed.set()
        raise Crash(point)


REACTIONS = {"ApplicationAdmitted": when_admitted_then_note}


async def world(postgres: EmbeddedPostgres, link: Link | None) -> World:
    stores = {name: await fresh_log(postgres, name) for name in ("intake", "commission")}
    made = World(stores, await fresh_vault(postgres), link)
    await made.start()
    return made
