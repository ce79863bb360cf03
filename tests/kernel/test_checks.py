"""What is looked at page by page is the same as if it were looked at whole."""

import pytest

from shared.kernel.checks.chains import Link, chains
from shared.kernel.checks.copies import Fact, Stands, section
from shared.kernel.checks.difference import Difference
from shared.kernel.log import Log, copy
from shared.kernel.vault import Vault
from shared.transport.copying import copied
from tests.kernel.samples import noted, open_loan, put, renew_loan, whole, work_on

TITLES = ("abai", "auezov", "mukagali")


@pytest.fixture
async def lent(log: Log, vault: Vault) -> Log:
    """Three loans, each renewed: two private and two public facts of each."""
    for title in TITLES:
        for command in (open_loan, renew_loan):
            work = work_on(log, vault)
            await command(work, title)
            await work.commit()
    return log


async def chained(log: Log, page: int) -> tuple[list[Difference], int]:
    """What is found in pages of so many, and how many pages there were."""
    found: list[Difference] = []
    after, pages = Link(), 0
    while True:
        wrong, following = await chains(log, after, page)
        found, pages = found + wrong, pages + 1
        if following is None:
            return found, pages
        after = following


class TestAStreamOverTwoPages:
    async def test_is_one_chain(self, lent: Log) -> None:
        # Twelve facts: pages of 5, 5 and 2, which cut streams of two in their middle.
        assert await chained(lent, 5) == ([], 3)

    async def test_of_a_copy_may_still_lack_a_version_but_not_change(self, lent: Log, other: Log) -> None:
        rows = [copied(r, "archive") for r in await whole(lent) if r.subject == "abai"]
        async with other.pool.acquire() as connection, connection.transaction():
            await copy(connection, rows[1:])
        assert await chained(other, 100) == ([], 1)
        async with other.pool.acquire() as connection, connection.transaction():
            await copy(connection, [rows[0]._replace(data="{}")])
        found, _ = await chained(other, 100)
        assert [d.subject for d in found] == ["archive:abai@1"]


class TestOwnFactsAndTheirCopies:
    async def test_have_the_same_digest_part_by_part(self, lent: Log, other: Log) -> None:
        rows = [copied(r, "archive") for r in await whole(lent) if r.subject]
        async with other.pool.acquire() as connection, connection.transaction():
            await copy(connection, rows)
        await put(other, noted("abai", 1, service="press"))  # another source's is no part of it
        facts: list[Fact] = []
        after = Stands()
        while True:
            own = await section(lent, "archive", after, None, 4)
            there = await section(other, "archive", after, own.until, 4)
            assert (own.digest, len(own.facts)) == (there.digest, len(there.facts))
            facts += own.facts
            if own.until is None:
                break
            after = own.until
        assert [(f.stream, f.version) for f in facts] == [(f"archive:{t}", v) for t in TITLES for v in (1, 2)]
