"""Appending: all of a command or nothing, at the versions that were read, whatever else is being written."""

import asyncio
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from uuid import uuid4

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.log import LOST, Conflict, Log, OutcomeUnknown
from shared.kernel.vault import Vault
from tests.kernel.samples import open_loan, put, renew_loan, row, whole, work_on
from tests.support.stores import fresh_log, spoil
from tests.support.waiting import eventually

KILL = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1"


async def streams(log: Log) -> list[tuple[str, int]]:
    return [(r.stream, r.version) for r in await whole(log)]


class TestWhenAStreamHasOneFact:
    async def test_the_next_version_goes_behind_it(self, log: Log) -> None:
        await put(log, row("a", 1))
        await put(log, row("a", 2))
        assert await streams(log) == [("a", 1), ("a", 2)]

    async def test_a_second_writer_of_the_same_version_is_told_of_the_conflict(self, log: Log) -> None:
        await put(log, row("a", 1))
        with pytest.raises(Conflict):
            await put(log, row("a", 1))

    async def test_one_conflicting_row_keeps_out_all_that_came_with_it(self, log: Log) -> None:
        await put(log, row("a", 1))
        with pytest.raises(Conflict):
            await put(log, row("b", 1), row("a", 1), row("c", 1))
        assert await streams(log) == [("a", 1)]

    async def test_a_fact_that_is_there_is_not_taken_again_under_another_place(self, log: Log) -> None:
        twice = uuid4()
        await put(log, row("a", 1, id=twice))
        with pytest.raises(Conflict):
            await put(log, row("b", 1, id=twice))


class TestWhenManyWriteAtOnce:
    async def test_of_those_who_want_the_same_version_exactly_one_wins(self, log: Log) -> None:
        wanted = [put(log, row("contested", 1), row(f"own-{n}", 1)) for n in range(50)]
        outcomes = await asyncio.gather(*wanted, return_exceptions=True)
        assert Counter(type(o) for o in outcomes) == {type(None): 1, Conflict: 49}
        assert len(await whole(log)) == 2  # the winner's two rows, nothing of the others

    async def test_a_fact_that_cannot_be_stored_hinders_no_other(self, log: Log) -> None:
        good = [put(log, row(f"good-{n}", 1)) for n in range(20)]
        bad = put(log, row("bad", 1, data="\0"))
        *passed, refused = await asyncio.gather(*good, bad, return_exceptions=True)
        assert passed == [None] * 20
        assert isinstance(refused, asyncpg.CharacterNotInRepertoireError)

    async def test_streams_named_in_any_order_lock_nobody_out(self, log: Log, postgres: EmbeddedPostgres) -> None:
        """Two pools: within one, group commit would put all into one statement."""
        beside = await Log(log.service, log.dsn).open()
        forwards, names = [f"s{n}" for n in range(40)], [f"s{n}" for n in reversed(range(40))]
        for version in range(1, 11):
            await asyncio.gather(
                put(log, *(row(s, version) for s in forwards)),
                put(beside, *(row(s, version) for s in names)),
                return_exceptions=True,
            )
        await beside.close()
        assert Counter(s for s, _ in await streams(log)) == dict.fromkeys(forwards, 10)

    async def test_each_stream_stands_version_by_version_in_the_log(self, log: Log, vault: Vault) -> None:
        """Eight commands at once on three loans, each decided again after a conflict."""

        async def renew_often(title: str) -> None:
            for _ in range(10):
                while True:
                    work = work_on(log, vault)
                    await renew_loan(work, title)
                    try:
                        await work.commit()
                        break
                    except Conflict:
                        continue

        for title in "abc":
            work = work_on(log, vault)
            await open_loan(work, title)
            await work.commit()
        await asyncio.gather(*(renew_often(title) for title in "abcabcab"))
        order: dict[str, list[int]] = {}
        for stream, version in await streams(log):
            order.setdefault(stream, []).append(version)
        # Eight tasks of ten renewals, three of them on a, three on b, two on c; and the opening: 31, 31, 21.
        assert {s: len(v) for s, v in order.items() if s.startswith("loan:")} == {
            "loan:a": 31,
            "loan:b": 31,
            "loan:c": 21,
        }
        assert all(later == earlier + 1 for versions in order.values() for earlier, later in pairwise(versions))


class TestWhenConnectionsAreLostUnderLoad:
    async def test_what_was_acknowledged_is_there_and_nothing_is_doubled(
        self, log: Log, postgres: EmbeddedPostgres
    ) -> None:
        acknowledged: set[tuple[str, int]] = set()
        unknown = 0
        enough = asyncio.Event()

        async def write(stream: str) -> None:
            nonlocal unknown
            version = 1
            while not enough.is_set():
                try:
                    await put(log, row(stream, version), row(f"{stream}-public", version, stream))
                except OutcomeUnknown:
                    unknown += 1
                    if not await _present(log, stream, version):
                        continue
                acknowledged.add((stream, version))
                version += 1

        async def kill() -> None:
            admin = await asyncpg.connect(postgres.dsn("postgres"))
            kills = written = 0
            while kills < 10 or not unknown:
                kills += await admin.fetchval(KILL, database_of(log))
                while len(acknowledged) == written:  # or a slow machine would never get to write anything
                    await asyncio.sleep(0.01)
                written = len(acknowledged)
            await admin.close()
            enough.set()

        await asyncio.gather(kill(), *(write(f"w{n}") for n in range(16)))
        present = Counter(await streams(log))
        assert set(present.values()) == {1}
        assert acknowledged <= present.keys()

    async def test_the_writer_is_told_that_the_outcome_is_unknown_not_that_it_lost(self, log: Log) -> None:
        """The statement waits behind a lock; its backend is ended meanwhile."""
        holder = await asyncpg.connect(log.dsn)
        async with holder.transaction():
            await holder.execute(
                "insert into events(id, stream, version, type, data, meta, at)"
                " values(gen_random_uuid(), 'a', 1, '', '', '', now())"
            )
            writing = asyncio.gather(put(log, row("a", 1)), put(log, row("b", 1)), return_exceptions=True)
            await eventually(lambda: holder.fetchval(f"{KILL} and wait_event_type = 'Lock'", database_of(log)))
            outcomes = await writing
        await holder.close()
        assert [type(o) for o in outcomes] == [OutcomeUnknown, OutcomeUnknown]

    async def test_the_next_writer_gets_a_new_connection(self, log: Log, postgres: EmbeddedPostgres) -> None:
        admin = await asyncpg.connect(postgres.dsn("postgres"))
        await admin.fetchval(KILL, database_of(log))
        await admin.close()
        with suppress(OutcomeUnknown):
            await put(log, row("a", 1))
        with suppress(Conflict):
            await put(log, row("a", 1))
        assert await streams(log) == [("a", 1)]


class TestTheServicesRole:
    @pytest.mark.parametrize(
        "statement", ["update events set data = '{}'", "delete from events", "truncate events", "drop table events"]
    )
    async def test_can_change_nothing_that_happened(self, log: Log, statement: str) -> None:
        await put(log, row("a", 1))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await log.pool.execute(statement)

    async def test_can_write_no_version_below_one(self, log: Log) -> None:
        with pytest.raises(asyncpg.CheckViolationError):
            await put(log, row("a", 0))


class TestWithoutAUniquePlace:
    async def test_two_who_decided_on_the_same_version_are_both_written(self, postgres: EmbeddedPostgres) -> None:
        """The negative control, on a database of its own."""
        log = spoil(await fresh_log(postgres, "archive"))
        admin = await asyncpg.connect(postgres.dsn(database_of(log)))
        await admin.execute("alter table events drop constraint events_pkey")
        await admin.close()
        await asyncio.gather(put(log, row("a", 1)), put(log, row("a", 1)))
        assert await streams(log) == [("a", 1), ("a", 1)]
        await log.close()


def database_of(log: Log) -> str:
    return log.dsn.split("/")[3].split("?")[0]


async def _present(log: Log, stream: str, version: int) -> bool:
    """Whether it happened after all; asked until the store answers."""
    while True:
        try:
            query = "select exists(select from events where stream = $1 and version = $2)"
            return bool(await log.pool.fetchval(query, stream, version))
        except LOST:
            await asyncio.sleep(0.01)
