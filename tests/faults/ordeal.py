"""One system under fire: clients that run cases, somebody who kills its processes at random, and what is left."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import httpx

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import Databases
from reglament.asking.client import Client
from reglament.demo.case import instant
from reglament.demo.worked import load
from reglament.keeping import stores
from reglament.keeping.home import Home
from reglament.wiring import BUILD
from shared.calendar.clock import SystemClock
from shared.contracts.topics import SERVICES
from shared.kernel.node import Node
from tests.faults import counting
from tests.faults.house import PROCEDURE
from tests.faults.journal import Journal, Persistent
from tests.faults.process import System
from tests.faults.story import SharedStage, Story
from tests.support.waiting import PATIENCE

CASES = ("granted", "refused-by-commission", "refused", "withdrawn", "declined")
CLIENTS = 5
EVERYTHING = ("everything", "everything", "everything while it starts")
PARTS = {"its postgres": System.postmaster, "a backend": System.backends, "its broker": System.broker}


@dataclass
class Ordeal:
    """`told`: what the clients were answered; `cases`: each with the name of the worked case that it follows."""

    system: System
    journal: Journal
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    cases: list[tuple[str, Story]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, seconds: float) -> None:
        """Cases run and things die for that long; then what runs is brought to its end, and everybody reads it."""
        transport = Persistent(self.journal, self.chance)
        async with httpx.AsyncClient(base_url=self.system.url, transport=transport, timeout=20) as http:
            operator = Client(http, Home.open(self.system.home).operator_token())
            self.stage = SharedStage(http, operator, load(PROCEDURE, "granted")[0])
            await self.stage.begin(instant("2019-11-25 09:00", "Asia/Almaty"))
            async with asyncio.TaskGroup() as tasks:
                for first in range(CLIENTS):
                    tasks.create_task(self._use(first))
                tasks.create_task(self._shake(seconds))
            self.states = [(name, story.application, await story.state("")) for name, story in self.cases]
        await quiet(self.system.home)

    async def _use(self, first: int) -> None:
        """Case after case, each of another kind than the last."""
        for name in islice(cycle(CASES), first, None):
            if self.over.is_set():
                return
            story = Story(self.stage, load(PROCEDURE, name)[1])
            self.cases.append((name, story))
            await story.play()

    async def _shake(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(self.chance.uniform(0.2, 3))
            what = self.chance.choice([*PARTS, *EVERYTHING])
            if what in EVERYTHING:
                await self._kill_everything(again=what == "everything while it starts")
            elif victims := PARTS[what](self.system):
                os.kill(self.chance.choice(victims), signal.SIGKILL)
            else:
                continue
            self.kills[what] += 1
        self.over.set()

    async def _kill_everything(self, again: bool) -> None:
        self.system.kill()
        self.system.start()
        if again:
            await asyncio.sleep(self.chance.uniform(0, 2))
            self.system.kill()
            self.system.start()
        await self.system.ready()


@asynccontextmanager
async def nodes_of(cluster: Databases) -> AsyncIterator[dict[str, Node]]:
    """The services over the stores of an installation, not running."""
    logs = {s: await stores.open_log(cluster, s) for s in SERVICES}
    vaults = {s: await stores.open_vault(cluster, s) for s in SERVICES}
    yield {s: BUILD[s](logs[s], vaults[s], SystemClock()) for s in SERVICES}
    for service in SERVICES:
        await logs[service].close()
        await vaults[service].close()


async def quiet(home: Path) -> None:
    """Returns when everybody has read everything."""
    async with nodes_of(EmbeddedPostgres(home)) as nodes, asyncio.timeout(PATIENCE):
        while await counting.behind(nodes):
            await asyncio.sleep(0.3)
