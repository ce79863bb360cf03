"""One running system for each way to run, shared by all its journeys but the worked cases: real PostgreSQL, Kafka, HTTP,
WebSocket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.answering import answering, listening
from reglament.asking.client import Client
from reglament.demo.stage import Stage
from reglament.demo.worked import load
from reglament.keeping.home import Home
from shared.transport.cluster import Cluster
from tests.journeys.links import Severable
from tests.journeys.town import Town, instant

PROCEDURE = "karaganda-2019/new-business-ideas"
WITHIN_ONE_SERVICE = pytest.mark.parametrize("mode", ["embedded"], indirect=True, scope="session")
"""For what no fact has to travel for: there is nothing in it that Kafka could change."""


@pytest.fixture(scope="session", params=["embedded", "kafka"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def bootstrap(mode: str, request: pytest.FixtureRequest) -> str | None:
    """Kafka's address; none where facts are copied log to log."""
    return str(request.getfixturevalue("kafka")) if mode == "kafka" else None


@pytest.fixture(scope="session")
def own_postgres(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """An installation's databases have fixed names, so each mode has a server of its own."""
    with EmbeddedPostgres(tmp_path_factory.mktemp(f"home-{mode}")) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(mode: str, bootstrap: str | None, own_postgres: EmbeddedPostgres) -> AsyncIterator[Town]:
    async with installed(mode, bootstrap, own_postgres) as town:
        yield town


@asynccontextmanager
async def installed(mode: str, bootstrap: str | None, postgres: EmbeddedPostgres) -> AsyncIterator[Town]:
    """A running system on a server of its own, and those who act for PROCEDURE in it."""
    home = Home.open(postgres.home, demonstration=True)
    cluster = Cluster(bootstrap, prefix=f"{uuid4().hex[:8]}.") if bootstrap else None
    system = Severable(home, postgres, cluster)
    try:
        async with _served(await system.start()) as url, httpx.AsyncClient(base_url=url, timeout=60) as http:
            published, _ = load(PROCEDURE, "granted")
            stage = Stage(http, Client(http, home.operator_token()), published)
            await stage.set(instant("2019-11-25 09:00"))
            yield Town(mode, url, home, system, http, stage)
    finally:
        await system.stop()


@asynccontextmanager
async def _served(app: object) -> AsyncIterator[str]:
    """A real server on a free port, in this loop."""
    with listening("127.0.0.1", 0) as listener:
        async with answering(app, listener):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
