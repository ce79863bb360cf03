"""Following a log: nothing is missed, effect and cursor are one, and trouble passes."""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel import follow as following
from shared.kernel.follow import Effect, follow
from shared.kernel.log import Batch as OneBatch
from shared.kernel.log import Conflict, Log, Row, append
from tests.kernel.samples import caught_up, put, row, whole
from tests.support.waiting import PATIENCE, beside, eventually

WRITERS, EACH = 16, 60
ENDS = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1"


async def write_in_transactions(log: Log, writer: int) -> None:
    """As a busy service does: the row has its number long before the commit shows it."""
    connection = await asyncpg.connect(log.dsn)
    for version in range(1, EACH + 1):
        async with connection.transaction():
            await append(connection, [OneBatch((row(f"w{writer}", version, f"w{writer}"),))])
            await connection.execute("select pg_sleep(random() * 0.004)")
    await connection.close()


class TestWhenSixteenWriteAtOnce:
    async def test_a_follower_misses_nothing_where_a_reader_by_number_does(self, log: Log) -> None:
        seen: list[Row] = []
        by_number: list[int] = []
        done = asyncio.Event()

        async def handler(rows: list[Row]) -> None:
            seen.extend(rows)

        async def plain_reader() -> None:
            """The negative control: it remembers the highest number that it saw."""
            last = 0
            while not done.is_set():
                rows = await log.pool.fetch("select position from events where position > $1 order by position", last)
                by_number.extend(r["position"] for r in rows)
                last = by_number[-1] if by_number else 0
                await asyncio.sleep(0)

        async with beside(follow(log, "tail", handler), plain_reader()):
            await asyncio.gather(*(write_in_transactions(log, n) for n in range(WRITERS)))
            await eventually(lambda: caught_up(log, "tail"))
            done.set()
        written = {r.id for r in await whole(log)}
        assert len(written) == WRITERS * EACH
        assert Counter(r.id for r in seen) == dict.fromkeys(written, 1)
        assert len(by_number) < len(written)

    async def test_each_stream_comes_version_by_version(self, log: Log) -> None:
        seen: dict[str, list[int]] = {}

        async def handler(rows: list[Row]) -> None:
            for r in rows:
                seen.setdefault(r.stream, []).append(r.version)

        async with beside(follow(log, "tail", handler, limit=7)):
            await asyncio.gather(*(write_in_transactions(log, n) for n in range(4)))
            await eventually(lambda: caught_up(log, "tail"))
        assert seen == {f"w{n}": list(range(1, EACH + 1)) for n in range(4)}


def counting(log: Log) -> Any:
    """A handler whose effect writes one row for each fact, into a stream of the fact's own."""

    async def handler(rows: list[Row]) -> Effect:
        effects = [row(f"effect:{r.stream}", r.version) for r in rows]
        return lambda connection: append(connection, [OneBatch(tuple(effects))])

    return handler


async def effects(log: Log) -> Counter[tuple[str, int]]:
    return Counter((r.stream, r.version) for r in await whole(log) if r.stream.startswith("effect:"))


async def hundred_facts(log: Log) -> dict[tuple[str, int], int]:
    await put(log, *(row(f"s{n}", 1, f"s{n}") for n in range(100)))
    return {(f"effect:s{n}", 1): 1 for n in range(100)}


class TestEffectAndCursor:
    async def test_fall_together_when_the_effect_fails_half_way(self, log: Log) -> None:
        expected = await hundred_facts(log)
        attempts = 0

        async def handler(rows: list[Row]) -> Effect:
            whole_effect = await counting(log)(rows)

            async def effect(connection: Any) -> None:
                nonlocal attempts
                attempts += 1
                await whole_effect(connection)
                if attempts < 4:
                    raise ConnectionResetError

            return effect

        async with beside(follow(log, "reader", handler, where="subject is not null", limit=30)):
            await eventually(lambda: caught_up(log, "reader"))
        assert attempts > 4
        assert await effects(log) == expected

    async def test_stand_together_when_the_connection_is_lost_at_the_commit(
        self, log: Log, postgres: EmbeddedPostgres
    ) -> None:
        expected = await hundred_facts(log)
        losses = 0

        async def handler(rows: list[Row]) -> Effect:
            whole_effect = await counting(log)(rows)

            async def effect(connection: Any) -> None:
                nonlocal losses
                await whole_effect(connection)
                if losses < 3:
                    losses += 1
                    admin = await asyncpg.connect(postgres.dsn("postgres"))
                    await admin.execute("select pg_terminate_backend($1)", connection.get_server_pid())
                    await admin.close()

            return effect

        async with beside(follow(log, "reader", handler, where="subject is not null", limit=30)):
            await eventually(lambda: caught_up(log, "reader"))
        assert losses == 3
        assert await effects(log) == expected

    async def test_are_moved_by_one_of_two_workers_only(self, log: Log) -> None:
        expected = await hundred_facts(log)
        second = await Log(log.service, log.dsn).open()
        public = "subject is not null"
        async with beside(
            follow(log, "reader", counting(log), where=public, limit=3),
            follow(second, "reader", counting(second), where=public, limit=3),
        ):
            await eventually(lambda: caught_up(log, "reader"))
        await second.close()
        assert await effects(log) == expected

    async def test_saved_apart_the_cursor_first_loses_what_was_under_way(self, log: Log) -> None:
        """The negative control: a crash between the two commits."""
        expected = await hundred_facts(log)
        rows = await log.read(await following.cursor(log, "reader"), "subject is not null", 30)
        move = "update cursors set tx = $1, position = $2 where name = 'reader'"
        await log.pool.execute(move, *rows[-1].place)  # and here the process is killed, before the effect
        async with beside(follow(log, "reader", counting(log), where="subject is not null")):
            await eventually(lambda: caught_up(log, "reader"))
        assert len(await effects(log)) == len(expected) - 30


class TestWhenWritersKeepWinning:
    async def test_the_follower_takes_smaller_bites_until_it_gets_through(self, log: Log) -> None:
        """A command writes the very streams that the effect writes, again and again."""
        await put(log, *(row(f"s{n}", 1, f"s{n}") for n in range(40)))
        sizes: list[int] = []

        async def handler(rows: list[Row]) -> Effect:
            sizes.append(len(rows))
            versions = {r.stream: len(await log.stream(f"effect:{r.stream}")) + 1 for r in rows}
            if len(rows) > 1:  # whoever decides on many streams at once is overtaken in one of them
                overtaken = f"effect:{rows[-1].stream}"
                await put(log, row(overtaken, versions[rows[-1].stream]))
            mine = [row(f"effect:{s}", v) for s, v in versions.items()]
            return lambda connection: append(connection, [OneBatch(tuple(mine))])

        async with beside(follow(log, "reader", handler, where="subject is not null", limit=40)):
            await eventually(lambda: caught_up(log, "reader"))
        assert sizes[:5] == [40, 5, 1, 2, 1]  # an eighth of 40, then of 5, but one at least; then twice as much
        assert sizes.count(1) == 40  # each got through alone

    async def test_a_conflict_that_never_passes_ends_the_follower(self, log: Log) -> None:
        await put(log, row("a", 1, "a"))

        async def handler(_: list[Row]) -> Effect:
            raise Conflict

        with pytest.raises(Conflict):
            await follow(log, "reader", handler)


class TestAFollowerWithNothingToDo:
    async def test_notices_that_its_cursor_was_set_back(self, log: Log) -> None:
        await put(log, row("a", 1, "a"))
        came: list[str] = []

        async def handler(rows: list[Row]) -> None:
            came.extend(r.stream for r in rows)

        async def twice() -> bool:
            return came == ["a", "a"]

        async with beside(follow(log, "reader", handler)):
            await eventually(lambda: caught_up(log, "reader"))
            await log.pool.execute("update cursors set tx = '0', position = 0")
            await eventually(twice)

    async def test_notices_it_also_when_bells_ring_all_the_time(
        self, log: Log, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "NET", 0.2)
        await put(log, row("a", 1, "a"))
        came: list[str] = []

        async def handler(rows: list[Row]) -> None:
            came.extend(r.stream for r in rows)

        async def ringing() -> None:
            while True:
                log.wake()
                await asyncio.sleep(0.02)

        async def twice() -> bool:
            return came == ["a", "a"]

        async with beside(follow(log, "reader", handler), ringing()):
            await eventually(lambda: caught_up(log, "reader"))
            await log.pool.execute("update cursors set tx = '0', position = 0")
            await eventually(twice)

    async def test_is_woken_by_what_is_committed(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without its net, only the bell can wake it."""
        monkeypatch.setattr(following, "NET", 3600)
        came = asyncio.Event()

        async def handler(_: list[Row]) -> None:
            came.set()

        async with beside(follow(log, "reader", handler)):
            await eventually(lambda: asyncio.sleep(0, bool(log.bells)))
            await put(log, row("a", 1))
            await asyncio.wait_for(came.wait(), PATIENCE)

    async def test_ends_when_cancelled_though_what_it_closes_then_fails(self, log: Log) -> None:
        taking = asyncio.Event()

        async def on_a_lost_connection(_: list[Row]) -> None:
            try:
                taking.set()
                await asyncio.sleep(3600)
            finally:
                raise ConnectionResetError

        await put(log, row("abai", 1))
        following_it = asyncio.create_task(follow(log, "tail", on_a_lost_connection))
        await taking.wait()
        following_it.cancel()
        await asyncio.wait({following_it}, timeout=PATIENCE)
        assert following_it.cancelled()

    async def test_whose_handler_errs_ends_with_that_error(self, log: Log) -> None:
        await put(log, row("a", 1))

        async def handler(_: list[Row]) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await follow(log, "reader", handler)
        assert not log.bells
