"""A stack under fire: clients that run cases, somebody who kills its processes at random, and what is left."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from unittest.mock import patch

import httpx

from reglament.asking.client import Client
from reglament.demo.case import instant
from reglament.demo.worked import load
from reglament.keeping.home import Home
from reglament.stack.control import Row
from shared.kernel.tasks import ended
from tests.faults import counting
from tests.faults.house import PROCEDURE
from tests.faults.journal import Journal, Persistent
from tests.faults.ordeal import CASES, nodes_of
from tests.faults.outcomes import otherwise
from tests.faults.stack import AsAdministrator, Stack
from tests.faults.story import SharedStage, Story
from tests.support.waiting import PATIENCE

CLIENTS = 4
ROLES = ("worker", "worker", "worker", "api", "api", "api", "front", "database", "broker")
"""One of them is chosen each time."""
Operation = Callable[[Stack], Awaitable[None]]


@dataclass
class Siege:
    """`operations`: what an operator does meanwhile; `recoveries`: seconds from each kill until its victim works again."""

    stack: Stack
    journal: Journal
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    recoveries: list[float] = field(default_factory=list)
    cases: list[tuple[str, Story]] = field(default_factory=list)
    states: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    facts: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, kills: int, operations: tuple[Operation, ...] = ()) -> None:
        """Cases run, processes die and the operator operates; then what runs is brought to its end, and everybody reads it."""
        with patch("reglament.asking.client.PATIENCE", PATIENCE), patch("reglament.demo.driver.PATIENCE", PATIENCE):
            await self._run(kills, operations)
        await self.stack.ready()
        await self._quiet()

    async def _run(self, kills: int, operations: tuple[Operation, ...]) -> None:
        transport = Persistent(self.journal, self.chance)
        async with httpx.AsyncClient(base_url=self.stack.url, transport=transport, timeout=20) as http:
            operator = Client(http, Home.open(self.stack.home).operator_token())
            self.stage = SharedStage(http, operator, load(PROCEDURE, "granted")[0])
            await self.stage.begin(instant("2019-11-25 09:00", "Asia/Almaty"))
            clients = [asyncio.ensure_future(self._use(first)) for first in range(CLIENTS)]
            await self._besiege(kills, operations)
            await asyncio.wait(clients, timeout=PATIENCE)
            self.unfinished = [_said(outcome) for outcome in await ended(*clients) if outcome is not None]
            if not self.unfinished:
                self.states = [(name, story.application, await story.state("")) for name, story in self.cases]

    async def damage(self) -> list[str]:
        """All that is lost, doubled, changed, out of order, stuck, shown wrongly or otherwise than worked out by hand."""
        found = [str(difference) for difference in await self._verified()]
        async with nodes_of(AsAdministrator(self.stack.home)) as nodes:
            logs = {service: node.log for service, node in nodes.items()}
            self.facts = sum((await counting.numbers(logs)).values())
            found += await counting.damage(logs, self.journal.told())
            return [*found, *self.unfinished, *([] if self.unfinished else await otherwise(logs, self.states))]

    async def _verified(self) -> list[Any]:
        told: dict[str, Any] = await self.stack.do("verify", "--json")
        differences: list[Any] = told["differences"]
        return differences

    async def _use(self, first: int) -> None:
        """Case after case, each of another kind than the last."""
        for name in islice(cycle(CASES), first, None):
            if self.over.is_set():
                return
            story = Story(self.stage, load(PROCEDURE, name)[1])
            self.cases.append((name, story))
            await story.play()

    async def _besiege(self, kills: int, operations: tuple[Operation, ...]) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._operate(operations))
            while sum(self.kills.values()) < kills:
                await asyncio.sleep(self.chance.uniform(0.5, 2.5))
                role = self.chance.choice(ROLES)
                victims = [row for row in self.stack.rows() if row.role == role and row.pid]
                if victims:
                    victim = self.chance.choice(victims)
                    await self.stack.kill(victim)
                    self.kills[f"{victim.service} {role}"] += 1
                    tasks.create_task(self._recovers(victim))
        self.over.set()

    async def _operate(self, operations: tuple[Operation, ...]) -> None:
        for operation in operations:
            await operation(self.stack)

    async def _recovers(self, victim: Row) -> None:
        """Or it is wanted no more: there are fewer of its kind now."""
        begun = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while any(r.name == victim.name and (r.pid == victim.pid or not r.ready) for r in self.stack.rows()):
                await asyncio.sleep(0.05)
        self.recoveries.append(time.monotonic() - begun)

    async def _quiet(self) -> None:
        """Returns when everybody has read everything, or will not any more: then the counting tells what is missing."""
        until = time.monotonic() + PATIENCE
        async with nodes_of(AsAdministrator(self.stack.home)) as nodes:
            while await counting.behind(nodes) and time.monotonic() < until:
                await asyncio.sleep(0.3)


def _said(outcome: BaseException) -> str:
    return f"a client is stuck: {type(outcome).__name__} {outcome}"


def tally(found: list[str]) -> dict[str, int]:
    """What kind of damage each line tells of."""
    kinds = {
        "lost": ("lacks", "is lost", "never acknowledged", "comes after version", "hasn't come", "is missing"),
        "doubled": ("times",),
        "out_of_order": ("earlier version",),
        "stuck": ("holds back", "is parked", "is stuck"),
    }
    told = {kind: sum(any(w in line for w in words) for line in found) for kind, words in kinds.items()}
    return told | {"otherwise": sum(not any(w in line for words in kinds.values() for w in words) for line in found)}


async def rolling_restart(stack: Stack, *services: str) -> None:
    """One process after the other, of these services or of all."""
    for row in stack.rows():
        if row.role in ("api", "worker") and (not services or row.service in services):
            await stack.do("restart", row.name)


async def scaled(stack: Stack, service: str, *counts: int) -> None:
    """So many workers, one number after another."""
    for count in counts:
        await stack.do("scale", service, "worker", str(count))


async def away(stack: Stack, role: str, seconds: float) -> None:
    """Killed again as often as it comes up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for row in stack.rows():
            if row.role == role and row.pid:
                await stack.kill(row)
        await asyncio.sleep(0.05)
