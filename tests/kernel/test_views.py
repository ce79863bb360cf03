"""Read models: always what the facts say, whether folded live or built anew, while people write."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts.personal import Personal
from shared.kernel import held
from shared.kernel.follow import Waiting
from shared.kernel.log import Log, Row
from shared.kernel.vault import Keys, Vault
from shared.kernel.views import Folded, Projector, View
from tests.kernel.samples import LoanOpened, LoanRenewed, caught_up, noted, put, row, whole, work_on
from tests.support.stores import MARCH_2019
from tests.support.waiting import beside, eventually

TABLE = """
create table {table}(subject text primary key, renewals int not null, borrower text, person uuid);
create index {name}_renewals on {table}(renewals)
"""


async def read_keys(_: Log, vault: Vault, rows: Sequence[Row]) -> Keys:
    return await vault.keys_for(r.data for r in rows)


def fold_loan(subject: str, rows: list[Row], keys: Keys) -> Folded:
    opened = next((r for r in rows if r.type == "LoanOpened"), None)
    if opened is None:
        raise Waiting(subject)
    borrower = LoanOpened.model_validate_json(opened.data, context=keys).borrower
    renewals = sum(r.type == "LoanRenewed" for r in rows)
    name, person = (borrower.text, str(borrower.person)) if borrower else (None, None)
    return [{"subject": subject, "renewals": renewals, "borrower": name, "person": person}]


LOANS = View("loans", TABLE, lambda r: r.type.startswith("Loan"), read_keys, fold_loan, person="person")


async def opened(log: Log, vault: Vault, title: str, borrower: Personal | None = None) -> None:
    work = work_on(log, vault)
    if borrower:
        await work.learn_persons([borrower.person])
    work.record(title, LoanOpened(happened_at=MARCH_2019, title=title, borrower=borrower))
    await work.commit()


async def renewed(log: Log, vault: Vault, title: str) -> None:
    work = work_on(log, vault)
    await work.facts(title)
    work.record(title, LoanRenewed(happened_at=MARCH_2019, days=7))
    await work.commit()


async def shown(log: Log) -> dict[str, int]:
    return {r["subject"]: r["renewals"] for r in await log.pool.fetch("select * from views.loans")}


async def everything_shown(log: Log) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in await log.pool.fetch("select * from views.loans order by subject")]


def projector(log: Log, vault: Vault, view: View = LOANS) -> Projector:
    return Projector(view, log, vault)


async def brought_up_to_date(log: Log, vault: Vault, view: View = LOANS) -> None:
    async with beside(projector(log, vault, view).run()):
        await eventually(lambda: caught_up(log, view.name))


class TestWhenFactsCome:
    async def test_the_view_shows_what_they_say(self, log: Log, vault: Vault) -> None:
        async with beside(projector(log, vault).run()):
            await opened(log, vault, "abai")
            await opened(log, vault, "auezov")
            await renewed(log, vault, "abai")
            await eventually(lambda: shows(log, {"abai": 1, "auezov": 0}))

    async def test_facts_about_something_else_leave_it_alone(self, log: Log, vault: Vault) -> None:
        await put(log, noted("sitting", 1))
        await opened(log, vault, "abai")
        await brought_up_to_date(log, vault)
        assert await shown(log) == {"abai": 0}

    async def test_their_order_of_arrival_does_not_matter(self, log: Log, vault: Vault) -> None:
        """A renewal that comes before its opening waits, and is taken up with it."""
        data = LoanRenewed(happened_at=MARCH_2019, days=7).model_dump_json()
        await put(log, noted("abai", 2, "LoanRenewed", data=data))
        await brought_up_to_date(log, vault)
        assert await shown(log) == {}
        assert [(h.subject, h.awaits) for h in await held.listed(log, everything=True)] == [("abai", ("abai",))]
        data = LoanOpened(happened_at=MARCH_2019, title="abai").model_dump_json()
        await put(log, noted("abai", 1, "LoanOpened", data=data))
        await brought_up_to_date(log, vault)
        assert await shown(log) == {"abai": 1}
        assert await held.listed(log, everything=True) == []

    async def test_two_workers_show_the_same(self, log: Log, vault: Vault) -> None:
        second = await Log(log.service, log.dsn).open()
        async with beside(projector(log, vault).run(), projector(second, vault).run()):
            for n in range(20):
                await opened(log, vault, f"t{n}")
                await renewed(log, vault, f"t{n}")
            await eventually(lambda: shows(log, {f"t{n}": 1 for n in range(20)}))
        await second.close()


class TestWhenASubjectCannotBeFolded:
    async def test_it_keeps_what_it_had_and_others_go_on(self, log: Log, vault: Vault) -> None:
        await opened(log, vault, "abai")
        await brought_up_to_date(log, vault)
        await renewed(log, vault, "abai")
        await opened(log, vault, "auezov")
        await brought_up_to_date(log, vault, failing_for("abai"))
        assert await shown(log) == {"abai": 0, "auezov": 0}
        [parked] = await held.listed(log)
        assert (parked.reader, parked.subject) == ("loans", "abai")

    async def test_a_retry_folds_it(self, log: Log, vault: Vault) -> None:
        await opened(log, vault, "abai")
        await brought_up_to_date(log, vault, failing_for("abai"))
        await projector(log, vault).retry("abai")
        assert await shown(log) == {"abai": 0}
        assert await held.listed(log) == []

    @pytest.mark.parametrize("unkeepable", ["a\0b", "\ud800"])
    async def test_a_text_that_the_database_cannot_keep_parks_its_subject_only(
        self, log: Log, vault: Vault, unkeepable: str
    ) -> None:
        def fold(subject: str, rows: list[Row], keys: Keys) -> Folded:
            name = unkeepable if subject == "abai" else "\\u0000"  # six signs that mean nothing
            return [{"subject": subject, "renewals": 0, "borrower": name}]

        await opened(log, vault, "abai")
        await opened(log, vault, "auezov")
        await brought_up_to_date(log, vault, replace(LOANS, fold=fold))
        assert await everything_shown(log) == [("auezov", 0, "\\u0000", None)]
        assert [h.subject for h in await held.listed(log)] == ["abai"]


@pytest.fixture
def a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild takes a few subjects at once, so that it reads ahead and writes behind."""
    monkeypatch.setattr("shared.kernel.views.CHUNK", 7)


@pytest.mark.usefixtures("a_few_at_once")
class TestARebuild:
    async def test_gives_what_the_live_fold_gave(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        live = await everything_shown(log)
        assert await projector(log, vault).rebuild() == 30
        assert await everything_shown(log) == live
        assert len(live) == 30

    async def test_that_fails_while_it_reads_ahead_changes_nothing(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        chunks: list[int] = []

        async def prepare(some: Log, keys: Vault, rows: Sequence[Row]) -> Keys:
            chunks.append(len(rows))
            if len(chunks) == 3:
                raise ConnectionError
            return await read_keys(some, keys, rows)

        await log.pool.execute("update views.loans set renewals = 99")
        failing = projector(log, vault, replace(LOANS, prepare=prepare))
        with pytest.raises(ConnectionError):
            await failing.rebuild()
        assert set((await shown(log)).values()) == {99}
        assert await failing.rebuild() == 30
        assert set((await shown(log)).values()) == {2}

    async def test_can_be_done_again_and_again(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        for _ in range(3):
            await projector(log, vault).rebuild()
        assert len(await shown(log)) == 30

    async def test_mends_what_was_put_wrong(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        right = await everything_shown(log)
        await log.pool.execute("update views.loans set renewals = 99; delete from views.loans where subject = 't1'")
        await projector(log, vault).rebuild()
        assert await everything_shown(log) == right

    async def test_loses_nothing_that_is_written_meanwhile(self, log: Log, vault: Vault) -> None:
        """Nothing is written afterwards, so what the follower had done during the rebuild must be done again."""
        await many_loans(log, vault)
        view = projector(log, vault)
        async with beside(view.run()):
            await eventually(lambda: caught_up(log, "loans"))
            for _ in range(3):
                writing = [renewed(log, vault, f"t{n}") for n in range(30)]
                await asyncio.gather(view.rebuild(), *writing, opened(log, vault, f"new-{uuid4()}"))
            await eventually(lambda: shows_renewals(log, 30 * 2 + 3 * 30))  # two each before, three rounds of one each
        assert len(await shown(log)) == 33

    async def test_loses_nothing_that_waited_meanwhile(self, log: Log, vault: Vault) -> None:
        """What a rebuild finds waiting, another follower's fact may complete before the switch."""
        data = LoanRenewed(happened_at=MARCH_2019, days=7).model_dump_json()
        await put(log, noted("abai", 2, "LoanRenewed", data=data))
        slow = asyncio.Event()

        async def prepare(some: Log, keys: Vault, rows: Sequence[Row]) -> Keys:
            if rows and slow.is_set():
                slow.clear()
                await opened(log, vault, "abai-other")
                data = LoanOpened(happened_at=MARCH_2019, title="abai").model_dump_json()
                await put(log, noted("abai", 1, "LoanOpened", data=data))
                await eventually(lambda: caught_up(log, "loans"))
            return await read_keys(some, keys, rows)

        async with beside(projector(log, vault).run()):
            await eventually(lambda: caught_up(log, "loans"))
            slow.set()
            await projector(log, vault, replace(LOANS, prepare=prepare)).rebuild()
            await eventually(lambda: shows(log, {"abai": 1, "abai-other": 0}))

    async def test_shows_no_reader_a_half(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        counts: set[int] = set()
        done = asyncio.Event()

        async def read() -> None:
            while not done.is_set():
                counts.add(await log.pool.fetchval("select count(*) from views.loans"))

        reading = asyncio.create_task(read())
        for _ in range(5):
            await projector(log, vault).rebuild()
        done.set()
        await reading
        assert counts == {30}

    async def test_two_at_once_go_one_after_the_other(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        view = projector(log, vault)
        first, second, _ = await asyncio.gather(view.rebuild(), view.rebuild(), view.ensure())
        assert (first, second) == (30, 30)
        assert len(await shown(log)) == 30


class TestAChangedForm:
    async def test_is_built_at_the_start_from_all_facts(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        await projector(log, vault, with_length()).ensure()
        lengths = await log.pool.fetch("select subject, length from views.loans where subject in ('t1', 't10')")
        assert {r["subject"]: r["length"] for r in lengths} == {"t1": 2, "t10": 3}

    async def test_is_a_fold_that_says_something_else_under_a_new_version(self, log: Log, vault: Vault) -> None:
        def fold_total(subject: str, rows: list[Row], keys: Keys) -> Folded:
            return [{**row, "renewals": row["renewals"] + 100} for row in fold_loan(subject, rows, keys)]

        await opened(log, vault, "abai")
        await brought_up_to_date(log, vault)
        await projector(log, vault, replace(LOANS, fold=fold_total)).ensure()
        assert await shown(log) == {"abai": 0}
        await projector(log, vault, replace(LOANS, fold=fold_total, fold_version=2)).ensure()
        assert await shown(log) == {"abai": 100}

    async def test_that_is_made_with_other_data_is_built_anew(self, log: Log, vault: Vault) -> None:
        await opened(log, vault, "abai")
        made_with = replace(LOANS, made_with=lambda: "calendar 1")
        await projector(log, vault, made_with).ensure()
        at_first = await log.pool.fetchval("select 'views.loans'::regclass::oid")
        await projector(log, vault, made_with).ensure()
        assert await log.pool.fetchval("select 'views.loans'::regclass::oid") == at_first
        await projector(log, vault, replace(made_with, made_with=lambda: "calendar 2")).ensure()
        assert await log.pool.fetchval("select 'views.loans'::regclass::oid") != at_first

    async def test_leaves_the_old_one_to_its_readers_when_it_cannot_be_built(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        with pytest.raises(asyncpg.UndefinedObjectError):
            await projector(log, vault, replace(LOANS, table="create table {table}(subject nonsense)")).ensure()
        assert len(await shown(log)) == 30

    async def test_an_unchanged_one_is_left_as_it_is(self, log: Log, vault: Vault) -> None:
        await many_loans(log, vault)
        await brought_up_to_date(log, vault)
        before = await log.pool.fetchval("select 'views.loans'::regclass::oid")
        await projector(log, vault).ensure()
        assert await log.pool.fetchval("select 'views.loans'::regclass::oid") == before


class TestWhenAPersonIsErased:
    async def test_their_rows_are_folded_again_without_the_name(self, log: Log, vault: Vault) -> None:
        asan, marat = await lent_to(log, vault, "abai", "Асан"), await lent_to(log, vault, "auezov", "Марат")
        await brought_up_to_date(log, vault)
        await erased(log, vault, asan)
        await brought_up_to_date(log, vault)
        assert await everything_shown(log) == [("abai", 0, None, asan), ("auezov", 0, "Марат", marat)]

    async def test_a_row_that_cannot_be_folded_any_more_goes(self, log: Log, vault: Vault) -> None:
        asan = await lent_to(log, vault, "abai", "Асан")
        await brought_up_to_date(log, vault)
        await erased(log, vault, asan)
        await brought_up_to_date(log, vault, failing_for("abai"))
        assert await everything_shown(log) == []

    async def test_an_erasure_of_nobody_that_can_be_named_hinders_no_other(self, log: Log, vault: Vault) -> None:
        asan = await lent_to(log, vault, "abai", "Асан")
        await brought_up_to_date(log, vault)
        await put(log, row("intake:nobody", 1, "nobody", "ApplicantErased", origin="intake"))
        await erased(log, vault, asan)
        await brought_up_to_date(log, vault)
        assert await everything_shown(log) == [("abai", 0, None, asan)]

    async def test_after_a_rebuild_has_read_the_key_no_name_is_left(self, log: Log, vault: Vault) -> None:
        asan = await lent_to(log, vault, "abai", "Асан")
        late = [asan]

        async def prepare(some: Log, keys: Vault, rows: Sequence[Row]) -> Keys:
            read = await read_keys(some, keys, rows)
            if late:
                await erased(log, vault, late.pop())
            return read

        async with beside(projector(log, vault).run()):
            await eventually(lambda: caught_up(log, "loans"))
            await projector(log, vault, replace(LOANS, prepare=prepare)).rebuild()
            await eventually(lambda: caught_up(log, "loans"))
            assert await everything_shown(log) == [("abai", 0, None, asan)]

    async def test_a_rebuild_afterwards_shows_no_name_either(self, log: Log, vault: Vault) -> None:
        asan = await lent_to(log, vault, "abai", "Асан")
        await erased(log, vault, asan)
        await projector(log, vault).rebuild()
        assert await everything_shown(log) == [("abai", 0, None, asan)]


def failing_for(subject: str) -> View:
    def fold(which: str, rows: list[Row], keys: Keys) -> Folded:
        if which == subject:
            raise ZeroDivisionError
        return fold_loan(which, rows, keys)

    return replace(LOANS, fold=fold)


def with_length() -> View:
    def fold(subject: str, rows: list[Row], keys: Keys) -> Folded:
        return [{**row, "length": len(subject)} for row in fold_loan(subject, rows, keys)]

    return replace(LOANS, table=TABLE.replace("borrower text", "borrower text, length int"), fold=fold)


async def many_loans(log: Log, vault: Vault) -> None:
    """Thirty, renewed twice each."""
    for n in range(30):
        await opened(log, vault, f"t{n}")
    for _ in range(2):
        await asyncio.gather(*(renewed(log, vault, f"t{n}") for n in range(30)))
    assert len(await whole(log)) == 90


async def lent_to(log: Log, vault: Vault, title: str, name: str) -> UUID:
    person = uuid4()
    await vault.create(person)
    await opened(log, vault, title, Personal(person=person, text=name))
    return person


async def erased(log: Log, vault: Vault, person: UUID) -> None:
    """The key first, then the fact that tells."""
    await vault.forget(person)
    await put(log, row(f"intake:{person}", 1, str(person), "ApplicantErased", origin="intake"))


async def shows(log: Log, expected: dict[str, int]) -> bool:
    return await exists(log) and await shown(log) == expected


async def shows_renewals(log: Log, expected: int) -> bool:
    return bool(await log.pool.fetchval("select sum(renewals) from views.loans") == expected)


async def exists(log: Log) -> bool:
    return bool(await log.pool.fetchval("select to_regclass('views.loans') is not null"))
