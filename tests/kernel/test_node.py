"""A service at work: commands once under their key, loops that start again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count
from math import inf
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from reglament.distributed.processes import hindrances
from shared.kernel import held
from shared.kernel import node as nodes
from shared.kernel.follow import LOOK, Waiting
from shared.kernel.held import Hold
from shared.kernel.log import EVERYTHING, START, Batch, Log, OutcomeUnknown, Row
from shared.kernel.missing import Missing
from shared.kernel.node import Node
from shared.kernel.vault import Vault
from shared.kernel.work import SYSTEM, UnitOfWork
from shared.web.idempotency import IdempotencyKey
from shared.web.refusal import KeyReused, NotFound, NotOpenYet, Unavailable
from tests.kernel.samples import noted, open_loan, put, renew_loan, service, whole
from tests.kernel.test_reactions import when_noted_then_open_loan
from tests.kernel.test_views import LOANS
from tests.support.stores import FixedClock, Place
from tests.support.waiting import PATIENCE, eventually

MORE = {
    "answers": "insert into answers select 'account', n, 'body', 200, '{}' from generate_series($1::int, $2::int) n",
    "events": "insert into events(id, stream, version, type, data, meta, at)"
    " select gen_random_uuid(), n, 1, 'loan.opened', '{}', '{}', now() from generate_series($1::int, $2::int) n",
}


@pytest.fixture
async def node(log: Log, vault: Vault) -> AsyncIterator[Node]:
    node = Node(service(), log, vault, FixedClock())
    yield node
    await node.stop()


def key(name: str = "k", body: str = "body", scope: str = "account POST /loans") -> IdempotencyKey:
    return IdempotencyKey(scope, name, body)


async def open_new(work: UnitOfWork) -> str:
    """A command whose result is another one each time that it is decided."""
    return await open_loan(work, f"book-{uuid4()}")


async def renew(work: UnitOfWork) -> str:
    return await renew_loan(work, "abai")


async def loans(log: Log) -> int:
    return len([r for r in await whole(log) if r.type == "loan.opened"])


class TestACommandUnderAKey:
    async def test_repeated_gets_the_same_answer_and_does_nothing(self, node: Node) -> None:
        first = await node.perform(open_new, SYSTEM, key())
        assert await node.perform(open_new, SYSTEM, key()) == first
        assert first.token == f"archive:{first.result}@1"
        assert await loans(node.log) == 1

    async def test_with_another_body_is_refused(self, node: Node) -> None:
        await node.perform(open_new, SYSTEM, key())
        with pytest.raises(KeyReused):
            await node.perform(open_new, SYSTEM, key(body="another"))

    async def test_of_another_caller_or_route_is_another_command(self, node: Node) -> None:
        await node.perform(open_new, SYSTEM, key())
        await node.perform(open_new, SYSTEM, key(scope="somebody else POST /loans"))
        assert await loans(node.log) == 2

    async def test_sent_in_parallel_runs_once(self, node: Node) -> None:
        decided = 0

        async def slowly(work: UnitOfWork) -> str:
            nonlocal decided
            decided += 1
            await asyncio.sleep(0.01)
            return await open_new(work)

        answers = await asyncio.gather(*(node.perform(slowly, SYSTEM, key()) for _ in range(10)))
        assert len(set(answers)) == 1
        assert decided == 1
        assert await loans(node.log) == 1

    async def test_sent_to_two_processes_at_once_takes_effect_once(self, node: Node, vault: Vault) -> None:
        second = Node(service(), await Log("archive", node.log.dsn).open(), vault, FixedClock())
        decided, both = 0, asyncio.Event()

        async def together(work: UnitOfWork) -> str:
            nonlocal decided
            decided += 1
            if decided == 2:
                both.set()
            await asyncio.wait_for(both.wait(), PATIENCE)
            return await open_new(work)

        answers = await asyncio.gather(*(n.perform(together, SYSTEM, key()) for n in (node, second)))
        await second.log.close()
        assert len(set(answers)) == 1
        assert await loans(node.log) == 1

    async def test_that_was_refused_may_be_sent_again(self, node: Node) -> None:
        with pytest.raises(NotFound):
            await node.perform(renew, SYSTEM, key())
        await node.perform(lambda work: open_loan(work, "abai"), SYSTEM, key("other"))
        assert (await node.perform(renew, SYSTEM, key())).result == "abai"

    async def test_that_changes_nothing_is_answered_the_same_again(self, node: Node) -> None:
        async def nothing(_: UnitOfWork) -> str:
            return str(uuid4())

        assert await node.perform(nothing, SYSTEM, key()) == await node.perform(nothing, SYSTEM, key())

    async def test_leaves_no_lock_behind(self, node: Node) -> None:
        await asyncio.gather(*(node.perform(open_new, SYSTEM, key(str(n % 3))) for n in range(9)))
        assert len(node._locks) == 0


@pytest.mark.parametrize("table", ["answers", "events"])
async def test_a_plan_made_while_there_was_one_row_doesnt_read_all_when_there_are_many(
    table: str, places: tuple[Place, Place], log: Log
) -> None:
    questions: dict[str, tuple[Any, ...]] = {
        "answers": (nodes.ANSWERED, "account", "0"),
        "events": (LOOK % EVERYTHING, *START, 1),
    }
    asked = questions[table]
    owner = await asyncpg.connect(places[0].owner_dsn)
    await owner.execute(MORE[table], 0, 0)
    await owner.execute(f"analyze {table}")
    async with log.pool.acquire() as connection:
        for _ in range(10):  # the server keeps a plan from the sixth time on
            assert await connection.fetchrow(*asked)
        await owner.execute(MORE[table], 1, 1000)
        async with connection.transaction():
            assert await connection.fetchrow(*asked)
            assert await connection.fetchval("select pg_stat_get_xact_numscans($1::regclass)", table) == 0
    await owner.close()


class TestWhenTheConnectionIsLostDuringTheCommit:
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_a_command_with_a_key_takes_effect_once(
        self, node: Node, when: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        losing(node.log, when, monkeypatch)
        performed = await node.perform(open_new, SYSTEM, key())
        assert await loans(node.log) == 1
        assert [r.subject for r in await whole(node.log) if r.subject] == [performed.result]

    @pytest.mark.parametrize(("when", "happened"), [("before", 0), ("after", 1)])
    async def test_without_a_key_it_is_not_tried_again(
        self, node: Node, when: str, happened: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        losing(node.log, when, monkeypatch)
        with pytest.raises(Unavailable):
            await node.perform(open_new, SYSTEM)
        assert await loans(node.log) == happened

    async def test_many_under_load_take_effect_once_each(self, node: Node, postgres: EmbeddedPostgres) -> None:
        """Sessions are ended again and again while eight clients send one command after another."""
        done = asyncio.Event()
        name = node.log.dsn.split("/")[3].split("?")[0]

        async def send(name: str) -> str:
            """As often as needed, as a client does who gets no answer."""
            while True:
                with suppress(Unavailable):
                    return (await node.perform(open_new, SYSTEM, key(name))).result

        async def client(number: int) -> list[str]:
            return [await send(f"{number}-{n}") async for n in until_done()]

        async def until_done() -> AsyncIterator[int]:
            for n in count():
                if done.is_set():
                    return
                yield n

        async def kill() -> None:
            admin = await asyncpg.connect(postgres.dsn("postgres"))
            for _ in range(8):
                await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
                await asyncio.sleep(0.1)
            await admin.close()
            done.set()

        killing = asyncio.create_task(kill())
        results = [r for some in await asyncio.gather(*(client(n) for n in range(8))) for r in some]
        await killing
        stored = await asyncpg.connect(node.log.dsn)
        titles = [r["subject"] for r in await stored.fetch("select subject from events where subject is not null")]
        await stored.close()
        assert sorted(titles) == sorted(results)


class TestWhenSomebodyWasFaster:
    async def test_the_command_is_decided_again(self, node: Node) -> None:
        await node.perform(lambda work: open_loan(work, "abai"), SYSTEM)
        await asyncio.gather(*(node.perform(renew, SYSTEM) for _ in range(10)))
        assert len([r for r in await whole(node.log) if r.type == "loan.renewed"]) == 10

    async def test_one_that_never_gets_through_is_told_that_the_store_cannot_say(
        self, node: Node, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nodes, "TRIES", 3)
        await node.perform(lambda work: open_loan(work, "abai"), SYSTEM)

        async def overtaken(work: UnitOfWork) -> str:
            result = await renew(work)
            await node.perform(renew, SYSTEM)
            return result

        with pytest.raises(Unavailable):
            await node.perform(overtaken, SYSTEM)


class TestWhenFactsAreOnTheirWay:
    async def test_the_refusal_names_what_is_awaited(self, node: Node) -> None:
        async def waits(_: UnitOfWork) -> str:
            raise Waiting("edition")

        with pytest.raises(NotOpenYet) as refused:
            await node.perform(waits, SYSTEM)
        assert refused.value.params == {"awaited": "edition"}
        assert refused.value.retry_after == 1


class TestAStartedNode:
    async def test_runs_its_reactions_and_views(self, log: Log, vault: Vault) -> None:
        node = Node(service(), log, vault, FixedClock(), {"Noted": when_noted_then_open_loan}, (LOANS,))
        await node.start()
        await put(log, noted("abai", 1))
        await eventually(lambda: shown(log, "abai-1"))
        assert await node.readiness() == {}
        await node.stop()

    async def test_takes_up_what_was_parked_when_an_operator_says_so(self, log: Log, vault: Vault) -> None:
        async def errs(work: UnitOfWork, fact: Row) -> None:
            raise ZeroDivisionError

        bad = noted("abai", 1)
        node = Node(service(), log, vault, FixedClock(), {"Noted": errs})
        await node.start()
        await put(log, bad, noted("abai", 2))
        await eventually(lambda: parked(log, 1))
        await node.stop()
        mended = Node(service(), log, vault, FixedClock(), {"Noted": when_noted_then_open_loan})
        await mended.retry("archive-reactions", "abai", discarding=bad.id)
        assert [r.stream for r in await whole(log) if r.type == "loan.opened"] == ["loan:abai-2"]
        assert await parked(log, 0)

    async def test_starts_a_loop_again_that_failed_and_shows_it_meanwhile(self, node: Node) -> None:
        runs = 0
        again = asyncio.Event()

        async def fails_once() -> None:
            nonlocal runs
            runs += 1
            if runs == 1:
                raise ZeroDivisionError
            again.set()
            await asyncio.sleep(3600)

        node.loops["relay"] = fails_once
        await node.start()
        await eventually(lambda: is_failing(node))
        assert await node.readiness() == {"relay": "ZeroDivisionError"}
        await asyncio.wait_for(again.wait(), PATIENCE)
        assert await node.readiness() == {}

    async def test_forgets_answers_after_a_day(self, node: Node) -> None:
        await node.perform(open_new, SYSTEM, key("old"))
        await node.perform(open_new, SYSTEM, key("new"))
        await node.log.pool.execute("update answers set at = now() - interval '25 hours' where key = 'old'")
        await node.start()
        await eventually(lambda: keys_are(node.log, ["new"]))

    async def test_is_not_ready_while_the_store_does_not_answer(self, node: Node) -> None:
        await node.log.close()
        assert list(await node.readiness()) == ["store"]


class TestANodeRestoredBehindItsNeighbours:
    async def test_says_so_and_yet_each_of_its_processes_is_asked(self, log: Log, vault: Vault) -> None:
        node = Node(service(), log, vault, FixedClock(), views=(LOANS,))
        node.missing = Missing(log, facts=2, _asked=inf)
        assert await node.readiness() == {"view:loans": "NotBuilt", "log": "RestoredBehind"}
        assert await hindrances(node) == {"view:loans": "NotBuilt"}


def losing(log: Log, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is lost at the first commit, just before or just after it took effect."""
    commit, lost = log._commit, False

    async def first_is_lost(batches: list[Batch]) -> Exception | None:
        nonlocal lost
        if lost:
            return await commit(batches)
        lost = True
        if when == "after":
            assert await commit(batches) is None
        return OutcomeUnknown("ConnectionResetError")

    monkeypatch.setattr(log, "_commit", first_is_lost)


async def parked(log: Log, count: int) -> bool:
    return len(await held.listed(log)) == count


async def is_failing(node: Node) -> bool:
    return bool(node.failing)


async def keys_are(log: Log, expected: list[str]) -> bool:
    return [r["key"] for r in await log.pool.fetch("select key from answers")] == expected


async def shown(log: Log, subject: str) -> Any:
    return await log.pool.fetchval("select exists(select from views.loans where subject = $1)", subject)


class TestWhenAFactIsHeldBack:
    """By the reactions and by a view."""

    @pytest.fixture
    async def fact(self, log: Log) -> Row:
        await put(log, noted("abai", 1))
        [fact] = await whole(log)
        async with log.pool.acquire() as connection:
            for reader in ("archive-reactions", "loans"):
                await held.hold(connection, reader, [Hold("abai", fact.place, fact.id, error="KeyError")])
        return fact

    @pytest.mark.parametrize(
        ("reader", "subject"), [("nobody", "abai"), ("archive-reactions", "auezov"), ("loans", "auezov")]
    )
    async def test_nothing_else_can_be_taken_up(
        self, log: Log, vault: Vault, fact: Row, reader: str, subject: str
    ) -> None:
        with pytest.raises(NotFound):
            await watching(log, vault).retry(reader, subject)
        assert await parked(log, 2)

    async def test_no_other_fact_can_be_given_up(self, log: Log, vault: Vault, fact: Row) -> None:
        with pytest.raises(NotFound):
            await watching(log, vault).retry("archive-reactions", "abai", discarding=uuid4())
        assert await parked(log, 2)

    async def test_a_view_can_only_be_told_to_fold_it(self, log: Log, vault: Vault, fact: Row) -> None:
        with pytest.raises(NotFound):
            await watching(log, vault).retry("loans", "abai", discarding=fact.id)
        assert await parked(log, 2)


def watching(log: Log, vault: Vault) -> Node:
    return Node(service(), log, vault, FixedClock(), {"Noted": when_noted_then_open_loan}, (LOANS,))
