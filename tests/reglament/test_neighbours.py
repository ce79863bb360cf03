"""Whether a log was restored behind its neighbours' copies is told by how far each stream goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import database
from reglament.keeping.neighbours import compare
from shared.contracts.topics import SERVICES
from shared.kernel.log import Log
from tests.kernel.samples import noted, put, row
from tests.support.stores import fresh_log


@dataclass
class Installation:
    """A log of each service, in databases of other names than an installation's."""

    postgres: EmbeddedPostgres
    logs: dict[str, Log]
    names: dict[str, str]

    def dsn(self, name: str, user: str = "postgres") -> str:
        return self.postgres.dsn(self.names[name], user)

    async def has(self, service: str, *places: tuple[str, int]) -> None:
        """Public facts of commission's, as its own or as copies."""
        made = [noted(subject, version, service="commission") for subject, version in places]
        await put(self.logs[service], *(f._replace(origin=None) if service == "commission" else f for f in made))

    async def missing(self) -> list[tuple[str, int]]:
        connection = await asyncpg.connect(self.dsn(database("commission")))
        try:
            return [tuple(r) for r in await connection.fetch("select * from missing order by stream, version")]
        finally:
            await connection.close()


@pytest.fixture
async def installation(postgres: EmbeddedPostgres) -> AsyncIterator[Installation]:
    logs = {service: await fresh_log(postgres, service) for service in SERVICES}
    names = {database(s): await log.pool.fetchval("select current_database()") for s, log in logs.items()}
    yield Installation(postgres, logs, names)
    for log in logs.values():
        await log.close()


class TestWhenAReaderIsBehindInOneStreamAndAheadInAnother:
    async def test_what_the_service_lacks_is_noted(self, installation: Installation) -> None:
        await installation.has("commission", ("a", 1), ("b", 1), ("b", 2), ("c", 1))
        await installation.has("intake", ("a", 1), ("a", 2), ("a", 3))  # fewer in all
        others = {"intake": 0, "expertise": 0, "notification": 0, "scoring": 0}
        assert await compare(installation) == {**others, "commission": 2}
        assert await installation.missing() == [("commission:a", 2), ("commission:a", 3)]


class TestWhenReadersAreOnlyBehind:
    async def test_nothing_is_missing(self, installation: Installation) -> None:
        await installation.has("commission", ("a", 1), ("a", 2), ("b", 1))
        await put(installation.logs["commission"], row("sitting:a", 1))
        await installation.has("intake", ("a", 1))
        await installation.has("notification", ("a", 2))  # the first is parked
        assert (await compare(installation))["commission"] == 0


class TestWhenAStreamIsGone:
    async def test_all_of_it_that_any_neighbour_has_is_missing(self, installation: Installation) -> None:
        await installation.has("intake", ("a", 1))
        await installation.has("notification", ("a", 1), ("a", 2))
        assert (await compare(installation))["commission"] == 2
