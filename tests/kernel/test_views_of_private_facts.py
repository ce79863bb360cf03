"""Read models of a service's own private streams."""

from typing import Any

from shared.kernel.checks.folds import folds
from shared.kernel.log import Log
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, Projector, View
from tests.kernel.samples import Loan, caught_up, work_on
from tests.support.waiting import beside, eventually

TABLE = "create table {table}(subject text primary key, happened int not null)"


async def nothing(*_: Any) -> None:
    """A loan's own facts say all."""


def fold(subject: str, rows: list[Any], _: None) -> Folded:
    return [{"subject": subject, "happened": len(rows)}]


LENT = View("lent", TABLE, lambda _: True, nothing, fold, of="loan")


async def lent(log: Log, vault: Vault, title: str) -> None:
    work = work_on(log, vault)
    await work.facts(title)
    loan = await work.find(Loan, Loan.create_id(title))
    if loan is None:
        loan = Loan(title)
    else:
        loan.renew(7)
    work.save(loan)
    await work.commit()


async def shown(log: Log) -> dict[str, int]:
    return {r["subject"]: r["happened"] for r in await log.pool.fetch("select * from views.lent")}


class TestAViewOfPrivateStreams:
    async def test_shows_each_stream_of_its_kind(self, log: Log, vault: Vault) -> None:
        projector = Projector(LENT, log, vault)
        async with beside(projector.run()):
            for title in ("abai", "auezov", "abai"):
                await lent(log, vault, title)
            await eventually(lambda: caught_up(log, "lent", projector.view.where))
            assert await shown(log) == {"loan:abai": 2, "loan:auezov": 1}

    async def test_is_built_anew_from_the_log(self, log: Log, vault: Vault) -> None:
        for title in ("abai", "auezov", "abai"):
            await lent(log, vault, title)
        projector = Projector(LENT, log, vault)
        assert await projector.rebuild() == 2
        assert await shown(log) == {"loan:abai": 2, "loan:auezov": 1}

    async def test_a_row_that_its_facts_dont_say_is_found(self, log: Log, vault: Vault) -> None:
        await lent(log, vault, "abai")
        projector = Projector(LENT, log, vault)
        await projector.rebuild()
        assert await folds(projector, "", 100) == ([], None)
        await log.pool.execute("update views.lent set happened = 9")
        found, _ = await folds(projector, "", 100)
        assert [(d.check, d.subject) for d in found] == [("view", "lent/loan:abai")]
