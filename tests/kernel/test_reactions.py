"""Reactions: each fact leads to its command exactly once, and one that can't be taken holds back only its subject."""

import asyncio
import json
from collections import Counter
from contextlib import suppress

import asyncpg
import pytest

from shared.kernel import held
from shared.kernel.follow import Effect, Moved, Waiting, cursor
from shared.kernel.log import PUBLIC, Conflict, Log, Row, copy
from shared.kernel.reactions import Reaction, Reactor
from shared.kernel.vault import Vault
from shared.kernel.work import UnitOfWork
from tests.kernel.samples import Loan, caught_up, noted, open_loan, put, renew_loan, whole, work_on
from tests.support.waiting import beside, eventually

NAME = "archive-reactions"


async def when_noted_then_open_loan(work: UnitOfWork, fact: Row) -> None:
    """A loan of its own for each fact."""
    await open_loan(work, f"{fact.subject}-{fact.version}")


def reactor(log: Log, vault: Vault, reaction: Reaction = when_noted_then_open_loan) -> Reactor:
    async def open_work() -> UnitOfWork:
        return work_on(log, vault)

    return Reactor(NAME, log, open_work, {"Noted": reaction})


async def react(log: Log, vault: Vault, reaction: Reaction = when_noted_then_open_loan) -> None:
    """Until it has come to the end of what lies there now."""
    async with beside(reactor(log, vault, reaction).run()):
        await eventually(lambda: caught_up(log, NAME))


async def loans(log: Log) -> Counter[str]:
    return Counter(r.stream.removeprefix("loan:") for r in await whole(log) if r.type == "loan.opened")


async def is_held(log: Log) -> list[tuple[str, tuple[str, ...], str | None]]:
    rows = sorted(await held.listed(log, everything=True), key=lambda h: h.place)
    return [(h.subject, h.awaits, h.error and h.error.split()[0]) for h in rows]


class TestWhenFactsCome:
    async def test_each_is_reacted_to_once(self, log: Log, vault: Vault) -> None:
        await put(log, *(noted(f"s{n}", 1) for n in range(50)))
        await react(log, vault)
        assert await loans(log) == {f"s{n}-1": 1 for n in range(50)}

    async def test_a_duplicate_on_the_wire_is_no_second_fact(self, log: Log, vault: Vault) -> None:
        fact = noted("abai", 1)
        for _ in range(2):
            async with log.pool.acquire() as connection, connection.transaction():
                await copy(connection, [fact])
            await react(log, vault)
        assert await loans(log) == {"abai-1": 1}

    async def test_two_workers_on_one_cursor_react_once(self, log: Log, vault: Vault) -> None:
        second = await Log(log.service, log.dsn).open()
        async with beside(reactor(log, vault).run(), reactor(second, vault).run()):
            for n in range(40):
                await put(log, noted(f"s{n}", 1))
            await eventually(lambda: caught_up(log, NAME))
        await second.close()
        assert await loans(log) == {f"s{n}-1": 1 for n in range(40)}

    async def test_what_follows_names_its_cause(self, log: Log, vault: Vault) -> None:
        fact = noted("abai", 1)
        await put(log, fact)
        await react(log, vault)
        followed = [r for r in await whole(log) if r.type == "loan.opened"]
        assert [json.loads(r.meta)["cause"] for r in followed] == [str(fact.id)]

    async def test_two_facts_of_one_batch_about_the_same_loan_are_both_done(self, log: Log, vault: Vault) -> None:
        async def open_or_renew(work: UnitOfWork, fact: Row) -> None:
            await (open_loan(work, "abai") if fact.version == 1 else renew_loan(work, "abai"))

        await put(log, *(noted("s", version) for version in (1, 2, 3)))
        await react(log, vault, open_or_renew)
        assert (await work_on(log, vault).load(Loan, "loan:abai")).days == 28  # 14, and 7 twice


class TestWhenCommandsWriteTheSameStreams:
    async def test_every_reaction_gets_through_once(self, log: Log, vault: Vault) -> None:
        """Four busy writers renew the loans that the reactions renew by one day each."""
        titles = [f"t{n}" for n in range(10)]
        for title in titles:
            work = work_on(log, vault)
            await open_loan(work, title)
            await work.commit()
        await put(log, *(noted(title, version) for title in titles for version in range(1, 6)))
        done = asyncio.Event()

        async def renew_by_one(work: UnitOfWork, fact: Row) -> None:
            await renew_loan(work, str(fact.subject), 1)

        async def disturb(first: int) -> None:
            turn = first
            while not done.is_set():
                work = work_on(log, vault)
                await renew_loan(work, titles[turn % 10], 1000)
                turn += 1
                with suppress(Conflict):
                    await work.commit()

        async def stop_when_caught_up() -> None:
            query = "select count(*) from events where type = 'loan.renewed' and data = '{\"days\":1}'"
            await eventually(lambda: at_least(log, query, 50))
            done.set()

        async with beside(reactor(log, vault, renew_by_one).run()):
            await asyncio.gather(stop_when_caught_up(), *(disturb(n) for n in range(4)))
        days = [(await work_on(log, vault).load(Loan, f"loan:{title}")).days for title in titles]
        assert [d % 1000 for d in days] == [19] * 10  # 14 at first, and five reactions of a day


class TestWhenAReactionFails:
    async def test_only_its_subject_is_held_back(self, log: Log, vault: Vault) -> None:
        await put(log, noted("bad", 1), noted("good", 1), noted("bad", 2), noted("good", 2))
        await react(log, vault, failing_at("bad-1"))
        assert await loans(log) == {"good-1": 1, "good-2": 1}
        assert await is_held(log) == [("bad", (), "ZeroDivisionError"), ("bad", (), None)]

    async def test_later_facts_of_its_subject_stay_behind_it(self, log: Log, vault: Vault) -> None:
        await put(log, noted("bad", 1))
        await react(log, vault, failing_at("bad-1"))
        await put(log, noted("bad", 2), noted("good", 1))
        await react(log, vault)
        assert await loans(log) == {"good-1": 1}
        assert await is_held(log) == [("bad", (), "ZeroDivisionError"), ("bad", (), None)]

    async def test_a_retry_takes_them_in_order(self, log: Log, vault: Vault) -> None:
        await put(log, noted("bad", 1), noted("bad", 2), noted("bad", 3))
        await react(log, vault, failing_at("bad-1"))
        order: list[int] = []

        async def note_order(work: UnitOfWork, fact: Row) -> None:
            order.append(fact.version)
            await when_noted_then_open_loan(work, fact)

        await reactor(log, vault, note_order).retry("bad")
        assert order == [1, 2, 3]
        assert await loans(log) == {"bad-1": 1, "bad-2": 1, "bad-3": 1}
        assert await is_held(log) == []

    async def test_a_retry_stops_at_the_next_failure(self, log: Log, vault: Vault) -> None:
        await put(log, noted("bad", 1), noted("bad", 2), noted("bad", 3))
        await react(log, vault, failing_at("bad-1"))
        await reactor(log, vault, failing_at("bad-2")).retry("bad")
        assert await loans(log) == {"bad-1": 1}
        assert await is_held(log) == [("bad", (), "ZeroDivisionError"), ("bad", (), None)]

    async def test_what_is_given_up_lets_the_rest_pass(self, log: Log, vault: Vault) -> None:
        bad = noted("bad", 1)
        await put(log, bad, noted("bad", 2))
        await react(log, vault, failing_at("bad-1"))
        await reactor(log, vault).retry("bad", discarding=bad.id)
        assert await loans(log) == {"bad-2": 1}
        assert await is_held(log) == []

    async def test_what_it_had_decided_before_it_failed_is_not_written(self, log: Log, vault: Vault) -> None:
        async def half(work: UnitOfWork, fact: Row) -> None:
            await when_noted_then_open_loan(work, fact)
            if fact.subject == "bad":
                raise ZeroDivisionError

        await put(log, noted("good", 1), noted("bad", 1), noted("other", 1))
        await react(log, vault, half)
        assert await loans(log) == {"good-1": 1, "other-1": 1}

    async def test_the_reason_quotes_nothing_of_the_fact(self, log: Log, vault: Vault) -> None:
        async def quoting(work: UnitOfWork, fact: Row) -> None:
            raise ValueError("Asan Usenov")

        await put(log, noted("bad", 1))
        await react(log, vault, quoting)
        [parked] = await held.listed(log)
        assert parked.error is not None
        assert parked.error.startswith("ValueError at test_reactions.py:")
        assert "Asan" not in parked.error

    async def test_trouble_with_the_store_is_retried_and_parks_nothing(self, log: Log, vault: Vault) -> None:
        attempts = 0

        async def troubled(work: UnitOfWork, fact: Row) -> None:
            nonlocal attempts
            attempts += 1
            if attempts < 3:
                raise asyncpg.TooManyConnectionsError
            await when_noted_then_open_loan(work, fact)

        await put(log, noted("abai", 1))
        await react(log, vault, troubled)
        assert await loans(log) == {"abai-1": 1}
        assert await is_held(log) == []


class TestWhenAFactComesDuringARetry:
    async def test_it_is_not_left_behind_what_is_gone(self, log: Log, vault: Vault) -> None:
        """The follower has seen the parked fact and is about to put the new one behind it."""
        await put(log, noted("bad", 1))
        await react(log, vault, failing_at("bad-1"))
        await put(log, noted("bad", 2))
        node = reactor(log, vault)
        effect = await node.handle(await log.read(await cursor(log, NAME), PUBLIC))
        assert effect is not None
        await node.retry("bad")
        with pytest.raises(Moved):
            await commit(log, effect)
        await react(log, vault)
        assert await loans(log) == {"bad-1": 1, "bad-2": 1}

    async def test_the_retry_does_not_overlook_it(self, log: Log, vault: Vault) -> None:
        """The other way round: the new one is put behind while the retry decides."""
        await put(log, noted("bad", 1))
        await react(log, vault, failing_at("bad-1"))
        await put(log, noted("bad", 2))

        async def meanwhile(work: UnitOfWork, fact: Row) -> None:
            if fact.version == 1 and not await behind():
                await react(log, vault)
            await when_noted_then_open_loan(work, fact)

        async def behind() -> bool:
            return len(await is_held(log)) > 1

        node = reactor(log, vault, meanwhile)
        with pytest.raises(Moved):
            await node.retry("bad")
        assert await loans(log) == {}
        await node.retry("bad")
        assert await loans(log) == {"bad-1": 1, "bad-2": 1}


class TestWhenWhatItNeedsHasNotCome:
    async def test_it_is_taken_up_when_a_fact_of_its_own_subject_comes(self, log: Log, vault: Vault) -> None:
        await put(log, noted("abai", 1))
        await react(log, vault, needing("abai@2"))
        assert await loans(log) == {}
        await put(log, noted("abai", 2))
        await react(log, vault, needing("abai@2"))
        assert await loans(log) == {"abai-1": 1, "abai-2": 1}
        assert await is_held(log) == []

    async def test_it_is_taken_up_when_another_subject_comes(self, log: Log, vault: Vault) -> None:
        """As all the cases do that run by an edition."""
        await put(log, noted("abai", 1), noted("auezov", 1), noted("abai", 2))
        await react(log, vault, needing("edition@1"))
        assert await is_held(log) == [("abai", ("edition",), None), ("abai", (), None), ("auezov", ("edition",), None)]
        await put(log, noted("edition", 1))
        await react(log, vault, needing("edition@1"))
        assert await loans(log) == {"abai-1": 1, "auezov-1": 1, "abai-2": 1, "edition-1": 1}
        assert await is_held(log) == []

    async def test_it_is_taken_up_when_a_named_fact_comes(self, log: Log, vault: Vault) -> None:
        awaited = noted("auezov", 1)

        async def needs_it(work: UnitOfWork, fact: Row) -> None:
            if not await log.subjects(["auezov"]):
                raise Waiting(str(awaited.id))
            await when_noted_then_open_loan(work, fact)

        await put(log, noted("abai", 1))
        await react(log, vault, needs_it)
        await put(log, awaited)
        await react(log, vault, needs_it)
        assert await loans(log) == {"abai-1": 1, "auezov-1": 1}

    async def test_it_waits_on_when_something_else_comes(self, log: Log, vault: Vault) -> None:
        await put(log, noted("abai", 1))
        await react(log, vault, needing("edition@1"))
        await put(log, noted("abai", 2))
        await react(log, vault, needing("edition@1"))
        assert await loans(log) == {}
        assert await is_held(log) == [("abai", ("edition",), None), ("abai", (), None)]

    async def test_what_it_had_decided_before_is_not_written(self, log: Log, vault: Vault) -> None:
        async def decides_then_waits(work: UnitOfWork, fact: Row) -> None:
            await when_noted_then_open_loan(work, fact)
            if fact.subject == "early":
                raise Waiting("edition")

        await put(log, noted("early", 1), noted("good", 1))
        await react(log, vault, decides_then_waits)
        assert await loans(log) == {"good-1": 1}

    async def test_what_it_had_changed_before_does_not_leak_into_the_next_reaction(
        self, log: Log, vault: Vault
    ) -> None:
        work = work_on(log, vault)
        await open_loan(work, "abai")
        await work.commit()

        async def changes_then_waits(work: UnitOfWork, fact: Row) -> None:
            loan = await work.load(Loan, "loan:abai")
            await work.facts("abai")
            loan.renew(1)
            if fact.subject == "early":
                raise Waiting("edition")
            work.save(loan)

        await put(log, noted("early", 1), noted("good", 1))
        await react(log, vault, changes_then_waits)
        assert (await work_on(log, vault).load(Loan, "loan:abai")).days == 15  # 14, and one day, once

    async def test_a_failure_behind_it_stays_behind(self, log: Log, vault: Vault) -> None:
        await put(log, noted("abai", 1))
        await react(log, vault, needing("edition@1"))
        await put(log, noted("abai", 2), noted("edition", 1))
        await react(log, vault, failing_at("abai-2"))
        assert await loans(log) == {"abai-1": 1, "edition-1": 1}
        assert await is_held(log) == [("abai", (), "ZeroDivisionError")]


def failing_at(loan: str) -> Reaction:
    async def reaction(work: UnitOfWork, fact: Row) -> None:
        if f"{fact.subject}-{fact.version}" == loan:
            raise ZeroDivisionError
        await when_noted_then_open_loan(work, fact)

    return reaction


def needing(place: str) -> Reaction:
    """Every fact waits for the one at `subject@version`."""
    subject, version = place.split("@")

    async def reaction(work: UnitOfWork, fact: Row) -> None:
        if int(version) not in [r.version for r in await work.log.subjects([subject])]:
            raise Waiting(subject)
        await when_noted_then_open_loan(work, fact)

    return reaction


async def at_least(log: Log, query: str, count: int) -> bool:
    return bool(await log.pool.fetchval(query) >= count)


async def commit(log: Log, effect: Effect) -> None:
    async with log.pool.acquire() as connection, connection.transaction():
        await effect(connection)
