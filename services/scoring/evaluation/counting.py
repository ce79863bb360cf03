"""The sheet of an evaluation as the organisations' standings count up to it.

What belongs together is read in one transaction (`at_once`): by statements apart the count would be of one moment, and the
digest of what was counted of another.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Decided, Figures
from services.scoring.evaluation.refusals import FactsMissing
from services.scoring.organisation import standings
from services.scoring.organisation.standings import SIGNS, WIDTH, Group
from services.scoring.refusals import CantBeCounted, ViewBehind
from services.scoring.sheet.compute import sheet_of
from services.scoring.sheet.edition import Edition, Row
from services.scoring.sheet.result import Sheet, SheetRow
from services.scoring.sheet.rules import asks_of_last_year, outcome
from services.scoring.sheet.tally import Lack, Outcome, Standing, Tally
from shared.kernel.log import AS_IT_LIES

OURS = "from views.organisations where evaluation = $1 and left_out is null"
GROUPS = f"""with texts as materialized (select standings, count(*) as organisations {OURS} group by standings),
  groups as (
    select place, substr(standings, {WIDTH} * place + 1, {WIDTH}) as signs, sum(organisations)::bigint as organisations
    from texts, generate_series(0, $2 - 1) place group by 1, 2
  )
  select place, signs, organisations, case
    when organisations * organisations <= $3::bigint * (select sum(organisations) from texts)
    then array(select standings from texts where substr(standings, {WIDTH} * place + 1, {WIDTH}) = signs) end as texts
  from groups order by place, signs"""
COMMON = f"""select bin, lacks from (select bin, lacks, standings {OURS} order by bin offset 0) by_bin
  where substr(standings, $2, {WIDTH}) = any($3::text[]) limit $4"""
SELDOM = f"""with found as materialized (select bin, lacks {OURS} and standings = any($2::text[]))
  select bin, lacks from found order by bin limit $3"""
FAILED = f"""select place from unnest($2::int[]) place
  where exists (select {OURS} and substr(standings, {WIDTH} * place + 1, 1) = '{SIGNS["against"]}')"""
BEHIND = """select count(*) from (
    select stream, max(version) as head from events where stream > $1 and stream < $2 group by stream
  ) told left join views.organisations o on o.subject = told.stream where o.version is distinct from told.head"""
PARKED = """select split_part(subject, ':', 3) as bin from held
  where reader = 'organisations' and error is not null and subject > $1 and subject < $2 order by bin limit 10"""
DIGESTS = f"select digest {OURS} order by bin"
PAGE = 5000
SHOWN = 100
"""How many organisations a sheet names with each row; all of them are listed in pages."""

Asked = Callable[[Standing, Standing | None], bool]


@dataclass(frozen=True)
class Counted:
    """A sheet, by how many organisations each row was decided, and how many there are; `lacking`: by how many organisations
    a row that can't be scored waits for a fact, one where there is no organisation at all."""

    sheet: Sheet
    decided: dict[str, int]
    organisations: int
    lacking: dict[str, int]

    def figures(self, facts: str) -> Figures:
        """What is kept and signed. Raises FactsMissing: nothing is scored in silence."""
        if self.sheet.total is None:
            raise FactsMissing(rows=sorted(self.lacking), facts=sum(self.lacking.values()))
        rows = tuple(_decided(row, self.decided[row.number]) for row in self.sheet.rows)
        return Figures(
            rows=rows, total=self.sheet.total, max=self.sheet.max, organisations=self.organisations, facts=facts
        )


def _decided(row: SheetRow, organisations: int) -> Decided:
    return Decided(
        number=row.number,
        criterion=row.criterion,
        outcome=row.outcome,
        points=row.points,
        max=row.max,
        paragraph=row.paragraph,
        because=row.because,
        organisations=organisations,
        named=row.organisations,
        assumed=row.assumed,
    )


@asynccontextmanager
async def at_once(pool: Any) -> AsyncIterator[Any]:
    """A connection that reads everything as it was when it began."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(AS_IT_LIES)
        yield connection


async def counted(there: Any, edition: Edition, evaluation: Evaluation, shown: int = SHOWN) -> Counted:
    """The sheet as it stands; rows name the first organisations that decided them, or whose facts they wait for."""
    groups = await _groups(there, edition, evaluation, shown)
    found = {number: standings.tally(each) for number, each in groups.items()}
    told: dict[str, list[Any]] = {}
    decided: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for place, row in enumerate(edition.rows(evaluation.part)):
        came = outcome(row, found[row.number])
        asked = [g for g in groups[row.number] if _asked(came, found[row.number])(g.now, g.before)]
        many = sum(group.organisations for group in asked)
        told[row.number] = await _first(there, evaluation.evaluation, place, asked, shown)
        decided[row.number] = many if came else 0
        if came is None:
            waiting[row.number] = max(1, many)

    def deciding(row: Row, _: Outcome) -> Iterator[str]:
        return (r["bin"] for r in told[row.number])

    def lacking(row: Row) -> Iterator[tuple[str, Lack]]:
        lacks = ((r["bin"], lack) for r in told[row.number] for lack in json.loads(r["lacks"]))
        return ((bin, Lack(*lack)) for bin, (number, *lack) in lacks if number == row.number)

    sheet = sheet_of(edition, evaluation.part, evaluation.period, found, deciding, lacking)
    everyone = next(iter(found.values())).organisations
    return Counted(sheet, decided, everyone, waiting)


async def tallies(there: Any, edition: Edition, evaluation: Evaluation) -> dict[str, Tally]:
    """How many organisations stand how in each row, by its number."""
    groups = await _groups(there, edition, evaluation, shown=0)
    return {number: standings.tally(each) for number, each in groups.items()}


async def rows_compared(there: Any, edition: Edition, evaluation: Evaluation) -> set[str]:
    """Numbers of the rows that wait for last year's facts too (`asks_of_last_year`), without counting anything."""
    rows = edition.rows(evaluation.part)
    places = [place for place, row in enumerate(rows) if row.criterion.rule == "compared-with-last-year"]
    return {rows[r["place"]].number for r in await there.fetch(FAILED, evaluation.evaluation, places)}


async def must_be_whole(there: Any, evaluation: UUID) -> None:
    """Raises ViewBehind while facts were reported that the standings don't have, CantBeCounted for some that they never will."""
    if parked := await there.fetch(PARKED, *_span(evaluation)):
        raise CantBeCounted(organisations=[r["bin"] for r in parked])
    if late := await behind(there, evaluation):
        raise ViewBehind(organisations=late)


async def behind(there: Any, evaluation: UUID) -> int:
    """Organisations of which facts were reported that the standings don't have yet."""
    return int(await there.fetchval(BEHIND, *_span(evaluation)))


def _span(evaluation: UUID) -> tuple[str, str]:
    """Where the streams of its organisations begin and end."""
    return f"organisation:{evaluation}:", f"organisation:{evaluation};"


async def digest_of_facts(there: Any, evaluation: UUID) -> str:
    """One digest over those of all organisations' facts, in the order of their BINs; in pages, however many there are."""
    whole = hashlib.sha256()
    digests = await there.cursor(DIGESTS, evaluation)
    while page := await digests.fetch(PAGE):
        whole.update("".join(r["digest"] for r in page).encode())
    return whole.hexdigest()


async def _groups(there: Any, edition: Edition, evaluation: Evaluation, shown: int) -> dict[str, list[Group]]:
    """How organisations stand in each row, by its number."""
    rows = edition.rows(evaluation.part)
    found: dict[str, list[Group]] = {row.number: [] for row in rows}
    for place, *group in await there.fetch(GROUPS, evaluation.evaluation, len(rows), shown):
        found[rows[place].number].append(Group(*group))
    return found


def _asked(came: Outcome | None, tally: Tally) -> Asked:
    """Whom a row names: those that decided it, or where it can't be scored those that lack a fact."""
    if came:
        return came.decided_by
    last_year_too = asks_of_last_year(tally)
    return lambda now, before: now == "missing" or (last_year_too and before == "missing")


async def _first(there: Any, evaluation: UUID, place: int, asked: Iterable[Group], shown: int) -> list[Any]:
    """The first organisations of these groups. Going through all by BIN soon finds some of many, but few of a million only at
    the end: those are found by their texts. `GROUPS` tells the texts where that is the shorter way: n organisations are read
    then, else one in n / all until enough are found, so up to n² = shown · all. `offset 0` has the planner go by BIN: it can't
    guess how many have these signs, and would sort all."""
    if not asked:
        return []
    texts = [group.texts for group in asked]
    if None not in texts:
        found: list[Any] = await there.fetch(SELDOM, evaluation, [t for each in texts for t in each or ()], shown)
    else:
        found = await there.fetch(COMMON, evaluation, WIDTH * place + 1, [g.signs for g in asked], shown)
    return found
