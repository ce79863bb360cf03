import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.calendar.clock import DemonstrationClock, SystemClock

MARCH_2019 = datetime(2019, 3, 20, 4, tzinfo=UTC)
DAY = timedelta(days=1)
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@pytest.fixture
async def pool(postgres: EmbeddedPostgres) -> AsyncIterator[Pool]:
    """A database that holds nothing but the clock."""
    name = f"clock_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    await admin.execute(f"create database {name}")
    await admin.close()
    async with asyncpg.create_pool(postgres.dsn(name), min_size=0, max_size=4) as pool:
        yield pool


@pytest.fixture
async def clock(pool: Pool) -> DemonstrationClock:
    clock = DemonstrationClock(pool)
    await clock.ensure()
    return clock


class TestTheSystemClock:
    async def test_tells_the_time_of_the_machine_in_utc(self) -> None:
        before, now, after = datetime.now(UTC), await SystemClock().now(), datetime.now(UTC)
        assert before <= now <= after
        assert now.tzinfo == UTC


class TestTheDemonstrationClock:
    async def test_tells_the_time_of_the_machine_until_it_is_moved(self, clock: DemonstrationClock) -> None:
        before, now, after = datetime.now(UTC), await clock.now(), datetime.now(UTC)
        assert before <= now <= after

    async def test_runs_on_from_the_moment_that_it_was_set_to(self, clock: DemonstrationClock) -> None:
        await clock.set_to(MARCH_2019)
        first, second = await clock.now(), await clock.now()
        assert MARCH_2019 <= first < second < MARCH_2019 + DAY

    async def test_moves_forwards_and_back(self, clock: DemonstrationClock) -> None:
        await clock.set_to(MARCH_2019 + 20_000 * DAY)
        assert await clock.now() >= MARCH_2019 + 20_000 * DAY
        await clock.set_to(MARCH_2019)
        assert MARCH_2019 <= await clock.now() < MARCH_2019 + DAY

    async def test_is_moved_for_every_reader_at_once(self, clock: DemonstrationClock, pool: Pool) -> None:
        reader = DemonstrationClock(pool)
        await reader.now()
        await clock.set_to(MARCH_2019)
        assert MARCH_2019 <= await reader.now() < MARCH_2019 + DAY

    async def test_keeps_its_move_through_a_new_start(self, clock: DemonstrationClock, pool: Pool) -> None:
        await clock.set_to(MARCH_2019)
        again = DemonstrationClock(pool)
        await again.ensure()
        assert MARCH_2019 <= await again.now() < MARCH_2019 + DAY

    async def test_is_made_once_by_starts_at_the_same_time(self, pool: Pool) -> None:
        await asyncio.gather(*(DemonstrationClock(pool).ensure() for _ in range(4)))
        assert await pool.fetchval("select count(*) from clock") == 1

    async def test_refuses_a_moment_without_an_offset(self, clock: DemonstrationClock) -> None:
        with pytest.raises(ValueError, match="has no offset"):
            await clock.set_to(datetime(2019, 3, 20))  # noqa: DTZ001
