"""What a command rests on without writing to it can't change before the command has committed."""

import asyncio
from typing import Any

import pytest
from eventsourcing.domain import event

from shared.kernel.events import Aggregate
from shared.kernel.grounds import Ground, stand
from shared.kernel.log import Conflict, Log
from shared.kernel.vault import Vault
from shared.kernel.work import UnitOfWork
from tests.kernel.samples import STORED, Loan
from tests.support.stores import MARCH_2019, nothing_published, tiny_service
from tests.support.waiting import PATIENCE


class Shelf(Aggregate):
    """Loans may be made from it until it is shut."""

    stood_on = True

    class Put(Aggregate.Created):
        name: str

    class Shut(Aggregate.Event):
        pass

    @staticmethod
    def create_id(name: str) -> str:
        return f"shelf:{name}"

    @event(Put)
    def __init__(self, name: str) -> None:
        self.open = True

    def shut(self) -> None:
        self._shut()

    @event(Shut)
    def _shut(self) -> None:
        self.open = False


def work(log: Log, vault: Vault) -> UnitOfWork:
    stored: dict[str, type[Any]] = {**STORED, "shelf.put": Shelf.Put, "shelf.shut": Shelf.Shut}
    return UnitOfWork(log, tiny_service(log.service, stored, nothing_published), vault, MARCH_2019)


async def put_up(log: Log, vault: Vault) -> None:
    at_work = work(log, vault)
    at_work.save(Shelf("poems"))
    await at_work.commit()


async def lending(log: Log, vault: Vault, title: str) -> UnitOfWork:
    """A loan that was decided on, while the shelf was open, and isn't committed yet."""
    at_work = work(log, vault)
    shelf = await at_work.load(Shelf, "shelf:poems")
    assert shelf.open
    at_work.stand_on(shelf)
    at_work.save(Loan(title))
    return at_work


async def shutting(log: Log, vault: Vault) -> UnitOfWork:
    at_work = work(log, vault)
    shelf = await at_work.load(Shelf, "shelf:poems")
    shelf.shut()
    at_work.save(shelf)
    return at_work


class TestWhenACommandStandsOnAStream:
    async def test_it_commits_while_nobody_writes_there(self, log: Log, vault: Vault) -> None:
        await put_up(log, vault)
        for title in ("abai", "auezov"):
            await (await lending(log, vault, title)).commit()
        assert [len(await log.stream(f"loan:{title}")) for title in ("abai", "auezov")] == [1, 1]

    async def test_it_conflicts_once_somebody_wrote_there(self, log: Log, vault: Vault) -> None:
        await put_up(log, vault)
        loan = await lending(log, vault, "abai")
        await (await shutting(log, vault)).commit()
        with pytest.raises(Conflict):
            await loan.commit()
        assert await log.stream("loan:abai") == []

    async def test_many_stand_there_side_by_side(self, log: Log, vault: Vault) -> None:
        await put_up(log, vault)
        loans = [await lending(log, vault, f"t{n}") for n in range(20)]
        await asyncio.gather(*(loan.commit() for loan in loans))
        assert [len(await log.stream(f"loan:t{n}")) for n in range(20)] == [1] * 20

    async def test_who_writes_there_waits_for_those_under_way(self, log: Log, vault: Vault) -> None:
        await put_up(log, vault)
        shut = await shutting(log, vault)
        async with log.pool.acquire() as other:
            async with other.transaction():
                assert await stand(other, [Ground("shelf:poems", 1)])
                writing = asyncio.create_task(shut.commit())
                waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                async with asyncio.timeout(PATIENCE):
                    while not await log.pool.fetchval(waits):
                        await asyncio.sleep(0.005)
                assert not writing.done()
            await writing
        assert len(await log.stream("shelf:poems")) == 2

    async def test_who_waited_for_a_writer_decides_again(self, log: Log, vault: Vault) -> None:
        await put_up(log, vault)
        loan = await lending(log, vault, "abai")
        async with log.pool.acquire() as other:
            async with other.transaction():
                assert await stand(other, [Ground("shelf:poems", None)])
                lent = asyncio.create_task(loan.commit())
                waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                async with asyncio.timeout(PATIENCE):
                    while not await log.pool.fetchval(waits):
                        await asyncio.sleep(0.005)
                await other.execute(
                    "insert into events(id, stream, version, type, data, meta, at)"
                    " values(gen_random_uuid(), 'shelf:poems', 2, 'shelf.shut', '{}', '{}', now())"
                )
            with pytest.raises(Conflict):
                await lent

    async def test_lending_and_shutting_at_once_never_pass_each_other(self, log: Log, vault: Vault) -> None:
        """A loan that is taken was committed before the shelf was shut."""
        await put_up(log, vault)
        second = await Log(log.service, log.dsn).open()
        loans = [await lending(log if n % 2 else second, vault, f"t{n}") for n in range(20)]
        shut = await shutting(second, vault)
        outcomes = await asyncio.gather(
            *(one.commit() for one in [*loans[:10], shut, *loans[10:]]), return_exceptions=True
        )
        assert {type(o) for o in outcomes} <= {type(None), Conflict}
        assert outcomes[10] is None
        with pytest.raises(AssertionError):
            await lending(log, vault, "late")
        await second.close()
