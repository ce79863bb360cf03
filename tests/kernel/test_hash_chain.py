"""Each fact's hash holds the one before it, so nothing in a stream changes unnoticed."""

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.checks.chains import examine
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from tests.kernel.samples import CLERK, open_loan, renew_loan, work_on

CHANGED = "it isn't as it was written"
CHANGES = [
    ("id", "gen_random_uuid()"),
    ("subject", "'another'"),
    ("type", "'loan.returned'"),
    ("data", """replace(data, '7', '70')"""),
    ("at", "at + interval '1 microsecond'"),
    ("meta", "replace(meta, 'karaganda', 'shymkent')"),
    ("meta", "replace(meta, 'chancellery', 'head')"),
]


async def renewed_twice(log: Log, vault: Vault) -> None:
    for command in (open_loan, renew_loan, renew_loan):
        work = work_on(log, vault, CLERK)
        await command(work, "abai")
        await work.commit()


async def tampered(log: Log, postgres: EmbeddedPostgres, statement: str) -> list[Row]:
    """The loan's stream after somebody with full rights changed the table."""
    admin = await asyncpg.connect(postgres.dsn(log.dsn.split("/")[3].split("?")[0]))
    await admin.execute(statement)
    await admin.close()
    return await log.stream("loan:abai")


def wrong(rows: list[Row]) -> list[tuple[str, str]]:
    return [(found.subject, found.what) for found in examine(rows)]


class TestAStreamOfThreeFacts:
    async def test_is_whole_as_it_was_written(self, log: Log, vault: Vault) -> None:
        await renewed_twice(log, vault)
        assert wrong(await log.stream("loan:abai")) == []
        assert wrong(await log.stream("archive:abai")) == []

    @pytest.mark.parametrize(("column", "value"), CHANGES)
    async def test_shows_a_change_in_its_second(
        self, log: Log, vault: Vault, postgres: EmbeddedPostgres, column: str, value: str
    ) -> None:
        await renewed_twice(log, vault)
        change = f"update events set {column} = {value} where (stream, version) = ('loan:abai', 2)"
        assert wrong(await tampered(log, postgres, change))[0] == ("loan:abai@2", CHANGED)

    async def test_shows_that_its_second_was_taken_out(
        self, log: Log, vault: Vault, postgres: EmbeddedPostgres
    ) -> None:
        await renewed_twice(log, vault)
        cut = "delete from events where (stream, version) = ('loan:abai', 2)"
        assert wrong(await tampered(log, postgres, cut)) == [("loan:abai@3", "it comes after version 1")]

    async def test_shows_that_two_were_exchanged(self, log: Log, vault: Vault, postgres: EmbeddedPostgres) -> None:
        await renewed_twice(log, vault)
        exchange = """with a as (select data from events where (stream, version) = ('loan:abai', 1))
            update events e set data = case version when 1 then '{}' else a.data end
            from a where stream = 'loan:abai'"""
        assert wrong(await tampered(log, postgres, exchange))[0] == ("loan:abai@1", CHANGED)
