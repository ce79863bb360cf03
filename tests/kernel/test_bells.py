"""Bells between two processes of one service: each log object stands for a process."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.kernel import follow as following
from shared.kernel.bells import ring_between_processes
from shared.kernel.follow import follow
from shared.kernel.log import Log, Row
from tests.kernel.samples import put, row
from tests.support.waiting import PATIENCE, beside, eventually

LISTENERS = "select count(*) from pg_stat_activity where application_name = $1 and query ilike 'listen%'"
ENDS = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()"


@pytest.fixture
async def beyond(log: Log) -> AsyncIterator[Log]:
    """The same store in another process."""
    other = await Log(log.service, log.dsn).open()
    yield other
    await other.close()


@pytest.fixture
def no_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers read when rung, and not otherwise."""
    monkeypatch.setattr(following, "NET", 3600)


async def both_listen(log: Log) -> bool:
    return int(await log.pool.fetchval(LISTENERS, f"{log.service}-bells")) == 2


@pytest.mark.usefixtures("no_looking")
class TestWhenTwoProcessesRingForEachOther:
    async def test_what_one_commits_wakes_the_other(self, log: Log, beyond: Log) -> None:
        seen: list[Row] = []

        async def handler(rows: list[Row]) -> None:
            seen.extend(rows)

        async with beside(follow(beyond, "tail", handler)):
            bells = [asyncio.create_task(ring_between_processes(each)) for each in (log, beyond)]
            await eventually(lambda: both_listen(log))
            await put(log, row("w", 1, "w"))
            await eventually(lambda: asyncio.sleep(0, len(seen) == 1))
            await put(log, row("w", 2, "w"))
            await eventually(lambda: asyncio.sleep(0, len(seen) == 2))
            for each in bells:
                each.cancel()

    async def test_of_a_read_model_only_its_readers_are_told(self, log: Log, beyond: Log) -> None:
        follower, reader = asyncio.Event(), asyncio.Event()
        ringing = [asyncio.create_task(ring_between_processes(each)) for each in (log, beyond)]
        await eventually(lambda: both_listen(log))
        for each in (log, beyond):
            each.bells.add(follower)
            each.readers.add(reader)
        follower.clear()
        log.ring(facts=False)
        reader.clear()
        await eventually(lambda: asyncio.sleep(0, reader.is_set()))
        assert not follower.is_set()
        log.ring()
        follower.clear()
        await eventually(lambda: asyncio.sleep(0, follower.is_set()))
        for task in ringing:
            task.cancel()

    async def test_a_process_does_not_wake_itself_twice(self, log: Log) -> None:
        bell = asyncio.Event()
        ringing = asyncio.create_task(ring_between_processes(log))
        await eventually(lambda: asyncio.sleep(0, True))
        async with asyncio.timeout(PATIENCE):
            while not await log.pool.fetchval(LISTENERS, f"{log.service}-bells"):
                await asyncio.sleep(0.01)
        log.bells.add(bell)
        await put(log, row("w", 1, "w"))
        assert bell.is_set()
        bell.clear()
        await eventually(lambda: asyncio.sleep(0, not log.committed.is_set()))
        await asyncio.sleep(0.1)  # time enough for its own notice to come back
        assert not bell.is_set()
        ringing.cancel()


class TestWhenTheConnectionIsLost:
    async def test_it_ends_with_an_error_so_that_it_is_begun_anew(self, log: Log) -> None:
        ringing = asyncio.create_task(ring_between_processes(log))
        async with asyncio.timeout(PATIENCE):
            while not await log.pool.fetchval(LISTENERS, f"{log.service}-bells"):
                await asyncio.sleep(0.01)
        admin = await asyncpg.connect(log.dsn)
        await admin.execute(ENDS.replace("$1", f"'{log.service}-bells'"))
        await admin.close()
        with pytest.raises((ConnectionError, asyncpg.PostgresError, OSError)):
            async with asyncio.timeout(PATIENCE):
                await ringing
