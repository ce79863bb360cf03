"""The whole system within the test's own process, over REST without a socket: to be broken from inside."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.asking.client import Client
from reglament.demo.case import instant
from reglament.demo.driver import Driver
from reglament.demo.worked import load
from reglament.embedded.system import Embedded
from reglament.keeping.home import Home
from services.notification.reactions import REACTIONS
from shared.kernel.log import Row
from shared.kernel.reactions import Reaction
from shared.kernel.work import UnitOfWork
from shared.transport.cluster import Cluster
from tests.faults.story import SharedStage, Story

PROCEDURE = "karaganda-2019/new-business-ideas"
Between = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


@dataclass(frozen=True)
class House:
    """A running system, and its operator."""

    system: Embedded
    stage: SharedStage

    @property
    def operator(self) -> Client:
        return self.stage.operator

    async def do(self, *acts: str, driver: Driver | None = None) -> Driver:
        """The first acts of a granted case, or further ones of a case under way; nothing is waited for."""
        story = driver or Story(self.stage, load(PROCEDURE, "granted")[1])
        for act in (a for a in story.worked.acts if a.do in acts):
            now = (await self.stage.now()).astimezone(story.instant("2019-11-25").tzinfo).replace(tzinfo=None)
            await story.doing(act.do)(act.model_copy(update={"at": now.isoformat(), "receipt": None}))
        return story

    async def held(self, service: str) -> list[dict[str, Any]]:
        """What readers of a service hold back with an error."""
        found: list[dict[str, Any]] = await self.operator.get(f"/api/{service}/v1/parked")
        return found

    async def records(self, service: str) -> list[dict[str, Any]]:
        """The records that couldn't enter a service's log."""
        found: list[dict[str, Any]] = await self.operator.get(f"/api/{service}/v1/records/parked")
        return found


def _nothing(wire: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    return wire


@asynccontextmanager
async def house(postgres: EmbeddedPostgres, bootstrap: str | None, between: Between = _nothing) -> AsyncIterator[House]:
    """Started in the server's home; with `bootstrap` over Kafka, under topics of its own. `between`: what stands
    between it and its clients."""
    home = Home.open(postgres.home, demonstration=True)
    cluster = Cluster(bootstrap, prefix=f"{uuid4().hex[:8]}.") if bootstrap else None
    system = Embedded(home, postgres, cluster)
    try:
        transport = between(httpx.ASGITransport(await system.start()))
        async with httpx.AsyncClient(base_url="http://house", transport=transport, timeout=60) as http:
            stage = SharedStage(http, Client(http, home.operator_token()), load(PROCEDURE, "granted")[0])
            await stage.begin(instant("2019-11-25 09:00", stage.zone))
            yield House(system, stage)
    finally:
        await system.stop()


def failing(monkeypatch: pytest.MonkeyPatch, *names: str) -> set[str]:
    """The subjects whose facts of these names notification fails on: to be filled."""
    subjects: set[str] = set()
    for name in names:
        monkeypatch.setitem(REACTIONS, name, partial(_fails_on, subjects, REACTIONS[name]))
    return subjects


async def _fails_on(subjects: set[str], sound: Reaction, work: UnitOfWork, row: Row) -> None:
    if row.subject in subjects:
        raise ZeroDivisionError
    await sound(work, row)
