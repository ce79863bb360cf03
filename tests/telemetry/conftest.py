"""One installation for each way to run, watched from outside: a collector takes its spans, its log is kept, a case is
run through it with marked persons."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.asking.client import Client
from reglament.demo.stage import Stage
from reglament.demo.worked import load
from reglament.keeping.home import Home
from shared.telemetry.exporting import Flush, exporting
from shared.telemetry.log import JsonLines
from shared.transport.cluster import Cluster
from tests.journeys.conftest import PROCEDURE, _served
from tests.journeys.links import Severable
from tests.journeys.town import Town, instant
from tests.telemetry.collector import Collected, collecting


@pytest.fixture(scope="module", params=["embedded", "kafka"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass
class Watched:
    """What leaves an installation beside its interfaces."""

    town: Town
    collected: Collected
    flush: Flush
    log: io.StringIO
    urls: list[str]
    cluster: Cluster | None

    async def exposition(self) -> str:
        return (await self.town.http.get("/metrics")).text


@pytest.fixture(scope="module")
def own_postgres(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp(f"home-{mode}")) as server:
        yield server


@pytest.fixture(scope="module")
def kept_log() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, by libraries too, as the product writes it."""
    stream, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("reglament")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield stream
    ours.setLevel(before)
    root.removeHandler(handler)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watched(
    mode: str, request: pytest.FixtureRequest, own_postgres: EmbeddedPostgres, kept_log: io.StringIO
) -> AsyncIterator[Watched]:
    bootstrap = str(request.getfixturevalue("kafka")) if mode == "kafka" else None
    cluster = Cluster(bootstrap, prefix=f"{uuid4().hex[:8]}.") if bootstrap else None
    home, urls = Home.open(own_postgres.home, demonstration=True), list[str]()

    async def note(request: httpx.Request) -> None:
        urls.append(str(request.url))

    with collecting() as collected, exporting(collected.url) as flush:
        system = Severable(home, own_postgres, cluster)
        try:
            async with _served(await system.start()) as url:
                hooks = {"request": [note]}
                async with httpx.AsyncClient(base_url=url, timeout=60, event_hooks=hooks) as http:
                    published, _ = load(PROCEDURE, "granted")
                    stage = Stage(http, Client(http, home.operator_token()), published)
                    await stage.set(instant("2019-11-25 09:00"))
                    town = Town(mode, url, home, system, http, stage)
                    yield Watched(town, collected, flush, kept_log, urls, cluster)
        finally:
            await system.stop()
