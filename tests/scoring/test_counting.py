"""Whom a sheet names with a row, however many organisations there are: the count, on rows of the read model as they come."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from services.scoring.evaluation.counting import Counted, at_once, counted
from services.scoring.evaluation.domain import Evaluation
from services.scoring.sheet.edition import edition_for
from tests.scoring.authority import APRIL_2023, Authority, authority

EDITION = edition_for(2022)
PART = "state-institutions"
KEPT = "++." + "+.." * 4
"""Five rows: no loss in either year, three norms kept, nothing to passport."""
VIOLATED = "++." + "-.." + "+.." * 3
STOOD = """insert into views.organisations(subject, evaluation, bin, name, region, version, facts, digest, standings, lacks)
  select $1 || bin, $1::uuid, bin, 'Organisation', 'KZ-10', 1, 6, repeat('0', 64), standings, lacks::jsonb
  from unnest($2::text[], $3::text[], $4::text[]) as said(bin, standings, lacks)"""


@pytest_asyncio.fixture(loop_scope="session")
async def a(postgres: EmbeddedPostgres) -> AsyncIterator[Authority]:
    async with authority(postgres) as there:
        await there.opened()
        yield there


def bin_of(n: int) -> str:
    return f"{n:012d}"


async def stand(a: Authority, *standings: str, lacks: dict[int, str] | None = None) -> None:
    """Organisations 0, 1, 2 …, each standing so; of some it is said what they lack."""
    said = [(lacks or {}).get(n) for n in range(len(standings))]
    bins = [bin_of(n) for n in range(len(standings))]
    await a.node.log.pool.execute(STOOD, a.evaluation, bins, list(standings), said)


async def sheet(a: Authority, shown: int) -> Counted:
    evaluation, body = UUID(a.evaluation), UUID(a.body)
    about = Evaluation(evaluation, body, "990140000384", 2022, PART, "state-institution", EDITION.digest, APRIL_2023)
    async with at_once(a.node.log.pool) as there:
        return await counted(there, EDITION, about, shown)


class TestWhenFewOfManyDecide:
    async def test_they_are_named_in_the_order_of_their_numbers(self, a: Authority) -> None:
        await stand(a, *[KEPT] * 297, *[VIOLATED] * 3)
        found = await sheet(a, shown=2)
        rows = {row.number: row for row in found.sheet.rows}
        # 3 of 300 violated the norm of row 2.1, the last by their numbers; all 300 kept that of row 2.2
        assert (rows["2.1"].outcome, rows["2.1"].organisations) == ("violated", (bin_of(297), bin_of(298)))
        assert (rows["2.2"].outcome, rows["2.2"].organisations) == ("none", (bin_of(0), bin_of(1)))
        assert (found.decided["2.1"], found.decided["2.2"], found.organisations) == (3, 300, 300)


class TestWhenFactsAreMissing:
    async def test_those_are_named_that_a_row_waits_for(self, a: Authority) -> None:
        """Organisation 0 only lacks last year's result, for which nothing asks; 2 lacks the count of objects."""
        lacks = {0: '[["1", "net-result:2021", "not-reported", true]]', 2: '[["3", "objects", "not-reported", false]]'}
        await stand(a, "+?." + "+.." * 4, KEPT, KEPT[:-3] + "?..", lacks=lacks)
        found = await sheet(a, shown=1)
        assert [(m.row, m.organisation, m.fact) for m in found.sheet.missing] == [("3", bin_of(2), "objects")]
        assert (found.sheet.total, found.lacking, found.decided["3"]) == (None, {"3": 1}, 0)
