"""Gauges that are read from the store."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.follow import follow
from shared.kernel.held import Hold, hold
from shared.kernel.log import OWN_PUBLIC, Batch, Log, NewRow, Place, Row
from shared.kernel.measuring import Oldest, measuring
from shared.telemetry.metrics import REGISTRY
from tests.support.stores import MARCH_2019, fresh_log
from tests.support.waiting import beside, eventually


@pytest.fixture
async def log(postgres: EmbeddedPostgres) -> AsyncIterator[Log]:
    log = await fresh_log(postgres, "archive")
    yield log
    await log.close()


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"reglament_{name}", {"service": "archive", **labels})


async def append(log: Log, count: int) -> None:
    rows = [NewRow(uuid4(), f"archive:{n}", 1, str(n), "Shelved", "{}", "{}", MARCH_2019) for n in range(count)]
    await log.append(Batch(tuple(rows)))


class TestWhatIsHeldBack:
    async def test_is_counted_by_why(self, log: Log) -> None:
        async with log.pool.acquire() as connection:
            failed = [Hold("a", Place(1, n), uuid4(), error="ValueError") for n in (1, 2)]
            await hold(connection, "reader", [*failed, Hold("b", Place(1, 3), uuid4(), awaits=("c",))])
            await hold(connection, "reader", [Hold("a", Place(1, 4), uuid4())])  # it stands behind those that failed
        async with beside(measuring(log)):

            async def counted() -> bool:
                return (value("parked_facts"), value("waiting_facts"), value("parked_records")) == (2, 1, 0)

            await eventually(counted)


class TestAFollowerThatTakesNothing:
    async def test_is_behind_by_every_fact_since_the_oldest(self, log: Log) -> None:
        async def never(_: list[Row]) -> None:
            raise ConnectionError

        await append(log, 3)
        async with beside(follow(log, "slow:one", never, where=OWN_PUBLIC)):

            async def begun() -> bool:
                return bool(log.followers)

            await eventually(begun)
            async with beside(measuring(log)):

                async def counted() -> bool:
                    return value("follower_behind_facts", source="archive", follower="slow") == 3

                await eventually(counted)
        # the facts are said to have been recorded in March 2019
        assert (value("follower_behind_seconds", source="archive", follower="slow") or 0) > 365 * 86400


class TestATransactionThatStaysOpen:
    async def test_grows_older_until_it_ends(self, log: Log) -> None:
        oldest, connection = Oldest(log), await asyncpg.connect(log.dsn)
        try:
            async with connection.transaction():
                await connection.execute("select pg_current_xact_id()")
                await append(log, 1)  # readers don't see it as long as the older one is open
                await oldest.measure()
                assert value("oldest_transaction_seconds") == 0
                await oldest.measure()
                assert (value("oldest_transaction_seconds") or 0) > 0
        finally:
            await connection.close()

        async def over() -> bool:  # other tests' transactions may be open in the same cluster
            await oldest.measure()
            return value("oldest_transaction_seconds") == 0

        await eventually(over)

    async def test_that_only_reads_hinders_nobody(self, log: Log) -> None:
        oldest, connection = Oldest(log), await asyncpg.connect(log.dsn)
        async with connection.transaction(isolation="repeatable_read"):
            await connection.fetchval("select count(*) from events")

            async def none_open() -> bool:
                await oldest.measure()
                return value("oldest_transaction_seconds") == 0

            await eventually(none_open)
        await connection.close()
