"""A system of this folder's own for each way to run, and what is broken in it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from tests.faults.house import House, house


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """An installation's databases have fixed names, so it has a server of its own."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def embedded(own_postgres: EmbeddedPostgres) -> AsyncIterator[House]:
    async with house(own_postgres, None) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def over_kafka(own_postgres: EmbeddedPostgres, kafka: str) -> AsyncIterator[House]:
    async with house(own_postgres, kafka) as running:
        yield running
