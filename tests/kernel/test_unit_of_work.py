"""One unit of work: read, decide, write all of it at the versions that were read."""

import json
from uuid import UUID

import pytest

from shared.contracts.common import PublicFact
from shared.kernel.log import Conflict, Log
from shared.kernel.sizes import LIMIT
from shared.kernel.vault import Vault
from shared.web.refusal import NotFound, TooLarge
from tests.kernel.samples import CLERK, Loan, LoanOpened, open_loan, put, renew_loan, row, whole, work_on
from tests.support.stores import MARCH_2019


async def opened(log: Log, vault: Vault, title: str = "abai") -> None:
    work = work_on(log, vault, CLERK)
    await open_loan(work, title)
    await work.commit()


class TestWhenALoanWasOpened:
    async def test_the_private_and_the_public_fact_are_written_together(self, log: Log, vault: Vault) -> None:
        await opened(log, vault)
        private, public = sorted(await whole(log), key=lambda r: r.subject is not None)
        assert (private.stream, private.version, private.type, private.subject) == ("loan:abai", 1, "loan.opened", None)
        assert (public.stream, public.version, public.type, public.subject) == ("archive:abai", 1, "LoanOpened", "abai")
        assert private.tx == public.tx

    async def test_who_acted_stands_beside_each_fact(self, log: Log, vault: Vault) -> None:
        await opened(log, vault)
        for fact in await whole(log):
            meta = json.loads(fact.meta)
            assert meta["account"] == str(UUID(int=7))
            assert (meta["role"], meta["provider"]) == ("chancellery", "karaganda")

    async def test_the_next_unit_of_work_finds_it_as_it_was_left(self, log: Log, vault: Vault) -> None:
        await opened(log, vault)
        work = work_on(log, vault)
        await renew_loan(work, "abai", 7)
        await work.commit()
        assert (await work_on(log, vault).load(Loan, "loan:abai")).days == 21  # 14 at first, and 7

    async def test_of_two_units_of_work_that_read_it_the_second_conflicts(self, log: Log, vault: Vault) -> None:
        await opened(log, vault)
        first, second = work_on(log, vault), work_on(log, vault)
        await renew_loan(first, "abai")
        await renew_loan(second, "abai")
        await first.commit()
        with pytest.raises(Conflict):
            await second.commit()

    async def test_what_came_between_two_readings_is_a_conflict_too(self, log: Log, vault: Vault) -> None:
        """A decision may stand on the first reading, so writing behind the second would hide what was missed."""
        await opened(log, vault)
        late, quick = work_on(log, vault), work_on(log, vault)
        await late.facts("abai")
        await renew_loan(quick, "abai")
        await quick.commit()
        await late.facts("abai")
        late.record("abai", LoanOpened(happened_at=MARCH_2019, title="abai"))
        with pytest.raises(Conflict):
            await late.commit()

    async def test_the_token_names_the_last_public_fact(self, log: Log, vault: Vault) -> None:
        await opened(log, vault)
        work = work_on(log, vault)
        await renew_loan(work, "abai")
        assert work.token() == "archive:abai@2"

    async def test_nothing_decided_is_nothing_written(self, log: Log, vault: Vault) -> None:
        await opened(log, vault)
        work = work_on(log, vault)
        work.save(await work.load(Loan, "loan:abai"))
        await work.commit()
        assert len(await whole(log)) == 2
        assert work.token() == ""


class TestWhenNothingHappened:
    async def test_an_aggregate_is_not_found(self, log: Log, vault: Vault) -> None:
        assert await work_on(log, vault).find(Loan, "loan:abai") is None
        with pytest.raises(NotFound):
            await work_on(log, vault).load(Loan, "loan:abai")


class TestAPublicFact:
    async def test_that_the_wire_does_not_carry_is_refused(self, log: Log, vault: Vault) -> None:
        with pytest.raises(TooLarge):
            work_on(log, vault).record("abai", LoanOpened(happened_at=MARCH_2019, title="a" * LIMIT))

    async def test_is_learnt_by_what_was_read_of_its_subject(self, log: Log, vault: Vault) -> None:
        """So a second decision in the same unit of work sees the first."""
        learnt: list[tuple[int, str]] = []

        class Reader:
            def learn(self, fact_id: UUID, version: int, fact: PublicFact) -> None:
                learnt.append((version, fact.name()))

        await put(log, row("archive:abai", 1, "abai"))
        work = work_on(log, vault)
        await work.facts("abai")
        work.seen["abai"] = Reader()
        work.record("abai", LoanOpened(happened_at=MARCH_2019, title="abai"))
        assert learnt == [(2, "LoanOpened")]
