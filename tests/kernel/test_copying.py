"""Copying facts into another service's log: verbatim, once, in order, and never two histories in silence."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel.log import COPY, COPY_LOCK, Forked, Log, NewRow, Row, copy
from shared.kernel.vault import Vault
from shared.transport.copying import copied, copying
from shared.transport.parked import Seal, parked
from tests.kernel.samples import noted, open_loan, put, renew_loan, row, whole, work_on
from tests.support.waiting import beside, eventually

SEAL = Seal(b"the installation's secret")
EIGHT = [noted("abai", version) for version in range(1, 9)]
BEGUN = "select pg_current_xact_id()"
"""What a transaction has when an insert of it met a conflict."""
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
FACT = ("id", "stream", "version", "subject", "type", "data", "meta", "at")


@pytest.fixture
async def second(log: Log) -> AsyncIterator[Connection]:
    """A connection of another process."""
    connection = await asyncpg.connect(log.dsn)
    yield connection
    await connection.close()


def facts(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    return [tuple(r[column] for column in FACT) for r in rows]


async def copy_in_one(log: Log, rows: Sequence[NewRow]) -> None:
    async with log.pool.acquire() as connection, connection.transaction():
        await copy(connection, rows)


async def two_loans(log: Log, vault: Vault) -> list[Row]:
    """Two loans, one renewed: three private facts and three public ones, which are returned."""
    for command, title in ((open_loan, "abai"), (open_loan, "auezov"), (renew_loan, "abai")):
        work = work_on(log, vault)
        await command(work, title)
        await work.commit()
    return [r for r in await whole(log) if r.subject]


class TestWhenASourceIsFollowed:
    async def test_its_public_facts_arrive_verbatim_and_say_where_they_came_from(
        self, log: Log, other: Log, vault: Vault
    ) -> None:
        public = await two_loans(log, vault)
        async with beside(copying(log, other, SEAL)):
            await eventually(lambda: came_to(other, 3))
        assert facts(await whole(other)) == facts(public)
        assert {r.origin for r in await whole(other)} == {"archive"}

    async def test_everything_sent_again_changes_nothing(self, log: Log, other: Log, vault: Vault) -> None:
        await two_loans(log, vault)
        async with beside(copying(log, other, SEAL)):
            await eventually(lambda: came_to(other, 3))
        before = [tuple(r) for r in await whole(other)]
        await other.pool.execute("delete from cursors")
        await put(log, row("archive:last", 1, "last"))
        async with beside(copying(log, other, SEAL)):
            await eventually(lambda: came_to(other, 4))
        assert [tuple(r) for r in await whole(other)][:3] == before

    async def test_what_it_received_itself_is_not_passed_on(self, log: Log, other: Log) -> None:
        await put(log, noted("abai", 1, service="museum"), row("archive:abai", 1, "abai"))
        async with beside(copying(log, other, SEAL)):
            await eventually(lambda: came_to(other, 1))
        assert [r.stream for r in await whole(other)] == ["archive:abai"]

    async def test_a_fact_whose_place_is_taken_is_parked_while_others_pass(self, log: Log, other: Log) -> None:
        await put(other, noted("abai", 1, service="archive"))
        await put(log, row("archive:abai", 1, "abai"), row("archive:auezov", 1, "auezov"))
        async with beside(copying(log, other, SEAL)):
            await eventually(lambda: came_to(other, 2))
        assert [r.stream for r in await whole(other)] == ["archive:abai", "archive:auezov"]
        assert [p.place.cluster for p in await parked(other)] == ["log:archive"]


class TestTwoHistories:
    async def test_another_fact_in_the_same_place_is_found(self, log: Log) -> None:
        await put(log, noted("abai", 1))
        with pytest.raises(Forked, match="library:abai@1"):
            await copy_in_one(log, [noted("abai", 1)])

    async def test_the_same_fact_in_another_place_is_found(self, log: Log) -> None:
        fact = noted("abai", 1)
        await put(log, fact)
        with pytest.raises(Forked, match="library:abai@2"):
            await copy_in_one(log, [fact._replace(version=2)])

    async def test_nothing_that_came_with_it_stays(self, log: Log) -> None:
        await put(log, noted("abai", 1))
        with pytest.raises(Forked):
            await copy_in_one(log, [noted("auezov", 1), noted("abai", 1)])
        assert len(await whole(log)) == 1

    async def test_the_same_fact_twice_in_one_batch_is_one(self, log: Log) -> None:
        fact = noted("abai", 1)
        await copy_in_one(log, [fact, fact])
        assert [r.id for r in await whole(log)] == [fact.id]


class TestTwoCopiersOfTheSameRows:
    """The first has begun to write all eight when the second comes with four of them."""

    async def test_keep_the_order_of_the_stream(self, log: Log, second: Connection) -> None:
        async with log.pool.acquire() as first, first.transaction():
            await first.execute(COPY_LOCK)
            await first.execute(BEGUN)
            overtaking = asyncio.create_task(copy_by(second, EIGHT[:4]))
            await copy(first, EIGHT)
        await overtaking
        assert in_order(await whole(log))

    async def test_mix_it_without_the_lock(self, log: Log, second: Connection) -> None:
        """The negative control."""
        async with log.pool.acquire() as first, first.transaction():
            await first.execute(BEGUN)
            await second.execute(COPY, *zip(*EIGHT[:4], strict=True))
            await first.execute(COPY, *zip(*EIGHT, strict=True))
        assert not in_order(await whole(log))


async def copy_by(connection: Connection, rows: Sequence[NewRow]) -> None:
    async with connection.transaction():
        await copy(connection, rows)


def in_order(rows: Sequence[Row]) -> bool:
    return all(earlier.version < later.version for earlier, later in pairwise(rows))


async def came_to(log: Log, count: int) -> bool:
    return len(await whole(log)) >= count


def test_a_copy_differs_only_in_its_origin() -> None:
    fact: Any = noted("abai", 3)._replace(id=uuid4(), origin=None)
    assert copied(fact, "library") == fact._replace(origin="library")
